package mail

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func sampleReport() Report {
	return Report{
		MessageID: "<plan/dsn.relay@mailsim>", Host: "relay.example.com", To: "alice@example.com",
		Date: monday, Arrival: monday.Add(-time.Minute), EnvelopeID: "QQ314159", Subject: "Your mail could not be delivered",
		Recipients: []ReportRecipient{
			{
				To: "carol@example.org", OriginalType: "rfc822", Original: "team@example.org", Action: ActionFailed, Status: "5.2.2",
				RemoteMTA: "store.example.org", Reply: Reply{552, "5.2.2", []string{"mailbox full"}}, LastAttempt: monday,
			},
			{To: "dan@example.org", Action: ActionDelayed, Status: "4.4.1", Diagnostic: "connection refused", RetryUntil: monday.AddDate(0, 0, 5)},
		},
		Original: Bytes([]byte("From: alice@example.com\r\nMessage-ID: <plan@mailsim>\r\nSubject: plan\r\n\r\nhello\r\n")),
		Full:     true,
	}
}

const wantReport = `From: MAILER-DAEMON <postmaster@relay.example.com>
To: alice@example.com
Date: Mon, 5 Jan 2026 09:00:00 +0000
Message-ID: <plan/dsn.relay@mailsim>
In-Reply-To: <plan@mailsim>
Subject: Your mail could not be delivered
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
 boundary="BOUNDARY"

--BOUNDARY
Content-Type: text/plain; charset=us-ascii
Content-Description: Notification

This is the mail system of relay.example.com.

Your mail could not be delivered to:

  <carol@example.org>
    store.example.org said: 552 5.2.2 mailbox full

Your mail is not yet delivered, and will be tried again, to:

  <dan@example.org>
    connection refused
    tries go on until Sat, 10 Jan 2026 09:00:00 +0000

--BOUNDARY
Content-Type: message/delivery-status
Content-Description: Delivery report

Original-Envelope-Id: QQ314159
Reporting-MTA: dns; relay.example.com
Arrival-Date: Mon, 5 Jan 2026 08:59:00 +0000

Original-Recipient: rfc822; team@example.org
Final-Recipient: rfc822; carol@example.org
Action: failed
Status: 5.2.2
Remote-MTA: dns; store.example.org
Diagnostic-Code: smtp; 552 5.2.2 mailbox full
Last-Attempt-Date: Mon, 5 Jan 2026 09:00:00 +0000

Final-Recipient: rfc822; dan@example.org
Action: delayed
Status: 4.4.1
Diagnostic-Code: x-mailsim; connection refused
Will-Retry-Until: Sat, 10 Jan 2026 09:00:00 +0000

--BOUNDARY
Content-Type: message/rfc822
Content-Description: Undelivered mail

From: alice@example.com
Message-ID: <plan@mailsim>
Subject: plan

hello

--BOUNDARY--
`

func TestReportMessage(t *testing.T) {
	b, err := sampleReport().Message()
	if err != nil {
		t.Fatal(err)
	}
	got := strings.ReplaceAll(string(b), "\r\n", "\n")
	_, rest, _ := strings.Cut(got, `boundary="`)
	boundary, _, _ := strings.Cut(rest, `"`)
	if diff := cmp.Diff(wantReport, strings.ReplaceAll(got, boundary, "BOUNDARY")); diff != "" {
		t.Errorf("RFC3464#2 (-want +got):\n%s", diff)
	}
	again, err := sampleReport().Message()
	if err != nil || !bytes.Equal(b, again) {
		t.Errorf("written twice, the reports differ, %v", err)
	}
}

