package reports_test

import (
	"fmt"
	"strings"
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
				Route: []string{evil}, Level: evil, Threat: evil, Notes: []string{evil}, Transcript: []string{evil, "````", "```evil"}, Tries: 2,
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

// hostileServer is the same from a server under test.
func hostileServer() reports.Report {
	r := hostile()
	r.Kind = reports.KindConform
	checks := r.Groups[0].Checks
	failed := checks[0]
	failed.Verdict, failed.Ladder, failed.Trace, failed.Route = reports.Fail, nil, nil, nil
	failed.Got += " <img src=x onerror=alert(1)> `` ``` | [a](http://evil.test) @all"
	r.Groups[0].Checks = append(r.Groups[0].Checks, failed)
	r.Tables[0].Rows = append(r.Tables[0].Rows, []string{"`|`<b>", "<script>"})
	return r
}

// server is what a conformance run says of a server with all kinds of results.
func server() reports.Report {
	const ms = time.Millisecond
	session := []string{"-- connected", "S: 220 mx.local.test ESMTP", "C: EHLO probe.mailsim.test", "S: 250 mx.local.test"}
	long := append([]string(nil), session...)
	long = append(long, "2.S: 250-mx.local.test", "2.S: 250-SIZE", "2.S: 250-8BITMIME", "2.S: 250-DSN", "2.S: 250 CHUNKING", "C: "+strings.Repeat("x", 1000)+" (no CRLF)")
	for i := range 30 {
		long = append(long, fmt.Sprintf("C: RCPT TO:<user%d@local.test>", i), "S: 250 2.1.5 ok")
	}
	return reports.Report{
		Kind: reports.KindConform, Name: "smtp://127.0.0.1:2525", About: "profile mx; it greets with \"mx.local.test ESMTP\"",
		Start: start, Elapsed: 2*time.Second + 340*ms, Verdict: reports.Fail,
		Groups: []reports.Group{
			{Name: "rfc5321/4.1.1.1", Checks: []reports.Check{
				{
					Name: "EHLO is answered with 250", ID: "rfc5321/4.1.1.1/ehlo", Verdict: reports.Pass, At: 2 * ms, Took: ms, Level: "MUST",
					Refs: []string{"RFC 5321 4.1.1.1", "R5321-4.1.1.1-a"}, Tries: 1, Transcript: session, Notes: []string{"it greets by name"},
				},
				{
					Name: "EHLO without a name is refused", ID: "rfc5321/4.1.1.1/no-name", Verdict: reports.Warn, At: 3 * ms, Level: "SHOULD",
					Refs: []string{"RFC 5321 4.1.1.1", "R5321-4.1.1.1-b"}, Tries: 1, Want: "501 to EHLO", Got: "250 mx.local.test", Transcript: session,
				},
			}},
			{Name: "rfc5321/4.5.3.1.8", Checks: []reports.Check{
				{
					Name: "a hundred recipients are taken", ID: "rfc5321/4.5.3.1.8/hundred", Verdict: reports.Fail, At: 40 * ms, Took: 20 * ms, Level: "MUST",
					Refs: []string{"RFC 5321 4.5.3.1.8", "R5321-4.5.3.1.8-a", "R5321-4.5.3.1.8-b"}, Tries: 2,
					Want: "R5321-4.5.3.1.8-a: 250 to each RCPT\nR5321-4.5.3.1.8-b: 250 to the end of data",
					Got:  "R5321-4.5.3.1.8-a: 452 too many recipients\nR5321-4.5.3.1.8-b: 554 no recipients", Transcript: long,
				},
			}},
			{Name: "rfc3461/5.1", Checks: []reports.Check{
				{Name: "NOTIFY=NEVER is taken", ID: "rfc3461/5.1/never", Verdict: reports.Skip, Reason: "the target does not offer DSN", Level: "MUST"},
				{Name: "NOTIFY=SUCCESS is taken", ID: "rfc3461/5.1/success", Verdict: reports.Skip, Reason: "the target does not offer DSN", Level: "MUST"},
				{Name: "ENVID is taken", ID: "rfc3461/5.1/envid", Verdict: reports.Skip, Reason: "waived: we know", Level: "MUST"},
			}},
			{Name: "security/smuggling", Checks: []reports.Check{
				{
					Name: "LF dot LF does not end a message", ID: "security/smuggling/lf-dot-lf", Verdict: reports.Fail, At: 60 * ms, Level: "MUST NOT",
					Refs: []string{"RFC 5321 4.1.1.4", "SEC-SMUGGLE-IN-1"}, Tries: 1, Want: "silence", Got: "250 ok",
					Threat: "usable by an outsider: anybody can send mail in the name of your users", Notes: []string{"mailbox: two messages"}, Transcript: session,
				},
				{
					Name: "CR dot CR does not end a message", ID: "security/smuggling/cr-dot-cr", Verdict: reports.Fail, At: 61 * ms, Level: "MUST NOT",
					Refs: []string{"RFC 5321 4.1.1.4", "SEC-SMUGGLE-IN-4"}, Tries: 1, Want: "silence", Got: "250 ok", Threat: reports.Harmless, Transcript: session,
				},
				{Name: "AUTH is slowed down", ID: "security/auth/slow", Verdict: reports.Error, Reason: "250 to MAIL was needed, and got 451 later", Transcript: session},
				{Name: "a flood is borne", ID: "security/limits/flood", Verdict: reports.Error, Reason: "not asked: interrupted"},
			}},
		},
		Tables: []reports.Table{{
			Title: "rules kept, of those asked", Header: []string{"", "MUST", "SHOULD", "skipped"},
			Rows: [][]string{{"rfc5321/4.1", "1/1", "0/1", ""}, {"DSN", "", "", "3"}, {"total", "1/4", "0/1", "3"}},
		}},
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
