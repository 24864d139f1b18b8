package mail

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// maxReply bounds the text of a reply, in octets. RFC 5321 4.5.3.1.5 has 512 a line.
const maxReply = 64 << 10

// Reply is what a server answers (RFC 5321 4.2).
type Reply struct {
	Code     int      // 200 to 599, or what a server said instead
	Enhanced string   // enhanced status code of RFC 3463 such as "4.3.0", or ""
	Lines    []string // the text, a line each, without codes; none for a bare code
}

// ParseReply reads "451 4.3.0 try later", or the several lines of RFC 5321
// 4.2.1 as they are on the wire; lines may end in LF alone, the last one in
// nothing. An enhanced status code is told apart from text only where its class
// is that of the code, as RFC 2034 4 demands.
func ParseReply(s string) (Reply, error) {
	r, err := parseReply(s)
	for _, line := range r.Lines {
		if err == nil && oneLine(line) != line {
			err = errors.New("control character")
		}
	}
	if err == nil && (r.Class() < 2 || r.Class() > 5) {
		err = errCode
	}
	if err != nil {
		return Reply{}, fmt.Errorf("reply %s: %w", clip(s), err)
	}
	return r, nil
}

// ReadReply reads what a server said, of which less can be asked than of what a
// person writes: any text will do, and a code of another class than 2 to 5 is a
// reply as well, since RFC 5321 4.2 tells what a client makes of it. Control
// characters become spaces.
func ReadReply(s string) (Reply, error) {
	r, err := parseReply(s)
	if err != nil {
		return Reply{}, fmt.Errorf("reply %s: %w", clip(s), err)
	}
	for i, line := range r.Lines {
		r.Lines[i] = oneLine(line)
	}
	return r, nil
}

var errCode = errors.New("no code of 200 to 599; write 451 4.3.0 try later")

func parseReply(s string) (Reply, error) {
	if len(s) > maxReply {
		return Reply{}, fmt.Errorf("%d octets, over %d", len(s), maxReply)
	}
	s = strings.TrimSuffix(s, "\n")
	var r Reply
	done := false
	for line := range strings.SplitSeq(s, "\n") {
		if done {
			return Reply{}, errors.New("text after its last line; lines before the last have - behind the code (RFC 5321 4.2.1)")
		}
		line = strings.TrimSuffix(line, "\r")
		code, text, last, err := parseReplyLine(line)
		if err != nil {
			return Reply{}, err
		}
		switch {
		case r.Code == 0:
			r.Code = code
			r.Enhanced, text = cutEnhanced(code, text)
		case code != r.Code:
			return Reply{}, fmt.Errorf("codes %d and %d in one reply (RFC 5321 4.2.1)", r.Code, code)
		case r.Enhanced != "":
			if e, t := cutEnhanced(code, text); e == r.Enhanced {
				text = t
			}
		}
		r.Lines = append(r.Lines, text)
		done = last
	}
	if !done {
		return Reply{}, errors.New("no last line; it has a space behind the code (RFC 5321 4.2.1)")
	}
	if len(r.Lines) == 1 && r.Lines[0] == "" {
		r.Lines = nil
	}
	return r, nil
}

func parseReplyLine(s string) (code int, text string, last bool, err error) {
	if len(s) < 3 || s[0] < '1' || !digit(s[0]) || !digit(s[1]) || !digit(s[2]) {
		return 0, "", false, errCode
	}
	code = int(s[0]-'0')*100 + int(s[1]-'0')*10 + int(s[2]-'0')
	switch {
	case len(s) == 3: // RFC 5321 4.2: clients should take a bare code
		return code, "", true, nil
	case s[3] == ' ', s[3] == '-':
		return code, s[4:], s[3] == ' ', nil
	}
	return 0, "", false, errors.New("neither a space nor - behind the code")
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// cutEnhanced takes the enhanced status code (RFC 3463 2) off text, where there
// is one of the class of code.
func cutEnhanced(code int, text string) (enhanced, rest string) {
	e, rest, _ := strings.Cut(text, " ")
	if !ValidEnhanced(e) || int(e[0]-'0') != code/100 {
		return "", text
	}
	return e, rest
}

// ValidEnhanced reports whether s is a status code of RFC 3463 2: class 2, 4 or
// 5, subject and detail of one to three digits without leading zeros.
func ValidEnhanced(s string) bool {
	if len(s) < 5 || len(s) > 9 || s[0] != '2' && s[0] != '4' && s[0] != '5' || s[1] != '.' {
		return false
	}
	subject, detail, ok := strings.Cut(s[2:], ".")
	return ok && number(subject) && number(detail)
}

func number(s string) bool {
	if s == "" || len(s) > 3 || len(s) > 1 && s[0] == '0' {
		return false
	}
	for i := 0; i < len(s); i++ {
		if !digit(s[i]) {
			return false
		}
	}
	return true
}

// Text returns the lines joined by " / ".
func (r Reply) Text() string { return strings.Join(r.Lines, " / ") }

// String writes the reply on one line: "451 4.3.0 try later", its lines joined
// by " / ". The zero value is "".
func (r Reply) String() string {
	if r.Code == 0 {
		return ""
	}
	s := strconv.Itoa(r.Code)
	if r.Enhanced != "" {
		s += " " + r.Enhanced
	}
	if t := r.Text(); t != "" {
		s += " " + t
	}
	return s
}

// Wire writes the reply as a server sends it, each line with CRLF and with the
// enhanced status code, if any (RFC 2034 4). Line breaks and other control
// characters in the text become spaces.
func (r Reply) Wire() string {
	lines := r.Lines
	if len(lines) == 0 {
		lines = []string{""}
	}
	var b strings.Builder
	for i, line := range lines {
		b.WriteString(strconv.Itoa(r.Code))
		if i < len(lines)-1 {
			b.WriteByte('-')
		} else {
			b.WriteByte(' ')
		}
		if r.Enhanced != "" {
			b.WriteString(r.Enhanced)
			if line != "" {
				b.WriteByte(' ')
			}
		}
		b.WriteString(oneLine(line))
		b.WriteString("\r\n")
	}
	return b.String()
}

// oneLine replaces control characters, save the tab, by spaces. It works on
// octets, since a peer need not send UTF-8.
func oneLine(s string) string {
	bad := func(c byte) bool { return c < ' ' && c != '\t' || c == 0x7f }
	for i := 0; i < len(s); i++ {
		if bad(s[i]) {
			b := []byte(s)
			for i := range b {
				if bad(b[i]) {
					b[i] = ' '
				}
			}
			return string(b)
		}
	}
	return s
}

// Class returns the first digit of the code: 2, 3, 4 or 5, or another one that a
// server has made up; 0 for no reply.
func (r Reply) Class() int { return r.Code / 100 }

// Positive reports whether the command was acted on, or may go on: 2yz and 3yz.
func (r Reply) Positive() bool { return r.Class() == 2 || r.Class() == 3 }

// Temporary reports whether the same may work later: 4yz.
func (r Reply) Temporary() bool { return r.Class() == 4 }

// Permanent reports whether the same would fail again: 5yz.
func (r Reply) Permanent() bool { return r.Class() == 5 }
