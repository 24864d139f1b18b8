package mail

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Draft is what a user agent is asked to write. The zero value gives a message
// with the fields that RFC 5322 3.6 demands and no body.
type Draft struct {
	Name   string    // of the mail: Message-ID <Name@mailsim>, and the source of boundaries
	From   string    // mailbox of the From field; "" (null reverse-path): the postmaster of Host
	To     []string  // mailboxes of the To field
	Date   time.Time // of the Date field
	Host   string    // the writer's host; default mailsim
	Fields []DraftField
	Text   string // of the body, UTF-8, line ends of any kind
	File   []byte // instead of Text: its octets
	Raw    []byte // a whole message (.eml) instead of Text, Size and Attach
	Size   int64  // instead of Text: this many octets of generated text, 0 or at least 2
	Attach []DraftAttachment
	// UTF8 leaves non-ASCII fields and text as they are (RFC 6532); else they are
	// encoded (RFC 2047, quoted-printable).
	UTF8 bool
	// EightBit leaves non-ASCII text as it is, for BODY=8BITMIME (RFC 6152).
	EightBit bool
}

// DraftField replaces the default field of its name, or is added behind them.
// Several of one name stay in their order.
type DraftField struct {
	Name, Value string
	Absent      bool // no field of that name, instead of a value
}

// DraftAttachment is a part of a multipart/mixed.
type DraftAttachment struct {
	Name string
	Type string // media type; default application/octet-stream
	Data []byte
	Size int64 // without Data: this many generated octets
}

// maxDraft bounds what Compose writes, in octets.
const maxDraft = 1 << 30

// Compose is Content in one piece.
func Compose(d Draft) ([]byte, error) {
	c, err := d.Content()
	if err != nil {
		return nil, err
	}
	return ReadAll(c)
}

// Content writes the message of d: CRLF line ends, long fields folded (RFC 5322
// 2.2.3), nothing random. One draft always gives the same octets. Those of a large
// message are made while they are read, from what d has, which must not change.
//
// With Raw, the fields of Raw stay octet for octet where no field of d replaces
// them; only Date, From and Message-ID are added where absent, and Message-ID is
// always that of Name if there is one, since the name is how a mail is found.
func (d Draft) Content() (Content, error) {
	c, err := d.compose()
	if err == nil && c.Size() <= inOnePiece {
		var b []byte
		b, err = ReadAll(c)
		c = Bytes(b)
	}
	if err != nil {
		return nil, fmt.Errorf("compose mail %s: %w", clip(d.Name), err)
	}
	return c, nil
}

// inOnePiece is how large a message may be to be written at once, in octets.
const inOnePiece = 64 << 10

func (d Draft) compose() (Content, error) {
	if d.Host == "" {
		d.Host = "mailsim"
	}
	if err := d.check(); err != nil {
		return nil, err
	}
	w := fieldWriter{utf8: d.UTF8, given: d.Fields}
	var body []Content
	if d.Raw != nil {
		w.raw = true
		h, rest, err := d.raw()
		if err != nil {
			return nil, err
		}
		for _, f := range h.Fields {
			if f.Is("Message-ID") && d.Name != "" {
				w.add("Message-ID", MessageID(d.Name))
			} else {
				w.replace(f.Name, f.Raw)
			}
		}
		body = []Content{rest}
	} else {
		var err error
		if body, err = d.body(&w); err != nil {
			return nil, err
		}
	}
	for _, f := range d.defaults(w.has) {
		w.add(f.Name, f.Value)
	}
	for _, f := range d.Fields {
		w.replace(f.Name, nil)
	}
	if w.err != nil {
		return nil, w.err
	}
	// The fields of the body's form come first into w, since they hang on the
	// body, but last in the message, as people write them.
	head := slices.Concat(w.top, w.form, []byte("\r\n"))
	return append(concat{Bytes(head)}, body...), nil
}

// raw is the header and the body of a whole message, with CRLF line ends.
func (d Draft) raw() (Header, Content, error) {
	t, err := textOf(Bytes(d.Raw))
	if err != nil {
		return Header{}, nil, err
	}
	h, err := HeaderOf(t.Content, 0)
	if err != nil {
		return Header{}, nil, err
	}
	behind := min(t.Size(), int64(h.Size()+2))
	if b, ok := t.Content.(octets); ok {
		return h, b[behind:], nil
	}
	return h, tail{t.Content, behind}, nil
}

