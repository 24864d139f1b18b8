package client

import (
	"errors"
	"fmt"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
)

// body sends the content behind DATA and reads the reply to the dot.
func (c *Conn) body(t Transfer, res *Result) error {
	res.Stage = AtBody
	if err := c.stuff(t.Content); err != nil {
		return c.cutShort(res, err)
	}
	res.Stage = AtDot
	if err := c.flush(c.opts.Timeouts.DataBlock); err != nil {
		return c.cutShort(res, err)
	}
	c.mute = false
	return c.verdicts(t, res)
}

// verdicts reads the reply to the end of the content, or one for each recipient
// that was taken (RFC 2033 4.2).
func (c *Conn) verdicts(t Transfer, res *Result) error {
	var last mail.Reply
	for i := range t.To {
		if res.Rcpt[i].Class() != 2 {
			continue
		}
		if c.opts.LMTP || last.Code == 0 {
			r, err := c.reply(c.opts.Timeouts.DataEnd)
			if err != nil {
				return err
			}
			last = r
		}
		res.Dot[i] = last
	}
	return nil
}

// contentError is a content that could not be read: the server has no part in it.
type contentError struct{ error }

func (e contentError) Unwrap() error { return e.error }

// cutShort looks for the reason where the content could not be written to its end:
// a server that has had enough may say so and close before the dot.
func (c *Conn) cutShort(res *Result, err error) error {
	c.over, c.mute = true, true
	var own contentError
	if !errors.As(err, &own) {
		if r, rerr := c.reply(time.Second); rerr == nil && (r.Temporary() || r.Permanent()) {
			res.Data = r
			return nil
		}
	}
	return fmt.Errorf("send the message: %w", err)
}
