package mail

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// nameDomain is the right side of the Message-ID that a mail of a scenario has.
const nameDomain = "@mailsim"

// MessageID returns the Message-ID of the mail of that name: "<plan@mailsim>".
func MessageID(name string) string { return "<" + name + nameDomain + ">" }

// ValidMessageID reports whether s, the value of a Message-ID field, is a msg-id of
// RFC 5322 3.6.4. With a comment or quotes, which the obsolete form of RFC 5322 4.5.4
// has, it is taken for one.
func ValidMessageID(s string) bool {
	s = strings.Trim(s, " \t\r\n")
	if strings.ContainsAny(s, `("`) {
		return true
	}
	inner, ok := strings.CutPrefix(s, "<")
	if ok {
		inner, ok = strings.CutSuffix(inner, ">")
	}
	left, right, two := strings.Cut(inner, "@")
	if !ok || !two || checkDotString(left) != nil {
		return false
	}
	if literal, ok := strings.CutPrefix(right, "["); ok { // a no-fold-literal
		text, ok := strings.CutSuffix(literal, "]")
		return ok && plain(text) && !strings.ContainsAny(text, `[]\ `+"\t")
	}
	return checkDotString(right) == nil
}

// maxName bounds the name of a mail, in octets.
const maxName = 200

// NameOf returns the name by which a mail is told in events: "plan" for the
// Message-ID "<plan@mailsim>", others without their angle brackets, on one line.
// What is longer than 200 octets ends in a hash instead, so that names of
// different mails stay different.
func NameOf(messageID string) string {
	s := strings.Trim(messageID, " \t\r\n")
	s = strings.TrimPrefix(s, "<")
	s = strings.TrimSuffix(s, ">")
	if name, ok := strings.CutSuffix(s, nameDomain); ok && name != "" {
		s = name
	}
	s = strings.ToValidUTF8(oneLine(s), "?")
	if len(s) > maxName {
		sum := sha256.Sum256([]byte(s))
		s = strings.ToValidUTF8(s[:maxName-20], "") + "..." + hex.EncodeToString(sum[:8])
	}
	return s
}
