package mail

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func read(t *testing.T, s string) (Header, string) {
	t.Helper()
	br := bufio.NewReaderSize(strings.NewReader(s), 16) // the smallest, so that lines span reads
	h, err := ReadHeader(br, 0)
	if err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(br)
	if err != nil {
		t.Fatal(err)
	}
	return h, string(rest)
}

func TestReadHeader(t *testing.T) {
	for _, tt := range []struct {
		rule, in string
		names    []string
		values   []string
		body     string
	}{
		{"RFC5322#2.2", "A: 1\r\nB:2\r\n\r\nbody\r\n", []string{"A", "B"}, []string{"1", "2"}, "body\r\n"},
		{"RFC5322#2.2.3", "Subject: a rather\r\n long\r\n\tone \r\n\r\n", []string{"Subject"}, []string{"a rather long\tone"}, ""},
		{"RFC5322#2.2", "A: 1\nB: 2\n\nbody", []string{"A", "B"}, []string{"1", "2"}, "body"},
		{"RFC5322#2.2", "A: 1", []string{"A"}, []string{"1"}, ""},
		{"RFC5322#2.2", "", nil, nil, ""},
		{"RFC5322#2.2", "\r\nA: 1\r\n", nil, nil, "A: 1\r\n"},
		{"RFC5322#4.5", "A : 1\r\n\r\n", []string{"A"}, []string{"1"}, ""},
		{"lines that are no field", " lead\r\nno colon\r\nA b: 1\r\n: x\r\n\r\n", []string{"", "", "", ""}, []string{"lead", "no colon", "A b: 1", ": x"}, ""},
		{"empty value", "A:\r\nB: \r\n\r\n", []string{"A", "B"}, []string{"", ""}, ""},
	} {
		h, body := read(t, tt.in)
		var names, values []string
		for _, f := range h.Fields {
			names, values = append(names, f.Name), append(values, f.Value())
		}
		if diff := cmp.Diff(tt.names, names); diff != "" {
			t.Errorf("%s: names of %q (-want +got):\n%s", tt.rule, tt.in, diff)
		}
		if diff := cmp.Diff(tt.values, values); diff != "" {
			t.Errorf("%s: values of %q (-want +got):\n%s", tt.rule, tt.in, diff)
		}
		if body != tt.body {
			t.Errorf("%s: body of %q: want %q, got %q", tt.rule, tt.in, tt.body, body)
		}
	}
}

func TestHeaderLookup(t *testing.T) {
	h, _ := read(t, "Received: one\r\nSubject: x\r\nreceived: two\r\n\r\n")
	if diff := cmp.Diff([]string{"one", "two"}, h.Values("RECEIVED")); diff != "" {
		t.Errorf("Values (-want +got):\n%s", diff)
	}
	if h.Get("received") != "one" || h.Get("To") != "" || h.Count("Received") != 2 || len(h.All("received")) != 2 || h.Count("") != 0 {
		t.Errorf("Get %q, Count %d", h.Get("received"), h.Count("Received"))
	}
}

