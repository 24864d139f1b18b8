package conformance

import (
	"encoding/base64"
	"strings"
)

// secret hides a password in all that is told of a session: as it is, and in base64,
// alone or as a part of something longer such as the response of AUTH PLAIN.
type secret string

// masked stands where a password was.
const masked = "********"

// sure is the length from which on a password is hidden wherever it stands. What is
// shorter would be found in every other word, so only whole responses count.
const sure = 4

// hide returns s without the password.
func (p secret) hide(s string) string {
	if p == "" || s == "" {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		n := strings.IndexFunc(s, inBase64)
		if n < 0 {
			n = len(s)
		}
		b.WriteString(s[:n])
		s = s[n:]
		if n = strings.IndexFunc(s, func(r rune) bool { return !inBase64(r) }); n < 0 {
			n = len(s)
		}
		word := s[:n]
		s = s[n:]
		if p.within(word) {
			word, s = masked, strings.TrimLeft(s, "=")
		}
		b.WriteString(word)
	}
	if len(p) >= sure {
		return strings.ReplaceAll(b.String(), string(p), masked)
	}
	return b.String()
}

// within reports whether a word of base64, wherever it was cut off in front, holds the password.
func (p secret) within(word string) bool {
	for from := range min(4, len(word)) {
		part := word[from:]
		if len(part)%4 == 1 {
			part = part[:len(part)-1]
		}
		octets, err := base64.RawStdEncoding.DecodeString(part)
		if err != nil {
			continue
		}
		text := string(octets)
		if len(p) >= sure && strings.Contains(text, string(p)) || from == 0 && (text == string(p) || strings.HasSuffix(text, "\x00"+string(p))) {
			return true
		}
	}
	return false
}

func inBase64(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '+' || r == '/'
}
