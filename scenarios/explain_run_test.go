package scenarios_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/mailsim/mailsim/reports"
	"github.com/mailsim/mailsim/scenarios"
)

const failHere = "  - expect: {mailbox: carol@example.org, has: m, within: 1m}\n"

var _ = DescribeTable("a mail that is not where it should be: the report says where it is",
	func(steps, got string) {
		rep := tell("steps:\n" + steps + failHere)
		Expect(rep.Verdict).To(Equal(reports.Fail))
		c := checkNamed(rep, "expect mailbox carol@example.org has m")
		Expect(c.Verdict).To(Equal(reports.Fail))
		Expect(c.Got).To(ContainSubstring(got))
	},

	Entry("in another mailbox", mailTo("m", "bob@example.org"),
		"m delivered to bob@example.org by store at +"),
	Entry("refused at the door", "  - fault: {node: out, at: mail, reply: 550 5.7.1 not you}\n"+mailTo("m", "carol@example.org"),
		"m was handed to out: banner 220"),
	Entry("refused there, with the reply", "  - fault: {node: out, at: mail, reply: 550 5.7.1 not you}\n"+mailTo("m", "carol@example.org"),
		"mail 550 5.7.1 not you"),
	Entry("not taken, as nobody answers", "  - fault: {node: out, at: connect, do: refuse}\n"+mailTo("m", "carol@example.org"),
		"m was handed to out: connect to out: connection refused"),
	Entry("bounced", "  - fault: {node: mx, at: rcpt, reply: 550 5.1.1 nobody}\n"+mailTo("m", "carol@example.org"),
		"m bounced by out at +"),
	Entry("expired", "  - fault: {node: mx, at: rcpt, reply: 450 4.2.1 later}\n"+mailTo("m", "carol@example.org")+"  - wait: 3h\n",
		"m expired by out at +2h"),
	Entry("in a queue", "  - stop: mx\n"+mailTo("m", "carol@example.org"),
		"m in the queue of out: m for carol@example.org, 1 try, next at +10m"),
	Entry("forgotten", "  - fault: {node: mx, at: dot, do: lose}\n"+mailTo("m", "carol@example.org"),
		"m is on its way, or lost"),
	Entry("one of many", "  - stop: mx\n  - send: {mail: m, via: out, from: ann@example.net, to: carol@example.org, count: 9}\n",
		"and other mails of m"),
)

var _ = Describe("the trace of a failed check", func() {
	It("is cut in the middle when it is long, and says so", func() {
		rep := tell("steps:\n  - fault: {node: mx, at: rcpt, reply: 450 4.2.1 later}\n" + mailTo("m", "carol@example.org") + "  - wait: 110m\n" + failHere)
		c := checkNamed(rep, "expect mailbox carol@example.org has m")
		Expect(c.Trace).To(HaveLen(60))
		Expect(c.Got).To(ContainSubstring("trace: the first 20 and the last 40 of "))
		Expect(c.Trace[0].Kind).To(Equal("session.open"))
		Expect(rep.Events.Len()).To(BeNumerically(">", 60))
	})

	It("shows what happened to an address where no mail is named", func() {
		rep := tell("steps:\n  - fault: {node: out, at: rcpt, reply: 550 5.1.1 nobody}\n" + mailTo("m", "carol@example.org") +
			"  - expect: {mailbox: carol@example.org, count: 1, within: 1m}\n")
		c := checkNamed(rep, "expect mailbox carol@example.org, count 1")
		Expect(c.Got).To(Equal("mailbox carol@example.org is empty"))
		Expect(c.Trace).NotTo(BeEmpty())
	})
})