func content(t *testing.T, c Content) string {
	t.Helper()
	if c == nil {
		return ""
	}
	b, err := ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestReportRoundTrip(t *testing.T) {
	const header = "From: alice@example.com\r\nMessage-ID: <plan@mailsim>\r\nSubject: plan\r\n"
	large := append([]byte(header+"\r\n"), GenerateText("x", 4096)...)
	for _, tt := range []struct {
		rule     string
		change   func(*Report)
		original string
		full     bool
	}{
		{"RFC3461#4.3: RET=FULL", func(*Report) {}, header + "\r\nhello\r\n", true},
		{"RFC3461#4.3: RET=HDRS", func(r *Report) { r.Full = false }, header, false},
		{"RFC3461#4.3: FULL is for failures", func(r *Report) { r.Recipients = r.Recipients[1:] }, header, false},
		{"too large to be returned", func(r *Report) { r.Limit, r.Original = 4000, Bytes(large) }, header, false},
		{"a header too large", func(r *Report) { r.Limit = 10 }, "", false},
		{"nothing to return", func(r *Report) { r.Original = nil }, "", false},
		{"RFC6152: 8-bit original", func(r *Report) { r.Original = Bytes([]byte("A: b\r\n\r\n\xfc\r\n")) }, "A: b\r\n\r\n\xfc\r\n", true},
		{"RFC3464#2.3.3: delivered", func(r *Report) {
			r.Recipients = []ReportRecipient{{To: "a@b", Action: ActionDelivered, Status: "2.0.0"}, {To: "c@d", Action: ActionRelayed, Status: "2.0.0"}, {To: "e@f", Action: ActionExpanded, Status: "2.0.0"}}
		}, header, false},
		{"RFC6533#3: utf-8 address in a 7-bit report", func(r *Report) {
			r.Recipients[0].To, r.Recipients[0].OriginalType, r.Recipients[0].Original = "jürgen@bücher.example", "utf-8", "jürgen@x.org"
		}, header + "\r\nhello\r\n", true},
		{"RFC6533#4: message/global", func(r *Report) {
			r.UTF8, r.Recipients[0].To, r.Original = true, "jürgen@bücher.example", Bytes([]byte("Subject: Grüße\r\n\r\nü\r\n"))
		}, "Subject: Grüße\r\n\r\nü\r\n", true},
	} {
		want := sampleReport()
		tt.change(&want)
		b, err := want.Message()
		if err != nil {
			t.Errorf("%s: %v", tt.rule, err)
			continue
		}
		if longestLine(b) > maxLine {
			t.Errorf("%s: line of %d octets", tt.rule, longestLine(b))
		}
		got, err := ParseReport(Bytes(b))
		if err != nil {
			t.Errorf("%s: %v\n%s", tt.rule, err, b)
			continue
		}
		if original := content(t, got.Original); original != tt.original || got.Full != tt.full {
			t.Errorf("%s: want original %q, full %t; got %q, %t", tt.rule, tt.original, tt.full, original, got.Full)
		}
		want.Original, got.Original, want.Limit, want.Full, got.Full = nil, nil, 0, false, false
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.rule, diff)
		}
		if !want.UTF8 && !strings.HasPrefix(tt.rule, "RFC6152") && !ascii(b) {
			t.Errorf("%s: a 7-bit report is not ASCII", tt.rule)
		}
	}
}

func TestReportIsSafe(t *testing.T) {
	evil := "x\r\nAction: delivered\r\n\r\n--b " + strings.Repeat("y", 5000) + "\xffü"
	r := sampleReport()
	r.EnvelopeID = evil
	r.Recipients[0].Reply.Lines = []string{evil, evil}
	r.Recipients[0].RemoteMTA, r.Recipients[1].Diagnostic = evil, evil
	b, err := r.Message()
	if err != nil {
		t.Fatal(err)
	}
	if !ascii(b) || longestLine(b) > maxLine {
		t.Errorf("ASCII %t, longest line %d", ascii(b), longestLine(b))
	}
	got, err := ParseReport(Bytes(b))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Recipients) != 2 || got.Recipients[0].Action != ActionFailed || got.Recipients[1].Action != ActionDelayed {
		t.Errorf("recipients %+v", got.Recipients)
	}
}

func TestReportStatus(t *testing.T) {
	for _, tt := range []struct {
		in   ReportRecipient
		want string
	}{
		{ReportRecipient{Action: ActionFailed}, "5.0.0"},
		{ReportRecipient{Action: ActionDelayed}, "4.0.0"},
		{ReportRecipient{Action: ActionDelivered}, "2.0.0"},
		{ReportRecipient{Action: ActionFailed, Reply: Reply{Code: 550}}, "5.0.0"},
		{ReportRecipient{Action: ActionFailed, Reply: Reply{Code: 550, Enhanced: "5.1.1"}}, "5.1.1"},
		{ReportRecipient{Action: ActionFailed, Status: "5.4.7", Reply: Reply{Code: 451, Enhanced: "4.3.0"}}, "5.4.7"},
		// R3464-2.3.4-a: the class fits the action.
		{ReportRecipient{Action: ActionFailed, Status: "4.4.7", Reply: Reply{Code: 451, Enhanced: "4.3.0"}}, "4.4.7"},
		{ReportRecipient{Action: ActionFailed, Reply: Reply{Code: 451, Enhanced: "4.3.0"}}, "5.3.0"},
		{ReportRecipient{Action: ActionFailed, Status: "2.1.5"}, "5.1.5"},
		{ReportRecipient{Action: ActionFailed, Status: "no", Reply: Reply{Code: 550, Enhanced: "5.1.1"}}, "5.1.1"},
		{ReportRecipient{Action: ActionDelayed, Status: "5.1.1"}, "4.1.1"},
		{ReportRecipient{Action: ActionRelayed, Reply: Reply{Code: 250, Enhanced: "2.6.0"}}, "2.6.0"},
	} {
		if got := tt.in.status(); got != tt.want {
			t.Errorf("%+v: want %s, got %s", tt.in, tt.want, got)
		}
	}
}

