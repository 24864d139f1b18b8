package sim

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/sim/mail"
)

// keepers runs a test with each kind of store.
func keepers(t *testing.T, test func(t *testing.T, open func(NodeConfig) *store)) {
	for name, k := range map[string]func(t *testing.T) keeper{
		"in memory": func(*testing.T) keeper { return inPlace{} },
		"maildir": func(t *testing.T) keeper {
			d, err := newMaildir(filepath.Join(t.TempDir(), "mx"), "mx")
			if err != nil {
				t.Fatal(err)
			}
			return d
		},
	} {
		t.Run(name, func(t *testing.T) {
			test(t, func(cfg NodeConfig) *store {
				s, err := newStore(cfg, k(t))
				if err != nil {
					t.Fatal(err)
				}
				return s
			})
		})
	}
}

// put delivers a message and returns the reply of a failure.
func put(s *store, mailbox, to, text string) string {
	return s.deliver(mailbox, Stored{ID: "ID", Mail: "m", To: to, At: time.Unix(1e9, 5000), Content: mail.Bytes([]byte(text))}).String()
}

func TestStoreMessages(t *testing.T) {
	keepers(t, func(t *testing.T, open func(NodeConfig) *store) {
		s := open(NodeConfig{Mailboxes: []string{"Bob@example.org", "*@all.example", "carol@EXAMPLE.org"}})
		for i, d := range []struct{ mailbox, to string }{
			{"Bob@example.org", "bob@example.org"},
			{"Bob@example.org", "BOB+news@example.org"},
			{"*@all.example", "x@all.example"},
			{"*@all.example", "y@all.example"},
			{"*@all.example", "x@ALL.example"},
			{"postmaster@mx.example", "postmaster"},
		} {
			if r := put(s, d.mailbox, d.to, fmt.Sprintf("message %d\r\n", i)); r != "" {
				t.Fatal(r)
			}
		}
		for _, tt := range []struct {
			address string
			want    []string
		}{
			{"Bob@Example.org", []string{"bob@example.org 0", "BOB+news@example.org 1"}},
			{"bob@example.org", []string{"bob@example.org 0"}},
			{"bob+news@example.org", []string{"BOB+news@example.org 1"}},
			{"*@all.example", []string{"x@all.example 2", "y@all.example 3", "x@ALL.example 4"}},
			{"x@all.example", []string{"x@all.example 2", "x@ALL.example 4"}},
			{"carol@example.org", nil},
			{"nobody@example.org", nil},
			{"no address", nil},
			{"postmaster@mx.example", []string{"postmaster 5"}},
		} {
			var got []string
			for _, m := range s.messages(tt.address) {
				octets, err := mail.ReadAll(m.Content)
				if err != nil || int64(len(octets)) != m.Content.Size() {
					t.Errorf("%s: %d octets of %d, %v", tt.address, len(octets), m.Content.Size(), err)
				}
				got = append(got, m.To+strings.TrimSuffix(strings.TrimPrefix(string(octets), "message"), "\r\n"))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.address, diff)
			}
		}
		want := []string{"*@all.example", "Bob@example.org", "carol@example.org", "postmaster@mx.example"}
		if diff := cmp.Diff(want, s.mailboxes()); diff != "" {
			t.Errorf("mailboxes (-want +got):\n%s", diff)
		}
	})
}

