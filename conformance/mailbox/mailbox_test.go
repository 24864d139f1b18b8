package mailbox_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	goimap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/emersion/go-smtp"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/conformance/mailbox"
)

// kind is a mailbox and a way to put mail into it.
type kind struct {
	box     conformance.Mailbox
	deliver func(address, message string)
}

func kinds(t *testing.T) map[string]kind {
	return map[string]kind{"maildir": maildir(t), "memory": memory(), "imap": imap(t), "sink": sink(t, false), "lmtp sink": sink(t, true)}
}

func maildir(t *testing.T) kind {
	dir := t.TempDir()
	n := 0
	return kind{mailbox.Maildir(filepath.Join(dir, "{domain}", "{local}")), func(address, message string) {
		local, domain, _ := strings.Cut(address, "@")
		for _, sub := range []string{"new", "cur", "tmp"} {
			if err := os.MkdirAll(filepath.Join(dir, domain, local, sub), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		n++
		// Maildirs have the line ends of the system.
		name := filepath.Join(dir, domain, local, []string{"new", "cur"}[n%2], fmt.Sprint(n))
		if err := os.WriteFile(name, []byte(strings.ReplaceAll(message, "\r\n", "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
	}}
}

func memory() kind {
	m := new(mailbox.Memory)
	return kind{m, func(address, message string) { m.Deliver(address, []byte(message)) }}
}

// octets is a literal of IMAP.
type octets struct {
	*strings.Reader
}

func imap(t *testing.T) kind {
	mem := imapmemserver.New()
	users := map[string]*imapmemserver.User{}
	for _, name := range []string{"bob@example.org", "carol@example.org"} {
		users[name] = imapmemserver.NewUser(name, "secret")
		if err := users[name].Create("INBOX", nil); err != nil {
			t.Fatal(err)
		}
		mem.AddUser(users[name])
	}
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), nil, nil
		},
		InsecureAuth: true,
	})
	l := listen(t)
	go func() { _ = server.Serve(l) }()
	box := &mailbox.IMAP{Addr: l.Addr().String(), Clear: true, Password: "secret"}
	t.Cleanup(func() {
		_ = box.Close()
		_ = server.Close()
	})
	return kind{box, func(address, message string) {
		if _, err := users[address].Append("INBOX", octets{strings.NewReader(message)}, &goimap.AppendOptions{Time: time.Now()}); err != nil {
			t.Fatal(err)
		}
	}}
}

func (o octets) Size() int64 { return o.Reader.Size() }

func sink(t *testing.T, lmtp bool) kind {
	s, err := mailbox.NewSink("127.0.0.1:0", lmtp)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return kind{s, func(address, message string) {
		conn, err := net.Dial("tcp", s.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		client := smtp.NewClient(conn)
		if lmtp {
			client = smtp.NewClientLMTP(conn)
		}
		defer client.Close()
		if err := client.SendMail("a@example.net", []string{address}, strings.NewReader(message)); err != nil {
			t.Fatal(err)
		}
	}}
}

func listen(t *testing.T) net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestFind is what every mailbox does.
func TestFind(t *testing.T) {
	for name, k := range kinds(t) {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			count := func(address, text string, want int) [][]byte {
				t.Helper()
				found, err := k.box.Find(ctx, address, text)
				if err != nil || len(found) != want {
					t.Fatalf("%d messages to %s with %s, error %v; want %d", len(found), address, text, err, want)
				}
				return found
			}
			count("bob@example.org", "marker", 0)
			const message = "Subject: one\r\nX-Probe: marker-1\r\n\r\nmarker-1\r\n..\r\nend\r\n"
			k.deliver("bob@example.org", message)
			k.deliver("carol@example.org", strings.ReplaceAll(message, "marker-1", "marker-2"))
			k.deliver("bob@example.org", strings.ReplaceAll(message, "marker-1", "marker-3"))
			if got := string(count("bob@example.org", "marker-1", 1)[0]); got != message {
				t.Errorf("message %q", got)
			}
			count("bob@example.org", "marker-2", 0)
			count("carol@example.org", "marker-2", 1)
			k.deliver("bob@example.org", strings.ReplaceAll(message, "one", "two"))
			count("bob@example.org", "marker-1", 2)
			count("bob@example.org", "marker-3", 1)
		})
	}
}

// TestHostileAddress: no address leads out of the place of mailboxes.
func TestHostileAddress(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(dir, "in", "new")
	if err := os.MkdirAll(outside, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(outside, "1"), []byte("marker\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	box := mailbox.Maildir(filepath.Join(dir, "in", "side", "{local}"))
	for _, address := range []string{"../../outside@x", "..@x", ".@x", "@x", ""} {
		if found, err := box.Find(t.Context(), address, "marker"); len(found) > 0 || err != nil {
			t.Errorf("%q finds %d messages, error %v", address, len(found), err)
		}
	}
}

// TestIMAPTrouble: what goes wrong has a name.
func TestIMAPTrouble(t *testing.T) {
	k := imap(t)
	box := k.box.(*mailbox.IMAP)
	if _, err := box.Find(t.Context(), "nobody@example.org", "x"); err == nil || !strings.Contains(err.Error(), "log in") {
		t.Errorf("error %v, want one about the login", err)
	}
	box.Folder = "Nowhere"
	if _, err := box.Find(t.Context(), "bob@example.org", "x"); err == nil || !strings.Contains(err.Error(), "open the folder") {
		t.Errorf("error %v, want one about the folder", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := box.Find(ctx, "carol@example.org", "x"); err == nil {
		t.Error("no error of a context that is over")
	}
}
