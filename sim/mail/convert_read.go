package mail

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime/quotedprintable"
)

// piece is a run of octets of the original and what becomes of it.
type piece struct {
	from, to int64
	literal  []byte // stands in its place; nil: the octets themselves
	encoding string // in which they are written; "": as they are
	last     bool   // nothing follows
}

func (p piece) plain() bool { return p.literal == nil && p.encoding == "" }

// Open reads the converted message. The original is read once, from its beginning.
func (v *Converted) Open() io.ReadCloser {
	return &convertedReader{pieces: v.pieces, from: v.original.Open()}
}

type convertedReader struct {
	pieces []piece
	from   io.ReadCloser

	begun bool
	left  int64 // octets of the first piece that were not read yet
	enc   io.WriteCloser
	ready bytes.Buffer // what was converted and not given yet
	block [8 << 10]byte
}

func (r *convertedReader) Read(p []byte) (int, error) {
	for r.ready.Len() == 0 {
		if len(r.pieces) == 0 {
			return 0, io.EOF
		}
		now := r.pieces[0]
		if !r.begun {
			if err := r.begin(now); err != nil {
				return 0, err
			}
			continue
		}
		if r.left == 0 {
			if err := r.end(now); err != nil {
				return 0, err
			}
			continue
		}
		into := r.block[:]
		if now.plain() {
			into = p
		}
		n, err := r.from.Read(into[:min(int64(len(into)), r.left)])
		r.left -= int64(n)
		switch {
		case n == 0 && err == io.EOF:
			return 0, io.ErrUnexpectedEOF
		case n == 0 && err != nil:
			return 0, err
		case now.plain():
			return n, nil
		}
		if _, err := r.enc.Write(into[:n]); err != nil {
			return 0, err
		}
	}
	return r.ready.Read(p)
}

// begin makes ready for a piece.
func (r *convertedReader) begin(p piece) error {
	r.begun, r.left = true, p.to-p.from
	switch {
	case p.literal != nil:
		r.ready.Write(p.literal)
		_, err := io.CopyN(io.Discard, r.from, r.left)
		r.left = 0
		return err
	case p.encoding == "base64":
		lines := &lineWriter{to: &r.ready}
		r.enc = base64Writer{base64.NewEncoder(base64.StdEncoding, lines), lines, p.last}
	case p.encoding == "quoted-printable":
		tail := &tailWriter{to: quotedprintable.NewWriter(&r.ready)}
		r.enc = qpWriter{tail, &r.ready, p.last}
	}
	return nil
}

// end finishes a piece.
func (r *convertedReader) end(p piece) error {
	r.begun = false
	r.pieces = r.pieces[1:]
	if p.encoding == "" {
		return nil
	}
	return r.enc.Close()
}

func (r *convertedReader) Close() error {
	r.pieces = nil
	return r.from.Close()
}

// lineWriter breaks base64 into lines (RFC 2045 6.8).
type lineWriter struct {
	to     *bytes.Buffer
	column int
}

func (w *lineWriter) Write(p []byte) (int, error) {
	const width = 76
	n := len(p)
	for len(p) > 0 {
		if w.column == width {
			w.to.WriteString("\r\n")
			w.column = 0
		}
		m := min(len(p), width-w.column)
		w.to.Write(p[:m])
		w.column += m
		p = p[m:]
	}
	return n, nil
}

// base64Writer ends the last line where nothing follows it.
type base64Writer struct {
	io.WriteCloser
	lines *lineWriter
	last  bool
}

func (w base64Writer) Close() error {
	err := w.WriteCloser.Close()
	if w.last && w.lines.column > 0 {
		w.lines.to.WriteString("\r\n")
	}
	return err
}

// tailWriter remembers whether a line has ended.
type tailWriter struct {
	to   io.WriteCloser
	some bool
	last byte
}

func (w *tailWriter) Write(p []byte) (int, error) {
	if len(p) > 0 {
		w.some, w.last = true, p[len(p)-1]
	}
	return w.to.Write(p)
}

// qpWriter ends a message in a soft line break where it had no line end, so that it
// decodes to one that has none.
type qpWriter struct {
	*tailWriter
	out  *bytes.Buffer
	last bool
}

func (w qpWriter) Close() error {
	err := w.to.Close()
	if w.last && w.some && w.tailWriter.last != '\n' {
		w.out.WriteString("=\r\n")
	}
	return err
}
