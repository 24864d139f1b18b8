package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"mime/quotedprintable"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// The functions with "atOnce" do in one piece of memory what the contents do
// while they are read.

func crlfEnd(b []byte) []byte {
	if len(b) > 0 && !bytes.HasSuffix(b, []byte("\r\n")) {
		b = append(b, '\r', '\n')
	}
	return b
}

func base64AtOnce(b []byte) []byte {
	s := base64.StdEncoding.EncodeToString(b)
	var out []byte
	for len(s) > 0 {
		n := min(76, len(s))
		out = append(append(out, s[:n]...), '\r', '\n')
		s = s[n:]
	}
	return out
}

func quotedPrintableAtOnce(b []byte) []byte {
	var out bytes.Buffer
	w := quotedprintable.NewWriter(&out)
	w.Write(b)
	w.Close()
	return out.Bytes()
}

func generatedAtOnce(name string, size int64) []byte {
	b := make([]byte, 0, size)
	sum := sha256.Sum256([]byte(name))
	state := uint64(sum[0])<<24 | uint64(sum[1])<<16 | uint64(sum[2])<<8 | uint64(sum[3]) | 1
	line := make([]byte, 0, 80)
	for int64(len(b)) < size {
		line = line[:0]
		for {
			state = state*6364136223846793005 + 1442695040888963407
			w := words[(state>>33)%uint64(len(words))]
			if len(line)+1+len(w) > 72 {
				break
			}
			if len(line) > 0 {
				line = append(line, ' ')
			}
			line = append(line, w...)
		}
		switch left := int(size) - len(b); {
		case left == 1:
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

// halting gives one octet a read.
type halting struct{ Content }

func (h halting) Open() io.ReadCloser { return io.NopCloser(iotest.OneByteReader(h.Content.Open())) }

// wantContent reads c in several ways.
func wantContent(t *testing.T, what string, want []byte, c Content) {
	t.Helper()
	if c.Size() != int64(len(want)) {
		t.Errorf("%s: the size is %d, of %d", what, c.Size(), len(want))
	}
	for how, r := range map[string]io.Reader{
		"at once": c.Open(), "octet by octet": iotest.OneByteReader(c.Open()), "by halves": iotest.HalfReader(c.Open()),
	} {
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%s, %s: %d octets of %d, %v\nwant %.200q\ngot  %.200q", what, how, len(got), len(want), err, want, got)
		}
	}
	if err := iotest.TestReader(c.Open(), want); err != nil {
		t.Errorf("%s: %v", what, err)
	}
}

func TestGenerated(t *testing.T) {
	for size := range int64(400) {
		want := generatedAtOnce("plan", size)
		wantContent(t, "generated", want, generated{"plan", size})
	}
	for _, size := range []int64{4096, 100_001} {
		if want := generatedAtOnce("big", size); !bytes.Equal(GenerateText("big", size), want) {
			t.Errorf("%d octets of text are not those that they were", size)
		}
	}
	if GenerateText("x", -1) != nil {
		t.Error("a negative size gives text")
	}
}

func TestCoded(t *testing.T) {
	for n := range 200 {
		in := bytes.Repeat([]byte{0xfb, 'a', '\r', '\n'}, n)[:n]
		wantContent(t, "base64", base64AtOnce(in), base64Of(halting{Bytes(in)}))
		qp, err := quotedPrintableOf(Bytes(in))
		if err != nil {
			t.Fatal(err)
		}
		wantContent(t, "quoted-printable", quotedPrintableAtOnce(in), qp)
	}
	broken := errors.New("disk on fire")
	c := base64Of(failing{broken})
	if _, err := ReadAll(c); !errors.Is(err, broken) {
		t.Errorf("an error of what is encoded: %v", err)
	}
	if _, err := quotedPrintableOf(failing{broken}); !errors.Is(err, broken) {
		t.Errorf("an error while the size is found out: %v", err)
	}
}

// failing cannot be read.
type failing struct{ err error }

func (f failing) Open() io.ReadCloser {
	return io.NopCloser(io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(f.err)))
}
func (f failing) Size() int64 { return 100 }

func TestConcat(t *testing.T) {
	c := concat{Bytes([]byte("a")), Bytes(nil), halting{Bytes([]byte("bcd"))}, generated{"x", 0}, Bytes([]byte("e"))}
	wantContent(t, "concat", []byte("abcde"), c)
	wantContent(t, "tail", []byte("de"), tail{c, 3})
	wantContent(t, "nothing", nil, concat{})
	wantContent(t, "all gone", nil, tail{c, 5})
	broken := errors.New("disk on fire")
	for _, c := range []Content{concat{Bytes([]byte("a")), failing{broken}, Bytes([]byte("z"))}, tail{failing{broken}, 50}} {
		if _, err := ReadAll(c); !errors.Is(err, broken) {
			t.Errorf("%T: %v", c, err)
		}
	}
}

func TestContains(t *testing.T) {
	for size := range 40 {
		c := concat{Bytes(bytes.Repeat([]byte("="), 16<<10-20+size)), halting{Bytes([]byte("=_ab=_abc"))}}
		if !contains(c, []byte("=_abc")) || contains(c, []byte("=_abd")) {
			t.Fatalf("behind %d octets", size)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"", "a", "a\n", "a\r\n", "a\rb\n\rc\r", "\n\n", "\r\r\n", "Größe\r\n", "\xe2\x82", "\x00", strings.Repeat("x", 1000)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		want := crlfEnd(normalise([]byte(in)))
		for _, c := range []Content{stringContent(in), halting{stringContent(in)}} {
			got, err := textOf(c)
			if err != nil {
				t.Fatal(err)
			}
			wantContent(t, "text", want, got.Content)
			facts := []any{ascii(want), utf8.Valid(want), bytes.IndexByte(want, 0) >= 0, longestLine(want)}
			if diff := cmp.Diff(facts, []any{got.ascii, got.valid, got.null, got.longest}); diff != "" {
				t.Fatalf("%q: ASCII, valid, NUL, longest line (-want +got):\n%s", in, diff)
			}
			if _, is := got.Content.(coded); is == (string(want) == in) {
				t.Fatalf("%q: made again is %v", in, is)
			}
		}
	})
}
