package sim

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

// taker is a next hop that offers what a test wants.
func taker(offers string) *peer {
	return &peer{offers: strings.Fields(offers)}
}

// TestForms: what a mail is like and what the next hop offers decide how it goes.
func TestForms(t *testing.T) {
	const (
		head   = "Message-ID: <plan@mailsim>\r\nMIME-Version: 1.0\r\n"
		text   = "Content-Type: text/plain; charset=utf-8\r\n"
		eight  = head + text + "Content-Transfer-Encoding: 8bit\r\n\r\nKöln\r\n"
		quoted = head + text + "Content-Transfer-Encoding: quoted-printable\r\n\r\nK=C3=B6ln\r\n"
		binary = head + "Content-Type: image/png\r\nContent-Transfer-Encoding: binary\r\n\r\n\n\r\n.\r\n\x00\xff"
		base64 = head + "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nCg0KLg0KAP8=\r\n"
		seven  = head + text + "\r\n.plain\r\n"
		signed = head + "Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\nKöln\r\n--b--\r\n"
		utf8   = "Message-ID: <plan@mailsim>\r\nSubject: Köln\r\n\r\nhi\r\n"
		raw    = "Message-ID: <plan@mailsim>\r\n\r\nKöln\r\n"
		part   = head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Description: é\r\n\r\nhi\r\n--b--\r\n"
	)
	long := head + text + "\r\n" + strings.Repeat("x", 999) + "\r\n"
	full := head + text + "\r\n" + strings.Repeat("x", 998) + "\r\n"
	options := func(s string) map[string][]string {
		m := map[string][]string{}
		for f := range strings.FieldsSeq(s) {
			k, v, _ := strings.Cut(f, "=")
			m[k] = []string{v}
		}
		return m
	}
	for _, tt := range []struct {
		rule, options, offers string
		cfg                   NodeConfig // of the node in between
		message               string
		params                string // of MAIL
		verb                  string // that carries the content
		want                  string // the message as it comes; "": as it was sent; else a reply
	}{
		{"R6152-3-a", "BODY=8BITMIME", "8BITMIME", NodeConfig{}, eight, "BODY=8BITMIME", "DATA", ""},
		{"R6152-3-b", "BODY=8BITMIME", "", NodeConfig{}, eight, "", "DATA", quoted},
		{"R6152-3-b, not declared", "", "", NodeConfig{}, eight, "", "DATA", quoted},
		{"R6152-3-c", "BODY=8BITMIME", "", NodeConfig{}, seven, "", "DATA", ""},
		{"R6152-3-b, bounce", "BODY=8BITMIME", "", NodeConfig{Downgrade: DowngradeBounce}, eight, "", "", "554 5.6.3"},
		{"R6152-3-b, signed", "BODY=8BITMIME", "", NodeConfig{}, signed, "", "", "554 5.6.3"},
		{"R5321-2.4-o", "", "8bitmime", NodeConfig{}, eight, "BODY=8BITMIME", "DATA", ""},
		{"R5321-2.4-s", "", "8BITMIME", NodeConfig{}, raw, "", "DATA", "Message-ID: <plan@mailsim>\r\nMIME-Version: 1.0\r\n" +
			"Content-Type: text/plain; charset=unknown-8bit\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nK=C3=B6ln\r\n"},
		{"R5321-2.4-s, bounce", "", "8BITMIME", NodeConfig{Downgrade: DowngradeBounce}, raw, "", "", "554 5.6.3"},
		{"R5321-2.4-s, declared", "BODY=8BITMIME", "8BITMIME", NodeConfig{}, raw, "BODY=8BITMIME", "DATA", ""},
		{"declared, and 7-bit", "BODY=7BIT", "8BITMIME", NodeConfig{}, seven, "BODY=7BIT", "DATA", ""},
		{"R3030-3-c", "BODY=BINARYMIME", "8BITMIME CHUNKING BINARYMIME", NodeConfig{}, binary, "BODY=BINARYMIME", "BDAT", ""},
		{"R3030-3-d", "BODY=BINARYMIME", "8BITMIME CHUNKING", NodeConfig{}, binary, "BODY=8BITMIME", "DATA", base64},
		{"R3030-3-d, 7-bit", "BODY=BINARYMIME", "", NodeConfig{}, binary, "", "DATA", base64},
		{"R3030-3-d, BINARYMIME alone", "BODY=BINARYMIME", "BINARYMIME", NodeConfig{}, binary, "", "DATA", base64},
		{"R3030-3-d, bounce", "BODY=BINARYMIME", "8BITMIME", NodeConfig{Downgrade: DowngradeBounce}, binary, "", "", "554 5.6.3"},
		{"R3030-2-m", "", "", NodeConfig{Chunking: ChunkingAlways}, seven, "", "DATA", ""},
		{"chunking when needed", "", "CHUNKING", NodeConfig{}, seven, "", "DATA", ""},
		{"chunking always", "", "CHUNKING", NodeConfig{Chunking: ChunkingAlways}, seven, "", "BDAT", ""},
		{"R5322-2.1.1-a", "", "8BITMIME", NodeConfig{}, full, "", "DATA", ""},
		{"R5322-2.1.1-a, longer", "", "8BITMIME", NodeConfig{}, long, "", "DATA", head + text + "Content-Transfer-Encoding: quoted-printable\r\n\r\n" +
			strings.Repeat(strings.Repeat("x", 75)+"=\r\n", 13) + strings.Repeat("x", 999-13*75) + "\r\n"},
		{"R5322-2.1.1-a, header", "", "8BITMIME", NodeConfig{}, "X: " + strings.Repeat("x", 999) + "\r\n" + seven, "", "", "554 5.6.3"},
		{"R6531-3.4-a", "SMTPUTF8", "8BITMIME SMTPUTF8", NodeConfig{}, utf8, "BODY=8BITMIME SMTPUTF8", "DATA", ""},
		{"R6531-3.2-b", "SMTPUTF8", "8BITMIME", NodeConfig{}, utf8, "", "", "550 5.6.7"},
		{"R6531-3.2-b, of a part", "SMTPUTF8", "8BITMIME", NodeConfig{}, part, "", "", "550 5.6.7"},
		{"R6531-3.4-b", "SMTPUTF8", "8BITMIME", NodeConfig{}, eight, "BODY=8BITMIME", "DATA", ""},
		{"R6531-3.4-b, 7-bit hop", "SMTPUTF8", "", NodeConfig{}, eight, "", "DATA", quoted},
		{"header of no SMTPUTF8", "", "8BITMIME", NodeConfig{}, utf8, "BODY=8BITMIME", "DATA", ""},
		{"header of no SMTPUTF8, 7-bit hop", "", "", NodeConfig{}, utf8, "", "", "554 5.6.3"},
		{"R1870-6-c", "", "SIZE", NodeConfig{}, seven, "SIZE", "DATA", ""},
		{"R1870-6-c, converted", "", "SIZE", NodeConfig{}, eight, "SIZE", "DATA", quoted},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			cfg := relayTo()
			cfg.Chunking, cfg.Downgrade = tt.cfg.Chunking, tt.cfg.Downgrade
			cfg.Extensions.Add = []string{"BINARYMIME"}
			inBubble(t, func(b *bench) {
				p := taker(tt.offers).listen(b, "192.0.2.99")
				s := Submission{
					Mail: "plan", Via: "out", From: "a@example.net", To: []string{"bob@example.org"},
					Options: options(tt.options), Message: []byte(tt.message),
				}
				if d := b.net.Send(context.Background(), s); !d.Accepted() {
					t.Fatalf("dialog: %v", d)
				}
				time.Sleep(time.Minute)
				if strings.HasPrefix(tt.want, "55") {
					b.want("mails", []string(nil), p.mails())
					b.want("MAIL", []string(nil), p.said("MAIL"))
					b.want("fate", "bounced "+tt.want, b.bounced())
					b.want("notifications", 1, len(b.mailbox("out", "a@example.net")))
					return
				}
				want := tt.want
				if want == "" {
					want = tt.message
				}
				got := p.mails()
				if len(got) != 1 {
					t.Fatalf("%d mails came; %v", len(got), b.fates())
				}
				size := len(got[0])
				if _, rest, ok := strings.Cut(got[0], "\r\nMessage-ID:"); ok {
					got[0] = "Message-ID:" + rest // without Received
				}
				b.want("message", strings.TrimPrefix(want, "X"), got[0])
				params := strings.TrimPrefix(p.said("MAIL")[0], "MAIL FROM:<a@example.net>")
				if tt.params == "SIZE" {
					tt.params = "SIZE=" + itoa(size)
				}
				b.want("parameters", tt.params, strings.TrimPrefix(params, " "))
				b.want("verb", tt.verb, strings.Fields(p.said("DATA", "BDAT")[0])[0])
				converted := 0
				if tt.want != "" {
					converted = 1
				}
				b.want("events", converted, len(b.events(trace.MailConverted)))
			}, cfg)
		})
	}
}

