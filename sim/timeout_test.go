package sim

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/mailsim/mailsim/sim/trace"
)

// stageTimeouts are the waits of RFC 5321 4.5.3.2 for a reply.
var stageTimeouts = map[Stage]time.Duration{
	AtBanner: 5 * time.Minute,  // R5321-4.5.3.2.1-a
	AtEHLO:   5 * time.Minute,  //
	AtMail:   5 * time.Minute,  // R5321-4.5.3.2.2-a
	AtRcpt:   5 * time.Minute,  // R5321-4.5.3.2.3-a
	AtData:   2 * time.Minute,  // R5321-4.5.3.2.4-a
	AtDot:    10 * time.Minute, // R5321-4.5.3.2.6-a
}

// TestTimeouts: a client waits for each reply as long as it has to, gives up then, and
// tries again later (R5321-4.5.3.2-a).
func TestTimeouts(t *testing.T) {
	for stage, limit := range stageTimeouts {
		for _, pipelining := range []bool{false, true} {
			mx := mxNode()
			if !pipelining {
				mx.Extensions.Hide = []string{"PIPELINING"}
			}
			t.Run(fmt.Sprintf("%s/pipelining %v", stage, pipelining), func(t *testing.T) {
				inBubble(t, func(b *bench) {
					b.net.Node("mx").SetFault(Fault{Name: "silent", At: stage, Do: DoStall})
					begin := time.Now()
					b.submit("plan", "out", "", "bob@example.org")
					time.Sleep(limit - time.Second)
					b.want("fate before the time is over", []string(nil), b.ends("out"))
					time.Sleep(2 * time.Second)
					b.want("fate after it", []string{"later bob"}, b.ends("out"))
					b.want("sessions", 0, b.net.Node("mx").Connections())
					b.net.Node("mx").ClearFault("silent")
					time.Sleep(31*time.Minute - time.Since(begin))
					b.want("mails", 1, len(b.mailbox("mx", "bob@example.org")))
				}, mx, outNode(QueueConfig{}))
			})
			t.Run(fmt.Sprintf("%s/pipelining %v/in time", stage, pipelining), func(t *testing.T) {
				inBubble(t, func(b *bench) {
					b.net.Node("mx").SetFault(Fault{At: stage, Delay: limit - 5*time.Second})
					b.submit("plan", "out", "", "bob@example.org")
					time.Sleep(limit)
					b.want("fate", []string{"taken bob"}, b.ends("out"))
				}, mx, outNode(QueueConfig{}))
			})
		}
	}
}

// TestTimeoutsAreOfOneCommand: what counts is each wait, not their sum
// (R5321-4.5.3.2-b).
func TestTimeoutsAreOfOneCommand(t *testing.T) {
	inBubble(t, func(b *bench) {
		for stage := range stageTimeouts {
			b.net.Node("mx").SetFault(Fault{At: stage, Delay: 100 * time.Second})
		}
		var to []string
		for i := range 5 {
			to = append(to, fmt.Sprintf("u%d@example.org", i))
		}
		b.submit("plan", "out", "", to...)
		time.Sleep(16 * time.Minute)
		b.want("tries that failed", 0, b.count("out", trace.MailDeferred))
		b.want("not yet", 0, b.count("out", trace.MailRelayed))
		time.Sleep(time.Minute)
		b.want("taken", 5, b.count("out", trace.MailRelayed))
	}, NodeConfig{Name: "mx", Role: MTA, Host: "mx.example.org", Mailboxes: []string{"*@example.org"}}, outNode(QueueConfig{}))
}

// TestBlockTimeout: a server that stops reading in the middle of a message gets three
// minutes for each block (R5321-4.5.3.2.5-a).
func TestBlockTimeout(t *testing.T) {
	for _, tt := range []struct {
		pause time.Duration
		fate  string
	}{{170 * time.Second, "taken x"}, {190 * time.Second, "later x"}} {
		t.Run(tt.pause.String(), func(t *testing.T) {
			inBubble(t, func(b *bench) {
				l, err := b.net.fabric.Listen(netip.MustParseAddrPort("192.0.2.99:25"))
				if err != nil {
					t.Fatal(err)
				}
				go func() {
					c, err := l.Accept()
					if err != nil {
						return
					}
					defer c.Close()
					r := bufio.NewReader(c)
					for _, says := range []string{"220 x", "250 x", "250 x", "250 x", "354 x"} {
						_, _ = io.WriteString(c, says+"\r\n")
						if says[0] != '3' {
							_, _ = r.ReadString('\n')
						}
					}
					time.Sleep(tt.pause)
					for line := ""; line != ".\r\n" && err == nil; {
						line, err = r.ReadString('\n')
					}
					_, _ = io.WriteString(c, "250 x\r\n")
				}()
				d := b.net.Send(context.Background(), Submission{
					Mail: "large", Via: "out", To: []string{"x@far.example"},
					Message: []byte("S: x\r\n\r\n" + strings.Repeat(strings.Repeat("x", 78)+"\r\n", 5000)),
				})
				if !d.Accepted() {
					t.Fatal(d)
				}
				time.Sleep(170 * time.Second)
				b.want("fate within three minutes", []string(nil), b.ends("out"))
				time.Sleep(15 * time.Second)
				b.want("fate", []string{tt.fate}, b.ends("out"))
				time.Sleep(time.Minute)
			}, relayTo())
		})
	}
}
