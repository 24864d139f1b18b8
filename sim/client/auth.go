package client

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/emersion/go-sasl"

	"github.com/mailsim/mailsim/sim/mail"
)

// Auth authenticates (RFC 4954). The reply is the last one of the exchange.
func (c *Conn) Auth(mech sasl.Client) (mail.Reply, error) {
	name, initial, err := mech.Start()
	if err != nil {
		return mail.Reply{}, fmt.Errorf("AUTH: %w", err)
	}
	line := "AUTH " + name
	switch {
	case len(initial) > 0:
		line += " " + base64.StdEncoding.EncodeToString(initial)
	case initial != nil:
		line += " =" // RFC 4954 4: an empty initial response
	}
	r, err := c.command(line)
	for ; err == nil && r.Code == 334; r, err = c.command(line) {
		challenge, derr := base64.StdEncoding.DecodeString(strings.Join(r.Lines, ""))
		if derr != nil {
			return c.cancelAuth(fmt.Errorf("AUTH: challenge %s is not base64: %w", r, derr))
		}
		response, nerr := mech.Next(challenge)
		if nerr != nil {
			return c.cancelAuth(fmt.Errorf("AUTH %s: %w", name, nerr))
		}
		line = base64.StdEncoding.EncodeToString(response)
	}
	c.auth = err == nil && r.Class() == 2
	return r, err
}

// cancelAuth ends an exchange that cannot go on (RFC 4954 4).
func (c *Conn) cancelAuth(why error) (mail.Reply, error) {
	r, err := c.command("*")
	return r, errors.Join(why, err)
}
