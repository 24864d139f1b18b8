package mutants

import "strings"

// Filter edits what is said in one session between client and server. What is nil
// leaves things as they are.
type Filter struct {
	// Greeting edits the greeting.
	Greeting func(s *Session, reply string) string

	// Command sees each line of the client that is no message text, with its line
	// end. forward goes on to the server, whose reply goes back. With an answer,
	// that goes back instead of the reply; if forward is empty, the server never
	// sees the command. Both empty: the command is swallowed. An answer that begins
	// with 354 takes the message too, and asks Command about the line "<dot>"; see
	// Session.Text.
	Command func(s *Session, line string) (forward, answer string)

	// Reply edits the reply to a command (its line, "<dot>" for the end of data,
	// "<chunk>" for a BDAT). Empty: no reply. "close" at its end closes the
	// connection behind it.
	Reply func(s *Session, command, reply string) string

	// Text edits octets of messages on their way to the server.
	Text func(s *Session, octets string) string

	// Chunk edits all octets of a BDAT chunk; the count that goes on is that of what
	// comes out. The server sees the command only when its octets are there.
	Chunk func(s *Session, octets string) string

	// KeepsPlain treats what came in the clear behind STARTTLS as if it had come
	// under TLS: the injection of CVE-2011-0411.
	KeepsPlain bool

	// Hurries closes both sides as soon as QUIT has gone on: of a sender.
	Hurries bool
}

// Session is what a filter knows of its session.
type Session struct {
	Hello     string // the last EHLO, HELO or LHLO that was accepted, as a line without its end
	Mail      string // the MAIL of the open transaction
	Rcpts     []string
	Secure    bool
	LoggedIn  bool
	Challenge bool           // the line at hand answers a 334
	Count     map[string]int // commands so far, the one at hand among them, by verb
	Text      string         // the message that an answer 354 of a filter took, without its last dot
}

// Verb is the first word of a command line, in upper case.
func Verb(line string) string {
	word, _, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
	return strings.ToUpper(word)
}

// note follows what the server said to a command.
func (s *Session) note(command, reply string) {
	if reply == "" {
		return
	}
	line := strings.TrimRight(command, "\r\n")
	good := reply[0] == '2'
	switch verb := Verb(command); {
	case s.Challenge || verb == "AUTH":
		s.Challenge = reply[0] == '3'
		s.LoggedIn = s.LoggedIn || strings.HasPrefix(reply, "235")
	case good && (verb == "EHLO" || verb == "HELO" || verb == "LHLO"):
		s.Hello, s.Mail, s.Rcpts = line, "", nil
	case good && verb == "MAIL":
		s.Mail, s.Rcpts = line, nil
	case good && verb == "RCPT":
		s.Rcpts = append(s.Rcpts, line)
	case verb == "RSET", command == "<dot>", command == "<chunk>" && good:
		s.Mail, s.Rcpts = "", nil
	}
}

// matchesCommand reports whether a line begins with one of some prefixes, letter case ignored.
func matchesCommand(line string, prefixes []string) bool {
	for _, p := range prefixes {
		if len(line) >= len(p) && strings.EqualFold(line[:len(p)], p) {
			return true
		}
	}
	return false
}

// answer makes a filter that answers commands which begin with a prefix itself: the
// server never sees them. The prefix "RCPT TO:<x>\r\n" is a whole line.
func answer(reply string, prefixes ...string) func() Filter {
	return func() Filter {
		return Filter{Command: func(_ *Session, line string) (string, string) {
			if matchesCommand(line, prefixes) {
				return "", reply + "\r\n"
			}
			return line, ""
		}}
	}
}

// rewrite makes a filter that changes commands which begin with a prefix on their way to the server.
func rewrite(prefix string, edit func(line string) string) func() Filter {
	return func() Filter {
		return Filter{Command: func(_ *Session, line string) (string, string) {
			if matchesCommand(line, []string{prefix}) {
				return edit(line), ""
			}
			return line, ""
		}}
	}
}

// reply makes a filter that edits the replies to commands which begin with a prefix; "<dot>" is the end of data.
func reply(prefix string, edit func(reply string) string) func() Filter {
	return func() Filter {
		return Filter{Reply: func(_ *Session, command, r string) string {
			if matchesCommand(command, []string{prefix}) {
				return edit(r)
			}
			return r
		}}
	}
}

// text makes a filter that edits message text.
func text(edit func(octets string) string) func() Filter {
	return func() Filter {
		return Filter{Text: func(_ *Session, octets string) string { return edit(octets) }}
	}
}
