package sim

import (
	"fmt"
	"strings"
	"time"
)

// labelled is how wide the words before the facts of an explanation are.
const labelled = 12

// String writes the explanation as Lines does.
func (e *Explanation) String() string { return strings.Join(e.Lines(), "\n") + "\n" }

// Lines writes the explanation for people: a heading for each node and address,
// then what decided, each question to the DNS, the numbered list of tries, what was
// left out, and the reply where there is no way.
func (e *Explanation) Lines() []string {
	var p explained
	p.explain(e)
	return p.lines
}

// explained is the text in the making.
type explained struct{ lines []string }

func (p *explained) explain(e *Explanation) {
	who := e.Node
	if who == "" {
		who = "nobody"
	}
	p.lines = append(p.lines, who+": "+e.Address)
	p.facts("decided by", e.By)
	p.facts("asked", each(e.Lookups, Lookup.String)...)
	tries := each(e.Tried, Candidate.String)
	for i := range tries {
		tries[i] = fmt.Sprintf("%2d  %s", i+1, tries[i])
	}
	p.facts("tries", tries...)
	if e.Chance != "" {
		p.facts("chance", e.Chance)
	}
	p.facts("leaves out", each(e.LeftOut, Candidate.String)...)
	switch {
	case strings.HasPrefix(e.Verdict, "4"):
		p.facts("no way now", e.Verdict, "the mail waits in the queue")
	case e.Verdict != "":
		p.facts("no way", e.Verdict, "the mail is returned to its sender")
	}
	for i := range e.Expanded {
		p.explain(&e.Expanded[i])
	}
	if e.Next != nil {
		p.explain(e.Next)
	}
}

// facts writes facts under each other, with what they are before the first.
func (p *explained) facts(label string, facts ...string) {
	for _, f := range facts {
		p.lines = append(p.lines, fmt.Sprintf("  %-*s%s", labelled, label, f))
		label = ""
	}
}

func each[T any](list []T, text func(T) string) []string {
	all := make([]string, len(list))
	for i, v := range list {
		all[i] = text(v)
	}
	return all
}

// String writes the question, the answer, and how long it holds.
func (l Lookup) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: ", l.Type, l.Name)
	for _, a := range l.Aliases {
		fmt.Fprintf(&b, "alias of %s; ", a)
	}
	if l.Error != "" {
		b.WriteString(l.Error)
	} else {
		b.WriteString(strings.Join(l.Answer, ", "))
	}
	switch {
	case l.Cached:
		fmt.Fprintf(&b, " [from the cache, %s left]", brief(l.TTL))
	case l.TTL > 0:
		fmt.Fprintf(&b, " [TTL %s]", brief(l.TTL))
	}
	return b.String()
}

// String writes the host, its address and preference, who has the address, and why
// it does not come into question.
func (c Candidate) String() string {
	s := c.Host
	if c.Addr != "" {
		s += " " + c.Addr
	}
	if c.Preference != nil {
		s += fmt.Sprintf(", preference %d", *c.Preference)
	}
	if c.Node != "" {
		s += ", node " + c.Node
	}
	if c.Why != "" {
		s += ": " + c.Why
	}
	return s
}

// brief writes a duration without the zeros at its end: 5m, 1h30m.
func brief(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = s[:len(s)-len("0s")]
	}
	if strings.HasSuffix(s, "h0m") {
		s = s[:len(s)-len("0m")]
	}
	return s
}
