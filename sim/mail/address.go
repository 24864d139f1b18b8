package mail

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// The limits of RFC 5321 4.5.3.1, in octets.
const (
	MaxLocal  = 64  // 4.5.3.1.1, as written, with quotes
	MaxDomain = 255 // 4.5.3.1.2
	MaxPath   = 256 // 4.5.3.1.3, with the angle brackets
)

// Address is a mailbox of RFC 5321 4.1.2: user@domain. The zero value is no
// address; as a reverse-path it is the null one.
type Address struct {
	Local  string // without quotes and escapes
	Domain string // as given, an address literal with its brackets; "" only for the bare postmaster
}

// ParseAddress reads a Mailbox of RFC 5321 4.1.2, with the UTF-8 of RFC 6531
// 3.3, or the word "postmaster" alone (RFC 5321 4.1.1.3).
func ParseAddress(s string) (Address, error) {
	a, err := parseAddress(s)
	if err != nil {
		return Address{}, fmt.Errorf("address %s: %w", clip(s), err)
	}
	return a, nil
}

func parseAddress(s string) (Address, error) {
	switch {
	case s == "":
		return Address{}, errors.New("empty")
	case len(s) > MaxPath-2:
		return Address{}, fmt.Errorf("%d octets, over %d (RFC 5321 4.5.3.1.3)", len(s), MaxPath-2)
	case strings.EqualFold(s, "postmaster"):
		return Address{Local: s}, nil
	case !utf8.ValidString(s):
		return Address{}, errors.New("not UTF-8 (RFC 6531 3.3)")
	}
	var local string
	var rest string
	var err error
	if s[0] == '"' {
		local, rest, err = parseQuoted(s)
	} else {
		var found bool
		local, rest, found = strings.Cut(s, "@")
		if !found {
			return Address{}, errors.New("no @; write user@domain")
		}
		rest = "@" + rest
		err = checkDotString(local)
	}
	if err != nil {
		return Address{}, err
	}
	if n := len(s) - len(rest); n > MaxLocal {
		return Address{}, fmt.Errorf("local part of %d octets, over %d (RFC 5321 4.5.3.1.1)", n, MaxLocal)
	}
	if rest == "" || rest[0] != '@' {
		return Address{}, errors.New("no @ after the quoted local part")
	}
	domain := rest[1:]
	if err := CheckDomain(domain); err != nil {
		return Address{}, err
	}
	return Address{Local: local, Domain: domain}, nil
}

// parseQuoted reads the Quoted-string of RFC 5321 4.1.2 that s begins with.
func parseQuoted(s string) (local, rest string, err error) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return b.String(), s[i+1:], nil
		case c == '\\':
			i++
			if i == len(s) || s[i] < ' ' || s[i] > '~' {
				return "", "", errors.New("wrong \\ in the quoted local part")
			}
			b.WriteByte(s[i])
		case c < ' ' || c == 0x7f:
			return "", "", errors.New("control character in the local part")
		default:
			b.WriteByte(c)
		}
	}
	return "", "", errors.New("quoted local part without its end")
}

// checkDotString checks a Dot-string of RFC 5321 4.1.2.
func checkDotString(s string) error {
	if s == "" {
		return errors.New("empty local part")
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '.':
			if i == 0 || i == len(s)-1 || s[i-1] == '.' {
				return errors.New("a dot at an end of the local part, or two in a row; quote it")
			}
		case !atext(c):
			return fmt.Errorf("%q in the local part; quote it", rune(c))
		}
	}
	return nil
}

// atext is that of RFC 5322 3.2.3, with the octets of UTF-8 (RFC 6531 3.3).
func atext(c byte) bool {
	return c >= 0x80 || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		strings.IndexByte("!#$%&'*+-/=?^_`{|}~", c) >= 0
}

// CheckDomain checks a Domain or address-literal of RFC 5321 4.1.2 and 4.1.3.
// Labels may be U-labels (RFC 6531 3.3).
func CheckDomain(s string) error {
	switch {
	case s == "":
		return errors.New("empty domain")
	case len(s) > MaxDomain:
		return fmt.Errorf("domain of %d octets, over %d (RFC 5321 4.5.3.1.2)", len(s), MaxDomain)
	case s[0] == '[':
		_, err := ParseLiteral(s)
		return err
	case !utf8.ValidString(s):
		return errors.New("domain not UTF-8 (RFC 6531 3.3)")
	}
	for label := range strings.SplitSeq(s, ".") {
		if err := checkLabel(label); err != nil {
			return err
		}
	}
	return nil
}

