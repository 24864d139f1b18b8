package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message/textproto"
)

// content writes the body of d, and into w the fields that tell its form.
func (d Draft) content(w *fieldWriter) ([]byte, error) {
	text := crlfEnd(normalise([]byte(d.Text)))
	if d.Size > 0 {
		text = GenerateText(d.Name, d.Size)
	}
	contentType, encoding := "text/plain; charset=us-ascii", "7bit"
	switch {
	case longestLine(text) > maxLine || !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0:
		encoding = "quoted-printable"
	case !ascii(text) && (d.UTF8 || d.EightBit):
		encoding = "8bit"
	case !ascii(text):
		encoding = "quoted-printable"
	}
	if !ascii(text) {
		contentType = "text/plain; charset=utf-8"
	}
	if encoding == "quoted-printable" {
		var err error
		if text, err = quotedPrintable(text); err != nil {
			return nil, err
		}
	}
	if len(d.Attach) == 0 {
		// Plain ASCII needs no MIME (RFC 2045 5.2), and is easier to read without.
		if encoding != "7bit" {
			w.add("MIME-Version", "1.0")
			w.add("Content-Type", contentType)
			w.add("Content-Transfer-Encoding", encoding)
		}
		return text, nil
	}
	parts := []part{{typ: contentType, encoding: encoding, body: text}}
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
	if encoding == "8bit" { // RFC 2045 6.4: the whole is what its parts are
		w.add("Content-Transfer-Encoding", encoding)
	}
	return multipart(boundary, parts)
}

// part is one part of a multipart (RFC 2046 5.1).
type part struct {
	typ         string
	encoding    string // "": no field
	disposition string
	description string
	body        []byte
}

func (a DraftAttachment) part(mail string) (part, error) {
	data := a.Data
	if data == nil {
		data = GenerateText(mail+"/"+a.Name, a.Size)
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
	p := part{encoding: "base64", disposition: "attachment", body: base64Lines(data)}
	if a.Name != "" {
		params["name"] = a.Name
		p.disposition = mime.FormatMediaType("attachment", map[string]string{"filename": a.Name})
	}
	if p.typ = mime.FormatMediaType(media, params); p.typ == "" || p.disposition == "" {
		return part{}, fmt.Errorf("attachment %s: a name or type that no field can hold (RFC 2231)", clip(a.Name))
	}
	return p, nil
}

// multipart writes parts between boundaries. The line end before a boundary is
// the boundary's (RFC 2046 5.1.1), so that bodies keep their own.
func multipart(boundary string, parts []part) ([]byte, error) {
	var b bytes.Buffer
	m := textproto.NewMultipartWriter(&b)
	if err := m.SetBoundary(boundary); err != nil {
		return nil, err
	}
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
		w, err := m.CreatePart(h)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(p.body); err != nil {
			return nil, err
		}
	}
	if err := m.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
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
			free = free && !bytes.Contains(p.body, []byte(b))
		}
		if free {
			return b
		}
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

// base64Lines encodes b in lines of 76 octets (RFC 2045 6.8).
func base64Lines(b []byte) []byte {
	s := base64.StdEncoding.EncodeToString(b)
	out := make([]byte, 0, len(s)+len(s)/38+2)
	for len(s) > 0 {
		n := min(76, len(s))
		out = append(append(out, s[:n]...), '\r', '\n')
		s = s[n:]
	}
	return out
}

// words fill generated text. "From" and the dots begin lines on purpose: those
// are what careless programs change.
var words = [...]string{"mail", "From", "relay", "queue", "hop", "..", "line", "letter", "a", "post", ".", "of"}

// GenerateText returns size octets of text in lines of at most 72, CRLF at the
// end. The same name and size give the same text.
func GenerateText(name string, size int64) []byte {
	if size <= 0 {
		return nil
	}
	b := make([]byte, 0, size)
	sum := sha256.Sum256([]byte(name))
	state := uint64(sum[0])<<24 | uint64(sum[1])<<16 | uint64(sum[2])<<8 | uint64(sum[3]) | 1
	line := make([]byte, 0, 80)
	for int64(len(b)) < size {
		line = line[:0]
		for {
			state = state*6364136223846793005 + 1442695040888963407 // Knuth's LCG
			w := words[(state>>33)%uint64(len(words))]
			if len(line)+1+len(w) > 72 {
				break
			}
			if len(line) > 0 {
				line = append(line, ' ')
			}
			line = append(line, w...)
		}
		left := int(min(size-int64(len(b)), 1<<20))
		switch {
		case left == 1:
			// The line before grows: a lone octet cannot end in CRLF.
			b = append(b[:max(len(b)-2, 0)], "x\r\n"...)
			b = b[:size]
		case left < len(line)+2:
			b = append(append(b, line[:left-2]...), '\r', '\n')
		default:
			b = append(append(b, line...), '\r', '\n')
		}
	}
	return b
}
