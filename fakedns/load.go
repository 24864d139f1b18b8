package fakedns

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/miekg/dns"
)

// Load adds zone-file text to the world; file and line say where its first line
// stands. Text that is indented as a whole is read as if it were not. $ORIGIN, $TTL and $GENERATE work as usual, $INCLUDE is refused. The
// error is an Errors with all that is wrong; nothing is added then.
func (w *World) Load(file string, line int, text string) error {
	if len(text) > MaxText {
		return Errors{{file, line, 1, fmt.Sprintf("zone text of %d octets: at most %d are read", len(text), MaxText)}}
	}
	l := loader{file: file, line: line, origin: ".", ttl: uint32(DefaultTTL / time.Second)}
	for e := range split(text) {
		l.entry(e)
		if len(l.rrs) > MaxRecords {
			l.report(e, 1, 1, fmt.Sprintf("more than %d records", MaxRecords))
			break
		}
		if len(l.errs) >= maxErrors {
			l.report(e, 1, 1, fmt.Sprintf("too many errors: stopped after %d", maxErrors))
			break
		}
	}
	return w.commit(&l)
}

// commit puts the records of l into the world, or none of them.
func (w *World) commit(l *loader) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	var added []dns.RR
	for _, r := range l.rrs {
		ok, err := w.insert(r.rr)
		if err != nil && len(l.errs) <= maxErrors {
			l.report(r.entry, 1, 1, err.Error())
		}
		if ok {
			added = append(added, r.rr)
		}
	}
	if len(l.errs) == 0 {
		for _, r := range l.rrs {
			w.mention(r.rr)
		}
		return nil
	}
	for _, rr := range added {
		w.takeBack(rr)
	}
	l.errs.sort()
	return l.errs
}

// takeBack removes the very record that insert has put in.
func (w *World) takeBack(rr dns.RR) {
	name, rrtype := canonical(rr.Header().Name), rr.Header().Rrtype
	var keep []dns.RR
	for _, r := range w.nodes[name].get(rrtype) {
		if r != rr {
			keep = append(keep, r)
		}
	}
	w.put(name, rrtype, keep)
}

// loader reads entries one after the other.
type loader struct {
	file   string
	line   int    // of entry line 0; 0 counts as 1
	origin string // absolute
	ttl    uint32
	owner  string // of the record before, absolute
	indent string // of the first entry, and so of the whole text
	begun  bool

	rrs  []loaded
	errs Errors
}

// loaded is a record and where it comes from.
type loaded struct {
	rr    dns.RR
	entry entry
}

// entry reads one entry.
func (l *loader) entry(e entry) {
	if e.bad != "" {
		l.guessOwner(e.text)
		lines := strings.Split(e.text[:min(e.at, len(e.text))], "\n")
		l.report(e, len(lines), len(lines[len(lines)-1])+1, e.bad)
		return
	}
	l.dedent(&e)
	if e.directive() {
		l.directive(e)
		return
	}
	text, shift := e.text, 0
	if text[0] == ' ' || text[0] == '\t' {
		if l.owner == "" {
			l.report(e, 1, 1, "the line begins with a blank, and no record before it gives a name")
			return
		}
		text, shift = l.owner+text, len(l.owner)
	}
	rrs, err := l.parse(text)
	if err != nil {
		l.guessOwner(e.text)
		l.fail(e, err, shift)
		return
	}
	l.keep(e, rrs)
}

// dedent takes off the indentation of the text. A first line that begins with
// blanks could mean nothing else, since no name comes before it.
func (l *loader) dedent(e *entry) {
	if !l.begun {
		l.begun = true
		l.indent = e.text[:len(e.text)-len(strings.TrimLeft(e.text, " \t"))]
	}
	if text, ok := strings.CutPrefix(e.text, l.indent); ok {
		e.text, e.cut = text, len(l.indent)
	}
}

// guessOwner keeps lines without a name readable after a line with an error.
func (l *loader) guessOwner(text string) {
	if word, _, _ := strings.Cut(text, " "); word != "" {
		l.owner = "."
		if rrs, err := l.parse(word + " A 127.0.0.1"); err == nil && len(rrs) == 1 {
			l.owner = rrs[0].Header().Name
		}
	}
}

