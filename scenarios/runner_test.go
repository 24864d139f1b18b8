package scenarios_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/mailsim/mailsim/reports"
	"github.com/mailsim/mailsim/scenarios"
	"github.com/mailsim/mailsim/sim"
)

// TestStories runs the specs below: scenarios told to the end.
func TestStories(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "scenarios")
}

var _ = Describe("a failed check", func() {
	It("tells what was wanted and seen, and shows the trace hop by hop", func() {
		rep := tell("steps:\n  - fault: {name: busy, node: mx, at: rcpt, reply: 451 4.3.0 try later}\n" +
			mailTo("m", "bob@example.org") + "  - expect: {mailbox: bob@example.org, has: m, within: 15m}\n")
		Expect(rep.Verdict).To(Equal(reports.Fail))
		c := rep.Groups[0].Checks[2]
		Expect(c.Where).To(HavePrefix("t.yaml:"))
		Expect(c.Want).To(Equal("mailbox bob@example.org holds m, within 15m"))
		Expect(c.Got).To(ContainSubstring("mailbox bob@example.org is empty"))
		Expect(c.Got).To(ContainSubstring("2 tries"))
		Expect(c.Got).To(ContainSubstring("451 4.3.0 try later"))
		Expect(c.Took).To(Equal(15 * time.Minute))
		Expect(c.Trace).NotTo(BeEmpty())
		Expect(c.Ladder).NotTo(BeNil())
		Expect(c.Ladder.Columns).To(ContainElements("out", "mx"))
		for i := 1; i < len(c.Trace); i++ {
			Expect(c.Trace[i].At).NotTo(BeTemporally("<", c.Trace[i-1].At))
		}
		Expect(rep.Events.Len()).NotTo(BeZero())
	})

	It("stands in a report that tells what the scenario is about", func() {
		rep := tell("about: One thing.\ncovers: [RFC5321#5.1, RFC3464#2]\nsteps:\n  - expect: {queue: out}\n")
		Expect(rep.About).To(Equal("One thing."))
		Expect(rep.Covers).To(Equal([]string{"RFC5321#5.1", "RFC3464#2"}))
	})

	It("stands in its phase, and the story goes on", func() {
		rep := tell("steps:\n  - phase: one\n  - expect: {queue: out, count: 1}\n  - phase: two\n  - wait: 1s\n")
		Expect(rep.Groups).To(HaveLen(3))
		Expect(rep.Groups[0].Name).To(Equal("one"))
		Expect(rep.Groups[0].Checks[0].Verdict).To(Equal(reports.Fail))
		Expect(rep.Groups[1].Checks[0].Verdict).To(Equal(reports.Pass))
		Expect(rep.Groups[1].Checks[0].Took).To(Equal(time.Second))
		Expect(rep.Groups[2].Name).To(Equal("invariants"))
	})
})

var _ = Describe("invariants", func() {
	It("hold over an ordinary story", func() {
		rep := tell("steps:\n" + mailTo("m", "bob@example.org") + "  - wait: quiet\n")
		last := rep.Groups[len(rep.Groups)-1]
		Expect(last.Name).To(Equal("invariants"))
		Expect(last.Checks).To(HaveLen(8))
		for _, c := range last.Checks {
			Expect(c.Verdict).To(Equal(reports.Pass), c.Name+c.Got+c.Reason)
		}
	})

	DescribeTable("a broken one fails, or is skipped where it is waived",
		func(fault, name string) {
			steps := "steps:\n  - fault: " + fault + "\n" + mailTo("m", "bob@example.org") + "  - wait: quiet\n"
			rep := tell(steps)
			c := checkNamed(rep, name+":")
			Expect(c.Verdict).To(Equal(reports.Fail))
			Expect(c.Got).To(ContainSubstring("m"))
			Expect(c.Trace).NotTo(BeEmpty())

			rep = tell("waive: [" + name + "]\n" + steps)
			c = checkNamed(rep, name+":")
			Expect(c.Verdict).To(Equal(reports.Skip))
			Expect(c.Reason).To(HavePrefix("waived by the scenario; it is broken: "))
			Expect(rep.Verdict).To(Equal(reports.Pass))
		},
		Entry("a mail that is forgotten", "{node: mx, at: dot, do: lose}", "lost"),
		Entry("a mail that is queued twice", "{node: mx, at: dot, do: duplicate}", "duplicates"),
		Entry("a reply that is lost after the dot", "{node: mx, at: dot, do: drop, times: 1}", "duplicates"),
	)

	It("say so when a waiver is not needed", func() {
		rep := tell("waive: [lost]\nsteps:\n" + mailTo("m", "bob@example.org"))
		c := checkNamed(rep, "lost:")
		Expect(c.Verdict).To(Equal(reports.Skip))
		Expect(c.Reason).To(ContainSubstring("it holds"))
	})
})

