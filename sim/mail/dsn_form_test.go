package mail

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/emersion/go-message"
	"github.com/google/go-cmp/cmp"
)

// parsed is a report as another library reads it: each part decoded, and the
// header fields of the whole and of the parts.
type parsed struct {
	header message.Header
	types  []string
	bodies []string
}

func readParts(t *testing.T, b []byte) parsed {
	t.Helper()
	e, err := message.Read(bytes.NewReader(b))
	if err != nil {
		t.Fatalf("%v in\n%s", err, b)
	}
	p := parsed{header: e.Header}
	m := e.MultipartReader()
	for {
		part, err := m.NextPart()
		if errors.Is(err, io.EOF) {
			return p
		}
		if err != nil {
			t.Fatal(err)
		}
		typ, _, _ := part.Header.ContentType()
		body, err := io.ReadAll(part.Body)
		if err != nil {
			t.Fatal(err)
		}
		p.types, p.bodies = append(p.types, typ), append(p.bodies, string(body))
	}
}

// TestReportForm: what each kind of original message makes of the parts, and
// whether the report is of 7 bits.
func TestReportForm(t *testing.T) {
	const (
		ascii7 = "Subject: plan\r\n\r\nhello\r\n"
		body8  = "Subject: plan\r\n\r\nK\xc3\xb6ln\r\n"
		both8  = "Subject: K\xc3\xb6ln\r\n\r\nK\xc3\xb6ln\r\n"
		wrong8 = "Subject: K\xf6ln\r\n\r\nhello\r\n"
	)
	const (
		status, global = "message/delivery-status", "message/global-delivery-status"
		headers        = "text/rfc822-headers"
	)
	for _, tt := range []struct {
		rule     string
		change   func(*Report)
		original string
		types    string // of the second and third part
		returned string
		seven    bool
	}{
		{"R6522-3-a", nil, ascii7, status + " message/rfc822", ascii7, true},
		{"R6522-4-a", func(r *Report) { r.Full = false }, ascii7, status + " " + headers, "Subject: plan\r\n", true},
		{"R6522-4-a: a body without an empty line", func(r *Report) { r.Full = false }, "hello\r\nworld\r\n", status + " " + headers, "", true},
		{"R3464-2-b: 8-bit body", nil, body8, status + " message/rfc822", body8, false},
		{"R3464-2-b: 8-bit body, 7-bit path", func(r *Report) { r.SevenBit = true }, body8, status + " " + headers, "Subject: plan\r\n", true},
		{"R3464-2-b: 8-bit header", func(r *Report) { r.Full = false }, both8, status + " " + headers, "Subject: K\xc3\xb6ln\r\n", true},
		{"R3464-2-b: header of no charset", func(r *Report) { r.SevenBit = true }, wrong8, status + " " + headers, "Subject: K\xf6ln\r\n", true},
		{"R6533-3-a", func(r *Report) { r.UTF8 = true }, both8, global + " message/global", both8, false},
		{"R6533-3-a: header alone", func(r *Report) { r.UTF8, r.Full = true, false }, both8, global + " message/global-headers", "Subject: K\xc3\xb6ln\r\n", false},
		{"R6533-3-a: 7-bit path", func(r *Report) { r.UTF8, r.SevenBit = true, true }, both8, status + " " + headers, "Subject: K\xc3\xb6ln\r\n", true},
		{"RFC3030#3: what DATA cannot carry", nil, "Subject: plan\r\n\r\na\nb\x00", status + " " + headers, "Subject: plan\r\n", true},
		{"RFC5321#4.5.3.1.6", nil, ascii7 + strings.Repeat("x", 999) + "\r\n", status + " " + headers, "Subject: plan\r\n", true},
		{"RFC3461#4.3: of what went well the header", func(r *Report) { r.Recipients[0].Action = ActionRelayed }, ascii7, status + " " + headers, "Subject: plan\r\n", true},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			r := sampleReport()
			r.Original = Bytes([]byte(tt.original))
			r.Recipients = r.Recipients[:1]
			if tt.change != nil {
				tt.change(&r)
			}
			b, err := r.Message()
			if err != nil {
				t.Fatal(err)
			}
			p := readParts(t, b)
			if got, want := strings.Join(p.types, " "), "text/plain "+tt.types; got != want {
				t.Errorf("parts %s, want %s", got, want)
			}
			if got := p.bodies[len(p.bodies)-1]; got != tt.returned {
				t.Errorf("returned %q, want %q", got, tt.returned)
			}
			if seven := ascii(b); seven != tt.seven {
				t.Errorf("ASCII is %t, want %t:\n%s", seven, tt.seven, b)
			}
			top, _, _ := bytes.Cut(b, []byte("\r\n\r\n"))
			if !ascii(top) {
				t.Errorf("R5321-2.3.1-a, R3464-2-b: the header is not ASCII:\n%s", top)
			}
			_, params, err := p.header.ContentType()
			if err != nil || params["report-type"] != "delivery-status" || p.header.Get("Mime-Version") != "1.0" {
				t.Errorf("R3464-2-a: header %s", top)
			}
			for _, name := range []string{"From", "To", "Date", "Message-Id", "Auto-Submitted"} {
				if f := p.header.FieldsByKey(name); !f.Next() || f.Next() {
					t.Errorf("R3464-2-b: not one field %s", name)
				}
			}
		})
	}
}

