package cases

import (
	"regexp"
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// rfc5321ReceivedDate is about the date of the Received field, RFC 5321 4.4.
func rfc5321ReceivedDate() []conformance.Case {
	mailbox := []conformance.Need{conformance.NeedMailbox}
	return []conformance.Case{
		{
			// RFC 5321 4.4: Stamp ";" FWS date-time, where date-time is that of RFC 5322 3.3 without
			// its obsolete forms. RFC 5321 F.5: years have four digits.
			ID:    "rfc5321/4.4/received-date",
			Title: "Received ends in a semicolon and a date of today's form",
			Why:   "Delays are found by the dates of the trace; one that cannot be read, or read in two ways, hides where mail has waited.",
			Rows:  []string{"R5321-4.4-r", "R5321-4.4-q", "R5321-F.5-a"},
			Needs: mailbox,
			Run: func(p *conformance.Probe) {
				r := trace(p, p.Ready())
				zone := behindTime(p, r)
				if words := strings.Fields(zone); len(words) > 1 && !zoneName.MatchString(words[len(words)-1]) {
					p.Fail("nothing but comments behind the date", r.text)
				}
			},
		},
		{
			// RFC 5321 4.4: the zone is an offset in digits, and its name, if it is given,
			// stands in a comment.
			ID:    "rfc5321/4.4/received-zone",
			Title: "the date of Received has its zone as an offset in digits",
			Why:   "Names of zones mean different offsets in different countries: EST is at least two of them.",
			Rows:  []string{"R5321-4.4-n", "R5321-4.4-p"},
			Needs: mailbox,
			Run: func(p *conformance.Probe) {
				r := trace(p, p.Ready())
				m := dateForm.FindStringSubmatch(r.date)
				if m == nil {
					p.Skip("the date has no form in which the zone could be found: %s", r.text)
				}
				words := strings.Fields(m[1])
				if len(words) == 0 || !offset.MatchString(words[0]) {
					p.Fail("an offset such as +0100 behind the time", r.text)
				}
				p.Row("R5321-4.4-p")
				if len(words) > 1 && zoneName.MatchString(words[1]) {
					p.Fail("the name of the zone in parentheses", r.text)
				}
			},
		},
	}
}

var (
	offset    = regexp.MustCompile(`^[+-][0-9]{4}$`)
	shortYear = regexp.MustCompile(`^(?:\w+\s*,\s*)?[0-9]{1,2}\s+\w+\s+[0-9]{1,3}\s`)
	zoneName  = regexp.MustCompile(`^[A-Za-z]{1,5}$`)
)

// behindTime judges the form of the date and returns what stands behind the time of day.
func behindTime(p *conformance.Probe, r received) string {
	if r.date == "" || strings.Contains(r.date, ";") {
		p.Fail("one semicolon, and a date behind it", r.text)
	}
	p.Row("R5321-4.4-q")
	m := dateForm.FindStringSubmatch(r.date)
	if shortYear.MatchString(r.date) {
		p.Row("R5321-F.5-a")
		p.Report("a year of four digits", r.text)
		p.Row("R5321-4.4-q")
	}
	if m == nil || m[1] == "" {
		p.Fail("a date such as Mon, 5 Jan 2026 09:00:00 +0000", r.text)
	}
	p.Row("R5321-4.4-r")
	return m[1]
}
