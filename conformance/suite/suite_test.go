package suite_test

import (
	"context"
	"testing"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/conformance/suite"
)

// This is all that a Go mail server needs to have the suite in its own tests.
func TestServer(t *testing.T) {
	target, stop := start()
	defer stop()
	suite.Test(t, target, suite.Options{Skip: known()})
}

func TestSpecs(t *testing.T) {
	gomega.RegisterFailHandler(ginkgo.Fail)
	ginkgo.RunSpecs(t, "a mail server")
}

var _ = suite.Describe("a mail server of Go", func(context.Context) conformance.Target {
	target, stop := start()
	ginkgo.DeferCleanup(stop)
	return target
}, suite.Options{Skip: append(known(), "security")})

// known are the cases that go-smtp's server breaks, and that its authors might want
// to look at one day; conformance/results tells what they say.
func known() []string {
	return nil
}
