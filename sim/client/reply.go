package client

import (
	"bufio"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
)

// A reply line has at most 512 octets (RFC 5321 4.5.3.1.5); servers that
// write more are borne up to these bounds.
const (
	maxReplyLine  = 2000
	maxReplyLines = 200
)

// ErrReply is behind every error about octets that are no SMTP reply.
var ErrReply = errors.New("not an SMTP reply")

// reply reads one reply, of any number of lines.
func (c *Conn) reply(timeout time.Duration) (mail.Reply, error) {
	r, err := c.read(timeout)
	if err != nil || r.Code == 421 {
		c.over = true // RFC 5321 3.8: behind a 421 the server closes
	}
	return r, err
}

func (c *Conn) read(timeout time.Duration) (mail.Reply, error) {
	if c.r == nil {
		return mail.Reply{}, errClosed
	}
	if err := c.conn.SetReadDeadline(time.Now().Add(timeout)); err != nil {
		return mail.Reply{}, err
	}
	line, err := readLine(c.r)
	if err != nil {
		return mail.Reply{}, err
	}
	text := line
	if c.flawed(FlawFirstLine) && c.ext != nil && goesOn(line) {
		text = line[:3] + " " + line[4:]
	} else if goesOn(line) {
		lines := []string{line}
		for goesOn(line) {
			if len(lines) == maxReplyLines {
				return mail.Reply{}, fmt.Errorf("a reply of more than %d lines: %w", maxReplyLines, ErrReply)
			}
			if line, err = readLine(c.r); err != nil {
				return mail.Reply{}, err
			}
			lines = append(lines, line)
		}
		text = strings.Join(lines, "\n")
	}
	r, err := mail.ReadReply(text)
	if err == nil {
		err = c.mishear(text, &r)
	}
	if err != nil {
		return mail.Reply{}, fmt.Errorf("%w: %w", ErrReply, err)
	}
	return r, nil
}

// goesOn reports whether another line follows this one (RFC 5321 4.2.1).
func goesOn(line string) bool { return len(line) > 3 && line[3] == '-' }

// readLine reads up to LF and drops the line's end.
func readLine(r *bufio.Reader) (string, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) > maxReplyLine {
			return "", fmt.Errorf("a reply line of more than %d octets: %w", maxReplyLine, ErrReply)
		}
		switch {
		case err == nil && line == nil:
			return strings.TrimSuffix(string(part[:len(part)-1]), "\r"), nil
		case err == nil:
			line = append(line, part...)
			return strings.TrimSuffix(string(line[:len(line)-1]), "\r"), nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return "", err
		}
		line = append(line, part...)
	}
}