func (d Draft) check() error {
	for _, f := range d.Fields {
		if !validFieldName(f.Name) {
			return fmt.Errorf("header %s: a name has printable ASCII without colon and space (RFC 5322 3.6.8)", clip(f.Name))
		}
	}
	size := d.Size + int64(len(d.Text)+len(d.File))
	for _, a := range d.Attach {
		switch {
		case a.Size < 0:
			return fmt.Errorf("attachment %s: size %d", clip(a.Name), a.Size)
		case a.Size > maxDraft:
			return fmt.Errorf("attachment %s: %d octets, over %d", clip(a.Name), a.Size, maxDraft)
		}
		size += a.Size + int64(len(a.Data))
	}
	switch {
	case d.Size < 0 || d.Size == 1:
		return fmt.Errorf("size %d: a body ends in CRLF, so it has none or at least 2 octets", d.Size)
	case d.Size > maxDraft || size > maxDraft:
		return fmt.Errorf("over %d octets", maxDraft)
	case d.Size > 0 && d.Text != "", d.File != nil && (d.Text != "" || d.Size > 0):
		return errors.New("a text and a size or file; give one of them")
	case d.Raw != nil && (d.Text != "" || d.File != nil || d.Size > 0 || len(d.Attach) > 0):
		return errors.New("a whole message, so no text, size or attachment beside it")
	case d.Name != "" && !validName(d.Name):
		return errors.New("a name that fits in a Message-ID has no white space, angle brackets or control characters")
	}
	return nil
}

func validName(s string) bool {
	return len(s) <= maxName && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == '<' || r == '>' || r == 0x7f })
}

// defaults are the fields that a message needs (RFC 5322 3.6) and those that
// help a reader. A raw message gets only the needed ones that it has not.
func (d Draft) defaults(has func(string) bool) []DraftField {
	from := d.From
	if from == "" {
		from = "postmaster@" + d.Host
	}
	fs := []DraftField{
		{Name: "From", Value: from},
		{Name: "To", Value: strings.Join(d.To, ", ")},
		{Name: "Date", Value: FormatDate(d.Date)},
		{Name: "Message-ID", Value: MessageID(d.Name)},
		{Name: "Subject", Value: d.Name},
	}
	var need []DraftField
	for _, f := range fs {
		extra := f.Name == "To" || f.Name == "Subject"
		switch {
		case extra && (f.Value == "" || d.Raw != nil):
		case f.Name == "Message-ID" && d.Name == "":
		case has(f.Name):
		default:
			need = append(need, f)
		}
	}
	return need
}

// fieldWriter puts fields into their places: each name once, at the first of
// its fields, where the given fields of that name stand instead.
type fieldWriter struct {
	utf8  bool
	given []DraftField
	raw   bool   // all in the order of writing: form is not used
	top   []byte // most fields
	form  []byte // MIME-Version and Content-*
	done  map[string]bool
	seen  map[string]bool
	err   error
}

func (w *fieldWriter) has(name string) bool { return w.seen[strings.ToLower(name)] }

// replace writes the given fields of that name, once, or else raw.
func (w *fieldWriter) replace(name string, raw []byte) {
	key := strings.ToLower(name)
	if w.done == nil {
		w.done = make(map[string]bool)
		w.seen = make(map[string]bool)
		for _, g := range w.given {
			w.done[strings.ToLower(g.Name)] = false
		}
	}
	done, given := w.done[key]
	if !given {
		if raw != nil {
			w.seen[key] = true
		}
		w.put(key, raw)
		return
	}
	w.seen[key] = true
	if done {
		return
	}
	w.done[key] = true
	for _, g := range w.given {
		if !g.Absent && strings.EqualFold(g.Name, name) {
			w.format(g.Name, g.Value)
		}
	}
}

// add writes a default field, or the given ones of its name instead.
func (w *fieldWriter) add(name, value string) {
	if w.replace(name, nil); !w.has(name) {
		w.format(name, value)
	}
}

func (w *fieldWriter) format(name, value string) {
	raw, err := FormatField(name, value, w.utf8)
	if err != nil && w.err == nil {
		w.err = err
	}
	w.seen[strings.ToLower(name)] = true
	w.put(strings.ToLower(name), raw)
}

func (w *fieldWriter) put(key string, raw []byte) {
	if !w.raw && (strings.HasPrefix(key, "content-") || key == "mime-version") {
		w.form = append(w.form, raw...)
		return
	}
	w.top = append(w.top, raw...)
}

// normalise makes all line ends CRLF.
func normalise(b []byte) []byte {
	out := make([]byte, 0, len(b)+len(b)/32+2)
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '\r':
			if i+1 < len(b) && b[i+1] == '\n' {
				i++
			}
			out = append(out, '\r', '\n')
		case '\n':
			out = append(out, '\r', '\n')
		default:
			out = append(out, b[i])
		}
	}
	return out
}

// longestLine returns the octets of the longest line of b, without its end.
func longestLine(b []byte) int {
	most := 0
	for len(b) > 0 {
		line, rest, _ := bytes.Cut(b, []byte("\r\n"))
		most = max(most, len(line))
		b = rest
	}
	return most
}
