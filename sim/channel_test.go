package sim

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mailsim/mailsim/sim/trace"
)

// count counts the events of a kind at a node.
func (b *bench) count(node string, kind trace.Kind) int {
	synctest.Wait()
	all, _ := b.net.Log().Since(0)
	n := 0
	for _, e := range all {
		if e.Node == node && e.Kind == kind {
			n++
		}
	}
	return n
}

// outNode sends to mx by MX, or as next says.
func outNode(q QueueConfig) NodeConfig {
	return NodeConfig{Name: "out", Role: MSA, Host: "out.example.net", Next: "mx", Queue: q}
}

// TestManyMailsInOneSession: mails that wait for one host go there in one session,
// up to a limit. The first one is held up so that the others gather behind it.
func TestManyMailsInOneSession(t *testing.T) {
	const slow = "slow"
	for _, tt := range []struct {
		name     string
		queue    QueueConfig
		fault    Fault
		sessions int
		tries    int // of the five mails
		bounced  int
	}{
		{name: "one session", queue: QueueConfig{Parallel: 1}, sessions: 1, tries: 5},
		{name: "at most two mails", queue: QueueConfig{Parallel: 1, Reuse: 2}, sessions: 3, tries: 5},
		{name: "never", queue: QueueConfig{Parallel: 1, Reuse: 1}, sessions: 5, tries: 5},
		{
			name: "not behind a refusal", queue: QueueConfig{Parallel: 1}, sessions: 2, tries: 5, bounced: 1,
			fault: Fault{At: AtRcpt, Reply: "550 5.1.1 no", Match: map[string]Matcher{"mail": match("^m2$")}},
		},
		{
			name: "not behind a deferral", queue: QueueConfig{Parallel: 1}, sessions: 3, tries: 6,
			fault: Fault{At: AtDot, Reply: "451 4.3.0 later", Times: 1, Match: map[string]Matcher{"mail": match("^m2$")}},
		},
		{
			name: "closed by 421 between two mails", queue: QueueConfig{Parallel: 1}, sessions: 2, tries: 5,
			fault: Fault{At: AtMail, Reply: "421 4.3.2 enough", Times: 1, Match: map[string]Matcher{"mail": match("^m3$")}},
		},
		{
			name: "closed without a word between two mails", queue: QueueConfig{Parallel: 1}, sessions: 2, tries: 5,
			fault: Fault{At: AtMail, Do: DoReset, Times: 1, Match: map[string]Matcher{"mail": match("^m3$")}},
		},
		{
			name: "a host that says 421 to a new session too is tried later", queue: QueueConfig{Parallel: 1}, sessions: 4, tries: 6,
			fault: Fault{At: AtMail, Reply: "421 4.3.2 enough", Times: 2, Match: map[string]Matcher{"mail": match("^m3$")}},
		},
		{
			name: "a server that does not answer costs a try", queue: QueueConfig{Parallel: 1}, sessions: 3, tries: 6,
			fault: Fault{At: AtMail, Do: DoStall, Times: 1, Match: map[string]Matcher{"mail": match("^m3$")}},
		},
		{
			name: "broken in the middle of a mail", queue: QueueConfig{Parallel: 1}, sessions: 3, tries: 6,
			fault: Fault{At: AtDot, Do: DoReset, Times: 1, Match: map[string]Matcher{"mail": match("^m3$")}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(b *bench) {
				mx := b.net.Node("mx")
				mx.SetFault(Fault{Name: slow, At: AtMail, Delay: time.Minute, Times: 1})
				if tt.fault.At != "" {
					mx.SetFault(tt.fault)
				}
				for i := range 5 {
					b.submit(fmt.Sprint("m", i+1), "out", "", "bob@example.org")
				}
				time.Sleep(2 * time.Hour)
				got := []int{b.count("mx", trace.SessionOpen), b.count("out", trace.MailAttempt), len(b.mailbox("mx", "bob@example.org"))}
				b.want("sessions, tries, mails", []int{tt.sessions, tt.tries, 5 - tt.bounced}, got)
				b.want("sessions that are left", 0, mx.Connections())
			}, mxNode(), outNode(tt.queue))
		})
	}
}

// TestOneMailOneSession: nobody keeps a session for mail that may come.
func TestOneMailOneSession(t *testing.T) {
	inBubble(t, func(b *bench) {
		for i := range 3 {
			b.submit(fmt.Sprint("m", i), "out", "", "bob@example.org")
			time.Sleep(time.Second)
			b.want("sessions that are left", 0, b.net.Node("mx").Connections())
		}
		b.want("sessions", 3, b.count("mx", trace.SessionOpen))
	}, mxNode(), outNode(QueueConfig{}))
}

// TestChannelFitsTheMail: a mail that demands TLS does not go over a session whose
// certificate nobody looked at, nor the other way round.
func TestChannelFitsTheMail(t *testing.T) {
	mx := mxNode()
	mx.TLS, mx.Extensions.Add = TLSOffered, []string{"REQUIRETLS"}
	out := outNode(QueueConfig{Parallel: 1})
	out.TLS, out.Extensions.Add = TLSOffered, []string{"REQUIRETLS"}
	inBubble(t, func(b *bench) {
		b.net.Node("mx").SetFault(Fault{At: AtMail, Delay: time.Minute, Times: 1})
		for i, options := range []map[string][]string{nil, nil, {"REQUIRETLS": nil}, {"REQUIRETLS": nil}, nil} {
			d := b.net.Send(context.Background(), Submission{
				Mail: fmt.Sprint("m", i), Via: "out", To: []string{"bob@example.org"}, TLS: ClientStartTLS,
				Options: options, Message: []byte("S: x\r\n\r\n"),
			})
			if !d.Accepted() {
				t.Fatal(d)
			}
		}
		time.Sleep(2 * time.Minute)
		b.want("mails", 5, len(b.mailbox("mx", "bob@example.org")))
		b.want("sessions", 3, b.count("mx", trace.SessionOpen))
	}, mx, out)
}

// TestChannelLeadsToTheRightHost: each mail asks the most preferred host that it may
// (RFC 5321 5.1), although there is a session with another one.
func TestChannelLeadsToTheRightHost(t *testing.T) {
	mx2 := mxNode()
	mx2.Name, mx2.Host = "mx2", "mx2.example.org"
	out := outNode(QueueConfig{Parallel: 1})
	out.Next = ""
	inBubble(t, func(b *bench) {
		b.net.Node("out").resolver = twoMX
		b.net.Node("mx").SetFault(Fault{At: AtRcpt, Reply: "451 4.3.0 not you", Match: map[string]Matcher{"mail": match("m[02]")}})
		b.net.Node("mx").SetFault(Fault{At: AtBanner, Delay: time.Minute, Times: 1})
		for i := range 4 {
			b.submit(fmt.Sprint("m", i), "out", "", "bob@example.org")
		}
		time.Sleep(2 * time.Minute)
		var took []string
		for _, node := range []string{"mx", "mx2"} {
			for _, m := range b.mailbox(node, "bob@example.org") {
				_, id, _ := strings.Cut(m, "Message-ID: <")
				took = append(took, node+" "+id[:2])
			}
		}
		b.want("who took what", []string{"mx m1", "mx m3", "mx2 m0", "mx2 m2"}, took)
	}, mxNode(), mx2, out)
}
