package sim

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/mailsim/mailsim/sim/trace"
)

// One refusal is one event, although with PIPELINING the commands behind it are
// refused as well (RFC 2920 3.1).
func TestOneRefusalIsOneEvent(t *testing.T) {
	for _, at := range []Stage{AtMail, AtRcpt, AtData, AtDot} {
		synctest.Test(t, func(t *testing.T) {
			n := New(Config{Resolver: func(string) Resolver { return routeWorld }})
			defer n.Stop()
			nd, err := n.Add(NodeConfig{Name: "me", Role: MTA, Host: "me.example", Mailboxes: []string{"b@me.example"}})
			if err != nil {
				t.Fatal(err)
			}
			if err := n.Start(); err != nil {
				t.Fatal(err)
			}
			nd.SetFault(Fault{At: at, Reply: "451 4.3.0 later"})
			n.Send(t.Context(), Submission{Mail: "m", Via: "me", From: "a@x.example", To: []string{"b@me.example"}, Message: []byte("S: 1\r\n\r\n")})
			time.Sleep(time.Minute)
			refused := 0
			events, _ := n.Log().Since(0)
			for _, e := range events {
				if e.Kind == trace.MailRefused {
					refused++
				}
			}
			if refused != 1 {
				t.Errorf("at %s: %d events of a refusal, want 1: %v", at, refused, events)
			}
		})
	}
}
