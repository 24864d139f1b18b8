package sim

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/sim/trace"
)

func TestPorts(t *testing.T) {
	for _, tt := range []struct {
		cfg  NodeConfig
		want []int
	}{
		{NodeConfig{Role: MTA}, []int{25}},
		{NodeConfig{Role: MDA}, []int{25}},
		{NodeConfig{Role: MDA, LMTP: true}, []int{24}},
		{NodeConfig{Role: MSA}, []int{587}},
		{NodeConfig{Role: MSA, TLS: TLSImplicit}, []int{465}},
		{NodeConfig{Role: MSA, Mailboxes: []string{"a@b.example"}}, []int{587, 25}},
		{NodeConfig{Role: MSA, Mailboxes: []string{"a@b.example"}, Ports: []int{2525}}, []int{2525}},
	} {
		if diff := cmp.Diff(tt.want, tt.cfg.ListenPorts()); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", tt.cfg, diff)
		}
	}
}

// A submission server with mailboxes is their MX: notifications reach them
// without AUTH and TLS, but nobody relays there, and nothing is mended.
func TestSubmissionServerAsMX(t *testing.T) {
	for _, mode := range []TLSMode{TLSNone, TLSOffered, TLSRequired, TLSImplicit} {
		synctest.Test(t, func(t *testing.T) {
			n := New(Config{})
			defer n.Stop()
			for _, cfg := range []NodeConfig{
				{Name: "mx", Role: MTA, Host: "mx.example", Addrs: addrOf("192.0.2.1"), RelayFor: RelayFor{Any: true}, Next: "[192.0.2.2]"},
				{
					Name: "msa", Role: MSA, Host: "msa.example", Addrs: addrOf("192.0.2.2"), TLS: mode,
					AuthRequired: true, Users: map[string]string{"a": "p"}, Mailboxes: []string{"a@msa.example"},
				},
			} {
				if _, err := n.Add(cfg); err != nil {
					t.Fatal(err)
				}
			}
			if err := n.Start(); err != nil {
				t.Fatal(err)
			}
			n.Send(t.Context(), Submission{
				Mail: "m", Via: "mx", To: []string{"a@msa.example", "c@elsewhere.example"},
				Message: []byte("Bcc: d@x.example\r\nMessage-ID: <m@mailsim>\r\n\r\n"),
			})
			time.Sleep(time.Minute)
			box := n.Node("msa").Mailbox("a@msa.example")
			if len(box) != 1 {
				t.Fatalf("tls %s: %d mails, queue %v", mode, len(box), n.Node("mx").Queue())
			}
			r := box[0].Content.Open()
			defer r.Close()
			message := make([]byte, box[0].Content.Size())
			if _, err := r.Read(message); err != nil {
				t.Fatal(err)
			}
			f, _ := readFacts(message)
			if f.date || f.received != 2 {
				t.Errorf("tls %s: the mail was mended: %s", mode, message)
			}
			for _, e := range eventsOf(n, trace.MailBounced) {
				if e.To != "c@elsewhere.example" || e.Reply != "550 5.7.1 relaying denied" {
					t.Errorf("tls %s: bounced %s: %s", mode, e.To, e.Reply)
				}
			}
			if got := len(eventsOf(n, trace.MailBounced)); got != 1 {
				t.Errorf("tls %s: %d bounces, want that of the mail to be relayed", mode, got)
			}
		})
	}
}

func eventsOf(n *Network, kind trace.Kind) []*trace.Event {
	all, _ := n.Log().Since(0)
	return slices.DeleteFunc(slices.Clone(all), func(e *trace.Event) bool { return e.Kind != kind })
}
