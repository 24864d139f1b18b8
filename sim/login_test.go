package sim

import (
	"context"
	"strings"
	"testing"
	"time"
)

// TestLogin: a node logs in where it has a login, in TLS where there is any, and
// gives no mail to a host that does not let it in (R4954-6-b). What is said by AUTH=
// of who submitted a mail goes on from those who have authenticated alone (R4954-5-b).
func TestLogin(t *testing.T) {
	plain := &Auth{User: "alice", Password: "secret"}
	for _, tt := range []struct {
		rule   string
		auth   *Auth  // of the client
		option string // AUTH= of the client
		offers string
		reply  string // to AUTH; "": 235
		mail   string // parameters of MAIL
		fate   string
	}{
		{"R4954-5-b", nil, "boss@corp.example", "AUTH_PLAIN", "", " AUTH=<>", "relayed 250 2.0.0"},
		{"of a user", plain, "e+3Dmc2@corp.example", "AUTH_PLAIN", "", " AUTH=e+3Dmc2@corp.example", "relayed 250 2.0.0"},
		{"of a user who says <>", plain, "<>", "AUTH_PLAIN", "", " AUTH=<>", "relayed 250 2.0.0"},
		{"of a user who says nothing", plain, "", "AUTH_PLAIN", "", " AUTH=<>", "relayed 250 2.0.0"},
		{"R4954-6-b", nil, "", "AUTH_PLAIN", "535 5.7.8 no", "", "deferred 451 4.7.8"},
		{"R4954-6-b, for now", nil, "", "AUTH_PLAIN", "454 4.7.0 later", "", "deferred 451 4.7.0"},
		{"no AUTH", nil, "", "", "", "", "deferred 451 4.7.0"},
	} {
		out := relayTo()
		out.Login = map[string]Auth{peerHop: {User: "out", Password: "p"}, "other.example": {User: "x"}}
		out.Users = map[string]string{"alice": "secret"}
		inBubble(t, func(b *bench) {
			p := taker(tt.offers)
			for i := range p.offers {
				p.offers[i] = strings.ReplaceAll(p.offers[i], "_", " ")
			}
			p.answer = func(line string) string {
				switch {
				case !strings.HasPrefix(line, "AUTH "):
					return ""
				case tt.reply != "":
					return tt.reply
				}
				return "235 2.7.0 welcome"
			}
			p.listen(b, "192.0.2.99")
			s := Submission{
				Mail: "plan", Via: "out", From: "a@example.net", To: []string{"bob@example.org"}, Auth: tt.auth,
				Message: []byte("Message-ID: <plan@mailsim>\r\n\r\n"),
			}
			if tt.option != "" {
				s.Options = map[string][]string{"AUTH": {tt.option}}
			}
			if d := b.net.Send(context.Background(), s); !d.Accepted() {
				t.Fatalf("dialog: %v", d)
			}
			time.Sleep(time.Minute)
			var want []string
			if tt.mail != "" {
				want = []string{"MAIL FROM:<a@example.net>" + tt.mail}
			}
			b.want(tt.rule+": MAIL", want, p.said("MAIL"))
			b.want(tt.rule+": fate", tt.fate, fate(b))
			if tt.offers != "" {
				b.want(tt.rule+": AUTH", []string{"AUTH PLAIN AG91dABw"}, p.said("AUTH"))
			}
			last := p.said()
			b.want(tt.rule+": the last word", "QUIT", last[len(last)-1])
		}, out)
	}
}

// TestLoginAtANode: the mechanisms that a node offers work between nodes too, and
// a relay that lets in users alone is reached so.
func TestLoginAtANode(t *testing.T) {
	for _, mechanism := range []string{"", "LOGIN", "SCRAM-SHA-256"} {
		out, relay := relayTo(), NodeConfig{
			Name: "relay", Role: MSA, Host: "relay.example.com", AuthRequired: true, Users: map[string]string{"out": "p"},
			TLS: TLSOffered, Mailboxes: []string{"bob@example.org"},
		}
		out.Next = "relay"
		out.Login = map[string]Auth{"relay": {User: "out", Password: "p", Mechanism: mechanism}}
		inBubble(t, func(b *bench) {
			b.handIn(nil, "bob")
			time.Sleep(time.Minute)
			b.want(mechanism, "relayed 250 2.0.0", fate(b))
			for _, m := range b.mailbox("relay", "bob@example.org") {
				if !strings.Contains(m, "with ESMTPSA") {
					t.Errorf("%s: %s", mechanism, m)
				}
			}
		}, out, relay)
	}
}
