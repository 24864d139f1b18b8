package sim

import (
	"bufio"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/mailsim/mailsim/sim/client"
	"github.com/mailsim/mailsim/sim/mail"
)

// cannotSend tells why a mail may not be given to a server that lacks an
// extension which the mail needs.
func cannotSend(c *client.Conn, it *item) (mail.Reply, bool) {
	if _, ok := c.Extension("SMTPUTF8"); it.env.UTF8 && !ok {
		// RFC 6531 3.5: it must not be sent on.
		return localReply(550, "5.6.7", "the next hop has no SMTPUTF8"), false
	}
	if it.env.Body == "BINARYMIME" {
		// RFC 3030 3: it travels by BDAT alone, which the client does not speak, and
		// is returned where it cannot.
		return localReply(554, "5.6.3", "the message is binary, and this node cannot send such on"), false
	}
	if _, ok := c.Extension("REQUIRETLS"); it.env.RequireTLS && !(ok && c.Secure()) {
		// RFC 8689 4.2.1: it must not go on without.
		return localReply(550, "5.7.30", "the next hop has no REQUIRETLS, or no TLS that can be trusted"), false
	}
	if _, ok := c.Extension("8BITMIME"); it.env.Body == "8BITMIME" && !ok && hasHighOctets(it.content) {
		// RFC 6152 3: without conversion to 7 bits it is returned.
		return localReply(554, "5.6.3", "the next hop has no 8BITMIME and the message is not 7-bit"), false
	}
	return mail.Reply{}, true
}

// hasHighOctets reports whether any octet has its high bit set.
func hasHighOctets(content mail.Content) bool {
	f := content.Open()
	defer f.Close()
	r := bufio.NewReader(f)
	for {
		b, err := r.ReadByte()
		switch {
		case errors.Is(err, io.EOF):
			return false
		case err != nil || b >= 0x80:
			return true
		}
	}
}

// mailParams are the parameters of MAIL that the server knows.
func mailParams(c *client.Conn, it *item) []string {
	var p []string
	if _, ok := c.Extension("SIZE"); ok {
		p = append(p, "SIZE="+strconv.FormatInt(it.content.Size(), 10)) // RFC 1870 6.1
	}
	if _, ok := c.Extension("8BITMIME"); ok && it.env.Body != "" {
		p = append(p, "BODY="+it.env.Body)
	}
	if it.env.UTF8 {
		p = append(p, "SMTPUTF8")
	}
	if it.env.RequireTLS {
		p = append(p, "REQUIRETLS")
	}
	if _, ok := c.Extension("DSN"); ok {
		if it.env.Return != "" {
			p = append(p, "RET="+it.env.Return)
		}
		if it.env.EnvelopeID != "" {
			p = append(p, "ENVID="+it.env.EnvelopeID)
		}
	}
	return p
}

// rcptParams are the parameters of RCPT that the server knows.
func rcptParams(c *client.Conn, r mail.Recipient) []string {
	var p []string
	if _, ok := c.Extension("DSN"); ok {
		if len(r.Notify) > 0 {
			p = append(p, "NOTIFY="+strings.Join(r.Notify, ","))
		}
		if r.ORCPT != "" {
			p = append(p, "ORCPT="+r.ORCPT) // RFC 3461 5.2.1: octet for octet
		}
	}
	return p
}

// scriptedParams turns the options of a Submission into parameters: those of RCPT apart
// from those of MAIL, in alphabetical order.
func scriptedParams(options map[string][]string) (ofMail, ofRcpt []string) {
	names := make([]string, 0, len(options))
	for name := range options {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		p := name
		if v := strings.Join(options[name], ","); v != "" {
			p += "=" + v
		}
		switch name {
		case "NOTIFY", "ORCPT", "BY", "MT-PRIORITY", "RRVS":
			ofRcpt = append(ofRcpt, p)
		default:
			ofMail = append(ofMail, p)
		}
	}
	return ofMail, ofRcpt
}
