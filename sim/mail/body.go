package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message/textproto"
)

// body writes the body of d, and into w the fields that tell its form. What it
// returns are the pieces of the body in their order.
func (d Draft) body(w *fieldWriter) ([]Content, error) {
	t, err := d.text()
	if err != nil {
		return nil, err
	}
	main := part{typ: "text/plain; charset=us-ascii", encoding: "7bit", content: t.Content}
	switch {
	case t.longest > maxLine || !t.valid || t.null:
		main.encoding = "quoted-printable"
	case !t.ascii && (d.UTF8 || d.EightBit):
		main.encoding = "8bit"
	case !t.ascii:
		main.encoding = "quoted-printable"
	}
	if !t.ascii {
		main.typ = "text/plain; charset=utf-8"
	}
	if main.encoding == "quoted-printable" {
		if main.content, err = quotedPrintableOf(t.Content); err != nil {
			return nil, err
		}
	}
	if len(d.Attach) == 0 {
		// Plain ASCII needs no MIME (RFC 2045 5.2), and is easier to read without.
		if main.encoding != "7bit" {
			w.add("MIME-Version", "1.0")
			w.add("Content-Type", main.typ)
			w.add("Content-Transfer-Encoding", main.encoding)
		}
		return []Content{main.content}, nil
	}
	parts := []part{main}
	for _, a := range d.Attach {
		p, err := a.part(d.Name)
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	boundary := boundaryOf(d.Name, parts)
	w.add("MIME-Version", "1.0")
	w.add("Content-Type", `multipart/mixed; boundary="`+boundary+`"`)
	if main.encoding == "8bit" { // RFC 2045 6.4: the whole is what its parts are
		w.add("Content-Transfer-Encoding", main.encoding)
	}
	return multipartOf(boundary, parts)
}

// text is the text of d with CRLF line ends.
func (d Draft) text() (text, error) {
	switch {
	case d.Size > 0:
		return text{Content: generated{d.Name, d.Size}, ascii: true, valid: true}, nil
	case d.File != nil:
		return textOf(Bytes(d.File))
	}
	return textOf(stringContent(d.Text))
}

// part is one part of a multipart (RFC 2046 5.1).
type part struct {
	typ         string
	encoding    string // "": no field
	disposition string
	description string
	body        []byte
	content     Content // instead of body
}

// octets is the encoded body.
func (p part) octets() Content {
	if p.content != nil {
		return p.content
	}
	return Bytes(p.body)
}

func (a DraftAttachment) part(mail string) (part, error) {
	var data Content = generated{mail + "/" + a.Name, a.Size}
	if a.Data != nil {
		data = Bytes(a.Data)
	}
	typ := a.Type
	if typ == "" {
		typ = "application/octet-stream"
	}
	media, params, err := mime.ParseMediaType(typ)
	if err != nil {
		return part{}, fmt.Errorf("attachment %s: type %s: %w", clip(a.Name), clip(typ), err)
	}
	// RFC 2045 6.4 forbids base64 for multipart and message/*; as an attachment
	// such data is opaque.
	if strings.HasPrefix(media, "multipart/") || strings.HasPrefix(media, "message/") {
		media, params = "application/octet-stream", map[string]string{}
	}
	p := part{encoding: "base64", disposition: "attachment", content: base64Of(data)}
	if a.Name != "" {
		params["name"] = a.Name
		p.disposition = mime.FormatMediaType("attachment", map[string]string{"filename": a.Name})
	}
	if p.typ = mime.FormatMediaType(media, params); p.typ == "" || p.disposition == "" {
		return part{}, fmt.Errorf("attachment %s: a name or type that no field can hold (RFC 2231)", clip(a.Name))
	}
	return p, nil
}

// multipart is multipartOf in one piece.
func multipart(boundary string, parts []part) ([]byte, error) {
	pieces, err := multipartOf(boundary, parts)
	if err != nil {
		return nil, err
	}
	return ReadAll(concat(pieces))
}

// multipartOf writes parts between boundaries. The line end before a boundary is
// the boundary's (RFC 2046 5.1.1), so that bodies keep their own.
func multipartOf(boundary string, parts []part) ([]Content, error) {
	var b bytes.Buffer
	m := textproto.NewMultipartWriter(&b)
	if err := m.SetBoundary(boundary); err != nil {
		return nil, err
	}
	var pieces []Content
	for _, p := range parts {
		var h textproto.Header
		// AddRaw puts a field on top, so the last one comes first.
		for _, f := range [][2]string{
			{"Content-Disposition", p.disposition},
			{"Content-Description", p.description},
			{"Content-Transfer-Encoding", p.encoding},
			{"Content-Type", p.typ},
		} {
			if f[1] == "" {
				continue
			}
			raw, err := FormatField(f[0], f[1], false)
			if err != nil {
				return nil, err
			}
			h.AddRaw(raw)
		}
		if _, err := m.CreatePart(h); err != nil {
			return nil, err
		}
		pieces = append(pieces, Bytes(bytes.Clone(b.Bytes())), p.octets())
		b.Reset()
	}
	if err := m.Close(); err != nil {
		return nil, err
	}
	return append(pieces, Bytes(b.Bytes())), nil
}

// boundaryOf derives a boundary from name that no part contains. It is never
// random: one draft is the same octets in every run.
func boundaryOf(name string, parts []part) string {
	for i := 0; ; i++ {
		sum := sha256.Sum256([]byte(name + "\x00" + strconv.Itoa(i)))
		// RFC 2045 6.7: "=_" cannot appear in quoted-printable or base64.
		b := "=_" + hex.EncodeToString(sum[:12])
		free := true
		for _, p := range parts {
			free = free && (p.coded() || !contains(p.octets(), []byte(b)))
		}
		if free {
			return b
		}
	}
}

// coded reports whether the part cannot contain "=_".
func (p part) coded() bool { return p.encoding == "base64" || p.encoding == "quoted-printable" }

// contains reports whether word is in c, as far as c can be read.
func contains(c Content, word []byte) bool {
	r := c.Open()
	defer r.Close() //nolint:errcheck // only read
	buf := make([]byte, 0, 16<<10)
	for {
		n, err := r.Read(buf[len(buf):cap(buf)])
		if buf = buf[:len(buf)+n]; bytes.Contains(buf, word) {
			return true
		}
		if err != nil {
			return false
		}
		keep := min(len(buf), len(word)-1) // word may have begun there
		buf = append(buf[:0], buf[len(buf)-keep:]...)
	}
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func quotedPrintable(b []byte) ([]byte, error) {
	var out bytes.Buffer
	w := quotedprintable.NewWriter(&out)
	if _, err := w.Write(b); err != nil {
		return nil, err
	}
	err := w.Close()
	return out.Bytes(), err
}
