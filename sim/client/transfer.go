package client

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
)

// Transfer is one mail transaction (RFC 5321 3.3).
type Transfer struct {
	From    string   // reverse-path without brackets, "" is null
	Params  []string // of MAIL: "SIZE=1024"
	To      []Rcpt
	Content mail.Content // lines end in CRLF
}

// Rcpt is one recipient and the parameters of its RCPT.
type Rcpt struct {
	To     string
	Params []string
}

// Stage is how far a transaction came.
type Stage int

// The stages in their order.
const (
	AtMail Stage = iota
	AtRcpt
	AtData
	AtBody
	AtDot
)

// Result is every reply of a transaction. Replies that were never asked for
// have code 0.
type Result struct {
	Mail  mail.Reply
	Rcpt  []mail.Reply // by index of Transfer.To
	Data  mail.Reply   // 354, or a refusal
	Dot   []mail.Reply // by index of Transfer.To; without LMTP the same one for all that were accepted
	Stage Stage        // the last stage that was begun
}

// Send does one transaction. When the server refuses it at some stage the
// result says so and the session can be used on.
func (c *Conn) Send(t Transfer) (Result, error) {
	res := Result{Rcpt: make([]mail.Reply, len(t.To)), Dot: make([]mail.Reply, len(t.To))}
	if len(t.To) == 0 {
		return res, errors.New("send: no recipients")
	}
	_, pipelined := c.Extension("PIPELINING")
	var err error
	if pipelined {
		err = c.envelopeAtOnce(t, &res)
	} else {
		err = c.envelopeInSteps(t, &res)
	}
	if err != nil || res.Data.Code == 0 {
		return res, err
	}
	return res, c.body(t, &res)
}

// envelopeInSteps waits for each reply before the next command.
func (c *Conn) envelopeInSteps(t Transfer, res *Result) (err error) {
	if res.Mail, err = c.command(mailLine(t)); err != nil || !res.Mail.Positive() {
		return err
	}
	res.Stage = AtRcpt
	taken := false
	for i, rcpt := range t.To {
		if res.Rcpt[i], err = c.command(rcptLine(rcpt)); err != nil {
			return err
		}
		taken = taken || res.Rcpt[i].Positive()
	}
	if !taken {
		// RFC 5321 3.3: without a recipient there is nothing to send.
		_, err = c.Reset()
		return err
	}
	res.Stage = AtData
	if err = c.put("DATA"); err != nil {
		return err
	}
	if err = c.flush(c.opts.Timeouts.Command); err != nil {
		return err
	}
	res.Data, err = c.reply(c.opts.Timeouts.DataInit)
	return err
}

// groupSize is how many RCPTs are sent before their replies are read: of so many,
// each as long as RFC 5321 4.5.3.1.5 allows, the server can write all without
// waiting. A longer group would end with both sides waiting for room (RFC 2920 3.1).
const groupSize = 100

// envelopeAtOnce writes the whole envelope and DATA in one group (RFC 2920 3.1),
// or in several where there are many recipients.
func (c *Conn) envelopeAtOnce(t Transfer, res *Result) (err error) {
	if err = c.put(mailLine(t)); err != nil {
		return err
	}
	heard := 0
	for i, rcpt := range t.To {
		if i-heard == groupSize {
			if err = c.flush(c.opts.Timeouts.Command); err != nil {
				return err
			}
			if err = c.envelopeReplies(res, heard, i); err != nil {
				return err
			}
			heard = i
		}
		if err = c.put(rcptLine(rcpt)); err != nil {
			return err
		}
	}
	if err = c.put("DATA"); err != nil {
		return err
	}
	if err = c.flush(c.opts.Timeouts.Command); err != nil {
		return err
	}
	if err = c.envelopeReplies(res, heard, len(t.To)); err != nil {
		return err
	}
	taken := slices.ContainsFunc(res.Rcpt, mail.Reply.Positive)
	if taken {
		res.Stage = AtData
	}
	data, err := c.reply(c.opts.Timeouts.DataInit)
	if err != nil {
		return err
	}
	if taken {
		res.Data = data
		return nil
	}
	if data.Code == 354 {
		// RFC 2920 3.1: a server that says 354 although no recipient is valid
		// gets a lone dot; its reply is of no use.
		if _, err = c.w.WriteString(".\r\n"); err != nil {
			return err
		}
		if err = c.flush(c.opts.Timeouts.DataBlock); err != nil {
			return err
		}
		_, err = c.reply(c.opts.Timeouts.DataEnd)
	} else if res.Mail.Positive() {
		_, err = c.Reset()
	}
	return err
}

