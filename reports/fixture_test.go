package reports_test

import (
	"fmt"
	"time"

	"github.com/mailsim/mailsim/reports"
)

var start = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// event returns an event at a time after the start.
func event(at time.Duration, node, kind string, e reports.Event) reports.Event {
	e.At, e.Node, e.Kind = start.Add(at), node, kind
	return e
}

// fallback is a story in which one expectation fails, one is skipped and one warns.
func fallback() reports.Report {
	const ms = time.Millisecond
	events := []reports.Event{
		event(10*ms, "out", "session.open", reports.Event{Peer: "client", Session: "out-1"}),
		event(51*ms, "out", "mail.accepted", reports.Event{
			Mail: "second", From: "alice@example.net", To: "bob@example.org",
			Reply: "250 2.0.0 queued as out-1", With: "ESMTP", ID: "out-1", Session: "out-1",
		}),
		event(52*ms, "out", "mail.attempt", reports.Event{Mail: "second", To: "bob@example.org", Peer: "mx1", Attempt: 1}),
		event(62*ms, "mx1", "mail.refused", reports.Event{
			Mail: "second", From: "alice@example.net", To: "bob@example.org", Peer: "out",
			Reply: "451 4.3.0 try later", Detail: "rcpt", With: "ESMTP", Session: "mx1-1",
		}),
		event(72*ms, "out", "mail.deferred", reports.Event{
			Mail: "second", From: "alice@example.net", To: "bob@example.org", Peer: "mx1",
			Reply: "451 4.3.0 try later", Attempt: 1, Detail: "next try in 30m",
		}),
	}
	return reports.Report{
		Kind: "scenario", Name: "mx-fallback", File: "scenarios/examples/mx-fallback.yaml", Seed: 1,
		About:  "Mail goes to the most preferred MX that answers, and waits in the queue while none does.",
		Covers: []string{"RFC5321#5.1", "RFC5321#4.5.4.1"},
		Start:  start, Elapsed: 26*time.Hour + 72*ms, Verdict: reports.Fail,
		Groups: []reports.Group{
			{Name: "the preferred MX takes the mail", Checks: []reports.Check{
				{Name: "send first via out from alice@example.net to bob@example.org", Verdict: reports.Pass, Took: 41 * ms, Where: "mx-fallback.yaml:27:5"},
				{Name: "expect route first is [out, mx1, store]", Verdict: reports.Pass, At: 41 * ms, Refs: []string{"RFC5321#5.1"}},
			}},
			{Name: "mx1 refuses connections, so mx2 takes it", Checks: []reports.Check{
				{Name: "expect reply at dot is 250", Verdict: reports.Warn, At: 72 * ms, Want: "250", Got: "250-2.0.0 queued\n250 2.0.0 as out-1"},
				{
					Name: "expect route second is [out, mx2, store] within 1m", Where: "mx-fallback.yaml:34:5",
					Refs: []string{"RFC5321#5.1", "RFC5321#4.5.4.1"}, Verdict: reports.Fail, At: 26 * time.Hour, Took: time.Minute,
					Want: "out, mx2, store", Got: "out\nin the queue of out:\n  second for bob@example.org, last told at 09:00:00.072 by mx1: 451 4.3.0 try later, next try in 30m",
					Route: []string{
						"out: bob@example.org",
						"  decided by  the MX records of example.org (RFC 5321 5.1)",
						"  asked       MX example.org: 10 mx1.example.org, 20 mx2.example.org, 30 a-host-with-a-long-name.example.org [from the cache, 4m left]",
						"              A mx1.example.org: 192.0.2.10 [TTL 5m]",
						"  tries        1  mx1.example.org 192.0.2.10:25, preference 10, node mx1",
						"               2  mx2.example.org 192.0.2.20:25, preference 20, node mx2: node mx2 is down",
					},
					Trace: events,
					Ladder: &reports.Ladder{Columns: []string{"client", "out", "mx1", "mx2"}, Rungs: []reports.Rung{
						{At: 51 * ms, From: "client", To: "out", Text: "second"},
						{At: 62 * ms, From: "out", To: "mx1", Text: "second"},
						{At: 72 * ms, From: "mx1", To: "out", Text: "451 4.3.0 try later, this host is not taking mail at the moment", Bad: true},
						{At: 72 * ms, From: "out", Text: "deferred"},
						{At: 73 * ms, From: "out", To: "mx2", Text: "second", Bad: true},
					}},
				},
			}},
			{Name: "invariants", Checks: []reports.Check{
				{Name: "lost", Verdict: reports.Pass, At: 26 * time.Hour},
				{Name: "duplicates", Verdict: reports.Skip, At: 26 * time.Hour, Reason: "waived by the scenario"},
			}},
		},
		Events: reports.EventList(events...),
		Tables: []reports.Table{{
			Title: "latency", Header: []string{"to", "p50", "p99"},
			Rows: [][]string{{"mx1", "12ms", "40ms"}, {"store.example.org", "3ms", "101ms"}},
		}},
	}
}

