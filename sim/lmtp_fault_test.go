package sim

import (
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

type exactly string

func (e exactly) Match(s string) bool { return s == string(e) }

// RFC 2033 4.2: after the dot each recipient has its own reply, so a fault that
// is matched with one leaves the others alone.
func TestLMTPFaultOfOneRecipient(t *testing.T) {
	for _, tt := range []struct {
		name                string
		fault               Fault
		replies, bob, carol string
	}{
		{"refused", Fault{Reply: "452 4.2.2 later"}, "250 452", "m", ""},
		{"lost", Fault{Do: DoLose}, "250 250", "m", ""},
		{"doubled", Fault{Do: DoDuplicate}, "250 250", "m", "m m"},
		{"none", Fault{Reply: "452 4.2.2 later", Times: -1, Match: map[string]Matcher{"to": exactly("x@y.example")}}, "250 250", "m", "m"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := New(Config{})
				defer n.Stop()
				nd, err := n.Add(NodeConfig{
					Name: "store", Role: MDA, LMTP: true, Host: "store.example", Addrs: []netip.Addr{netip.MustParseAddr("192.0.2.1")},
					Mailboxes: []string{"bob@store.example", "carol@store.example"},
				})
				if err != nil {
					t.Fatal(err)
				}
				if err := n.Start(); err != nil {
					t.Fatal(err)
				}
				f := tt.fault
				if f.At = AtDot; f.Match == nil {
					f.Match = map[string]Matcher{"to": exactly("carol@store.example")}
				}
				nd.SetFault(f)
				d := n.Send(t.Context(), Submission{
					Mail: "m", Via: "store", From: "a@x.example", To: []string{"bob@store.example", "carol@store.example"},
					Message: []byte("Message-ID: <m@mailsim>\r\n\r\n"),
				})
				var replies []string
				for _, r := range d.At(AtDot) {
					replies = append(replies, r.String()[:3])
				}
				box := func(address string) string {
					var names []string
					for _, m := range nd.Mailbox(address) {
						names = append(names, m.Mail)
					}
					return strings.Join(names, " ")
				}
				got := []string{strings.Join(replies, " "), box("bob@store.example"), box("carol@store.example")}
				if diff := cmp.Diff([]string{tt.replies, tt.bob, tt.carol}, got); diff != "" {
					t.Errorf("replies, bob, carol (-want +got):\n%s", diff)
				}
			})
		})
	}
}
