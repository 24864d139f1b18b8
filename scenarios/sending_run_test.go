package scenarios_test

import (
	"fmt"

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
