package reports

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// WriteJSON writes run as indented JSON, the same octets for the same run. It
// writes element by element, so that a hundred thousand events take no more
// memory than one.
func WriteJSON(w io.Writer, run Run) error { return WriteValue(w, run) }

// WriteValue writes any other structs and lists as WriteJSON writes a run: with
// nothing in it that a terminal may act on.
func WriteValue(w io.Writer, v any) error {
	s := &stream{w: bufio.NewWriterSize(w, 1<<16)}
	s.enc = json.NewEncoder(&s.one)
	// Addresses are full of angle brackets, and this is no HTML.
	s.enc.SetEscapeHTML(false)
	if err := s.value(reflect.ValueOf(v), ""); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	s.put("\n")
	return s.w.Flush()
}

// stream writes a value as json.MarshalIndent would, without building it whole:
// structs that hold lists, and lists of structs, are taken apart; all else is
// one piece. An empty list is always [], never null.
type stream struct {
	w   *bufio.Writer
	one bytes.Buffer // the piece at hand
	enc *json.Encoder
	tmp bytes.Buffer
}

// put keeps the first error in w, where Flush finds it.
func (s *stream) put(ss ...string) {
	for _, t := range ss {
		_, _ = s.w.WriteString(t)
	}
}

func (s *stream) value(v reflect.Value, indent string) error {
	switch {
	case v.Type() == reflect.TypeFor[Events]():
		return s.events(v.Interface().(Events), indent)
	case v.Kind() == reflect.Pointer && !v.IsNil():
		return s.value(v.Elem(), indent)
	case v.Kind() == reflect.Slice && v.Len() == 0:
		s.put("[]")
		return nil
	case v.Kind() == reflect.Slice && apart(v.Type()):
		return s.list(v, indent)
	case v.Kind() == reflect.Struct && apart(v.Type()):
		return s.fields(v, indent)
	}
	return s.piece(v, indent)
}

// apart says whether values of t are written piece by piece.
func apart(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Slice:
		return t.Elem().Kind() == reflect.Struct || t.Elem().Kind() == reflect.Slice
	case reflect.Struct:
		for f := range t.Fields() {
			if f.Type.Kind() == reflect.Slice {
				return true
			}
		}
	}
	return false
}

func (s *stream) list(v reflect.Value, indent string) error {
	return s.elements(v.Len(), indent, v.Index)
}

// events are made, written and forgotten one by one.
func (s *stream) events(e Events, indent string) error {
	return s.elements(e.Len(), indent, func(i int) reflect.Value { return reflect.ValueOf(e.At(i)) })
}

func (s *stream) elements(n int, indent string, at func(int) reflect.Value) error {
	s.put("[")
	deeper := indent + "  "
	for i := range n {
		if i > 0 {
			s.put(",")
		}
		s.put("\n", deeper)
		if err := s.value(at(i), deeper); err != nil {
			return err
		}
	}
	s.put("\n", indent, "]")
	return nil
}

func (s *stream) fields(v reflect.Value, indent string) error {
	s.put("{")
	deeper := indent + "  "
	first := true
	for f, value := range v.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || options == "omitempty" && empty(value) || options == "omitzero" && zero(value) {
			continue
		}
		if !first {
			s.put(",")
		}
		first = false
		s.put("\n", deeper, strconv.Quote(name), ": ")
		if err := s.value(value, deeper); err != nil {
			return err
		}
	}
	s.put("\n", indent, "}")
	return nil
}

// zero is what omitzero means for a type that says when it is zero.
func zero(v reflect.Value) bool {
	z, ok := v.Interface().(interface{ IsZero() bool })
	return ok && z.IsZero()
}

// empty is what omitempty means.
func empty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	default:
		return v.IsZero()
	}
}

func (s *stream) piece(v reflect.Value, indent string) error {
	s.one.Reset()
	if err := s.enc.Encode(v.Interface()); err != nil {
		return err
	}
	b := bytes.TrimRight(s.one.Bytes(), "\n")
	if len(b) > 0 && (b[0] == '{' || b[0] == '[') {
		s.tmp.Reset()
		if err := json.Indent(&s.tmp, b, indent, "  "); err != nil {
			return err
		}
		b = s.tmp.Bytes()
	}
	s.safe(b)
	return nil
}

// safe writes b with the characters escaped that JSON allows in strings and a
// terminal may act on: DEL, and the control characters of ISO 6429.
func (s *stream) safe(b []byte) {
	from := 0
	for i := 0; i < len(b); {
		if b[i] < 0x7f {
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if r >= 0x7f && r <= 0x9f {
			_, _ = s.w.Write(b[from:i])
			s.put(fmt.Sprintf(`\u%04x`, r))
			from = i + n
		}
		i += n
	}
	_, _ = s.w.Write(b[from:])
}

// ReadJSON reads what WriteJSON has written. Fields that it does not know are
// passed over, so that it reads reports of newer versions; a verdict that it
// does not know is an error, because what it says of the run would be guessed.
func ReadJSON(r io.Reader) (Run, error) {
	var run Run
	dec := json.NewDecoder(r)
	if err := dec.Decode(&run); err != nil {
		return Run{}, fmt.Errorf("read report: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Run{}, errors.New("read report: more follows after the end of the JSON value")
	}
	if run.Tool != "mailsim" {
		return Run{}, fmt.Errorf("read report: tool is %q: not a report of mailsim (write one with --json)", run.Tool)
	}
	for i := range run.Reports {
		if err := run.Reports[i].validate(); err != nil {
			return Run{}, fmt.Errorf("read report: reports[%d] %q: %w", i, run.Reports[i].Name, err)
		}
	}
	return run, nil
}

// validate finds verdicts that are none.
func (r *Report) validate() error {
	check := func(v Verdict) error {
		if v.Known() {
			return nil
		}
		return fmt.Errorf("verdict %q is unknown (want pass, skip, warn, fail or error)", string(v))
	}
	if err := check(r.Verdict); err != nil {
		return err
	}
	for i := range r.Groups {
		for j := range r.Groups[i].Checks {
			c := &r.Groups[i].Checks[j]
			if err := check(c.Verdict); err != nil {
				return fmt.Errorf("group %q, check %q: %w", r.Groups[i].Name, c.Name, err)
			}
		}
	}
	return nil
}