func TestStoreQuota(t *testing.T) {
	const full = "552 5.2.2 mailbox full"
	for name, tt := range map[string]struct {
		quota    Quota
		size     int // of each message
		fit      int // messages
		declared int64
		want     string // the reply to one more, at once and with its size declared
	}{
		"octets":                 {Quota{Size: 100}, 40, 2, 40, full},
		"to the last octet":      {Quota{Size: 100}, 50, 2, 0, full},
		"nothing fits":           {Quota{}, 1, 0, 0, full},
		"messages":               {Quota{Messages: 3}, 1 << 20, 3, 0, full},
		"both, messages first":   {Quota{Size: 100, Messages: 1}, 40, 1, 0, full},
		"both, octets first":     {Quota{Size: 100, Messages: 5}, 40, 2, 40, full},
		"for now":                {Quota{Size: 100, Reply: "452"}, 50, 2, 0, "452 4.2.2 mailbox full"},
		"for now, in own words":  {Quota{Size: 100, Reply: "451 4.7.1 come back"}, 50, 2, 0, "451 4.7.1 come back"},
		"for good, said so":      {Quota{Size: 100, Reply: "552"}, 50, 2, 0, full},
		"not full, but too much": {Quota{Size: 100}, 60, 1, 41, full},
	} {
		keepers(t, func(t *testing.T, open func(NodeConfig) *store) {
			const bob = "bob@example.org"
			s := open(NodeConfig{Mailboxes: []string{"Bob@Example.org", "carol@example.org"}, Quota: map[string]Quota{bob: tt.quota}})
			box := boxKey("Bob@Example.org")
			text := strings.Repeat("x", tt.size)
			for i := range tt.fit {
				if got := s.full(box, int64(tt.size)).String(); got != "" {
					t.Errorf("%s: message %d would not fit: %s", name, i, got)
				}
				if got := put(s, box, bob, text); got != "" {
					t.Errorf("%s: message %d: %s", name, i, got)
				}
			}
			if got := put(s, box, bob, text); got != tt.want {
				t.Errorf("%s: one more: want %q, got %q", name, tt.want, got)
			}
			if got := s.full(box, tt.declared).String(); got != tt.want {
				t.Errorf("%s: %d octets declared: want %q, got %q", name, tt.declared, tt.want, got)
			}
			if got := put(s, "carol@example.org", "carol@example.org", text); got != "" {
				t.Errorf("%s: the neighbour: %s", name, got)
			}
			if got := len(s.messages(box)); got != tt.fit {
				t.Errorf("%s: %d messages are there, want %d", name, got, tt.fit)
			}
		})
	}
	for want, q := range map[string]Quota{
		"size -1 is negative":     {Size: -1},
		"messages -1 is negative": {Messages: -1},
		"it refuses":              {Reply: "250 2.0.0 fine"},
		"no SMTP reply":           {Reply: "full"},
	} {
		_, err := newStore(NodeConfig{Mailboxes: []string{"a@b"}, Quota: map[string]Quota{"a@b": q}}, inPlace{})
		if err == nil || !strings.Contains(err.Error(), want) && want != "no SMTP reply" {
			t.Errorf("%+v: want %q, got %v", q, want, err)
		}
	}
}

// Many deliveries at once do not pass the quota together, and lose nothing.
func TestStoreAtOnce(t *testing.T) {
	keepers(t, func(t *testing.T, open func(NodeConfig) *store) {
		s := open(NodeConfig{Mailboxes: []string{"a@b"}, Quota: map[string]Quota{"a@b": {Messages: 50}}})
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() { put(s, "a@b", "a@b", "text") })
		}
		wg.Wait()
		if got := len(s.messages("a@b")); got != 50 {
			t.Errorf("%d messages, want 50", got)
		}
		for _, m := range s.messages("a@b") {
			if b, err := mail.ReadAll(m.Content); err != nil || string(b) != "text" {
				t.Errorf("%q, %v", b, err)
			}
		}
	})
}

// A message that cannot be read or kept takes no room, and the reply is for now.
func TestStoreFails(t *testing.T) {
	if _, err := newStore(NodeConfig{Mailboxes: []string{"a@b"}}, failing{errors.New("/secret/path: disk on fire")}); err == nil {
		t.Fatal("a mailbox that cannot be made is no error")
	}
	s, err := newStore(NodeConfig{}, failing{&os.LinkError{Op: "rename", Old: "/secret", New: "/path", Err: os.ErrPermission}})
	if err != nil {
		t.Fatal(err)
	}
	if got := put(s, "a@b", "a@b", "x"); got != "452 4.3.1 insufficient system storage" {
		t.Errorf("got %s", got)
	}
	d, err := newMaildir(filepath.Join(t.TempDir(), "mx"), "mx")
	if err != nil {
		t.Fatal(err)
	}
	if s, err = newStore(NodeConfig{Mailboxes: []string{"a@b"}, Quota: map[string]Quota{"a@b": {Size: 10}}}, d); err != nil {
		t.Fatal(err)
	}
	tmp := filepath.Join(d.dir, "a@b", "tmp")
	if err := os.Remove(tmp); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if got := put(s, "a@b", "a@b", "123456789"); got != "452 4.3.1 insufficient system storage: no such file or directory" {
			t.Errorf("got %s", got)
		}
	}
	if err := os.Mkdir(tmp, 0o700); err != nil {
		t.Fatal(err)
	}
	cut := Stored{To: "a@b", Content: short{mail.Bytes([]byte("1234"))}}
	if got := s.deliver("a@b", cut).String(); got != "452 4.3.1 insufficient system storage: unexpected EOF" {
		t.Errorf("a message that breaks off: %s", got)
	}
	if got := put(s, "a@b", "a@b", "123456789"); got != "" || len(s.messages("a@b")) != 1 {
		t.Errorf("once the disk is well: %s", got)
	}
	if left, _ := os.ReadDir(tmp); len(left) > 0 {
		t.Errorf("%s is left in tmp", left[0].Name())
	}
}

// failing is a disk that fails.
type failing struct{ err error }

func (f failing) declare(string) error { return f.err }

func (f failing) keep(string, Stored) (mail.Content, error) { return nil, f.err }

// short is a content that breaks off.
type short struct{ mail.Content }

func (s short) Open() io.ReadCloser {
	return unreadable{&os.PathError{Op: "read", Path: "/secret", Err: io.ErrUnexpectedEOF}}
}