// relays is a chain of n nodes that a mail went along, and its bounce.
func relays(n int) reports.Report {
	l := &reports.Ladder{}
	for i := range n {
		l.Columns = append(l.Columns, fmt.Sprintf("relay%d", i+1))
	}
	for i := range n - 1 {
		l.Rungs = append(l.Rungs, reports.Rung{At: time.Duration(i+1) * 20 * time.Millisecond, From: l.Columns[i], To: l.Columns[i+1], Text: "letter"})
	}
	last := time.Duration(n) * 20 * time.Millisecond
	l.Rungs = append(
		l.Rungs,
		reports.Rung{At: last, From: l.Columns[n-1], Text: "no such mailbox", Bad: true},
		reports.Rung{At: last, From: l.Columns[n-1], To: l.Columns[0], Text: "bounce"},
	)
	return reports.Report{
		Kind: "scenario", Name: "relays", Start: start, Elapsed: last, Verdict: reports.Fail,
		Groups: []reports.Group{{Checks: []reports.Check{{
			Name: "expect mailbox bob@example.org has letter", Verdict: reports.Fail, At: last,
			Want: "letter", Got: "nothing", Ladder: l,
		}}}},
	}
}

// hostile is what a malicious peer would like us to print.
func hostile() reports.Report {
	const evil = "\x1b]0;owned\x07\x1b[2J\r\nok  all is well\x00\u202ereversed\u009b31m\xff<]]>&\"'"
	return reports.Report{
		Kind: evil, Name: evil, About: evil, Covers: []string{evil}, File: evil, Start: start, Verdict: reports.Error,
		Groups: []reports.Group{{Name: evil, Checks: []reports.Check{
			{
				Name: evil, ID: evil, Where: evil, Refs: []string{evil}, Verdict: reports.Error, Want: evil, Got: evil, Reason: evil,
				Route: []string{evil},
				Trace: []reports.Event{event(0, evil, evil, reports.Event{
					Mail: evil, Peer: evil, From: evil, To: evil, Reply: evil, Detail: evil, ID: evil, Session: evil, With: evil,
				})},
				Ladder: &reports.Ladder{Columns: []string{evil}, Rungs: []reports.Rung{
					{From: evil, To: "b", Text: evil}, {From: evil, Text: evil}, {To: "b", Text: evil, Bad: true},
				}},
			},
			{Name: evil, Verdict: reports.Skip, Reason: evil},
			{Name: evil, Verdict: reports.Warn, Want: evil},
			{Name: evil, Verdict: "\x1bunheard of"},
		}}},
		Tables: []reports.Table{{Title: evil, Header: []string{evil}, Rows: [][]string{{evil, evil}, {}}}},
		Events: reports.EventList(event(0, evil, evil, reports.Event{Mail: evil})),
	}
}

// calm is a report in which nothing is wrong.
func calm() reports.Report {
	return reports.Report{
		Kind: "scenario", Name: "calm", Seed: 7, Start: start, Elapsed: 5 * 24 * time.Hour, Verdict: reports.Pass,
		Groups: []reports.Group{{Name: "a day", Checks: []reports.Check{
			{Name: "wait 5d", Verdict: reports.Pass, Took: 5 * 24 * time.Hour, At: 5 * 24 * time.Hour},
		}}},
	}
}

func run(rs ...reports.Report) reports.Run {
	return reports.Run{Tool: "mailsim", Version: "v1.0.0", Reports: rs}
}
