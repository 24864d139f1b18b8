package sim

import (
	"bytes"
	"errors"
	"time"
)

// Sizes of a session's input.
const (
	inputSize = 4 << 10  // at first
	inputBulk = 32 << 10 // once a message fills the first size
	// RFC 4954 4 wants 12288 octets for lines of AUTH.
	maxAuthLine = 12288
	// RFC 5321 4.5.3.1.4: 512 octets with the CRLF. The extensions add to that for
	// MAIL and RCPT (SIZE 26, BODY 17, AUTH 500, DSN 100 and 500, SMTPUTF8 10).
	maxLine         = 512
	maxEnvelopeLine = 2048
	// maxBody bounds a message where the node has no limit of its own.
	maxBody = 512 << 20
)

var errLongLine = errors.New("line too long")

// fill reads from the peer, having sent it all replies.
func (f *front) fill() error {
	if err := f.flush(); err != nil {
		return err
	}
	if f.head == f.tail {
		f.head, f.tail = 0, 0
	}
	if f.buf == nil {
		f.buf = make([]byte, inputSize)
	}
	if f.tail == len(f.buf) {
		if f.head > 0 {
			f.tail = copy(f.buf, f.buf[f.head:f.tail])
			f.head = 0
		} else {
			f.buf = append(f.buf, make([]byte, len(f.buf))...)
		}
	}
	if err := f.conn.SetReadDeadline(time.Now().Add(f.timeout())); err != nil {
		return err
	}
	n, err := f.conn.Read(f.buf[f.tail:])
	f.tail += n
	if n > 0 {
		return nil
	}
	return err
}

// readLine returns the next line with its end. It is valid until the next read.
// A line longer than any may be is read to its end and gives errLongLine.
func (f *front) readLine() ([]byte, error) {
	looked := 0
	for {
		if i := bytes.IndexByte(f.buf[f.head+looked:f.tail], '\n'); i >= 0 {
			line := f.buf[f.head : f.head+looked+i+1]
			f.head += len(line)
			return line, nil
		}
		looked = f.tail - f.head
		if looked > maxAuthLine {
			return nil, f.skipLine()
		}
		if err := f.fill(); err != nil {
			return nil, err
		}
	}
}

// skipLine reads up to the end of an overlong line without keeping it.
func (f *front) skipLine() error {
	for {
		if i := bytes.IndexByte(f.buf[f.head:f.tail], '\n'); i >= 0 {
			f.head += i + 1
			return errLongLine
		}
		f.head = f.tail
		if err := f.fill(); err != nil {
			return err
		}
	}
}

// limit is the largest message that is taken, in octets.
func (f *front) limit() int64 {
	if s := f.n.cfg.Size; s > 0 {
		return s
	}
	return maxBody
}

// keep adds octets to the message, or only notes that it has grown too large.
func (f *front) keep(p []byte) {
	if f.tooLarge || int64(len(f.content)+len(p)) > f.limit() {
		f.tooLarge, f.content = true, nil
		return
	}
	f.content = append(f.content, p...)
}

// readData reads the message that follows DATA, up to CRLF "." CRLF, and takes
// away the dots that the client has put in front of dots (RFC 5321 4.5.2).
func (f *front) readData() error {
	f.content = make([]byte, 0, f.expected())
	var s dots
	for {
		used, done := s.scan(f.buf[f.head:f.tail], f.keep)
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

// expected guesses the room that a message needs: what MAIL said, within reason.
func (f *front) expected() int64 {
	const most = 1 << 20
	if n := f.session.env.Size; n > 0 && n < most {
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
			f.keep(p)
		}
		f.head += len(p)
		n -= int64(len(p))
	}
	return nil
}

// dots finds the end of data across reads. The zero value is at the beginning
// of a message.
type dots struct{ state dotState }

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