func TestReadHeaderLimit(t *testing.T) {
	in := "A: " + strings.Repeat("x", 93) + "\r\n\r\n" // 98 octets of fields
	for limit, want := range map[int]error{97: ErrHeaderTooLarge, 98: nil} {
		if _, err := ReadHeader(bufio.NewReader(strings.NewReader(in)), limit); !errors.Is(err, want) {
			t.Errorf("limit %d: want %v, got %v", limit, want, err)
		}
	}
	// One endless line is not read to its end.
	if _, err := ReadHeader(bufio.NewReader(io.LimitReader(zeros{}, 1<<40)), 1000); !errors.Is(err, ErrHeaderTooLarge) {
		t.Errorf("endless line: got %v", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestDecoded(t *testing.T) {
	for _, tt := range []struct{ rule, in, want string }{
		{"RFC2047#2", "=?utf-8?q?Gr=C3=BC=C3=9Fe?= an alle", "Grüße an alle"},
		{"RFC2047#2", "=?iso-8859-1?B?R3L832U=?=", "Grüße"},
		{"RFC2047#6.2", "=?utf-8?q?a?=\r\n =?utf-8?q?b?=", "ab"},
		{"RFC2047#6.2", "=?no-such-charset?q?a?=", "=?no-such-charset?q?a?="},
		{"RFC2047#2", "plain =? text", "plain =? text"},
	} {
		h, _ := read(t, "Subject: "+tt.in+"\r\n\r\n")
		if got := h.Fields[0].Decoded(); got != tt.want {
			t.Errorf("%s: %q: want %q, got %q", tt.rule, tt.in, tt.want, got)
		}
	}
}

func TestJoin(t *testing.T) {
	body := Bytes([]byte("A: 1\r\n\r\nhello\r\n"))
	c, want := body, "A: 1\r\n\r\nhello\r\n"
	for _, p := range []string{"B: 2\r\n", "", "C: 3\r\n"} {
		c, want = Join([]byte(p), c), p+want
	}
	for _, c := range []Content{c, Join([]byte("C: 3\r\nB: 2\r\n"), fileLike{body}), Join([]byte(want), Bytes(nil))} {
		for range 2 { // may be opened many times
			got, err := ReadAll(c)
			if err != nil || string(got) != want || c.Size() != int64(len(want)) {
				t.Errorf("want %q of %d, got %q of %d, %v", want, len(want), got, c.Size(), err)
			}
			r := c.Open()
			var b bytes.Buffer
			if _, err := b.ReadFrom(io.LimitReader(r, 3)); err != nil { // a part by Read, the rest by WriteTo
				t.Error(err)
			}
			if _, err := io.Copy(&b, r); err != nil || b.String() != want || r.Close() != nil {
				t.Errorf("copied: want %q, got %q, %v", want, b.String(), err)
			}
		}
		h, body, err := OpenBody(c, 0)
		if err != nil {
			t.Fatal(err)
		}
		rest, err := io.ReadAll(body)
		if err != nil || len(h.Fields) != 3 || string(rest) != "hello\r\n" || body.Close() != nil {
			t.Errorf("OpenBody: %d fields, body %q, %v", len(h.Fields), rest, err)
		}
	}
}

// fileLike is a Content that this package knows nothing of.
type fileLike struct{ c Content }

func (f fileLike) Open() io.ReadCloser { return f.c.Open() }
func (f fileLike) Size() int64         { return f.c.Size() }

func FuzzHeader(f *testing.F) {
	for _, s := range []string{"A: 1\r\n b\r\n\r\nbody", "\r\n", "A\n\n", " x\n:\n", "Subject: =?utf-8?q?=C3=BC?=\r\n\r\n", "A: 1\r"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		br := bufio.NewReaderSize(bytes.NewReader(in), 16)
		h, err := ReadHeader(br, 0)
		if err != nil {
			t.Fatal(err)
		}
		rest, err := io.ReadAll(br)
		if err != nil {
			t.Fatal(err)
		}
		// What was read is the fields, an empty line of one or two octets or none
		// at the end, and the rest: octet for octet.
		all := h.Bytes()
		if !bytes.HasPrefix(in, all) || !bytes.HasSuffix(in, rest) {
			t.Fatalf("%q: fields %q, rest %q", in, all, rest)
		}
		empty := string(in[len(all) : len(in)-len(rest)])
		if empty != "\r\n" && empty != "\n" && (empty != "" || len(rest) > 0) {
			t.Fatalf("%q: %q between fields and rest", in, empty)
		}
		for _, f := range h.Fields {
			if strings.Contains(f.Value(), "\n") {
				t.Fatalf("%q: value %q is folded", f.Raw, f.Value())
			}
			_ = f.Decoded()
		}
		_, open, err := OpenBody(Bytes(in), 0)
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(open); err != nil || !bytes.Equal(body, rest) {
			t.Fatalf("%q: OpenBody has the body %q, ReadHeader leaves %q, %v", in, body, rest, err)
		}
	})
}
