package simulated_test

import (
	"context"
	"fmt"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/conformance/cases"
	"github.com/mailsim/mailsim/conformance/simulated"
	"github.com/mailsim/mailsim/sim"
)

// The reference is asked in virtual time: a case that waits for five minutes takes none.
func Example() {
	err := sim.Virtual(simulated.Start(), func() {
		server, err := simulated.New(conformance.MX, nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		defer server.Close()
		list, err := conformance.Select(cases.All(), []string{"rfc5321/4.5.3.2.7"}, nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		result, err := conformance.Run(context.Background(), server.Target(), list, conformance.Options{Slow: true})
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, c := range result.Cases {
			fmt.Println(c.Verdict, c.Case.Title)
		}
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: pass a session may rest for almost five minutes
}
