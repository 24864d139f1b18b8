package scenarios_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/mailsim/mailsim/reports"
	"github.com/mailsim/mailsim/scenarios"
)

var _ = DescribeTable("a failed check tells of the next hop",
	func(steps, check, want string) {
		rep := tell("steps:\n" + steps)
		c := checkNamed(rep, check)
		Expect(c.Verdict).To(Equal(reports.Fail))
		route := regexp.MustCompile(`tried \d+ms ago`).ReplaceAllString(strings.Join(c.Route, "\n"), "tried a moment ago")
		Expect(route).To(Equal(strings.TrimSpace(want)))
	},

	Entry("of a mail in a queue, with the address that is down", "  - stop: mx\n"+mailTo("m", "carol@example.org")+failHere,
		"expect mailbox carol@example.org has m", `
out: carol@example.org
  decided by  the MX records of example.org (RFC 5321 5.1)
  asked       MX example.org: 10 mx.example.org [from the cache, 4m left]
              AAAA mx.example.org: no such record (NODATA) [TTL 1m]
              A mx.example.org: 192.0.2.10 [from the cache, 4m left]
  tries        1  mx.example.org 192.0.2.10:25, preference 10, node mx: node mx is down`),
	Entry("of a mail that was returned", mailTo("m", "u@gone.example")+"  - expect: {queue: out, has: m, within: 1s}\n",
		"expect queue out has m", `
out: u@gone.example
  decided by  the MX records of gone.example (RFC 5321 5.1)
  asked       MX gone.example: no such host [from the cache, 59s left]
  no way      550 5.1.2 host or domain gone.example not found
              the mail is returned to its sender`),
	Entry("of a mail that took another way, where it turned off", mailTo("m", "bob@example.org")+"  - wait: 1m\n  - expect: {route: m, is: [out, store]}\n",
		"expect route m is out, store", `
out: bob@example.org
  decided by  the MX records of example.org (RFC 5321 5.1)
  asked       MX example.org: 10 mx.example.org [from the cache, 4m left]
              AAAA mx.example.org: no such record (NODATA) [TTL 1m]
              A mx.example.org: 192.0.2.10 [from the cache, 4m left]
  tries        1  mx.example.org 192.0.2.10:25, preference 10, node mx
mx: bob@example.org
  decided by  the smart host: node store
  tries        1  store 198.18.0.2:25, node store`),
	Entry("of a mail that is in another mailbox, where it was last sent from", mailTo("m", "bob@example.org")+failHere,
		"expect mailbox carol@example.org has m", `
mx: bob@example.org
  decided by  the smart host: node store
  tries        1  store 198.18.0.2:25, node store`),
	Entry("of an event that did not happen", mailTo("m", "bob@example.org")+"  - wait: 1m\n  - expect: {event: mail.bounced, mail: m}\n",
		"expect event mail.bounced, mail m", `
mx: bob@example.org
  decided by  the smart host: node store
  tries        1  store 198.18.0.2:25, node store`),
	Entry("of three recipients at most", "  - stop: mx\n  - send: {mail: m, via: out, from: ann@example.net, to: [a@gone.example, b@gone.example, c@gone.example, d@gone.example]}\n"+
		"  - expect: {queue: out, has: m, within: 1s}\n",
		"expect queue out has m", `
out: a@gone.example
  decided by  the MX records of gone.example (RFC 5321 5.1)
  asked       MX gone.example: no such host [from the cache, 59s left]
  no way      550 5.1.2 host or domain gone.example not found
              the mail is returned to its sender
out: b@gone.example
  decided by  the MX records of gone.example (RFC 5321 5.1)
  asked       MX gone.example: no such host [from the cache, 59s left]
  no way      550 5.1.2 host or domain gone.example not found
              the mail is returned to its sender
out: c@gone.example
  decided by  the MX records of gone.example (RFC 5321 5.1)
  asked       MX gone.example: no such host [from the cache, 59s left]
  no way      550 5.1.2 host or domain gone.example not found
              the mail is returned to its sender
and others`),
	Entry("of a mail whose host was down a moment ago", "  - fault: {node: mx, at: connect, do: refuse}\n"+mailTo("m", "carol@example.org")+
		"  - expect: {mailbox: carol@example.org, has: m, within: 500ms}\n",
		"expect mailbox carol@example.org has m", `
out: carol@example.org
  decided by  the MX records of example.org (RFC 5321 5.1)
  asked       MX example.org: 10 mx.example.org [from the cache, 4m59s left]
              AAAA mx.example.org: no such record (NODATA) [from the cache, 59s left]
              A mx.example.org: 192.0.2.10 [from the cache, 4m59s left]
  tries        1  mx.example.org 192.0.2.10:25, preference 10, node mx: it is known to be down: mx.example.org[192.0.2.10]: connection refused (tried a moment ago)`),
	Entry("of none where no mail was taken", "  - fault: {node: out, at: mail, reply: 550 5.7.1 not you}\n"+mailTo("m", "carol@example.org")+failHere,
		"expect mailbox carol@example.org has m", ``),
)

