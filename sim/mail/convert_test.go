package mail

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// crlf joins lines with CRLF behind each.
func crlf(ls ...string) string { return strings.Join(ls, "\r\n") + "\r\n" }

func TestConvert(t *testing.T) {
	const mime = "MIME-Version: 1.0"
	long := strings.Repeat("x", 999)
	soft := strings.Repeat("x", 75) + "=\r\n"
	for _, tt := range []struct {
		name     string
		to       Transport
		in, want string // want "": as it is
		how      string
	}{
		{
			"text",
			Transport{},
			crlf(mime, "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "", "Köln = 1 ", "."),
			crlf(mime, "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable", "", "K=C3=B6ln =3D 1=20", "."), "quoted-printable",
		},
		{"text to an 8-bit hop", Transport{EightBit: true}, crlf(mime, "Content-Transfer-Encoding: 8bit", "", "Köln"), "", ""},
		{
			"7-bit text with another label",
			Transport{},
			crlf(mime, "Content-Transfer-Encoding: 8BIT (so)", "", "Koeln"),
			crlf(mime, "Content-Transfer-Encoding: 7bit", "", "Koeln"), "",
		},
		{
			"text of nobody's making",
			Transport{},
			crlf("Subject: x", "", "Köln"),
			crlf("Subject: x", mime, "Content-Type: text/plain; charset=unknown-8bit", "Content-Transfer-Encoding: quoted-printable", "", "K=C3=B6ln"), "quoted-printable",
		},
		{
			"data",
			Transport{},
			crlf(mime, "Content-Type: image/png", "Content-Transfer-Encoding: 8bit", "", "\xff\x00"),
			crlf(mime, "Content-Type: image/png", "Content-Transfer-Encoding: base64", "", "/wANCg=="), "base64",
		},
		{
			"binary data to an 8-bit hop",
			Transport{EightBit: true},
			mime + "\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: binary\r\n\r\n\n\r\n.\r\n",
			crlf(mime, "Content-Type: image/png", "Content-Transfer-Encoding: base64", "", "Cg0KLg0K"), "base64",
		},
		{
			"binary text",
			Transport{EightBit: true},
			mime + "\r\nContent-Transfer-Encoding: binary\r\n\r\na\nb",
			crlf(mime, "Content-Transfer-Encoding: base64", "", "YQpi"), "base64",
		},
		{
			"text without a last line end",
			Transport{},
			mime + "\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\xc3\xa9",
			crlf(mime, "Content-Type: text/plain", "Content-Transfer-Encoding: quoted-printable", "", "=C3=A9="), "quoted-printable",
		},
		{
			"a long line",
			Transport{EightBit: true, UTF8: true},
			crlf(mime, "Content-Type: text/plain", "", long),
			crlf(mime, "Content-Type: text/plain", "Content-Transfer-Encoding: quoted-printable", "", strings.Repeat(soft, 13)+strings.Repeat("x", 999-13*75)), "quoted-printable",
		},
		{"a line of the full size", Transport{}, crlf(mime, "Content-Type: text/plain", "", long[1:]), "", ""},
		{
			"parts",
			Transport{},
			crlf(mime, `Content-Type: multipart/mixed; boundary="b"`, "Content-Transfer-Encoding: 8bit", "", "preamble",
				"--b", "Content-Type: text/plain", "", "plain",
				"--b", "", "\xc3\xa9", "",
				"--b  ", "Content-Type: multipart/related; boundary=bb", "Content-Transfer-Encoding: 8bit", "",
				"--bb", "Content-Type: application/pdf", "Content-Transfer-Encoding: 8bit", "", "\xff", "--bb",
				"--b--", "epilogue"),
			crlf(mime, `Content-Type: multipart/mixed; boundary="b"`, "Content-Transfer-Encoding: 7bit", "", "preamble",
				"--b", "Content-Type: text/plain", "", "plain",
				"--b", "Content-Type: text/plain; charset=unknown-8bit", "Content-Transfer-Encoding: quoted-printable", "", "=C3=A9", "",
				"--b  ", "Content-Type: multipart/related; boundary=bb", "Content-Transfer-Encoding: 7bit", "",
				"--bb", "Content-Type: application/pdf", "Content-Transfer-Encoding: base64", "", "/w==", "--bb",
				"--b--", "epilogue"), "quoted-printable and base64",
		},
		{
			"a message inside",
			Transport{},
			crlf(mime, "Content-Type: message/rfc822", "Content-Transfer-Encoding: 8bit", "",
				"Subject: inside", "Content-Type: text/plain; charset=utf-8", "", "é"),
			crlf(mime, "Content-Type: message/rfc822", "Content-Transfer-Encoding: 7bit", "",
				"Subject: inside", "Content-Type: text/plain; charset=utf-8", mime, "Content-Transfer-Encoding: quoted-printable", "", "=C3=A9"), "quoted-printable",
		},
		{
			"a digest",
			Transport{},
			crlf(mime, "Content-Type: multipart/digest; boundary=b", "", "--b", "", "Subject: inside", "", "é", "--b--"),
			crlf(mime, "Content-Type: multipart/digest; boundary=b", "", "--b", "", "Subject: inside", mime,
				"Content-Type: text/plain; charset=unknown-8bit", "Content-Transfer-Encoding: quoted-printable", "", "=C3=A9", "--b--"), "quoted-printable",
		},
		{
			"a message of RFC 6532 inside",
			Transport{},
			crlf(mime, "Content-Type: message/global", "Content-Transfer-Encoding: 8bit", "", "Subject: é"),
			crlf(mime, "Content-Type: message/global", "Content-Transfer-Encoding: quoted-printable", "", "Subject: =C3=A9"), "quoted-printable",
		},
		{"signed, but 7-bit", Transport{}, crlf(mime, "Content-Type: multipart/signed; boundary=b", "", "--b", "", "a", "--b--"), "", ""},
		{
			"high next to signed",
			Transport{},
			crlf(mime, "Content-Type: multipart/mixed; boundary=a", "", "--a", "", "é",
				"--a", "Content-Type: multipart/signed; boundary=b", "", "--b", "Content-Transfer-Encoding: 8bit", "", "a", "--b--", "--a--"),
			crlf(mime, "Content-Type: multipart/mixed; boundary=a", "", "--a", "Content-Type: text/plain; charset=unknown-8bit", "Content-Transfer-Encoding: quoted-printable", "", "=C3=A9",
				"--a", "Content-Type: multipart/signed; boundary=b", "", "--b", "Content-Transfer-Encoding: 8bit", "", "a", "--b--", "--a--"), "quoted-printable",
		},
		{"a high header where it may be", Transport{EightBit: true, UTF8: true}, crlf("Subject: é", "", "é"), "", ""},
		{"header only", Transport{}, "Subject: x\r\nContent-Transfer-Encoding: 8bit\r\n", "", ""},
		{"nothing", Transport{}, "", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for name, c := range map[string]Content{"whole": Bytes([]byte(tt.in)), "in pieces": haltingContent{Bytes([]byte(tt.in))}} {
				v, err := Convert(c, tt.to)
				if err != nil {
					t.Fatal(err)
				}
				got, err := ReadAll(v)
				if err != nil {
					t.Fatal(err)
				}
				want := tt.want
				if want == "" {
					want = tt.in
				}
				if diff := cmp.Diff(want, string(got)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
				if v.How() != tt.how || v.Size() != int64(len(got)) {
					t.Errorf("how %q, size %d of %d", v.How(), v.Size(), len(got))
				}
				checkSums(t, []byte(tt.in), got)
				if v.How() != "" && !demanding(tt.in) || demanding("Subject: x\r\n\r\nx") {
					t.Error("Demands are wrong")
				}
			}
		})
	}
}

// haltingContent gives one octet a read.
type haltingContent struct{ Content }

func (h haltingContent) Open() io.ReadCloser {
	return io.NopCloser(iotest.OneByteReader(h.Content.Open()))
}

// demanding asks Demands, octet by octet.
func demanding(message string) bool {
	var d Demands
	for i := range len(message) {
		_, _ = d.Write([]byte(message[i : i+1]))
	}
	return d.Any()
}

func checkSums(t *testing.T, in, out []byte) {
	t.Helper()
	before, err := LeafSum(Bytes(in))
	if err != nil {
		t.Fatal(err)
	}
	after, err := LeafSum(Bytes(out))
	if err != nil || before != after {
		t.Errorf("the parts do not decode to what they were: %v\n%q\n%q", err, in, out)
	}
}

func TestCannotConvert(t *testing.T) {
	const mime = "MIME-Version: 1.0"
	for name, in := range map[string]string{
		"signed":                  crlf(mime, "Content-Type: multipart/signed; boundary=b", "", "--b", "", "é", "--b--"),
		"inside signed":           crlf(mime, "Content-Type: multipart/signed; boundary=b", "", "--b", "Content-Type: multipart/mixed; boundary=c", "", "--c", "", "é", "--c--", "--b--"),
		"a message inside signed": crlf(mime, "Content-Type: multipart/signed; boundary=b", "", "--b", "Content-Type: message/rfc822", "", "Subject: x", "", "é", "--b--"),
		"header":                  crlf("Subject: é", "", "a"),
		"header of a part":        crlf(mime, "Content-Type: multipart/mixed; boundary=b", "", "--b", "X: é", "", "a", "--b--"),
		"header inside":           crlf(mime, "Content-Type: message/rfc822", "", "Subject: é", "", "a"),
		"a long header line":      crlf("Subject: "+strings.Repeat("x", 999), "", "é"),
		"preamble":                crlf(mime, "Content-Type: multipart/mixed; boundary=b", "", "é", "--b", "", "a", "--b--"),
		"epilogue":                crlf(mime, "Content-Type: multipart/mixed; boundary=b", "", "--b", "", "a", "--b--", "é"),
		"base64 that is none":     crlf(mime, "Content-Transfer-Encoding: base64", "", "é"),
		"an unknown encoding":     crlf(mime, "Content-Transfer-Encoding: x-uu", "", "é"),
		"message/partial":         crlf(mime, "Content-Type: message/partial", "", "é"),
		"no boundary":             crlf(mime, "Content-Type: multipart/mixed", "", "é"),
		"an encoded multipart":    crlf(mime, "Content-Type: multipart/mixed; boundary=b", "Content-Transfer-Encoding: base64", "", "é"),
		"no header":               crlf("é", "", "é"),
		"many parts":              crlf(mime, "Content-Type: multipart/mixed; boundary=b", "") + strings.Repeat("--b\r\n\r\n", maxRegions),
		"deep":                    strings.Repeat("Content-Type: message/rfc822\r\n\r\n", maxDepth+1) + "\r\né",
	} {
		if v, err := Convert(Bytes([]byte(in)), Transport{}); !errors.Is(err, ErrConvert) {
			got, _ := ReadAll(v)
			t.Errorf("%s: error %v, converted to %q", name, err, got)
		}
	}
}

func TestHighHeaders(t *testing.T) {
	for in, want := range map[string]bool{
		crlf("Subject: x", "", "é"): false,
		crlf("Subject: é", "", "x"): true,
		crlf("Content-Type: multipart/mixed; boundary=b", "", "--b", "Content-Description: é", "", "a"): true,
		crlf("Content-Type: multipart/mixed; boundary=b", "", "--b", "", "é"):                           false,
		crlf("no field"): true,
	} {
		if got := HighHeaders(Bytes([]byte(in))); got != want {
			t.Errorf("%q: %v", in, got)
		}
	}
}

// FuzzConvert: what Convert gives can go where it says, and decodes to what it was.
func FuzzConvert(f *testing.F) {
	for _, s := range []string{
		"Subject: x\r\n\r\nK\xc3\xb6ln ", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n\xff\r\n--b--\r\n",
		"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 8bit\r\n\r\nContent-Transfer-Encoding: binary\r\n\r\n\x00\r",
		"Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nA: b\r\n\r\n\xe9\r\n--b",
	} {
		f.Add([]byte(s), true)
		f.Add([]byte(s), false)
	}
	f.Fuzz(func(t *testing.T, in []byte, eight bool) {
		to := Transport{EightBit: eight}
		v, err := Convert(Bytes(in), to)
		if err != nil {
			return
		}
		got, err := ReadAll(v)
		if err != nil || int64(len(got)) != v.Size() {
			t.Fatalf("%d octets of %d: %v", len(got), v.Size(), err)
		}
		var s shape
		s.look(got)
		if s.high && !eight || s.bare || s.long {
			t.Fatalf("%q became %q: %+v", in, got, s)
		}
		checkSums(t, in, got)
		again, err := Convert(Bytes(got), to)
		if err != nil {
			t.Fatalf("%q became %q, which cannot be converted: %v", in, got, err)
		}
		if twice, _ := ReadAll(again); !bytes.Equal(got, twice) {
			t.Fatalf("%q became %q and then %q", in, got, twice)
		}
	})
}

// endless is a large content that is nowhere.
type endless struct {
	head string
	line string
	n    int
}

func (e endless) Size() int64 { return int64(len(e.head) + e.n*len(e.line)) }

func (e endless) Open() io.ReadCloser {
	return io.NopCloser(io.MultiReader(strings.NewReader(e.head), &repeated{e.line, e.n, ""}))
}

type repeated struct {
	line string
	n    int
	left string
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.left == "" {
		if r.n == 0 {
			return 0, io.EOF
		}
		r.n--
		r.left = r.line
	}
	n := copy(p, r.left)
	r.left = r.left[n:]
	return n, nil
}

// A message is never in memory as a whole while it is converted.
func TestConvertStreams(t *testing.T) {
	c := endless{"Content-Type: application/zip\r\n\r\n", strings.Repeat("\xff", 998) + "\r\n", 20_000}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	v, err := Convert(c, Transport{})
	if err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 2<<20 || v.Size() < c.Size() {
		t.Errorf("%d octets of memory for a message of %d, converted %d", got, c.Size(), v.Size())
	}
}