func itoa(n int) string { return (form{content: mail.Bytes(make([]byte, n))}).size() }

// bounced tells the code by which a mail was bounced.
func (b *bench) bounced() string {
	all, _ := b.net.Log().Since(0)
	for _, e := range all {
		if e.Kind == trace.MailBounced {
			return "bounced " + strings.Join(strings.Fields(e.Reply)[:2], " ")
		}
	}
	return "not bounced"
}

// TestInternationalRecipients: what one recipient needs is no reason to refuse the
// others (RFC 6531 3.5), and another MX host may have it.
func TestInternationalRecipients(t *testing.T) {
	inBubble(t, func(b *bench) {
		p := taker("8BITMIME").listen(b, "192.0.2.99")
		d := b.net.Send(context.Background(), Submission{
			Mail: "plan", Via: "out", From: "a@example.net", To: []string{"bob@example.org", "用户@example.org"},
			Options: map[string][]string{"SMTPUTF8": nil}, Message: []byte("Message-ID: <plan@mailsim>\r\n\r\n"),
		})
		if !d.Accepted() {
			t.Fatalf("dialog: %v", d)
		}
		time.Sleep(time.Minute)
		b.want("RCPT", []string{"RCPT TO:<bob@example.org>"}, p.said("RCPT"))
		b.want("MAIL", []string{"MAIL FROM:<a@example.net>"}, p.said("MAIL"))
		b.want("fate", map[string]string{"bob": "relayed 250", "用户": "bounced 550"}, b.fates())
	}, relayTo())
	// The sender's address is the mail's own: nobody gets it.
	inBubble(t, func(b *bench) {
		p := taker("8BITMIME").listen(b, "192.0.2.99")
		b.net.Send(context.Background(), Submission{
			Mail: "plan", Via: "out", From: "用户@example.net", To: []string{"bob@example.org"},
			Options: map[string][]string{"SMTPUTF8": nil}, Message: []byte("Message-ID: <plan@mailsim>\r\n\r\n"),
		})
		time.Sleep(time.Minute)
		for _, l := range p.said() {
			if !ascii(l) {
				t.Errorf("the next hop read %q", l)
			}
		}
		b.want("fate", "bounced 550", b.fates()["bob"])
	}, relayTo())
}

