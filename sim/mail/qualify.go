package mail

import "strings"

// Qualify returns the value of an address field (RFC 5322 3.4) with the domains of
// its addresses completed: complete is given a local part and what stands behind
// its @, "" for nothing, and returns the domain to write. All else stays as it is,
// octet for octet, and so does what is no address.
func Qualify(value string, complete func(local, domain string) string) string {
	var b strings.Builder
	done := 0
	for _, spec := range addrSpecs(value) {
		text := value[spec.start:spec.end]
		at := atSign(text)
		local, domain := text[:at], strings.TrimPrefix(text[at:], "@")
		a, err := parseAddress(local + "@x")
		if err != nil || at < len(text) && CheckDomain(domain) != nil {
			continue
		}
		if full := complete(a.Local, domain); full != domain {
			b.WriteString(value[done:spec.start] + local + "@" + full)
			done = spec.end
		}
	}
	b.WriteString(value[done:])
	return b.String()
}

// Mailboxes returns the addresses in the value of an address field (RFC 5322 3.4),
// those of groups too; what is none is left out.
func Mailboxes(value string) []Address {
	var all []Address
	for _, spec := range addrSpecs(value) {
		if a, err := parseAddress(value[spec.start:spec.end]); err == nil {
			all = append(all, a)
		}
	}
	return all
}

// atSign returns the index of the @ behind the local part, or the length of spec.
func atSign(spec string) int {
	quoted := false
	for i := 0; i < len(spec); i++ {
		switch spec[i] {
		case '"':
			quoted = !quoted
		case '\\':
			i++
		case '@':
			if !quoted {
				return i
			}
		}
	}
	return len(spec)
}

// span is a part of a string.
type span struct{ start, end int }

// addrSpecs finds the addr-specs of an address list: what stands in angle brackets,
// or alone between commas.
func addrSpecs(value string) []span {
	var all []span
	var word span // of the element, from its first to its last octet that is no space or comment
	angle := -1   // where the inside of its angle brackets begins
	begun, taken := false, false
	end := func() {
		if begun && !taken && word.end > word.start {
			all = append(all, word)
		}
		word, angle, begun, taken = span{}, -1, false, false
	}
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			continue
		case c == '(':
			n := commentLength(value[i:])
			if n == 0 {
				return all
			}
			i += n - 1
			continue
		case c == '"':
			n := quotedLength(value[i:])
			if n == 0 {
				return all
			}
			if !begun {
				word.start, begun = i, true
			}
			i += n - 1
		case c == '[':
			n := strings.IndexByte(value[i:], ']')
			if n < 0 {
				return all
			}
			if !begun {
				word.start, begun = i, true
			}
			i += n
		case c == '<' && angle < 0:
			angle = i + 1
			begun = true
			continue
		case c == '>' && angle >= 0:
			if !taken && angle < i && value[angle] != '@' { // RFC 5322 4.4: not a route
				all = append(all, span{angle, i})
			}
			taken = true
			continue
		case (c == ',' || c == ';') && (angle < 0 || taken):
			end()
			continue
		case c == ':' && angle < 0: // what was before it names a group
			word, begun = span{}, false
			continue
		}
		if !begun {
			word.start, begun = i, true
		}
		word.end = i + 1
	}
	taken = taken || angle >= 0
	end()
	return all
}

// commentLength is how long the comment is with which s begins (RFC 5322 3.2.2); 0
// where it has no end.
func commentLength(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// quotedLength is how long the quoted string is with which s begins; 0 where it has
// no end.
func quotedLength(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return 0
}
