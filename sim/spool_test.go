package sim

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

// spooled is how many bodies the network has on disk, and how many files this process
// has open; -1 where that cannot be told.
func (b *bench) spooled() (files, open int) {
	all, _ := filepath.Glob(filepath.Join(b.net.spool.dir, "*"))
	if b.net.spool.dir == "" {
		all = nil
	}
	open = -1
	if fds, err := os.ReadDir("/proc/self/fd"); err == nil {
		open = len(fds)
	}
	return len(all), open
}

func (b *bench) wantSpooled(when string, want int) {
	b.t.Helper()
	synctest.Wait()
	if files, _ := b.spooled(); files != want {
		b.t.Errorf("%s: %d files, want %d", when, files, want)
	}
}

// large is a message that does not stay in memory.
func large() string { return plan + strings.Repeat("a line of the body\r\n", 20_000) }

// TestSpoolLetsGo: a body is on disk as long as somebody needs it, and no longer.
func TestSpoolLetsGo(t *testing.T) {
	nodes := []NodeConfig{
		{Name: "mx", Role: MTA, Host: "mx.example.org", Next: "[192.0.2.99]", Domains: []string{"far.example"}, Mailboxes: []string{"bob@example.org", "carol@example.org"}, Queue: QueueConfig{Expire: time.Hour}},
		{Name: "small", Role: MDA, Mailboxes: []string{"dave@small.example"}, Size: 100_000},
	}
	inBubble(t, func(b *bench) {
		b.wantSpooled("at first", 0)
		b.want("small", []string{"354", "250 2.0.0 queued"}, b.give("mx", "", "bob@example.org", plan))
		b.wantSpooled("a small message", 0)
		b.want("large", []string{"354", "250 2.0.0 queued"}, b.give("mx", "", "x@far.example", large()))
		b.wantSpooled("in the queue", 1)
		b.net.Node("mx").Crash()
		b.wantSpooled("after a crash", 1)
		if err := b.net.Node("mx").Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Hour)
		b.want("queue", []string(nil), b.queued("mx"))
		b.wantSpooled("expired", 0)
		b.want("two mailboxes and the queue", []string{"354", "250 2.0.0 queued"}, b.give("mx", "", "bob@example.org carol@example.org x@far.example", large()))
		b.wantSpooled("two mailboxes and the queue", 1)
		time.Sleep(2 * time.Hour)
		b.wantSpooled("two mailboxes", 1)
		for _, box := range []string{"bob@example.org", "carol@example.org"} {
			all := b.net.Node("mx").Mailbox(box)
			if octets, err := mail.ReadAll(all[len(all)-1].Content); err != nil || !strings.HasSuffix(string(octets), large()) {
				t.Errorf("%s: %d octets, %v", box, len(octets), err)
			}
		}
		b.want("too large", []string{"354", "552 5.3.4 message too large"}, b.give("small", "", "dave@small.example", large()))
		b.wantSpooled("refused", 1)
		b.net.Node("mx").SetFault(Fault{At: AtDot, Reply: "451 4.3.0 later"})
		b.want("a fault", []string{"354", "451 4.3.0 later"}, b.give("mx", "", "bob@example.org", large()))
		b.wantSpooled("a fault", 1)
	}, nodes...)
}