// TestBinaryEndToEnd is R3030-3-c between nodes, by way of a mailbox.
func TestBinaryEndToEnd(t *testing.T) {
	const message = "Message-ID: <plan@mailsim>\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: binary\r\n\r\n\x00\n\r\r\n.\r\n..\xff"
	for _, hide := range []string{"", "BINARYMIME"} {
		mx, out := mxNode(), relayTo()
		mx.Extensions.Add, out.Extensions.Add = []string{"BINARYMIME"}, []string{"BINARYMIME"}
		mx.Extensions.Hide = []string{hide}
		out.Next = "mx"
		inBubble(t, func(b *bench) {
			d := b.net.Send(context.Background(), Submission{
				Mail: "plan", Via: "out", From: "a@example.net", To: []string{"bob@example.org"},
				Options: map[string][]string{"BODY": {"BINARYMIME"}}, Message: []byte(message),
			})
			if !d.Accepted() {
				t.Fatalf("dialog: %v", d)
			}
			time.Sleep(time.Minute)
			got := b.net.Node("mx").Mailbox("bob@example.org")
			if len(got) != 1 {
				t.Fatalf("%d mails; %v", len(got), b.fates())
			}
			octets, err := mail.ReadAll(got[0].Content)
			if err != nil {
				t.Fatal(err)
			}
			if same := strings.HasSuffix(string(octets), message); same != (hide == "") {
				t.Errorf("hidden %q: the same is %v: %q", hide, same, octets)
			}
			before, _ := mail.LeafSum(mail.Bytes([]byte(message)))
			after, err := mail.LeafSum(got[0].Content)
			if err != nil || before != after {
				t.Errorf("hidden %q: it decodes to something else: %q", hide, octets)
			}
		}, out, mx)
	}
}

// TestNothingOfBeforeTLS is R3207-4.2-c and R3030-2-m: what EHLO offered in the clear
// counts no more under TLS.
func TestNothingOfBeforeTLS(t *testing.T) {
	cfg := relayTo()
	cfg.Chunking = ChunkingAlways
	inBubble(t, func(b *bench) {
		p := (&peer{offers: []string{"SIZE 1", "8BITMIME", "CHUNKING", "PIPELINING", "DSN", "STARTTLS"}}).certified(b, "").listen(b, "192.0.2.99")
		b.handIn(map[string][]string{"BODY": {"8BITMIME"}, "RET": {"HDRS"}, "NOTIFY": {"FAILURE"}}, "bob")
		time.Sleep(time.Minute)
		b.want("commands", []string{
			"EHLO out.example.net", "STARTTLS", "(TLS)", "EHLO out.example.net",
			"MAIL FROM:<a@example.net>", "RCPT TO:<bob@example.org>", "DATA", "QUIT",
		}, p.said())
	}, cfg)
}
