package sim

import (
	"crypto/tls"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/sim/trace"
)

func TestExtensionLines(t *testing.T) {
	users := map[string]string{"alice": "secret"}
	const standard = "PIPELINING 8BITMIME SIZE ENHANCEDSTATUSCODES CHUNKING DSN SMTPUTF8 HELP"
	for _, tt := range []struct {
		name          string
		cfg           NodeConfig
		plain, secure string
	}{
		{"standard", NodeConfig{}, standard, standard},
		{"auth", NodeConfig{Users: users}, standard + " AUTH=PLAIN=LOGIN=SCRAM-SHA-256", standard + " AUTH=PLAIN=LOGIN=SCRAM-SHA-256"},
		{"offered", NodeConfig{Users: users, TLS: TLSOffered}, standard + " STARTTLS", standard + " AUTH=PLAIN=LOGIN=SCRAM-SHA-256"},
		{"implicit", NodeConfig{Users: users, TLS: TLSImplicit}, standard, standard + " AUTH=PLAIN=LOGIN=SCRAM-SHA-256"},
		{"size", NodeConfig{Size: 100, Extensions: Extensions{Only: []string{"size"}}}, "SIZE=100", "SIZE=100"},
		{"only", NodeConfig{Extensions: Extensions{Only: []string{"DSN", "X-FOO bar", "STARTTLS"}}}, "DSN X-FOO=bar STARTTLS", "DSN X-FOO=bar"},
		{"none", NodeConfig{Users: users, Extensions: Extensions{Only: []string{}}}, "", ""},
		{"hide", NodeConfig{Extensions: Extensions{Hide: []string{"dsn", "PIPELINING"}}}, "8BITMIME SIZE ENHANCEDSTATUSCODES CHUNKING SMTPUTF8 HELP", "8BITMIME SIZE ENHANCEDSTATUSCODES CHUNKING SMTPUTF8 HELP"},
		{"add", NodeConfig{Extensions: Extensions{Add: []string{"LIMITS", "REQUIRETLS", "DSN"}}}, standard + " LIMITS=RCPTMAX=1000", standard + " LIMITS=RCPTMAX=1000 REQUIRETLS"},
	} {
		for _, secure := range []bool{false, true} {
			want := tt.plain
			if secure {
				want = tt.secure
			}
			got := strings.ReplaceAll(strings.Join(tt.cfg.extensionLines(secure), ","), " ", "=")
			if got = strings.ReplaceAll(got, ",", " "); got != want {
				t.Errorf("%s, TLS %v: want %s, got %s", tt.name, secure, want, got)
			}
		}
	}
}

// TestHello: what is not offered is not there.
func TestHello(t *testing.T) {
	for _, tt := range []struct {
		name string
		ext  Extensions
		talk string
	}{
		{"nothing", Extensions{Only: []string{}}, `
			220
			C: EHLO c.example
			250 mx.example.org greets c.example
			C: MAIL FROM:<a@example.net> SIZE=1
			555 parameter SIZE is not offered
			C: MAIL FROM:<a@example.net> BODY=8BITMIME
			555
			C: MAIL FROM:<é@example.net> SMTPUTF8
			555
			C: MAIL FROM:<a@example.net>
			250 OK
			C: RCPT TO:<bob@example.org> NOTIFY=NEVER
			555
			C: RCPT TO:<nobody@example.org>
			550 no such user
			C: RCPT TO:<bob@example.org>
			250 OK
			C: BDAT 1 LAST
			C: BDAT 0
			502 command
			502 command
			C: DATA
			354 end
			C: .
			250 queued as
			C: STARTTLS
			502
			C: AUTH PLAIN
			502
			C: HELP
			502`},
		{"own", Extensions{Add: []string{"XTEST on"}}, `
			220
			C: EHLO c.example
			250-
			C: MAIL FROM:<a@example.net> XTEST=1 BODY=8BITMIME
			250 2.1.0
			C: RCPT TO:<bob@example.org> XTEST NOTIFY=NEVER
			250 2.1.5`},
		{"binary", Extensions{Add: []string{"BINARYMIME"}}, `
			220
			C: EHLO c.example
			250-
			C: MAIL FROM:<a@example.net> BODY=BINARYMIME
			250 2.1.0
			C: RCPT TO:<bob@example.org>
			250 2.1.5
			C: DATA
			503 5.5.1
			C: BDAT 8 LAST
			C: \r\na\nb\0
			250 2.0.0`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			node := mxNode()
			node.Extensions = tt.ext
			inBubble(t, func(b *bench) {
				c := b.dial("mx")
				defer c.close()
				c.talk(tt.talk)
			}, node)
		})
	}
}