var _ = Describe("an interrupted run", func() {
	It("skips what is left and reports what happened", func() {
		var stop atomic.Bool
		s := parseStory(network + "steps:\n  - wait: 1s\n" + mailTo("m", "bob@example.org") +
			"  - expect: {mailbox: bob@example.org, has: m, within: 1m}\n  - phase: then\n  - wait: 1h\n")
		plug := &scenarios.Fault{Fault: sim.Fault{Node: "store", At: sim.AtRcpt, Do: sim.DoRefuse, Match: map[string]sim.Matcher{"to": plug{&stop}}}}
		s.Steps = append([]scenarios.Step{{Verb: "fault", Do: plug}}, s.Steps...)
		rep := scenarios.Run(s, scenarios.RunOptions{Interrupt: &stop})
		Expect(rep.Interrupted).To(BeTrue())
		Expect(rep.Verdict).To(Equal(reports.Skip))
		verdicts, found := told(rep)
		Expect(verdicts).To(Equal([]string{"pass", "pass", "pass", "skip", "skip"}), found)
		for _, g := range rep.Groups {
			for _, c := range g.Checks {
				if c.Verdict == reports.Skip {
					Expect(c.Reason).To(Equal("interrupted"), c.Name)
				}
			}
		}
		Expect(checkNamed(rep, "lost:").Verdict).To(Equal(reports.Skip))
		Expect(rep.Events.Len()).NotTo(BeZero())
		Expect(rep.Elapsed).To(BeNumerically("<", time.Minute))
	})

	It("ends a wait on the real clock", func() {
		var stop atomic.Bool
		s := parseStory(strings.Replace(network, "seed: 7", "clock: wall", 1) + "steps:\n  - wait: 1h\n")
		time.AfterFunc(10*time.Millisecond, func() { stop.Store(true) })
		rep := scenarios.Run(s, scenarios.RunOptions{Interrupt: &stop})
		Expect(rep.Interrupted).To(BeTrue())
	})
})

// plug interrupts the run when a fault looks whether it matches: in the middle
// of a session, as a signal would.
type plug struct{ stop *atomic.Bool }

func (p plug) Match(string) bool {
	p.stop.Store(true)
	return false
}

var _ = Describe("a run", func() {
	It("on the real clock passes too", func() {
		rep := scenarios.Run(parseStory(strings.Replace(network, "seed: 7", "clock: wall", 1)+"steps:\n"+mailTo("m", "bob@example.org")+
			"  - expect: {mailbox: bob@example.org, has: m, within: 10s}\n"), scenarios.RunOptions{})
		_, found := told(rep)
		Expect(rep.Verdict).To(Equal(reports.Pass), found)
		Expect(rep.Start).To(BeTemporally("~", time.Now(), time.Minute))
	})

	It("gives the same JSON for the same seed, on one core and on two", func() {
		text := network + `
steps:
  - fault: {node: mx, at: rcpt, reply: 451 4.3.0 try later, chance: 0.5}
  - send: {mail: m, via: out, from: ann@example.net, to: [bob@example.org, carol@example.org], count: 20}
  - load: {via: out, from: ann@example.net, to: bob@example.org, sessions: 5, count: 40, keep: [lost = 0]}
  - expect: {mailbox: carol@example.org, has: m, within: 1m}
  - send: {mail: k, via: out, from: ann@example.net, to: [a@a.example, b@b.example, c@c.example, d@d.example, e@e.example, f@f.example]}
  - expect: {event: "/accepted/", mail: k, count: 9999} # fails, and lists events of one instant
  - wait: quiet
`
		first := jsonOf(scenarios.Run(parseStory(text), scenarios.RunOptions{}))
		for _, procs := range []int{1, 2, 2} {
			before := runtime.GOMAXPROCS(procs)
			again := jsonOf(scenarios.Run(parseStory(text), scenarios.RunOptions{}))
			runtime.GOMAXPROCS(before)
			Expect(difference(first, again)).To(BeEmpty())
		}
	})

	It("waits for quiet longer than any queue keeps a mail, be it by default", func() {
		text := strings.Replace(network, "next: store, queue: {retry: 10m, expire: 2h}", "next: store", 1)
		rep := scenarios.Run(parseStory(text+"steps:\n  - stop: store\n"+mailTo("m", "bob@example.org")+
			"  - wait: quiet\n  - expect: {event: mail.expired, node: mx}\n"), scenarios.RunOptions{})
		_, found := told(rep)
		Expect(rep.Verdict).To(Equal(reports.Pass), found)
		Expect(rep.Elapsed).To(BeNumerically(">=", 5*24*time.Hour))
	})

	It("tells at its place why the network cannot be built", func() {
		s := parseStory(network + "steps:\n  - wait: 1s\n")
		s.Nodes[1].Config.Host = "mx.example.org"
		rep := scenarios.Run(s, scenarios.RunOptions{})
		Expect(rep.Verdict).To(Equal(reports.Error))
		c := checkNamed(rep, "build the network")
		Expect(c.Where).To(HavePrefix("t.yaml:"))
		Expect(c.Reason).To(ContainSubstring("192.0.2.10"))
	})
})

func jsonOf(rep reports.Report) []byte {
	b, err := json.MarshalIndent(rep, "", " ")
	if err != nil {
		return []byte(err.Error())
	}
	return b
}

// difference returns the first lines in which two texts differ.
func difference(a, b []byte) string {
	if bytes.Equal(a, b) {
		return ""
	}
	x, y := strings.Split(string(a), "\n"), strings.Split(string(b), "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			from, to := max(0, i-12), min(i+8, len(x), len(y))
			return fmt.Sprintf("line %d:\n%s\n---\n%s", i+1, strings.Join(x[from:to], "\n"), strings.Join(y[from:to], "\n"))
		}
	}
	return fmt.Sprintf("%d lines and %d", len(x), len(y))
}
