package client

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/textproto"
	"testing"
	"testing/iotest"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
)

// discard is a connection that keeps what is written.
type discard struct {
	net.Conn
	bytes.Buffer
}

func (d *discard) Write(b []byte) (int, error)      { return d.Buffer.Write(b) }
func (d *discard) Read([]byte) (int, error)         { return 0, io.EOF }
func (d *discard) SetWriteDeadline(time.Time) error { return nil }

// halting gives one octet a read, so that every boundary falls between two reads.
type halting struct{ mail.Content }

func (h halting) Open() io.ReadCloser {
	return io.NopCloser(iotest.OneByteReader(h.Content.Open()))
}

func stuffed(t testing.TB, content mail.Content) string {
	d := new(discard)
	c := New(d, Options{})
	if err := c.stuff(content); err != nil {
		t.Fatal(err)
	}
	if err := c.w.Flush(); err != nil {
		t.Fatal(err)
	}
	return d.String()
}

var stuffTable = []struct{ in, want string }{
	{"", ".\r\n"},
	{"a\r\n", "a\r\n.\r\n"},
	{"a", "a\r\n.\r\n"},
	{".", "..\r\n.\r\n"},
	{".\r\n", "..\r\n.\r\n"},
	{"\r\n.\r\n", "\r\n..\r\n.\r\n"},
	{"..\r\n.a\r\n", "...\r\n..a\r\n.\r\n"},
	{"a\n.b\r\n", "a\n.b\r\n.\r\n"}, // a bare LF ends no line (RFC 5321 2.3.8)
	{"a\r.b\r\n", "a\r.b\r\n.\r\n"},
	{"a.\r\n", "a.\r\n.\r\n"},
	{"\r\n\r\n.\r\n.\r\n", "\r\n\r\n..\r\n..\r\n.\r\n"},
}

func TestStuff(t *testing.T) {
	for _, tt := range stuffTable {
		for name, content := range map[string]mail.Content{"whole": text(tt.in), "octet by octet": halting{text(tt.in)}} {
			if got := stuffed(t, content); got != tt.want {
				t.Errorf("%s: stuff(%q) = %q, want %q", name, tt.in, got, tt.want)
			}
		}
	}
}

// FuzzStuff holds the stuffed form against the standard library's reader.
func FuzzStuff(f *testing.F) {
	for _, tt := range stuffTable {
		f.Add(tt.in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		one, many := stuffed(t, text(in)), stuffed(t, halting{text(in)})
		if one != many {
			t.Fatalf("whole %q, octet by octet %q", one, many)
		}
		if bytes.ContainsAny([]byte(in), "\r\n") && !canonical(in) {
			return // the reader takes bare LF for a line's end, we do not
		}
		r := textproto.NewReader(bufio.NewReader(bytes.NewReader([]byte(one + "250 next"))))
		got, err := r.ReadDotBytes()
		if err != nil {
			t.Fatal(err)
		}
		want := bytes.ReplaceAll([]byte(in), []byte("\r\n"), []byte("\n"))
		if len(want) > 0 && want[len(want)-1] != '\n' {
			want = append(want, '\n')
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("read back %q, want %q", got, want)
		}
	})
}

// canonical reports whether CR and LF stand only together.
func canonical(s string) bool {
	s = string(bytes.ReplaceAll([]byte(s), []byte("\r\n"), nil))
	return !bytes.ContainsAny([]byte(s), "\r\n")
}
