package fakedns

import (
	"context"
	"errors"
	"net"
	"os"

	"github.com/miekg/dns"
)

// Why a look-up gave nothing. The *net.DNSError of a Resolver wraps one of these,
// or the error of the context or the socket that ended it.
var (
	ErrNXDomain = error(outcome("no such host"))
	ErrNoData   = error(outcome("no such record (NODATA)"))
	ErrServFail = error(outcome("server failure (SERVFAIL)"))
	ErrRefused  = error(outcome("query refused (REFUSED)"))
	ErrLame     = error(outcome("lame delegation"))
	ErrBadReply = error(outcome("server sent an answer that makes no sense"))
	ErrTimeout  = error(outcome("i/o timeout"))
)

// outcome is an error that can also be told by its methods, for packages that
// see no more of this one than net.DNSError.
type outcome string

func (o outcome) Error() string { return string(o) }

// NXDomain reports whether the name does not exist, for any type of record.
func (o outcome) NXDomain() bool { return errors.Is(o, ErrNXDomain) }

// NoData reports whether the name exists and has no record of the type.
func (o outcome) NoData() bool { return errors.Is(o, ErrNoData) }

// dnsError makes a look-up's error what the standard library's resolver returns.
// RFC 8914: why, if not empty, is what the server gave as its reason.
func dnsError(name string, err error, why string) *net.DNSError {
	e := &net.DNSError{Name: name, Err: err.Error(), UnwrapErr: err}
	var timeout net.Error
	switch {
	case errors.Is(err, ErrNXDomain), errors.Is(err, ErrNoData):
		e.IsNotFound = true
	case errors.Is(err, context.Canceled):
		e.Err = "operation was canceled"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded),
		errors.As(err, &timeout) && timeout.Timeout():
		e.Err, e.IsTimeout, e.IsTemporary = ErrTimeout.Error(), true, true
		if !errors.Is(err, context.DeadlineExceeded) {
			e.UnwrapErr = ErrTimeout
		}
	default:
		e.IsTemporary = true
	}
	if why != "" {
		e.Err += ": " + why
	}
	return e
}

// rcodeError returns the error of a response code; nil for NOERROR and NXDOMAIN.
func rcodeError(rcode int) error {
	switch rcode {
	case dns.RcodeSuccess, dns.RcodeNameError:
		return nil
	case dns.RcodeServerFailure:
		return ErrServFail
	case dns.RcodeRefused:
		return ErrRefused
	}
	name := dns.RcodeToString[rcode]
	if name == "" {
		name = "unknown rcode"
	}
	return outcome("server failure (" + name + ")")
}
