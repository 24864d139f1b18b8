package sim

import (
	"context"
	"crypto/x509"
	"strings"
	"testing"
	"time"

	"github.com/mailsim/mailsim/sim/trace"
)

// certified gives a peer a certificate.
func (p *peer) certified(b *bench, kind Certificate) *peer {
	b.t.Helper()
	cert, err := b.net.authority().certificate("192.0.2.99", kind)
	if err != nil {
		b.t.Fatal(err)
	}
	p.mu.Lock()
	p.cert = cert
	p.mu.Unlock()
	return p
}

// TestTLSPolicy is RFC 3207 6, and RFC 8689 for what the sender says: policy by
// policy against what a server may be like.
func TestTLSPolicy(t *testing.T) {
	const (
		inTLS   = "relayed in TLS"
		inClear = "relayed in the clear"
	)
	servers := []string{"valid", "self-signed", "expired", "wrong-name", "no STARTTLS", "454", "502", "breaks"}
	for _, tt := range []struct {
		rule    string
		policy  map[string]TLSPolicy
		options map[string][]string
		header  string
		want    []string // by server
	}{
		{"by default", nil, nil, "", []string{inTLS, inTLS, inTLS, inTLS, inClear, inClear, inClear, inClear}},
		{"opportunistic", map[string]TLSPolicy{"*": TLSOpportunistic}, nil, "", []string{inTLS, inTLS, inTLS, inTLS, inClear, inClear, inClear, inClear}},
		{"none", map[string]TLSPolicy{"example.org": TLSNever}, nil, "", []string{inClear, inClear, inClear, inClear, inClear, inClear, inClear, inClear}},
		{"required", map[string]TLSPolicy{"*": TLSDemanded}, nil, "", []string{inTLS, inTLS, inTLS, inTLS, "deferred 451 4.7.4", "deferred 451 4.7.4", "deferred 451 4.7.4", "deferred 451 4.7.5"}},
		{"verified", map[string]TLSPolicy{"example.org": TLSVerified}, nil, "", []string{
			inTLS, "deferred 451 4.7.5", "deferred 451 4.7.5", "deferred 451 4.7.5", "deferred 451 4.7.4", "deferred 451 4.7.4", "deferred 451 4.7.4", "deferred 451 4.7.5",
		}},
		{"verified for others", map[string]TLSPolicy{"example.com": TLSVerified, ".example.org": TLSVerified}, nil, "", []string{inTLS, inTLS, inTLS, inTLS, inClear, inClear, inClear, inClear}},
		{"R8689-4.1-a", map[string]TLSPolicy{"*": TLSVerified}, nil, "TLS-Required: No\r\n", []string{inTLS, inTLS, inTLS, inTLS, inClear, inClear, inClear, inClear}},
		{"TLS-Required of another value", map[string]TLSPolicy{"*": TLSDemanded}, nil, "TLS-Required: Yes\r\n", []string{inTLS, inTLS, inTLS, inTLS, "deferred 451 4.7.4", "deferred 451 4.7.4", "deferred 451 4.7.4", "deferred 451 4.7.5"}},
		{"R8689-4.2.1-c", nil, map[string][]string{"REQUIRETLS": nil}, "TLS-Required: No\r\n", []string{
			inTLS, "bounced 550 5.7.10", "bounced 550 5.7.10", "bounced 550 5.7.10", "bounced 550 5.7.10", "deferred 451 4.7.4", "bounced 550 5.7.10", "bounced 550 5.7.10",
		}},
	} {
		for i, server := range servers {
			out := relayTo()
			out.TLSTo = tt.policy
			out.TLS = TLSOffered
			out.Extensions.Add = []string{"REQUIRETLS"}
			inBubble(t, func(b *bench) {
				p := &peer{offers: []string{"PIPELINING", "STARTTLS"}, secureOffers: []string{"REQUIRETLS"}}
				switch server {
				case "no STARTTLS":
					p.offers = nil
				case "454", "502":
					p.answer = func(line string) string {
						if line == "STARTTLS" {
							return server + " 4.7.0 no"
						}
						return ""
					}
				case "breaks":
				default:
					p.certified(b, Certificate(server))
				}
				p.listen(b, "192.0.2.99")
				d := b.net.Send(context.Background(), Submission{
					Mail: "plan", Via: "out", From: "a@example.net", To: []string{"bob@example.org"}, TLS: ClientStartTLS,
					Options: tt.options, Message: []byte("Message-ID: <plan@mailsim>\r\n" + tt.header + "\r\nhi\r\n"),
				})
				if !d.Accepted() {
					t.Fatalf("dialog: %v", d)
				}
				time.Sleep(time.Minute)
				got := fate(b)
				said := strings.Join(p.said(), " ")
				secure := strings.Contains(said, "(TLS) EHLO out.example.net MAIL")
				switch {
				case got == "relayed 250 2.0.0" && secure:
					got = inTLS
				case got == "relayed 250 2.0.0":
					got = inClear
				case strings.Contains(said, "MAIL"):
					t.Errorf("%s, %s: MAIL was said: %s", tt.rule, server, said)
				}
				b.want(tt.rule+", "+server, tt.want[i], got)
				if last := p.said()[len(p.said())-1]; last != "QUIT" && last != "STARTTLS" {
					t.Errorf("%s, %s: the last word was %s", tt.rule, server, last)
				}
			}, out)
		}
	}
}

