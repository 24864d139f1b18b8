package mail

import (
	"errors"
	"fmt"
	"strings"
)

// Path is a reverse-path or forward-path of RFC 5321 4.1.2.
type Path struct {
	Route   []string // domains of a source route, without @; obsolete, to be ignored (RFC 5321 appendix C)
	Address Address  // zero: the null path
}

// ParsePath reads a path with its angle brackets: "<user@domain>", "<>",
// "<Postmaster>", or with the source route that RFC 5321 4.1.1.3 says must be
// accepted and should be ignored: "<@a,@b:user@domain>".
func ParsePath(s string) (Path, error) {
	p, err := parsePath(s)
	if err != nil {
		return Path{}, fmt.Errorf("path %s: %w", clip(s), err)
	}
	return p, nil
}

func parsePath(s string) (Path, error) {
	if len(s) > MaxPath {
		return Path{}, fmt.Errorf("%d octets, over %d (RFC 5321 4.5.3.1.3)", len(s), MaxPath)
	}
	inner, ok := strings.CutPrefix(s, "<")
	if ok {
		inner, ok = strings.CutSuffix(inner, ">")
	}
	if !ok {
		return Path{}, errors.New("no angle brackets; write <user@domain>")
	}
	var p Path
	if strings.HasPrefix(inner, "@") {
		route, mailbox, ok := cutRoute(inner)
		if !ok {
			return Path{}, errors.New("source route without a colon")
		}
		for d := range strings.SplitSeq(route, ",") {
			d, ok := strings.CutPrefix(d, "@")
			if !ok {
				return Path{}, errors.New("source route with a domain that does not begin with @")
			}
			if err := CheckDomain(d); err != nil {
				return Path{}, err
			}
			p.Route = append(p.Route, d)
		}
		inner = mailbox
	}
	if inner == "" && p.Route == nil {
		return Path{}, nil
	}
	a, err := parseAddress(inner)
	if err != nil {
		return Path{}, err
	}
	p.Address = a
	return p, nil
}

// cutRoute splits at the colon that ends a source route, which is not one
// inside an address literal.
func cutRoute(s string) (route, mailbox string, ok bool) {
	literal := false
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '[':
			literal = true
		case ']':
			literal = false
		case ':':
			if !literal {
				return s[:i], s[i+1:], true
			}
		}
	}
	return "", "", false
}

// IsNull reports whether p is "<>".
func (p Path) IsNull() bool { return p.Address.IsZero() }

// String writes the path as a client should send it: without the source route
// (RFC 5321 appendix C).
func (p Path) String() string { return "<" + p.Address.String() + ">" }
