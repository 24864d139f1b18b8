package conformance

import (
	"fmt"
	"regexp"
	"strings"
)

// Reply is what came back, or why nothing did.
type Reply struct {
	Code    int      // 0: no reply came
	Lines   []string // the texts, without codes and separators
	Raw     string   // the octets
	Flaws   []string // in what its form breaks RFC 5321 4.2, though it can be read
	Problem string   // why there is none: "no reply within 10s", "the connection was closed"
	Dropped bool     // the connection is gone, or the server says that it will be (421)

	asked string // what it is the reply to
	probe *Probe
}

// String returns code and first text, or the problem.
func (r Reply) String() string {
	if r.Code == 0 {
		return r.Problem
	}
	text := r.Text()
	if len(r.Lines) > 1 {
		text = r.Lines[0] + " ..."
	}
	return strings.TrimSpace(fmt.Sprintf("%03d %s", r.Code, Visible([]byte(text+"\r\n"))))
}

// Text returns the lines joined with blanks.
func (r Reply) Text() string { return strings.Join(r.Lines, " ") }

// Is reports whether the code fits a pattern: "250", "5yz", "250 or 252".
func (r Reply) Is(pattern string) bool { return matches(pattern, r.Code) }

var enhanced = regexp.MustCompile(`^([245]\.\d{1,3}\.\d{1,3})( |$)`)

// Enhanced returns the enhanced status code at the beginning of the first line (RFC
// 2034 4), or "".
func (r Reply) Enhanced() string {
	if len(r.Lines) == 0 {
		return ""
	}
	if m := enhanced.FindStringSubmatch(r.Lines[0]); m != nil {
		return m[1]
	}
	return ""
}

// Want judges the reply: if it does not fit the pattern, the row in question is
// broken, and the case ends.
func (r Reply) Want(pattern string) Reply {
	if !r.Should(pattern) {
		r.probe.end()
	}
	return r
}

// Should judges the reply like Want, and goes on; it reports whether it fits.
func (r Reply) Should(pattern string) bool {
	if r.Is(pattern) {
		return true
	}
	r.probe.spoiled(r)
	r.probe.Report(pattern+" to "+r.asked, r.String())
	return false
}

// Need ends the case without a judgement if the reply does not fit: the question
// could not be asked.
func (r Reply) Need(pattern string) Reply {
	if !r.Is(pattern) {
		r.probe.spoiled(r)
		r.probe.dropped = r.probe.dropped || r.Is("4yz")
		r.probe.unclear("%s to %s was needed, and got %s", pattern, r.asked, r)
	}
	return r
}