// secure puts TLS over a client, checked against the run's authority.
func (c *rawClient) secure() {
	c.b.t.Helper()
	t := tls.Client(c.raw, &tls.Config{ServerName: "mx.example.org", RootCAs: c.b.net.authority().pool()})
	if err := t.Handshake(); err != nil {
		c.b.t.Fatal(err)
	}
	c.conn = t
	c.r.Reset(t)
}

func tlsNode(mode TLSMode) NodeConfig {
	node := mxNode()
	node.TLS = mode
	node.Users = map[string]string{"alice": "secret"}
	return node
}

func TestStartTLS(t *testing.T) {
	inBubble(t, func(b *bench) {
		c := b.dial("mx")
		defer c.close()
		c.talk(`
			220
			C: STARTTLS
			503 5.5.1
			C: EHLO c.example
			250-
			C: AUTH PLAIN AGFsaWNlAHNlY3JldA==
			538 5.7.11
			C: MAIL FROM:<a@example.net>
			250
			C: STARTTLS now
			501 5.5.4
			C: STARTTLS
			220 2.0.0 ready`)
		c.secure()
		// RFC 3207 4.2: everything begins anew.
		c.talk(`
			C: MAIL FROM:<a@example.net>
			503 5.5.1
			C: EHLO c.example
			250-
			C: RCPT TO:<bob@example.org>
			503 5.5.1
			C: STARTTLS
			503 5.5.1
			C: AUTH PLAIN AGFsaWNlAHNlY3JldA==
			235 2.7.0
			C: MAIL FROM:<a@example.net>
			250
			C: RCPT TO:<bob@example.org>
			250
			C: DATA
			354
			C: Message-ID: <plan@mailsim>
			C: .
			250 2.0.0 queued
			C: QUIT
			221
			EOF`)
		if got := b.mailbox("mx", "bob@example.org"); len(got) != 1 || !strings.Contains(got[0], " with ESMTPSA ") {
			t.Errorf("mail with ESMTPSA wanted: %q", got)
		}
		b.wantEvents([]string{"session.tls  >  TLS 1.3 TLS_AES_128_GCM_SHA256"}, trace.SessionTLS)
	}, tlsNode(TLSOffered))
}

// TestStartTLSInjection: commands behind STARTTLS in clear text are forgotten
// (CVE-2011-0411).
func TestStartTLSInjection(t *testing.T) {
	inBubble(t, func(b *bench) {
		c := b.dial("mx")
		defer c.close()
		c.talk("220\nC: EHLO c.example\n250-")
		c.send("STARTTLS\r\nEHLO evil.example\r\nMAIL FROM:<evil@example.net>\r\n")
		c.talk("220 2.0.0")
		c.secure()
		c.talk("C: NOOP\n250 2.0.0\nC: MAIL FROM:<a@example.net>\n503 5.5.1\nC: EHLO c.example\n250-")
	}, tlsNode(TLSOffered))
}

func TestTLSRequired(t *testing.T) {
	inBubble(t, func(b *bench) {
		c := b.dial("mx")
		defer c.close()
		c.talk(`
			220
			C: NOOP
			250
			C: HELO c.example
			530 5.7.0
			C: EHLO c.example
			250-
			C: MAIL FROM:<a@example.net>
			530 5.7.0
			C: MAIL FROM:a
			530 5.7.0
			C: RCPT TO:<bob@example.org>
			530
			C: DATA
			530
			C: RSET
			530
			C: VRFY bob
			530
			C: AUTH PLAIN AGFsaWNlAHNlY3JldA==
			530
			C: BDAT 4
			C: ab
			530
			C: STARTTLS
			220`)
		c.secure()
		c.talk("C: EHLO c.example\n250-\nC: MAIL FROM:<a@example.net>\n250\nC: QUIT\n221\nEOF")
		d := b.dial("mx")
		defer d.close()
		d.talk("220\nC: QUIT\n221\nEOF")
	}, tlsNode(TLSRequired))
}

func TestTLSImplicit(t *testing.T) {
	inBubble(t, func(b *bench) {
		c := b.dial("mx")
		defer c.close()
		c.secure()
		c.talk("220\nC: STARTTLS\n503\nC: EHLO c.example\n250-\nC: STARTTLS\n503\nC: AUTH PLAIN AGFsaWNlAHNlY3JldA==\n235\nC: QUIT\n221\nEOF")
		// No TLS at all: the session ends.
		d := b.dial("mx")
		defer d.close()
		d.send("EHLO c.example\r\n")
		for d.reply() != "EOF" {
		}
		b.wantEvents([]string{"session.close  >", "session.close  >"}, trace.SessionClose)
	}, tlsNode(TLSImplicit))
}

