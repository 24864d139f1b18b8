package scenarios

import (
	"context"
	"crypto/sha256"
	"strings"
	"sync"
	"time"

	"github.com/mailsim/mailsim/sim"
	"github.com/mailsim/mailsim/sim/mail"
)

// sent is one mail and what its client was told.
type sent struct {
	mail   string
	dialog dialog
}

// dialog is what a client was told.
type dialog struct{ sim.Dialog }

// outgoing is a mail that was handed in; invariants compare what arrives with it.
type outgoing struct {
	via      string
	body     [sha256.Size]byte
	parts    [sha256.Size]byte // what they decode to; zero where nobody could need to convert it
	received []string          // values of the Received fields that it had already
	refusal  string            // what the server said instead of taking it; "" if it took it
}

// handedIn notes a mail; the mails of a load are handed in side by side.
func (r *run) handedIn(name string, o outgoing) {
	r.sending.Lock()
	defer r.sending.Unlock()
	r.sent[name] = o
}

// send gives mails to a server, one after the other; with every, each begins its
// time after the one before it began. A refusal is no error: reply and expect
// judge it.
func (r *run) send(s *Send) error {
	r.last = nil
	begun := time.Now()
	for i := range max(1, s.Count) {
		name := s.Mail
		if s.numbered() {
			name = mailOf(s.Mail, i+1)
		}
		if due := begun.Add(time.Duration(i) * s.Every); i > 0 && s.Every > 0 {
			r.pass(time.Until(due))
		}
		if r.interrupted() {
			return nil
		}
		message, err := r.compose(s, name)
		if err != nil {
			return err
		}
		d, err := r.hand(sim.Submission{
			Mail: name, Via: s.Via, From: s.From, To: s.To,
			Auth: s.Auth, TLS: s.TLS, Options: s.Options, Content: message,
		})
		if err != nil {
			return err
		}
		r.handedIn(name, outgoingOf(s.Via, message, d))
		r.last = append(r.last, sent{name, d})
	}
	return nil
}

// numbered reports whether the mails bear numbers: NAME-1 for a count of one too,
// since a count is often a parameter.
func (s *Send) numbered() bool { return s.Numbered || s.Count > 1 }

// compose writes the message.
func (r *run) compose(s *Send, name string) (mail.Content, error) {
	nd, err := r.node(s.Via)
	if err != nil {
		return nil, err
	}
	d := mail.Draft{
		Name: name, From: s.From, To: s.To, Date: time.Now(),
		Text: s.Body.Text, Size: s.Body.Size,
	}
	if nd.Config().Role == sim.MUA {
		d.Host = nd.Host()
	}
	if _, d.UTF8 = s.Options["SMTPUTF8"]; !d.UTF8 {
		body := strings.Join(s.Options["BODY"], "")
		d.EightBit = strings.EqualFold(body, "8BITMIME") || strings.EqualFold(body, "BINARYMIME")
	}
	if s.Body.File != "" {
		if strings.HasSuffix(strings.ToLower(s.Body.File), ".eml") {
			d.Raw = s.Body.Data
		} else {
			d.File = s.Body.Data
		}
	}
	for _, h := range s.Headers {
		d.Fields = append(d.Fields, mail.DraftField{Name: h.Name, Value: h.Value, Absent: h.Absent})
	}
	for _, a := range s.Attach {
		d.Attach = append(d.Attach, mail.DraftAttachment{Name: a.Name, Type: a.Type, Data: a.Data, Size: a.Size})
	}
	return d.Content()
}

// outgoingOf is what is remembered of a mail that was handed in.
func outgoingOf(via string, message mail.Content, d dialog) outgoing {
	var demands mail.Demands
	header, sum := readSum(message, &demands)
	out := outgoing{via: via, body: sum, received: header.Values("Received")}
	if !d.Accepted() {
		out.refusal = d.told()
	}
	if demands.Any() {
		out.parts = partsSum(message)
	}
	return out
}

// hand gives one mail to its server. On the real clock an interrupt ends the
// session at once; virtual time brings every session to its end in no time.
func (r *run) hand(s sim.Submission) (dialog, error) {
	if _, err := r.node(s.Via); err != nil {
		return dialog{}, err
	}
	var d dialog
	r.interruptible(func(ctx context.Context) { d.Dialog = r.net.Send(ctx, s) })
	return d, nil
}

// interruptible gives a session a context that an interrupt ends. In virtual time
// it does not: there a session is over at once.
func (r *run) interruptible(do func(context.Context)) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if !r.scenario.Wall {
		do(ctx)
		return
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		tick := time.NewTicker(wallTick)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if r.interrupted() {
					cancel()
				}
			}
		}
	})
	do(ctx)
	cancel()
	wg.Wait()
}
