package sim

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

// relayTo is a node that hands all on to the peer.
func relayTo() NodeConfig {
	return NodeConfig{
		Name: "out", Role: MSA, Host: "out.example.net", Next: peerHop, Mailboxes: []string{"a@example.net"},
		Queue: QueueConfig{Retry: []time.Duration{30 * time.Minute}},
	}
}

// fates tells what became of each recipient: the kind of event and the code.
func (b *bench) fates() map[string]string {
	all, _ := b.net.Log().Since(0)
	got := map[string]string{}
	for _, e := range all {
		switch e.Kind {
		case trace.MailRelayed, trace.MailDeferred, trace.MailBounced:
			word, _, _ := strings.Cut(e.Reply, " ")
			local, _, _ := strings.Cut(e.To, "@")
			got[local] = strings.TrimPrefix(string(e.Kind), "mail.") + " " + word
		}
	}
	return got
}

// handIn hands a mail to out.
func (b *bench) handIn(options map[string][]string, to ...string) {
	b.t.Helper()
	for i, a := range to {
		to[i] = a + "@example.org"
	}
	d := b.net.Send(context.Background(), Submission{
		Mail: "plan", Via: "out", From: "a@example.net", To: to, Options: options, Message: []byte("Message-ID: <plan@mailsim>\r\n\r\nhi\r\n"),
	})
	if !d.Accepted() {
		b.t.Fatalf("dialog: %v", d)
	}
}

// inOrder answers the RCPTs one after the other.
func inOrder(replies ...string) func(string) string {
	n := 0
	return func(line string) string {
		if !strings.HasPrefix(line, "RCPT") {
			return ""
		}
		n++
		if n > len(replies) {
			return ""
		}
		return replies[n-1]
	}
}

// TestTooManyRecipients: RFC 5321 4.5.3.1.10, and RFC 1870 6.4 where the codes mean
// the size.
func TestTooManyRecipients(t *testing.T) {
	for _, tt := range []struct {
		rule   string
		offers []string
		answer func(string) string
		want   string // fates, by recipient
		rcpts  string // that the peer was offered
	}{
		{
			"R5321-4.5.3.1.10-d", nil, inOrder("", "", "452 4.5.3 too many"),
			"x:relayed 250 y:relayed 250 z:relayed 250", "x y z z",
		},
		{
			"452 4.5.3 again and again", nil, inOrder("", "452 4.5.3 too many", "452 4.5.3 too many", "", "452 4.5.3 too many", ""),
			"x:relayed 250 y:relayed 250 z:relayed 250", "x y z y z z",
		},
		{
			"452 where none is served", nil, inOrder("452 4.5.3 too many", "452 4.5.3 too many", "452 4.5.3 too many"),
			"x:deferred 452 y:deferred 452 z:deferred 452", "x y z",
		},
		{
			"the recipient's own 452", nil, inOrder("", "452 4.2.2 full", ""),
			"x:relayed 250 y:deferred 452 z:relayed 250", "x y z",
		},
		{
			"R1870-6.4-a",
			[]string{"SIZE"},
			inOrder("", "552 too large", "452 not now", "452 not now"),
			"x:relayed 250 y:bounced 552 z:deferred 452", "x y z z",
		},
		{
			"R5321-4.5.3.1.10-a", nil, inOrder("", "552 too many", "552 too many"),
			"x:relayed 250 y:relayed 250 z:relayed 250", "x y z y z",
		},
		{
			"552 5.5.3",
			[]string{"SIZE"},
			inOrder("", "", "552 5.5.3 too many"),
			"x:relayed 250 y:relayed 250 z:relayed 250", "x y z z",
		},
		{
			"552 5.5.3 twice",
			[]string{"SIZE"},
			inOrder("", "", "552 5.5.3 too many", "552 5.5.3 too many"),
			"x:relayed 250 y:relayed 250 z:bounced 552", "x y z z",
		},
		{
			"552 5.2.2", nil, inOrder("", "", "552 5.2.2 full"),
			"x:relayed 250 y:relayed 250 z:bounced 552", "x y z",
		},
		{
			"552 before any other", nil, inOrder("552 no", "", ""),
			"x:bounced 552 y:relayed 250 z:relayed 250", "x y z",
		},
		{
			"RFC 9422 4.2",
			[]string{"LIMITS MAILMAX=9 RCPTMAX=2"},
			nil,
			"x:relayed 250 y:relayed 250 z:relayed 250", "x y z",
		},
		{
			"the dot refused",
			[]string{"LIMITS RCPTMAX=2"},
			func(l string) string {
				if l == "." {
					return "452 4.3.1 full"
				}
				return ""
			},
			"x:deferred 452 y:deferred 452 z:deferred 452", "x y z",
		},
		{
			"421 with some still to be offered",
			[]string{"LIMITS RCPTMAX=2"},
			inOrder("", "421 4.3.2 going down"),
			"x:deferred 421 y:deferred 421 z:deferred 421", "x y",
		},
	} {
		inBubble(t, func(b *bench) {
			p := (&peer{offers: tt.offers, answer: tt.answer}).listen(b, "192.0.2.99")
			b.handIn(nil, "x", "y", "z")
			time.Sleep(time.Minute)
			got := b.fates()
			var fates []string
			for _, name := range []string{"x", "y", "z"} {
				fates = append(fates, name+":"+got[name])
			}
			b.want(tt.rule+": fates", tt.want, strings.Join(fates, " "))
			var rcpts []string
			for _, l := range p.said("RCPT") {
				rcpts = append(rcpts, l[len("RCPT TO:<"):len("RCPT TO:<")+1])
			}
			b.want(tt.rule+": offered", tt.rcpts, strings.Join(rcpts, " "))
		}, relayTo())
	}
}