// TestStartTLSBroken: what is no handshake ends the session.
func TestStartTLSBroken(t *testing.T) {
	inBubble(t, func(b *bench) {
		c := b.dial("mx")
		defer c.close()
		c.talk("220\nC: EHLO c.example\n250-\nC: STARTTLS\n220")
		c.send("MAIL FROM:<a@example.net>\r\n")
		for r := ""; r != "EOF"; r = c.reply() {
			if strings.HasPrefix(r, "2") {
				t.Fatal(r)
			}
		}
	}, tlsNode(TLSOffered))
}

func TestAuthority(t *testing.T) {
	a := newAuthority()
	for _, host := range []string{"mx.example.org", "192.0.2.1"} {
		one, err := a.certificate(host, "")
		if err != nil {
			t.Fatal(err)
		}
		if two, _ := a.certificate(host, ""); two != one {
			t.Errorf("%s: a second certificate", host)
		}
		if err := one.Leaf.VerifyHostname(host); err != nil {
			t.Error(err)
		}
	}
	if _, err := a.certificate("mx.\xff.example", ""); err == nil {
		t.Error("a name that no certificate can have: no error")
	}
}

func TestAuth(t *testing.T) {
	node := tlsNode(TLSNone)
	node.Role, node.AuthRequired = MSA, true
	inBubble(t, func(b *bench) {
		c := b.dial("mx")
		c.raw.SetTag("plan")
		c.talk(`
			220
			C: AUTH PLAIN
			503 5.5.1
			C: EHLO c.example
			250-
			C: MAIL FROM:<a@example.net>
			530 5.7.0
			C: AUTH
			501 5.5.4
			C: AUTH GSSAPI
			504 5.5.4
			C: AUTH PLAIN !!!
			501 5.5.2
			C: AUTH PLAIN AGFsaWNlAHdyb25n
			535 5.7.8
			C: AUTH PLAIN bWFsbG9yeQBhbGljZQBzZWNyZXQ=
			535 5.7.8
			C: AUTH PLAIN bm9udWxz
			501 5.5.2
			C: AUTH LOGIN
			334 VXNlcm5hbWU6
			C: *
			501 5.0.0
			C: AUTH LOGIN YWxpY2U=
			334 UGFzc3dvcmQ6
			C: d3Jvbmc=
			535 5.7.8
			C: AUTH PLAIN
			334
			C: AGFsaWNlAHNlY3JldA==
			235 2.7.0
			C: AUTH PLAIN AGFsaWNlAHNlY3JldA==
			503 5.5.1
			C: MAIL FROM:<a@example.net> AUTH=<>
			250
			C: AUTH PLAIN AGFsaWNlAHNlY3JldA==
			503 5.5.1
			C: RCPT TO:<bob@elsewhere.example>
			250
			C: QUIT
			221
			EOF`)
		c.close()
		got := b.events(trace.SessionAuth)
		for i, e := range got {
			got[i] = strings.Join(strings.Fields(e)[:4], " ") + " " + e[strings.LastIndexByte(e, ' ')+1:]
		}
		if diff := cmp.Diff([]string{
			"session.auth plan > 503 PLAIN",
			"session.auth plan > 501 mechanism", // none named
			"session.auth plan > 504 GSSAPI",
			"session.auth plan > 501 PLAIN",
			"session.auth plan > 535 PLAIN",
			"session.auth plan > 535 PLAIN",
			"session.auth plan > 501 PLAIN",
			"session.auth plan > 501 LOGIN",
			"session.auth plan > 535 LOGIN",
			"session.auth plan > 235 PLAIN",
			"session.auth plan > 503 PLAIN",
			"session.auth plan > 503 PLAIN",
		}, got); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
		login := b.dial("mx")
		login.talk(`
			220
			C: EHLO c.example
			250-
			C: AUTH LOGIN
			334 VXNlcm5hbWU6
			C: YWxpY2U=
			334 UGFzc3dvcmQ6
			C: c2VjcmV0
			235 2.7.0`)
		login.close()
	}, node)
}

// TestAuthLongLine: a line that is too long ends the exchange (RFC 4954 4); what
// follows is a command again.
func TestAuthLongLine(t *testing.T) {
	for _, size := range []int{13000, 100000} {
		inBubble(t, func(b *bench) {
			c := b.dial("mx")
			defer c.close()
			c.talk("220\nC: EHLO c.example\n250-\nC: AUTH PLAIN\n334")
			c.send(strings.Repeat("A", size) + "\r\n")
			if r := c.reply(); !strings.HasPrefix(r, "500 5.5.6") {
				t.Errorf("line of %d octets: %s", size, r)
			}
			c.talk("C: NOOP\n250\nC: AUTH PLAIN AGFsaWNlAHNlY3JldA==\n235")
		}, tlsNode(TLSNone))
	}
}
