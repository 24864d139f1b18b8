package sim

import (
	"slices"
	"strconv"
	"strings"

	"github.com/mailsim/mailsim/sim/client"
	"github.com/mailsim/mailsim/sim/mail"
)

// cannotSend tells why a mail may not be given to a server that lacks an
// extension which the mail needs; code 0 if it may.
func (d *delivery) cannotSend(c *client.Conn) mail.Reply {
	it := d.entry.it.fitting(c)
	if !offers(c, "SMTPUTF8") {
		// RFC 6531 3.5: an international address or header field must not be sent on.
		// What was given with SMTPUTF8 and has neither needs it no more (3.4).
		switch {
		case !ascii(it.env.From):
			return localReply(550, "5.6.7", "the next hop has no SMTPUTF8, which the sender's address needs")
		case it.env.UTF8 && (it.measures.highHeader || it.measures.highBody && mail.HighHeaders(it.content)):
			return localReply(550, "5.6.7", "the next hop has no SMTPUTF8, which header fields need")
		}
	}
	if it.env.RequireTLS && !(offers(c, "REQUIRETLS") && c.Secure()) {
		// RFC 8689 4.2.1: it must not go on without.
		return localReply(550, "5.7.30", "the next hop has no REQUIRETLS, or no TLS that can be trusted")
	}
	return it.cannotBeInTime(c)
}

// cannotReach tells why a recipient may not be named to a server; code 0 if it may.
func cannotReach(c *client.Conn, r mail.Recipient) mail.Reply {
	if !ascii(r.To) && !offers(c, "SMTPUTF8") {
		return localReply(550, "5.6.7", "the next hop has no SMTPUTF8, which the recipient's address needs")
	}
	if r.ValidSince != nil && r.ValidSince.Reject && !offers(c, "RRVS") {
		return localReply(550, "5.7.19", "the next hop has no RRVS, which the recipient needs") // RFC 7293 5.2
	}
	return mail.Reply{}
}

// mailParams are the parameters of MAIL that the server knows.
func mailParams(c *client.Conn, it *item, f form) []string {
	var p []string
	if offers(c, "SIZE") {
		p = append(p, "SIZE="+f.size()) // RFC 1870 6.1
	}
	if f.body != "" {
		p = append(p, "BODY="+f.body)
	}
	if f.utf8 {
		p = append(p, "SMTPUTF8")
	}
	if it.env.RequireTLS {
		p = append(p, "REQUIRETLS")
	}
	if c.Authenticated() {
		p = append(p, submitter(&it.env))
	}
	if it.env.DeliverBy != nil && offers(c, "DELIVERBY") {
		p = append(p, byParameter(it.env.DeliverBy))
	}
	if it.env.Priority != nil && offers(c, "MT-PRIORITY") {
		p = append(p, "MT-PRIORITY="+strconv.Itoa(*it.env.Priority)) // RFC 6710 4.2
	}
	if offers(c, "DSN") {
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
	if offers(c, "DSN") {
		if len(r.Notify) > 0 {
			p = append(p, "NOTIFY="+strings.Join(r.Notify, ","))
		}
		if r.ORCPT != "" {
			p = append(p, "ORCPT="+r.ORCPT) // RFC 3461 5.2.1: octet for octet
		}
	}
	if r.ValidSince != nil && offers(c, "RRVS") {
		p = append(p, "RRVS="+r.ValidSince.Given)
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
		case "NOTIFY", "ORCPT", "RRVS":
			ofRcpt = append(ofRcpt, p)
		default:
			ofMail = append(ofMail, p)
		}
	}
	return ofMail, ofRcpt
}
