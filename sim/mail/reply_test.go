package mail

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseReply(t *testing.T) {
	for _, tt := range []struct {
		rule, in string
		want     Reply
		str      string
	}{
		{"RFC5321#4.2", "250 OK", Reply{250, "", []string{"OK"}}, "250 OK"},
		{"RFC5321#4.2", "451 4.3.0 try later", Reply{451, "4.3.0", []string{"try later"}}, "451 4.3.0 try later"},
		{"RFC5321#4.2", "250", Reply{250, "", nil}, "250"},
		{"RFC5321#4.2", "250 \r\n", Reply{250, "", nil}, "250"},
		{"RFC5321#4.2.1", "250-a.org\r\n250-SIZE\r\n250 HELP\r\n", Reply{250, "", []string{"a.org", "SIZE", "HELP"}}, "250 a.org / SIZE / HELP"},
		{"RFC5321#4.2.1", "250-a\n250 b", Reply{250, "", []string{"a", "b"}}, "250 a / b"},
		{"RFC5321#4.2.1", "250-\r\n250 \r\n", Reply{250, "", []string{"", ""}}, "250  / "},
		{"RFC2034#4", "550-5.1.1 no\r\n550 5.1.1 such user", Reply{550, "5.1.1", []string{"no", "such user"}}, "550 5.1.1 no / such user"},
		{"RFC2034#4", "550-5.1.1 no\r\n550 such user", Reply{550, "5.1.1", []string{"no", "such user"}}, "550 5.1.1 no / such user"},
		{"RFC2034#4", "250 5.1.1 odd", Reply{250, "", []string{"5.1.1 odd"}}, "250 5.1.1 odd"},
		{"RFC3463#2", "550 5.1.1", Reply{550, "5.1.1", nil}, "550 5.1.1"},
		{"RFC3463#2", "550 5.01.1 x", Reply{550, "", []string{"5.01.1 x"}}, "550 5.01.1 x"},
		{"RFC3463#2", "550 5.1.1x", Reply{550, "", []string{"5.1.1x"}}, "550 5.1.1x"},
		{"RFC5321#4.2.3", "354 go", Reply{354, "", []string{"go"}}, "354 go"},
	} {
		got, err := ParseReply(tt.in)
		if err != nil {
			t.Errorf("%s: ParseReply(%q): %v", tt.rule, tt.in, err)
			continue
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: ParseReply(%q) (-want +got):\n%s", tt.rule, tt.in, diff)
		}
		if got.String() != tt.str {
			t.Errorf("%s: String of %q: want %q, got %q", tt.rule, tt.in, tt.str, got.String())
		}
	}
	for _, in := range []string{
		"", "\n", "2", "25", "25x OK", "199 low", "600 high", "250OK", "try later", "250-OK", "250-a\r\n251 b", "250 a\r\n250 b",
		"250 a\rb", "250 a\x00b", "250 " + strings.Repeat("x", maxReply),
	} {
		if r, err := ParseReply(in); err == nil {
			t.Errorf("ParseReply(%.20q): want an error, got %#v", in, r)
		}
	}
}

func TestReplyClass(t *testing.T) {
	for _, tt := range []struct {
		code, class         int
		positive, temp, per bool
	}{
		{0, 0, false, false, false},
		{250, 2, true, false, false},
		{354, 3, true, false, false},
		{451, 4, false, true, false},
		{550, 5, false, false, true},
	} {
		r := Reply{Code: tt.code}
		if r.Class() != tt.class || r.Positive() != tt.positive || r.Temporary() != tt.temp || r.Permanent() != tt.per {
			t.Errorf("%d: class %d, positive %t, temporary %t, permanent %t", tt.code, r.Class(), r.Positive(), r.Temporary(), r.Permanent())
		}
	}
	if s := (Reply{}).String(); s != "" {
		t.Errorf("no reply: want an empty string, got %q", s)
	}
}

func TestReplyWire(t *testing.T) {
	r := Reply{550, "5.7.1", []string{"no\r\n250 yes", "go away"}}
	if want, got := "550-5.7.1 no  250 yes\r\n550 5.7.1 go away\r\n", r.Wire(); got != want {
		t.Errorf("want %q, got %q", want, got)
	}
	if want, got := "250 \r\n", (Reply{Code: 250}).Wire(); got != want {
		t.Errorf("want %q, got %q", want, got)
	}
}

func FuzzReply(f *testing.F) {
	for _, s := range []string{"250 OK", "451 4.3.0 try later", "250-a\r\n250-b\r\n250 c\r\n", "550-5.1.1 a\n550 5.1.1", "250", "250 2.0.0 2.0.0 x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		lenient, lerr := ReadReply(s)
		for _, line := range lenient.Lines {
			if strings.ContainsAny(line, "\r\n\x00") {
				t.Fatalf("%q: line %q", s, line)
			}
		}
		r, err := ParseReply(s)
		if err != nil {
			return
		}
		if diff := cmp.Diff(r, lenient); lerr != nil || diff != "" {
			t.Fatalf("%q: ReadReply gives %v (-want +got):\n%s", s, lerr, diff)
		}
		if r.Code < 200 || r.Code > 599 {
			t.Fatalf("%q: code %d", s, r.Code)
		}
		q, err := ParseReply(r.Wire())
		if err != nil {
			t.Fatalf("%q gives %#v, its Wire %q gives %v", s, r, r.Wire(), err)
		}
		if diff := cmp.Diff(r, q); diff != "" {
			t.Fatalf("%q and its Wire %q (-first +second):\n%s", s, r.Wire(), diff)
		}
		if strings.ContainsAny(r.String(), "\r\n") {
			t.Fatalf("%q: String has several lines: %q", s, r.String())
		}
	})
}

// RFC 5321 4.2: whatever a server says with a code in front is a reply.
func TestReadReply(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want Reply
	}{
		{"250 a\rb\x00c\xff", Reply{250, "", []string{"a b c\xff"}}},
		{"650 6.1.1 what", Reply{650, "", []string{"6.1.1 what"}}},
		{"150", Reply{150, "", nil}},
		{"250-x\r\n250", Reply{250, "", []string{"x", ""}}},
	} {
		got, err := ReadReply(tt.in)
		if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
			t.Errorf("ReadReply(%q): %v (-want +got):\n%s", tt.in, err, diff)
		}
	}
	for _, in := range []string{"", "000 x", "25", "hello", "250-a\r\n251 b", "250x", "2\r50"} {
		if r, err := ReadReply(in); err == nil {
			t.Errorf("ReadReply(%q): want an error, got %#v", in, r)
		}
	}
}
