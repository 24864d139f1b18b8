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
	return fmt.Sprintf("no case fits %q; a selector is the id of a case, its beginning (rfc5321/4.1), a pattern (*/ehlo-*), the id of a requirement, or a level (level:MUST)", u.Selector)
}

// Select returns the cases that fit one of only, all if there is none, and none of
// skip. A selector is the id of a case, the beginning of ids up to a slash or a dot
// (rfc5321/4.1), a pattern in which * stands for anything but a slash and may be
// given without its section (ehlo-*), the id of a requirement, or level:MUST. One
// that fits nothing is an *Unselected.
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

// fits reports whether a selector means the case.
func (c Case) fits(selector string) bool {
	selector = strings.TrimSuffix(selector, "/")
	if level, ok := strings.CutPrefix(selector, "level:"); ok {
		return strings.EqualFold(level, string(c.Level()))
	}
	if selector == c.ID || slices.Contains(c.Rows, selector) {
		return true
	}
	if rest, ok := strings.CutPrefix(c.ID, selector); ok && selector != "" && (rest[0] == '/' || rest[0] == '.') {
		return true
	}
	for _, name := range []string{c.ID, path.Base(c.ID)} {
		if ok, err := path.Match(selector, name); ok && err == nil {
			return true
		}
	}
	return false
}
