package fakedns

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// ParseRR reads one record in the words of a zone file. Names are absolute with
// or without a dot at the end; a record without a TTL gets DefaultTTL. The error
// is a *ParseError with the column.
func ParseRR(text string) (dns.RR, error) {
	if len(text) > MaxRecord {
		return nil, &ParseError{Line: 1, Column: 1, Msg: fmt.Sprintf("record of %d octets: at most %d are read", len(text), MaxRecord)}
	}
	es := slices.Collect(split(text))
	switch {
	case len(es) == 0:
		return nil, &ParseError{Line: 1, Column: 1, Msg: "no record: want a line like example.org. 300 MX 10 mx.example.org."}
	case len(es) > 1:
		return nil, &ParseError{Line: es[1].line, Column: 1, Msg: "more than one record: give them one at a time"}
	}
	l := loader{origin: ".", ttl: uint32(DefaultTTL / time.Second)}
	if strings.HasPrefix(strings.TrimSpace(es[0].text), "$") {
		return nil, &ParseError{Line: 1, Column: 1, Msg: fmt.Sprintf("%q is a directive: want one record", shorten(text))}
	}
	l.entry(es[0])
	if len(l.errs) > 0 {
		e := l.errs[0]
		e.Msg = fmt.Sprintf("record %q: %s", shorten(text), e.Msg)
		return nil, e
	}
	return l.rrs[0].rr, nil
}

// parsePrefix reads what Remove takes besides whole records: a name, or a name
// and a type, with a TTL and a class that say nothing. ok is false for a record.
func parsePrefix(text string) (name string, rrtype uint16, ok bool, err error) {
	fields := strings.Fields(text)
	if len(fields) == 0 {
		return "", 0, false, atRecord(errors.New("want a name, a name and a type, or a whole record"), text)
	}
	if !validName(fields[0]) {
		return "", 0, false, atRecord(fmt.Errorf("%q is no domain name", fields[0]), text)
	}
	name = canonical(fields[0])
	rest := fields[1:]
	for len(rest) > 0 && (strings.EqualFold(rest[0], "IN") || startsWithDigit(rest[0])) {
		rest = rest[1:]
	}
	switch {
	case len(rest) == 0 && len(fields) == 1:
		return name, dns.TypeNone, true, nil
	case len(rest) == 1:
		rrtype, ok = typeNumber(rest[0])
		if !ok {
			return "", 0, false, atRecord(errors.New(unknownType(rest[0])), text)
		}
		return name, rrtype, true, nil
	}
	return "", 0, false, nil
}

func startsWithDigit(s string) bool { return s != "" && '0' <= s[0] && s[0] <= '9' }

// check refuses records that parse but cannot be served.
func check(rr dns.RR) error {
	h := rr.Header()
	if h.Class != dns.ClassINET {
		return fmt.Errorf("class %s: only IN is served", dns.Class(h.Class))
	}
	if h.Ttl > 1<<31-1 {
		return fmt.Errorf("TTL %d is too large: at most 2147483647 (RFC 2181 8)", h.Ttl)
	}
	if t := h.Rrtype; t == dns.TypeNone || t == dns.TypeOPT || t >= 128 && t <= 255 {
		return fmt.Errorf("%s is no type of data in a zone", dns.Type(t)) // RFC 6895 3.1
	}
	if _, err := dns.PackRR(rr, make([]byte, min(dns.Len(rr)+16, dns.MaxMsgSize)), 0, nil, false); err == nil {
		return nil
	}
	// Perhaps the guess at its size was wrong.
	if _, err := dns.PackRR(rr, make([]byte, dns.MaxMsgSize), 0, nil, false); err != nil {
		return fmt.Errorf("%s record cannot be sent: %s", dns.Type(h.Rrtype), strings.TrimPrefix(err.Error(), "dns: "))
	}
	return nil
}

// parserError is how the zone parser words its errors; it keeps their parts to itself.
var parserError = regexp.MustCompile(`(?s)^dns: (.*?)(?:: |: (".*") )at line: (\d+):(\d+)$`)

// explain takes an error of the zone parser apart: what is wrong, for people, and
// the token and the place in the parsed text where it was seen.
func explain(err error, rrtype string) (msg, token string, line, column int) {
	m := parserError.FindStringSubmatch(err.Error())
	if m == nil {
		return strings.TrimPrefix(err.Error(), "dns: "), "", 1, 1
	}
	token, _ = strconv.Unquote(m[2])
	line, _ = strconv.Atoi(m[3])
	column, _ = strconv.Atoi(m[4])
	return reword(m[1], token, rrtype), token, line, column
}

// reword turns the parser's words into a sentence with a next step.
func reword(msg, token, rrtype string) string {
	token = shorten(token)
	switch {
	case msg == "not a TTL", strings.HasPrefix(msg, "expecting RR type"), msg == "unknown RR type":
		if token == "" || token == "unknown RR type" {
			return "the line has no record type: want NAME [TTL] TYPE DATA"
		}
		return unknownType(token)
	case strings.HasPrefix(msg, "bad ") && token == "":
		return fmt.Sprintf("the %s record has too little data", rrtype)
	case msg == "bad A A":
		return fmt.Sprintf("%q is not an IPv4 address", token)
	case msg == "bad AAAA AAAA":
		return fmt.Sprintf("%q is not an IPv6 address", token)
	case msg == "bad MX Pref":
		return fmt.Sprintf("%q is not an MX preference: want a number from 0 to 65535 and a host", token)
	case msg == "unexpected newline":
		return fmt.Sprintf("the %s record has no data", rrtype)
	case msg == "bad owner name", msg == "bad origin name":
		return fmt.Sprintf("%q is no domain name", token)
	case strings.HasPrefix(msg, "garbage after"):
		return fmt.Sprintf("%q after the end of the record", token)
	case strings.HasPrefix(msg, "no blank "):
		return "the line ends too early: want NAME [TTL] TYPE DATA"
	}
	msg = strings.TrimSuffix(msg, ", not this...")
	if token == "" || token == msg {
		return msg
	}
	return fmt.Sprintf("%s: %q", msg, token)
}

// unknownType names the type that may have been meant.
func unknownType(word string) string {
	msg := fmt.Sprintf("unknown record type %q", word)
	known := make([]string, 0, len(dns.StringToType))
	for name := range dns.StringToType {
		known = append(known, name)
	}
	slices.Sort(known)
	best, least := "", 2
	for _, name := range known {
		if d := distance(strings.ToUpper(word), name); d < least && len(name) > 1 {
			best, least = name, d
		}
	}
	if best != "" {
		return msg + `: did you mean "` + best + `"?`
	}
	return msg + ": want NAME [TTL] TYPE DATA, with a type such as A, AAAA, MX, TXT"
}

// distance is the number of letters to add, drop, change or swap to get from a
// to b, as far as it matters: 0, 1 or 2 for more.
func distance(a, b string) int {
	if a == b {
		return 0
	}
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	a, b = a[i:], b[i:]
	switch {
	case len(a) == len(b)+1 && a[1:] == b, len(b) == len(a)+1 && b[1:] == a:
		return 1
	case len(a) == len(b) && a[1:] == b[1:]:
		return 1
	case len(a) == len(b) && len(a) > 1 && a[0] == b[1] && a[1] == b[0] && a[2:] == b[2:]:
		return 1
	}
	return 2
}
