package mail

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var monday = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

func TestReceivedString(t *testing.T) {
	for _, tt := range []struct {
		rule string
		in   Received
		want string
	}{
		{
			"RFC5321#4.4",
			Received{From: "out.example.net", FromTCP: "[192.0.2.1]", By: "mx1.example.org", With: "ESMTPS", ID: "mx1-7", For: "bob@example.org", Date: monday},
			"from out.example.net ([192.0.2.1])\r\n\tby mx1.example.org with ESMTPS id mx1-7\r\n\tfor <bob@example.org>; Mon, 5 Jan 2026 09:00:00 +0000",
		},
		{
			"RFC5321#4.4: no for with several recipients",
			Received{From: "a", FromTCP: "a [IPv6:2001:db8::1]", By: "b", With: "LMTP", ID: "1", Date: monday.In(time.FixedZone("", -5*3600))},
			"from a (a [IPv6:2001:db8::1])\r\n\tby b with LMTP id 1; Mon, 5 Jan 2026 04:00:00 -0500",
		},
		{
			"RFC8314#4.3",
			Received{By: "b", With: "ESMTPS", Clauses: []Clause{{"tls", "TLS_AES_128_GCM_SHA256"}}, Comments: []string{"a (nested) note"}, Date: monday},
			"by b with ESMTPS tls TLS_AES_128_GCM_SHA256 (a (nested) note);\r\n\tMon, 5 Jan 2026 09:00:00 +0000",
		},
		{
			"RFC5322#2.1.1: long names go to lines of their own",
			Received{From: strings.Repeat("long.", 10) + "example.org", FromTCP: "[192.0.2.1]", By: "b", Date: monday},
			"from " + strings.Repeat("long.", 10) + "example.org\r\n\t([192.0.2.1])\r\n\tby b; Mon, 5 Jan 2026 09:00:00 +0000",
		},
		{
			"what a client says in EHLO breaks nothing",
			Received{From: "x (y); evil\r\nSubject: z", FromTCP: "[192.0.2.1]", By: "b", ID: `"open`, With: "", Date: monday},
			"from x??y???evil??Subject:?z ([192.0.2.1])\r\n\tby b id ?open; Mon, 5 Jan 2026 09:00:00 +0000",
		},
	} {
		got := tt.in.String()
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.rule, diff)
		}
		back, err := ParseReceived(got)
		if err != nil {
			t.Errorf("%s: %v", tt.rule, err)
		} else if back.String() != got {
			t.Errorf("%s: read and written again: want %q, got %q", tt.rule, got, back.String())
		}
		for line := range strings.SplitSeq(string(ReceivedField(tt.in)), "\r\n") {
			if len(line) > 78 {
				t.Errorf("%s: line of %d octets: %q", tt.rule, len(line), line)
			}
		}
	}
}

func TestParseReceived(t *testing.T) {
	for _, tt := range []struct {
		rule, in string
		want     Received
	}{
		{
			"RFC5321#4.4", "FROM a.org ([192.0.2.1]) BY b.org VIA TCP WITH ESMTP ID x1 FOR <bob@b.org> ; 5 Jan 2026 09:00 +0000",
			Received{From: "a.org", FromTCP: "[192.0.2.1]", By: "b.org", Via: "TCP", With: "ESMTP", ID: "x1", For: "bob@b.org", Date: monday},
		},
		{
			"Postfix", "from a.org (unknown [192.0.2.1])\r\n\t(using TLSv1.3 with cipher X (256/256 bits))\r\n\t(No client certificate requested)\r\n\tby b.org (Postfix) with ESMTPS id 4F1;\r\n\tMon,  5 Jan 2026 09:00:00 +0000 (UTC)",
			Received{
				From: "a.org", FromTCP: "unknown [192.0.2.1]", By: "b.org", With: "ESMTPS", ID: "4F1", Date: monday,
				Comments: []string{"using TLSv1.3 with cipher X (256/256 bits)", "No client certificate requested", "Postfix"},
			},
		},
		{
			"Exim", "from [192.0.2.1] (helo=a.org) by b.org with esmtp (Exim 4.98) (envelope-from <x@a.org>) id 1t-00 for bob@b.org; Mon, 05 Jan 2026 10:00:00 +0100",
			Received{
				From: "[192.0.2.1]", By: "b.org", With: "esmtp", ID: "1t-00", For: "bob@b.org", Date: monday,
				Comments: []string{"helo=a.org", "Exim 4.98", "envelope-from <x@a.org>"},
			},
		},
		{"RFC5321#4.4: id as a msg-id", "by b id <1@x>; Mon, 5 Jan 2026 09:00:00 GMT", Received{By: "b", ID: "<1@x>", Date: monday}},
		{"RFC5321#4.1.2: quoted local part", `by b for <"a; b (c"@d>; Mon, 5 Jan 2026 09:00:00 +0000`, Received{By: "b", For: `"a; b (c"@d`, Date: monday}},
		{"RFC8314#4.3", "by b tls TLS_AES; Mon, 5 Jan 2026 09:00:00 +0000", Received{By: "b", Clauses: []Clause{{"tls", "TLS_AES"}}, Date: monday}},
		{"RFC5321#4.4: date alone", "; Mon, 5 Jan 2026 09:00:00 +0000", Received{Date: monday}},
	} {
		got, err := ParseReceived(tt.in)
		if err != nil {
			t.Errorf("%s: %v", tt.rule, err)
			continue
		}
		got.Date = got.Date.UTC()
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.rule, diff)
		}
	}
	const date = "; Mon, 5 Jan 2026 09:00:00 +0000"
	for _, in := range []string{
		"", "from a by b", "from a by b; yesterday", "from" + date, "from a from b" + date, "by b (open" + date, "by b) x y" + date,
		"by b for <>" + date, "by b for <x y>" + date, `by "b` + date, "by b\x00 with c" + date, "by b (\x01)" + date, "by b; x" + date,
		"by " + strings.Repeat("(", 20000), "by " + strings.Repeat("(", 5000) + date,
	} {
		if r, err := ParseReceived(in); err == nil {
			t.Errorf("ParseReceived(%.40q): want an error, got %#v", in, r)
		}
	}
}

