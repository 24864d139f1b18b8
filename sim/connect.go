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
)

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