func checkLabel(s string) error {
	if s == "" {
		return errors.New("empty label in the domain")
	}
	if s[0] == '-' || s[len(s)-1] == '-' {
		return fmt.Errorf("label %s of the domain begins or ends with -", clip(s))
	}
	ascii := true
	for _, r := range s {
		switch {
		case 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-':
		case r >= utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || unicode.Is(unicode.Cf, r) || r == '·'):
			ascii = false // RFC 5890 2.3.2.1: a U-label; which ones are registered is not asked here
		default:
			return fmt.Errorf("%q in the domain", r)
		}
	}
	if ascii && len(s) > 63 { // RFC 1035 2.3.4
		return fmt.Errorf("label of %d octets in the domain, over 63 (RFC 1035 2.3.4)", len(s))
	}
	return nil
}

// ParseLiteral reads an address literal of RFC 5321 4.1.3: "[192.0.2.1]" or
// "[IPv6:2001:db8::1]". No other tag is registered.
func ParseLiteral(s string) (netip.Addr, error) {
	inner, ok := strings.CutPrefix(s, "[")
	if ok {
		inner, ok = strings.CutSuffix(inner, "]")
	}
	if !ok {
		return netip.Addr{}, fmt.Errorf("address literal %s without its brackets", clip(s))
	}
	if len(inner) > 5 && strings.EqualFold(inner[:5], "IPv6:") {
		a, err := netip.ParseAddr(inner[5:])
		if err == nil && a.Is6() && a.Zone() == "" {
			return a, nil
		}
		return netip.Addr{}, fmt.Errorf("address literal %s: no IPv6 address (RFC 5321 4.1.3)", clip(s))
	}
	a, err := netip.ParseAddr(inner)
	switch {
	case err != nil:
		return netip.Addr{}, fmt.Errorf("address literal %s: no address (RFC 5321 4.1.3)", clip(s))
	case !a.Is4():
		return netip.Addr{}, fmt.Errorf("address literal %s: write [IPv6:%s] (RFC 5321 4.1.3)", clip(s), inner)
	}
	return a, nil
}

// Literal writes a as an address literal of RFC 5321 4.1.3.
func Literal(a netip.Addr) string {
	a = a.WithZone("").Unmap()
	if a.Is6() {
		return "[IPv6:" + a.String() + "]"
	}
	return "[" + a.String() + "]"
}

// IsZero reports whether a is no address: the null reverse-path.
func (a Address) IsZero() bool { return a == Address{} }

// String writes a as ParseAddress reads it, with quotes only where they are needed.
func (a Address) String() string {
	if a.Domain == "" {
		return a.Local
	}
	return quoteLocal(a.Local) + "@" + a.Domain
}

func quoteLocal(s string) string {
	if checkDotString(s) == nil {
		return s
	}
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(s); i++ {
		if s[i] == '"' || s[i] == '\\' {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	b.WriteByte('"')
	return b.String()
}

// IsPostmaster reports whether a is the postmaster of any domain, or of none.
func (a Address) IsPostmaster() bool { return strings.EqualFold(a.Local, "postmaster") }

// Equal reports whether a and b are the same mailbox: local parts octet by
// octet, domains without case (RFC 5321 2.4), U-labels as their A-labels (RFC
// 5890 2.3.2.4), and the postmaster without case (RFC 5321 4.5.1).
func (a Address) Equal(b Address) bool { return a == b || a.Key() == b.Key() }

// Key returns the same string for all addresses that are Equal.
func (a Address) Key() string {
	local := a.Local
	if a.IsPostmaster() {
		local = "postmaster"
	}
	if a.Domain == "" {
		return local
	}
	return quoteLocal(local) + "@" + DomainKey(a.Domain)
}

// DomainKey returns the same string for all spellings of one domain: in lower
// case, with A-labels where it has U-labels that can be converted.
func DomainKey(domain string) string {
	// Lower case first: some capitals are refused whose small letters are not.
	domain = strings.ToLower(domain)
	for i := 0; i < len(domain); i++ {
		if domain[i] >= utf8.RuneSelf {
			if s, err := idna.Lookup.ToASCII(domain); err == nil {
				return s
			}
			break
		}
	}
	return domain
}

// Detail splits name+detail (RFC 5233) at the first +. It is not ok where there
// is none, or nothing before it; base is then a.
func (a Address) Detail() (base Address, detail string, ok bool) {
	name, detail, ok := strings.Cut(a.Local, "+")
	if !ok || name == "" {
		return a, "", false
	}
	return Address{Local: name, Domain: a.Domain}, detail, true
}

// clip quotes s for an error text, shortened where it is long.
func clip(s string) string {
	const most = 60
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "?") + "..."
	}
	return fmt.Sprintf("%q", s)
}
