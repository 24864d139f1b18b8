package suite_test

import (
	"context"
	"fmt"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/conformance/cases"
)

// The suite is asked of go-smtp's own server: see TestServer for how it becomes part
// of the server's tests.
func Example() {
	target, stop := start()
	defer stop()
	list, err := conformance.Select(cases.All(), []string{"rfc5321/4.5.1/postmaster", "rfc5321/4.5.2/dot-stuffing"}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := conformance.Run(context.Background(), target, list, conformance.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range result.Cases {
		fmt.Println(c.Verdict, c.Case.ID)
		for _, f := range c.Findings {
			fmt.Println("  wanted", f.Want)
			fmt.Println("  saw   ", f.Got)
		}
	}
	// Output:
	// fail rfc5321/4.5.1/postmaster
	//   wanted 25z to RCPT TO:<Postmaster>
	//   saw    501 5.5.2 Was expecting RCPT arg syntax of TO:<address>
	// pass rfc5321/4.5.2/dot-stuffing
}
