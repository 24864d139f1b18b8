package scenarios

import (
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

func exactly(s string) *Pattern { return &Pattern{Text: s} }

func like(re string) *Pattern {
	return &Pattern{Text: "/" + re + "/", Regexp: regexp.MustCompile(re)}
}

func TestFitsReply(t *testing.T) {
	const told = "451 4.3.0 try later"
	for _, tt := range []struct {
		is   *Pattern
		want bool
	}{
		{nil, true},
		{exactly("451"), true},
		{exactly("450"), false},
		{exactly("45"), false},
		{exactly("451 4.3.0"), true},
		{exactly("451 4.3.1"), false},
		{exactly("451 4.3.0 try later"), true},
		{exactly("451 4.3.0 try"), false},
		{exactly("try later"), false},
		{exactly(""), false},
		{like(`^45\d 4\.3`), true},
		{like(`^5`), false},
		{&Pattern{Absent: true}, false},
	} {
		if got := fitsReply(tt.is, told); got != tt.want {
			t.Errorf("fitsReply(%v, %q) = %v, want %v", tt.is, told, got, tt.want)
		}
	}
	if !fitsReply(&Pattern{Absent: true}, "") {
		t.Error("an absent reply does not fit absent")
	}
}

func TestSameAddress(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"bob@example.org", "bob@example.org", true},
		{"bob@example.org", "bob@EXAMPLE.org", true}, // RFC 5321 2.4: domains without case
		{"bob@example.org", "Bob@example.org", false},
		{"bob@example.org", "<bob@example.org>", true},
		{"", "<>", true},
		{"", "bob@example.org", false},
		{"postmaster", "Postmaster", true}, // RFC 5321 4.5.1
		{"postmaster", "postmaster@example.org", false},
		{"bob@example.org", "bob@example.net", false},
	} {
		if got := sameAddress(tt.a, tt.b); got != tt.want {
			t.Errorf("sameAddress(%q, %q) = %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestFits(t *testing.T) {
	e := trace.Event{
		Node: "out", Kind: trace.MailAttempt, Mail: "plan", Peer: "mx", From: "",
		To: "bob@example.org, carol@example.org", Reply: "250 2.0.0 taken", Attempt: 3,
		Detail: "MX of example.org", With: "ESMTPS", ID: "A1", Session: "S1",
	}
	kind := Pattern{Text: "mail.attempt"}
	for _, tt := range []struct {
		name string
		c    EventCheck
		want bool
	}{
		{"nothing asked", EventCheck{}, true},
		{"kind", EventCheck{Event: kind}, true},
		{"other kind", EventCheck{Event: Pattern{Text: "mail.relayed"}}, false},
		{"kinds by pattern", EventCheck{Event: *like("^mail")}, true},
		{"one of several recipients", EventCheck{To: exactly("carol@EXAMPLE.org")}, true},
		{"all recipients", EventCheck{To: exactly("bob@example.org, carol@example.org")}, true},
		{"no recipient", EventCheck{To: exactly("dave@example.org")}, false},
		{"null reverse-path", EventCheck{From: exactly("<>")}, true},
		{"absent is empty", EventCheck{From: &Pattern{Absent: true}}, true},
		{"absent is not empty", EventCheck{Peer: &Pattern{Absent: true}}, false},
		{"reply by code", EventCheck{Reply: exactly("250")}, true},
		{"detail is exact", EventCheck{Detail: exactly("MX")}, false},
		{"detail by pattern", EventCheck{Detail: like("^MX")}, true},
		{"attempts", EventCheck{Attempt: &Count{2, -1}}, true},
		{"too few attempts", EventCheck{Attempt: &Count{4, -1}}, false},
		{"with", EventCheck{With: exactly("ESMTP")}, false},
		{"id and session", EventCheck{ID: exactly("A1"), Session: exactly("S1")}, true},
		{"node", EventCheck{Node: exactly("mx")}, false},
	} {
		if got := fits(&tt.c, &e); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

const report = "Return-Path: <>\r\nReceived: two\r\nReceived: one\r\n" +
	"Subject: =?utf-8?q?gr=C3=BC=C3=9Fe?=\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
	"--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
	"sch=F6n=\r\ner Tag\r\nzweite Zeile\r\n" +
	"--b\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed\r\n" +
	"--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\ncGxhbg==\r\n--b--\r\n"

func TestMessageFits(t *testing.T) {
	m, err := readMessage(mail.Bytes([]byte(report)))
	if err != nil {
		t.Fatal(err)
	}
	absent := Pattern{Absent: true}
	for _, tt := range []struct {
		name   string
		header HeaderCheck
		want   bool
	}{
		{"exact", HeaderCheck{Name: "return-path", Is: []Pattern{{Text: "<>"}}}, true},
		{"not exact", HeaderCheck{Name: "Return-Path", Is: []Pattern{{Text: "<a@b>"}}}, false},
		{"decoded", HeaderCheck{Name: "Subject", Is: []Pattern{{Text: "grüße"}}}, true},
		{"raw", HeaderCheck{Name: "Subject", Is: []Pattern{*like(`=\?utf-8\?`)}}, true},
		{"any field", HeaderCheck{Name: "Received", Is: []Pattern{{Text: "one"}}}, true},
		{"all in order", HeaderCheck{Name: "Received", List: true, Is: []Pattern{{Text: "two"}, {Text: "one"}}}, true},
		{"wrong order", HeaderCheck{Name: "Received", List: true, Is: []Pattern{{Text: "one"}, {Text: "two"}}}, false},
		{"too few", HeaderCheck{Name: "Received", List: true, Is: []Pattern{{Text: "two"}}}, false},
		{"absent", HeaderCheck{Name: "Bcc", Is: []Pattern{absent}}, true},
		{"not absent", HeaderCheck{Name: "Subject", Is: []Pattern{absent}}, false},
		{"no such field", HeaderCheck{Name: "Bcc", Is: []Pattern{*like("")}}, false},
	} {
		if got := m.fitsHeader(&tt.header); got != tt.want {
			t.Errorf("header %s: %v, want %v", tt.name, got, tt.want)
		}
	}
	for _, tt := range []struct {
		name string
		body Pattern
		want bool
	}{
		{"decoded text", *like("schöner Tag$"), false}, // without (?m), $ is the end of the text
		{"decoded line", *like("(?m)^schöner Tag$"), true},
		{"raw source", *like("sch=F6n"), true},
		{"a whole line", Pattern{Text: "zweite Zeile"}, true},
		{"half a line", Pattern{Text: "zweite"}, false},
		{"delivery status", *like("Action: failed"), true},
		{"no text of a picture", *like("plan"), false},
	} {
		if got := m.fitsBody(tt.body); got != tt.want {
			t.Errorf("body %s: %v, want %v", tt.name, got, tt.want)
		}
	}
	want := []string{"Received: two", "Received: one", "Bcc: is absent", "body: has no /nothing/"}
	got := m.misfits([]HeaderCheck{
		{Name: "Received", Is: []Pattern{{Text: "three"}}}, {Name: "Bcc", Is: []Pattern{{Text: "x"}}},
	}, []Pattern{*like("nothing")})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("misfits (-want +got):\n%s", diff)
	}
}

// A message that is no MIME at all is compared as it is; nothing of it can stop the run.
func TestReadMessageHostile(t *testing.T) {
	for _, raw := range []string{
		"", "\r\n", "no header at all", "Content-Type: multipart/mixed\r\n\r\nx",
		"Content-Type: text/plain; charset=nonsense\r\n\r\nhallo\r\n",
		"Content-Transfer-Encoding: base64\r\n\r\n!!!\r\n",
		"Content-Type: ;;;\r\n\r\nhallo\r\n",
	} {
		m, err := readMessage(mail.Bytes([]byte(raw)))
		if err != nil {
			t.Errorf("readMessage(%q): %v", raw, err)
			continue
		}
		if m.load(); m.source != lf(raw) {
			t.Errorf("readMessage(%q): source is %q", raw, m.source)
		}
	}
}

func TestArrivals(t *testing.T) {
	ms := func(n ...int) (d []time.Duration) {
		for _, v := range n {
			d = append(d, time.Duration(v)*time.Millisecond)
		}
		return d
	}
	for _, tt := range []struct {
		name   string
		stages []RateStage
		want   []time.Duration
	}{
		{"none", nil, nil},
		{"flat", []RateStage{{Rate: 4, For: time.Second}}, ms(0, 250, 500, 750)},
		{"slow", []RateStage{{Rate: 0.5, For: 5 * time.Second}}, ms(0, 2000, 4000)},
		{"ramp from nothing", []RateStage{{Rate: 0}, {Rate: 2, Over: 2 * time.Second}}, ms(0, 1414)},
		{"ramp and hold", []RateStage{{Rate: 2, Over: 2 * time.Second}, {Rate: 2, For: time.Second}}, ms(0, 1414, 2000, 2500)},
		{"a pause", []RateStage{{Rate: 1, For: time.Second}, {Rate: 0, For: time.Second}, {Rate: 1, For: time.Second}}, ms(0, 2000)},
		{"down to nothing", []RateStage{{Rate: 2}, {Rate: 0, Over: 2 * time.Second}}, ms(0, 585)},
	} {
		got := arrivals(tt.stages)
		for i := range got {
			got[i] = got[i].Truncate(time.Millisecond)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestThreshold(t *testing.T) {
	fig := figures{sent: 1000, failed: 1, lost: 2, elapsed: 10 * time.Second}
	for i := range 999 {
		fig.latency = append(fig.latency, time.Duration(i+1)*time.Millisecond)
	}
	for _, tt := range []struct {
		metric, op string
		value      float64
		want       bool
	}{
		{"failures", "<", 0.001, false},
		{"failures", "<=", 0.001, true},
		{"lost", "=", 0, false},
		{"duplicated", "=", 0, true},
		{"rate", ">", 99, true},
		{"rate", ">=", 100, false},
		{"p50 latency", "<=", 0.5, true},
		{"p99 latency", "<", 0.99, false},
		{"p100 latency", "=", 0.999, true},
		{"nonsense", "<", 1, false},
	} {
		v, _ := fig.value(tt.metric)
		if got := (Threshold{Metric: tt.metric, Op: tt.op, Value: tt.value}).holds(v); got != tt.want {
			t.Errorf("%s %s %v: %v, want %v (it is %v)", tt.metric, tt.op, tt.value, got, tt.want, v)
		}
	}
}

func TestWords(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                                "0s",
		1500 * time.Millisecond:          "1.5s",
		90 * time.Minute:                 "1h30m",
		26 * time.Hour:                   "1d2h",
		-time.Second:                     "-1s",
		5*24*time.Hour + time.Nanosecond: "5d",
	} {
		if got := short(d); got != want {
			t.Errorf("short(%d) = %q, want %q", d, got, want)
		}
	}
	for want, c := range map[string]Count{
		"no mail": {0, 0}, "1 mail": {1, 1}, "2 mails": {2, 2}, "at least 2 mails": {2, -1},
		"at most 3 mails": {0, 3}, "2 to 4 mails": {2, 4}, "any number of mails": {0, -1},
	} {
		if got := amount(c, "mail"); got != want {
			t.Errorf("amount(%v) = %q, want %q", c, got, want)
		}
	}
	if got := fmt.Sprint(plural(1, "copy"), plural(2, "copy")); got != "1 copy2 copies" {
		t.Error(got)
	}
}
