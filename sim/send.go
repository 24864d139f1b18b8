package sim

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/mailsim/mailsim/sim/client"
	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

// maxTargets bounds how many addresses one attempt tries; RFC 5321 5.1 wants at
// least two.
const maxTargets = 10

// outcome is what an attempt did with the recipients of an entry; those in
// neither list were relayed.
type outcome struct {
	left   []pending // to be tried again
	failed []failure // refused for good
	remote string    // the host that spoke last
}

// failure is a recipient that was refused for good.
type failure struct {
	rcpt   mail.Recipient
	reply  mail.Reply
	remote string // the host that said so; "" where it was this node
}

// attempt tries an entry once: the targets of its next hop in order, until
// every recipient has an answer that another host could not better (RFC 5321 5.1).
func (n *Node) attempt(ctx context.Context, e *entry) outcome {
	it := e.it
	out := outcome{left: append([]pending(nil), e.rcpts...)}
	n.emit(trace.Event{
		Kind: trace.MailAttempt, Mail: it.mail, ID: it.id, From: it.env.From,
		To: joinRecipients(out.left), Attempt: e.tries + 1, Detail: e.hop.String(),
	})
	targets, err := n.targets(ctx, e.hop, question{mail: it.mail, id: it.id, attempt: e.tries + 1})
	if err != nil {
		var r routeError
		if !errors.As(err, &r) {
			r = routeError{localReply(451, "4.4.3", err.Error())}
		}
		out.hostFailed(r.reply, "")
		out.giveUp()
		return out
	}
	for i, t := range targets[:min(len(targets), maxTargets)] {
		if len(out.left) == 0 || ctx.Err() != nil {
			break
		}
		d := delivery{node: n, entry: e, target: t, flow: it.id + " " + e.hop.String() + " " + strconv.Itoa(e.tries) + "." + strconv.Itoa(i), out: &out}
		if unsure := d.run(ctx); unsure {
			break
		}
	}
	out.giveUp()
	return out
}

// hostFailed notes the same reply for all that are left.
func (o *outcome) hostFailed(r mail.Reply, remote string) {
	for i := range o.left {
		o.left[i].last = r
	}
	o.remote = remote
}

// giveUp moves those whose last answer is a 5yz from left to failed: no host
// was left to ask.
func (o *outcome) giveUp() {
	left := o.left[:0]
	for _, p := range o.left {
		if p.last.Permanent() {
			o.failed = append(o.failed, failure{p.Recipient, p.last, o.remote})
		} else {
			left = append(left, p)
		}
	}
	o.left = left
}

func joinRecipients(ps []pending) string {
	if len(ps) == 1 {
		return ps[0].To
	}
	to := make([]string, len(ps))
	for i, p := range ps {
		to[i] = p.To
	}
	return strings.Join(to, ", ")
}

func localReply(code int, enhanced, text string) mail.Reply {
	return mail.Reply{Code: code, Enhanced: enhanced, Lines: []string{text}}
}

// delivery is one session with one target.
type delivery struct {
	node   *Node
	entry  *entry
	target target
	flow   string
	out    *outcome
}

// run does the session. It reports whether the mail's fate is unsure: the
// connection broke behind the dot, so that another host could get it as well.
func (d *delivery) run(ctx context.Context) (unsure bool) {
	d.out.remote = d.node.peerName(d.target.addr.Addr())
	err := d.session(ctx, true)
	var hs handshakeError
	if errors.As(err, &hs) && ctx.Err() == nil {
		// RFC 7435 3: opportunistic TLS falls back to the clear.
		d.flow += " plain"
		err = d.session(ctx, false)
	}
	var refused refusal
	switch {
	case err == nil:
		return false
	case errors.As(err, &refused):
		d.out.hostFailed(refused.reply, d.out.remote)
		return false
	}
	code := "4.4.2"
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		code = "4.4.1"
	}
	where := d.target.host + "[" + d.target.addr.Addr().String() + "]"
	d.out.hostFailed(localReply(451, code, where+": "+plainNet(err)+d.hint(err)), d.out.remote)
	return errors.Is(err, errUnsure)
}

// hint tells where a node of this network listens that refused a connection: an
// LMTP server is found by a route, never by MX (RFC 2033 5).
func (d *delivery) hint(err error) string {
	nd := d.node.network.byAddr[d.target.addr.Addr()]
	if nd == nil || nd.cfg.Role == MUA || !errors.Is(err, syscall.ECONNREFUSED) || slices.Contains(nd.cfg.ListenPorts(), int(d.target.addr.Port())) {
		return ""
	}
	protocol := "SMTP"
	if nd.cfg.LMTP {
		protocol = "LMTP"
	}
	return fmt.Sprintf(" (node %s speaks %s on port %d: reach it by next or a route)", nd.cfg.Name, protocol, nd.cfg.ListenPorts()[0])
}

// refusal is a reply by which a host as a whole, not a recipient, was refused.
type refusal struct{ reply mail.Reply }

func (r refusal) Error() string { return r.reply.String() }

