package conformance

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/mailsim/mailsim/reports"
)

// trouble is why a target does not serve an ordinary session.
type trouble struct {
	why  string // "": it does
	dead bool   // it has not just said that it is too busy
}

// control looks, after something bad was found, whether the target still serves
// anybody: that it has gone away, is too busy or breaks down may not be what the case is
// about.
func (r *runner) control(ctx context.Context, c Case) (t trouble) {
	p := &Probe{
		Target: r.target, Facts: r.facts, ctx: ctx,
		transcript: &Transcript{secret: secret(r.target.Password)},
	}
	p.c = Case{ID: c.ID, Slow: c.Slow, Run: func(p *Probe) { t = p.unserved() }}
	if p.run() != "" || ctx.Err() != nil {
		return trouble{}
	}
	t.why = p.transcript.secret.hide(t.why)
	return t
}

// unserved says why a session with an ordinary beginning is not served.
func (p *Probe) unserved() trouble {
	for pause := 250 * time.Millisecond; ; pause *= 2 {
		t, again := p.turnedAway()
		if !again || pause > 2*time.Second {
			return t
		}
		p.Sleep(pause)
	}
}

// turnedAway tries once, and says whether it may be worth another try. What can be read
// and is no refusal for now is good enough: there are cases about greetings and EHLO.
func (p *Probe) turnedAway() (t trouble, again bool) {
	s, err := p.TryOpen()
	if err != nil {
		return trouble{"connect: " + err.Error(), true}, true
	}
	defer s.Close()
	if p.ImplicitTLS && s.Handshake() != nil {
		return trouble{}, false
	}
	for i, ask := range []func() Reply{s.Reply, s.Hello} {
		r := ask()
		if again = r.Is("4yz") || r.Dropped; again || i > 0 && r.Is("5yz") || r.Code == 0 && r.Raw == "" {
			return trouble{r.asked + " got " + r.String(), !r.Is("4yz")}, again
		}
	}
	return trouble{}, false
}

// blamed reports whether a target that serves nobody any more is the doing of a case:
// of one that attacks it, or that was the only one.
func (r *runner) blamed(c Case, t trouble) bool {
	return c.Hostile || c.safety() || t.dead && r.slots.alone(max(1, c.Sessions))
}

// unsure makes a result that tells of a target in trouble one without a judgement. What
// was found stands in the notes.
func (c *CaseResult) unsure(why string) {
	var found []string
	for _, f := range c.Findings {
		found = append(found, fmt.Sprintf("wanted %s, saw %s", f.Want, f.Got))
	}
	c.Notes = append(c.Notes, "not held against it: "+strings.Join(found, "; "))
	c.Verdict, c.Findings = reports.Error, nil
	c.Reason = "the target does not serve any more: " + why
}
