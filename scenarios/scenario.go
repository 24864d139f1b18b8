// Package scenarios reads, checks and runs scripted mail flows: one YAML file
// declares zones, nodes and steps, and becomes a report.
package scenarios

import (
	"fmt"
	"time"

	"github.com/mailsim/mailsim/sim"
)

// Pos is a place in a file; lines and columns count from 1.
type Pos struct {
	File         string
	Line, Column int
}

// String returns "file:line:column".
func (p Pos) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// Scenario is one file with its fragments read, its parameters substituted and
// every reference in it checked: pure data. A matrix gives one Scenario for
// each combination.
type Scenario struct {
	File    string   // as given
	Name    string   // with a matrix: "name[ext=DSN,tls=none]"
	About   string   //
	Covers  []string // RFC5321#5.1, requirement ids
	Params  map[string]string
	Seed    uint64    // default 1
	Wall    bool      // clock: wall
	Start   time.Time // of the virtual clock; default DefaultStart
	Zones   []Zone    // fragments first
	Network Links
	Nodes   []Node // fragments first, in the order of the files; like is resolved
	Steps   []Step // groups are expanded where do names them
	Waive   []string
}

// Zone is zone-file text and where it begins, so that its line numbers are the file's.
type Zone struct {
	Pos  Pos
	Text string
}

// Links is what the `network` key says of every link, and of single ones.
type Links struct {
	Latency time.Duration
	Jitter  time.Duration
	Loss    float64 // 0 to 1
	Links   []Link
}

// Link is one direction between two nodes.
type Link struct {
	Pos      Pos
	From, To string // node names
	Latency  time.Duration
	Jitter   time.Duration
	Loss     float64
	Cut      bool
}

// Node is one declared node, ready for the engine, and its place. Role
// "external" is parsed and refused until the issue that brings it.
type Node struct {
	Pos    Pos
	Config sim.NodeConfig
}

// Step is one verb of the story.
type Step struct {
	Pos  Pos
	Verb string
	Do   Action
}

// Action is what a step does: one of the pointer types *Phase, *Send, *Reply, *Expect
// (expect and never), *Fault, *Clear, *DNS, *Wait, *Power (stop and start),
// *LinkChange (link) and *Load.
type Action interface {
	// String says in one line what the step does, for reports.
	String() string
}

// Options says what Parse may replace.
type Options struct {
	Params map[string]string // -p name=value
	Seed   uint64            // not 0: instead of the file's
}
