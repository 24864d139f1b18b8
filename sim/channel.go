package sim

import (
	"context"
	"errors"
	"io"
	"syscall"

	"github.com/mailsim/mailsim/sim/client"
	"github.com/mailsim/mailsim/sim/wire"
)

// channel is a session with a target behind EHLO, in which one mail after the other
// is sent. RFC 5321 3.3 allows it, and it saves what connection, greeting, EHLO and
// TLS cost.
//
// A channel lives as long as the goroutine that opened it finds mail for the same
// next hop that is due; nobody keeps one for mail that may come. It is used on only
// after a transaction that went well: the next mail is not to suffer for what the
// server thinks of the last one, nor for how many errors it bears in a session. And
// no longer than for QueueConfig.Reuse mails.
type channel struct {
	node   *Node
	target target
	conn   *wire.Conn
	c      *client.Conn
	stop   func() bool // ends the watch for a crash
	needs  needs
	mails  int  // that were offered
	clean  bool // the last one went well
}

// needs is what a mail wants of the channel itself.
type needs struct {
	tls TLSPolicy
}

// takes reports whether the channel may carry another mail to a target.
func (ch *channel) takes(t target, n needs) bool {
	return ch != nil && ch.reusable() && ch.target == t && ch.needs == n
}

// reusable reports whether the channel may carry another mail at all.
func (ch *channel) reusable() bool {
	return ch.clean && ch.c.Usable() && ch.mails < ch.node.cfg.Queue.reuse()
}

// leave ends the session in good order. The fate of its mails is known: a server
// that does not answer QUIT must not hold the queue up.
func (ch *channel) leave() {
	if ch == nil {
		return
	}
	ch.node.queue.wg.Go(func() {
		defer ch.stop()
		_, _ = ch.c.Quit() // RFC 5321 4.1.1.10: nothing hangs on the reply
	})
}

// cut ends a session that is broken.
func (ch *channel) cut(why error) {
	ch.stop()
	if why == nil || closedByPeer(why) {
		_ = ch.c.Close()
	} else {
		_ = ch.c.Abandon()
	}
}

// open makes a channel to the target. It is the delivery's first step where no
// channel is open.
func (d *delivery) open(ctx context.Context, useTLS bool) (*channel, error) {
	conn, err := d.dial(ctx)
	if err != nil {
		return nil, err
	}
	conn.SetTag(d.entry.it.mail)
	ch := &channel{
		node: d.node, target: d.target, conn: conn, needs: d.needs(),
		c:    client.New(conn, client.Options{Host: d.node.helloName(), LMTP: d.target.lmtp, Timeouts: d.node.timeouts(), Flaws: d.node.flaws()}),
		stop: context.AfterFunc(ctx, func() { conn.Close() }),
	}
	if err := d.hello(ch.c, useTLS); err != nil {
		var r refusal
		if errors.As(err, &r) {
			ch.leave()
		} else {
			ch.cut(err)
		}
		return nil, err
	}
	return ch, nil
}

// closedByPeer reports whether an error means that the other side ended the session.
func closedByPeer(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}
