package cases

import (
	"regexp"
	"slices"
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// received is a Received field as it was written. Unlike mail.ParseReceived it takes
// every field, so that each rule can be judged by itself.
type received struct {
	text    string // the whole value, unfolded
	clauses []clause
	date    string // what is behind the semicolon, without comments; "": there is no semicolon
}

// clause is a keyword, its value, and what else stands there before the next keyword.
type clause struct {
	name     string // in small letters
	value    string
	comments []string // without their parentheses
	more     []string // words that should not be there
}

// traceWords are the keywords of RFC 5321 4.4 in their order.
var traceWords = []string{"from", "by", "via", "with", "id", "for"}

// dateForm is the date-time of RFC 5322 3.3 without its obsolete forms, up to the zone, and
// what comes behind that.
var dateForm = regexp.MustCompile(`(?i)^(?:(?:mon|tue|wed|thu|fri|sat|sun)\s*,\s*)?[0-9]{1,2}\s+` +
	`(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\s+[0-9]{4}\s+[0-9]{2}:[0-9]{2}(?::[0-9]{2})?\s*(.*)$`)

// literals finds address literals.
var literals = regexp.MustCompile(`\[[0-9A-Za-z:.]+\]`)

// readReceived takes the value of a field apart.
func readReceived(value string) received {
	r := received{text: value}
	head, tail := traceTokens(value), []string(nil)
	if i := slices.Index(head, ";"); i >= 0 {
		head, tail = head[:i], head[i+1:]
	}
	c := clause{}
	flush := func() {
		if c.name != "" || len(c.more) > 0 {
			r.clauses = append(r.clauses, c)
		}
	}
	for _, w := range head {
		switch known := slices.Contains(traceWords, strings.ToLower(w)); {
		case strings.HasPrefix(w, "("):
			c.comments = append(c.comments, strings.TrimSuffix(w[1:], ")"))
		case c.name != "" && c.value == "":
			c.value = w
		case known:
			flush()
			c = clause{name: strings.ToLower(w)}
		default:
			c.more = append(c.more, w)
		}
	}
	flush()
	tail = slices.DeleteFunc(tail, func(w string) bool { return strings.HasPrefix(w, "(") })
	r.date = strings.Join(tail, " ")
	return r
}

// traceTokens are the words, comments and semicolons of a field.
func traceTokens(s string) []string {
	var out []string
	depth, quoted, start := 0, false, -1
	for i := 0; i < len(s); i++ {
		switch ch := s[i]; {
		case ch == '\\' && (quoted || depth > 0):
			i++
		case quoted:
			quoted = ch != '"'
		case ch == '(':
			if depth == 0 {
				if start >= 0 {
					out = append(out, s[start:i])
				}
				start = i
			}
			depth++
		case ch == ')' && depth > 0:
			if depth--; depth == 0 {
				out = append(out, s[start:i+1])
				start = -1
			}
		case depth > 0:
		case ch == ' ' || ch == '\t' || ch == ';':
			if start >= 0 {
				out = append(out, s[start:i])
			}
			if start = -1; ch == ';' {
				out = append(out, ";")
			}
		default:
			quoted = ch == '"'
			if start < 0 {
				start = i
			}
		}
	}
	if start >= 0 {
		out = append(out, s[start:])
	}
	return out
}

// clause returns the first clause of that name.
func (r received) clause(name string) (clause, bool) {
	for _, c := range r.clauses {
		if c.name == name {
			return c, true
		}
	}
	return clause{}, false
}

// all is the clause as text, for a search.
func (c clause) all() string {
	return strings.Join(slices.Concat([]string{c.value}, c.comments, c.more), " ")
}

// trace sends a message in a session and returns the Received field that the server has
// put on it when it took it: the oldest one, for a server may be several programs, each of
// which adds its own on the way to the mailbox.
func trace(p *conformance.Probe, s *conformance.Session, to ...string) received {
	m := p.Message()
	s.Send(m, to...).Need("250")
	return oldest(p, p.Arrives("", m.Marker))
}

// oldest is the last Received field of a message that had none.
func oldest(p *conformance.Probe, got conformance.Stored) received {
	values := got.Header.Values("Received")
	if len(values) == 0 {
		p.Fail("a Received field on what is in the mailbox", "none")
	}
	return readReceived(values[len(values)-1])
}
