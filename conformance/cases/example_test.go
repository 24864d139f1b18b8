package cases_test

import (
	"fmt"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/conformance/cases"
)

// A case says what a good server does, why that matters, and which rules it judges.
func Example() {
	list, err := conformance.Select(cases.All(), []string{"rfc5321/4.5.2/dot-stuffing"}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	c := list[0]
	fmt.Println(c.Title)
	fmt.Println(c.Why)
	for _, r := range c.Requirements() {
		fmt.Println(r.Level, r.Place(), r.ID)
	}
	// Output:
	// one leading dot is taken from each line of a message
	// Lines that begin with a dot arrive changed, which breaks signatures and attachments.
	// MUST RFC 5321 4.5.2 R5321-4.5.2-c
	// MUST RFC 5321 4.5.2 R5321-4.5.2-d
}
