package client

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailsim/mailsim/sim/mail"
)

// inSteps says MAIL, the RCPTs and DATA, and waits for each reply before the next
// command. It reports whether the content is to follow.
func (c *Conn) inSteps(t Transfer, res *Result) (going bool, err error) {
	if res.Mail, err = c.command(c.mailLine(t)); err != nil || res.Mail.Class() != 2 {
		if err == nil && strange(res.Mail, 2) {
			c.abort()
		}
		return false, err
	}
	res.Stage = AtRcpt
	taken := false
	for i, rcpt := range t.To {
		r, err := c.command(c.rcptLine(rcpt))
		if err != nil {
			return false, err
		}
		res.Rcpt[i] = r
		if c.over || strange(r, 2) || r.Class() != 2 && c.flawed(FlawAllOrNone) { // 421, or no sense
			res.Data = r
			c.abort()
			return false, nil
		}
		taken = taken || r.Class() == 2
	}
	if !taken {
		// RFC 5321 3.3: without a recipient there is nothing to send.
		c.abort()
		return false, nil
	}
	res.Stage = AtData
	if t.Chunked {
		return true, nil
	}
	if err = c.put("DATA"); err != nil {
		return false, err
	}
	if err = c.flush(c.opts.Timeouts.Command); err != nil {
		return false, err
	}
	if res.Data, err = c.reply(c.opts.Timeouts.DataInit); err != nil {
		return false, err
	}
	return c.started(res), nil
}

// started reports whether DATA lets the content go. Its first digit says so (RFC
// 5321 4.2.1); a transaction in which it does not is ended.
func (c *Conn) started(res *Result) bool {
	if res.Data.Class() == 3 || c.flawed(FlawSendsAnyway) {
		return true
	}
	c.mute = false
	c.abort()
	return false
}

// groupSize is how many RCPTs are sent before their replies are read: of so many,
// each as long as RFC 5321 4.5.3.1.5 allows, the server can write all without
// waiting. A longer group would end with both sides waiting for room (RFC 2920 3.1).
const groupSize = 100

// atOnce writes the whole envelope and DATA in one group (RFC 2920 3.1), or in
// several where there are many recipients. Content by BDAT is not in the group: it
// would be sent in vain where no recipient is taken.
func (c *Conn) atOnce(t Transfer, res *Result) (going bool, err error) {
	if err = c.put(c.mailLine(t)); err != nil {
		return false, err
	}
	heard := 0
	for i, rcpt := range t.To {
		if i-heard == groupSize {
			if err = c.hear(res, heard, i); err != nil {
				return false, err
			}
			if c.over {
				return false, nil
			}
			heard = i
		}
		if err = c.put(c.rcptLine(rcpt)); err != nil {
			return false, err
		}
	}
	if !t.Chunked {
		if err = c.put("DATA"); err != nil {
			return false, err
		}
	}
	if err = c.hear(res, heard, len(t.To)); err != nil || c.over {
		return false, err
	}
	sane := !strange(res.Mail, 2) && !slices.ContainsFunc(res.Rcpt, func(r mail.Reply) bool { return r.Code != 0 && strange(r, 2) })
	taken := slices.ContainsFunc(res.Rcpt, func(r mail.Reply) bool { return r.Class() == 2 })
	if taken && sane {
		res.Stage = AtData
	}
	if t.Chunked {
		if !taken || !sane {
			c.abort()
		}
		return taken && sane, nil
	}
	data, err := c.reply(c.opts.Timeouts.DataInit)
	switch {
	case err != nil:
		return false, err
	case taken && sane, data.Class() == 3 && c.flawed(FlawSendsAnyway):
		res.Data = data
		return c.started(res), nil
	case data.Class() != 3:
		c.mute = false
		if !sane {
			res.Data = data
		}
		c.abort()
		return false, nil
	case taken:
		// A dot would send an empty mail to those that were taken.
		c.over = true
		return false, fmt.Errorf("a recipient was answered with a code of no sense, and DATA with %s: %w", data, ErrReply)
	}
	// RFC 2920 3.1: a server that says 354 although no recipient is valid gets a
	// lone dot; its reply is of no use.
	if _, err = c.w.WriteString(".\r\n"); err != nil {
		return false, err
	}
	if err = c.flush(c.opts.Timeouts.DataBlock); err != nil {
		return false, err
	}
	c.mute = false
	_, err = c.reply(c.opts.Timeouts.DataEnd)
	return false, err
}

// hear sends what was put and reads the replies to the RCPTs of a group, and before
// the first one that to MAIL. After a 421 none follow (RFC 5321 3.8); it stands for
// those that are missing.
func (c *Conn) hear(res *Result, from, to int) (err error) {
	if err = c.flush(c.opts.Timeouts.Command); err != nil {
		return err
	}
	if from == 0 {
		if res.Mail, err = c.reply(c.opts.Timeouts.Command); err != nil || c.over {
			return err
		}
	}
	for i := from; i < to; i++ {
		if res.Mail.Class() == 2 {
			res.Stage = AtRcpt
		}
		r, err := c.reply(c.opts.Timeouts.Command)
		if err != nil {
			return err
		}
		if res.Mail.Class() == 2 {
			res.Rcpt[i] = r
		}
		if c.over {
			res.Data = r
			return nil
		}
	}
	return nil
}

func (c *Conn) mailLine(t Transfer) string {
	return "MAIL FROM:" + c.gap() + "<" + t.From + ">" + params(t.Params)
}

func (c *Conn) rcptLine(r Rcpt) string {
	return "RCPT TO:" + c.gap() + "<" + r.To + ">" + params(r.Params)
}

func params(p []string) string {
	if len(p) == 0 {
		return ""
	}
	return " " + strings.Join(p, " ")
}

// gap is what stands before a path: nothing (RFC 5321 3.3).
func (c *Conn) gap() string {
	if c.flawed(FlawSpaces) {
		return " "
	}
	return ""
}
