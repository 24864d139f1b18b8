package sim

import (
	"fmt"
	"testing"
	"time"

	"github.com/mailsim/mailsim/sim/trace"
)

// TestCrashAtAnyMoment crashes the sender, the receiver or both at every quarter of a
// millisecond of a transfer. The mail is never lost. It is there twice only where the
// receiver had taken it and the sender did not know: the one moment in which SMTP may
// double a mail (RFC 1047, RFC 5321 4.5.3.2.6).
func TestCrashAtAnyMoment(t *testing.T) {
	doubled := map[string]int{}
	for _, who := range []string{"out", "mx", "out and mx"} {
		for at := time.Duration(0); at < 30*time.Millisecond; at += 250 * time.Microsecond {
			t.Run(fmt.Sprint(who, " at ", at), func(t *testing.T) {
				inBubble(t, func(b *bench) {
					out, mx := b.net.Node("out"), b.net.Node("mx")
					mx.SetFault(Fault{Name: "later", At: AtConnect, Do: DoRefuse})
					b.submit("plan", "out", "", "bob@example.org")
					mx.ClearFault("later")
					time.Sleep(time.Until(out.Queue()[0].Next) + at) // the retry begins
					var crashed []*Node
					if who != "mx" {
						crashed = append(crashed, out)
					}
					if who != "out" {
						crashed = append(crashed, mx)
					}
					for _, n := range crashed {
						n.Crash()
					}
					time.Sleep(time.Minute) // what was on its way has arrived
					taken, known := b.count("mx", trace.MailAccepted), b.count("out", trace.MailRelayed)
					if held := len(b.queued("out")); held+known != 1 {
						t.Errorf("the queue holds %d copies, and %d were given away", held, known)
					}
					for _, n := range crashed {
						if err := n.Start(); err != nil {
							t.Fatal(err)
						}
					}
					time.Sleep(time.Hour)
					copies := len(b.mailbox("mx", "bob@example.org"))
					switch {
					case copies == 1:
					case copies == 2 && taken == 1 && known == 0:
						doubled[who]++
					default:
						t.Errorf("%d copies, where the receiver had taken %d and the sender knew of %d", copies, taken, known)
					}
					b.want("queue at the end", []string(nil), b.queued("out"))
				}, mxNode(), outNode(QueueConfig{}))
			})
		}
	}
	if doubled["out"] == 0 || doubled["out and mx"] == 0 {
		t.Errorf("the moment of the doubles was not met: %v", doubled)
	}
}

// TestCrashBehind250: what a node has said 250 to is its own to care for, whenever it
// crashes then (R5321-6.1-a).
func TestCrashBehind250(t *testing.T) {
	relay := NodeConfig{Name: "relay", Role: MTA, Host: "relay.example", RelayFor: RelayFor{Any: true}, Next: "mx"}
	for at := time.Duration(0); at < 20*time.Millisecond; at += time.Millisecond {
		inBubble(t, func(b *bench) {
			b.submit("plan", "relay", "", "bob@example.org")
			time.Sleep(at)
			b.net.Node("relay").Crash()
			time.Sleep(time.Minute)
			if err := b.net.Node("relay").Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute)
			if copies := len(b.mailbox("mx", "bob@example.org")); copies == 0 {
				t.Errorf("crash %s after the session: the mail is lost", at)
			}
		}, mxNode(), relay)
	}
}
