package mutants_test

import (
	"fmt"

	"github.com/mailsim/mailsim/conformance/cases"
	"github.com/mailsim/mailsim/conformance/mutants"
)

// A mutant is asked the case that has to catch it.
func Example() {
	for _, m := range mutants.All() {
		for _, c := range cases.All() {
			if m.Name != "leaves-doubled-dots" || m.Case != c.ID {
				continue
			}
			o, err := mutants.Prove(m, c)
			if err != nil {
				fmt.Println(err)
				return
			}
			fmt.Println(m.Does)
			fmt.Println(c.ID, o.Result.Verdict, o.Result.Findings[0].Row)
			fmt.Println("saw", o.Result.Findings[0].Got)
		}
	}
	// Output:
	// It delivers lines with the dots that the client has doubled.
	// rfc5321/4.5.2/dot-stuffing fail R5321-4.5.2-c
	// saw ["..x" "...." "..." "end"]
}
