package mail

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Transport is what octets a next hop takes.
type Transport struct {
	EightBit bool // octets of 0x80 and more in bodies (RFC 6152)
	UTF8     bool // and in header fields (RFC 6532)
}

// Converted is a message whose parts were given another encoding, so that a
// transport takes it (RFC 6152 3, RFC 3030 3). It is read from the original as it
// is needed; no part of it is kept in memory.
type Converted struct {
	original Content
	pieces   []piece
	size     int64
	how      string
}

// ErrConvert is behind every error about a message that cannot be converted.
var ErrConvert = errors.New("it cannot be converted")

// Convert returns a message in a form that a transport takes: text as
// quoted-printable, all else as base64, with lines of at most 998 octets (RFC 5322
// 2.1.1) and no CR, LF or NUL by itself. Only what has to is changed, and each part
// decodes to the octets that it had.
//
// It fails with ErrConvert where that cannot be done: in a multipart/signed, whose
// octets may not change (RFC 1847 2.1); in header fields, which have no encoding of
// their own; in parts that have an encoding already; in a message/partial and
// others that RFC 2045 6.4 lets nobody encode.
func Convert(c Content, to Transport) (*Converted, error) {
	regions, err := scan(c)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConvert, err)
	}
	v := &Converted{original: c}
	encodings := make(map[*entity]string)
	for i := range regions {
		r := &regions[i]
		if r.what != leafPart {
			if err := to.bears(r); err != nil {
				return nil, fmt.Errorf("%w: %w", ErrConvert, err)
			}
			continue
		}
		encoding, err := to.encoding(r)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrConvert, err)
		}
		encodings[r.entity], r.entity.high = encoding, r.high
	}
	for i, r := range regions {
		p := piece{from: r.from, to: r.to}
		switch r.what {
		case headerPart:
			p.literal = relabelled(r.entity, encodings[r.entity], to)
		case leafPart:
			p.encoding = encodings[r.entity]
			p.last = i == len(regions)-1
			if p.encoding != "" {
				v.note(p.encoding)
			}
		}
		v.add(p)
	}
	v.size, err = io.Copy(io.Discard, v.Open())
	if err != nil {
		return nil, fmt.Errorf("convert a message: %w", err)
	}
	return v, nil
}

// Demands tells of the octets of a message that are written to it whether they have
// anything that some transport does not take as it is. Most messages have not.
type Demands struct {
	shape  shape
	binary bool   // the word is in it, perhaps as an encoding
	low    []byte // the last octets, in small letters
}

// Write looks at octets; it does not fail.
func (d *Demands) Write(p []byte) (int, error) {
	const word = "binary"
	d.shape.look(p)
	for rest := p; !d.binary && len(rest) > 0; {
		keep := min(len(d.low), len(word)-1) // the word may have begun there
		d.low = append(d.low[:0], d.low[len(d.low)-keep:]...)
		n := min(len(rest), 4<<10)
		for _, c := range rest[:n] {
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			d.low = append(d.low, c)
		}
		d.binary, rest = bytes.Contains(d.low, []byte(word)), rest[n:]
	}
	return len(p), nil
}

// Any reports whether there is anything.
func (d *Demands) Any() bool {
	s := &d.shape
	return s.high || s.bare || s.long || s.cr || d.binary
}

// bears reports whether a header or what stands between the parts can go as it is.
func (t Transport) bears(r *region) error {
	what := "header fields have"
	if r.what == filler {
		what = "the text between its parts has"
	}
	switch {
	case r.high && !(r.what == headerPart && t.UTF8 || r.what == filler && t.EightBit):
		return fmt.Errorf("%s octets of 0x80 or more", what)
	case r.bare:
		return fmt.Errorf("%s a CR, LF or NUL by itself", what)
	case r.long:
		return fmt.Errorf("%s a line of more than %d octets", what, maxLine)
	}
	return nil
}

// encoding chooses how the body of a leaf has to be written; "" is as it is.
func (t Transport) encoding(r *region) (string, error) {
	e := r.entity
	switch {
	case (!r.high || t.EightBit) && !r.bare && !r.long && e.encoding != "binary":
		return "", nil
	case e.sealed:
		return "", errors.New("a signed part would have to change (RFC 1847 2.1)")
	case e.encoded():
		return "", fmt.Errorf("a part that is encoded in %s is not what it says", e.encoding)
	case e.encoding != "" && e.encoding != "7bit" && e.encoding != "8bit" && e.encoding != "binary":
		return "", fmt.Errorf("a part has an encoding that nobody knows, %s", clip(e.encoding))
	case strings.HasPrefix(e.kind, "message/") && !strings.HasPrefix(e.kind, "message/global"):
		return "", fmt.Errorf("a part of type %s would have to be encoded (RFC 2045 6.4)", clip(e.kind))
	case !r.bare && (strings.HasPrefix(e.kind, "text/") || strings.HasPrefix(e.kind, "message/")):
		return "quoted-printable", nil
	}
	return "base64", nil
}

// relabelled is the header of an entity whose body gets an encoding, or nil where it
// stays as it is.
func relabelled(e *entity, encoding string, to Transport) []byte {
	wide := e.encoding == "binary" || e.encoding == "8bit" && !to.EightBit
	switch {
	case encoding != "":
	case !wide || e.sealed:
		return nil
	case to.EightBit:
		encoding = "8bit"
	default:
		encoding = "7bit"
	}
	var b bytes.Buffer
	rest := e.header
	h, _ := ReadHeader(bufio.NewReader(bytes.NewReader(rest)), len(rest)) // it was read before
	for _, f := range h.Fields {
		rest = rest[len(f.Raw):]
		if !f.Is("Content-Transfer-Encoding") {
			b.Write(f.Raw)
		}
	}
	if len(rest) == 0 {
		return nil // it has no body that could be labelled
	}
	if e.message && !e.version {
		b.WriteString("MIME-Version: 1.0\r\n")
	}
	if !e.typed && e.high && e.kind == "text/plain" {
		// RFC 1428 3: it was sent by somebody who did not say what it is.
		b.WriteString("Content-Type: text/plain; charset=unknown-8bit\r\n")
	}
	b.WriteString("Content-Transfer-Encoding: " + encoding + "\r\n")
	b.Write(rest) // the empty line
	return b.Bytes()
}

// note remembers how parts were encoded.
func (v *Converted) note(encoding string) {
	switch {
	case v.how == "":
		v.how = encoding
	case v.how != encoding:
		v.how = "quoted-printable and base64"
	}
}

// How tells which encodings parts were given: "quoted-printable", "base64" or both;
// "" where only labels have changed.
func (v *Converted) How() string { return v.how }

// Size returns the octets of the converted message.
func (v *Converted) Size() int64 { return v.size }

// add appends a piece; neighbours that stay as they are become one.
func (v *Converted) add(p piece) {
	if n := len(v.pieces); n > 0 && p.plain() && v.pieces[n-1].plain() {
		v.pieces[n-1].to = p.to
		return
	}
	v.pieces = append(v.pieces, p)
}
