package scenarios_test

import (
	"fmt"
	"testing/fstest"

	"github.com/mailsim/mailsim/scenarios"
)

// All that is wrong is found in one go, each at its place.
func ExampleParseFS() {
	files := fstest.MapFS{"hello.yaml": {Data: []byte(`scenario: hello
nodes:
  out: {role: msa, auth: none, next: mx}
  mx:  {role: mda, mailboxs: [bob@example.org]}
steps:
  - send:   {mail: hello, via: otu, from: alice@example.net, to: bob@example.org}
  - expect: {queue: mx, has: helo, within: 1 hour}
`)}}
	_, err := scenarios.ParseFS(files, "hello.yaml", scenarios.Options{})
	fmt.Println(err)
	// Output:
	// hello.yaml:4:20: unknown key "mailboxs" in a node (did you mean "mailboxes"?)
	// hello.yaml:6:32: unknown node "otu" (did you mean "out"?)
	// hello.yaml:7:30: unknown mail "helo" (did you mean "hello"?)
	// hello.yaml:7:44: "1 hour" is no duration: write 30s, 10m, 1h30m or 5d
}

func ExampleParseFS_examples() {
	list, err := scenarios.ParseFS(scenarios.Examples(), "routing/mx-fallback.yaml", scenarios.Options{Params: map[string]string{"retry": "15m"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	s := list[0]
	fmt.Println(s.Name, "has", len(s.Nodes), "nodes and", len(s.Steps), "steps; the last:")
	fmt.Println(s.Steps[len(s.Steps)-1].Do)
	// Output:
	// mx-fallback has 4 nodes and 19 steps; the last:
	// expect event mail.attempt, node out, mail third, count 4
}
