package simtest_test

import (
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"github.com/mailsim/mailsim/fakedns"
	"github.com/mailsim/mailsim/sim"
	"github.com/mailsim/mailsim/sim/simtest"
)

// relayed runs the network of the README: a mail goes from out to mx.
func relayed(t *testing.T, then func(g *gomega.WithT, net *sim.Network)) {
	synctest.Test(t, func(t *testing.T) {
		g := gomega.NewWithT(t)
		zones := fakedns.NewWorld()
		g.Expect(zones.Load("zones", 1, "example.org. MX 10 mx.example.org.\nmx.example.org. A 192.0.2.10")).To(gomega.Succeed())
		net := sim.New(sim.Config{Resolver: func(string) sim.Resolver { return fakedns.NewResolver(zones) }})
		defer net.Stop()
		_, err := net.Add(sim.NodeConfig{Name: "out", Role: sim.MSA, Host: "out.example.net", Addrs: []netip.Addr{netip.MustParseAddr("192.0.2.1")}})
		g.Expect(err).NotTo(gomega.HaveOccurred())
		_, err = net.Add(sim.NodeConfig{Name: "mx", Role: sim.MTA, Host: "mx.example.org", Mailboxes: []string{"bob@example.org"}})
		g.Expect(err).NotTo(gomega.HaveOccurred())
		g.Expect(net.Start()).To(gomega.Succeed())
		d := net.Send(t.Context(), sim.Submission{
			Mail: "hello", Via: "out", From: "alice@example.net", To: []string{"bob@example.org"},
			Message: []byte("Subject: =?utf-8?q?gr=C3=BC=C3=9Fe?=\r\nMessage-ID: <hello@mailsim>\r\n\r\nHi.\r\n"),
		})
		g.Expect(d.Accepted()).To(gomega.BeTrue())
		time.Sleep(time.Minute)
		then(g, net)
	})
}

func TestMatchers(t *testing.T) {
	relayed(t, func(g *gomega.WithT, net *sim.Network) {
		g.Expect(net).To(simtest.HaveRoute("hello", "out", "mx"))
		box := net.Node("mx").Mailbox("bob@example.org")
		g.Expect(box).To(gomega.ContainElement(simtest.HaveHeader("subject", "grüße")))
		g.Expect(box).To(gomega.ContainElement(simtest.HaveHeader("Return-Path", gomega.ContainSubstring("alice"))))
		g.Expect(box[0]).To(simtest.HaveReceived(
			simtest.Hop{By: "MX.example.org", From: "out.example.net", With: "ESMTP"},
			simtest.Hop{By: "out.example.net"},
		))
	})
}

// Each matcher can fail, and says what there is instead.
func TestMatchersFail(t *testing.T) {
	relayed(t, func(g *gomega.WithT, net *sim.Network) {
		message := net.Node("mx").Mailbox("bob@example.org")[0]
		for _, tt := range []struct {
			matcher types.GomegaMatcher
			actual  any
			says    string
		}{
			{simtest.HaveRoute("hello", "out", "elsewhere", "mx"), net, "out -> mx"},
			{simtest.HaveRoute("other", "out", "mx"), net, "nowhere"},
			{simtest.HaveHeader("Subject", "hello"), message, "grüße"},
			{simtest.HaveHeader("X-Spam", "no"), message, "no such field"},
			{simtest.HaveReceived(simtest.Hop{By: "mx.example.org"}), message, "from out.example.net by mx.example.org with ESMTP"},
			{simtest.HaveReceived(simtest.Hop{By: "mx.example.org"}, simtest.Hop{By: "mx.example.org"}), message, "by out.example.net"},
		} {
			ok, err := tt.matcher.Match(tt.actual)
			g.Expect(err).NotTo(gomega.HaveOccurred())
			g.Expect(ok).To(gomega.BeFalse())
			if m := tt.matcher.FailureMessage(tt.actual); !strings.Contains(m, tt.says) {
				t.Errorf("the message lacks %q:\n%s", tt.says, m)
			}
		}
		for _, m := range []types.GomegaMatcher{simtest.HaveRoute("hello"), simtest.HaveHeader("Subject", "x"), simtest.HaveReceived()} {
			_, err := m.Match(42)
			g.Expect(err).To(gomega.HaveOccurred())
		}
		_, err := simtest.HaveHeader("Subject", 7).Match(message)
		g.Expect(err).To(gomega.HaveOccurred())
	})
}
