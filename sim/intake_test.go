package sim

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/sim/mail"
)

// take takes a message in, in pieces of some size.
func take(s *spool, limit int64, octets []byte, piece int) (message, mail.Reply) {
	var t intake
	t.begin(s, limit, 0)
	for len(octets) > 0 {
		n := min(piece, len(octets))
		t.write(octets[:n])
		octets = octets[n:]
	}
	return t.end()
}

func testSpool(t *testing.T) *spool {
	s := &spool{under: t.TempDir()}
	t.Cleanup(func() {
		if err := s.remove(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// files counts what is in the spool.
func (s *spool) files() int {
	all, _ := filepath.Glob(filepath.Join(s.under, "*", "*"))
	return len(all)
}

// TestIntake: wherever a message is kept, and however it comes, it is the same.
func TestIntake(t *testing.T) {
	line := strings.Repeat("x", 70) + "\r\n"
	field := "X-Pad: " + strings.Repeat("x", 90) + "\r\n"
	for name, tt := range map[string]struct {
		header, body string
		spooled      bool
	}{
		"small":                       {"Subject: a\r\n\r\n", "body\r\n", false},
		"no body":                     {"Subject: a\r\n", "", false},
		"nothing":                     {"", "", false},
		"just fits":                   {"Subject: a\r\n\r\n", strings.Repeat("x", inMemory-14), false},
		"one too many":                {"Subject: a\r\n\r\n", strings.Repeat("x", inMemory-13), true},
		"large":                       {"Subject: a\r\nX: y\r\n z\r\n\r\n", strings.Repeat(line, 10_000), true},
		"no header":                   {"", strings.Repeat(line, 10_000), true},
		"empty header":                {"\r\n", strings.Repeat(line, 10_000), true},
		"large header":                {strings.Repeat(field, 5000) + "\r\n", "", false},
		"large header, large body":    {strings.Repeat(field, 5000) + "\r\n", strings.Repeat(line, 20_000), true},
		"one folded field":            {"X: y" + strings.Repeat("\r\n "+line[:70], 5000) + "\r\n\r\n", strings.Repeat(line, 20_000), true},
		"a body that is one line":     {"Subject: a\r\n\r\n", strings.Repeat("x", 3<<20), true},
		"a body that begins with WSP": {"Subject: a\r\n\r\n", " Bcc: x\r\n" + strings.Repeat(line, 10_000), true},
		"a line that is no field":     {"Subject: a\r\n", strings.Repeat(line, 10_000), true},
		"octets of all kinds":         {"Subject: é\r\n\r\n", strings.Repeat("\x00\r\n\xff\r\r\n\n", 60_000), true},
	} {
		t.Run(name, func(t *testing.T) {
			octets := []byte(tt.header + tt.body)
			want := newMessage(octets)
			if want.header != len(tt.header) {
				t.Errorf("the header section has %d octets, want %d", want.header, len(tt.header))
			}
			for _, piece := range []int{1, 7, 4 << 10, 1 << 20} {
				if piece == 1 && testing.Short() {
					continue
				}
				s := testSpool(t)
				m, reply := take(s, maxBody, octets, piece)
				if reply.Code != 0 {
					t.Fatalf("pieces of %d: refused: %s", piece, reply)
				}
				if got := m.file != nil; got != tt.spooled && tt.body != "" || s.files() > 1 {
					t.Errorf("pieces of %d: spooled is %v, want %v, %d files", piece, got, tt.spooled, s.files())
				}
				if got, err := mail.ReadAll(m.content()); err != nil || !bytes.Equal(got, octets) {
					t.Errorf("pieces of %d: %d octets came back of %d, %v", piece, len(got), len(octets), err)
				}
				opts := cmp.AllowUnexported(facts{}, measures{})
				if diff := cmp.Diff(want.facts, m.facts, opts); diff != "" || m.header != want.header {
					t.Errorf("pieces of %d: header section of %d octets, want %d, facts (-want +got):\n%s", piece, m.header, want.header, diff)
				}
				if diff := cmp.Diff(want.measures, m.measures, opts); diff != "" {
					t.Errorf("pieces of %d: measures (-want +got):\n%s", piece, diff)
				}
				if m.file.release(); s.files() != 0 {
					t.Errorf("pieces of %d: %d files are left", piece, s.files())
				}
			}
		})
	}
}

func TestIntakeRefuses(t *testing.T) {
	large := []byte("Subject: x\r\n\r\n" + strings.Repeat("a: line of the body\r\n", 100_000))
	for name, tt := range map[string]struct {
		octets []byte
		limit  int64
		want   string
	}{
		"too large":                 {large, 1000, "552 5.3.4 message too large"},
		"too large for the spool":   {large, 1 << 20, "552 5.3.4 message too large"},
		"a header of many fields":   {[]byte(strings.Repeat("X-Pad: "+strings.Repeat("x", 90)+"\r\n", 12_000) + "\r\nbody\r\n"), maxBody, "552 5.3.4 header section too large"},
		"a header of one field":     {[]byte("X-Pad: " + strings.Repeat(strings.Repeat("x", 90)+"\r\n ", 12_000) + "\r\n"), maxBody, "552 5.3.4 header section too large"},
		"a header without an end":   {[]byte("X-Pad: " + strings.Repeat("x", maxHeader)), maxBody, "552 5.3.4 header section too large"},
		"a long and a large header": {[]byte(strings.Repeat("X: y\r\n", 1<<20)), maxBody, "552 5.3.4 header section too large"},
	} {
		for _, piece := range []int{100, 1 << 20} {
			s := testSpool(t)
			_, reply := take(s, tt.limit, tt.octets, piece)
			if got := reply.String(); got != tt.want {
				t.Errorf("%s: want %s, got %s", name, tt.want, got)
			}
			if s.files() > 0 {
				t.Errorf("%s: a file was left behind", name)
			}
		}
	}
}

// A disk that fails is told to the client, who may try again, and nothing else.
func TestIntakeWithoutDisk(t *testing.T) {
	large := []byte("Subject: x\r\n\r\n" + strings.Repeat("a: line of the body\r\n", 100_000))
	s := &spool{under: filepath.Join(t.TempDir(), "missing")}
	if _, reply := take(s, maxBody, large, 4096); reply.String() != "452 4.3.1 insufficient system storage: no such file or directory" {
		t.Errorf("no directory: %s", reply)
	}
	if m, reply := take(s, maxBody, large[:1000], 4096); reply.Code != 0 || m.file != nil {
		t.Errorf("a small message needs no disk: %s", reply)
	}
	s = testSpool(t)
	var in intake
	in.begin(s, maxBody, 0)
	in.write(large)
	in.spill.file.Close()
	in.write(large)
	if _, reply := in.end(); reply.String() != "452 4.3.1 insufficient system storage: file already closed" || s.files() > 0 {
		t.Errorf("a disk that fails in the middle: %s, %d files", reply, s.files())
	}
	m, _ := take(s, maxBody, large, 4096)
	if err := os.Truncate(m.file.path, 1000); err != nil {
		t.Fatal(err)
	}
	if _, err := mail.ReadAll(m.content()); err == nil || !strings.Contains(err.Error(), "unexpected EOF") {
		t.Errorf("a file that was cut off: %v", err)
	}
	m.file.release()
	if _, err := mail.ReadAll(m.content()); err == nil {
		t.Error("a file that is gone can be read")
	}
	if err := s.remove(); err != nil {
		t.Fatal(err)
	}
	if _, reply := take(s, maxBody, large, 4096); reply.Code != 452 {
		t.Errorf("a spool that has ended takes a message: %s", reply)
	}
}

// FuzzIntake: where the header section ends is the same for a message that comes in
// pieces and goes to the spool in the middle as for one that is there as a whole.
func FuzzIntake(f *testing.F) {
	for _, s := range []string{
		"Subject: a\r\n\r\nbody\r\n", "A: b\r\n c\r\n\r\n d: e\r\n", "\r\nA: b", "A: b\r\nno field\r\nC: d\r\n", "A\n\n", " a: b\n\r\n", "a:\r", "\n:\n", "Bcc: x\r\n\tBcc: y\r\n\r\n\xff\r",
	} {
		f.Add(s, 3, 5)
	}
	under := f.TempDir()
	f.Fuzz(func(t *testing.T, octets string, piece, look int) {
		if piece < 1 || look < 0 {
			return
		}
		s := &spool{under: under}
		defer s.remove()
		var in intake
		in.begin(s, maxBody, 0)
		in.look = look
		for rest := octets; rest != ""; {
			n := min(piece, len(rest))
			in.write([]byte(rest[:n]))
			rest = rest[n:]
		}
		m, reply := in.end()
		if reply.Code != 0 {
			t.Fatalf("refused: %s", reply)
		}
		want := newMessage([]byte(octets))
		opts := cmp.AllowUnexported(facts{}, measures{})
		if diff := cmp.Diff(want.facts, m.facts, opts) + cmp.Diff(want.measures, m.measures, opts); diff != "" || m.header != want.header {
			t.Fatalf("%q: header section of %d octets, want %d (-whole +pieces):\n%s", octets, m.header, want.header, diff)
		}
		if got, err := mail.ReadAll(m.content()); err != nil || string(got) != octets {
			t.Fatalf("%q came back as %q, %v", octets, got, err)
		}
		for _, m := range []message{m, want} {
			clean := m.without("Bcc", "A")
			f, header := readFacts(clean.octets)
			if f.received != m.facts.received || header != clean.header {
				t.Fatalf("%q: without some fields %q, header section of %d octets, want %d", octets, clean.octets, clean.header, header)
			}
			if len(octets)-len(clean.octets) != m.header-clean.header && m.file == nil {
				t.Fatalf("%q: more than fields went: %q", octets, clean.octets)
			}
		}
		m.file.release()
	})
}