// envelopeReplies reads the replies to the RCPTs of a group, and before the first
// one that to MAIL.
func (c *Conn) envelopeReplies(res *Result, from, to int) (err error) {
	if from == 0 {
		if res.Mail, err = c.reply(c.opts.Timeouts.Command); err != nil {
			return err
		}
	}
	for i := from; i < to; i++ {
		if res.Mail.Positive() {
			res.Stage = AtRcpt
		}
		r, err := c.reply(c.opts.Timeouts.Command)
		if err != nil {
			return err
		}
		if res.Mail.Positive() {
			res.Rcpt[i] = r
		}
	}
	return nil
}

// body sends the content when DATA was answered with 354, and reads the reply
// to the dot.
func (c *Conn) body(t Transfer, res *Result) error {
	if res.Data.Code != 354 {
		if res.Data.Positive() || res.Data.Class() == 3 {
			return fmt.Errorf("DATA was answered %s: %w", res.Data, ErrReply)
		}
		_, err := c.Reset()
		return err
	}
	res.Stage = AtBody
	if err := c.stuff(t.Content); err != nil {
		return fmt.Errorf("send the message: %w", err)
	}
	res.Stage = AtDot
	if err := c.flush(c.opts.Timeouts.DataBlock); err != nil {
		return err
	}
	var last mail.Reply
	for i := range t.To {
		if !res.Rcpt[i].Positive() {
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

var blocks = sync.Pool{New: func() any { b := make([]byte, 16<<10); return &b }}

// stuff writes the message with its dots doubled at the start of lines, and the
// final dot (RFC 5321 4.5.2).
func (c *Conn) stuff(content mail.Content) error {
	r := content.Open()
	defer r.Close()
	buf := blocks.Get().(*[]byte)
	defer blocks.Put(buf)
	tail := [2]byte{'\r', '\n'} // the last two octets written: a line begins
	for {
		n, err := r.Read(*buf)
		if n > 0 {
			if werr := c.conn.SetWriteDeadline(time.Now().Add(c.opts.Timeouts.DataBlock)); werr != nil {
				return werr
			}
			if werr := c.stuffBlock((*buf)[:n], tail); werr != nil {
				return werr
			}
			if n == 1 {
				tail = [2]byte{tail[1], (*buf)[0]}
			} else {
				tail = [2]byte{(*buf)[n-2], (*buf)[n-1]}
			}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
	}
	end := ".\r\n"
	if tail != [2]byte{'\r', '\n'} {
		end = "\r\n.\r\n" // RFC 5321 4.1.1.4: the last line ends in CRLF too
	}
	_, err := c.w.WriteString(end)
	return err
}

func (c *Conn) stuffBlock(b []byte, tail [2]byte) error {
	if b[0] == '.' && tail == [2]byte{'\r', '\n'} {
		if err := c.w.WriteByte('.'); err != nil {
			return err
		}
	}
	if len(b) > 1 && tail[1] == '\r' && b[0] == '\n' && b[1] == '.' {
		if _, err := c.w.WriteString("\n."); err != nil {
			return err
		}
		b = b[1:]
	}
	for {
		i := bytes.Index(b, []byte("\r\n."))
		if i < 0 {
			_, err := c.w.Write(b)
			return err
		}
		if _, err := c.w.Write(b[:i+3]); err != nil {
			return err
		}
		b = b[i+2:] // the dot again
	}
}

func mailLine(t Transfer) string {
	return "MAIL FROM:<" + t.From + ">" + params(t.Params)
}

func rcptLine(r Rcpt) string {
	return "RCPT TO:<" + r.To + ">" + params(r.Params)
}

func params(p []string) string {
	if len(p) == 0 {
		return ""
	}
	return " " + strings.Join(p, " ")
}
