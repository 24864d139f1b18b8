package scenarios_test

import (
	"fmt"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/mailsim/mailsim/reports"
	"github.com/mailsim/mailsim/scenarios"
)

// pass runs a story of the given nodes and steps, of which every check and every
// invariant has to hold.
func pass(nodes, steps string) {
	GinkgoHelper()
	rep := scenarios.Run(parseStory("scenario: t\nseed: 7\nnodes:"+nodes+"steps:"+steps), scenarios.RunOptions{})
	bad := ""
	for _, g := range rep.Groups {
		for _, c := range g.Checks {
			if c.Verdict != reports.Pass {
				bad += fmt.Sprintf("%s %s: want %s\ngot %s%s\n", c.Verdict, c.Name, c.Want, c.Got, c.Reason)
			}
		}
	}
	Expect(bad).To(BeEmpty())
}

var _ = Describe("what the next hop cannot take", func() {
	const eightBit = `
  - send: {mail: plan, via: out, from: ann@example.net, to: bob@example.org, options: {BODY: 8BITMIME},
           headers: {Content-Type: text/plain; charset=utf-8}, body: "Grüße aus Köln"}
`
	const store = `
  store: {role: mda, mailboxes: [bob@example.org]}
`

	It("is converted, and the body is the same when it is decoded", func() {
		pass(`
  out: {role: msa, auth: none, next: seven}
  seven: {role: mta, domains: [example.org], extensions: {hide: [8BITMIME, SMTPUTF8]}, next: store}`+store, eightBit+`
  - expect: {mailbox: bob@example.org, has: plan, within: 1m, body: ["/Grüße aus Köln/", /=C3=BC/],
             headers: {Content-Transfer-Encoding: quoted-printable}}
  - expect: {event: mail.converted, node: out, peer: seven, mail: plan, detail: /^quoted-printable/, count: 1}
`)
	})

	It("is returned where the node does not convert", func() {
		pass(`
  out: {role: msa, auth: none, next: seven, downgrade: bounce, mailboxes: [ann@example.net]}
  seven: {role: mta, domains: [example.org], extensions: {hide: [8BITMIME, SMTPUTF8]}, next: store}`+store, eightBit+`
  - expect: {event: mail.bounced, node: out, mail: plan, reply: /^554 5.6.3/, within: 1m}
  - never: {event: mail.converted, for: 1h}
`)
	})

	It("goes as it is to one that takes it", func() {
		pass(`
  out: {role: msa, auth: none, next: store}`+store, eightBit+`
  - expect: {mailbox: bob@example.org, has: plan, within: 1m, headers: {Content-Transfer-Encoding: 8bit}}
  - never: {event: mail.converted, for: 1h}
`)
	})

	It("leaves binary mail bit for bit where BDAT takes it", func() {
		pass(`
  alice: {role: mua, submit: out, chunking: always}
  out: {role: msa, auth: none, next: store, chunking: always, extensions: {add: [BINARYMIME]}}
  store: {role: mda, mailboxes: [bob@example.org], extensions: {add: [BINARYMIME]}}
`, `
  - fault: {name: no-data, node: store, at: data, reply: 451 4.3.0 not now, times: 1}
  - send: {mail: plan, via: out, from: ann@example.net, to: bob@example.org, options: {BODY: BINARYMIME}, body: {size: 700KiB}}
  - expect: {mailbox: bob@example.org, has: plan, within: 31m}
  - expect: {event: mail.attempt, mail: plan, count: 2}
  - send: {mail: note, via: alice, from: ann@example.net, to: bob@example.org}
  - expect: {mailbox: bob@example.org, has: note, within: 1m}
  - never: {event: mail.converted, for: 1h}
`)
	})
})

var _ = Describe("the policy of TLS", func() {
	const nodes = `
  out: {role: msa, auth: none, tls-to: {example.org: verified, "*": opportunistic}, queue: {retry: 10m, expire: 1h}, mailboxes: [ann@example.net]}
  mx: {role: mta, host: mx.example.org, tls: offered, certificate: KIND, mailboxes: [bob@example.org, bob@example.com]}
`
	It("lets mail wait where the certificate does not hold, and return in the end", func() {
		pass(strings.ReplaceAll(nodes, "KIND", "expired"), `
  - send: {mail: plan, via: out, from: ann@example.net, to: bob@example.org}
  - send: {mail: other, via: out, from: ann@example.net, to: bob@example.com}
  - expect: {mailbox: bob@example.com, has: other, within: 1m, headers: {Received: [/with ESMTPS/, /with ESMTP/]}}
  - expect: {event: mail.deferred, mail: plan, reply: /^451 4.7.5 .*expired/, within: 1m}
  - expect: {event: mail.expired, mail: plan, count: 1, within: 2h}
  - expect: {event: mail.attempt, mail: plan, count: 7}
`)
	})

	It("lets mail through where it holds", func() {
		pass(strings.ReplaceAll(nodes, "KIND", "valid"), `
  - send: {mail: plan, via: out, from: ann@example.net, to: bob@example.org}
  - expect: {mailbox: bob@example.org, has: plan, within: 1m, headers: {Received: [/with ESMTPS/, /with ESMTP/]}}
`)
	})
})

