package client

import (
	"errors"
	"io"
	"strconv"
	"sync"
)

const (
	// chunkSize is how many octets a BDAT carries: enough that commands and replies
	// weigh nothing, little enough to be kept in memory.
	chunkSize = 256 << 10
	// unanswered is how many chunks may be on their way when the server takes them
	// pipelined (RFC 3030 2).
	unanswered = 8
)

var chunkBuffers = sync.Pool{New: func() any { b := make([]byte, chunkSize+len("\r\n")); return &b }}

// chunks sends the content by BDAT (RFC 3030 2) and reads all replies. After the
// refusal of a chunk no other is begun. The last one waits for the replies to those
// before it, so that no server takes for whole what it has only parts of.
func (c *Conn) chunks(t Transfer, res *Result) error {
	res.Stage = AtBody
	content := t.Content.Open()
	defer content.Close() //nolint:errcheck // only read
	buf := chunkBuffers.Get().(*[]byte)
	defer chunkBuffers.Put(buf)
	most := 1
	if _, ok := c.Extension("PIPELINING"); ok {
		most = unanswered
	}
	tail := lineBegins
	for waiting := 0; ; waiting++ {
		n, err := io.ReadFull(content, (*buf)[:chunkSize])
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return c.cutShort(res, contentError{err})
		}
		chunk := (*buf)[:n]
		tail = tail.after(chunk)
		if last && !t.Binary && tail != lineBegins {
			chunk = append(chunk, "\r\n"...) // RFC 3030 2: lines of text end in CRLF
		}
		for ; waiting > 0 && (last || waiting == most); waiting-- {
			if r, err := c.reply(c.opts.Timeouts.Command); err != nil {
				return err
			} else if r.Class() != 2 {
				res.Data = r
				c.refusedChunk(waiting - 1)
				return nil
			}
		}
		if last {
			res.Stage = AtDot
		}
		if err := c.chunk(chunk, last); err != nil {
			return c.cutShort(res, err)
		}
		if last {
			return c.verdicts(t, res)
		}
	}
}

// chunk writes one BDAT with its octets.
func (c *Conn) chunk(octets []byte, last bool) error {
	line := "BDAT " + strconv.Itoa(len(octets))
	if last {
		line += " LAST"
	}
	if err := c.put(line); err != nil {
		return err
	}
	if err := c.deadline(c.opts.Timeouts.DataBlock); err != nil {
		return err
	}
	if _, err := c.w.Write(octets); err != nil {
		return err
	}
	return c.flush(c.opts.Timeouts.DataBlock)
}

// refusedChunk reads the replies to the chunks behind one that was refused, which
// the server drops one by one (RFC 3030 2), and ends the transaction.
func (c *Conn) refusedChunk(more int) {
	for ; more > 0 && !c.over; more-- {
		_, _ = c.reply(c.opts.Timeouts.Command) // of a broken session nothing is asked any more
	}
	c.abort()
}
