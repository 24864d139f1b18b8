package sim

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

const eightBit = "Message-ID: <plan@mailsim>\r\n\r\nK\u00f6ln\r\n"

// TestDemands: what a mail demands of the next hop and does not get returns it;
// what it gets goes on.
func TestDemands(t *testing.T) {
	for _, tt := range []struct {
		name    string
		options map[string][]string
		tls     TLSMode // of the next hop
		next    Extensions
		want    string // at the node in between
	}{
		{"8-bit", map[string][]string{"BODY": {"8BITMIME"}}, "", Extensions{}, "mail.relayed 250 2.0.0"},
		{"8-bit to 7-bit", map[string][]string{"BODY": {"8BITMIME"}}, "", Extensions{Hide: []string{"8BITMIME"}}, "mail.relayed 250 2.0.0"},
		{"TLS", map[string][]string{"REQUIRETLS": {""}}, TLSOffered, Extensions{Add: []string{"REQUIRETLS"}}, "mail.relayed 250 2.0.0"},
		{"TLS, next hop does not know", map[string][]string{"REQUIRETLS": {""}}, TLSOffered, Extensions{}, "mail.bounced 550 5.7.30"},
		{"TLS, next hop has none", map[string][]string{"REQUIRETLS": {""}}, "", Extensions{Add: []string{"REQUIRETLS"}}, "mail.bounced 550 5.7.10"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			mx := mxNode()
			mx.TLS, mx.Extensions = tt.tls, tt.next
			inBubble(t, func(b *bench) {
				d := b.net.Send(context.Background(), Submission{
					Mail: "plan", Via: "out", From: "a@example.net", To: []string{"bob@example.org"},
					TLS: ClientStartTLS, Options: tt.options, Message: []byte(eightBit),
				})
				if !d.Accepted() {
					t.Fatalf("dialog: %v", d)
				}
				time.Sleep(time.Minute)
				var got []string
				all, _ := b.net.Log().Since(0)
				for _, e := range all {
					if e.Node == "out" && (e.Kind == trace.MailRelayed || e.Kind == trace.MailBounced) && e.Mail == "plan" {
						got = append(got, string(e.Kind)+" "+strings.Join(strings.Fields(e.Reply)[:2], " "))
					}
				}
				b.want("end", []string{tt.want}, got)
			}, mx, NodeConfig{
				Name: "out", Role: MSA, Host: "out.example.net", Next: "mx", Mailboxes: []string{"a@example.net"},
				TLS: TLSOffered, Extensions: Extensions{Add: []string{"REQUIRETLS"}},
			})
		})
	}
}

// TestNotificationWith8Bit: a notification that returns an 8-bit mail says so
// (RFC 6152 3), and is not lost where that is not known.
func TestNotificationWith8Bit(t *testing.T) {
	for _, hide := range []string{"", "8BITMIME"} {
		t.Run("hidden "+hide, func(t *testing.T) {
			mx := mxNode()
			mx.Extensions.Hide = []string{hide}
			inBubble(t, func(b *bench) {
				// The mail cannot go on; mx takes what comes back.
				b.net.Node("mx").SetFault(Fault{At: AtDot, Reply: "550 5.7.1 no", Match: map[string]Matcher{"mail": exactly("plan")}})
				d := b.net.Send(context.Background(), Submission{
					Mail: "plan", Via: "out", From: "bob@example.org", To: []string{"carol@example.org"}, Message: []byte(eightBit),
				})
				if !d.Accepted() {
					t.Fatalf("dialog: %v", d)
				}
				time.Sleep(time.Minute)
				b.want("notifications", 1, len(b.mailbox("mx", "bob@example.org")))
				n := b.net.Node("out")
				n.notify(&item{mail: "other", env: mail.Envelope{From: "bob@example.org"}, content: mail.Bytes([]byte(eightBit))}, []mail.ReportRecipient{{To: "x@y.example", Action: mail.ActionFailed}})
				for e := range n.queue.all {
					b.want("BODY", "8BITMIME", e.it.env.Body)
				}
				b.want("queued", 1, len(n.queue.all))
			}, mx, NodeConfig{Name: "out", Role: MSA, Host: "out.example.net", Next: "mx"})
		})
	}
}
