package scenarios

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

// filler is a message with so many lines before its last one.
func filler(head string, lines int, last string) mail.Content {
	return mail.Bytes([]byte(head + "\r\n" + strings.Repeat(strings.Repeat("x", 62)+"\r\n", lines) + last + "\r\n"))
}

// Patterns see the beginning of a message that is larger than the window.
func TestWindow(t *testing.T) {
	const most = window / 64
	for name, tt := range map[string]struct {
		message mail.Content
		want    []string
	}{
		"within":    {filler("Subject: a\r\n", most-10, "needle"), nil},
		"beyond":    {filler("Subject: a\r\n", most+10, "needle"), []string{"body: has no needle in its first 4 MiB, and more is not looked at"}},
		"absent":    {filler("Subject: a\r\n", 10, "pin"), []string{"body: has no needle"}},
		"in a part": {filler("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: image/png\r\n", 2*most, "--b\r\n\r\nneedle\r\n--b--"), nil},
	} {
		m, err := readMessage(tt.message)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.misfits(nil, []Pattern{{Text: "needle"}}); fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("%s: want %q, got %q", name, tt.want, got)
		}
	}
	m, err := readMessage(broken{mail.Bytes([]byte("Subject: a\r\n\r\nbody\r\n"))})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"body: cannot be read: disk on fire"}
	if got := m.misfits([]HeaderCheck{{Name: "Subject", Is: []Pattern{{Text: "a"}}}}, []Pattern{{Text: "body"}}); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("want %q, got %q", want, got)
	}
}

// broken is a message that breaks off.
type broken struct{ mail.Content }

func (b broken) Open() io.ReadCloser {
	return io.NopCloser(io.MultiReader(b.Content.Open(), failing{}))
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("disk on fire") }

// What the invariants compare is read in one pass, header and body apart.
func TestReadDelivery(t *testing.T) {
	body := []byte(strings.Repeat("a line\r\n", 100_000))
	var d trace.Delivery
	var all bytes.Buffer
	message := mail.Join([]byte("Return-Path: <a@b>\r\nReceived: one\r\nReceived: two\r\n\r\n"), mail.Bytes(body))
	readDelivery(&d, message)
	if d.BodySum != sha256.Sum256(body) || !d.ReturnPathFirst || len(d.Received) != 2 {
		t.Errorf("got %+v", d)
	}
	header, sum := readSum(message, &all)
	if whole, _ := mail.ReadAll(message); !bytes.Equal(all.Bytes(), whole) || sum != d.BodySum || len(header.Fields) != 3 {
		t.Errorf("%d octets were shown of %d, %d fields", all.Len(), len(whole), len(header.Fields))
	}
	if header, sum := readSum(broken{message}, io.Discard); sum != [32]byte{} || len(header.Fields) > 0 {
		t.Error("a message that breaks off is taken for a whole one")
	}
}
