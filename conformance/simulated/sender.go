package simulated

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"time"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/sim/client"
	"github.com/mailsim/mailsim/sim/mail"
)

// Sender makes a sender of the client of mailsim's nodes. It uses STARTTLS where
// that is offered, and breaks the rules of flaws.
func Sender(dial func(ctx context.Context, host string, port int) (net.Conn, error), flaws client.Flaw) conformance.SendFunc {
	return func(ctx context.Context, s conformance.Sending) (conformance.Sent, error) {
		conn, err := dial(ctx, s.Host, s.Port)
		if err != nil {
			return failed("connect: %v", err), nil
		}
		stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
		defer stop()
		c := client.New(conn, client.Options{Host: "client.mailsim.test", Flaws: flaws, Timeouts: client.Timeouts{
			Greeting: 10 * time.Second, Command: 10 * time.Second, DataInit: 10 * time.Second, DataBlock: 10 * time.Second, DataEnd: 10 * time.Second,
		}})
		return deliver(c, s.Message), nil
	}
}

// deliver does a session with one message.
func deliver(c *client.Conn, message []byte) conformance.Sent {
	if r, err := c.Greeting(); err != nil || !r.Positive() {
		return ended(c, "greeting", r, err)
	}
	if r, err := c.Hello(); err != nil || !r.Positive() {
		return ended(c, "hello", r, err)
	}
	if _, offered := c.Extension("STARTTLS"); offered {
		if r, err := c.StartTLS(&tls.Config{InsecureSkipVerify: true}); err != nil || !r.Positive() {
			return ended(c, "STARTTLS", r, err)
		}
		if r, err := c.Hello(); err != nil || !r.Positive() {
			return ended(c, "hello", r, err)
		}
	}
	var params []string
	if _, offered := c.Extension("SIZE"); offered {
		params = append(params, fmt.Sprintf("SIZE=%d", len(message)))
	}
	result, err := c.Send(client.Transfer{
		From: "sender@mailsim.test", Params: params, To: []client.Rcpt{{To: "good@local.test"}}, Content: mail.Bytes(message),
	})
	r, taken := result.Final(0)
	if err != nil || !taken {
		return ended(c, "send", r, err)
	}
	if _, err := c.Quit(); err != nil {
		_ = c.Close()
	}
	return conformance.Sent{}
}

// ended is a session that came to nothing.
func ended(c *client.Conn, at string, r mail.Reply, err error) conformance.Sent {
	if err != nil {
		_ = c.Abandon()
		return failed("%s: %v", at, err)
	}
	if _, err := c.Quit(); err != nil {
		_ = c.Close()
	}
	return failed("%s: %s", at, r)
}

func failed(format string, args ...any) conformance.Sent {
	return conformance.Sent{Exit: 1, Output: fmt.Sprintf(format, args...)}
}
