package mail

import "strings"

// nameDomain is the right side of the Message-ID that a mail of a scenario has.
const nameDomain = "@mailsim"

// MessageID returns the Message-ID of the mail of that name: "<plan@mailsim>".
func MessageID(name string) string { return "<" + name + nameDomain + ">" }

// MailName returns the name by which a mail is told in events: "plan" for the
// Message-ID "<plan@mailsim>", others without their angle brackets.
func MailName(messageID string) string {
	s := strings.Trim(messageID, " \t\r\n")
	s = strings.TrimPrefix(s, "<")
	s = strings.TrimSuffix(s, ">")
	if name, ok := strings.CutSuffix(s, nameDomain); ok && name != "" {
		return name
	}
	return s
}
