package conformance

import (
	"bytes"
	"fmt"
	"net"
	"slices"
	"time"
)

// The bounds of a reply: what is longer has no end.
const (
	replyOctets = 1 << 20
	replyLines  = 5000
	lineOctets  = 64 << 10
	// RFC 5321 4.5.3.1.5: a reply line is at most 512 octets long, CRLF included.
	replyLine = 512
)

// receive reads once and appends what came. The error is that of a read that has
// brought nothing.
func receive(conn net.Conn, in []byte, deadline time.Time) ([]byte, error) {
	_ = conn.SetReadDeadline(deadline)
	var block [4096]byte
	n, err := conn.Read(block[:])
	if n > 0 {
		return append(in, block[:n]...), nil
	}
	return in, err
}

// fill reads what there is, once.
func (s *Session) fill(deadline time.Time) (err error) {
	s.needed()
	s.in, err = receive(s.conn, s.in, deadline)
	return err
}

// line reads a line with its end.
func (s *Session) line(deadline time.Time, d time.Duration) (line []byte, problem string) {
	for seen := 0; ; {
		if i := bytes.IndexByte(s.in[seen:], '\n'); i >= 0 {
			n := seen + i + 1
			line, s.in = s.in[:n], s.in[n:]
			return line, ""
		}
		if seen = len(s.in); seen > lineOctets {
			s.broken = fmt.Sprintf("a reply line of more than %d octets", lineOctets)
			return s.rest(), s.broken
		}
		if s.broken != "" {
			return s.rest(), s.broken
		}
		if err := s.fill(deadline); err != nil {
			return s.rest(), s.trouble(err, d)
		}
	}
}

// rest takes away what came without a line end.
func (s *Session) rest() []byte {
	rest := s.in
	s.in = nil
	return rest
}

// trouble says what an error of a read means, and remembers what cannot be mended.
func (s *Session) trouble(err error, d time.Duration) string {
	if isTimeout(err) {
		if s.p.ctx.Err() == nil {
			return fmt.Sprintf("no reply within %s", d)
		}
	}
	s.broken = plain(err)
	return s.broken
}

// read reads one reply and records it.
func (s *Session) read(deadline time.Time, d time.Duration) Reply {
	var r Reply
	var raw []byte
	for {
		line, problem := s.line(deadline, d)
		if len(line) > 0 {
			s.p.transcript.octets(s.number, "S:", line)
			raw = append(raw, line...)
		}
		if problem != "" {
			return s.none(raw, problem, len(line) > 0)
		}
		last, ok := r.take(line)
		if !ok {
			return s.none(raw, fmt.Sprintf(`no reply, but "%s"`, abridged(string(line))), false)
		}
		if last {
			r.Raw, r.Dropped = string(raw), r.Code == 421
			return r
		}
		if len(r.Lines) > replyLines || len(raw) > replyOctets {
			s.broken = "a reply without an end"
			return s.none(raw, s.broken, false)
		}
	}
}

// none is a reply that did not come.
func (s *Session) none(raw []byte, problem string, part bool) Reply {
	if part {
		problem += " in the middle of a line"
	}
	s.p.inTime()
	s.Note("%s", problem)
	return Reply{Raw: string(raw), Problem: problem, Dropped: s.broken != ""}
}

// take adds a line to the reply. It reads every form that can be understood, and
// notes in which points it is not that of RFC 5321 4.2.
func (r *Reply) take(line []byte) (last, ok bool) {
	text, crlf := bytes.CutSuffix(line, []byte("\r\n"))
	if !crlf {
		text = bytes.TrimSuffix(line, []byte("\n"))
		r.flaw("a line ends in a bare LF")
	}
	if len(line) > replyLine {
		r.flaw(fmt.Sprintf("a line has more than %d octets", replyLine))
	}
	if len(text) < 3 || !digits(text[:3]) || len(text) > 3 && text[3] != ' ' && text[3] != '-' {
		return false, false
	}
	code := int(text[0]-'0')*100 + int(text[1]-'0')*10 + int(text[2]-'0')
	// RFC 5321 4.2: the first digit is 2 to 5, the second 0 to 5.
	if text[0] < '2' || text[0] > '5' || text[1] > '5' {
		r.flaw(fmt.Sprintf("the code %s is none of RFC 5321 4.2", text[:3]))
	}
	switch {
	case len(r.Lines) == 0:
		r.Code = code
	case code != r.Code:
		r.flaw(fmt.Sprintf("the lines have different codes, %d and %d", r.Code, code))
		r.Code = code
	}
	rest := ""
	if len(text) > 4 {
		rest = string(text[4:])
	}
	// RFC 5321 4.2: textstring is HT, SP and printable US-ASCII.
	if i := bytes.IndexFunc([]byte(rest), func(c rune) bool { return c != '\t' && (c < ' ' || c == 0x7f) }); i >= 0 {
		r.flaw("a text has control octets")
	}
	r.Lines = append(r.Lines, rest)
	return len(text) == 3 || text[3] == ' ', true
}

// flaw notes a deviation once.
func (r *Reply) flaw(what string) {
	if !slices.Contains(r.Flaws, what) {
		r.Flaws = append(r.Flaws, what)
	}
}

func digits(p []byte) bool {
	for _, c := range p {
		if !isDigit(c) {
			return false
		}
	}
	return true
}

func isTimeout(err error) bool {
	t, ok := err.(interface{ Timeout() bool })
	return ok && t.Timeout()
}
