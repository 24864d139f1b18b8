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
)
