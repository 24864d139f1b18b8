package scenarios_test

import (
	"strings"
	"testing"

	"github.com/mailsim/mailsim/reports"
)

// TestTalks tells sessions that go as they are written, and some that do not.
func TestTalks(t *testing.T) {
	const opening = `S> 220, C> EHLO client.example, S> 250, "C> MAIL FROM:<a@example.net>", S> 250, "C> RCPT TO:<bob@example.org>", S> 250 2.1.5`
	for _, tt := range []struct {
		name, lines, after string
		want               reports.Verdict
	}{
		{
			"a mail", opening + `, C> DATA, S> 354, "D> Message-ID: <m@mailsim>", D>, D> ..dot, D> ., /^250 2\.0\.0 queued/, C> QUIT, S> 221, S> closed`,
			"expect: {mailbox: bob@example.org, has: m, body: ['/^\\.dot/']}", reports.Pass,
		},
		{
			"in chunks", opening + `, "O> BDAT 27\r\nMessage-ID: <m@mailsim>\r\n\r\n", S> 250, "O> BDAT 3 LAST\r\nhi!", S> 250`,
			"expect: {mailbox: bob@example.org, has: m, body: [hi!]}", reports.Pass,
		},
		{"a bare line end", opening + `, C> DATA, S> 354, "O> a\n.\r\n\r\n.\r\n", S> 554`, "expect: {mailbox: bob@example.org, count: 0}", reports.Pass},
		{"hung up", opening + `, C> DATA, S> 354, D> half`, "expect: {mailbox: bob@example.org, count: 0}", reports.Pass},
		{"under TLS", `S> 220, C> EHLO a, /STARTTLS/, C> STARTTLS, S> 220, TLS, C> EHLO a, S> 250, C> STARTTLS, S> 50`, "wait: 1s", reports.Pass},
		{"silent", `S> 220, wait 5m1s, S> 421, S> closed`, "wait: 1s", reports.Pass},
		{"another reply", `S> 220, C> NOOP, S> 251`, "wait: 1s", reports.Fail},
		{"not closed", `S> 220, C> NOOP, S> closed`, "wait: 1s", reports.Fail},
		{"no reply", `S> 220, S> 250`, "wait: 1s", reports.Fail},
		{"no TLS", `S> 220, C> NOOP, S> 250, TLS`, "wait: 1s", reports.Fail},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rep := expectVerdict(t, `
scenario: t
nodes:
  store: {role: mda, mailboxes: [bob@example.org], tls: offered, limits: {command-timeout: 5m}}
steps:
  - talk: {with: store, mail: m, lines: [`+tt.lines+`]}
  - `+tt.after+`
`, tt.want)
			if c := rep.Groups[0].Checks[0]; tt.want == reports.Fail && (c.Verdict != reports.Fail || !strings.Contains(c.Got, "but")) {
				t.Errorf("the talk: %s, %s", c.Verdict, c.Got)
			}
		})
	}
}