func TestWithProtocol(t *testing.T) {
	for _, tt := range []struct {
		rule                             string
		esmtp, tls, auth, lmtp, smtputf8 bool
		want                             string
	}{
		{"RFC5321#4.4", false, false, false, false, false, "SMTP"},
		{"RFC3848", true, false, false, false, false, "ESMTP"},
		{"RFC3848", true, true, false, false, false, "ESMTPS"},
		{"RFC3848", true, false, true, false, false, "ESMTPA"},
		{"RFC3848", true, true, true, false, false, "ESMTPSA"},
		{"RFC3848", false, false, false, true, false, "LMTP"},
		{"RFC3848", false, true, true, true, false, "LMTPSA"},
		{"RFC6531#4.3", true, false, false, false, true, "UTF8SMTP"},
		{"RFC6531#4.3", true, true, true, false, true, "UTF8SMTPSA"},
		{"RFC6531#4.3", false, false, true, true, true, "UTF8LMTPA"},
	} {
		if got := WithProtocol(tt.esmtp, tt.tls, tt.auth, tt.lmtp, tt.smtputf8); got != tt.want {
			t.Errorf("%s: want %s, got %s", tt.rule, tt.want, got)
		}
	}
}

func TestNameOf(t *testing.T) {
	long := strings.Repeat("x", 300)
	for in, want := range map[string]string{
		"<plan@mailsim>": "plan", "\t<plan@mailsim>\r\n": "plan", "<a@b.org>": "a@b.org", "<@mailsim>": "@mailsim", "": "", "plan": "plan",
		"<plan/dsn@mailsim>": "plan/dsn", "a\r\nb": "a  b", "<a\xff@b>": "a?@b",
	} {
		if got := NameOf(in); got != want {
			t.Errorf("NameOf(%q): want %q, got %q", in, want, got)
		}
	}
	if a, b := NameOf("<"+long+"1@x>"), NameOf("<"+long+"2@x>"); a == b || len(a) > 200 {
		t.Errorf("long names: %q and %q", a, b)
	}
	if got := NameOf(MessageID("plan")); got != "plan" {
		t.Errorf("NameOf of MessageID: %q", got)
	}
}

func FuzzReceived(f *testing.F) {
	for _, s := range []string{
		"from a ([192.0.2.1]) by b with ESMTP id 1 for <c@d>; Mon, 5 Jan 2026 09:00:00 +0000",
		"from a (b [IPv6:::1]) (x (y) \\) z) by b (c) tls X; 5 Jan 26 09:00 EST (x)",
		`by b for "a b"@c;Mon, 5 Jan 2026 09:00:00 +0000`, ";1 Jan 2000 00:00 Z",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ParseReceived(s)
		if err != nil {
			return
		}
		out := r.String()
		back, err := ParseReceived(out)
		if len(out) > maxReceived {
			return
		}
		if err != nil {
			t.Fatalf("%q gives %#v, its String %q gives %v", s, r, out, err)
		}
		if !back.Date.Equal(r.Date) {
			t.Fatalf("%q: date %s, then %s", s, r.Date, back.Date)
		}
		back.Date = r.Date
		if diff := cmp.Diff(r, back); diff != "" {
			t.Fatalf("%q and its String %q (-first +second):\n%s", s, out, diff)
		}
		for i, line := range strings.Split(out, "\r\n") {
			if i > 0 && strings.TrimSpace(line) == "" || strings.Contains(line, "\n") {
				t.Fatalf("%q: line %q in %q", s, line, out)
			}
		}
	})
}

// FuzzReceivedField puts anything into the fields: the result is one field that
// can be read.
func FuzzReceivedField(f *testing.F) {
	f.Add("a", "[192.0.2.1]", "b", "id", "c@d", "x")
	f.Add("a\r\nb: c", "(", ")", "<;>", `"a b"@c`, `\`)
	f.Fuzz(func(t *testing.T, from, tcp, by, id, rcpt, note string) {
		r := Received{From: from, FromTCP: tcp, By: by, ID: id, For: rcpt, Comments: []string{note}, Date: monday}
		b := ReceivedField(r)
		h, rest := read(t, string(b)+"\r\n")
		if len(h.Fields) != 1 || h.Fields[0].Name != "Received" || rest != "" {
			t.Fatalf("%q: %d fields, rest %q", b, len(h.Fields), rest)
		}
		if len(b) > maxReceived {
			return
		}
		if _, err := ParsePath("<" + rcpt + ">"); err != nil && rcpt != "" {
			return // what stands there is not to be read as a path
		}
		if _, err := ParseReceived(h.Fields[0].Value()); err != nil {
			t.Fatal(err)
		}
	})
}
