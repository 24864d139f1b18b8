package simtest

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/onsi/gomega/format"
	"github.com/onsi/gomega/types"

	"github.com/mailsim/mailsim/sim"
	"github.com/mailsim/mailsim/sim/mail"
)

// headerOf reads the header of what a test has in hand.
func headerOf(actual any) (mail.Header, error) {
	var content mail.Content
	switch m := actual.(type) {
	case sim.Stored:
		content = m.Content
	case mail.Content:
		content = m
	case []byte:
		content = mail.Bytes(m)
	case string:
		content = mail.Bytes([]byte(m))
	default:
		return mail.Header{}, fmt.Errorf("expected a sim.Stored, a mail.Content or the octets of a message, got %T", actual)
	}
	return mail.HeaderOf(content, mail.DefaultHeaderLimit)
}

// matches compares a value with a string or with a matcher.
func matches(want any, value string) (bool, error) {
	if m, ok := want.(types.GomegaMatcher); ok {
		return m.Match(value)
	}
	s, ok := want.(string)
	if !ok {
		return false, fmt.Errorf("expected a string or a matcher to compare with, got %T", want)
	}
	return s == value, nil
}

// HaveHeader succeeds when a message (sim.Stored, mail.Content, []byte or
// string) has a field of that name whose decoded value is want, a string or a
// matcher.
func HaveHeader(name string, want any) types.GomegaMatcher {
	return &haveHeader{name: name, want: want}
}

type haveHeader struct {
	name string
	want any
	seen []string
}

func (h *haveHeader) Match(actual any) (bool, error) {
	header, err := headerOf(actual)
	if err != nil {
		return false, fmt.Errorf("HaveHeader: %w", err)
	}
	h.seen = nil
	for _, f := range header.All(h.name) {
		value := f.Decoded()
		if ok, err := matches(h.want, value); ok || err != nil {
			return ok, err
		}
		h.seen = append(h.seen, value)
	}
	return false, nil
}

func (h *haveHeader) FailureMessage(any) string { return h.message("to have") }

func (h *haveHeader) NegatedFailureMessage(any) string { return h.message("not to have") }

func (h *haveHeader) message(verb string) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "Expected the message %s the field %s with value\n%s\nIt has ", verb, h.name, format.Object(h.want, 1))
	if len(h.seen) == 0 {
		b.WriteString("no such field.")
	} else {
		b.WriteString(strings.Join(h.seen, " | "))
	}
	return b.String()
}
