package sim

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"

	"github.com/mailsim/mailsim/sim/trace"
)

// question says for whose sake the DNS is asked.
type question struct {
	mail, id string
	attempt  int
}

// lookupMX asks for a domain's MX records and puts question and answer into the log.
func (n *Node) lookupMX(ctx context.Context, domain string, q question) ([]*net.MX, error) {
	if n.resolver == nil {
		return nil, noResolver(domain)
	}
	mxs, err := n.resolver.LookupMX(ctx, domain)
	n.emitQuery("MX", domain, q, err, func(b *strings.Builder) {
		for i, mx := range mxs {
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(b, "%d %s", mx.Pref, mx.Host)
		}
	})
	if err == nil && len(mxs) == 0 {
		err = &net.DNSError{Err: "no such record", Name: domain, IsNotFound: true}
	}
	return mxs, err
}

// lookupAddrs asks for a host's addresses.
func (n *Node) lookupAddrs(ctx context.Context, host string, q question) ([]netip.Addr, error) {
	if n.resolver == nil {
		return nil, noResolver(host)
	}
	addrs, err := n.resolver.LookupNetIP(ctx, "ip", host)
	n.emitQuery("A/AAAA", host, q, err, func(b *strings.Builder) {
		for i, a := range addrs {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(a.String())
		}
	})
	if err == nil && len(addrs) == 0 {
		err = &net.DNSError{Err: "no such record", Name: host, IsNotFound: true}
	}
	return addrs, err
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
