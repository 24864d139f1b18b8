package mail

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"mime"
	"strings"

	"github.com/emersion/go-message/charset"
)

// DefaultHeaderLimit bounds a header where the caller does not, in octets.
const DefaultHeaderLimit = 1 << 20

// ErrHeaderTooLarge is returned by ReadHeader when the limit was passed.
var ErrHeaderTooLarge = errors.New("header too large")

// Header is the header section of a message (RFC 5322 2.2), octet for octet.
type Header struct{ Fields []Field }

// Field is one header field. Lines that are no field are kept too, with an
// empty name, so that a header is written as it was read.
type Field struct {
	Name string // as written; "" of a line that is no field
	Raw  []byte // name, colon, value and line ends
}

// ReadHeader reads up to and with the empty line that ends a header, or to the
// end of r. Lines may end in LF alone. It fails with ErrHeaderTooLarge when the
// header has more than limit octets (0: DefaultHeaderLimit), or with the error
// of r.
func ReadHeader(r *bufio.Reader, limit int) (Header, error) {
	if limit <= 0 {
		limit = DefaultHeaderLimit
	}
	var buf []byte
	var starts []int
	begin := true // the next octets begin a line
	for {
		part, err := r.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) && !errors.Is(err, io.EOF) {
			return Header{}, err
		}
		if begin && err == nil && (len(part) == 1 || len(part) == 2 && part[0] == '\r') {
			break
		}
		if len(buf)+len(part) > limit {
			return Header{}, ErrHeaderTooLarge
		}
		if begin && len(part) > 0 && (len(buf) == 0 || part[0] != ' ' && part[0] != '\t') {
			starts = append(starts, len(buf))
		}
		buf = append(buf, part...)
		if errors.Is(err, io.EOF) {
			break
		}
		begin = err == nil
	}
	h := Header{Fields: make([]Field, len(starts))}
	for i, at := range starts {
		end := len(buf)
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		h.Fields[i] = newField(buf[at:end:end])
	}
	return h, nil
}

// HeaderOf reads the header of c; limit as in ReadHeader.
func HeaderOf(c Content, limit int) (Header, error) {
	h, body, err := OpenBody(c, limit)
	if err != nil {
		return Header{}, err
	}
	return h, body.Close()
}

// OpenBody reads the header of c, limit as in ReadHeader, and opens what is behind
// the empty line.
func OpenBody(c Content, limit int) (Header, io.ReadCloser, error) {
	r := c.Open()
	b := bufio.NewReaderSize(r, int(min(c.Size(), 4096))) // most messages are smaller than a buffer
	h, err := ReadHeader(b, limit)
	if err != nil {
		_ = r.Close()
		return Header{}, nil, err
	}
	return h, struct {
		*bufio.Reader
		io.Closer
	}{b, r}, nil
}

func newField(raw []byte) Field {
	i := bytes.IndexByte(raw, ':')
	if i < 0 {
		return Field{Raw: raw}
	}
	// RFC 5322 4.5: obsolete fields may have white space before the colon.
	name := bytes.TrimRight(raw[:i], " \t")
	if !validFieldName(name) {
		return Field{Raw: raw}
	}
	return Field{Name: string(name), Raw: raw}
}

// validFieldName checks ftext, RFC 5322 3.6.8.
func validFieldName[S string | []byte](s S) bool {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] > '~' || s[i] == ':' {
			return false
		}
	}
	return len(s) > 0
}

// Value returns the field body unfolded (RFC 5322 2.2.3) and without white
// space around it, else as written.
func (f Field) Value() string {
	raw := f.Raw
	if f.Name != "" {
		raw = raw[bytes.IndexByte(raw, ':')+1:]
	}
	return unfold(string(raw))
}

// unfold removes line ends, and white space around the whole.
func unfold(s string) string {
	if strings.IndexByte(s, '\n') >= 0 {
		s = strings.ReplaceAll(s, "\r\n", "\n")
		s = strings.ReplaceAll(s, "\n", "")
	}
	return strings.Trim(s, " \t")
}

// Decoded returns Value with encoded words (RFC 2047) decoded, where that can
// be done.
func (f Field) Decoded() string {
	v := f.Value()
	if !strings.Contains(v, "=?") {
		return v
	}
	d := mime.WordDecoder{CharsetReader: charset.Reader}
	if s, err := d.DecodeHeader(v); err == nil {
		return s
	}
	return v
}

// Get returns the value of the first field of that name, or "". Names are
// compared without case.
func (h Header) Get(name string) string {
	for _, f := range h.Fields {
		if f.Is(name) {
			return f.Value()
		}
	}
	return ""
}

// Is reports whether f has that name, without case.
func (f Field) Is(name string) bool { return name != "" && strings.EqualFold(f.Name, name) }

// All returns the fields of that name from the top down.
func (h Header) All(name string) []Field {
	var fs []Field
	for _, f := range h.Fields {
		if f.Is(name) {
			fs = append(fs, f)
		}
	}
	return fs
}

// Values returns the values of all fields of that name from the top down.
func (h Header) Values(name string) []string {
	var vs []string
	for _, f := range h.Fields {
		if f.Is(name) {
			vs = append(vs, f.Value())
		}
	}
	return vs
}

// Count returns how many fields have that name.
func (h Header) Count(name string) int {
	n := 0
	for _, f := range h.Fields {
		if f.Is(name) {
			n++
		}
	}
	return n
}

// Size returns the octets of all fields, without the empty line.
func (h Header) Size() int {
	n := 0
	for _, f := range h.Fields {
		n += len(f.Raw)
	}
	return n
}

// Bytes returns all fields as they were read, without the empty line.
func (h Header) Bytes() []byte {
	b := make([]byte, 0, h.Size())
	for _, f := range h.Fields {
		b = append(b, f.Raw...)
	}
	return b
}
