package sim

import (
	"bufio"
	"context"
	"io"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// A session on a seat where another sat before knows nothing of it.
func TestSeatsAreClean(t *testing.T) {
	for _, tt := range []struct {
		name          string
		first, second string
		want          string // codes that the second session is told
	}{
		{"EHLO", "EHLO a.example", "MAIL FROM:<a@x.example>", "220 503 221"},
		{"transaction", "EHLO a.example|MAIL FROM:<a@x.example>|RCPT TO:<b@me.example>", "EHLO b.example|RCPT TO:<b@me.example>|DATA", "220 250 503 503 221"},
		{"authentication", "EHLO a.example|AUTH PLAIN AHUAcA==", "EHLO b.example|MAIL FROM:<a@x.example>", "220 250 530 221"},
		{"authentication refused", "EHLO a.example|AUTH PLAIN AHUAeA==", "EHLO b.example|AUTH PLAIN AHUAcA==|MAIL FROM:<a@x.example>", "220 250 235 250 221"},
		{"no farewell", "EHLO a.example|DATA|QUIT ", "EHLO b.example|AUTH PLAIN AHUAcA==|MAIL FROM:<a@x.example>|RCPT TO:<b@me.example>", "220 250 235 250 250 221"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := New(Config{})
				defer n.Stop()
				nd, err := n.Add(NodeConfig{
					Name: "me", Role: MSA, Host: "me.example", Addrs: []netip.Addr{netip.MustParseAddr("192.0.2.1")},
					Mailboxes: []string{"b@me.example"}, AuthRequired: true, Users: map[string]string{"u": "p"},
				})
				if err != nil {
					t.Fatal(err)
				}
				if err := n.Start(); err != nil {
					t.Fatal(err)
				}
				talk(t, n, nd, tt.first)
				if got := talk(t, n, nd, tt.second); got != tt.want {
					t.Error(cmp.Diff(tt.want, got))
				}
			})
		})
	}
}

// talk says lines and QUIT, and returns the codes of the replies.
func talk(t *testing.T, n *Network, nd *Node, lines string) string {
	t.Helper()
	c, err := n.client.dial(context.Background(), netip.AddrPortFrom(nd.host.Addrs[0], uint16(nd.cfg.ListenPorts()[0])), lines)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, strings.ReplaceAll(lines, "|", "\r\n")+"\r\nQUIT\r\n"); err != nil {
		t.Fatal(err)
	}
	var codes []string
	for s := bufio.NewScanner(c); s.Scan(); {
		if l := s.Text(); len(l) < 4 || l[3] != '-' {
			codes = append(codes, l[:3])
		}
	}
	Settle()
	return strings.Join(codes, " ")
}

// A seat is used again, and none is left when the node stops.
func TestSeatsAreUsedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := New(Config{})
		defer n.Stop()
		nd, err := n.Add(NodeConfig{Name: "me", Role: MTA, Host: "me.example", Addrs: []netip.Addr{netip.MustParseAddr("192.0.2.1")}})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := nd.Start(); err != nil {
				t.Fatal(err)
			}
			for range 3 {
				talk(t, n, nd, "EHLO a.example")
				if free := len(nd.receiver.seats); free != 1 {
					t.Errorf("%d free seats after a session, want 1", free)
				}
			}
			nd.Crash()
			if free := len(nd.receiver.seats); free != 0 {
				t.Errorf("%d free seats in a node that is down", free)
			}
		}
	})
}
