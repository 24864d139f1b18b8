package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/reports"
)

// tell says what is going to be done.
func (pl *plan) tell(w io.Writer) error {
	var b strings.Builder
	if pl.target.Send != nil {
		return pl.tellSender(w)
	}
	at := ""
	if len(pl.addresses) > 0 {
		var list []string
		for _, a := range pl.addresses {
			list = append(list, a.Addr().String())
		}
		if text := strings.Join(list, ", "); text != pl.place.host {
			at = " (" + text + ")"
		}
	}
	asked, left := pl.leftOut()
	fmt.Fprintf(&b, "mailsim: %s for %s%s, profile %s, up to %s at a time\n",
		counted(len(asked), "case"), pl.place, at, pl.target.Profile, counted(pl.options.Parallel, "session"))
	var to []string
	for _, a := range []string{pl.target.Rcpt, pl.target.Second, pl.target.Alias, pl.target.List} {
		if a != "" {
			to = append(to, a)
		}
	}
	if pl.target.Profile == conformance.RelayHost && pl.target.Foreign != "" {
		to = append(to, pl.target.Foreign)
	}
	switch {
	case pl.place.self:
		b.WriteString("  it is mailsim's own server, in virtual time\n")
	case len(to) == 0:
		b.WriteString("  no mail is sent\n")
	default:
		fmt.Fprintf(&b, "  mail goes to %s and to nobody else\n", strings.Join(to, ", "))
	}
	if len(left) > 0 {
		fmt.Fprintf(&b, "  left out: %s\n", strings.Join(left, "; "))
	}
	if !pl.place.self {
		usual, most := conformance.Estimate(asked, pl.options)
		fmt.Fprintf(&b, "  it takes about %s, and at most %s\n", reports.Span(usual.Round(time.Second)), reports.Span(most.Round(time.Second)))
	}
	var text strings.Builder
	for line := range strings.Lines(b.String()) {
		text.WriteString(reports.Escape(strings.TrimSuffix(line, "\n")) + "\n")
	}
	_, err := io.WriteString(w, text.String())
	return err
}

// leftOut returns the cases that are going to be asked, as far as the flags tell, and
// why the others are not: the first reason counts.
func (pl *plan) leftOut() (asked []conformance.Case, left []string) {
	needs := func(list ...conformance.Need) func(conformance.Case) bool {
		return func(c conformance.Case) bool {
			return slices.ContainsFunc(c.Needs, func(n conformance.Need) bool { return slices.Contains(list, n) })
		}
	}
	t := pl.target
	reasons := []struct {
		holds bool
		of    func(conformance.Case) bool
		text  string
		n     int
	}{
		{
			!pl.place.self && t.Rcpt == "",
			needs(conformance.NeedRcpt, conformance.NeedSecond, conformance.NeedUnknown, conformance.NeedAlias, conformance.NeedList, conformance.NeedMailbox, conformance.NeedFinal),
			"for want of a mailbox (--rcpt)", 0,
		},
		{!pl.place.self && t.Second == "", needs(conformance.NeedSecond), "for want of a second mailbox (--rcpt twice)", 0},
		{!pl.place.self && t.Mailbox == nil, needs(conformance.NeedMailbox, conformance.NeedFinal), "that read what was delivered (--mailbox)", 0},
		{!pl.place.self && t.User == "", needs(conformance.NeedAuth), "that log in (--user)", 0},
		{!pl.place.self && t.Alias == "", needs(conformance.NeedAlias), "for want of an alias (--alias)", 0},
		{!pl.place.self && t.List == "", needs(conformance.NeedList), "for want of a mailing list (--expand)", 0},
		{pl.options.Gentle, func(c conformance.Case) bool { return c.Hostile }, "that could do harm (--allow-hostile)", 0},
		{!pl.options.Slow, func(c conformance.Case) bool { return c.Slow > 0 }, "that wait for minutes (--slow)", 0},
	}
next:
	for _, c := range pl.cases {
		for i, r := range reasons {
			if r.holds && r.of(c) {
				reasons[i].n++
				continue next
			}
		}
		asked = append(asked, c)
	}
	for _, r := range reasons {
		if r.n > 0 {
			left = append(left, fmt.Sprintf("%d %s", r.n, r.text))
		}
	}
	return asked, left
}

// counted writes n and what is counted.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
