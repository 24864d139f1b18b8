package fakedns

import (
	"strings"

	"github.com/miekg/dns"
)

// canonical returns the form of a name under which it is stored and compared:
// absolute, lower case (RFC 4343), with each octet written in one way only.
func canonical(name string) string {
	plain, lower := true, true
	for i := range len(name) {
		switch c := name[i]; {
		case 'A' <= c && c <= 'Z':
			lower = false
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '.', c == '-', c == '_', c == '*':
		default:
			plain = false
		}
	}
	if !plain {
		return canonicalEscaped(name)
	}
	if !lower {
		name = strings.ToLower(name)
	}
	if !strings.HasSuffix(name, ".") {
		name += "."
	}
	return name
}

// canonicalEscaped takes a name with escapes or unusual octets by way of the
// wire: \097 and a are the same label.
func canonicalEscaped(name string) string {
	var wire [256]byte
	name = dns.Fqdn(name)
	if _, err := dns.PackDomainName(name, wire[:], 0, nil, false); err == nil {
		if back, _, err := dns.UnpackDomainName(wire[:], 0); err == nil {
			name = back
		}
	}
	return lowerASCII(name)
}

// lowerASCII leaves octets above 127 alone, as RFC 4343 3 asks.
func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// validName reports whether name can be asked: labels of 1 to 63 octets, at
// most 255 in all (RFC 1035 2.3.4).
func validName(name string) bool {
	if name == "" {
		return false
	}
	var wire [256]byte
	_, err := dns.PackDomainName(dns.Fqdn(name), wire[:], 0, nil, false)
	return err == nil
}

// parent returns the name without its first label; that of the root is "".
func parent(name string) string {
	if name == "." {
		return ""
	}
	i, end := dns.NextLabel(name, 0)
	if end {
		return "."
	}
	return name[i:]
}

// compareNames orders canonical names as RFC 4034 6.1 does: by labels, from
// the last to the first.
func compareNames(a, b string) int {
	la, lb := dns.SplitDomainName(a), dns.SplitDomainName(b)
	for i := 1; i <= len(la) && i <= len(lb); i++ {
		if c := strings.Compare(la[len(la)-i], lb[len(lb)-i]); c != 0 {
			return c
		}
	}
	return len(la) - len(lb)
}
