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
)

var errLongLine = errors.New("line too long")

// fill reads from the peer, having sent it all replies.
func (f *front) fill() error { return f.fillFor(f.timeout()) }

// fillFor is fill that waits no longer than d.
func (f *front) fillFor(d time.Duration) error {
	if err := f.flush(); err != nil {
		return err
	}
	if f.head == f.tail {
		f.head, f.tail = 0, 0
	}
	if f.tail == len(f.buf) {
		if f.head > 0 {
			f.tail = copy(f.buf, f.buf[f.head:f.tail])
			f.head = 0
		} else {
			f.buf = append(f.buf, make([]byte, len(f.buf))...)
		}
	}
	if err := f.conn.SetReadDeadline(time.Now().Add(d)); err != nil {
		return err
	}
	n, err := f.conn.Read(f.buf[f.tail:])
	if f.tape != nil {
		f.tape.record(ClientLine, f.buf[f.tail:f.tail+n], f.tag())
	}
	f.tail += n
	if n > 0 {
		return nil
	}
	return err
}

// readLine returns the next line with its end. It is valid until the next read.
// A line longer than any may be is read to its end and gives errLongLine. The time
// (RFC 5321 4.5.3.2.7) is that for the whole line: octets that drip do not begin it anew.
func (f *front) readLine() ([]byte, error) {
	looked := 0
	var end time.Time
	for {
		if i := bytes.IndexByte(f.buf[f.head+looked:f.tail], '\n'); i >= 0 {
			line := f.buf[f.head : f.head+looked+i+1]
			f.head += len(line)
			return line, nil
		}
		looked = f.tail - f.head
		if end.IsZero() {
			end = time.Now().Add(f.timeout())
		}
		if looked > maxAuthLine {
			return nil, f.skipLine(end)
		}
		if err := f.fillFor(time.Until(end)); err != nil {
			return nil, err
		}
	}
}

// skipLine reads up to the end of an overlong line without keeping it.
func (f *front) skipLine(end time.Time) error {
	for {
		if i := bytes.IndexByte(f.buf[f.head:f.tail], '\n'); i >= 0 {
			f.head += i + 1
			return errLongLine
		}
		f.head = f.tail
		if err := f.fillFor(time.Until(end)); err != nil {
			return err
		}
	}
}
