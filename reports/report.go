// Package reports is the model in which every kind of run tells its result, and
// the formats in which the result is written.
package reports

import "time"

// Verdict is how one check ended.
type Verdict string

// The verdicts, from good to bad.
const (
	Pass  Verdict = "pass"
	Skip  Verdict = "skip"  // not run, or waived; Check.Reason says why
	Warn  Verdict = "warn"  // a SHOULD is broken
	Fail  Verdict = "fail"  // an expectation, a MUST or a threshold is broken
	Error Verdict = "error" // the harness had trouble; never a judgement of the target
)

// Run is everything that one command did: the root of the JSON format.
type Run struct {
	Tool    string   `json:"tool"`    // "mailsim"
	Version string   `json:"version"` // as `mailsim version` prints it
	Reports []Report `json:"reports"` // in the order of the command line
}

// Report is the result of one scenario, suite or load.
type Report struct {
	Kind        string        `json:"kind"` // "scenario", "conform", "load"
	Name        string        `json:"name"`
	About       string        `json:"about,omitempty"`
	Covers      []string      `json:"covers,omitempty"` // rules that it is about: RFC5321#5.1
	File        string        `json:"file,omitempty"`   // as given on the command line
	Seed        uint64        `json:"seed,omitempty"`
	Start       time.Time     `json:"start"`   // on the run's clock
	Elapsed     time.Duration `json:"elapsed"` // on the run's clock, in nanoseconds
	Verdict     Verdict       `json:"verdict"` // the worst of all checks
	Interrupted bool          `json:"interrupted,omitempty"`
	Groups      []Group       `json:"groups,omitempty"` // phases of a scenario, sections of a suite
	Events      Events        `json:"events,omitzero"`  // in canonical order
	Tables      []Table       `json:"tables,omitempty"`

	// Wall is how long the run took on the real clock. It is not part of the
	// JSON, so that one seed gives one report, byte for byte.
	Wall time.Duration `json:"-"`
}

// Group is a run of checks under one heading.
type Group struct {
	Name   string  `json:"name"`
	Checks []Check `json:"checks"`
}

// Check is one step, expectation, invariant, conformance case or threshold.
type Check struct {
	Name    string        `json:"name"`            // one line: what was done or asked
	ID      string        `json:"id,omitempty"`    // stable slug, where there is one
	Where   string        `json:"where,omitempty"` // file:line:column
	Refs    []string      `json:"refs,omitempty"`  // rules: RFC5321#4.4
	Verdict Verdict       `json:"verdict"`
	At      time.Duration `json:"at"`               // when it was decided, since Report.Start
	Took    time.Duration `json:"took"`             // on the run's clock
	Want    string        `json:"want,omitempty"`   // of a check that did not pass
	Got     string        `json:"got,omitempty"`    // may have several lines
	Reason  string        `json:"reason,omitempty"` // of skip and error
	Route   []string      `json:"route,omitempty"`  // where the mail in question would go then, and why: lines
	Trace   []Event       `json:"trace,omitempty"`  // what happened to it
	Ladder  *Ladder       `json:"ladder,omitempty"` // the same, hop by hop

	// Of conformance cases.
	Level      string   `json:"level,omitempty"`      // MUST, SHOULD, ...: the strongest of its rules
	Threat     string   `json:"threat,omitempty"`     // of a safety case that found something: what comes of it, or Harmless
	Notes      []string `json:"notes,omitempty"`      // what was seen besides, neither right nor wrong
	Tries      int      `json:"tries,omitempty"`      // more than 1: a dropped connection spoiled those before
	Transcript []string `json:"transcript,omitempty"` // what was said: "C: " we, "S: " the target, "-- " what happened else
}

// Harmless is the Threat of a check that failed where nobody knows what an outsider
// could do with it.
const Harmless = "not conforming; no use by an outsider is known"

// KindConform is the Kind of a report about the rules that a server keeps: a Group is
// a section of an RFC, a Check a case.
const KindConform = "conform"

// Event is one line of a trace. Its fields are those of the run's event log.
type Event struct {
	At      time.Time `json:"at"`
	Node    string    `json:"node"`
	Kind    string    `json:"kind"`
	Mail    string    `json:"mail,omitempty"`
	Peer    string    `json:"peer,omitempty"`
	From    string    `json:"from,omitempty"`
	To      string    `json:"to,omitempty"`
	Reply   string    `json:"reply,omitempty"`
	Attempt int       `json:"attempt,omitempty"`
	Detail  string    `json:"detail,omitempty"`
	ID      string    `json:"id,omitempty"`
	Session string    `json:"session,omitempty"`
	With    string    `json:"with,omitempty"`
}

// Ladder is a sequence diagram: time runs down, one column a node.
type Ladder struct {
	Columns []string `json:"columns"`
	Rungs   []Rung   `json:"rungs"`
}

// Rung is one arrow of a ladder, or a note at one column where To is empty.
type Rung struct {
	At   time.Duration `json:"at"` // since Report.Start
	From string        `json:"from"`
	To   string        `json:"to,omitempty"`
	Text string        `json:"text"`
	Bad  bool          `json:"bad,omitempty"` // refused, deferred or bounced
}

// Table is a titled grid of text, such as latency percentiles.
type Table struct {
	Title  string     `json:"title"`
	Header []string   `json:"header"`
	Rows   [][]string `json:"rows"`
}
