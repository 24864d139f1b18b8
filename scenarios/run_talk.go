package scenarios

import (
	"context"
	"strings"

	"github.com/mailsim/mailsim/sim"
)

// talk says and hears what is written, and ends at the first thing that is not so.
func (r *run) talk(t *Talk) (f *finding, err error) {
	if _, err := r.node(t.With); err != nil {
		return nil, err
	}
	r.interruptible(func(ctx context.Context) { f = r.talkThrough(ctx, t) })
	return f, nil
}

func (r *run) talkThrough(ctx context.Context, t *Talk) *finding {
	f := &finding{mails: t.Mails}
	name := ""
	if len(t.Mails) > 0 {
		name = t.Mails[0]
	}
	s, err := r.net.Talk(ctx, t.From, t.With, name, t.Port)
	if err != nil {
		f.want = t.String()
		f.line("%v", err)
		return f
	}
	defer s.Close() //nolint:errcheck // the session is over
	for _, l := range t.Lines {
		if got := r.talkLine(s, l); got != "" {
			f.want = l.Text
			f.line("%s", got)
			return f
		}
		f.line("%s", strings.NewReplacer("\r", `\r`, "\n", `\n`).Replace(l.Text))
	}
	return nil
}

// talkLine does one line and tells what was otherwise.
func (r *run) talkLine(s *sim.Talk, l TalkLine) string {
	var err error
	switch l.Do {
	case TalkSay:
		err = s.Say(l.Octets)
	case TalkTLS:
		err = s.StartTLS()
	case TalkWait:
		r.pass(l.Wait)
	case TalkHear:
		reply, herr := s.Hear()
		if herr == nil && !l.fits(reply.String()) {
			return "but: S> " + reply.String()
		}
		err = herr
	case TalkClosed:
		reply, herr := s.Hear()
		if herr == nil {
			return "but the session goes on: S> " + reply.String()
		}
		if !strings.Contains(herr.Error(), "closed") && !strings.Contains(herr.Error(), "reset") {
			err = herr
		}
	}
	if err != nil {
		return "but: " + err.Error()
	}
	return ""
}
