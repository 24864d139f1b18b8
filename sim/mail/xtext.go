package mail

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// EncodeXtext writes s as the xtext of RFC 3461 4, for ENVID, ORCPT and AUTH.
func EncodeXtext(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if c := s[i]; c > ' ' && c <= '~' && c != '+' && c != '=' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "+%02X", c)
		}
	}
	return b.String()
}

// DecodeXtext reads xtext (RFC 3461 4).
func DecodeXtext(s string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '+':
			if i+2 >= len(s) || !upperHex(s[i+1]) || !upperHex(s[i+2]) {
				return "", fmt.Errorf("xtext %s: + without two upper case hexadecimal digits", clip(s))
			}
			n, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
			if err != nil {
				return "", fmt.Errorf("xtext %s: %w", clip(s), err)
			}
			b.WriteByte(byte(n))
			i += 2
		case c <= ' ' || c > '~' || c == '=':
			return "", fmt.Errorf("xtext %s: %q has to be written as + and its number", clip(s), c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), nil
}

func upperHex(c byte) bool { return digit(c) || 'A' <= c && c <= 'F' }

// ParseORCPT reads the value of ORCPT: "rfc822;Bob+2Bx@example.org" (RFC 3461
// 4.2), or the utf-8 type in any of its forms (RFC 6533 3).
func ParseORCPT(s string) (addressType, address string, err error) {
	addressType, rest, ok := strings.Cut(s, ";")
	if !ok || addressType == "" {
		return "", "", errors.New("orcpt without an address type; write rfc822;user@domain")
	}
	if strings.EqualFold(addressType, "utf-8") && strings.ContainsAny(rest, `\`) || !plain(rest) {
		address, err = decodeUTF8Xtext(rest)
		return addressType, address, err
	}
	address, err = DecodeXtext(rest)
	return addressType, address, err
}

// encodeUTF8Xtext writes non-ASCII characters as \x{HEX}, the 7-bit form of
// utf-8 addresses in reports (RFC 6533 3, utf-8-addr-unitext is the other).
func encodeUTF8Xtext(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < utf8.RuneSelf && r > ' ' && r != '\\' && r != '+' && r != '=' && r != 0x7f {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\x{%02X}`, r)
		}
	}
	return b.String()
}

func decodeUTF8Xtext(s string) (string, error) {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, `\x{`)
		b.WriteString(before)
		if !ok {
			return b.String(), nil
		}
		number, after, ok := strings.Cut(rest, "}")
		n, err := strconv.ParseUint(number, 16, 21)
		if !ok || err != nil || len(number) > 6 || !utf8.ValidRune(rune(n)) {
			return "", fmt.Errorf(`address %s: \x{ without a character's number and }`, clip(s))
		}
		b.WriteRune(rune(n))
		s = after
	}
}