// fate is what became of the only recipient, last.
func fate(b *bench) string {
	all, _ := b.net.Log().Since(0)
	fate := ""
	for _, e := range all {
		if e.Mail == "plan" && (e.Kind == trace.MailRelayed || e.Kind == trace.MailDeferred || e.Kind == trace.MailBounced) {
			fate = strings.TrimPrefix(string(e.Kind), "mail.") + " " + strings.Join(strings.Fields(e.Reply)[:2], " ")
		}
	}
	return fate
}

// TestTLSIsTriedAgain: what a policy defers is tried again, and goes when the host
// has mended.
func TestTLSIsTriedAgain(t *testing.T) {
	out := relayTo()
	out.TLSTo = map[string]TLSPolicy{"*": TLSVerified}
	inBubble(t, func(b *bench) {
		p := (&peer{offers: []string{"STARTTLS"}}).certified(b, CertificateExpired).listen(b, "192.0.2.99")
		b.handIn(nil, "bob")
		time.Sleep(time.Minute)
		b.want("at first", "deferred 451 4.7.5", fate(b))
		p.certified(b, CertificateValid)
		time.Sleep(time.Hour)
		b.want("in the end", "relayed 250 2.0.0", fate(b))
	}, out)
}

// TestImplicitTLSIsVerified: a port of TLS at once keeps the policy too.
func TestImplicitTLSIsVerified(t *testing.T) {
	for kind, want := range map[Certificate]string{CertificateValid: "relayed 250 2.0.0", CertificateSelfSigned: "deferred 451 4.7.5"} {
		out, mx := relayTo(), mxNode()
		out.Next, out.TLSTo = "mx", map[string]TLSPolicy{"*": TLSVerified}
		mx.TLS, mx.Certificate = TLSImplicit, kind
		inBubble(t, func(b *bench) {
			b.handIn(nil, "bob")
			time.Sleep(time.Minute)
			b.want(string(kind), want, fate(b))
		}, out, mx)
	}
}

// TestRequireTLSTriesAll is R8689-4.2.1-a and -b: each host is asked before a mail is
// returned, and one that may come back is waited for.
func TestRequireTLSTriesAll(t *testing.T) {
	for _, tt := range []struct {
		name          string
		first, second []string // offered under TLS; "down": it refuses connections
		want          string
	}{
		{"R8689-4.2.1-a", []string{"SIZE"}, []string{"SIZE"}, "bounced 550 5.7.30"},
		{"R8689-4.2.1-b", []string{"SIZE"}, []string{"REQUIRETLS"}, "relayed 250 2.0.0"},
		{"the first is down", []string{"down"}, []string{"SIZE"}, "deferred 451 4.4.1"},
		{"the second is down", []string{"SIZE"}, []string{"down"}, "deferred 451 4.4.1"},
	} {
		out := relayTo()
		out.Next, out.TLS = "mx", TLSOffered
		out.Extensions.Add = []string{"REQUIRETLS"}
		// A node with two addresses stands for two MX hosts.
		mx := mxNode()
		mx.Addrs = append(addrOf("192.0.2.98"), addrOf("192.0.2.99")...)
		inBubble(t, func(b *bench) {
			b.net.Node("mx").Crash()
			cert, err := b.net.authority().certificate("mx.example.org", "")
			if err != nil {
				t.Fatal(err)
			}
			var peers []*peer
			for i, offers := range [][]string{tt.first, tt.second} {
				p := &peer{offers: []string{"STARTTLS"}, secureOffers: offers, cert: cert}
				if offers[0] != "down" {
					p.listen(b, mx.Addrs[i].String())
				}
				peers = append(peers, p)
			}
			d := b.net.Send(context.Background(), Submission{
				Mail: "plan", Via: "out", From: "a@example.net", To: []string{"bob@example.org"}, TLS: ClientStartTLS,
				Options: map[string][]string{"REQUIRETLS": nil, "RET": {"FULL"}}, Message: []byte("Message-ID: <plan@mailsim>\r\n\r\nthe body\r\n"),
			})
			if !d.Accepted() {
				t.Fatalf("dialog: %v", d)
			}
			time.Sleep(time.Minute)
			b.want(tt.name, tt.want, fate(b))
			if strings.HasPrefix(tt.want, "relayed") {
				b.want("MAIL", []string{"MAIL FROM:<a@example.net> REQUIRETLS"}, peers[1].said("MAIL"))
			}
			for _, m := range b.mailbox("out", "a@example.net") {
				if strings.Contains(m, "the body") { // R8689-5-a
					t.Errorf("%s: the notification returns the body: %s", tt.name, m)
				}
			}
		}, out, mx)
	}
}

func TestCertificates(t *testing.T) {
	a := newAuthority()
	for kind, want := range map[Certificate]string{
		"": "", CertificateValid: "", CertificateSelfSigned: "unknown authority", CertificateExpired: "expired", CertificateWrongName: "wrong-name.invalid",
	} {
		c, err := a.certificate("mx.example.org", kind)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := a.certificate("mx.example.org", kind); err != nil || again != c {
			t.Errorf("%s: another one the second time, %v", kind, err)
		}
		_, err = c.Leaf.Verify(x509.VerifyOptions{DNSName: "mx.example.org", Roots: a.pool()})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", kind, err, want)
		}
	}
}
