package sim

import (
	"context"
	"net"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/sim/mail"
)

// msaNode is a submission server for two users of example.org, and for a domain that
// it completes addresses with.
func msaNode() NodeConfig {
	return NodeConfig{
		Name: "out", Role: MSA, Host: "out.example.org", Qualify: "example.org",
		Routes:  map[string]string{"far.example": "mx", "sales.example.org": "mx", "top": "mx"},
		Users:   map[string]string{"alice": "secret", "bob": "secret", "carol": "secret"},
		Senders: map[string][]string{"alice": {"alice@example.org", "sales@example.org", "*@alice.example"}, "bob": {"*@bob.example"}},
		Aliases: map[string][]string{"alice@example.org": {"alice@far.example"}, "staff@example.org": {"x@far.example"}},
	}
}

func farNode() NodeConfig {
	return NodeConfig{Name: "mx", Role: MDA, Host: "mx.far.example", Mailboxes: []string{"*@far.example"}, Record: true}
}

// TestMend: what a submission server makes of a header section (RFC 6409 8); what it
// leaves alone is octet for octet as it was.
func TestMend(t *testing.T) {
	const (
		date = "Date: Mon, 5 Jan 2026 09:00:00 +0000\r\n"
		id   = "Message-ID: <plan@mailsim>\r\n"
		now  = "Date: Sat, 1 Jan 2000 00:00:00 +0000\r\n"
	)
	for _, tt := range []struct {
		rule, user, in string
		want           string
		mended         string // in Received
	}{
		{"nothing to do", "alice", date + id + "From: alice@example.org\r\nTO : odd@far.example\r\n", date + id + "From: alice@example.org\r\nTO : odd@far.example\r\n", ""},
		{"R6409-8.2-a", "", id, now + id, "Date"},
		{"R6409-8.3-a", "", date, id + date, "Message-ID"},
		{"R6409-8.2-a, R6409-8.3-a", "", "Subject: x\r\n", now + id + "Subject: x\r\n", "Date, Message-ID"},
		{"R6409-8.3-a: malformed", "", date + "Message-ID: plan\r\nSubject: x\r\n", id + date + "Subject: x\r\n", "Message-ID"},
		{"R6409-8.3-a: a name that fits nowhere", "", date + "Message-ID: <a..b c>\r\n", "Message-ID: <ID@out.example.org>\r\n" + date, "Message-ID"},
		{"RFC6409#8.1: not the user's", "alice", date + id + "From: boss@far.example\r\n", "Sender: alice@example.org\r\n" + date + id + "From: boss@far.example\r\n", "Sender"},
		{"RFC6409#8.1: replaced", "alice", date + id + "From: boss@far.example\r\nSender: <x@far.example>\r\n", "Sender: alice@example.org\r\n" + date + id + "From: boss@far.example\r\n", "Sender"},
		{"RFC6409#8.1: right already", "alice", date + id + "From: boss@far.example\r\nSender: <sales@example.org>\r\n", date + id + "From: boss@far.example\r\nSender: <sales@example.org>\r\n", ""},
		{"RFC6409#8.1: another address of the user", "alice", date + id + "From: A <Any+x@alice.example>\r\n", date + id + "From: A <Any+x@alice.example>\r\n", ""},
		{"RFC5322#3.6.2: several authors", "alice", date + id + "From: alice@example.org, bob@example.org\r\n", "Sender: alice@example.org\r\n" + date + id + "From: alice@example.org, bob@example.org\r\n", "Sender"},
		{"RFC5322#3.6.2: nobody is known", "", date + id + "From: s@far.example, bob@example.org\r\n", "Sender: s@far.example\r\n" + date + id + "From: s@far.example, bob@example.org\r\n", "Sender"},
		{"RFC5322#3.6.2: nor can be", "", date + id + "From: a@far.example, bob@example.org\r\n", date + id + "From: a@far.example, bob@example.org\r\n", ""},
		{"RFC6409#8.1: an address is not known", "bob", date + id + "From: boss@far.example\r\n", date + id + "From: boss@far.example\r\n", ""},
		{"no author, no Sender", "alice", date + id, date + id, ""},
		{
			"R5321-6.4-c", "", date + id + "From: Alice <alice>\r\nTo: staff, nobody,\r\n\tx@sales (y)\r\nSubject: staff\r\nResent-To: staff\r\n",
			date + id + "From: Alice <alice@example.org>\r\nTo: staff@example.org, nobody,\r\n\tx@sales.example.org (y)\r\nSubject: staff\r\nResent-To: staff\r\n", "From, To",
		},
		{"RFC5322#3.6.3", "", date + "Bcc: x@far.example\r\n" + id, date + id, ""},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			inBubble(t, func(b *bench) {
				c := b.dial("out")
				defer c.close()
				c.raw.SetTag("plan")
				c.reply()
				c.say("EHLO c.example")
				if tt.user != "" {
					if r := c.say("AUTH PLAIN " + plainAuth(tt.user)); r[:3] != "235" {
						t.Fatal(r)
					}
				}
				from := map[string]string{"": "s@far.example", "alice": "alice@example.org", "bob": "b@bob.example"}[tt.user]
				c.talkAll("MAIL FROM:<"+from+">", "RCPT TO:<x@far.example>", "DATA")
				c.send(tt.in + "\r\nbody\r\n.\r\n")
				if r := c.reply(); r[0] != '2' {
					t.Fatal(r)
				}
				time.Sleep(time.Minute)
				got := b.mailbox("mx", "x@far.example")
				if len(got) != 1 {
					t.Fatalf("%d mails", len(got))
				}
				var fields []string
				rest := []byte(got[0])
				for range 4 { // Return-Path, Delivered-To, Received, Received
					_, _, next, _ := cutField(rest)
					fields = append(fields, string(rest[:len(rest)-len(next)]))
					rest = next
				}
				head := regexp.MustCompile(`<[0-9A-Z]{12}@`).ReplaceAllString(string(rest), "<ID@")
				if diff := cmp.Diff(tt.want+"\r\nbody\r\n", head); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				r, err := mail.ParseReceived(strings.TrimPrefix(fields[3], "Received:"))
				want := "mended " + tt.mended
				if tt.mended == "" {
					want = ""
				}
				if err != nil || strings.Join(r.Comments, "|") != want {
					t.Errorf("R5321-6.4-g: %v, comments %q, want %q", err, r.Comments, want)
				}
			}, msaNode(), farNode())
		})
	}
}

