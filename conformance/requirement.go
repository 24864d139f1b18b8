package conformance

import (
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// Requirement is one rule that can be checked. The wording is a paraphrase; the RFC decides.
type Requirement struct {
	ID        string   `yaml:"id"`        // R5321-4.5.4.1-b, SEC-DNS-3; unique and stable
	RFC       RFCs     `yaml:"rfc"`       // where it stands
	Section   string   `yaml:"section"`   // of the first RFC
	Extension string   `yaml:"extension"` // the EHLO keyword that it needs, or none
	Level     Level    `yaml:"level"`
	Role      Role     `yaml:"role"`
	Says      string   `yaml:"says"`    // the requirement in one sentence
	Observe   string   `yaml:"observe"` // what a test does and looks at
	Kind      Kind     `yaml:"kind"`
	Needs     []string `yaml:"needs"`  // what the target must have: alias, list, tls, ...
	Mutant    string   `yaml:"mutant"` // the smallest bug that a check of it must catch
}

// Binding reports whether the requirement has to be kept: MUST and MUST NOT.
func (r Requirement) Binding() bool { return r.Level == Must || r.Level == MustNot }

// Advised reports whether the requirement should be kept: SHOULD and SHOULD NOT.
func (r Requirement) Advised() bool { return r.Level == Should || r.Level == ShouldNot }

// RFCs are the numbers of the RFCs that a requirement stands in: one number, or a list of them.
type RFCs []int

// UnmarshalYAML reads 1870 or [5802, 7677].
func (r *RFCs) UnmarshalYAML(n ast.Node) error {
	items := []ast.Node{n}
	if list, ok := n.(*ast.SequenceNode); ok {
		items = list.Values
	}
	*r = nil
	for _, item := range items {
		number, err := strconv.Atoi(item.GetToken().Value)
		if err != nil || number < 1 {
			return wrong(item.GetToken(), "want the number of an RFC")
		}
		*r = append(*r, number)
	}
	return nil
}

// String returns "RFC 5802, RFC 7677".
func (r RFCs) String() string {
	out := make([]string, len(r))
	for i, n := range r {
		out[i] = "RFC " + strconv.Itoa(n)
	}
	return strings.Join(out, ", ")
}

// Level is how strong a requirement is (RFC 2119).
type Level string

// The levels.
const (
	Must      Level = "MUST"
	MustNot   Level = "MUST NOT"
	Should    Level = "SHOULD"
	ShouldNot Level = "SHOULD NOT"
	May       Level = "MAY"
)

// UnmarshalYAML reads a level that there is.
func (l *Level) UnmarshalYAML(n ast.Node) error {
	return oneOf(n, l, "level", Must, MustNot, Should, ShouldNot, May)
}

// Role is who has to keep a requirement.
type Role string

// The roles.
const (
	Receiver   Role = "receiver"   // the server side of a session
	Sender     Role = "sender"     // the client side
	Relay      Role = "relay"      // seen only when a message passes through
	Delivery   Role = "delivery"   // who puts a message into a mailbox
	Originator Role = "originator" // who writes a message or a notification
	Gateway    Role = "gateway"    // who passes between SMTP and something else
	Submission Role = "submission" // who takes mail from its authors
)

// UnmarshalYAML reads a role that there is.
func (r *Role) UnmarshalYAML(n ast.Node) error {
	return oneOf(n, r, "role", Receiver, Sender, Relay, Delivery, Originator, Gateway, Submission)
}

// Kind is how a requirement can be seen from outside.
type Kind string

// The kinds.
const (
	WireServer    Kind = "wire-server"    // talk to the server
	WireClient    Kind = "wire-client"    // the server connects to a scripted next hop
	Through       Kind = "through"        // put a message in, look at what comes out
	DNS           Kind = "dns"            // routing against a fake zone
	Time          Kind = "time"           // minutes of timeout or hours of retry
	NotObservable Kind = "not-observable" // only the source would tell
)

// UnmarshalYAML reads a kind that there is.
func (k *Kind) UnmarshalYAML(n ast.Node) error {
	return oneOf(n, k, "kind", WireServer, WireClient, Through, DNS, Time, NotObservable)
}

func oneOf[T ~string](n ast.Node, dst *T, what string, words ...T) error {
	*dst = T(n.GetToken().Value)
	if !slices.Contains(words, *dst) {
		return wrong(n.GetToken(), "unknown "+what+" "+strconv.Quote(string(*dst)))
	}
	return nil
}

func wrong(tk *token.Token, message string) error {
	return &yaml.SyntaxError{Message: message, Token: tk}
}
