package scenarios_test

import (
	"fmt"
	"runtime"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/mailsim/mailsim/scenarios"
)

// provider is a server of some demands, and two that send to it.
const provider = `
scenario: t
seed: 7
dns: |
  big.example.        300 MX 10 mx.big.example.
  mx.big.example.     300 A  192.0.2.10
  out.example.net.    300 A  192.0.2.1
  example.net.        300 MX 10 out.example.net.
  other.example.com.  300 A  198.51.100.7
  null.example.       300 MX 0 .
nodes:
  out:   {role: msa, auth: none, host: out.example.net, mailboxes: [ann@example.net], queue: {retry: 10m, expire: 1d}}
  other: {like: out, host: other.example.com, mailboxes: []}
  big:   {role: mta, host: mx.big.example, mailboxes: [bob@big.example, carol@big.example, "*@any.example"], %s}
steps:
`

var _ = DescribeTable("a big provider",
	func(demands, steps, want string) {
		text := fmt.Sprintf(provider, demands) + steps
		rep := scenarios.Run(parseStory(text), scenarios.RunOptions{})
		verdicts, found := told(rep)
		Expect(strings.Join(verdicts, " ")).To(Equal(want), found)
		before := runtime.GOMAXPROCS(1)
		defer runtime.GOMAXPROCS(before)
		again := scenarios.Run(parseStory(text), scenarios.RunOptions{})
		Expect(difference(jsonOf(rep), jsonOf(again))).To(BeEmpty())
	},

	Entry("takes only so many messages in a time", "limits: {rate: 2/15m}", `
  - send: {mail: m, via: out, from: ann@example.net, to: bob@big.example, count: 5, every: 1s}
  - expect: {mailbox: bob@big.example, count: 2, within: 1m}
  - expect: {event: mail.refused, node: big, peer: out, detail: mail, reply: /^450 4.7.1/, count: 3}
  - send: {mail: else, via: other, from: eve@example.com, to: bob@big.example}
  - expect: {mailbox: bob@big.example, has: else, within: 1m}
  - wait: 13m
  - expect: {mailbox: bob@big.example, count: 3}
  - expect: {mailbox: bob@big.example, count: 6, within: 1h}
  - expect: {queue: out, count: 0}
`, "pass pass pass pass pass pass pass pass pass"),

	Entry("makes strangers wait", "greylist: 5m", `
  - send: {mail: m, via: out, from: ann@example.net, to: [bob@big.example, carol@big.example]}
  - expect: {queue: out, has: m, within: 1m}
  - expect: {event: mail.refused, node: big, peer: out, detail: rcpt, reply: /^450 4.7.1 greylisted/, count: 2}
  - expect: {mailbox: bob@big.example, has: m, within: 10m1s}
  - stop: big
  - start: big
  - send: {mail: again, via: out, from: ann@example.net, to: bob@big.example}
  - expect: {mailbox: bob@big.example, has: again, within: 1s}
  - send: {mail: new, via: out, from: "", to: carol@big.example}
  - expect: {event: mail.refused, node: big, mail: new, detail: data, within: 1s}
  - expect: {mailbox: carol@big.example, has: new, within: 11m}
`, "pass pass pass pass pass pass pass pass pass pass pass"),

	Entry("forgets who comes back too late", "greylist: {delay: 5m, retry-window: 8m}", `
  - send: {mail: m, via: out, from: ann@example.net, to: bob@big.example}
  - expect: {event: mail.expired, node: out, mail: m, within: 2d}
  - expect: {mailbox: bob@big.example, count: 0}
`, "pass pass pass"),

	Entry("is slow towards who tries addresses out", "tarpit: {delay: 1m, after: 2}, limits: {errors: 4}", `
  - send: {mail: m, via: big, from: ann@example.net, to: [a@big.example, b@big.example, bob@big.example, c@big.example, d@big.example, e@big.example]}
  - expect: {event: mail.refused, node: big, reply: /^550 5.1.1/, count: 3}
  - expect: {event: mail.refused, node: big, reply: /^550 5.1.1/, count: 4, within: 2m}
  - expect: {event: mail.refused, node: big, reply: /^421 4.7.0/, count: 1, within: 2m}
  - expect: {mailbox: bob@big.example, count: 0}
`, "pass fail pass pass pass"),

	Entry("refuses who speaks before the greeting", "greeting: {delay: 6s, early-talk: refuse}", `
  - talk: {with: big, lines: [C> EHLO c.example, S> 554 5.5.1, S> 503, C> QUIT, S> 221, S> closed]}
  - send: {mail: m, via: out, from: ann@example.net, to: bob@big.example}
  - expect: {mailbox: bob@big.example, has: m, within: 7s}
`, "pass pass pass"),

	Entry("looks up who sends", "check: [sender-domain]", `
  - send: {mail: a, via: other, from: eve@nowhere.example, to: [bob@big.example, postmaster@big.example]}
  - expect: {event: dns.query, node: big, mail: a, detail: /^MX nowhere.example/, within: 1m}
  - expect: {event: mail.refused, node: big, mail: a, to: bob@big.example, detail: rcpt, reply: /^550 5.1.8/}
  - expect: {event: mail.delivered, node: big, mail: a, to: postmaster@big.example, within: 1m}
  - send: {mail: b, via: other, from: eve@null.example, to: bob@big.example}
  - expect: {event: mail.refused, node: big, mail: b, reply: /^550 5.7.27/, within: 1m}
  - dns: {fail: servfail, name: example.net, type: MX, for: 5m}
  - send: {mail: c, via: out, from: ann@example.net, to: bob@big.example}
  - expect: {event: mail.refused, node: big, mail: c, reply: /^451 4.4.3/, within: 1m}
  - expect: {mailbox: bob@big.example, has: c, within: 11m}
  - dns: {fail: timeout, name: slow.example}
  - send: {mail: d, via: out, from: ann@slow.example, to: bob@big.example}
  - expect: {event: mail.refused, node: big, mail: d, reply: /^451 4.4.3/, within: 5m}
  - send: {mail: e, via: big, from: "", to: bob@big.example}
  - expect: {mailbox: bob@big.example, has: e}
`, "pass pass pass pass pass pass pass pass pass pass pass pass pass pass pass"),

	Entry("takes mail for everybody and returns it to whoever is named", "unknown-users: accept", `
  - send: {mail: forged, via: other, from: ann@example.net, to: nobody@big.example}
  - expect: {event: mail.bounced, node: big, mail: forged, to: nobody@big.example, within: 1m}
  - expect: {mailbox: ann@example.net, has: forged/dsn-big, body: [/5.1.1/], within: 1m}
`, "pass pass pass"),

	Entry("lets its clients choose their faults", "faults-by-address: true", `
  - send: {mail: a, via: out, from: ann@example.net, to: [rcpt550_5.1.1@any.example, rcpt451_4.3.0_x2@any.example, bob@big.example]}
  - send: {mail: b, via: other, from: eve@example.com, to: bob@big.example}
  - expect: {event: mail.bounced, node: out, mail: a, to: rcpt550_5.1.1@any.example, within: 1m}
  - expect: {event: fault.hit, node: big, mail: a, count: 2}
  - expect: {event: mail.delivered, mail: b}
  - expect: {event: mail.delivered, mail: a, to: rcpt451_4.3.0_x2@any.example, within: 21m}
  - expect: {event: fault.hit, node: big, to: rcpt451_4.3.0_x2@any.example, reply: 451, detail: /at rcpt/, count: 2}
  - send: {mail: c, via: out, from: mail421_x1@example.net, to: dot-drop_x1@any.example}
  - wait: 31m
  - expect: {event: mail.delivered, mail: c, to: dot-drop_x1@any.example, count: 2}
waive: [duplicates]
`, "pass pass pass pass pass pass pass pass pass pass"),

	Entry("lets users in who know the password, and proves that it does", "users: {ann: secret}, mechanisms: SCRAM-SHA-256, relay-for: none", `
  - send: {mail: a, via: big, auth: {user: ann, password: secret, mechanism: SCRAM-SHA-256}, from: ann@example.net, to: ann@example.net}
  - reply: {at: auth, is: 235}
  - expect: {event: session.auth, node: big, detail: SCRAM-SHA-256, reply: 235}
  - expect: {mailbox: ann@example.net, has: a, within: 1m}
  - expect: {received: a, at: ann@example.net, is: [{by: out}, {by: big, with: ESMTPA}]}
  - send: {mail: b, via: big, auth: {user: ann, password: guess, mechanism: SCRAM-SHA-256}, from: ann@example.net, to: ann@example.net}
  - reply: {at: auth, is: 535}
  - send: {mail: c, via: big, auth: {user: ann, password: secret}, from: ann@example.net, to: ann@example.net}
  - reply: {at: auth, is: 504}
`, "pass pass pass pass pass pass pass pass pass"),

	Entry("ends sessions that are silent or full of mistakes", "limits: {command-timeout: 1m, errors: 2, recipients: 1}", `
  - talk: {with: big, lines: [S> 220, C> EHLO c.example, S> 250, wait 58s, C> NOOP, S> 250, wait 1m, S> 421 4.4.2 mx.big.example, S> closed]}
  - talk: {with: big, lines: [S> 220, C> FOO, S> 500, C> FOO, S> 500, C> NOOP, S> 250, C> FOO, S> 421 4.7.0 mx.big.example, S> closed]}
  - talk: {with: big, lines: [S> 220, C> EHLO c.example, S> 250, "C> MAIL FROM:<>", S> 250, "C> RCPT TO:<bob@big.example>", S> 250, "C> RCPT TO:<carol@big.example>", S> 452 4.5.3]}
  - talk: {with: big, lines: [S> 220, C> EHLO c.example, S> 250, "C> MAIL FROM:<>", S> 250, "C> RCPT TO:<bob@big.example>", S> 250, C> DATA, S> 354, "D> A: b", wait 1m, S> 421 4.4.2, S> closed]}
  - talk: {with: big, lines: [S> 220, C> EHLO c.example, S> 250, "C> MAIL FROM:<>", S> 250, "C> RCPT TO:<bob@big.example>", S> 250, C> BDAT 10 LAST, "D> A: b", wait 1m, S> 421 4.4.2, S> closed]}
  - expect: {mailbox: bob@big.example, count: 0}
`, "pass pass pass pass pass pass"),

	Entry("gives one report, however many come at once",
		"limits: {rate: [{messages: 7/11m, per: node}, {recipients: 3/5m, per: sender}, {connections: 20/1m}], connections: 9}, greylist: 1m, tarpit: {delay: 1s, after: 1}", `
  - load: {mail: m, via: out, from: ann@example.net, to: [bob@big.example, carol@big.example], sessions: 30, count: 60}
  - load: {mail: n, via: other, from: eve@example.com, to: [bob@big.example, nobody@big.example], sessions: 30, count: 60}
  - wait: 5h
  - expect: {event: mail.refused, count: 0}
`, "pass pass pass fail"),
)
