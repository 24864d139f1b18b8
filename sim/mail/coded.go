package mail

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime/quotedprintable"
)

// coded is a Content that is made of another one while it is read.
type coded struct {
	of   Content
	size int64
	by   coding
}

// coding makes a writer that writes what it is given into out, in another form.
type coding func(out *bytes.Buffer) io.WriteCloser

// newCoded finds the size out by making the content once; w sees it.
func newCoded(of Content, by coding, w io.Writer) (coded, error) {
	c := coded{of: of, by: by}
	r := c.Open()
	defer r.Close() //nolint:errcheck // only read
	var err error
	c.size, err = io.Copy(w, r)
	return c, err
}

func (c coded) Size() int64 { return c.size }

func (c coded) Open() io.ReadCloser {
	const block = 8 << 10
	r := &codedReader{of: c.of.Open(), in: make([]byte, min(block, c.of.Size()+1))}
	r.code = c.by(&r.out)
	return r
}

type codedReader struct {
	of   io.ReadCloser
	code io.WriteCloser // into out
	out  bytes.Buffer
	in   []byte
	err  error
}

func (r *codedReader) Read(p []byte) (int, error) {
	for r.out.Len() == 0 && len(p) > 0 {
		if r.err != nil {
			return 0, r.err
		}
		n, err := r.of.Read(r.in)
		if n > 0 {
			if _, werr := r.code.Write(r.in[:n]); werr != nil {
				err = werr
			}
		}
		if errors.Is(err, io.EOF) {
			if cerr := r.code.Close(); cerr != nil {
				err = cerr
			}
		}
		r.err = err
	}
	return r.out.Read(p)
}

func (r *codedReader) Close() error { return r.of.Close() }

// base64Of encodes a Content in lines of 76 octets (RFC 2045 6.8).
func base64Of(c Content) Content {
	n := (c.Size() + 2) / 3 * 4
	return coded{of: c, size: n + (n+75)/76*2, by: func(out *bytes.Buffer) io.WriteCloser {
		lines := &lineWriter{to: out}
		return base64Writer{base64.NewEncoder(base64.StdEncoding, lines), lines, true}
	}}
}

// quotedPrintableOf encodes a Content (RFC 2045 6.7).
func quotedPrintableOf(c Content) (Content, error) {
	by := func(out *bytes.Buffer) io.WriteCloser { return quotedprintable.NewWriter(out) }
	return newCoded(c, by, io.Discard)
}