// parse gives the zone parser its state before text. The comment behind it keeps
// the parser from taking a record without data for a dynamic update.
func (l *loader) parse(text string) ([]dns.RR, error) {
	zp := dns.NewZoneParser(strings.NewReader(text+"\n;\n"), l.origin, "")
	zp.SetDefaultTTL(l.ttl)
	var rrs []dns.RR
	for rr, ok := zp.Next(); ok; rr, ok = zp.Next() {
		rrs = append(rrs, rr)
	}
	return rrs, zp.Err()
}

// keep takes over records that can be served.
func (l *loader) keep(e entry, rrs []dns.RR) {
	if len(rrs) == 0 {
		l.report(e, 1, 1, "the line has only a name: want NAME [TTL] TYPE DATA")
	}
	for _, rr := range rrs {
		if err := check(rr); err != nil {
			l.report(e, 1, 1, err.Error())
			return
		}
		l.owner = rr.Header().Name
		l.rrs = append(l.rrs, loaded{rr, e})
	}
}

// directive reads a line that begins with a dollar sign. The parser keeps its
// state to itself, so a record after the line is asked what it did.
func (l *loader) directive(e entry) {
	words := strings.Fields(e.text)
	word := strings.ToUpper(words[0])
	if len(words) == 1 && (word == "$TTL" || word == "$ORIGIN" || word == "$GENERATE") {
		l.report(e, 1, 1, word+" has no value")
		return
	}
	switch word {
	case "$TTL":
		if rrs, err := l.parse(e.text + "\n@ A 127.0.0.1"); err != nil {
			l.fail(e, err, 0)
		} else {
			l.ttl = rrs[0].Header().Ttl
		}
	case "$ORIGIN":
		if rrs, err := l.parse(e.text + "\n@ A 127.0.0.1"); err != nil {
			l.fail(e, err, 0)
		} else {
			l.origin = rrs[0].Header().Name
		}
	case "$GENERATE":
		rrs, err := l.parse(e.text)
		if err != nil {
			l.fail(e, err, 0)
			return
		}
		// The parser forgets $TTL here.
		if !hasTTL(words[2:]) {
			for _, rr := range rrs {
				rr.Header().Ttl = l.ttl
			}
		}
		l.keep(e, rrs)
	case "$INCLUDE":
		l.report(e, 1, 1, "$INCLUDE is not allowed: put the records here")
	default:
		l.report(e, 1, 1, fmt.Sprintf("unknown directive %q: want $TTL, $ORIGIN or $GENERATE", shorten(words[0])))
	}
}

// hasTTL reports whether a TTL stands between the owner and the type.
func hasTTL(words []string) bool {
	for i, word := range words {
		if _, ok := typeNumber(word); i > 0 && ok {
			return false
		}
		if i > 0 && startsWithDigit(word) {
			return true
		}
	}
	return false
}

// fail reports an error of the parser at the token that it is about. shift is
// the length of the owner that was put before the first line.
func (l *loader) fail(e entry, err error, shift int) {
	msg, token, line, column := explain(err, typeWord(e.text))
	if strings.TrimSpace(token) == strings.TrimSpace(e.text) {
		msg = "the line has only a name: want NAME [TTL] TYPE DATA"
	}
	lines := strings.Split(e.text, "\n")
	line = min(max(line, 1), len(lines))
	if line > 1 {
		shift = 0
	}
	text := lines[line-1]
	// The parser's column is that of the octet behind the token.
	at := column - shift - 1 - len(token)
	if at < 0 || at > len(text) || token == "" || !strings.HasPrefix(text[at:], token) {
		at = strings.Index(text, token)
	}
	if strings.TrimSpace(token) == "" || at < 0 {
		at = len(text) - len(strings.TrimLeft(text, " \t"))
	}
	l.report(e, line, at+1, msg)
}

// report adds an error at a line of e and an octet of that line, both from 1.
func (l *loader) report(e entry, line, octet int, msg string) {
	lines := strings.Split(e.text, "\n")
	text := lines[min(line, len(lines))-1]
	column := utf8.RuneCountInString(text[:min(octet-1, len(text))]) + 1
	if line == 1 {
		column += e.cut
	}
	l.errs = append(l.errs, &ParseError{l.file, max(l.line, 1) + e.line + line - 1, column, msg})
}

// typeWord returns the type that an entry names, for messages.
func typeWord(text string) string {
	fields := strings.Fields(text)
	for i, word := range fields {
		if i == 0 && text[0] != ' ' && text[0] != '\t' {
			continue
		}
		if t, ok := typeNumber(word); ok {
			return dns.Type(t).String()
		}
	}
	return "resource"
}
