package mail_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
)

func ExampleParseAddress() {
	a, err := mail.ParseAddress(`"bob"@EXAMPLE.org`)
	b, _ := mail.ParseAddress("bob@example.org")
	fmt.Println(a, a.Equal(b), err)
	_, err = mail.ParseAddress("bob example.org")
	fmt.Println(err)
	// Output:
	// bob@EXAMPLE.org true <nil>
	// address "bob example.org": no @; write user@domain
}

func ExampleParseReply() {
	r, err := mail.ParseReply("451 4.3.0 try later")
	fmt.Println(r.Code, r.Enhanced, r.Text(), r.Temporary(), err)
	// Output: 451 4.3.0 try later true <nil>
}

func ExampleReceivedField() {
	fmt.Print(strings.NewReplacer("\t", "        ", "\r", "").Replace(string(mail.ReceivedField(mail.Received{
		From: "out.example.net", FromTCP: "[192.0.2.1]", By: "mx1.example.org",
		With: mail.WithProtocol(true, true, false, false, false), ID: "mx1-7", For: "bob@example.org",
		Date: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC),
	}))))
	// Output:
	// Received: from out.example.net ([192.0.2.1])
	//         by mx1.example.org with ESMTPS id mx1-7
	//         for <bob@example.org>; Mon, 5 Jan 2026 09:00:00 +0000
}

func ExampleCompose() {
	b, err := mail.Compose(mail.Draft{
		Name: "plan", From: "alice@example.net", To: []string{"bob@example.org"},
		Date: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC), Text: "Hello.",
	})
	fmt.Print(strings.ReplaceAll(string(b), "\r", ""), err)
	// Output:
	// From: alice@example.net
	// To: bob@example.org
	// Date: Mon, 5 Jan 2026 09:00:00 +0000
	// Message-ID: <plan@mailsim>
	// Subject: plan
	//
	// Hello.
	// <nil>
}
