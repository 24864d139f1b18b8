package scenarios

import (
	"fmt"
	"slices"
	"time"

	"github.com/mailsim/mailsim/reports"
	"github.com/mailsim/mailsim/sim/trace"
)

// aboutInvariant says what each invariant demands.
func aboutInvariant(name string) string {
	switch name {
	case trace.Lost:
		return "no accepted recipient is lost"
	case trace.Duplicates:
		return "no accepted recipient is served twice"
	case trace.Trace:
		return "Received fields agree with the hops"
	case trace.ReturnPath:
		return "one Return-Path, on top, as the envelope's"
	case trace.Body:
		return "body octets are unchanged"
	case trace.Loops:
		return "no mail visits a node too often"
	case trace.NullSender:
		return "a null reverse-path causes no notification"
	case trace.Leaks:
		return "nothing of the run is left behind"
	}
	return name
}

// refsOf gives the rules behind an invariant.
func refsOf(name string) []string {
	switch name {
	case trace.Lost:
		return []string{"RFC5321#4.2.5", "RFC5321#6.1"}
	case trace.Duplicates:
		return []string{"RFC1047"}
	case trace.Trace:
		return []string{"RFC5321#4.4"}
	case trace.ReturnPath:
		return []string{"RFC5321#4.4"}
	case trace.Body:
		return []string{"RFC5321#6.4"}
	case trace.Loops:
		return []string{"RFC5321#6.3"}
	case trace.NullSender:
		return []string{"RFC5321#6.1"}
	}
	return nil
}

// layInvariants puts a check for each invariant behind the phases.
func (r *run) layInvariants() map[string]*slot {
	g := r.res.group(groupInvariants)
	slots := map[string]*slot{}
	for _, name := range trace.Invariants() {
		slots[name] = r.res.add(g, reports.Check{
			Name: name + ": " + aboutInvariant(name), ID: "invariant/" + name,
			Refs: refsOf(name), Verdict: reports.Skip,
		})
	}
	return slots
}

// judgeInvariants decides all invariants but leaks.
func (r *run) judgeInvariants(slots map[string]*slot, all []trace.Violation) {
	began := time.Now()
	broken := map[string][]trace.Violation{}
	for _, v := range all {
		broken[v.Invariant] = append(broken[v.Invariant], v)
	}
	for _, name := range trace.Invariants() {
		if name == trace.Leaks {
			continue
		}
		bad := broken[name]
		r.res.set(slots[name], began, func(c *reports.Check) {
			switch waived := slices.Contains(r.scenario.Waive, name); {
			case waived && len(bad) == 0:
				c.Verdict, c.Reason = reports.Skip, "waived by the scenario; it holds, so waive is not needed"
			case waived:
				c.Verdict, c.Reason = reports.Skip, "waived by the scenario; it is broken: "+violation(&bad[0])
			case len(bad) == 0:
				c.Verdict = reports.Pass
			default:
				c.Verdict = reports.Fail
				r.explain(c, violated(bad))
			}
		})
	}
}

// violated makes a finding of the violations of one invariant.
func violated(bad []trace.Violation) *finding {
	f := &finding{want: bad[0].Want}
	for i := range bad {
		if i == listMost {
			f.line("and %s", plural(len(bad)-i, "other"))
			break
		}
		v := &bad[i]
		f.line("%s", violation(v))
		if v.Mail != "" && !slices.Contains(f.mails, v.Mail) {
			f.mails = append(f.mails, v.Mail)
		}
	}
	return f
}

// violation writes one violation in a line.
func violation(v *trace.Violation) string {
	s := v.Text
	if v.Mail != "" {
		s = v.Mail + ": " + s
	}
	if v.Node != "" {
		s += " (at " + v.Node + ")"
	}
	if v.Got != "" {
		s += ": " + v.Got
	}
	return s
}

// judgeLeaks decides the invariant of the harness itself: stopped, the network
// leaves nothing behind. What outlives even this, Run finds out when virtual
// time ends, and overrules the verdict here.
func (r *run) judgeLeaks(at *slot, began time.Time, err error) {
	if at == nil {
		return
	}
	waived := slices.Contains(r.scenario.Waive, trace.Leaks)
	r.res.set(at, began, func(c *reports.Check) {
		switch {
		case err != nil && waived:
			c.Verdict, c.Reason = reports.Skip, "waived by the scenario; it is broken: "+err.Error()
		case err != nil:
			c.Verdict, c.Reason = reports.Error, fmt.Sprintf("stop the network: %v", err)
		case waived:
			c.Verdict, c.Reason = reports.Skip, "waived by the scenario; it holds, so waive is not needed"
		default:
			c.Verdict = reports.Pass
		}
	})
}

// verified is what the invariants said when so many events had happened.
type verified struct {
	events     int
	violations []trace.Violation
}

// violations returns how the invariants are broken now. Where nothing has happened
// since they were judged last, as between a load and the end, it is what they said.
func (r *run) violations() []trace.Violation {
	r.index.refresh()
	if n := r.index.len(); r.verified.events != n {
		r.verified = verified{n, trace.Verify(r.evidence())}
	}
	return r.verified.violations
}

// evidence gathers what the invariants are judged by.
func (r *run) evidence() trace.Evidence {
	e := trace.Evidence{
		Events:    r.res.canonical(r.index.events),
		Delivered: make([]trace.Delivery, 0, r.index.arrived),
		Sent:      make([]trace.Sent, 0, len(r.sent)),
	}
	for _, nd := range r.net.Nodes() {
		cfg := nd.Config()
		facts := trace.NodeFacts{Name: nd.Name(), Host: nd.Host(), Role: string(cfg.Role), Hops: cfg.Limits.Hops}
		for _, a := range nd.Addrs() {
			facts.Addrs = append(facts.Addrs, a.String())
		}
		e.Nodes = append(e.Nodes, facts)
		for _, q := range nd.Queue() {
			e.Queued = append(e.Queued, trace.Held{Node: nd.Name(), ID: q.ID, Mail: q.Mail, To: q.To})
		}
		for _, box := range nd.Mailboxes() {
			for _, m := range nd.Mailbox(box) {
				content := m.Content // and no more of m is kept
				e.Delivered = append(e.Delivered, trace.Delivery{
					Node: nd.Name(), ID: m.ID, Mail: m.Mail, To: m.To, From: m.From,
					Read: func(d *trace.Delivery) { readDelivery(d, content) },
				})
			}
		}
	}
	names := make([]string, 0, len(r.sent))
	for name := range r.sent {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		s := r.sent[name]
		e.Sent = append(e.Sent, trace.Sent{Mail: name, BodySum: s.body, Parts: s.parts, Received: s.received})
	}
	return e
}
