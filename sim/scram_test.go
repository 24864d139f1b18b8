package sim

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/xdg-go/scram"

	"github.com/mailsim/mailsim/sim/trace"
)

// TestScramVector is the example of RFC 7677 3, by way of the pieces that nodes use.
func TestScramVector(t *testing.T) {
	salt, err := base64.StdEncoding.DecodeString("W22ZaJ0SNY7soEsUEjb6gQ==")
	if err != nil {
		t.Fatal(err)
	}
	stored, err := storedPassword("user", "pencil", scram.KeyFactors{Salt: string(salt), Iters: 4096})
	if err != nil {
		t.Fatal(err)
	}
	session := &session{}
	server, err := beginScram(session, `%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0`, func(string) (scram.StoredCredentials, error) { return stored, nil })
	if err != nil {
		t.Fatal(err)
	}
	var clients scramClients
	client, err := clients.begin(Auth{User: "user", Password: "pencil"}, "rOprNGfwEbeRWgbNEkqO")
	if err != nil {
		t.Fatal(err)
	}
	_, response, err := client.Start()
	if err != nil {
		t.Fatal(err)
	}
	said := []string{string(response)}
	for done := false; !done; {
		var challenge []byte
		if challenge, done, err = server.Next(response); err != nil {
			t.Fatal(err)
		}
		if done {
			break
		}
		if response, err = client.Next(challenge); err != nil {
			t.Fatal(err)
		}
		said = append(said, string(challenge), string(response))
	}
	want := []string{
		"n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
		"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
		"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
		"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
		"",
	}
	if got := strings.Join(said, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("want\n%s\ngot\n%s", strings.Join(want, "\n"), got)
	}
	if !client.conv.Valid() || session.user != "user" {
		t.Errorf("valid %v, user %q", client.conv.Valid(), session.user)
	}
}

// scramSay sends a message of an exchange and gives the challenge, or the reply as it is.
func (c *rawClient) scramSay(prefix, message string) string {
	c.b.t.Helper()
	r := c.say(prefix + base64.StdEncoding.EncodeToString([]byte(message)))
	if challenge, ok := strings.CutPrefix(r, "334 "); ok {
		octets, err := base64.StdEncoding.DecodeString(challenge)
		if err != nil {
			c.b.t.Fatal(err)
		}
		return string(octets)
	}
	return r
}

// TestScramSession: a server takes good proofs, and no others.
func TestScramSession(t *testing.T) {
	for _, tt := range []struct {
		name       string
		user, pass string
		edit       func(message string, step int) string // of the client
		want       string
	}{
		{"good", "alice", "secret", nil, "235 2.7.0"},
		{"wrong password", "alice", "Secret", nil, "535 5.7.8"},
		{"unknown user", "bob", "secret", nil, "535 5.7.8"},
		{"a header that was changed on the way", "alice", "secret", func(m string, step int) string {
			return strings.Replace(m, "n,,", "y,,", 1)
		}, "535 5.7.8"},
		{"channel binding is not here", "alice", "secret", func(m string, step int) string {
			return strings.Replace(m, "n,,", "p=tls-exporter,,", 1)
		}, "535 5.7.8"},
		{"acting for another", "alice", "secret", func(m string, step int) string {
			return strings.Replace(m, "n,,", "n,a=carol,", 1)
		}, "535 5.7.8"},
		{"another nonce", "alice", "secret", func(m string, step int) string {
			if step == 2 {
				return strings.Replace(m, "r=", "r=x", 1)
			}
			return m
		}, "535 5.7.8"},
		{"no message", "alice", "secret", func(string, int) string { return "garbage" }, "535 5.7.8"},
		{"something behind the end", "alice", "secret", func(m string, step int) string {
			if step == 3 {
				return "more"
			}
			return m
		}, "535 5.7.8"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			edit := tt.edit
			if edit == nil {
				edit = func(m string, _ int) string { return m }
			}
			inBubble(t, func(b *bench) {
				c := b.dial("mx")
				defer c.close()
				c.talk("220\nC: EHLO c.example\n250-")
				var clients scramClients
				x, err := clients.begin(Auth{User: tt.user, Password: tt.pass}, "abcdefgh")
				if err != nil {
					t.Fatal(err)
				}
				got := c.scramSay("AUTH SCRAM-SHA-256 ", edit(x.first, 1))
				for step := 2; strings.HasPrefix(got, "r=") || strings.HasPrefix(got, "v="); step++ {
					answer, err := x.Next([]byte(got))
					if err != nil {
						t.Fatal(err)
					}
					got = c.scramSay("", edit(string(answer), step))
				}
				if !strings.HasPrefix(got, tt.want) {
					t.Errorf("want %s, got %s", tt.want, got)
				}
				if good := strings.HasPrefix(tt.want, "235"); x.conv.Valid() != good && tt.name != "something behind the end" {
					t.Errorf("the client takes the server for good: %v", x.conv.Valid())
				}
				b.want("MAIL afterwards", "250", c.say("MAIL FROM:<a@example.net>")[:3])
			}, faultNode())
		})
	}
}