// handshakeError is a STARTTLS that went wrong behind the server's 220.
type handshakeError struct{ error }

// errUnsure is behind errors after which the server may or may not have the mail.
var errUnsure = errors.New("the reply to the end of the data is missing")

func (d *delivery) session(ctx context.Context, useTLS bool) error {
	conn, err := d.node.host.dial(ctx, d.target.addr, d.flow)
	if err != nil {
		return err
	}
	conn.SetTag(d.entry.it.mail)
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	c := client.New(conn, client.Options{Host: d.node.host.Name, LMTP: d.target.lmtp})
	err = d.dialog(c, useTLS)
	var lost bool
	if err != nil {
		var r refusal
		lost = !errors.As(err, &r)
	}
	if lost {
		stop()
		c.Close()
		return err
	}
	// The mail's fate is known: a server that does not answer QUIT must not hold
	// the queue up.
	d.node.queue.wg.Go(func() {
		defer stop()
		_, _ = c.Quit() // RFC 5321 4.1.1.10: nothing hangs on the reply
	})
	return err
}

// dialog opens the session and does the transaction.
func (d *delivery) dialog(c *client.Conn, useTLS bool) error {
	if d.target.implicit {
		if err := c.Handshake(d.node.network.clientTLS(d.target.host, d.entry.it.env.RequireTLS)); err != nil {
			return err
		}
	}
	if r, err := c.Greeting(); err != nil || !r.Positive() {
		return orRefusal(r, err)
	}
	if r, err := c.Hello(); err != nil || !r.Positive() {
		return orRefusal(r, err)
	}
	if _, ok := c.Extension("STARTTLS"); ok && useTLS && !c.Secure() {
		r, err := c.StartTLS(d.node.network.clientTLS(d.target.host, d.entry.it.env.RequireTLS))
		switch {
		case err != nil:
			return handshakeError{err}
		case r.Positive():
			if r, err := c.Hello(); err != nil || !r.Positive() {
				return orRefusal(r, err)
			}
		}
	}
	return d.transact(c)
}

func orRefusal(r mail.Reply, err error) error {
	if err != nil {
		return err
	}
	return refusal{r}
}

// transact offers the recipients that are left and sorts the answers.
func (d *delivery) transact(c *client.Conn) error {
	it := d.entry.it
	if r, ok := cannotSend(c, it); !ok {
		d.out.hostFailed(r, d.out.remote)
		return nil
	}
	t := client.Transfer{From: it.env.From, Params: mailParams(c, it), Content: it.content}
	for _, p := range d.out.left {
		t.To = append(t.To, client.Rcpt{To: p.To, Params: rcptParams(c, p.Recipient)})
	}
	res, err := c.Send(t)
	_, knowsDSN := c.Extension("DSN")
	var left []pending
	var relayed []mail.Recipient
	for i, p := range d.out.left {
		r := finalReply(res, i)
		switch {
		case r.Class() == 2:
			d.node.emit(trace.Event{
				Kind: trace.MailRelayed, Mail: it.mail, ID: it.id, Peer: d.out.remote,
				From: it.env.From, To: p.To, Reply: r.String(), Attempt: d.entry.tries + 1,
			})
			if !knowsDSN {
				relayed = append(relayed, p.Recipient)
			}
		case r.Permanent():
			d.out.failed = append(d.out.failed, failure{p.Recipient, r, d.out.remote})
		default:
			p.last = r
			left = append(left, p)
		}
	}
	served := len(left) < len(d.out.left)
	d.out.left = left
	if served {
		d.node.queue.served(d.entry, d.out)
	}
	d.node.succeeded(it, relayed, mail.ActionRelayed, d.out.remote)
	if err != nil && res.Stage == client.AtDot {
		return fmt.Errorf("%w: %w", errUnsure, err)
	}
	return err
}

// finalReply is the answer that decides about a recipient: the first one that is not
// positive, or that to the dot.
func finalReply(res client.Result, i int) mail.Reply {
	for _, r := range []mail.Reply{res.Mail, res.Rcpt[i]} {
		if !r.Positive() {
			return r
		}
	}
	if res.Data.Code != 354 {
		return res.Data
	}
	return res.Dot[i]
}

// plainNet says what went wrong with a connection, without ports, which mean
// nothing to a reader.
func plainNet(err error) string {
	var timeout net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.ECONNRESET):
		return "connection reset"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "connection closed by the other side"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded),
		errors.As(err, &timeout) && timeout.Timeout():
		return "timed out"
	}
	return err.Error()
}

// clientTLS is the configuration of a client. Between MTAs certificates are not
// judged (RFC 7435), unless the mail demands it (RFC 8689 4.2.1); a submission
// checks them against the run's authority.
func (n *Network) clientTLS(host string, verify bool) *tls.Config {
	cfg := &tls.Config{ServerName: host, InsecureSkipVerify: !verify} //nolint:gosec // opportunistic by RFC 7435
	if verify {
		cfg.RootCAs = n.authority().pool()
	}
	return cfg
}

func sizeParam(n int64) string { return "SIZE=" + strconv.FormatInt(n, 10) }
