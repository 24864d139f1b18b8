package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// choose returns the cases that one of only names, all if there is none, without
// those that one of skip names.
func choose(all []conformance.Case, only, skip []string) ([]conformance.Case, error) {
	chosen := make([]bool, len(all))
	var errs []error
	mark := func(flag string, list []string, value bool) {
		for _, s := range list {
			hits := selects(s, all)
			if len(hits) == 0 {
				errs = append(errs, fmt.Errorf("--%s %q names no case%s; it is the id of a case or of a rule, the beginning of one, with * for anything, "+
					"or level:MUST; \"mailsim conform --list\" lists the cases", flag, s, meant(s, selectors(all))))
			}
			for _, i := range hits {
				chosen[i] = value
			}
		}
	}
	if len(only) == 0 {
		for i := range chosen {
			chosen[i] = true
		}
	}
	mark("only", only, true)
	mark("skip", skip, false)
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	var out []conformance.Case
	for i, c := range all {
		if chosen[i] {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		return nil, errors.New("--only and --skip leave no case")
	}
	return out, nil
}

// selects returns the indices of the cases that a selector names: first as a whole or
// as a part of their ids, "rfc5321/4.1" or "4.1" but not 4.10; then as any beginning.
func selects(s string, all []conformance.Case) []int {
	if strings.TrimSpace(s) == "" {
		return nil
	}
	for _, fits := range []func(c conformance.Case) bool{
		func(c conformance.Case) bool {
			if level, ok := strings.CutPrefix(strings.ToLower(s), "level:"); ok {
				return fitsLevel(level, c.Level())
			}
			return slices.ContainsFunc(names(c), func(id string) bool {
				return fitsName(s, id) || id[0] != 'R' && id[0] != 'S' && fitsName("rfc5321/"+s, id)
			})
		},
		func(c conformance.Case) bool {
			return slices.ContainsFunc(names(c), func(id string) bool { return len(id) >= len(s) && strings.EqualFold(id[:len(s)], s) })
		},
	} {
		var hits []int
		for i, c := range all {
			if fits(c) {
				hits = append(hits, i)
			}
		}
		if len(hits) > 0 {
			return hits
		}
	}
	return nil
}

// names are the ids that a case goes by.
func names(c conformance.Case) []string { return append([]string{c.ID}, c.Rows...) }

// fitsLevel: must is MUST and MUST NOT.
func fitsLevel(s string, l conformance.Level) bool {
	want, is := strings.ToUpper(strings.TrimSpace(s)), string(l)
	return want != "" && (is == want || is == want+" NOT")
}

// fitsName reports whether s is id, or whole words at its beginning, or a pattern for
// it in which * stands for anything.
func fitsName(s, id string) bool {
	s, id = strings.ToLower(s), strings.ToLower(id)
	if strings.Contains(s, "*") {
		return glob(s, id)
	}
	s = strings.TrimRight(s, "/")
	rest, ok := strings.CutPrefix(id, s)
	return ok && s != "" && (rest == "" || strings.ContainsRune("/.-", rune(rest[0])))
}

// glob matches a pattern in which * is any text.
func glob(pattern, s string) bool {
	parts := strings.Split(pattern, "*")
	rest, ok := strings.CutPrefix(s, parts[0])
	if !ok {
		return false
	}
	last := parts[len(parts)-1]
	for _, part := range parts[1 : len(parts)-1] {
		_, after, found := strings.Cut(rest, part)
		if !found {
			return false
		}
		rest = after
	}
	return strings.HasSuffix(rest, last)
}

// selectors are the words that --only knows, for completion and for guesses.
func selectors(all []conformance.Case) []string {
	var out []string
	for _, c := range all {
		out = append(out, c.ID, c.Section())
		out = append(out, c.Rows...)
	}
	out = append(out, "level:MUST", "level:SHOULD", "level:MAY")
	slices.SortFunc(out, conformance.CompareSections)
	return slices.Compact(out)
}