var _ = Describe("an international domain", func() {
	It("is looked up by its A-label (RFC 6531 3.2)", func() {
		pass(`
  out: {role: msa, auth: none}
  mx: {role: mta, host: mx.xn--bcher-kva.example, mailboxes: [用户@bücher.example, bob@bücher.example]}
`, `
  - send: {mail: plan, via: out, from: ann@example.net, to: [用户@bücher.example, bob@xn--bcher-kva.example], options: {SMTPUTF8: ""}}
  - expect: {mailbox: 用户@bücher.example, has: plan, within: 1m, headers: {Received: [/with UTF8SMTP/, /with UTF8SMTP/]}}
  - expect: {mailbox: bob@bücher.example, has: plan}
  - expect: {event: dns.query, detail: "/^MX xn--bcher-kva.example:/", count: 1}
  - never: {event: dns.query, detail: /ü/, for: 1h}
`)
	})
})

var _ = Describe("extensions that a node adds", func() {
	const nodes = `
  out: {role: msa, users: {ann: secret}, next: mx, extensions: {add: [DELIVERBY, MT-PRIORITY, RRVS]}, mailboxes: [ann@example.net],
        queue: {retry: 30m, expire: 5d, parallel: 1}}
  mx: {role: mta, extensions: {add: [ADD]}, mailboxes: [bob@example.org, eve@example.org], owned-since: {eve@example.org: 2015-01-01}}
`
	const send = `
  - send: {mail: plan, via: out, auth: {user: ann, password: secret}, from: ann@example.net, to: TO@example.org, options: {OPTIONS}}
`
	with := func(add, to, options, steps string) {
		GinkgoHelper()
		r := strings.NewReplacer("ADD", add, "TO", to, "OPTIONS", options)
		pass(r.Replace(nodes), r.Replace(send)+steps)
	}

	It("return a mail at its time, and tell its sender", func() {
		with("DELIVERBY", "bob", "BY: 7200;R", `
  - expect: {mailbox: bob@example.org, has: plan, within: 1m}
  - fault: {name: busy, node: mx, at: rcpt, reply: 451 4.3.0 not now}
  - send: {mail: late, via: out, auth: {user: ann, password: secret}, from: ann@example.net, to: bob@example.org, options: {BY: 6000;R}}
  - never: {event: mail.bounced, mail: late, for: 99m}
  - expect: {event: mail.bounced, mail: late, reply: /^550 5.4.7/, within: 2m}
  - expect: {mailbox: ann@example.net, count: 1, within: 1m, body: ["/Action: failed/", "/Status: 5.4.7/"]}
`)
	})

	It("return it from a next hop that does not know them", func() {
		with("", "bob", "BY: 7200;R", `
  - expect: {event: mail.bounced, mail: plan, reply: /^550 5.4.7/, within: 1m}
`)
	})

	It("let a priority through from who is known", func() {
		with("MT-PRIORITY", "bob", "MT-PRIORITY: 4", `
  - expect: {mailbox: bob@example.org, has: plan, within: 1m}
  - expect: {event: mail.accepted, mail: plan, node: mx}
`)
	})

	It("hold a mail until its time", func() {
		pass(strings.ReplaceAll(strings.ReplaceAll(nodes, "DELIVERBY, ", "FUTURERELEASE, "), "ADD", ""), `
  - send: {mail: plan, via: out, auth: {user: ann, password: secret}, from: ann@example.net, to: [bob@example.org, ann@example.net], options: {HOLDFOR: 7200}}
  - reply: {at: mail, is: 250}
  - never: {event: mail.attempt, for: 119m}
  - expect: {queue: out, has: plan, count: 1}
  - expect: {mailbox: bob@example.org, has: plan, within: 2m}
  - expect: {mailbox: ann@example.net, has: plan}
`)
	})

	It("keep a mail from the new owner of a mailbox", func() {
		with("RRVS", "eve", `RRVS: "2014-04-03T23:01:00Z"`, `
  - expect: {event: mail.bounced, mail: plan, reply: /^550 5.7.17/, within: 1m}
  - expect: {mailbox: eve@example.org, count: 0}
`)
	})

	It("tunnel the condition through a header field", func() {
		with("", "eve", `RRVS: "2014-04-03T23:01:00Z"`, `
  - expect: {mailbox: eve@example.org, has: plan, within: 1m, headers: {Require-Recipient-Valid-Since: "/^eve@example.org; *Thu, 3 Apr 2014 23:01:00 .0000$/"}}
`)
	})
})

var _ = Describe("a smart host that lets in users alone", func() {
	nodes := func(password string) string {
		return `
  out: {role: msa, auth: none, next: smart, login: {smart: {user: out, password: ` + password + `}}, queue: {retry: 10m, expire: 1h}}
  smart: {role: msa, auth: required, users: {out: secret}, tls: required, mailboxes: [bob@example.org], ports: 587}
`
	}
	It("takes the mail of a node that logs in", func() {
		pass(nodes("secret"), `
  - send: {mail: plan, via: out, from: ann@example.net, to: bob@example.org}
  - expect: {mailbox: bob@example.org, has: plan, within: 1m, headers: {Received: [/with ESMTPSA/, /with ESMTP/]}}
`)
	})
	It("gets none from one whose password is wrong", func() {
		pass(nodes("wrong"), `
  - send: {mail: plan, via: out, from: ann@example.net, to: bob@example.org}
  - expect: {event: mail.deferred, mail: plan, reply: /^451 4.7.8 /, within: 1m}
  - expect: {event: mail.expired, mail: plan, within: 2h}
`)
	})
})
