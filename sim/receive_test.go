package sim

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
	"github.com/mailsim/mailsim/sim/wire"
)

// bench is a network of one or more nodes in a bubble, and raw clients of them.
type bench struct {
	t   *testing.T
	net *Network
}

// inBubble runs f against running nodes. All nodes and clients are gone afterwards.
func inBubble(t *testing.T, f func(b *bench), nodes ...NodeConfig) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{t: t, net: New(Config{Seed: 1})}
		for i, cfg := range nodes {
			if cfg.Addrs == nil {
				cfg.Addrs = []netip.Addr{netip.AddrFrom4([4]byte{192, 0, 2, byte(i + 1)})}
			}
			if _, err := b.net.Add(cfg); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.net.Start(); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := b.net.Stop(); err != nil {
				t.Error(err)
			}
		}()
		f(b)
	})
}

// mxNode is a plain MX with two mailboxes.
func mxNode() NodeConfig {
	return NodeConfig{
		Name: "mx", Role: MTA, Host: "mx.example.org",
		Mailboxes: []string{"bob@example.org", "carol@example.org"},
	}
}

// rawClient is a raw SMTP client.
type rawClient struct {
	b    *bench
	raw  *wire.Conn
	conn net.Conn
	r    *bufio.Reader
}

// dial connects to the node's first port.
func (b *bench) dial(node string) *rawClient {
	b.t.Helper()
	c, err := b.tryDial(node)
	if err != nil {
		b.t.Fatal(err)
	}
	return c
}

func (b *bench) tryDial(node string) (*rawClient, error) {
	nd := b.net.Node(node)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	to := netip.AddrPortFrom(nd.host.Addrs[0], uint16(nd.cfg.ListenPorts()[0]))
	c, err := b.net.client.dial(ctx, to, b.t.Name())
	if err != nil {
		return nil, err
	}
	return newRawClient(b, c), nil
}

func newRawClient(b *bench, c *wire.Conn) *rawClient {
	return &rawClient{b: b, raw: c, conn: c, r: bufio.NewReader(c)}
}

// send writes octets as they are.
func (c *rawClient) send(s string) {
	c.b.t.Helper()
	if _, err := io.WriteString(c.conn, s); err != nil {
		c.b.t.Fatalf("write %q: %v", s, err)
	}
}

// reply reads one reply, lines joined by newlines, or tells how the session ended.
func (c *rawClient) reply() string {
	var lines []string
	_ = c.conn.SetReadDeadline(time.Now().Add(20 * time.Minute))
	for {
		line, err := c.r.ReadString('\n')
		if err != nil {
			switch {
			case strings.Contains(err.Error(), "reset"):
				lines = append(lines, "RESET")
			case strings.Contains(err.Error(), "timeout"):
				lines = append(lines, "SILENCE")
			default:
				lines = append(lines, "EOF")
			}
			return strings.Join(lines, "\n")
		}
		lines = append(lines, strings.TrimSuffix(line, "\r\n"))
		if len(line) < 4 || line[3] != '-' {
			return strings.Join(lines, "\n")
		}
	}
}

// say sends a line and returns the reply.
func (c *rawClient) say(line string) string {
	c.b.t.Helper()
	c.send(line + "\r\n")
	return c.reply()
}

// talk plays a dialog: lines with "C: " are sent, others are the wanted beginning
// of the next reply.
func (c *rawClient) talk(script string) {
	c.b.t.Helper()
	for line := range strings.SplitSeq(strings.TrimSpace(script), "\n") {
		line = strings.TrimLeft(line, "\t")
		if out, ok := strings.CutPrefix(line, "C: "); ok {
			c.send(strings.NewReplacer(`\r`, "\r", `\n`, "\n", `\0`, "\x00").Replace(out) + "\r\n")
			continue
		}
		if got := c.reply(); !strings.HasPrefix(got, line) {
			c.b.t.Fatalf("reply: want %q, got %q\nin %s", line, got, script)
		}
	}
}

func (c *rawClient) close() { _ = c.conn.Close() }

// events lists the events of given kinds in a short form.
func (b *bench) events(kinds ...trace.Kind) []string {
	synctest.Wait()
	all, _ := b.net.Log().Since(0)
	var got []string
	for _, e := range all {
		for _, k := range kinds {
			if e.Kind == k {
				got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %s>%s %s %s", e.Kind, e.Mail, e.From, e.To, e.Reply, e.Detail)))
			}
		}
	}
	return got
}

func (b *bench) wantEvents(want []string, kinds ...trace.Kind) {
	b.t.Helper()
	if diff := cmp.Diff(want, b.events(kinds...)); diff != "" {
		b.t.Errorf("events (-want +got):\n%s", diff)
	}
}

// mailbox returns the messages of a mailbox as text.
func (b *bench) mailbox(node, address string) []string {
	b.t.Helper()
	synctest.Wait()
	var got []string
	for _, m := range b.net.Node(node).Mailbox(address) {
		octets, err := mail.ReadAll(m.Content)
		if err != nil {
			b.t.Fatal(err)
		}
		got = append(got, string(octets))
	}
	return got
}

// TestSessionNames: ports are drawn and come up again, names do not.
func TestSessionNames(t *testing.T) {
	inBubble(t, func(b *bench) {
		const many = 1500
		for range many {
			c := b.dial("mx")
			c.talk("220\nC: QUIT\n221")
			c.close()
		}
		synctest.Wait()
		all, _ := b.net.Log().Since(0)
		names := map[string]bool{}
		for _, e := range all {
			if e.Kind == trace.SessionOpen {
				names[e.Session] = true
			}
		}
		b.want("names", many, len(names))
	}, mxNode())
}

func TestReceive(t *testing.T) {
	inBubble(t, func(b *bench) {
		c := b.dial("mx")
		c.talk(`
			220 mx.example.org ESMTP
			C: EHLO client.example.net
			250-mx.example.org greets client.example.net
			C: MAIL FROM:<alice@example.net> SIZE=100
			250 2.1.0 OK
			C: RCPT TO:<bob@example.org>
			250 2.1.5 OK
			C: DATA
			354 end data
			C: Message-ID: <plan@mailsim>
			C: Subject: a plan
			C: 
			C: ..a dot
			C: .
			250 2.0.0 queued as
			C: QUIT
			221 2.0.0 mx.example.org
			EOF`)
		c.close()
		got := b.mailbox("mx", "bob@example.org")
		if len(got) != 1 {
			t.Fatalf("messages: want 1, got %q", got)
		}
		accepted := b.net.Node("mx").Mailbox("bob@example.org")[0]
		want := "Return-Path: <alice@example.net>\r\nDelivered-To: bob@example.org\r\n" +
			"Received: from client.example.net ([198.19.255.254])\r\n by mx.example.org with ESMTP id " + accepted.ID + "\r\n for <bob@example.org>; "
		if !strings.HasPrefix(strings.ReplaceAll(got[0], "\t", " "), want) {
			t.Errorf("trace fields: want\n%q\ngot\n%q", want, got[0])
		}
		if body := "Message-ID: <plan@mailsim>\r\nSubject: a plan\r\n\r\n.a dot\r\n"; !strings.HasSuffix(got[0], body) {
			t.Errorf("message: want %q at the end, got %q", body, got[0])
		}
		b.wantEvents([]string{
			"mail.accepted plan alice@example.net>bob@example.org 250 2.0.0 queued as " + accepted.ID,
			"mail.delivered plan alice@example.net>bob@example.org",
		}, trace.MailAccepted, trace.MailDelivered)
	}, mxNode())
}
