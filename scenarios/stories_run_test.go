package scenarios_test

import (
	"fmt"
	"strings"
	"testing/fstest"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/mailsim/mailsim/reports"
	"github.com/mailsim/mailsim/scenarios"
)

// network is what most stories happen in: a server that submits, an MX and the
// store behind it.
const network = `
scenario: t
seed: 7
dns: |
  example.org.     300 MX 10 mx.example.org.
  mx.example.org.  300 A  192.0.2.10
  out.example.net. 300 A  192.0.2.1
nodes:
  alice: {role: mua, submit: out}
  out:   {role: msa, auth: none, host: out.example.net, queue: {retry: 10m, expire: 2h}}
  mx:    {role: mta, host: mx.example.org, domains: [example.org], next: store, queue: {retry: 10m, expire: 2h}}
  store: {role: mda, mailboxes: [bob@example.org, carol@example.org]}
`

// mailTo is a send step.
func mailTo(name, to string) string {
	return fmt.Sprintf("  - send: {mail: %s, via: out, from: ann@example.net, to: %s}\n", name, to)
}

// parseStory reads a scenario from text.
func parseStory(text string) *scenarios.Scenario {
	GinkgoHelper()
	all, err := scenarios.ParseFS(fstest.MapFS{"t.yaml": {Data: []byte(text)}}, "t.yaml", scenarios.Options{})
	Expect(err).NotTo(HaveOccurred(), text)
	Expect(all).To(HaveLen(1))
	return all[0]
}

// tell runs the network with more of a scenario behind it.
func tell(text string) reports.Report {
	GinkgoHelper()
	return scenarios.Run(parseStory(network+text), scenarios.RunOptions{})
}

// told returns the verdicts of all steps of the story, with what was found
// behind those that did not pass.
func told(rep reports.Report) (verdicts []string, found string) {
	for _, g := range rep.Groups {
		if g.Name == "invariants" {
			continue
		}
		for _, c := range g.Checks {
			verdicts = append(verdicts, string(c.Verdict))
			found += fmt.Sprintf("%s %s: want %s\ngot %s%s\n", c.Verdict, c.Name, c.Want, c.Got, c.Reason)
		}
	}
	return verdicts, found
}

// checkNamed finds a check by the beginning of its name.
func checkNamed(rep reports.Report, name string) reports.Check {
	GinkgoHelper()
	for _, g := range rep.Groups {
		for _, c := range g.Checks {
			if strings.HasPrefix(c.Name, name) {
				return c
			}
		}
	}
	_, found := told(rep)
	Fail("no check " + name + " in\n" + found)
	return reports.Check{}
}

