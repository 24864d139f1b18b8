package sim

import (
	"net/netip"
	"slices"
)

// The ports of mail.
const (
	portSMTP        = 25
	portLMTP        = 24
	portSubmission  = 587 // RFC 6409 3.1
	portSubmissions = 465 // RFC 8314 3.3: implicit TLS
)

// ListenPorts returns where a server of this configuration listens; the first one is
// where it is spoken to by name. A submission server that has addresses of its
// own, and no ports by hand, is their MX as well, or no notification would reach them.
func (c NodeConfig) ListenPorts() []int {
	switch {
	case len(c.Ports) > 0:
		return c.Ports
	case c.LMTP:
		return []int{portLMTP}
	case c.Role != MSA:
		return []int{portSMTP}
	}
	submission := portSubmission
	if c.TLS == TLSImplicit {
		submission = portSubmissions
	}
	if len(c.Domains)+len(c.Mailboxes)+len(c.Aliases)+len(c.Lists)+len(c.Forwards) > 0 {
		return []int{submission, portSMTP}
	}
	return []int{submission}
}

// inbound reports whether sessions at a port of a submission server are those of
// other MTAs: they need neither AUTH nor TLS (RFC 3207 4 forbids to demand it), get
// to the node's own addresses alone, and their mail is not mended.
func (c NodeConfig) inbound(port uint16) bool {
	return c.Role == MSA && port == portSMTP && !slices.Contains(c.Ports, portSMTP)
}

// relaysFor reports whether a client that has not authenticated may send to domains
// that are not the node's own.
func (c NodeConfig) relaysFor(client netip.Addr, inbound bool) bool {
	return c.RelayFor.Any || c.knows(client, inbound)
}

// knows reports whether a client that has not authenticated is one of the node's own
// all the same: the node relays for its address, or it submits where nobody is asked
// who he is.
func (c NodeConfig) knows(client netip.Addr, inbound bool) bool {
	return c.Role == MSA && !c.AuthRequired && !inbound || c.RelayFor.names(client)
}

// names reports whether a client is in one of the networks.
func (r RelayFor) names(client netip.Addr) bool {
	return slices.ContainsFunc(r.Nets, func(p netip.Prefix) bool { return p.Contains(client) })
}
