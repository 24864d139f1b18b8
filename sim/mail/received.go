package mail

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// maxReceived bounds the value of a Received field that is parsed, in octets.
const maxReceived = 16 << 10

// Received is the trace field of RFC 5321 4.4. A server puts one on top of each
// message that it takes.
type Received struct {
	From    string // what the client said in EHLO
	FromTCP string // TCP-info: "[192.0.2.1]" or "client.example.org [192.0.2.1]"
	By      string // the server's name
	ByTCP   string // TCP-info of the server
	Via     string
	With    string // protocol, see WithProtocol
	ID      string
	For     string    // the one recipient, without angle brackets
	Clauses []Clause  // additional registered clauses, such as tls (RFC 8314 4.3)
	Date    time.Time // to the second
	// Comments are all comments but the TCP-infos, without their outer
	// parentheses, white space in them made one space.
	Comments []string
}

// Clause is a name and its value.
type Clause struct{ Name, Value string }

// ParseReceived reads the value of a Received field by the grammar of RFC 5321
// 4.4. It is more tolerant than that in this: line ends may be there or not;
// clauses may come in any order, once each, and all but the date may be absent;
// names need not be valid domains, since what clients say in EHLO is not; the
// obsolete dates of RFC 5322 4.3 are read.
func ParseReceived(value string) (Received, error) {
	r, err := parseReceived(value)
	if err != nil {
		return Received{}, fmt.Errorf("received field %s: %w", clip(value), err)
	}
	return r, nil
}

func parseReceived(value string) (Received, error) {
	if len(value) > maxReceived {
		return Received{}, fmt.Errorf("%d octets, over %d", len(value), maxReceived)
	}
	s := stamp{rest: unfold(value)}
	var r Received
	seen := make(map[string]bool)
	for {
		name, err := s.next(&r.Comments)
		if err != nil {
			return Received{}, err
		}
		if name == "" {
			break
		}
		key := strings.ToLower(name)
		if seen[key] {
			return Received{}, fmt.Errorf("two clauses %s", clip(name))
		}
		seen[key] = true
		v, err := s.next(&r.Comments)
		if err != nil {
			return Received{}, err
		}
		if v == "" {
			return Received{}, fmt.Errorf("nothing behind %s", clip(name))
		}
		switch key {
		case "from":
			r.From, r.FromTCP = v, s.tcpInfo()
		case "by":
			r.By, r.ByTCP = v, s.tcpInfo()
		case "via":
			r.Via = v
		case "with":
			r.With = v
		case "id":
			r.ID = v
		case "for":
			if r.For, err = forMailbox(v); err != nil {
				return Received{}, err
			}
		default:
			r.Clauses = append(r.Clauses, Clause{name, v})
		}
	}
	date, ok := strings.CutPrefix(s.rest, ";")
	if !ok {
		return Received{}, errors.New("no ; and date at the end")
	}
	var err error
	// RFC 5322 3.3 allows comments in a date; net/mail reads one at the end.
	if r.Date, err = parseDate(date); err != nil {
		return Received{}, fmt.Errorf("date %s is none of RFC 5322 3.3", clip(date))
	}
	return r, nil
}

func forMailbox(v string) (string, error) {
	if !strings.HasPrefix(v, "<") {
		v = "<" + v + ">"
	}
	p, err := ParsePath(v)
	if err != nil {
		return "", fmt.Errorf("for: %w", err)
	}
	if p.IsNull() {
		return "", errors.New("for: null path")
	}
	return p.Address.String(), nil
}

// stamp reads the words and comments of a Received field.
type stamp struct{ rest string }

func (s *stamp) skip() { s.rest = strings.TrimLeft(s.rest, " \t") }

// next returns the next word, "" before a semicolon or at the end, and puts the
// comments before it into comments.
func (s *stamp) next(comments *[]string) (string, error) {
	for {
		s.skip()
		if !strings.HasPrefix(s.rest, "(") {
			return s.word()
		}
		c, n, err := comment(s.rest)
		if err != nil {
			return "", err
		}
		s.rest = s.rest[n:]
		*comments = append(*comments, c)
	}
}

// word reads to white space, a comment or a semicolon, which do not count
// inside quotes.
func (s *stamp) word() (string, error) {
	quoted, escaped := false, false
	for i := 0; i < len(s.rest); i++ {
		c := s.rest[i]
		switch {
		case c < ' ' && c != '\t' || c == 0x7f:
			return "", errors.New("control character")
		case escaped:
			escaped = false
		case quoted && c == '\\':
			escaped = true
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == ')':
			return "", errors.New("closing parenthesis without an opening one")
		case c == ' ' || c == '\t' || c == ';' || c == '(':
			w := s.rest[:i]
			s.rest = s.rest[i:]
			return w, nil
		}
	}
	if quoted {
		return "", errors.New("quoted string without its end")
	}
	w := s.rest
	s.rest = ""
	return w, nil
}

// comment reads the comment that s begins with (RFC 5322 3.2.2) and returns its
// text and its length. Comments nest; depth is counted, not recursed into.
func comment(s string) (string, int, error) {
	depth, escaped := 0, false
	text := make([]byte, 0, 64)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c < ' ' && c != '\t' || c == 0x7f:
			return "", 0, errors.New("control character in a comment")
		case escaped:
			escaped = false
			if c != ' ' && c != '\t' { // an escaped space is a space, which may be folded
				text = append(text, '\\')
			}
		case c == '\\':
			escaped = true
			continue
		case c == '(':
			if depth++; depth == 1 {
				continue
			}
		case c == ')':
			if depth--; depth == 0 {
				return oneSpace(string(text)), i + 1, nil
			}
		}
		text = append(text, c)
	}
	return "", 0, errors.New("comment without its end")
}

// oneSpace makes each run of spaces and tabs one space, and none at the ends.
func oneSpace(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\t' }), " ")
}

// tcpInfo takes a comment that is a TCP-info (RFC 5321 4.4), or nothing.
func (s *stamp) tcpInfo() string {
	rest := strings.TrimLeft(s.rest, " \t")
	if !strings.HasPrefix(rest, "(") {
		return ""
	}
	c, n, err := comment(rest)
	if err != nil {
		return "" // next meets it again and tells
	}
	if !isTCPInfo(c) {
		return ""
	}
	s.rest = rest[n:]
	return c
}

// isTCPInfo checks for TCP-info: address-literal / ( Domain FWS address-literal ).
func isTCPInfo(s string) bool {
	domain, literal, two := strings.Cut(s, " ")
	if !two {
		literal = domain
	} else if domain == "" || domain[0] == '[' || CheckDomain(domain) != nil {
		return false
	}
	_, err := ParseLiteral(literal)
	return err == nil
}

// WithProtocol returns the word behind "with": RFC 3848, and RFC 6531 4.3 for
// sessions that use SMTPUTF8. Without EHLO it is SMTP.
func WithProtocol(esmtp, tls, auth, lmtp, utf8 bool) string {
	var p string
	switch {
	case lmtp:
		p = "LMTP"
	case utf8:
		p = "SMTP"
	case esmtp:
		p = "ESMTP"
	default:
		return "SMTP"
	}
	if utf8 {
		p = "UTF8" + p
	}
	if tls {
		p += "S"
	}
	if auth {
		p += "A"
	}
	return p
}