var _ = DescribeTable("each subject and verb can pass and can fail",
	func(steps, want string, got ...string) {
		rep := tell("steps:\n" + steps)
		verdicts, found := told(rep)
		Expect(strings.Join(verdicts, " ")).To(Equal(want), found)
		for _, g := range got {
			Expect(found).To(ContainSubstring(g))
		}
	},

	Entry("mailbox has", mailTo("m", "bob@example.org")+`
  - expect: {mailbox: bob@example.org, has: m, within: 1m}
  - expect: {mailbox: carol@example.org, has: m}
  - never: {mailbox: bob@example.org, has: m}
`, "pass pass fail fail", "mailbox carol@example.org is empty", "m delivered to bob@example.org by store"),

	Entry("nothing passes before its time", mailTo("m", "bob@example.org")+`
  - expect: {mailbox: bob@example.org, has: m}
  - expect: {mailbox: bob@example.org, has: m, within: 10s}
`, "pass fail pass"),

	Entry("mailbox count", `
  - send: {mail: m, via: out, from: ann@example.net, to: bob@example.org, count: 3, every: 1s}
  - expect: {mailbox: bob@example.org, count: 3, within: 1m}
  - expect: {mailbox: bob@example.org, has: m}
  - expect: {mailbox: bob@example.org, has: m-2, count: 1}
  - expect: {mailbox: bob@example.org, count: 4.., within: 1m}
  - never: {mailbox: bob@example.org, count: 4.., for: 1m}
  - expect: {mailbox: carol@example.org, count: 0}
`, "pass pass pass pass fail pass pass", "at least 4 messages", "holds 3 messages", "m-3, delivered by store"),

	Entry("a count of one", `
  - send: {mail: m, via: out, from: ann@example.net, to: bob@example.org, count: 1}
  - expect: {mailbox: bob@example.org, has: m-1, within: 1m}
  - expect: {mailbox: bob@example.org, has: m}
`, "pass pass pass"),

	Entry("mailbox headers and body", `
  - send: {mail: m, via: out, from: ann@example.net, to: bob@example.org, headers: {Subject: The plan, X-One: grün}, body: "first line\nsecond line\n"}
  - expect: {mailbox: bob@example.org, has: m, within: 1m, headers: {Return-Path: <ann@example.net>, Subject: The plan, X-One: grün, Bcc: absent, Received: [/by store/, /by mx.example.org/, /by out/]}, body: [/second/, first line]}
  - expect: {mailbox: bob@example.org, has: m, headers: {Subject: Another plan}}
  - expect: {mailbox: bob@example.org, has: m, headers: {Received: [/by store/]}}
  - expect: {mailbox: bob@example.org, has: m, headers: {Subject: absent}}
  - expect: {mailbox: bob@example.org, has: m, body: [/third/]}
`, "pass pass fail fail fail fail", "Subject: The plan", "body: has no /third/"),

	Entry("queue", `
  - fault: {name: busy, node: mx, at: rcpt, reply: 451 4.3.0 try later}
`+mailTo("m", "bob@example.org")+`
  - expect: {queue: out, has: m, within: 1m}
  - expect: {queue: out, count: 1}
  - expect: {queue: mx, has: m}
  - never: {queue: out, has: m}
  - expect: {queue: out, count: 0, within: 1m}
  - clear: [busy]
  - expect: {queue: out, count: 0, within: 10m}
`, "pass pass pass pass fail fail fail pass pass", "the queue of mx is empty", "m in the queue of out: m for bob@example.org, 1 try, next at +10m", "451 4.3.0 try later"),

	Entry("nobody looks between two replies", mailTo("m", "bob@example.org")+`
  - expect: {mailbox: bob@example.org, has: m, within: 1m}
  - expect: {queue: mx, count: 0}
  - expect: {event: mail.relayed, mail: m, count: 2}
  - stop: mx
  - start: mx
  - never: {mailbox: bob@example.org, count: 2.., for: 1h}
`, "pass pass pass pass pass pass pass"),

	Entry("what only passes through does not stay", mailTo("m", "bob@example.org")+`
  - expect: {queue: mx, has: m, within: 1m}
`+mailTo("n", "bob@example.org")+`
  - expect: {route: n, is: [out, mx], within: 1m}
`, "pass fail pass fail", "m delivered to bob@example.org by store"),

	Entry("never looks at every moment", mailTo("m", "bob@example.org")+`
  - never: {queue: mx, has: m, for: 1m}
`+mailTo("n", "bob@example.org")+`
  - never: {node: mx, connections: 1.., for: 1m}
`, "pass fail pass fail", "node mx: 1 open connection"),

	Entry("route", `
  - send: {mail: m, via: alice, from: ann@example.net, to: bob@example.org}
  - expect: {route: m, is: [out, mx, store], within: 1m}
  - expect: {route: m, is: [alice, out, mx, store]}
  - expect: {route: m, is: [out, store]}
  - never: {route: m, is: [out, mx, store]}
`, "pass pass pass fail fail", "m to bob@example.org took", "out -> mx -> store"),

	Entry("trace", mailTo("m", "bob@example.org")+`
  - expect: {trace: m, within: 1m, has: [{node: out, event: mail.accepted}, {node: mx, event: session.open}, {event: mail.delivered}, {event: mail.relayed, node: mx, to: bob@example.org}]}
  - expect: {trace: m, has: [{event: mail.delivered}, {event: mail.accepted}]}
  - expect: {trace: m, has: [{event: mail.expired}]}
`, "pass pass fail fail", "m has 1 of 2: there is no {mail.accepted} after {mail.delivered}", "m has no {mail.expired}"),

	Entry("event", mailTo("m", "bob@example.org")+`
  - expect: {event: mail.delivered, mail: m, within: 1m}
  - expect: {event: mail.accepted, mail: m, count: 3}
  - expect: {event: mail.accepted, node: mx, mail: m, peer: out, from: ann@example.net, to: bob@example.org}
  - expect: {event: session.open, mail: m, node: mx, count: 1}
  - expect: {event: mail.accepted, node: mx, mail: m, peer: store}
  - expect: {event: mail.accepted, mail: m, count: 2}
  - never: {event: mail.delivered, for: 1m}
  - never: {event: mail.bounced, for: 1m}
`, "pass pass pass pass pass fail fail fail pass", "no such event; nearest are:", "3 such events"),

	Entry("received", mailTo("m", "bob@example.org")+`
  - expect: {received: m, at: bob@example.org, within: 1m, is: [{by: store, from: mx, with: ESMTP}, {by: mx, from: out}, {by: out}]}
  - expect: {received: m, at: bob@example.org, is: [{by: store, from: out}, {by: mx, from: out}, {by: out}]}
  - expect: {received: m, is: [{by: store}]}
  - expect: {received: m, at: carol@example.org, is: [{by: store}, {by: mx}, {by: out}]}
`, "pass pass fail fail fail", "m in bob@example.org has 3 Received fields", "m was not delivered"),

	Entry("node", `
  - expect: {node: mx, connections: 0}
  - expect: {node: mx, connections: 1..}
`, "pass fail", "node mx: 0 open connections"),

	Entry("reply", `
  - fault: {name: no, node: out, at: rcpt, reply: 550 5.1.1 no such user, match: {to: /bob/}}
  - send: {mail: m, via: out, from: ann@example.net, to: [bob@example.org, carol@example.org]}
  - reply: {at: rcpt, is: 550}
  - reply: {at: rcpt, is: 250}
  - reply: {at: rcpt, is: 550 5.1.1 no such user}
  - reply: {at: rcpt, is: /^550 5\.1/}
  - reply: {at: dot, is: 250}
  - reply: {at: dot, is: 451}
  - reply: {at: auth, is: 235}
  - reply: {at: rcpt, is: 55}
`, "pass pass pass pass pass pass pass fail fail fail", "rcpt bob@example.org 550 5.1.1 no such user; rcpt carol@example.org 250"),

	Entry("reply of a server that refuses", `
  - fault: {name: down, node: out, at: connect, do: refuse}
`+mailTo("m", "bob@example.org")+`
  - reply: {at: connect, is: connection refused}
  - reply: {at: banner, is: absent}
  - reply: {at: dot, is: 250}
`, "pass pass pass pass fail", "connection refused"),

	Entry("of several mails each must be told so", `
  - fault: {name: once, node: out, at: mail, reply: 421 4.3.2 closing, times: 1}
  - send: {mail: m, via: out, from: ann@example.net, to: bob@example.org, count: 2, every: 1s}
  - reply: {at: mail, is: 421}
`, "pass pass fail", "m-2: "),

	Entry("wait", `
  - wait: 10m
`+mailTo("m", "bob@example.org")+`
  - wait: quiet
  - expect: {mailbox: bob@example.org, has: m}
`, "pass pass pass pass"),

	Entry("dns", `
  - dns: {remove: example.org. MX}
  - dns: {remove: mx.example.org. 300 A 192.0.2.10}
`+mailTo("m", "bob@example.org")+`
  - expect: {event: mail.bounced, mail: m, within: 1m}
  - dns: {add: example.org. 300 MX 10 mx.example.org.}
  - dns: {set: mx.example.org. 300 A 192.0.2.10}
  - dns: {fail: servfail, name: example.org., type: MX, for: 5m}
  - wait: 10m
`+mailTo("n", "bob@example.org")+`
  - expect: {mailbox: bob@example.org, has: n, within: 1m}
`, "pass pass pass pass pass pass pass pass pass pass"),

	Entry("dns: what is not there cannot be removed", `
  - dns: {remove: nobody.example. 300 A 192.0.2.99}
  - wait: 1m
`, "error skip", "not run: the story ended before it"),

	Entry("stop and start", `
  - stop: mx
`+mailTo("m", "bob@example.org")+`
  - expect: {queue: out, has: m, within: 1m}
  - start: mx
  - expect: {mailbox: bob@example.org, has: m, within: 11m}
`, "pass pass pass pass pass"),

	Entry("link", `
  - link: {from: out, to: mx, cut: true, for: 30m}
`+mailTo("m", "bob@example.org")+`
  - never: {mailbox: bob@example.org, has: m, for: 29m}
  - expect: {mailbox: bob@example.org, has: m, within: 20m}
  - link: {from: mx, to: store, latency: 2s}
`+mailTo("n", "bob@example.org")+`
  - never: {mailbox: bob@example.org, has: n, for: 5s}
  - expect: {mailbox: bob@example.org, has: n, within: 1m}
`, "pass pass pass pass pass pass pass pass"),

	Entry("load", `
  - load: {via: out, from: ann@example.net, to: bob@example.org, sessions: 2, count: 10, keep: [failures < 0.1%, lost = 0, duplicated = 0]}
  - expect: {mailbox: bob@example.org, count: 10}
  - load: {mail: open, via: out, from: ann@example.net, to: bob@example.org, rate: 5/s for 2s, keep: [lost = 0]}
  - expect: {mailbox: bob@example.org, has: open}
  - fault: {name: no, node: out, at: mail, reply: 421 4.3.2 closing, times: 1}
  - load: {mail: bad, via: out, from: ann@example.net, to: bob@example.org, sessions: 1, count: 2, keep: [failures = 0]}
`, "pass pass pass pass pass fail", "failures = 0: it is 50% (1 of 2)", "bad-1: "),

	Entry("within: end", `
  - wait: 1s
`+mailTo("m", "bob@example.org")+`
  - expect: {mailbox: bob@example.org, has: m, within: end}
  - expect: {mailbox: carol@example.org, has: m, within: end}
`, "pass pass pass fail"),
)
