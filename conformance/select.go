package conformance

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

// Unselected is a selector that fits no case.
type Unselected struct{ Selector string }

// Error names it.
func (u *Unselected) Error() string {
	return fmt.Sprintf("no case fits %q; a selector is the id of a case or of a requirement, the beginning of one (rfc5321/4.1, security), "+
		"a pattern (*starttls*), or a level (level:MUST)", u.Selector)
}

// Select returns the cases that fit one of only, all if there is none, and none of
// skip. A selector is the id of a case or of a requirement, the beginning of one up to
// the end of a word (rfc5321/4.1, 4.1 in short, R5321-4.1), a pattern in which * stands
// for anything, and which may be given without the section (ehlo-*), or level:MUST,
// which is MUST NOT too. Letter case does not count. One that fits nothing is an
// *Unselected.
func Select(all []Case, only, skip []string) ([]Case, error) {
	var errs []error
	fitting := func(selectors []string) map[string]bool {
		ids := map[string]bool{}
		for _, s := range selectors {
			found := false
			for _, c := range all {
				if c.fits(s) {
					ids[c.ID], found = true, true
				}
			}
			if !found {
				errs = append(errs, &Unselected{s})
			}
		}
		return ids
	}
	wanted, unwanted := fitting(only), fitting(skip)
	var out []Case
	for _, c := range all {
		if (len(only) == 0 || wanted[c.ID]) && !unwanted[c.ID] {
			out = append(out, c)
		}
	}
	return out, errors.Join(errs...)
}

// Selectors returns the words that Select knows for sure, in their order: for
// completion, and for guesses at what was meant.
func Selectors(all []Case) []string {
	var out []string
	for _, c := range all {
		out = append(out, c.ID, c.Section())
		out = append(out, c.Rows...)
	}
	for _, l := range []Level{Must, MustNot, Should, ShouldNot, May} {
		out = append(out, "level:"+string(l))
	}
	slices.SortFunc(out, CompareSections)
	return slices.Compact(out)
}

// fits reports whether a selector means the case.
func (c Case) fits(selector string) bool {
	s := strings.ToLower(strings.TrimRight(selector, "/"))
	if level, ok := strings.CutPrefix(s, "level:"); ok {
		is := strings.ToLower(string(c.Level()))
		return is == level || is == level+" not"
	}
	if s == "" {
		return false
	}
	if begins(c.ID, s, "/.") || begins(c.ID, "rfc5321/"+s, "/.") || glob(s, c.ID) || glob(s, path.Base(c.ID)) {
		return true
	}
	return slices.ContainsFunc(c.Rows, func(id string) bool {
		id = strings.ToLower(id)
		return begins(id, s, "-.") || glob(s, id)
	})
}

// begins reports whether s is id, or its beginning up to one of some ends.
func begins(id, s, ends string) bool {
	rest, ok := strings.CutPrefix(id, s)
	return ok && (rest == "" || strings.ContainsRune(ends, rune(rest[0])))
}

// glob matches a pattern with * in it, which is any text.
func glob(pattern, s string) bool {
	parts := strings.Split(pattern, "*")
	rest, ok := strings.CutPrefix(s, parts[0])
	if !ok || len(parts) == 1 {
		return false
	}
	for _, part := range parts[1 : len(parts)-1] {
		_, after, found := strings.Cut(rest, part)
		if !found {
			return false
		}
		rest = after
	}
	return strings.HasSuffix(rest, parts[len(parts)-1])
}
