package scenarios

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/mailsim/mailsim/reports"
	"github.com/mailsim/mailsim/sim"
)

// proof says how the world of an example is broken, and which check sees it. It
// stands in NAME.proof beside NAME.yaml; examples/README.md is its page.
type proof struct {
	breaks  string
	replace string
	with    string
	fault   *Fault
	mutant  mutation
	fails   string

	at, replaced, failing Pos // of the proof and of what it says
}

// mutation makes a node of the scenario a mutant.
type mutation struct {
	node string
	name sim.Mutant
}

// proofFields are the keys of a proof.
func proofFields() []field[proof] {
	return []field[proof]{
		{"breaks", "what is broken, in a sentence", func(p *proof) value { return words(&p.breaks) }, true},
		{"replace", "a part of one line of the scenario, which occurs once", func(p *proof) value {
			return words(&p.replace).then(func(_ *decoder, t *tree) { p.replaced = t.pos })
		}, false},
		{"with", "what stands there instead", func(p *proof) value { return text(&p.with) }, false},
		{"mutant", "a node, and the rule that it breaks", func(p *proof) value {
			return object("mutant", []field[mutation]{
				{"node", "the node", func(m *mutation) value { return nodeName(&m.node, serverRoles()...) }, true},
				{"name", "what it does wrong", func(m *mutation) value { return mutant(&m.name) }, true},
			}, &p.mutant)
		}, false},
		{"fault", "a fault that is set before the first step", func(p *proof) value {
			p.fault = &Fault{}
			return faultVerb(p.fault)
		}, false},
		{"fails", "a part of the name or id of a check that fails then", func(p *proof) value {
			return words(&p.fails).then(func(_ *decoder, t *tree) { p.failing = t.pos })
		}, true},
	}
}

func readProof(p *proof) value {
	return object("a proof", proofFields(), p).also(func(d *decoder, t *tree) {
		p.at = t.pos
		ways := 0
		for _, k := range []string{"replace", "mutant", "fault"} {
			if t.get(k) != nil {
				ways++
			}
		}
		if ways != 1 {
			d.lacks(t, "a proof breaks one thing: it has replace, mutant or fault")
		}
		if (t.get("replace") == nil) != (t.get("with") == nil) {
			d.lacks(t, "replace and with go together")
		}
	})
}

// readProofs reads the proofs of an example, whose scenarios say which nodes
// and mails there are.
func readProofs(name string, data []byte, about []*Scenario) ([]proof, error) {
	d := &decoder{problems: newProblems(), names: namesOf(about[0])}
	var out []proof
	if root := readTree(name, data, d.problems); root != nil {
		list(&out, "proofs", readProof).read(d, root)
		for _, check := range d.later {
			check()
		}
		if len(out) == 0 && d.count == 0 {
			d.addf(root.pos, "an example has at least one proof that it can fail")
		}
	}
	return out, d.err()
}

// namesOf is what a scenario gives names to.
func namesOf(s *Scenario) names {
	n := names{roles: map[string]sim.Role{}, mails: map[string]mailName{}, faults: map[string]Pos{}, salvaged: map[string]bool{}}
	for _, node := range s.Nodes {
		n.roles[node.Config.Name] = node.Config.Role
		n.nodes = append(n.nodes, node.Config.Name)
	}
	for _, st := range s.Steps {
		mails, count := []string(nil), 0
		switch do := st.Do.(type) {
		case *Send:
			mails, count = []string{do.Mail}, do.Count
		case *Talk:
			mails = do.Mails
		}
		for _, m := range mails {
			n.mails[m] = mailName{st.Pos, count}
			n.mailList = append(n.mailList, m)
		}
	}
	return n
}

// patched is a file system in which one file is another.
type patched struct {
	fs.FS
	name string
	data []byte
}

func (p patched) Open(name string) (fs.File, error) {
	if name == p.name {
		return fstest.MapFS{name: {Data: p.data}}.Open(name)
	}
	return p.FS.Open(name)
}

// try breaks the scenario as p says, runs it, and returns nil when the check
// that p names fails in one of the combinations of its matrix.
func (p proof) try(files fs.FS, file string) error {
	fail := func(pos Pos, format string, args ...any) error {
		return &Error{Pos: pos, Msg: fmt.Sprintf(format, args...)}
	}
	data, err := fs.ReadFile(files, file)
	if err != nil {
		return err
	}
	if p.replace != "" {
		if n := strings.Count(string(data), p.replace); n != 1 {
			return fail(p.replaced, "%q occurs %d times in %s, want once", p.replace, n, file)
		}
		data = []byte(strings.Replace(string(data), p.replace, p.with, 1))
	}
	broken, err := ParseFS(patched{files, file, data}, file, Options{})
	if err != nil {
		return fail(p.at, "so changed, the scenario is wrong: %v", err)
	}
	var seen []string
	found := false
	for _, s := range broken {
		for i := range s.Nodes {
			if c := &s.Nodes[i].Config; c.Name == p.mutant.node {
				c.Mutants = append(c.Mutants[:len(c.Mutants):len(c.Mutants)], p.mutant.name)
			}
		}
		if p.fault != nil {
			s.Steps = append([]Step{{p.at, "fault", p.fault}}, s.Steps...)
		}
		for _, g := range Run(s, RunOptions{}).Groups {
			for _, c := range g.Checks {
				switch c.Verdict {
				case reports.Error:
					return fail(p.at, "so broken, %s is in error: %s: %s", s.Name, c.Name, c.Reason)
				case reports.Fail:
					seen = append(seen, strings.TrimSpace(c.ID+" "+c.Name))
					found = found || strings.Contains(c.Name, p.fails) || strings.Contains(c.ID, p.fails)
				}
			}
		}
	}
	switch {
	case found:
		return nil
	case len(seen) == 0:
		return fail(p.at, "so broken, the scenario passes all the same")
	default:
		return fail(p.failing, "so broken, no check with %q fails, but:\n  %s", p.fails, strings.Join(seen, "\n  "))
	}
}

