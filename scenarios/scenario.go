// Package scenarios reads, checks and runs scripted mail flows: one YAML file
// declares zones, nodes and steps, and becomes a report.
//
// # Design of the reader
//
// A file goes through these stages, and each leaves every place what it was:
//
//	YAML -> tree (our own, small) -> params substituted -> fragments and like merged
//	-> groups expanded -> fields read by tables -> references checked
//
// The tables (nodeFields, verbs, subjects, ...) name each key, say what it is
// for, and hold the reader of its value; the JSON Schema is made from them too.
// Nothing stops at an error: what cannot be read keeps its zero value, what
// follows from an error is not reported, and the same error in several
// combinations of a matrix is reported once.
//
// Where the language leaves room, this is what holds:
//
//   - A field of a node replaces that of the fragment, or of the node that like
//     names, as a whole; only queue and limits are merged key by key. Name and
//     host are a node's own: like never copies a host, whose address would
//     collide, so that a copy without a host is named as it is itself.
//   - A param that is put into quotes counts as a number where one is wanted,
//     because ${} cannot stand in {} without quotes: {count: "${n}"}. A number
//     that is quoted without a param is text.
//   - Quotes make no difference to absent and /regexp/.
//   - A bare code in a reply, of an event too, stands for all replies with it.
//   - mail may name the notification about a mail: NAME/dsn-NODE, NAME/dsn-NODE-2.
//   - A fragment may use fragments; each is read once.
//   - A mailbox that no node holds is an error where mail is expected in it; that
//     nothing arrives can be said of any address.
//   - A dns step with several records is one step for each.
//   - A mua without tls of its own uses what its msa offers.
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
