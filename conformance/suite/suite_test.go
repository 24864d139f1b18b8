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
}, suite.Options{Skip: known()})

// known are the cases that this server does not pass: go-smtp v0.25.1 breaks their
// rules, or leaves them to a backend that does more than this one.
func known() []string {
	return append(raced(),
		"rfc5321/2.3.5/postmaster-without-domain",
		"rfc5321/3.3/rcpt-before-mail",
		"rfc5321/4.1.2/control-characters",
		"rfc5321/4.1.2/parameter-form",
		"rfc5321/4.1.4/mail-before-hello",
		"rfc5321/4.1.5/private-command",
		"rfc5321/4.2.4/listed-means-there",
		"rfc5321/4.4/forged-return-path",
		"rfc5321/4.5.1/postmaster",
		"security/bdat/dots",
		"security/bdat/failed-chunk",
		"security/data/doubled-cr-before-the-end",
		"security/data/end-never-comes",
		"security/octets/control-octets-in-commands",
		"security/octets/cr-in-commands",
		"security/octets/nul-in-commands",
		"security/trace/quoted-local-parts",
	)
}
