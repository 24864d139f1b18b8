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
	"syscall"

	"github.com/mailsim/mailsim/sim/client"
	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/wire"
)

// delivery is one mail on its way to one target.
type delivery struct {
	node   *Node
	entry  *entry
	target target
	flow   string
	out    *outcome
	told   bool // the queue was told whether the target answers
}

// fresh gives the mail to the target over a connection of its own. It returns the
// channel when that may be used on, and whether the mail's fate is unsure: the
// connection broke behind the dot, so that another host could get it as well.
func (d *delivery) fresh(ctx context.Context) (ch *channel, unsure bool) {
	d.out.remote = d.node.peerName(d.target.addr.Addr())
	ch, err := d.open(ctx, true)
	var hs handshakeError
	if errors.As(err, &hs) && ctx.Err() == nil {
		// RFC 7435 3: opportunistic TLS falls back to the clear.
		d.flow += " plain"
		ch, err = d.open(ctx, false)
	}
	if err == nil {
		err = d.over(ch)
	}
	return d.judge(ch, err)
}

// again gives the mail to the target over a channel that has carried others. It
// reports false when the channel turned out to be closed: a server may end a session
// between two mails (by 421, RFC 5321 3.8), which says nothing about the second one.
// As long as nobody was answered, a connection of its own is no new try.
func (d *delivery) again(ch *channel) (next *channel, unsure, ok bool) {
	d.out.remote = d.node.peerName(d.target.addr.Addr())
	before := *d.out
	err := d.over(ch)
	if (err == nil || closedByPeer(err)) && d.unheard(before) {
		ch.cut(err)
		*d.out = before
		return nil, false, false
	}
	next, unsure = d.judge(ch, err)
	return next, unsure, true
}

// unheard reports whether the server has said nothing about the mail but 421.
func (d *delivery) unheard(before outcome) bool {
	return len(d.out.failed) == len(before.failed) && len(d.out.left) == len(before.left) &&
		!slices.ContainsFunc(d.out.left, func(p pending) bool { return p.last.Code != 0 && p.last.Code != 421 })
}

// over does the mail's transaction on a channel.
func (d *delivery) over(ch *channel) error {
	before := *d.out
	ch.conn.SetTag(d.entry.it.mail)
	ch.mails++
	err := d.transact(ch.c)
	refused := len(d.out.failed) - len(before.failed)
	ch.clean = err == nil && (refused == 0 && len(d.out.left) < len(before.left) || d.node.is(mutantNoReset))
	return err
}

// judge notes how a session went that is over, or returns its channel.
func (d *delivery) judge(ch *channel, err error) (next *channel, unsure bool) {
	var refused refusal
	switch {
	case err == nil && ch.reusable():
		return ch, false
	case err == nil:
		ch.leave()
		return nil, false
	case errors.As(err, &refused):
		d.out.hostSaid(refused.reply, d.out.remote)
		return nil, false
	}
	if ch != nil {
		ch.cut(err)
		d.out.broken(d.lost(err))
	} else {
		d.out.hostFailed(d.lost(err), d.out.remote)
	}
	return nil, errors.Is(err, errUnsure)
}

// lost is a connection that broke, or never was, as the reply that a server would
// give for it (RFC 3463 3.5).
func (d *delivery) lost(err error) mail.Reply {
	var untrusted tlsError
	if errors.As(err, &untrusted) {
		return untrusted.reply
	}
	code := "4.4.2"
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		code = "4.4.1"
	}
	where := d.target.host + "[" + d.target.addr.Addr().String() + "]"
	return localReply(451, code, where+": "+plainNet(err)+d.hint(err))
}

// dial connects to the target, and tells the queue whether that can be done: once,
// as it was allowed.
func (d *delivery) dial(ctx context.Context) (*wire.Conn, error) {
	news := d.node.network.news.Load()
	conn, err := d.node.host.dial(ctx, d.target.addr, d.flow)
	if d.told {
		return conn, err
	}
	d.told = true
	var down mail.Reply
	if errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ETIMEDOUT) {
		down = d.lost(err)
	}
	d.node.queue.dialed(d.entry, d.target.addr, down, news)
	return conn, err
}

// needs is what the mail wants of its channel.
func (d *delivery) needs() needs { return needs{tls: d.policy()} }

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

// hello opens the session: greeting, EHLO, TLS and AUTH.
func (d *delivery) hello(c *client.Conn, useTLS bool) error {
	if d.target.implicit {
		if err := d.handshake(c); err != nil {
			return err
		}
	}
	if r, err := c.Greeting(); err != nil || r.Class() != 2 {
		return orRefusal(r, err)
	}
	if r, err := c.Hello(); err != nil || r.Class() != 2 {
		return orRefusal(r, err)
	}
	if useTLS {
		if err := d.secure(c); err != nil {
			return err
		}
	}
	return d.login(c)
}

func orRefusal(r mail.Reply, err error) error {
	if err != nil {
		return err
	}
	return refusal{r}
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
// judged (RFC 7435), unless the mail (RFC 8689 4.2.1) or the node's policy demands
// it; a submission checks them against the run's authority.
func (n *Network) clientTLS(host string, verify bool) *tls.Config {
	cfg := &tls.Config{ServerName: host, InsecureSkipVerify: !verify} //nolint:gosec // opportunistic by RFC 7435
	if verify {
		cfg.RootCAs = n.authority().pool()
	}
	return cfg
}
