package simtest

import (
	"fmt"
	"strings"

	"github.com/onsi/gomega/types"

	"github.com/mailsim/mailsim/sim/mail"
)

// Hop is what one Received field says (RFC 5321 4.4). Empty parts match all.
type Hop struct{ By, From, With string }

// String writes the hop as a trace field does.
func (h Hop) String() string {
	var parts []string
	for _, p := range []struct{ word, value string }{{"from", h.From}, {"by", h.By}, {"with", h.With}} {
		if p.value != "" {
			parts = append(parts, p.word+" "+p.value)
		}
	}
	return strings.Join(parts, " ")
}

// HaveReceived succeeds when the Received fields of a message are these, newest
// first, no more and no fewer. Host names compare without case.
func HaveReceived(hops ...Hop) types.GomegaMatcher {
	return &haveReceived{want: hops}
}

type haveReceived struct{ want, seen []Hop }

func (h *haveReceived) Match(actual any) (bool, error) {
	header, err := headerOf(actual)
	if err != nil {
		return false, fmt.Errorf("HaveReceived: %w", err)
	}
	h.seen = nil
	for _, v := range header.Values("Received") {
		r, err := mail.ParseReceived(v)
		if err != nil {
			return false, fmt.Errorf("HaveReceived: %w", err)
		}
		h.seen = append(h.seen, Hop{By: r.By, From: r.From, With: r.With})
	}
	if len(h.seen) != len(h.want) {
		return false, nil
	}
	for i, want := range h.want {
		if !want.matches(h.seen[i]) {
			return false, nil
		}
	}
	return true, nil
}

func (h Hop) matches(seen Hop) bool {
	same := func(want, got string) bool { return want == "" || strings.EqualFold(want, got) }
	return same(h.By, seen.By) && same(h.From, seen.From) && same(h.With, seen.With)
}

func (h *haveReceived) FailureMessage(any) string { return h.message("to be") }

func (h *haveReceived) NegatedFailureMessage(any) string { return h.message("not to be") }

func (h *haveReceived) message(verb string) string {
	list := func(hops []Hop) string {
		var b strings.Builder
		for _, hop := range hops {
			b.WriteString("\n    " + hop.String())
		}
		return b.String()
	}
	return fmt.Sprintf("Expected the Received fields, newest first, %s%s\nThey are%s", verb, list(h.want), list(h.seen))
}
