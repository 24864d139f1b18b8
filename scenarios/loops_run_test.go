package scenarios_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/mailsim/mailsim/reports"
	"github.com/mailsim/mailsim/scenarios"
)

// loops is a network in which mail can go round: ping and pong relay for everybody.
const loops = `
scenario: loops
dns: |
  sender.example.  300 MX 10 home.example.
  home.example.    300 A  192.0.2.1
  ping.example.    300 A  192.0.2.2
  pong.example.    300 A  192.0.2.3
  self.example.    300 MX 10 ping.example.
  address.example. 300 MX 10 other.example.
  other.example.   300 A  192.0.2.2
  loop.example.    300 MX 10 lo.example.
  lo.example.      300 A  127.0.0.1
  zero.example.    300 MX 10 null.example.
  null.example.    300 A  0.0.0.0
  bare.example.    300 A  192.0.2.2
  round.example.   300 MX 10 ping.example.
  backup.example.  300 MX 10 pong.example.
  backup.example.  300 MX 20 ping.example.
  backup.example.  300 MX 30 home.example.
nodes:
  home: {role: mta, host: home.example, mailboxes: [ann@sender.example], relay-for: any}
  ping: {role: mta, host: ping.example, relay-for: any, queue: {retry: 10m, expire: 1d}, routes: {round.example: pong, short.example: pong, own.example: ping, lo.example: "[127.0.0.1]", mine.example: "other.example:25"},
         aliases: {a@alias.example: [b@alias.example], b@alias.example: [a@alias.example]}}
  pong: {role: mta, host: pong.example, relay-for: any, queue: {retry: 10m, expire: 1d}, routes: {short.example: ping}}
`

var _ = DescribeTable("mail that would go round comes back",
	func(to, steps string, before ...string) {
		text := loops + "steps:\n" + strings.Join(before, "") + "  - send: {mail: m, via: ping, from: ann@sender.example, to: \"" + to + "\"}\n" + steps
		rep := scenarios.Run(parseStory(text), scenarios.RunOptions{})
		_, found := told(rep)
		Expect(rep.Verdict).To(Equal(reports.Pass), found)
	},

	Entry("MX of its own name", "u@self.example", selfLoop),
	Entry("MX of its own address", "u@address.example", selfLoop),
	Entry("MX of the loopback", "u@loop.example", selfLoop),
	Entry("MX of the unspecified address", "u@zero.example", selfLoop),
	Entry("its own address without MX", "u@bare.example", selfLoop),
	Entry("a route to itself by name", "u@own.example", selfLoop),
	Entry("a route to the loopback", "u@lo.example", selfLoop),
	Entry("a route to a host of its own address", "u@mine.example", selfLoop),
	Entry("aliases that name each other", "a@alias.example", `
  - expect: {event: mail.bounced, node: ping, mail: m, reply: 554 5.4.6}
  - expect: {mailbox: ann@sender.example, has: m/dsn-ping, within: 1m}
`),
	Entry("the literal of its own address", "u@[192.0.2.2]", `
  - reply: {at: rcpt, is: 550 5.1.1}
  - never: {event: mail.attempt, mail: m, for: 1m}
`),

	// RFC 5321 6.3: at least a hundred hops are allowed, and the one that finds the
	// loop returns the mail.
	Entry("two nodes that give it to each other by MX and route", "u@round.example", `
  - expect: {mailbox: ann@sender.example, has: m/dsn-pong, within: 1h}
  - expect: {event: mail.accepted, mail: m, node: ping, count: 50}
  - expect: {event: mail.accepted, mail: m, node: pong, count: 50}
  - expect: {event: mail.refused, mail: m, node: ping, reply: 554 5.4.6}
  - expect: {event: mail.bounced, mail: m, node: pong, reply: 554 5.4.6, count: 1}
`),
	Entry("two nodes that give it to each other by routes", "u@short.example", `
  - expect: {mailbox: ann@sender.example, has: m/dsn-pong, within: 1h}
  - expect: {event: mail.accepted, mail: m, count: 100}
`),

	// RFC 5321 5.1: a backup MX gives mail to those before it, and to nobody behind.
	Entry("no loop: a backup MX waits for the one before it", "u@backup.example", `
  - expect: {event: mail.attempt, mail: m, node: ping, count: 3, within: 25m}
  - never: {event: mail.accepted, mail: m, node: home, for: 1h}
  - start: pong
  - expect: {event: mail.accepted, mail: m, node: pong, within: 11m}
`, "  - stop: pong\n"),
)

// selfLoop is what happens to mail that would come back to ping at once.
const selfLoop = `
  - expect: {event: mail.bounced, node: ping, mail: m, reply: 554 5.4.6, within: 1s}
  - expect: {event: mail.attempt, mail: m, count: 1}
  - expect: {event: mail.accepted, mail: m, count: 1}
  - expect: {event: session.open, node: ping, peer: ping, count: 0}
  - expect: {mailbox: ann@sender.example, has: m/dsn-ping, within: 1m}
`

var _ = Describe("the hop limit", func() {
	It("is as a node says", func() {
		text := loops + `
  tight: {role: mta, host: tight.example, relay-for: any, limits: {hops: 7}, routes: {tight.example: tight2}}
  tight2: {role: mta, host: tight2.example, relay-for: any, routes: {tight.example: tight}}
steps:
  - send: {mail: m, via: tight, from: ann@sender.example, to: u@tight.example}
  - expect: {mailbox: ann@sender.example, has: m/dsn-tight2, within: 1h}
  - expect: {event: mail.accepted, mail: m, count: 8}
`
		rep := scenarios.Run(parseStory(text), scenarios.RunOptions{})
		_, found := told(rep)
		Expect(rep.Verdict).To(Equal(reports.Pass), found)
	})
})