// plainAuth is the initial response of PLAIN.
func plainAuth(user string) string {
	return map[string]string{"alice": "AGFsaWNlAHNlY3JldA==", "bob": "AGJvYgBzZWNyZXQ=", "carol": "AGNhcm9sAHNlY3JldA=="}[user]
}

// talkAll says commands that have to succeed.
func (c *rawClient) talkAll(lines ...string) {
	c.b.t.Helper()
	for _, line := range lines {
		if r := c.say(line); r[0] != '2' && r[0] != '3' {
			c.b.t.Fatalf("%s: %s", line, r)
		}
	}
}

// TestSubmittedEnvelope: every domain of the envelope is complete, or refused (RFC
// 6409 4.2), and a user has the reverse-paths that are his (6.1).
func TestSubmittedEnvelope(t *testing.T) {
	noDomain := func(cfg *NodeConfig) { cfg.Qualify = "" }
	for _, tt := range []struct {
		rule, user, line string
		want             string // the reply, or what the next hop is told
		change           func(*NodeConfig)
	}{
		{"R6409-4.2-a", "", "MAIL FROM:<alice>", "MAIL FROM:<alice@example.org>", nil},
		{"R6409-4.2-a: host", "", "MAIL FROM:<root@host> SIZE=7", "MAIL FROM:<root@host.example.org>", nil},
		{"R6409-4.2-a: recipient", "", "RCPT TO:<u@sales>", "RCPT TO:<u@sales.example.org>", nil},
		{"R6409-4.2-a: through an alias", "", "RCPT TO:<staff>", "RCPT TO:<x@far.example>", nil},
		{"R6409-4.2-a: not known", "", "RCPT TO:<nobody>", "550 5.1.1", nil},
		{"RFC6409#8: nobody's address is not added", "", "MAIL FROM:<nobody>", "501 5.1.7", nil},
		{"R5321-4.5.1-h", "", "RCPT TO:<Postmaster>", "250 2.1.5", nil},
		{"R6409-4.2-a: nothing to complete with", "", "MAIL FROM:<alice>", "501 5.1.7", noDomain},
		{"R6409-4.2-a: no such domain", "", "MAIL FROM:<root@host>", "554 5.1.8", noDomain},
		{"R6409-4.2-a: no such domain of a recipient", "", "RCPT TO:<u@sales>", "554 5.1.2", noDomain},
		{"R5321-2.3.5: a top-level domain", "", "RCPT TO:<u@top>", "RCPT TO:<u@top>", noDomain},
		{"R5321-2.3.5: a name of the node's own", "", "MAIL FROM:<u@intern>", "MAIL FROM:<u@intern>", func(cfg *NodeConfig) { cfg.Domains = []string{"intern"} }},
		{"R5321-2.3.5: an address literal", "", "MAIL FROM:<u@[192.0.2.9]>", "MAIL FROM:<u@[192.0.2.9]>", nil},
		{"R5321-2.3.5-b", "", "MAIL FROM:<Postmaster>", "501 5.1.7", noDomain},
		{"R6409-3.2-a", "alice", "MAIL FROM:<>", "MAIL FROM:<>", nil},
		{"R6409-6.1-a", "alice", "MAIL FROM:<bob@example.org>", "550 5.7.1 alice may not send as <bob@example.org>", nil},
		{"R6409-6.1-a: own", "alice", "MAIL FROM:<Alice+x@EXAMPLE.org>", "MAIL FROM:<Alice+x@EXAMPLE.org>", nil},
		{"R6409-6.1-a: own domain", "bob", "MAIL FROM:<any+thing@bob.example>", "MAIL FROM:<any+thing@bob.example>", nil},
		{"R6409-6.1-a: another's", "bob", "MAIL FROM:<alice@example.org>", "550 5.7.1", nil},
		{"R6409-6.1-a: of whom nothing is said", "carol", "MAIL FROM:<any@far.example>", "MAIL FROM:<any@far.example>", nil},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := New(Config{Resolver: func(string) Resolver { return world{mx: map[string][]*net.MX{"top": mxRecords(10, "mx.far.example.")}} }})
				b := &bench{t: t, net: n}
				out, mx := msaNode(), farNode()
				if tt.change != nil {
					tt.change(&out)
				}
				out.Addrs, mx.Addrs, mx.Mailboxes = addrOf("192.0.2.1"), addrOf("192.0.2.2"), append(mx.Mailboxes, "*@sales.example.org", "*@top")
				for _, cfg := range []NodeConfig{out, mx} {
					if _, err := n.Add(cfg); err != nil {
						t.Fatal(err)
					}
				}
				if err := n.Start(); err != nil {
					t.Fatal(err)
				}
				defer n.Stop() //nolint:errcheck // only a test
				c := b.dial("out")
				defer c.close()
				c.reply()
				c.say("EHLO c.example")
				if tt.user != "" {
					c.talkAll("AUTH PLAIN " + plainAuth(tt.user))
				}
				isRcpt := strings.HasPrefix(tt.line, "RCPT")
				if isRcpt {
					c.talkAll("MAIL FROM:<s@far.example>")
				}
				if r := c.say(tt.line); r[0] != '2' || strings.HasPrefix(tt.want, "2") {
					if !strings.HasPrefix(r, tt.want) {
						t.Errorf("want %s, got %s", tt.want, r)
					}
					return
				}
				if !isRcpt {
					c.talkAll("RCPT TO:<x@far.example>")
				}
				c.talkAll("DATA", "\r\n.")
				time.Sleep(time.Minute)
				commands, _ := b.heard("mx")
				if len(commands) != 2 || commands[0] != tt.want && commands[1] != tt.want {
					t.Errorf("want %s, the next hop heard %q", tt.want, commands)
				}
			})
		})
	}
}

