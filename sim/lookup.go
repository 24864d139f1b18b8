package sim

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

// question says for whose sake the DNS is asked.
type question struct {
	mail, id string
	attempt  int
	why      *inquiry // who wants to know how the answer came about; nil: nobody
}

// lookupMX asks for a domain's MX records and puts question and answer into the log.
func (n *Node) lookupMX(ctx context.Context, domain string, q question) ([]*net.MX, error) {
	r := n.asks(q)
	if r == nil {
		return nil, noResolver(domain)
	}
	mxs, err := r.LookupMX(ctx, domain)
	if q.why != nil {
		q.why.askedMX(domain, mxs, err)
	} else {
		n.emitQuery("MX", domain, q, err, func(b *strings.Builder) {
			for i, mx := range mxs {
				if i > 0 {
					b.WriteString(", ")
				}
				fmt.Fprintf(b, "%d %s", mx.Pref, mx.Host)
			}
		})
	}
	if err == nil && len(mxs) == 0 {
		err = &net.DNSError{Err: "no such record", Name: domain, IsNotFound: true}
	}
	return mxs, err
}

// lookupAddrs asks for a host's addresses.
func (n *Node) lookupAddrs(ctx context.Context, host string, q question) ([]netip.Addr, error) {
	r := n.asks(q)
	if r == nil {
		return nil, noResolver(host)
	}
	addrs, err := r.LookupNetIP(ctx, "ip", host)
	if q.why != nil {
		q.why.askedAddrs(ctx, host)
	} else {
		n.emitQuery("A/AAAA", host, q, err, func(b *strings.Builder) {
			for i, a := range addrs {
				if i > 0 {
					b.WriteString(", ")
				}
				b.WriteString(a.String())
			}
		})
	}
	if err == nil && len(addrs) == 0 {
		err = &net.DNSError{Err: "no such record", Name: host, IsNotFound: true}
	}
	return addrs, err
}

// asks returns whom a question is put to.
func (n *Node) asks(q question) Resolver {
	if q.why != nil {
		return q.why.resolver
	}
	return n.resolver
}

// rememberer is what a Resolver may have too: what it remembers of an answer, namely
// the aliases over which it came, the end of them last, when it was asked for, and
// for how long it holds. asked is zero where it remembers nothing.
type rememberer interface {
	Memory(name, rrtype string) (aliases []string, asked time.Time, ttl time.Duration)
}

// endOfAliases returns the name that a domain is an alias of, without its last
// dot, or the domain. RFC 5321 5.1: it counts as if it had been the first name.
func (n *Node) endOfAliases(domain string, q question) string {
	if m, ok := n.asks(q).(rememberer); ok {
		if aliases, _, _ := m.Memory(domain, "MX"); len(aliases) > 0 {
			return strings.TrimSuffix(aliases[len(aliases)-1], ".")
		}
	}
	return domain
}

func (n *Node) emitQuery(kind, name string, q question, err error, answer func(*strings.Builder)) {
	var b strings.Builder
	b.WriteString(kind)
	b.WriteByte(' ')
	b.WriteString(name)
	b.WriteString(": ")
	if err != nil {
		b.WriteString(plainDNS(err))
	} else {
		answer(&b)
	}
	n.emit(trace.Event{Kind: trace.DNSQuery, Mail: q.mail, ID: q.id, Detail: b.String()})
}

func noResolver(name string) error {
	return &net.DNSError{Err: "this network has no DNS: give its Config a Resolver", Name: name, IsTemporary: true}
}

// notThere reports whether the DNS says that there is no such record, or no such
// name; other errors may pass.
func notThere(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound
}

// noSuchName reports whether the name itself does not exist (NXDOMAIN), as far as
// the resolver's errors tell that from a record that does not.
func noSuchName(err error) bool {
	var e interface{ NXDomain() bool }
	return errors.As(err, &e) && e.NXDomain()
}

// plainDNS says what went wrong without the addresses of servers.
func plainDNS(err error) string {
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return dns.Err
	}
	return err.Error()
}

// routeError is a destination that cannot be reached, as the reply that a
// server would give for it: its first digit decides what becomes of the mail.
type routeError struct{ reply mail.Reply }

func (e routeError) Error() string { return e.reply.String() }

func noRoute(code int, enhanced, text string) error {
	return routeError{localReply(code, enhanced, text)}
}

// selfError says that mail would come back to this node.
func selfError(domain string) error {
	return noRoute(554, "5.4.6", "mail for "+domain+" loops back to myself")
}

// unroutable says that there is a way, and that it cannot be gone (RFC 3463 3.5).
func unroutable(why string) error { return noRoute(550, "5.4.4", why) }

// lookupError turns a failed look-up into a reply (RFC 3463 3.5 has the codes). RFC
// 5321 5.1: a name that does not exist is an error, a failure that may pass is not.
func lookupError(name string, err error) error {
	switch {
	case noSuchName(err):
		return noRoute(550, "5.1.2", "host or domain "+name+" not found")
	case notThere(err):
		return noRoute(550, "5.1.2", name+" has neither an MX nor an address record")
	}
	return noRoute(451, "4.4.3", "look up "+name+": "+plainDNS(err))
}
