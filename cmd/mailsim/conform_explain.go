package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/conformance/mutants"
)

func (p *program) explainVerb() *cobra.Command {
	return &cobra.Command{
		Use:   "explain ID...",
		Short: "Explain a case or a rule: what it says, why it matters, how it is asked",
		Long: `Explain a case or a rule: what it says, why it matters, what is needed to ask it, and which broken
servers prove that the case can fail. ID is that of a case, of a rule, or the beginning of several.`,
		Example: `  mailsim conform explain rfc5321/4.5.2/dot-stuffing
  mailsim conform explain R5321-4.5.2-c
  mailsim conform explain security/starttls`,
		ValidArgsFunction: completeCase,
		RunE: func(_ *cobra.Command, args []string) error {
			return p.explain(args)
		},
	}
}

// explain writes what there is to know about cases and requirements.
func (p *program) explain(ids []string) error {
	if len(ids) == 0 {
		return errors.New(`explain needs the id of a case or a rule; "mailsim conform --list" lists the cases`)
	}
	all := allCases()
	var b bytes.Buffer
	var errs []error
	for _, id := range ids {
		if row, ok := lookup(id); ok {
			explainRow(&b, row, all)
			continue
		}
		hits, err := conformance.Select(all, []string{id}, nil)
		if err != nil {
			known := append(conformance.Selectors(all), conformance.IDs()...)
			errs = append(errs, fmt.Errorf("there is no case and no rule %q%s; \"mailsim conform --list\" lists the cases", id, meant(id, known)))
		}
		for _, c := range hits {
			explainCase(&b, c)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	_, err := p.out.Write(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
	return environment(err)
}

// lookup finds a requirement, letter case ignored.
func lookup(id string) (conformance.Requirement, bool) {
	for _, known := range conformance.IDs() {
		if strings.EqualFold(known, id) {
			return conformance.Lookup(known)
		}
	}
	return conformance.Requirement{}, false
}

func explainCase(w io.Writer, c conformance.Case) {
	fmt.Fprintf(w, "%s\n", c.ID)
	paragraph(w, "  ", c.Title)
	paragraph(w, "  level   ", string(c.Level()))
	paragraph(w, "  why     ", c.Why)
	for _, line := range needed(c) {
		paragraph(w, "  needs   ", line)
	}
	for _, r := range c.Requirements() {
		fmt.Fprintln(w)
		rule(w, r)
	}
	fmt.Fprintln(w)
	explainMutants(w, func(m mutants.Mutant) bool { return m.Case == c.ID }, false)
}

func explainRow(w io.Writer, r conformance.Requirement, all []conformance.Case) {
	rule(w, r)
	asked := 0
	for _, c := range all {
		if slices.Contains(c.Rows, r.ID) {
			paragraph(w, "    case    ", c.ID+": "+c.Title)
			paragraph(w, "    why     ", c.Why)
			asked++
		}
	}
	if asked == 0 {
		paragraph(w, "    case    ", notAsked(r))
	}
	fmt.Fprintln(w)
	explainMutants(w, func(m mutants.Mutant) bool { return m.Row == r.ID }, true)
}

// rule writes a requirement.
func rule(w io.Writer, r conformance.Requirement) {
	where := r.Place()
	if more := r.RFC[1:]; len(more) > 0 {
		where += ", " + more.String()
	}
	head := fmt.Sprintf("%s, %s, for the %s", r.Level, where, r.Role)
	if r.Extension != "none" {
		head += ", with " + r.Extension
	}
	fmt.Fprintf(w, "  %s\n", r.ID)
	paragraph(w, "    rule    ", head)
	paragraph(w, "    says    ", r.Says)
	paragraph(w, "    asked   ", r.Observe)
	if r.Contested() && r.Binding() {
		paragraph(w, "    verdict ", "a warning: servers legitimately differ")
	}
}

// notAsked says why no case judges a requirement.
func notAsked(r conformance.Requirement) string {
	none, _ := conformance.NoCase() // a test parses the embedded file
	for _, l := range none {
		if slices.Contains(l.IDs, r.ID) {
			return "none. " + l.Reason
		}
	}
	switch r.Kind {
	case conformance.NotObservable:
		return "none: it cannot be seen from outside"
	case conformance.WireServer:
		return "none yet"
	}
	return "none: it takes more than a server and its mailboxes to see it"
}

// explainMutants writes the servers that break the rule, and the right ones that only
// seem to.
func explainMutants(w io.Writer, of func(mutants.Mutant) bool, named bool) {
	for _, guard := range []bool{false, true} {
		head := "  caught: servers that break a rule\n"
		if guard {
			head = "  passed: servers that are right in their own way\n"
		}
		for _, m := range mutants.All() {
			if m.Guard != guard || !of(m) {
				continue
			}
			io.WriteString(w, head) //nolint:errcheck // into memory
			head = ""
			text := m.Does
			if named {
				text += " (" + m.Case + ")"
			}
			paragraph(w, "    "+m.Name+"  ", text)
		}
		if head == "" {
			fmt.Fprintln(w)
		}
	}
}

// needed says what the target must have for a case.
func needed(c conformance.Case) []string {
	words := map[conformance.Need]string{
		conformance.NeedRcpt:    "a mailbox that takes mail (--rcpt)",
		conformance.NeedSecond:  "a second mailbox (--rcpt twice)",
		conformance.NeedUnknown: "a mailbox, and an address in its domain that is not there (--rcpt, --unknown)",
		conformance.NeedAlias:   "an alias (--alias)",
		conformance.NeedList:    "a mailing list (--expand)",
		conformance.NeedMailbox: "a mailbox that can be read (--rcpt, --mailbox)",
		conformance.NeedAuth:    "AUTH, and a user (--user, --password)",
		conformance.NeedTLS:     "TLS, by STARTTLS or from the beginning",
		conformance.NeedStart:   "STARTTLS",
		conformance.NeedPlain:   "that mail is taken without TLS",
		conformance.NeedSMTP:    "SMTP, not LMTP",
		conformance.NeedLMTP:    "LMTP (--profile lmtp)",
		conformance.NeedSubmit:  "a submission server (--profile submission)",
		conformance.NeedMX:      "an MX host (--profile mx)",
		conformance.NeedRelay:   "a relay for us (--profile relay)",
	}
	var out []string
	for _, n := range c.Needs {
		text, ok := words[n]
		if !ok {
			text = "the EHLO keyword " + strings.TrimPrefix(string(n), "keyword:")
		}
		out = append(out, text)
	}
	if c.Slow > 0 {
		out = append(out, fmt.Sprintf("time: it waits for %s (--slow)", c.Slow))
	}
	if c.Hostile {
		out = append(out, "of a remote target, leave to do harm (--allow-hostile)")
	}
	return out
}

// paragraph writes text in lines of up to 100 characters, the first behind lead, the
// others behind as many blanks.
func paragraph(w io.Writer, lead, text string) {
	const width = 100
	line, empty := lead, true
	for word := range strings.FieldsSeq(text) {
		if !empty && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			fmt.Fprintln(w, line)
			line, empty = strings.Repeat(" ", utf8.RuneCountInString(lead)), true
		}
		if !empty {
			line += " "
		}
		line += word
		empty = false
	}
	fmt.Fprintln(w, strings.TrimRight(line, " "))
}
