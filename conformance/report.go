package conformance

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/mailsim/mailsim/reports"
)

// Report is the result in the model of all reports: a group is a section, a check a
// case. Its tables are what the target offers and the scorecard.
func (r *Result) Report() reports.Report {
	out := reports.Report{
		Kind: reports.KindConform, Name: r.Target, About: r.about(),
		Start: r.Start, Elapsed: r.Elapsed, Verdict: r.Verdict(), Interrupted: r.Interrupted,
	}
	if r.Profile != sending {
		out.Tables = append(out.Tables, r.Facts.table())
	}
	out.Tables = append(out.Tables, r.scorecard())
	at := map[string]int{}
	for _, c := range r.Cases {
		name := c.Case.Section()
		i, ok := at[name]
		if !ok {
			i = len(out.Groups)
			at[name] = i
			out.Groups = append(out.Groups, reports.Group{Name: name})
		}
		out.Groups[i].Checks = append(out.Groups[i].Checks, c.check())
	}
	slices.SortStableFunc(out.Groups, func(a, b reports.Group) int { return CompareSections(a.Name, b.Name) })
	if len(r.Stale) > 0 {
		g := reports.Group{Name: "waivers"}
		for _, w := range r.Stale {
			g.Checks = append(g.Checks, reports.Check{
				Name: "the waiver of " + w.ID + " applies", ID: "waivers/" + w.ID, Verdict: reports.Warn, At: r.Elapsed,
				Want: "a deviation that is waived because: " + w.Reason, Got: "the rule is kept; take the waiver away",
			})
		}
		out.Groups = append(out.Groups, g)
	}
	return out
}

// about tells in a line who was asked.
func (r *Result) about() string {
	if r.Profile == sending {
		return `a sender; it opens with "` + r.Facts.Greeting + `"`
	}
	text := "profile " + string(r.Profile)
	if r.Facts.Greeting != "" {
		text += `; it greets with "` + r.Facts.Greeting + `"`
	}
	return text
}

// check is a case in the model of all reports.
func (c *CaseResult) check() reports.Check {
	out := reports.Check{
		Name: c.Case.Title, ID: c.Case.ID, Refs: c.Case.refs(), Level: string(c.Case.Level()), Verdict: c.Verdict,
		Reason: c.Reason, At: c.At, Took: c.Took, Notes: c.Notes, Tries: c.Tries, Transcript: c.Transcript,
	}
	broken := c.broken()
	var want, got, threats []string
	for _, f := range broken {
		lead := ""
		if len(broken) > 1 {
			lead = f.Row + ": "
		}
		want, got = append(want, lead+f.Want), append(got, lead+f.Got)
		if f.Usable != "" && !slices.Contains(threats, f.Usable) {
			threats = append(threats, f.Usable)
		}
	}
	out.Want, out.Got = strings.Join(want, "\n"), strings.Join(got, "\n")
	switch {
	case len(broken) == 0 || !c.Case.safety():
	case len(threats) > 0:
		out.Threat = "usable by an outsider: " + strings.Join(threats, "; ")
	default:
		out.Threat = reports.Harmless
	}
	return out
}

// broken are the findings that are not waived.
func (c *CaseResult) broken() []Finding {
	return slices.DeleteFunc(slices.Clone(c.Findings), func(f Finding) bool { return f.Verdict == reports.Skip })
}

// refs are where the rules of a case stand, and their ids.
func (c Case) refs() []string {
	var out []string
	for _, r := range c.Requirements() {
		if place := r.Place(); !slices.Contains(out, place) {
			out = append(out, place)
		}
	}
	return append(out, c.Rows...)
}

// Place is where the requirement stands: "RFC 5321 4.5.2". Of several RFCs it is the
// first, to which the section belongs.
func (r Requirement) Place() string { return r.RFC[:1].String() + " " + r.Section }

// CompareSections orders sections, and ids of cases: RFC 5321 first, then the other
// RFCs by their numbers, then safety; 4.1.1.2 stands before 4.1.1.10.
func CompareSections(a, b string) int {
	return cmp.Or(cmp.Compare(area(a), area(b)), natural(a, b))
}

// area is 0 for RFC 5321, 1 for other RFCs, 2 for the rest.
func area(id string) int {
	switch {
	case id == "rfc5321" || strings.HasPrefix(id, "rfc5321/"):
		return 0
	case strings.HasPrefix(id, "rfc"):
		return 1
	}
	return 2
}

// natural compares texts, and numbers in them as numbers.
func natural(a, b string) int {
	for a != "" && b != "" {
		x, y := lead(a), lead(b)
		if isDigit(x[0]) && isDigit(y[0]) {
			p, q := strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
			if n := cmp.Or(cmp.Compare(len(p), len(q)), strings.Compare(p, q)); n != 0 {
				return n
			}
		} else if n := strings.Compare(x, y); n != 0 {
			return n
		}
		a, b = a[len(x):], b[len(y):]
	}
	return cmp.Compare(len(a), len(b))
}

// lead is the number that s begins with, or its first octet.
func lead(s string) string {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return s[:max(n, 1)]
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// table tells what the target offers.
func (f Facts) table() reports.Table {
	// RFC 8314 3.3: where TLS begins with the connection there is no session in the clear.
	_, start := f.Keywords["STARTTLS"]
	implicit := f.Secure != nil && !start
	t := reports.Table{Title: "what the target offers", Header: []string{"keyword", "in the clear", "under TLS"}}
	var words []string
	for w := range f.Keywords {
		words = append(words, w)
	}
	for w := range f.Secure {
		if _, ok := f.Keywords[w]; !ok {
			words = append(words, w)
		}
	}
	slices.Sort(words)
	const most = 60 // a hostile server offers thousands
	for i, w := range words {
		if i == most {
			t.Rows = append(t.Rows, []string{fmt.Sprintf("and %d more", len(words)-most), "", ""})
			break
		}
		plain := said(f.Keywords, w)
		if implicit {
			plain = "no"
		}
		secure := ""
		if f.Secure != nil {
			secure = said(f.Secure, w)
		}
		t.Rows = append(t.Rows, []string{w, plain, secure})
	}
	tls := "no"
	if f.Cipher != "" {
		tls = f.Cipher
	}
	t.Rows = append(t.Rows, []string{"(TLS)", "", tls})
	return t
}

func said(words map[string]string, w string) string {
	params, ok := words[w]
	switch {
	case !ok:
		return "no"
	case params == "":
		return "yes"
	}
	return params
}
