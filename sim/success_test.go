package sim

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/sim/mail"
)

// RFC 3461 5.2: who asked by NOTIFY=SUCCESS hears of delivery, of the hop
// beyond which nobody would tell, and of an expansion; others hear of nothing.
func TestSuccessIsNotified(t *testing.T) {
	for _, tt := range []struct {
		name, to, notify string
		next             Extensions
		want             []string // "action recipient"
	}{
		{"delivered", "bob@mx.example", "SUCCESS", Extensions{}, []string{"delivered bob@mx.example"}},
		{"relayed to a server without DSN", "bob@mx.example", "SUCCESS,FAILURE", Extensions{Hide: []string{"DSN"}}, []string{"relayed bob@mx.example"}},
		{"expanded", "all@mx.example", "SUCCESS", Extensions{}, []string{"expanded all@mx.example"}},
		{"an alias of one is not told of", "one@mx.example", "SUCCESS", Extensions{}, []string{"delivered bob@mx.example"}},
		{"delivered to a list", "list@mx.example", "SUCCESS", Extensions{}, []string{"delivered list@mx.example"}},
		{"not asked for", "bob@mx.example", "FAILURE", Extensions{}, nil},
		{"never", "bob@mx.example", "NEVER", Extensions{Hide: []string{"DSN"}}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := New(Config{})
				defer n.Stop()
				for i, cfg := range []NodeConfig{
					{Name: "out", Role: MSA, Host: "out.example", Mailboxes: []string{"a@out.example"}, Next: "mx"},
					{
						Name: "mx", Role: MTA, Host: "mx.example", Next: "out", Extensions: tt.next,
						Mailboxes: []string{"bob@mx.example", "carol@mx.example"},
						Aliases:   map[string][]string{"all@mx.example": {"bob@mx.example", "carol@mx.example"}, "one@mx.example": {"bob@mx.example"}},
						Lists:     map[string]List{"list@mx.example": {Owner: "a@out.example", Members: []string{"bob@mx.example"}}},
					},
				} {
					cfg.Addrs = []netip.Addr{netip.AddrFrom4([4]byte{192, 0, 2, byte(i + 1)})}
					if _, err := n.Add(cfg); err != nil {
						t.Fatal(err)
					}
				}
				if err := n.Start(); err != nil {
					t.Fatal(err)
				}
				d := n.Send(t.Context(), Submission{
					Mail: "m", Via: "out", From: "a@out.example", To: []string{tt.to},
					Options: map[string][]string{"NOTIFY": strings.Split(tt.notify, ",")},
					Message: []byte("Message-ID: <m@mailsim>\r\n\r\n"),
				})
				if !d.Accepted() {
					t.Fatal(d)
				}
				time.Sleep(time.Minute)
				var got []string
				for _, m := range n.Node("out").Mailbox("a@out.example") {
					r, err := mail.ParseReport(m.Content)
					if err != nil {
						t.Fatal(err)
					}
					for _, p := range r.Recipients {
						got = append(got, fmt.Sprint(p.Action, " ", p.To))
					}
				}
				slices.Sort(got)
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		})
	}
}