// TestRelaysMendNothing: the same mail at a relay, and at the port of a submission
// server for other servers (RFC 5321 6.4).
func TestRelaysMendNothing(t *testing.T) {
	const message = "From: alice\r\nTo: staff, x@sales\r\nMessage-ID: plan\r\nBcc: y@far.example\r\n\r\nbody\r\n"
	relay := msaNode()
	relay.Role, relay.RelayFor.Any = MTA, true
	for name, node := range map[string]NodeConfig{"relay": relay, "port 25 of a submission server": msaNode()} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(b *bench) {
				conn, err := b.net.client.dial(context.Background(), netip.AddrPortFrom(b.net.Node("out").Addrs()[0], portSMTP), "x")
				if err != nil {
					t.Fatal(err)
				}
				c := newRawClient(b, conn)
				defer c.close()
				c.reply()
				c.say("EHLO c.example")
				if r := c.say("MAIL FROM:<alice>"); !strings.HasPrefix(r, "501 5.1.7") {
					t.Errorf("a path without a domain: %s", r)
				}
				c.talkAll("MAIL FROM:<s@far.example>", "RCPT TO:<staff@example.org>", "DATA")
				c.send(message + ".\r\n")
				c.reply()
				time.Sleep(time.Minute)
				got := b.mailbox("mx", "x@far.example")
				if len(got) != 1 || !strings.HasSuffix(got[0], "+0000\r\n"+message) {
					t.Errorf("R5321-6.4-d, R5321-6.4-e, R5321-6.4-f: %q", got)
				}
			}, node, farNode())
		})
	}
}

func TestSubmissionErrors(t *testing.T) {
	for _, tt := range []struct {
		want string
		cfg  NodeConfig
	}{
		{"qualify: ", NodeConfig{Qualify: "a b"}},
		{"senders: x is not among the users", NodeConfig{Senders: map[string][]string{"x": nil}}},
		{"senders: x: address", NodeConfig{Users: map[string]string{"x": "y"}, Senders: map[string][]string{"x": {"z"}}}},
	} {
		if err := checkSubmission(tt.cfg); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("want %q, got %v", tt.want, err)
		}
	}
}