func TestParseReportErrors(t *testing.T) {
	for name, in := range map[string]string{
		"plain":           "Subject: x\r\n\r\nhello\r\n",
		"empty":           "",
		"other report":    "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\r\n\r\n--b--\r\n",
		"no status part":  "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n",
		"no boundary":     "Content-Type: multipart/report; report-type=delivery-status\r\n\r\nx\r\n",
		"empty status":    "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n\r\n--b--\r\n",
		"recipient lacks": "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a\r\n\r\nAction: failed\r\n\r\n--b--\r\n",
		"cut off":         "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: message/deliv",
	} {
		if r, err := ParseReport(Bytes([]byte(in))); err == nil {
			t.Errorf("%s: want an error, got %+v", name, r)
		} else if name == "plain" && !errors.Is(err, ErrNotReport) {
			t.Errorf("%s: want ErrNotReport, got %v", name, err)
		}
	}
}

func TestXtext(t *testing.T) {
	for in, want := range map[string]string{"Bob+x=y z@d": "Bob+2Bx+3Dy+20z@d", "": "", "ü": "+C3+BC"} {
		if got := EncodeXtext(in); got != want {
			t.Errorf("EncodeXtext(%q): want %q, got %q", in, want, got)
		}
		if got, err := DecodeXtext(want); err != nil || got != in {
			t.Errorf("DecodeXtext(%q): want %q, got %q, %v", want, in, got, err)
		}
	}
	for _, in := range []string{"+", "+2", "+2b", "a b", "a=b", "+GG", "ü"} {
		if s, err := DecodeXtext(in); err == nil {
			t.Errorf("DecodeXtext(%q): want an error, got %q", in, s)
		}
	}
	for _, tt := range []struct{ in, typ, addr string }{
		{"rfc822;bob+2Bx@d", "rfc822", "bob+x@d"},
		{`utf-8;j\x{FC}rgen@d`, "utf-8", "jürgen@d"},
		{"utf-8;jürgen@d", "utf-8", "jürgen@d"},
	} {
		if typ, addr, err := ParseORCPT(tt.in); err != nil || typ != tt.typ || addr != tt.addr {
			t.Errorf("ParseORCPT(%q): %q %q %v", tt.in, typ, addr, err)
		}
	}
	for _, in := range []string{"bob@d", ";bob@d", "rfc822;a b", `utf-8;\x{110000}`, `utf-8;\x{FC`, `utf-8;\x{}`} {
		if typ, addr, err := ParseORCPT(in); err == nil {
			t.Errorf("ParseORCPT(%q): want an error, got %q %q", in, typ, addr)
		}
	}
}

func TestNotifies(t *testing.T) {
	for _, tt := range []struct {
		rule   string
		notify []string
		want   string // of SUCCESS FAILURE DELAY
	}{
		{"RFC3461#4.1", nil, "FAILURE DELAY"},
		{"RFC3461#4.1", []string{"NEVER"}, ""},
		{"RFC3461#4.1", []string{"SUCCESS", "failure"}, "SUCCESS FAILURE"},
	} {
		var got []string
		for _, k := range []string{"SUCCESS", "FAILURE", "DELAY"} {
			if (Recipient{Notify: tt.notify}).Notifies(k) {
				got = append(got, k)
			}
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: %v: want %q, got %q", tt.rule, tt.notify, tt.want, s)
		}
	}
}

func FuzzReport(f *testing.F) {
	b, err := sampleReport().Message()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, in []byte) {
		r, err := ParseReport(Bytes(in))
		if err != nil {
			return
		}
		r.Host, r.MessageID, r.Subject, r.To = "h.org", "<x@h.org>", "s", "a@b.org"
		out, err := r.Message()
		if err != nil {
			t.Fatalf("%q gives %+v: %v", in, r, err)
		}
		again, err := ParseReport(Bytes(out))
		if err != nil || len(again.Recipients) != len(r.Recipients) {
			t.Fatalf("%d recipients, then %d, %v, in\n%s", len(r.Recipients), len(again.Recipients), err, out)
		}
	})
}
