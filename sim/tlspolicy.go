package sim

import (
	"crypto/tls"
	"errors"
	"strings"

	"github.com/mailsim/mailsim/sim/client"
	"github.com/mailsim/mailsim/sim/mail"
)

// TLSPolicy is what a node demands of the way to a domain. Empty is
// TLSOpportunistic.
type TLSPolicy string

// The policies, from the mildest to the strictest but the first.
const (
	TLSNever         TLSPolicy = "none"          // STARTTLS is never asked for
	TLSOpportunistic TLSPolicy = "opportunistic" // TLS where it works, else the clear (RFC 7435)
	TLSDemanded      TLSPolicy = "required"      // no mail in the clear (RFC 3207 6); certificates are not judged
	TLSVerified      TLSPolicy = "verified"      // and the certificate names the host and comes from the run's authority
)

// tlsTo is the policy for a domain: that of the table's entry for it, for a parent
// domain, or for all, as with routes.
func (n *Node) tlsTo(domain string) TLSPolicy {
	if len(n.tlsPolicies) == 0 {
		return TLSOpportunistic
	}
	_, p, _ := byDomain(n.tlsPolicies, mail.DomainKey(domain))
	if p == "" {
		return TLSOpportunistic
	}
	return p
}

// policy is what TLS has to be for this mail: RFC 8689 lets its sender demand more
// than the node does (REQUIRETLS), or less (TLS-Required: No), and the first weighs
// more.
func (d *delivery) policy() TLSPolicy {
	it, p := d.entry.it, d.entry.to.hop.tls
	switch {
	case it.env.RequireTLS:
		return TLSVerified
	case p == "", it.facts.tlsOptional && p != TLSNever:
		return TLSOpportunistic
	}
	return p
}

// tlsError is a session that could not be put under TLS as it had to be. It cannot
// be used for anything else.
type tlsError struct{ reply mail.Reply }

func (e tlsError) Error() string { return e.reply.String() }

// secure puts the session under TLS as the policy has it. A handshakeError says that
// it may be tried in the clear.
func (d *delivery) secure(c *client.Conn) error {
	policy := d.policy()
	switch {
	case c.Secure() || policy == TLSNever:
		return nil
	case !offers(c, "STARTTLS") && policy == TLSOpportunistic:
		return nil
	case !offers(c, "STARTTLS"):
		return refusal{d.noTLS("7.4", d.target.host+" offers no TLS, which the mail needs")}
	}
	r, err := c.StartTLS(d.clientTLS())
	switch {
	case (err != nil || !r.Positive()) && d.node.is(mutantBouncesWithoutTLS):
		return refusal{localReply(550, "5.7.4", d.target.host+" has no TLS that works")}
	case err != nil && policy == TLSOpportunistic:
		return handshakeError{err}
	case err != nil:
		return d.tlsFailed(err)
	case !r.Positive() && policy == TLSOpportunistic:
		return nil // RFC 3207 4: the client decides
	case r.Temporary():
		return refusal{localReply(451, "4.7.4", d.target.host+" has no TLS now: "+r.String())}
	case !r.Positive():
		return refusal{d.noTLS("7.4", d.target.host+" refused TLS: "+r.String())}
	}
	if d.node.is(mutantNoSecondEHLO) {
		return nil
	}
	if r, err = c.Hello(); err != nil || !r.Positive() {
		return orRefusal(r, err)
	}
	return nil
}

// handshake is TLS at once, where the port demands it (RFC 8314 3.3).
func (d *delivery) handshake(c *client.Conn) error {
	err := c.Handshake(d.clientTLS())
	if err != nil && d.policy() == TLSVerified {
		return d.tlsFailed(err)
	}
	return err
}

// tlsFailed is a handshake that failed, or a certificate that did not hold.
func (d *delivery) tlsFailed(err error) error {
	var bad *tls.CertificateVerificationError
	if errors.As(err, &bad) {
		err = bad.Err
	}
	return tlsError{d.noTLS("7.5", "no TLS with "+d.target.host+" that can be trusted: "+printable(plainNet(err)))}
}

// noTLS is the reply for a way without the TLS that it has to have. The node's own
// policy lets the mail wait, since the host may mend (RFC 3207 6); what the sender
// demands is asked of each host once, and the mail returned (RFC 8689 4.2.1).
func (d *delivery) noTLS(detail, text string) mail.Reply {
	if d.entry.it.env.RequireTLS {
		return localReply(550, "5.7.10", text)
	}
	return localReply(451, "4."+detail, text)
}

// clientTLS is the configuration of the handshake.
func (d *delivery) clientTLS() *tls.Config {
	host := strings.TrimSuffix(strings.TrimPrefix(d.target.host, "["), "]")
	return d.node.network.clientTLS(host, d.policy() == TLSVerified)
}