var _ = Describe("the explanation of a failed check", func() {
	const story = `steps:
  - stop: mx
` + "  - send: {mail: m, via: out, from: ann@example.net, to: carol@example.org}\n" + `  - wait: 15m
  - dns: {set: example.org. 300 MX 10 other.example.org.}
  - dns: {add: other.example.org. 300 A 192.0.2.77}
  - dns: {fail: timeout, name: other.example.org, for: 30m}
  - wait: 2m
CHECK
  - wait: 30m
  - dns: {set: example.org. 300 MX 10 mx.example.org.}
  - start: mx
  - expect: {mailbox: carol@example.org, has: m, within: end}
`
	events := func(rep reports.Report) string {
		var b bytes.Buffer
		Expect(reports.WriteValue(&b, rep.Events)).To(Succeed())
		return b.String()
	}

	It("changes nothing of the run, though its look-ups would", func() {
		const check = "  - expect: {mailbox: carol@example.org, has: m}"
		told := tell(strings.Replace(story, "CHECK", check, 1))
		c := checkNamed(told, "expect mailbox carol@example.org has m")
		Expect(c.Verdict).To(Equal(reports.Fail))
		Expect(strings.Join(c.Route, "\n")).To(ContainSubstring("451 4.4.3 look up other.example.org (MX of example.org): i/o timeout"))
		Expect(c.Took).To(BeZero())
		untold := tell(strings.Replace(story, "CHECK\n", "", 1))
		Expect(events(told)).To(Equal(events(untold)))
	})

	It("does not stand beside a check that passed, or an invariant", func() {
		rep := tell("steps:\n  - fault: {node: mx, at: dot, do: lose}\n" + mailTo("m", "bob@example.org") + "  - wait: quiet\n")
		c := checkNamed(rep, "lost:")
		Expect(c.Verdict).To(Equal(reports.Fail))
		Expect(c.Route).To(BeNil())
		Expect(checkNamed(rep, "send m").Route).To(BeNil())
	})

	It("has the order of the mail's own next try among equal preferences", func() {
		text := strings.NewReplacer("example.org.     300 MX 10 mx.example.org.", "example.org. 300 MX 10 mx.example.org.\n  example.org. 300 MX 10 mx2.example.org.\n  mx2.example.org. 300 A 192.0.2.11").Replace(network)
		orders := map[string]bool{}
		for i, wait := range []string{"1m", "11m", "21m", "31m", "41m", "51m"} {
			rep := scenarios.Run(parseStory(text+"steps:\n  - stop: mx\n"+mailTo("m", "carol@example.org")+"  - wait: "+wait+"\n  - expect: {mailbox: carol@example.org, has: m}\n"), scenarios.RunOptions{})
			route := strings.Join(checkNamed(rep, "expect mailbox").Route, "\n")
			Expect(route).To(HaveSuffix(fmt.Sprintf("this is that of try %d", i+2)))
			_, after, _ := strings.Cut(route, "tries")
			orders[after[:30]] = true
		}
		Expect(orders).To(HaveLen(2))
	})
})
