package scenarios

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/mailsim/mailsim/sim/mail"
)

// Text of the mail world: addresses, domains, networks and replies.

// parseAddress checks a mailbox address (RFC 5321 4.1.2) or the bare
// postmaster (RFC 5321 4.5.1), and returns it as written.
func parseAddress(s string) (string, error) {
	if _, err := mail.ParseAddress(s); err != nil {
		if strings.HasPrefix(s, "<") && strings.HasSuffix(s, ">") && len(s) > 2 {
			return "", fmt.Errorf("%q is no address: leave the brackets out", s)
		}
		return "", err
	}
	return s, nil
}

func address(dst *string) value {
	return parsed(dst, "an address such as bob@example.org", parseAddress, addressSchema)
}

// reversePath is an address, or the null reverse-path, written "" or <>.
func reversePath(dst *string) value {
	return parsed(dst, `an address, or "" for the null reverse-path`, func(s string) (string, error) {
		if s == "" || s == "<>" {
			return "", nil
		}
		return parseAddress(s)
	}, textSchema)
}

// parseMailbox is an address or *@domain.
func parseMailbox(s string) (string, error) {
	if domain, ok := strings.CutPrefix(s, "*@"); ok {
		if err := checkDomain(domain); err != nil {
			return "", fmt.Errorf("%q is no address: %w", s, err)
		}
		return s, nil
	}
	return parseAddress(s)
}

func mailbox(dst *string) value {
	return parsed(dst, "an address such as bob@example.org", parseMailbox, addressSchema)
}

// addressKey is the key of a table by address.
func addressKey(d *decoder, t *tree) (string, bool) {
	s, err := parseAddress(t.text)
	if err != nil {
		d.addf(t.pos, "%v", err)
		return "", false
	}
	return s, true
}

// mailboxKey is the key of a table by mailbox.
func mailboxKey(d *decoder, t *tree) (string, bool) {
	s, err := parseMailbox(t.text)
	if err != nil {
		d.addf(t.pos, "%v", err)
		return "", false
	}
	return s, true
}

// checkDomain says what is wrong with a domain (RFC 5321 4.1.2). Letters
// beyond ASCII are taken, for the domains of internationalised addresses.
func checkDomain(s string) error {
	switch {
	case s == "":
		return errors.New("the domain is empty")
	case len(s) > 255:
		return errors.New("the domain is longer than 255 octets (RFC 5321 4.5.3.1.2)")
	}
	for label := range strings.SplitSeq(s, ".") {
		switch {
		case label == "":
			return errors.New("the domain has an empty label")
		case len(label) > 63:
			return errors.New("the domain has a label longer than 63 octets")
		case label[0] == '-' || label[len(label)-1] == '-':
			return errors.New(`the domain has a label that begins or ends with "-"`)
		}
		for _, r := range label {
			switch {
			case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_', r > 0x7f:
			default:
				return fmt.Errorf("the domain has the character %q", r)
			}
		}
	}
	return nil
}

func parseDomain(s string) (string, error) {
	if strings.HasPrefix(s, "[") {
		if _, err := mail.ParseLiteral(s); err != nil {
			return "", err
		}
		return s, nil
	}
	if err := mail.CheckDomain(strings.TrimSuffix(s, ".")); err != nil {
		return "", fmt.Errorf("%q is no domain: %w", s, err)
	}
	return s, nil
}

func domain(dst *string) value {
	return parsed(dst, "a domain such as example.org", parseDomain, textSchema)
}

// host is a name in EHLO: ASCII only (RFC 5321 2.3.5).
func host(dst *string) value {
	return parsed(dst, "a host such as mx1.example.org", func(s string) (string, error) {
		for _, r := range s {
			if r > 0x7f {
				return "", fmt.Errorf("%q is no host name: write it in ASCII (xn--...)", s)
			}
		}
		if err := mail.CheckDomain(strings.TrimSuffix(s, ".")); err != nil {
			return "", fmt.Errorf("%q is no host name: %w", s, err)
		}
		return s, nil
	}, textSchema)
}

// parseNetwork reads 192.0.2.0/24 or one address.
func parseNetwork(s string) (netip.Prefix, error) {
	if strings.Contains(s, "/") {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return p, fmt.Errorf("%q is no network: write 192.0.2.0/24 or 2001:db8::/32", s)
		}
		if p != p.Masked() {
			return p, fmt.Errorf("%q has bits behind its mask: write %s", s, p.Masked())
		}
		return p, nil
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Prefix{}, fmt.Errorf("%q is no network: write 192.0.2.0/24, one address, any or none", s)
	}
	return netip.PrefixFrom(a, a.BitLen()), nil
}

// parseFaultReply checks a reply that a fault gives: as parseReply, or with line breaks
// as it is to be on the wire. It may have a code that no server should use, since RFC
// 5321 4.2 tells clients what to make of it.
func parseFaultReply(s string) (string, error) {
	if !strings.Contains(s, "\n") && s != "" && s[0] != '1' && s[0] != '6' {
		return parseReply(s)
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(s, "\n"), "\n") {
		if len(line) > 510 {
			return "", fmt.Errorf("the line %s... is longer than 510 octets (RFC 5321 4.5.3.1.5)", clip(line, 20))
		}
		if strings.ContainsAny(line, "\r\x00") {
			return "", fmt.Errorf("the line %q has a CR or NUL: its end is written \\n", line)
		}
	}
	r, err := mail.ReadReply(s)
	if err == nil && r.Class() > 6 {
		err = fmt.Errorf("%d is no code of a reply", r.Code)
	}
	if err != nil {
		return "", fmt.Errorf(`%q is no reply: write its lines as on the wire, such as "250-first\n250 last": %w`, clip(s, 60), err)
	}
	return s, nil
}

// parseReply checks a reply of one line: code, perhaps an enhanced code, and text.
func parseReply(s string) (string, error) {
	code, rest, _ := strings.Cut(s, " ")
	if !isReplyCode(code) {
		return "", fmt.Errorf("%q is no reply: write a code and a text, such as 451 4.3.0 try later", s)
	}
	if strings.ContainsAny(rest, "\r\n\x00") {
		return "", fmt.Errorf("the reply %s has line breaks: write it in one line", code)
	}
	if len(s) > 510 {
		return "", fmt.Errorf("the reply %s is longer than 510 octets (RFC 5321 4.5.3.1.5)", code)
	}
	return s, nil
}

// checkHostPort checks host:port, where host may be a name or an address.
func checkHostPort(h, port string) error {
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return fmt.Errorf("%q is no port from 1 to 65535", port)
	}
	if _, err := netip.ParseAddr(strings.Trim(h, "[]")); err == nil {
		return nil
	}
	return checkDomain(h)
}
