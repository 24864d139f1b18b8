package client

import (
	"bytes"
	"errors"
	"io"
	"sync"

	"github.com/mailsim/mailsim/sim/mail"
)

var blocks = sync.Pool{New: func() any { b := make([]byte, 16<<10); return &b }}

// ending is the last two octets that were sent.
type ending [2]byte

// lineBegins is the ending behind which a line begins.
var lineBegins = ending{'\r', '\n'}

// after is the ending behind more octets.
func (e ending) after(b []byte) ending {
	switch n := len(b); n {
	case 0:
		return e
	case 1:
		return ending{e[1], b[0]}
	default:
		return ending{b[n-2], b[n-1]}
	}
}

// stuff writes the message with its dots doubled at the start of lines, and the
// final dot (RFC 5321 4.5.2).
func (c *Conn) stuff(content mail.Content) error {
	r := content.Open()
	defer r.Close()
	buf := blocks.Get().(*[]byte)
	defer blocks.Put(buf)
	tail := lineBegins
	for {
		n, err := r.Read(*buf)
		if n > 0 {
			if werr := c.deadline(c.opts.Timeouts.DataBlock); werr != nil {
				return werr
			}
			if werr := c.stuffBlock((*buf)[:n], tail); werr != nil {
				return werr
			}
			tail = tail.after((*buf)[:n])
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return contentError{err}
		}
	}
	end := ".\r\n"
	if tail != lineBegins && !c.flawed(FlawOpenEnd) || c.flawed(FlawBlankLine) {
		end = "\r\n.\r\n" // RFC 5321 4.1.1.4: the last line ends in CRLF too
	}
	_, err := c.w.WriteString(end)
	return err
}

func (c *Conn) stuffBlock(b []byte, tail ending) error {
	if c.flawed(FlawNoStuffing) {
		_, err := c.w.Write(b)
		return err
	}
	if b[0] == '.' && tail == lineBegins {
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
