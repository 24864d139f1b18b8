package mutants

import (
	"encoding/base64"
	"strings"
)

// plainParts are authorization identity, user and password of AUTH PLAIN with an initial
// response; nil where a line is none.
func plainParts(line string) []string {
	if !matchesCommand(line, []string{"AUTH PLAIN "}) {
		return nil
	}
	octets, err := base64.StdEncoding.DecodeString(strings.TrimRight(line[len("AUTH PLAIN "):], "\r\n"))
	if err != nil {
		return nil
	}
	return strings.Split(string(octets), "\x00")
}

// plainLine is AUTH PLAIN with these parts.
func plainLine(parts ...string) string {
	return "AUTH PLAIN " + base64.StdEncoding.EncodeToString([]byte(strings.Join(parts, "\x00"))) + "\r\n"
}

// plainly makes a server that reads the messages of AUTH PLAIN in another way: edit
// returns the parts that are looked at.
func plainly(edit func(parts []string) []string) func() Filter {
	return func() Filter {
		return Filter{Command: func(_ *Session, line string) (string, string) {
			if parts := plainParts(line); parts != nil {
				return plainLine(edit(parts)...), ""
			}
			return line, ""
		}}
	}
}

// decoded is what a response or the text of a 334 says.
func decoded(line string) string {
	octets, _ := base64.StdEncoding.DecodeString(strings.TrimRight(strings.TrimPrefix(line, "334 "), "\r\n"))
	return string(octets)
}

// challenged is a 334 with text.
func challenged(text string) string {
	return "334 " + base64.StdEncoding.EncodeToString([]byte(text)) + "\r\n"
}

// responding makes a filter that may answer responses to challenges itself; "" leaves one
// to the server, which otherwise gets a cancellation.
func responding(respond func(s *Session, response string) string) func() Filter {
	return func() Filter {
		return Filter{Command: func(s *Session, line string) (string, string) {
			if s.Challenge {
				if own := respond(s, line); own != "" {
					return "*\r\n", own
				}
			}
			return line, ""
		}}
	}
}
