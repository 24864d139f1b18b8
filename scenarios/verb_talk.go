package scenarios

import (
	"fmt"
	"strings"
	"time"
)

// Talk is a session in which every line is written out: for clients that break
// rules, which a send never does.
type Talk struct {
	With  string
	From  string // "": from outside
	Port  int    // 0: the server's first
	Mails []string
	Lines []TalkLine
}

// TalkLine is one thing that the client does, or expects.
type TalkLine struct {
	Text   string // as written
	Do     TalkAct
	Octets []byte        // for TalkSay
	Reply  Pattern       // for TalkHear
	Wait   time.Duration // for TalkWait
}

// TalkAct is what a line of a talk is.
type TalkAct int

// What there is to do in a talk.
const (
	TalkSay    TalkAct = iota // C> D> a line, O> octets
	TalkHear                  // S> a reply, or /a pattern/ of one
	TalkClosed                // S> closed: the server ends the session
	TalkTLS                   // TLS: the handshake
	TalkWait                  // wait 10m
)

// String says with whom.
func (t *Talk) String() string {
	s := "talk with " + t.With
	if t.From != "" {
		s += " from " + t.From
	}
	if len(t.Mails) > 0 {
		s += " about " + strings.Join(t.Mails, ", ")
	}
	return s
}

func talkVerb(t *Talk) value {
	return object("a talk step", []field[Talk]{
		{"with", "the node whose server is spoken to", func(t *Talk) value { return nodeName(&t.With, serverRoles()...) }, true},
		{"from", "the node that speaks; default somebody outside", func(t *Talk) value { return nodeName(&t.From) }, false},
		{"port", "the port; default the server's first", func(t *Talk) value { return whole(&t.Port, 1, 65535) }, false},
		{"mail", "the mails that it sends, by their Message-ID: <NAME@mailsim>", func(t *Talk) value {
			return some(&t.Mails, "names of mails", newMail)
		}, false},
		{"lines", "what is said and heard: C> or D> a line, O> octets, S> a reply, S> closed, TLS, wait 10m", func(t *Talk) value {
			return list(&t.Lines, "lines", talkLine).then(func(d *decoder, at *tree) {
				if len(at.items) == 0 {
					d.addf(at.pos, "a talk without lines says nothing")
				}
			})
		}, true},
	}, t)
}

// newMail is the name of a mail that the step itself sends.
func newMail(dst *string) value {
	return parsed(dst, "the name of a mail", func(s string) (string, error) { return s, nil }, nameSchema).
		then(func(d *decoder, t *tree) { d.names.addMail(d, t.pos, *dst, 0) })
}

func talkLine(l *TalkLine) value {
	return parsed(l, "a line of a talk", parseTalkLine, textSchema)
}

func parseTalkLine(s string) (TalkLine, error) {
	l := TalkLine{Text: s}
	side, text, sided := strings.Cut(s, "> ")
	wait, waits := strings.CutPrefix(s, "wait ")
	var err error
	switch {
	case strings.HasPrefix(s, "/"):
		l.Do = TalkHear
		l.Reply, err = parsePattern(s)
	case s == "S> closed":
		l.Do = TalkClosed
	case s == "TLS":
		l.Do = TalkTLS
	case waits:
		l.Do = TalkWait
		l.Wait, err = parseDuration(wait)
	case sided && side == "S":
		l.Do = TalkHear
		l.Reply = Pattern{Text: text}
		if !replyBegins(text) {
			err = fmt.Errorf("%q is the beginning of no reply: write \"S> 250\" for a code, or /a pattern/ without S> before it", s)
		}
	case sided && side == "O":
		l.Octets = []byte(text)
	case sided && (side == "C" || side == "D"):
		l.Octets = []byte(text + "\r\n")
	case s == "D>" || s == "C>": // an empty line
		l.Octets = []byte("\r\n")
	default:
		err = fmt.Errorf(`%q is no line of a talk: write "C> DATA" or "D> text" for a line, "O> octets" for what has no CRLF, "S> 250" for a reply, "S> closed", "TLS", or "wait 10m"`, s)
	}
	return l, err
}

// fits reports whether a reply is the one that a line wants: of a text without a
// pattern, it is the beginning.
func (l TalkLine) fits(reply string) bool {
	if l.Reply.Regexp != nil {
		return l.Reply.Match(reply) || l.Reply.Match("S> "+reply)
	}
	return strings.HasPrefix(reply, l.Reply.Text)
}

// replyBegins reports whether a reply can begin so: with a code, or a part of one.
func replyBegins(text string) bool {
	for i, c := range []byte(text) {
		switch {
		case i == 3:
			return c == ' ' || c == '-'
		case c < '0' || c > '9' || i == 0 && (c == '0' || c > '6'):
			return false
		}
	}
	return text != ""
}