// What is not received to its end is not kept.
func TestSpoolUnfinished(t *testing.T) {
	for name, end := range map[string]func(b *bench, c *rawClient){
		"the client leaves":   func(_ *bench, c *rawClient) { c.close(); time.Sleep(time.Second) },
		"the server crashes":  func(b *bench, _ *rawClient) { b.net.Node("mx").Crash() },
		"the client is quiet": func(_ *bench, _ *rawClient) { time.Sleep(6 * time.Minute) },
	} {
		inBubble(t, func(b *bench) {
			c := b.dial("mx")
			defer c.close()
			c.talk("220\nC: EHLO c.example\n250-\nC: MAIL FROM:<>\n250\nC: RCPT TO:<bob@example.org>\n250\nC: DATA\n354")
			c.send(large())
			b.wantSpooled(name+", before", 1)
			end(b, c)
			b.wantSpooled(name, 0)
		}, mxNode())
	}
	inBubble(t, func(b *bench) {
		for name, then := range map[string]string{
			"RSET":          "C: RSET\n250\nC: MAIL FROM:<>\n250",
			"EHLO":          "C: EHLO again.example\n250-",
			"another BDAT":  "C: BDAT x\n501\nC: RSET\n250",
			"the last BDAT": "C: BDAT 0 LAST\n250 2.0.0",
		} {
			c := b.dial("mx")
			body := large()
			c.talk("220\nC: EHLO c.example\n250-\nC: MAIL FROM:<>\n250\nC: RCPT TO:<bob@example.org>\n250")
			c.send(fmt.Sprintf("BDAT %d\r\n%s", len(body), body))
			c.talk("250 2.0.0\n" + then)
			c.close()
			want := len(b.mailbox("mx", "bob@example.org"))
			b.wantSpooled(name, want)
		}
		b.want("mails", 1, len(b.mailbox("mx", "bob@example.org")))
	}, mxNode())
}

// TestSpoolDescriptors: bodies that wait have no open files.
func TestSpoolDescriptors(t *testing.T) {
	cfg := NodeConfig{Name: "mx", Role: MTA, Next: "[192.0.2.99]", Domains: []string{"far.example"}}
	inBubble(t, func(b *bench) {
		_, before := b.spooled()
		const many = 200
		for i := range many {
			d := b.net.Send(context.Background(), Submission{Mail: fmt.Sprint("m", i), Via: "mx", To: []string{"x@far.example"}, Message: []byte(large())})
			if !d.Accepted() {
				t.Fatal(d)
			}
		}
		time.Sleep(time.Hour)
		files, open := b.spooled()
		if files != many || before >= 0 && open > before+5 {
			t.Errorf("%d mails wait in %d files, of which %d are open", many, files, open-before)
		}
	}, cfg)
}

// A disk that is full while a mail comes in is told behind the dot; the mail stays
// with the client, which tries again.
func TestSpoolFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		spool := filepath.Join(t.TempDir(), "later")
		b := &bench{t: t, net: New(Config{Seed: 1, Spool: spool})}
		defer b.net.Stop()
		mx := mxNode()
		mx.Addrs = []netip.Addr{netip.MustParseAddr("192.0.2.1")}
		out := NodeConfig{Name: "out", Role: MTA, Next: "mx", RelayFor: RelayFor{Any: true}, Addrs: []netip.Addr{netip.MustParseAddr("192.0.2.2")}}
		for _, cfg := range []NodeConfig{mx, out} {
			if _, err := b.net.Add(cfg); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.net.Start(); err != nil {
			t.Fatal(err)
		}
		const full = "452 4.3.1 insufficient system storage: no such file or directory"
		b.want("DATA", []string{"354", full}, b.give("mx", "a@example.net", "bob@example.org", large()))
		c := b.dial("mx")
		body := large()
		c.talk("220\nC: EHLO c.example\n250-\nC: MAIL FROM:<>\n250\nC: RCPT TO:<bob@example.org>\n250")
		c.send(fmt.Sprintf("BDAT %d\r\n%s", len(body), body))
		c.talk(full + "\nC: MAIL FROM:<>\n250")
		c.close()
		if err := os.Mkdir(spool, 0o700); err != nil {
			t.Fatal(err)
		}
		b.want("once there is a disk", []string{"354", "250 2.0.0 queued"}, b.give("out", "a@example.net", "bob@example.org", large()))
		time.Sleep(time.Minute)
		b.want("bob", 1, len(b.mailbox("mx", "bob@example.org")))
		b.want("refused", 2, len(b.events(trace.MailRefused)))
	})
}