// TestProofs: every example can fail. Each of its proofs breaks its world, and
// the check that the proof names sees it.
func TestProofs(t *testing.T) {
	for _, e := range ExampleList() {
		t.Run(e.Name, func(t *testing.T) {
			t.Parallel()
			about, err := ParseFS(Examples(), e.File(), Options{})
			if err != nil {
				t.Fatal(err)
			}
			data, err := fs.ReadFile(Examples(), e.Proof())
			if err != nil {
				t.Fatalf("%v: every example has its proof beside it, see examples/README.md", err)
			}
			all, err := readProofs(e.Proof(), data, about)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range all {
				if err := p.try(Examples(), e.File()); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// The page shows proofs that there are.
func TestProofsOnThePage(t *testing.T) {
	page, err := fs.ReadFile(Examples(), "README.md")
	if err != nil {
		t.Fatal(err)
	}
	proofs, err := fs.ReadFile(Examples(), "routing/mx-fallback.proof")
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(page), "```yaml\n")
	block, _, _ = strings.Cut(block, "```")
	shown := strings.Split(strings.TrimSpace(block), "\n\n")
	for _, entry := range shown {
		if !strings.Contains(string(proofs), entry) {
			t.Errorf("routing/mx-fallback.proof has not what the page shows of it:\n%s", entry)
		}
	}
	if len(shown) < 3 {
		t.Errorf("the page shows %d proofs, want each of the three ways", len(shown))
	}
}

// A proof without its example proves nothing.
func TestProofsHaveExamples(t *testing.T) {
	files, err := fs.Glob(Examples(), "*/*.proof")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if _, err := fs.Stat(Examples(), strings.TrimSuffix(f, ".proof")+".yaml"); err != nil {
			t.Errorf("%s has no example beside it: %v", f, err)
		}
	}
}

// What is wrong in a proof is told at its place; so is one that proves nothing.
func TestWrongProofs(t *testing.T) {
	files := fstest.MapFS{"x.yaml": {Data: []byte(`scenario: x
nodes:
  out: {role: msa, auth: none}
  mx:  {role: mda, host: mx.example.org, mailboxes: [bob@example.org]}
steps:
  - send:   {mail: hello, via: out, from: alice@example.net, to: bob@example.org}
  - expect: {mailbox: bob@example.org, has: hello, within: 1m}
`)}}
	about, err := ParseFS(files, "x.yaml", Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ proof, want string }{
		{"[]", "x.proof:1:1: an example has at least one proof"},
		{"- {breaks: a, fails: b}", "x.proof:1:3: a proof breaks one thing: it has replace, mutant or fault"},
		{"- {breaks: a, fails: b, mutant: {node: my, name: unsafe}}", `x.proof:1:40: unknown node "my" (did you mean "mx"?)`},
		{"- {breaks: a, fails: b, mutant: {node: mx, name: safe-relay}}", `x.proof:1:50: unknown mutant "safe-relay" (did you mean "unsafe-relay"?)`},
		{"- {breaks: a, fails: b, replace: x}", "x.proof:1:3: replace and with go together"},
		{"- {breaks: a, fails: b, wiht: x, replace: y, with: z}", `x.proof:1:25: unknown key "wiht" in a proof (did you mean "with"?)`},
		{"- {breaks: a, replace: x, with: y}", "x.proof:1:3: a proof needs fails"},
		{"- {breaks: a, fails: b, fault: {node: my, at: rcpt, reply: 550}}", `x.proof:1:39: unknown node "my" (did you mean "mx"?)`},
		{"- {breaks: a, fails: b, fault: {node: mx, at: rcpt, reply: 550, match: {mail: helo}}}", `x.proof:1:79: unknown mail "helo" (did you mean "hello"?)`},
		{"- {breaks: a, fails: b, replace: nothing, with: c}", `x.proof:1:34: "nothing" occurs 0 times in x.yaml, want once`},
		{"- {breaks: a, fails: b, replace: bob, with: c}", `x.proof:1:34: "bob" occurs 3 times in x.yaml, want once`},
		{"- {breaks: a, fails: b, replace: 'role: msa', with: 'role: mat'}", "x.proof:1:3: so changed, the scenario is wrong"},
		{"- {breaks: a, fails: b, replace: 'within: 1m', with: 'within: 2m'}", "x.proof:1:3: so broken, the scenario passes all the same"},
		{"- {breaks: a, fails: lost, fault: {node: mx, at: rcpt, reply: 550}}", `x.proof:1:22: so broken, no check with "lost" fails, but:` + "\n  expect mailbox bob@example.org has hello"},
		{"- {breaks: a, fails: mailbox bob, fault: {node: mx, at: rcpt, reply: 550}}", ""},
		{"- {breaks: a, fails: invariant/lost, fault: {node: mx, at: dot, do: lose}}", ""},
	} {
		all, err := readProofs("x.proof", []byte(tt.proof), about)
		if err == nil {
			err = all[0].try(files, "x.yaml")
		}
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.want)) {
			t.Errorf("%s:\n%v\nwant %q", tt.proof, err, tt.want)
		}
	}
}