// TestReportToUTF8: a sender of UTF-8 cannot be told without SMTPUTF8.
func TestReportToUTF8(t *testing.T) {
	r := sampleReport()
	r.To, r.UTF8 = "jürgen@example.com", true
	if _, err := r.Message(); err != nil {
		t.Error(err)
	}
	r.SevenBit = true
	if b, err := r.Message(); err == nil {
		t.Errorf("want an error, got %s", b)
	}
}

func TestInternational(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*Report)
		want   bool
	}{
		{"ASCII alone", func(*Report) {}, false},
		{"sender", func(r *Report) { r.To = "ü@x.org" }, true},
		{"recipient", func(r *Report) { r.Recipients[1].To = "ü@x.org" }, true},
		{"original recipient", func(r *Report) { r.Recipients[0].Original = "ü@x.org" }, true},
		{"header", func(r *Report) { r.Original = Bytes([]byte("Subject: ü\r\n\r\n")) }, true},
		{"body", func(r *Report) { r.Original = Bytes([]byte("Subject: u\r\n\r\nü\r\n")) }, false},
		{"nothing returned", func(r *Report) { r.Original = nil }, false},
	} {
		r := sampleReport()
		tt.change(&r)
		if got := r.International(); got != tt.want {
			t.Errorf("%s: %t, want %t", tt.name, got, tt.want)
		}
	}
}

// TestStatusFields: the fields of RFC 3464 2.2 and 2.3, as they are written.
func TestStatusFields(t *testing.T) {
	r := sampleReport()
	r.ReceivedFrom = "client.example.com"
	r.EnvelopeID = "a b+c"
	r.Recipients = []ReportRecipient{{
		To: "MiXed@example.org", OriginalType: "rfc822", Original: "x+y@z.test", Action: ActionFailed,
		RemoteMTA: "nh.test", Reply: Reply{550, "5.7.1", []string{"first", "second"}},
		LastAttempt: monday, RetryUntil: monday, LogID: "B7K2",
	}}
	const want = `Original-Envelope-Id: a b+c
Reporting-MTA: dns; relay.example.com
Received-From-MTA: dns; client.example.com
Arrival-Date: Mon, 5 Jan 2026 08:59:00 +0000

Original-Recipient: rfc822; x+y@z.test
Final-Recipient: rfc822; MiXed@example.org
Action: failed
Status: 5.7.1
Remote-MTA: dns; nh.test
Diagnostic-Code: smtp; 550-5.7.1 first
 550 5.7.1 second
Last-Attempt-Date: Mon, 5 Jan 2026 09:00:00 +0000
Final-Log-ID: B7K2
`
	b, err := r.status()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, strings.ReplaceAll(string(b), "\r\n", "\n")); diff != "" {
		t.Errorf("R3461-6.3-a, R3461-6.3-b, R3464-2.3.9-a (-want +got):\n%s", diff)
	}
}

// TestDiagnosticRoundTrip: the lines of a reply come back as they were said.
func TestDiagnosticRoundTrip(t *testing.T) {
	long := strings.TrimSpace(strings.Repeat("550 is a number ", 12))
	for _, want := range []Reply{
		{550, "5.7.1", []string{"one"}},
		{550, "5.7.1", []string{"one", "two", "three"}},
		{550, "", []string{"no code", long}},
		{451, "4.3.0", []string{long, "end"}},
		{554, "", nil},
		{554, "5.0.0", nil},
	} {
		r := sampleReport()
		r.Recipients = []ReportRecipient{{To: "a@b", Action: ActionFailed, RemoteMTA: "x", Reply: want}}
		b, err := r.Message()
		if err != nil {
			t.Fatal(err)
		}
		got, err := ParseReport(Bytes(b))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got.Recipients[0].Reply); diff != "" {
			t.Errorf("(-want +got):\n%s\n%s", diff, b)
		}
	}
	// A reply without end is cut, and still one.
	r := sampleReport()
	r.Recipients = []ReportRecipient{{To: "a@b", Action: ActionFailed, RemoteMTA: "x", Reply: Reply{550, "5.7.1", strings.Split(strings.Repeat("word ", 300), " ")}}}
	b, err := r.Message()
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseReport(Bytes(b))
	if err != nil || got.Recipients[0].Reply.Code != 550 || len(b) > 4000 {
		t.Errorf("%v, %d octets: %+v", err, len(b), got)
	}
}
