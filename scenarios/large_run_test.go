package scenarios_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/mailsim/mailsim/reports"
	"github.com/mailsim/mailsim/scenarios"
)

// largeStory sends a mail of some size and an attachment over three hops, and looks
// at it in the mailbox.
const largeStory = `
scenario: large
nodes:
  out: {role: msa, auth: none, next: mx}
  mx: {role: mta, domains: [example.org], next: store}
  store: {role: mda, protocol: lmtp, mailboxes: [bob@example.org]}
steps:
  - send:
      mail: film
      via: out
      from: alice@example.net
      to: bob@example.org
      headers: {Subject: A film}
      body: {size: %dMB}
      attach: [{name: film.bin, size: %dMB}]
  - reply: {at: dot, is: 250}
  - expect: {route: film, is: [out, mx, store], within: 1h}
  - expect: {mailbox: bob@example.org, has: film, headers: {Subject: A film, Return-Path: <alice@example.net>, Delivered-To: bob@example.org}}
  - expect: {mailbox: bob@example.org, has: film, body: [/multipart/, "/queue/"]}
`

// TestLargeMailStory: a run needs no memory of the size of its mails, and tells the
// same whenever it is run.
func TestLargeMailStory(t *testing.T) {
	play := func(size int) (rep reports.Report, allocated uint64) {
		s, err := scenarios.ParseBytes("large.yaml", fmt.Appendf(nil, largeStory, size, size), scenarios.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		rep = scenarios.Run(s[0], scenarios.RunOptions{})
		runtime.ReadMemStats(&after)
		if rep.Verdict != reports.Pass {
			t.Fatalf("%d MB: %s %+v", size, rep.Verdict, rep.Groups)
		}
		return rep, after.TotalAlloc - before.TotalAlloc
	}
	first, small := play(5)
	if !raceDetector { // which makes pools forget on purpose
		_, large := play(50)
		t.Logf("10 MB: %d KiB allocated, 100 MB: %d KiB", small>>10, large>>10)
		if large > small+8<<20 || large > 64<<20 {
			t.Errorf("100 MB allocated %d octets, 10 MB %d", large, small)
		}
	}
	again, _ := play(5)
	if d := difference(jsonOf(first), jsonOf(again)); d != "" {
		t.Errorf("the same story gives another report: %s", d)
	}
}
