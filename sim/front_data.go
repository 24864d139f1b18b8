package sim

import (
	"bytes"
	"strconv"
	"strings"
)

// limit is the largest message that is taken, in octets.
func (f *front) limit() int64 {
	if s := f.n.cfg.Size; s > 0 {
		return s
	}
	return maxBody
}

// readData reads the message that follows DATA, up to CRLF "." CRLF, and takes
// away the dots that the client has put in front of dots (RFC 5321 4.5.2).
func (f *front) readData() error {
	f.in.begin(&f.n.network.spool, f.limit(), f.expected())
	scan := f.n.scanner()
	for {
		used, done := scan(f.buf[f.head:f.tail], f.in.write)
		f.head += used
		if done {
			return nil
		}
		f.grow()
		if err := f.fill(); err != nil {
			return err
		}
	}
}

// expected guesses how large a message is: what MAIL said, if it did.
func (f *front) expected() int64 {
	if n := f.session.env.Size; n > 0 {
		return n
	}
	return 2 << 10
}

// grow takes a larger buffer when the peer fills the one there is.
func (f *front) grow() {
	if f.head == f.tail && f.tail == len(f.buf) && len(f.buf) < inputBulk {
		f.buf, f.head, f.tail = make([]byte, inputBulk), 0, 0
	}
}

// readChunk reads the n octets that follow BDAT (RFC 3030 2).
func (f *front) readChunk(n int64, keep bool) error {
	if keep {
		f.in.expect(n)
	}
	for n > 0 {
		if f.head == f.tail {
			f.grow()
			if err := f.fill(); err != nil {
				return err
			}
		}
		p := f.buf[f.head:f.tail]
		if int64(len(p)) > n {
			p = p[:n]
		}
		if keep {
			f.in.write(p)
		}
		f.head += len(p)
		n -= int64(len(p))
	}
	return nil
}

// dots finds the end of data across reads. The zero value is at the beginning
// of a message.
type dots struct {
	state dotState
	keep  bool // a mutant leaves the dots
}

type dotState byte

const (
	lineStart  dotState = iota
	afterDot            // a dot at the beginning of a line, held back
	afterDotCR          // CR behind it, held back
	afterCR             // CR at the end of what was seen
	inText
)

var crlfDot = []byte("\r\n.")

// scan gives the octets of the message in p to emit, and tells how many octets
// it has used and whether the end of data was there. RFC 5321 4.1.1.4: only
// CRLF "." CRLF ends the data; a bare CR or LF ends no line.
func (d *dots) scan(p []byte, emit func([]byte)) (used int, done bool) {
	for i := 0; i < len(p); {
		switch d.state {
		case lineStart:
			if p[i] == '.' {
				d.state = afterDot
				i++
			} else {
				d.state = inText
			}
		case afterDot:
			if p[i] == '\r' {
				d.state = afterDotCR
				i++
			} else {
				if d.keep {
					emit([]byte{'.'})
				}
				d.state = inText
			}
		case afterDotCR:
			if p[i] == '\n' {
				return i + 1, true
			}
			emit([]byte{'\r'})
			d.state = inText
		case afterCR:
			d.state = inText
			if p[i] == '\n' {
				emit(p[i : i+1])
				d.state = lineStart
				i++
			}
		case inText:
			if j := bytes.Index(p[i:], crlfDot); j >= 0 {
				emit(p[i : i+j+2])
				i += j + 2
				d.state = lineStart
				continue
			}
			emit(p[i:])
			switch {
			case bytes.HasSuffix(p[i:], crlfDot[:2]):
				d.state = lineStart
			case p[len(p)-1] == '\r':
				d.state = afterCR
			}
			return len(p), false
		}
	}
	return len(p), false
}

// serveBdat reads a chunk. The last one makes go-smtp ask for the message.
func (f *front) serveBdat() {
	size, last, ok := parseBdat(f.line)
	if !ok {
		f.respond(501, "5.5.4", "write it as BDAT octets [LAST]")
		return
	}
	if f.afterHELO() {
		return
	}
	if !f.offers("CHUNKING") {
		f.respond(502, "5.5.1", "command not implemented")
		return
	}
	// The octets follow whatever becomes of the command (RFC 3030 2).
	wanted := f.inMail && f.recipients > 0
	if wanted && !f.chunked {
		f.in.begin(&f.n.network.spool, f.limit(), 0)
	}
	if err := f.readChunk(size, wanted); err != nil {
		f.cut(err)
		return
	}
	if f.needsTLS() {
		f.respond(530, "5.7.0", "must issue a STARTTLS command first")
		return
	}
	if f.n.cfg.LMTP && last && f.inMail && f.recipients == 0 {
		// RFC 2033 4.3: a reply for each recipient, so there is none.
		f.mute = true
		f.pass("RSET")
		return
	}
	if !f.ordered() || !f.chunked && (!f.faulty(AtData) || f.held()) {
		return
	}
	f.chunked = true
	switch {
	case f.in.refusal != nil:
		f.reply(*f.in.refusal)
		f.mute = true
		f.pass("RSET")
	case last:
		f.verb = verbDot
		f.pass("BDAT 0 LAST")
	default:
		f.respond(250, "2.0.0", strconv.FormatInt(size, 10)+" octets received")
	}
}

func parseBdat(arg string) (size int64, last, ok bool) {
	number, word, two := strings.Cut(arg, " ")
	if two && !strings.EqualFold(strings.Trim(word, " "), "LAST") {
		return 0, false, false
	}
	n, err := strconv.ParseUint(number, 10, 62)
	return int64(n), two, err == nil
}
