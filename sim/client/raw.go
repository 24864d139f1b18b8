package client

import "github.com/mailsim/mailsim/sim/mail"

// Write sends octets as they are: for clients that break rules on purpose.
func (c *Conn) Write(p []byte) (int, error) {
	if c.w == nil {
		return 0, errClosed
	}
	n, err := c.w.Write(p)
	if err != nil {
		return n, err
	}
	return n, c.flush(c.opts.Timeouts.DataBlock)
}

// Reply reads one reply, to whatever was sent.
func (c *Conn) Reply() (mail.Reply, error) { return c.reply(c.opts.Timeouts.DataEnd) }