// TestScramDialog: the lines around an exchange (RFC 4954 4).
func TestScramDialog(t *testing.T) {
	inBubble(t, func(b *bench) {
		c := b.dial("mx")
		defer c.close()
		c.talk("220")
		if got := c.say("EHLO c.example"); !strings.Contains(got, "250 AUTH PLAIN LOGIN SCRAM-SHA-256") {
			t.Errorf("offered: %s", got)
		}
		var clients scramClients
		x, err := clients.begin(Auth{User: "alice", Password: "secret"}, "abcdefgh")
		if err != nil {
			t.Fatal(err)
		}
		first := base64.StdEncoding.EncodeToString([]byte(x.first))
		c.talk("C: AUTH SCRAM-SHA-256\n334 ")
		one := c.say(first)
		c.talk("C: *\n501\nC: AUTH scram-sha-256\n334 ")
		two := c.say(first)
		if one == two || !strings.HasPrefix(one, "334 ") || !strings.HasPrefix(two, "334 ") {
			t.Errorf("the server's part of two exchanges: %q, %q", one, two)
		}
		c.talk("C: !!!!\n501 5.5.2\nC: AUTH SCRAM-SHA-256 =\n535\nC: AUTH SCRAM-SHA-1\n504 5.5.4\nC: AUTH SCRAM-SHA-256\n334")
		c.talk("C: " + strings.Repeat("A", 13000) + "\n500 5.5.6\nC: AUTH PLAIN AGFsaWNlAHNlY3JldA==\n235")
		b.wantEvents([]string{
			"session.auth  > 501 5.0.0 Negotiation cancelled SCRAM-SHA-256",
			"session.auth  > 501 5.5.2 Invalid base64 data SCRAM-SHA-256",
			"session.auth  > 535 5.7.8 Authentication failed SCRAM-SHA-256",
			"session.auth  > 504 5.5.4 no such mechanism here SCRAM-SHA-1",
			"session.auth  > 500 5.5.6 line too long SCRAM-SHA-256",
			"session.auth  > 235 2.7.0 authentication succeeded PLAIN",
		}, trace.SessionAuth)
	}, faultNode())
}

// TestCRAM: challenges differ, and only the digest of the one at hand lets a client in.
func TestCRAM(t *testing.T) {
	node := faultNode()
	node.Mechanisms = []string{"CRAM-MD5"}
	digest := func(challenge, password string) string {
		octets, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(challenge, "334 "))
		mac := hmac.New(md5.New, []byte(password))
		mac.Write(octets)
		return base64.StdEncoding.EncodeToString([]byte("alice " + hex.EncodeToString(mac.Sum(nil))))
	}
	inBubble(t, func(b *bench) {
		c := b.dial("mx")
		defer c.close()
		c.talk("220\nC: EHLO c.example\n250")
		c.talk("C: AUTH CRAM-MD5 dGVzdA==\n501 5.7.0\nC: AUTH CRAM-MD5 AA AA\n501")
		one := c.say("AUTH CRAM-MD5")
		c.talk("C: *\n501")
		two := c.say("AUTH CRAM-MD5")
		if one == two || !strings.HasPrefix(two, "334 ") {
			t.Errorf("two challenges: %q, %q", one, two)
		}
		c.talk("C: " + digest(one, "secret") + "\n535")
		c.talk("C: " + digest(c.say("AUTH CRAM-MD5"), "wrong") + "\n535\nC: AUTH CRAM-MD5\n334\nC: YWxpY2U=\n535")
		c.talk("C: " + digest(c.say("AUTH CRAM-MD5"), "secret") + "\n235")
	}, node)
}

