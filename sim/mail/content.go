package mail

import (
	"bytes"
	"errors"
	"io"
)

// Content is the octets of a message, header and body, with CRLF at the end of
// lines. It does not change, and may be opened many times, also at once.
type Content interface {
	Open() io.ReadCloser
	Size() int64 // in octets
}

// Bytes returns b as a Content. b must not be changed afterwards.
func Bytes(b []byte) Content { return octets(b) }

type octets []byte

func (o octets) Open() io.ReadCloser { return io.NopCloser(bytes.NewReader(o)) }
func (o octets) Size() int64         { return int64(len(o)) }

// Join returns prefix and then c, without a copy of c: a trace field on top of
// a message (RFC 5321 4.4). prefix must not be changed afterwards.
func Join(prefix []byte, c Content) Content {
	switch {
	case len(prefix) == 0:
		return c
	case c.Size() == 0:
		return octets(prefix)
	}
	return joined{prefix, c}
}

type joined struct {
	prefix []byte
	rest   Content
}

// Open walks down a chain of joins at once, so that a message of many hops is
// not read through as many readers.
func (j joined) Open() io.ReadCloser {
	r := &joinedReader{parts: [][]byte{j.prefix}}
	for {
		switch rest := j.rest.(type) {
		case joined:
			r.parts = append(r.parts, rest.prefix)
			j = rest
		case octets:
			r.parts = append(r.parts, rest)
			return r
		default:
			r.rest = rest.Open()
			return r
		}
	}
}

func (j joined) Size() int64 {
	n := int64(0)
	for {
		n += int64(len(j.prefix))
		next, ok := j.rest.(joined)
		if !ok {
			return n + j.rest.Size()
		}
		j = next
	}
}

type joinedReader struct {
	parts [][]byte
	rest  io.ReadCloser // nil: none
}

func (r *joinedReader) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) && len(r.parts) > 0 {
		m := copy(p[n:], r.parts[0])
		n += m
		if r.parts[0] = r.parts[0][m:]; len(r.parts[0]) == 0 {
			r.parts = r.parts[1:]
		}
	}
	if n > 0 || len(p) == 0 {
		return n, nil
	}
	if r.rest == nil {
		return 0, io.EOF
	}
	return r.rest.Read(p)
}

// WriteTo spares io.Copy its buffer.
func (r *joinedReader) WriteTo(w io.Writer) (int64, error) {
	var n int64
	for len(r.parts) > 0 {
		m, err := w.Write(r.parts[0])
		n += int64(m)
		if err != nil {
			r.parts[0] = r.parts[0][m:]
			return n, err
		}
		r.parts = r.parts[1:]
	}
	if r.rest == nil {
		return n, nil
	}
	m, err := io.Copy(w, r.rest)
	return n + m, err
}

func (r *joinedReader) Close() error {
	r.parts = nil
	if r.rest == nil {
		return nil
	}
	return r.rest.Close()
}

// concat is several contents, one behind the other.
type concat []Content

func (c concat) Size() int64 {
	n := int64(0)
	for _, p := range c {
		n += p.Size()
	}
	return n
}

func (c concat) Open() io.ReadCloser { return &concatReader{rest: c} }

type concatReader struct {
	rest []Content
	now  io.ReadCloser // nil: the next one is to be opened
}

func (r *concatReader) Read(p []byte) (int, error) {
	for {
		if r.now == nil {
			if len(r.rest) == 0 {
				return 0, io.EOF
			}
			r.now, r.rest = r.rest[0].Open(), r.rest[1:]
		}
		n, err := r.now.Read(p)
		if !errors.Is(err, io.EOF) {
			return n, err
		}
		if err = r.Close(); n > 0 || err != nil {
			return n, err
		}
	}
}

// Close closes what is being read.
func (r *concatReader) Close() error {
	if r.now == nil {
		return nil
	}
	err := r.now.Close()
	r.now = nil
	return err
}

// tail is a Content without its first octets.
type tail struct {
	of   Content
	skip int64
}

func (t tail) Size() int64 { return t.of.Size() - t.skip }

func (t tail) Open() io.ReadCloser {
	r := t.of.Open()
	_, err := io.CopyN(io.Discard, r, t.skip)
	return &tailReader{r, err}
}

type tailReader struct {
	io.ReadCloser
	err error
}

func (t *tailReader) Read(p []byte) (int, error) {
	if t.err != nil {
		return 0, t.err
	}
	return t.ReadCloser.Read(p)
}

// ReadAll returns the octets of c. They must not be changed.
func ReadAll(c Content) ([]byte, error) {
	if o, ok := c.(octets); ok {
		return o, nil
	}
	r := c.Open()
	defer r.Close() //nolint:errcheck // only read
	b := bytes.NewBuffer(make([]byte, 0, c.Size()+bytes.MinRead))
	_, err := b.ReadFrom(r)
	return b.Bytes(), err
}
