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
