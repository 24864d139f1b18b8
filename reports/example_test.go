package reports_test

import (
	"fmt"
	"os"
	"time"

	"github.com/mailsim/mailsim/reports"
)

// A kind of run turns itself into reports, and any format writes them.
func Example() {
	run := reports.Run{Tool: "mailsim", Version: "v1.0.0", Reports: []reports.Report{{
		Kind: "scenario", Name: "greylisting", Elapsed: 30 * time.Minute, Verdict: reports.Pass,
		Groups: []reports.Group{{Name: "the first try is put off", Checks: []reports.Check{
			{Name: "send hello via out", Verdict: reports.Pass},
			{Name: "expect mailbox bob@example.org has hello within 1h", Verdict: reports.Pass, At: 30 * time.Minute},
		}}},
	}}}
	if err := (reports.Text{}).Write(os.Stdout, run); err != nil {
		fmt.Println(err)
	}
	// Output:
	// scenario greylisting
	//
	//   the first try is put off
	//     ok        0s  send hello via out
	//     ok       30m  expect mailbox bob@example.org has hello within 1h
	//
	// ok greylisting: 2 passed in 30m
	//
	// 1 scenario: 1 passed; 2 checks: 2 passed; 30m simulated
}

func ExampleLadder_Text() {
	l := reports.Ladder{Columns: []string{"alice", "relay", "store"}, Rungs: []reports.Rung{
		{At: 20 * time.Millisecond, From: "alice", To: "relay", Text: "plan"},
		{At: 40 * time.Millisecond, From: "relay", To: "store", Text: "plan"},
		{At: 60 * time.Millisecond, From: "store", To: "relay", Text: "552 5.2.2 mailbox full", Bad: true},
		{At: 60 * time.Millisecond, From: "relay", Text: "bounced"},
	}}
	fmt.Print("the plan:\n", l.Text(72))
	// Output:
	// the plan:
	//                alice       relay                         store
	//                  |           |                             |
	// 00:00:00.020     |-- plan -->|                             |
	// 00:00:00.040     |           |----------- plan ----------->|
	// 00:00:00.060     |           |X- 552 5.2.2 mailbox full ---|
	// 00:00:00.060     |           * bounced                     |
}

func ExampleFormats() {
	for _, f := range reports.Formats() {
		fmt.Println(f.Name)
	}
	// Output:
	// json
	// junit
	// markdown
	// text
}

func ExampleWorst() {
	fmt.Println(reports.Worst(reports.Pass, reports.Fail, reports.Skip))
	// Output: fail
}