// TestGroupsOfAHundred is R5321-4.5.3.1.8-f and R5321-4.5.3.1.10-a at full size: all
// are served, each once, and a bare 552 behind a hundred is read as 452.
func TestGroupsOfAHundred(t *testing.T) {
	for _, reply := range []string{"452 too many", "552 too many"} {
		inBubble(t, func(b *bench) {
			n := 0
			p := (&peer{offers: []string{"SIZE", "PIPELINING"}, answer: func(line string) string {
				switch {
				case strings.HasPrefix(line, "MAIL"):
					n = 0
				case strings.HasPrefix(line, "RCPT"):
					if n++; n > 100 {
						return reply
					}
				}
				return ""
			}}).listen(b, "192.0.2.99")
			var to []string
			for i := range 250 {
				to = append(to, fmt.Sprintf("u%03d", i))
			}
			b.handIn(nil, to...)
			time.Sleep(time.Minute)
			b.want("mails", 3, len(p.mails()))
			counts := map[string]int{}
			for _, e := range b.events(trace.MailRelayed) {
				counts[e]++
			}
			b.want("relayed", 250, len(counts))
			b.want("left", 0, len(b.queued("out")))
			b.want("sessions", 1, len(p.said("EHLO")))
		}, relayTo())
	}
}

func TestTooMany(t *testing.T) {
	for _, tt := range []struct {
		reply    string
		accepted int
		params   []string
		want     bool
	}{
		{"452 x", 0, nil, false},
		{"452 x", 1, []string{"SIZE=1"}, true},
		{"452 4.5.3 x", 1, nil, true},
		{"452 4.3.1 x", 1, nil, false},
		{"552 x", 1, nil, true},
		{"552 x", 0, nil, false},
		{"552 x", 1, []string{"BODY=8BITMIME", "SIZE=1"}, false},
		{"552 x", 99, []string{"SIZE=1"}, false},
		{"552 x", 100, []string{"SIZE=1"}, true},
		{"552 5.5.3 x", 1, []string{"SIZE=1"}, true},
		{"552 5.15.3 x", 1, nil, false},
		{"552 5.2.2 x", 200, nil, false},
		{"550 5.5.3 x", 1, nil, false},
	} {
		r, err := mail.ParseReply(tt.reply)
		if err != nil {
			t.Fatal(err)
		}
		if got := tooMany(r, tt.accepted, tt.params); got != tt.want {
			t.Errorf("%s after %d with %v: %v", tt.reply, tt.accepted, tt.params, got)
		}
	}
	if !slices.Equal([]string{"452 4.5.3 5.1"}, []string{as452(mail.Reply{Code: 552, Enhanced: "5.5.3", Lines: []string{"5.1"}}).String()}) {
		t.Error("552 5.5.3 is not read as 452 4.5.3")
	}
}