// TestMechanisms: a node takes those that it is told to.
func TestMechanisms(t *testing.T) {
	node := faultNode()
	node.Mechanisms = []string{"SCRAM-SHA-256"}
	inBubble(t, func(b *bench) {
		c := b.dial("mx")
		defer c.close()
		c.talk("220")
		if got := c.say("EHLO c.example"); !strings.HasSuffix(got, "250 AUTH SCRAM-SHA-256") {
			t.Errorf("offered: %s", got)
		}
		c.talk("C: AUTH PLAIN AGFsaWNlAHNlY3JldA==\n504 5.5.4\nC: AUTH LOGIN\n504 5.5.4\nC: AUTH SCRAM-SHA-256\n334")
	}, node)
}

// TestScramSubmission: a client logs in, is refused, and leaves a server that does
// not know the password itself.
func TestScramSubmission(t *testing.T) {
	inBubble(t, func(b *bench) {
		send := func(password string) Dialog {
			return b.net.Send(context.Background(), Submission{
				Mail: "plan", Via: "mx", From: "a@example.net", To: []string{"bob@example.org"}, Message: []byte(plan),
				Auth: &Auth{User: "alice", Password: password, Mechanism: "scram-sha-256"},
			})
		}
		for range 2 {
			d := send("secret")
			b.want("AUTH", "235", d.At(AtAuth)[0].String()[:3])
			b.want("accepted", true, d.Accepted())
		}
		d := send("wrong")
		b.want("AUTH", "535", d.At(AtAuth)[0].String()[:3])
		b.want("accepted", false, d.Accepted())
		if n := len(b.net.Node("mx").scram.byUser); n != 1 {
			t.Errorf("%d passwords worked out", n)
		}
		b.net.Node("mx").SetFault(Fault{At: AtAuth, Reply: "235 2.7.0 whoever you are"})
		if d := send("secret"); d.Err == nil || !strings.Contains(d.Err.Error(), errUnproved.Error()) || d.Accepted() {
			t.Errorf("a server that proves nothing: %v, %v", d.Err, d.Steps)
		}
	}, faultNode())
}

func TestScramClientWrongServer(t *testing.T) {
	var clients scramClients
	x, err := clients.begin(Auth{User: "alice", Password: "secret"}, "abcdefgh")
	if err != nil {
		t.Fatal(err)
	}
	salt := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("s"), 16))
	for _, tt := range []string{"r=other,s=" + salt + ",i=4096", "nothing"} {
		y, err := clients.begin(Auth{User: "alice", Password: "secret"}, "abcdefgh")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := y.Next([]byte(tt)); err == nil {
			t.Errorf("%q is taken", tt)
		}
	}
	if _, err := x.Next([]byte("r=abcdefghX,s=" + salt + ",i=4096")); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Next([]byte("v=" + base64.StdEncoding.EncodeToString(make([]byte, 32)))); err == nil {
		t.Error("a wrong proof is taken")
	}
	if _, err := x.Next(nil); err == nil || errors.Is(err, net.ErrClosed) {
		t.Errorf("a challenge too many: %v", err)
	}
	if _, err := clients.begin(Auth{User: "a\u0000b", Password: "x"}, "n"); err == nil {
		t.Error("a user name that SASLprep forbids is taken")
	}
}