var _ = DescribeTable("more that can pass and can fail",
	func(steps, want string, got ...string) {
		rep := tell("steps:\n" + steps)
		verdicts, found := told(rep)
		Expect(strings.Join(verdicts, " ")).To(Equal(want), found)
		for _, g := range got {
			Expect(found).To(ContainSubstring(g))
		}
	},

	Entry("waiting for a quiet that never comes", mailTo("m", "bob@example.org")+`
  - stop: out
  - wait: quiet
`, "pass pass fail", "still busy after 6d: out holds 1 recipient in its queue"),

	Entry("a want of several lines has its time apart", `
  - expect: {mailbox: bob@example.org, headers: {Subject: x}, body: [/y/], within: 1m}
`, "fail", "  body: /y/\nwithin 1m\n"),

	Entry("the text of an attachment", `
  - send: {mail: m, via: out, from: ann@example.net, to: bob@example.org, attach: [{name: note.TXT, file: t.yaml}]}
  - expect: {mailbox: bob@example.org, has: m, body: /^scenario. t$/, within: 1m}
  - expect: {mailbox: bob@example.org, has: m, body: "/(?m)^scenario: t$/"}
`, "pass fail pass"),

	Entry("load that is lost", `
  - fault: {node: mx, at: dot, do: lose, times: 1}
  - load: {via: out, from: ann@example.net, to: bob@example.org, sessions: 1, count: 3, keep: [lost = 0, duplicated = 0]}
  - load: {mail: twice, via: out, from: ann@example.net, to: bob@example.org, sessions: 1, count: 3, keep: [duplicated = 0]}
`, "pass fail pass", "lost = 0: it is 1"),

	Entry("events of a group, of mails by pattern, of no mail", `
  - send: {mail: m, via: out, from: ann@example.net, to: bob@example.org, count: 3}
  - expect: {event: mail.delivered, mail: m, count: 3, within: 1m}
  - expect: {event: mail.delivered, mail: "/^m-[12]$/", count: 2}
  - expect: {event: session.open, mail: m, node: mx, count: 3}
  - expect: {event: "/^mail.(accepted|delivered)$/", mail: m-2, node: store, count: 2}
  - expect: {event: mail.attempt, mail: m-1, attempt: 2}
  - expect: {event: mail.delivered, mail: m, count: 4}
  - expect: {trace: m, has: [{event: mail.accepted, node: out}, {event: mail.delivered, node: store}]}
  - expect: {trace: m, has: [{event: mail.bounced}]}
  - expect: {route: m, is: [out, mx, store]}
  - expect: {route: m, is: [out]}
  - expect: {received: m, is: [{by: store}, {by: mx}, {by: out}]}
  - expect: {received: m, is: [{by: out}]}
`, "pass pass pass pass pass fail fail pass fail pass fail pass fail", "attempt: 2", "m-3 to bob@example.org took out -> mx -> store"),

	Entry("clear a fault that ended by itself, and one on several mails", `
  - fault: {name: once, node: mx, at: rcpt, reply: 450 4.2.1 later, times: 1}
`+mailTo("m", "bob@example.org")+`
  - wait: quiet
  - clear: [once]
  - expect: {mailbox: bob@example.org, has: m}
  - expect: {event: fault.hit, node: mx, count: 1}
`, "pass pass pass pass pass pass"),

	Entry("link that is changed twice", `
  - link: {from: out, to: mx, cut: true, for: 1h}
  - link: {from: out, to: mx, cut: false}
`+mailTo("m", "bob@example.org")+`
  - expect: {mailbox: bob@example.org, has: m, within: 1m}
  - link: {from: out, to: mx, latency: 10s, jitter: 1ms, loss: 0.1}
  - wait: 2h
  - link: {from: out, to: mx, cut: true}
`+mailTo("n", "bob@example.org")+`
  - never: {mailbox: bob@example.org, has: n, for: 1h}
`, "pass pass pass pass pass pass pass pass pass"),

	Entry("attachments, a generated body and 8-bit text", `
  - send: {mail: m, via: out, from: ann@example.net, to: bob@example.org, body: "grün\n", attach: [{name: a.txt, size: 1KiB}]}
  - send: {mail: n, via: out, from: "", to: bob@example.org, body: {size: 4KiB}}
  - send: {mail: o, via: out, from: ann@example.net, to: bob@example.org, body: "grün\n", options: {BODY: 8BITMIME}}
  - expect: {mailbox: bob@example.org, count: 3, within: 1m}
  - expect: {mailbox: bob@example.org, has: m, body: [/a\.txt/, grün]}
  - expect: {mailbox: bob@example.org, has: n, headers: {Return-Path: <>}}
  - expect: {mailbox: bob@example.org, has: o, body: [grün]}
`, "pass pass pass pass pass pass pass"),
)

var _ = Describe("links of the network", func() {
	It("are as declared, and as all others in what they do not say", func() {
		text := strings.Replace(network, "nodes:", "network: {latency: 10ms, links: [{from: out, to: mx, latency: 3s}, {from: mx, to: store, cut: true}]}\nnodes:", 1)
		rep := scenarios.Run(parseStory(text+"steps:\n"+mailTo("m", "bob@example.org")+
			"  - never: {event: mail.accepted, node: mx, for: 9s}\n"+
			"  - expect: {queue: mx, has: m, within: 1m}\n"+
			"  - never: {mailbox: bob@example.org, for: 1h}\n"), scenarios.RunOptions{})
		verdicts, found := told(rep)
		Expect(verdicts).To(Equal([]string{"pass", "pass", "pass", "pass"}), found)
	})
})

var _ = DescribeTable("nodes, one recipient's way, and what is not there",
	func(steps, want string, got ...string) {
		rep := tell("steps:\n" + steps)
		verdicts, found := told(rep)
		Expect(strings.Join(verdicts, " ")).To(Equal(want), found)
		for _, g := range got {
			Expect(found).To(ContainSubstring(g))
		}
	},

	Entry("node", `
  - stop: mx
`+mailTo("m", "bob@example.org")+`
  - expect: {node: mx, up: false}
  - expect: {node: mx, up: true, connections: 0}
  - expect: {node: out, queued: 1, up: true, within: 1m}
  - expect: {node: out, queued: 2..}
`, "pass pass pass fail pass fail", "node mx: 0 open connections, down", "node out: 1 queued mail"),

	Entry("route to one recipient", `
  - fault: {node: mx, at: rcpt, reply: 550 5.1.1 nobody, match: {to: carol@example.org}}
  - send: {mail: m, via: out, from: ann@example.net, to: [bob@example.org, carol@example.org]}
  - expect: {route: m, to: bob@example.org, is: [out, mx, store], within: 1m}
  - expect: {route: m, to: carol@example.org, is: [out]}
  - expect: {route: m, to: carol@example.org, is: [out, mx, store]}
`, "pass pass pass pass fail", "m takes the route out -> mx -> store to carol@example.org", "m bounced by out"),

	Entry("a mail that is not sent yet", `
  - expect: {mailbox: bob@example.org, has: m}
  - expect: {trace: m, has: [{event: mail.accepted}]}
  - expect: {route: m, is: [out]}
  - expect: {received: m, is: [{by: out}]}
  - expect: {event: mail.accepted, mail: m}
`+mailTo("m", "bob@example.org"), "fail fail fail fail fail pass", "m was not sent yet", "nothing happened with m", "m was accepted by no node", "no such event"),
)
