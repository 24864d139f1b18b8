package sim

import (
	"context"
	"fmt"
	"net/netip"
	"strings"

	"github.com/emersion/go-sasl"

	"github.com/mailsim/mailsim/sim/client"
	"github.com/mailsim/mailsim/sim/mail"
)

// Submission is a mail that somebody gives to a server.
type Submission struct {
	Mail    string              // its name, which traces show
	Via     string              // an msa, mta or mda, spoken to directly, or a mua, which submits as configured
	From    string              // reverse-path; "" is null
	To      []string            // forward-paths
	Auth    *Auth               // nil: none; a mua has its own
	TLS     TLSClient           // "": TLS only where the server's port demands it
	Options map[string][]string // parameters of MAIL and RCPT by upper-case keyword, sent as they are
	Message []byte              // header and body with CRLF lines
	Content mail.Content        // instead of Message
	Chunked bool                // send the content by BDAT where it is offered (RFC 3030); binary content always is
}

// Exchange is one reply of a dialog.
type Exchange struct {
	Stage Stage
	To    string // the recipient, at rcpt and, with LMTP, at dot
	Reply mail.Reply
}

// Dialog is what a client was told.
type Dialog struct {
	Steps []Exchange
	Err   error // the session broke: no connection, connection lost, timeout
}

// At returns the replies of one stage, in order.
func (d Dialog) At(s Stage) []mail.Reply {
	var rs []mail.Reply
	for _, x := range d.Steps {
		if x.Stage == s {
			rs = append(rs, x.Reply)
		}
	}
	return rs
}

// Accepted reports whether the server took the mail for at least one recipient.
func (d Dialog) Accepted() bool {
	for _, r := range d.At(AtDot) {
		if r.Class() == 2 {
			return true
		}
	}
	return false
}

// Send gives a mail to a server and returns what was said; a refusal is part of
// the dialog. ctx ends the session early.
func (n *Network) Send(ctx context.Context, s Submission) Dialog {
	to := n.byName[s.Via]
	if to == nil {
		return Dialog{Err: fmt.Errorf("send via %s: no such node", s.Via)}
	}
	from := n.client
	if sub := to.cfg.Submit; to.cfg.Role == MUA {
		if !to.Up() {
			return Dialog{Err: fmt.Errorf("send via %s: it is down", s.Via)}
		}
		from = to.host
		if s.Auth == nil {
			s.Auth = sub.Auth
		}
		if s.TLS == "" {
			s.TLS = sub.TLS
		}
		s.Chunked = s.Chunked || to.cfg.Chunking == ChunkingAlways
		if to = n.byName[sub.Via]; to == nil || to.cfg.Role == MUA {
			return Dialog{Err: fmt.Errorf("send via %s: it submits through %s, which is no server", s.Via, sub.Via)}
		}
	}
	d := new(Dialog)
	d.Err = n.submit(ctx, from, to, s, d)
	return *d
}

func (n *Network) submit(ctx context.Context, from *Host, to *Node, s Submission, d *Dialog) error {
	addr := netip.AddrPortFrom(to.host.Addrs[0], uint16(to.cfg.ListenPorts()[0]))
	conn, err := from.dial(ctx, addr, "submit "+s.Mail)
	if err != nil {
		return fmt.Errorf("connect to %s: %s", to.cfg.Name, plainNet(err))
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	conn.SetTag(s.Mail)
	c := client.New(conn, client.Options{Host: from.Name, LMTP: to.cfg.LMTP})
	if err := n.script(c, to, s, d); err != nil {
		return fmt.Errorf("speak with %s: %s", to.cfg.Name, plainNet(err))
	}
	return nil
}

// script is the whole session; it ends with QUIT wherever the server refuses.
func (n *Network) script(c *client.Conn, to *Node, s Submission, d *Dialog) error {
	implicit := s.TLS == ClientImplicit || s.TLS == "" && to.cfg.TLS == TLSImplicit
	if implicit {
		if err := c.Handshake(n.clientTLS(to.host.Name, true)); err != nil {
			return err
		}
	}
	going, err := d.note(AtBanner)(c.Greeting())
	if going {
		going, err = d.note(AtEHLO)(c.Hello())
	}
	if going && s.TLS == ClientStartTLS {
		going, err = d.startTLS(c, n, to)
	}
	if going && s.Auth != nil {
		going, err = d.note(AtAuth)(n.login(c, s))
	}
	if err == nil && going {
		err = d.transfer(c, s, to.cfg.LMTP)
	}
	if err == nil {
		var r mail.Reply
		if r, err = c.Quit(); r.Code != 0 {
			d.add(AtQuit, "", r)
		}
		// Whatever becomes of the farewell, the mail's fate is known.
		if err != nil && len(d.At(AtDot)) > 0 {
			err = nil
		}
	}
	return err
}

func (d *Dialog) startTLS(c *client.Conn, n *Network, to *Node) (bool, error) {
	if going, err := d.note(AtStartTLS)(c.StartTLS(n.clientTLS(to.host.Name, true))); !going || err != nil {
		return going, err
	}
	return d.note(AtEHLO)(c.Hello())
}

func (d *Dialog) add(s Stage, to string, r mail.Reply) {
	d.Steps = append(d.Steps, Exchange{s, to, r})
}

// note records a reply and reports whether the session can go on.
func (d *Dialog) note(s Stage) func(mail.Reply, error) (bool, error) {
	return func(r mail.Reply, err error) (bool, error) {
		if r.Code != 0 {
			d.add(s, "", r)
		}
		return err == nil && r.Positive(), err
	}
}

func (d *Dialog) transfer(c *client.Conn, s Submission, lmtp bool) error {
	content := s.Content
	if content == nil {
		content = mail.Bytes(s.Message)
	}
	t := client.Transfer{From: s.From, Content: content}
	// RFC 3030 3: binary content is no text, and travels by BDAT alone.
	t.Binary = strings.EqualFold(strings.Join(s.Options["BODY"], ""), "BINARYMIME")
	t.Chunked = (s.Chunked || t.Binary) && offers(c, "CHUNKING")
	ofMail, ofRcpt := scriptedParams(s.Options)
	t.Params = ofMail
	for _, to := range s.To {
		t.To = append(t.To, client.Rcpt{To: to, Params: ofRcpt})
	}
	res, err := c.Send(t)
	note := func(stage Stage, to string, r mail.Reply) {
		if r.Code != 0 {
			d.add(stage, to, r)
		}
	}
	note(AtMail, "", res.Mail)
	for i, r := range res.Rcpt {
		note(AtRcpt, s.To[i], r)
	}
	note(AtData, "", res.Data)
	for i, r := range res.Dot {
		if lmtp {
			note(AtDot, s.To[i], r)
		} else if r.Code != 0 {
			note(AtDot, "", r)
			break
		}
	}
	return err
}

// mechanism returns the SASL client of RFC 4616 (PLAIN) or of LOGIN.
func mechanism(a *Auth) sasl.Client {
	if strings.EqualFold(a.Mechanism, "LOGIN") {
		return sasl.NewLoginClient(a.User, a.Password)
	}
	return sasl.NewPlainClient("", a.User, a.Password)
}
