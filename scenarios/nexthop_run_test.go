package scenarios_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/mailsim/mailsim/reports"
	"github.com/mailsim/mailsim/scenarios"
)

var _ = DescribeTable("the next hop of a mail",
	func(text string) {
		rep := scenarios.Run(parseStory(text), scenarios.RunOptions{})
		_, found := told(rep)
		Expect(rep.Verdict).To(Equal(reports.Pass), found)
	},

	Entry("by a host that only the zones know, and by one with a port", `
scenario: t
dns: |
  relay.example.net. 300 A 192.0.2.9
nodes:
  out:   {role: msa, auth: none, next: relay.example.net, routes: {far.example: "relay.example.net:2525"}}
  relay: {role: mta, host: relay.example.net, ports: [25, 2525], relay-for: any, mailboxes: [bob@near.example, bob@far.example]}
steps:
  - send: {mail: m, via: out, from: ann@example.net, to: bob@near.example}
  - send: {mail: n, via: out, from: ann@example.net, to: bob@far.example}
  - expect: {mailbox: bob@near.example, has: m, within: 1m}
  - expect: {mailbox: bob@far.example, has: n, within: 1m}
  - expect: {event: dns.query, node: out, detail: /^MX/, count: 0}
`),

	// RFC 6531 3.2: the DNS is asked for A-labels.
	Entry("by U-labels", `
scenario: t
dns: |
  xn--fernmt-bua.example.    300 MX 10 mx.xn--fernmt-bua.example.
nodes:
  out: {role: msa, auth: none}
  mx:  {role: mta, host: mx.xn--fernmt-bua.example, mailboxes: [bob@fernämt.example]}
  own: {role: mta, mailboxes: [bob@bücher.example]}
steps:
  - send: {mail: m, via: out, from: ann@example.net, to: bob@Fernämt.example, options: {SMTPUTF8: ""}}
  - send: {mail: n, via: out, from: ann@example.net, to: bob@bücher.example, options: {SMTPUTF8: ""}}
  - expect: {mailbox: bob@fernämt.example, has: m, within: 1m}
  - expect: {mailbox: bob@bücher.example, has: n, within: 1m}
  - expect: {event: dns.query, detail: "/[^ -~]/", count: 0}
  - expect: {event: dns.query, detail: /^MX xn--bcher-kva\.example/, count: 1..}
`),

	// Rows of RFC 5321 5, 7504 and 7505 from end to end: what the look-ups found is
	// what is tried.
	Entry("by lists in which something is wrong", `
scenario: t
dns: |
  out.example.net.  300 A    192.0.2.1
  out.example.net.  300 AAAA 2001:db8::1
  example.net.      300 MX 10 out.example.net.
  good.test.        300 A    192.0.2.10
  greets421.test.   300 A    192.0.2.11
  greets521.test.   300 A    192.0.2.12
  down1.test.       300 A    192.0.2.21
  down2.test.       300 A    192.0.2.22
  half.test.        300 A    192.0.2.23
  half.test.        300 A    192.0.2.10
  dual.test.        300 AAAA 2001:db8::99
  dual.test.        300 A    192.0.2.10
  down.example.     300 MX 10 down1.test.
  down.example.     300 MX 20 down2.test.
  down.example.     300 MX 30 good.test.
  busy.example.     300 MX 10 greets421.test.
  busy.example.     300 MX 20 good.test.
  none.example.     300 MX 10 greets521.test.
  none.example.     300 MX 20 good.test.
  half.example.     300 MX 10 half.test.
  dual.example.     300 MX 10 dual.test.
  null.example.     300 MX 0 .
  null.example.     300 A 192.0.2.10
  late.example.     300 MX 10 good.test.
  late.example.     300 A 192.0.2.21
nodes:
  out:  {role: msa, auth: none, host: out.example.net, mailboxes: [ann@example.net], queue: {retry: 10m, expire: 1d}}
  good: {role: mta, host: good.test, mailboxes: [u@down.example, u@busy.example, u@none.example, u@half.example, u@dual.example, u@late.example, u@null.example]}
  busy: {role: mta, host: greets421.test}
  gone: {role: mta, host: greets521.test}
steps:
  - fault: {node: busy, at: banner, reply: 421 4.3.2 not now}
  - fault: {node: gone, at: banner, reply: 521 5.3.2 takes no mail}
  - dns: {fail: servfail, name: late.example, type: MX, for: 15m}
  - send: {mail: m, via: out, from: ann@example.net, to: [u@down.example, u@busy.example, u@none.example, u@half.example, u@dual.example, u@late.example, u@null.example]}
  - expect: {mailbox: u@down.example, has: m, within: 1m}
  - expect: {mailbox: u@busy.example, has: m, within: 1m}
  - expect: {mailbox: u@none.example, has: m, within: 1m}
  - expect: {mailbox: u@half.example, has: m, within: 1m}
  - expect: {mailbox: u@dual.example, has: m, within: 1m}
  - expect: {event: mail.attempt, mail: m, count: 7}
  - expect: {event: mail.bounced, mail: m, to: u@null.example, reply: 556 5.1.10}
  - expect: {event: mail.deferred, mail: m, count: 1, reply: /^451 4\.4\.3/}
  - expect: {mailbox: ann@example.net, count: 1, body: [/Status. 5\.1\.10/], within: 1m}
  - expect: {mailbox: u@late.example, has: m, within: 21m}
  - expect: {event: mail.attempt, mail: m, count: 9}
`),
)
