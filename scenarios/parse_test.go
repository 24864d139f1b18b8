package scenarios

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/sim"
)

// network is the smallest one that mail passes.
const network = `
nodes:
  out: {role: msa, auth: none}
  mx: {role: mda, host: mx.example.org, mailboxes: [bob@example.org, "*@all.example.org"]}
`

// parseText parses scenario text with files beside it.
func parseText(t *testing.T, text string, opts Options, files map[string]string) ([]*Scenario, error) {
	t.Helper()
	fsys := fstest.MapFS{"s.yaml": {Data: []byte(text)}}
	for name, data := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(data)}
	}
	return ParseFS(fsys, "s.yaml", opts)
}

// mustParse is parseText for what must be one scenario without errors.
func mustParse(t *testing.T, text string, opts Options, files map[string]string) *Scenario {
	t.Helper()
	list, err := parseText(t, text, opts, files)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 1 {
		t.Fatalf("%d scenarios, want 1", len(list))
	}
	return list[0]
}

// messages are the errors without the name of the file.
func messages(err error) []string {
	var list Errors
	if !errors.As(err, &list) {
		if err == nil {
			return nil
		}
		return []string{"no Errors: " + err.Error()}
	}
	var out []string
	for _, e := range list {
		out = append(out, strings.TrimPrefix(e.Error(), "s.yaml:"))
	}
	return out
}

func TestExamplesParse(t *testing.T) {
	all := ExampleList()
	if len(all) < 21 {
		t.Errorf("%d examples, want at least 21", len(all))
	}
	seen := map[string]string{}
	for _, e := range all {
		if other, ok := seen[e.Name]; ok {
			t.Errorf("%s and %s have one name", other, e.File())
		}
		seen[e.Name] = e.File()
		t.Run(e.Name, func(t *testing.T) {
			list, err := ParseFS(Examples(), e.File(), Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range list {
				if base, _, _ := strings.Cut(s.Name, "["); base != e.Name {
					t.Errorf("scenario %s in the file %s", s.Name, e.File())
				}
				if s.About == "" || len(s.Covers) == 0 {
					t.Error("an example has about and covers")
				}
				for _, st := range s.Steps {
					if st.Do.String() == "" {
						t.Errorf("%s: a step without a text", st.Pos)
					}
				}
			}
		})
	}
}

func TestParseDefaults(t *testing.T) {
	s := mustParse(t, "scenario: x\nnodes:\n  out: {role: msa}\n", Options{}, nil)
	want := &Scenario{
		File: "s.yaml", Name: "x", Seed: 1, Start: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC),
		Params: map[string]string{}, Steps: []Step{},
		Nodes: []Node{{Pos: Pos{"s.yaml", 3, 3}, Config: sim.NodeConfig{Name: "out", Role: sim.MSA, Host: "out", AuthRequired: true}}},
	}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("scenario (-want +got):\n%s", diff)
	}
}

func TestParseSteps(t *testing.T) {
	text := func(s string) *Pattern { return &Pattern{Text: s} }
	tests := []struct {
		step string
		want []Action
	}{
		{"phase: one", []Action{&Phase{"one"}}},
		{"wait: 1d12h", []Action{&Wait{For: 36 * time.Hour}}},
		{"wait: quiet", []Action{&Wait{Quiet: true}}},
		{"stop: mx", []Action{&Power{Nodes: []string{"mx"}}}},
		{"start: [mx, out]", []Action{&Power{On: true, Nodes: []string{"mx", "out"}}}},
		{
			"send: {mail: n, via: out, from: <>, to: bob@example.org, every: 1s, count: 2}",
			[]Action{&Send{Mail: "n", Via: "out", To: []string{"bob@example.org"}, Count: 2, Numbered: true, Every: time.Second}},
		},
		{
			"send: {mail: n, via: out, from: a@b.c, to: [bob@example.org], headers: {X: [1, 2], Date: absent}, options: {smtputf8: true, NOTIFY: 'success, Delay', size: 1KiB, REQUIRETLS: false}, body: hi}",
			[]Action{&Send{
				Mail: "n", Via: "out", From: "a@b.c", To: []string{"bob@example.org"}, Count: 1, Body: Body{Text: "hi"},
				Headers: []HeaderValue{{Name: "X", Value: "1"}, {Name: "X", Value: "2"}, {Name: "Date", Absent: true}},
				Options: map[string][]string{"SMTPUTF8": {}, "NOTIFY": {"SUCCESS", "DELAY"}, "SIZE": {"1024"}},
			}},
		},
		{
			"expect: {event: mail.attempt, node: out, count: 2.., attempt: ..4, from: ''}",
			[]Action{&Expect{Event: &EventCheck{Event: Pattern{Text: "mail.attempt"}, Node: text("out"), From: text(""), Count: &Count{2, -1}, Attempt: &Count{0, 4}}}},
		},
		{
			"expect: {node: mx, connections: 0, within: end}",
			[]Action{&Expect{AtEnd: true, Node: &NodeCheck{Node: "mx", Connections: &Count{0, 0}}}},
		},
		{
			"never: {mailbox: nobody@example.org, for: 1h, headers: {Subject: absent}}",
			[]Action{&Expect{Never: true, For: time.Hour, Mailbox: &MailboxCheck{
				Address: "nobody@example.org", Headers: []HeaderCheck{{Name: "Subject", Is: []Pattern{{Text: "absent", Absent: true}}}},
			}}},
		},
		{
			"fault: {name: f, node: mx, at: connect, reply: 554, chance: 25%, match: {to: x}}",
			[]Action{&Fault{sim.Fault{Name: "f", Node: "mx", At: sim.AtBanner, Reply: "554", Chance: 0.25, Match: map[string]sim.Matcher{"to": Pattern{Text: "x"}}}}},
		},
		{
			"dns: {add: [a.test. A 192.0.2.1, b.test. A 192.0.2.2]}",
			[]Action{&DNS{Add: "a.test. A 192.0.2.1"}, &DNS{Add: "b.test. A 192.0.2.2"}},
		},
		{"dns: {remove: a.test. MX}", []Action{&DNS{Remove: "a.test. MX"}}},
		{"dns: {fail: timeout, name: a.test, type: mx, for: 1m}", []Action{&DNS{Fail: "timeout", Name: "a.test.", Type: "MX", For: time.Minute}}},
		{
			"load: {via: out, from: '', to: bob@example.org, rate: [0/s, 10/s over 2s, 60/m for 1m], keep: failures < 1%}",
			[]Action{&Load{
				Name: "load", Via: "out", To: []string{"bob@example.org"},
				Rate: []RateStage{{}, {Rate: 10, Over: 2 * time.Second}, {Rate: 1, For: time.Minute}},
				Keep: []Threshold{{Text: "failures < 1%", Metric: "failures", Op: "<", Value: 0.01}},
			}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.step, func(t *testing.T) {
			s := mustParse(t, "scenario: x"+network+"steps:\n  - "+tt.step+"\n", Options{}, nil)
			var got []Action
			for _, st := range s.Steps {
				got = append(got, st.Do)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("actions (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseReplyPattern(t *testing.T) {
	s := mustParse(t, "scenario: x"+network+`steps:
  - send: {mail: a, via: out, from: "", to: bob@example.org}
  - reply: {at: dot, is: 250}
  - reply: {at: dot, is: 250 2.0.0 ok}
`, Options{}, nil)
	code, whole := s.Steps[1].Do.(*Reply).Is, s.Steps[2].Do.(*Reply).Is
	for _, tt := range []struct {
		p     Pattern
		reply string
		want  bool
	}{
		{code, "250 2.0.0 ok", true},
		{code, "250", true},
		{code, "2500", false},
		{code, "251 ok", false},
		{whole, "250 2.0.0 ok", true},
		{whole, "250 2.0.0 okay", false},
	} {
		if got := tt.p.Match(tt.reply); got != tt.want {
			t.Errorf("%s on %q = %t", tt.p.Text, tt.reply, got)
		}
	}
}

func TestParseMua(t *testing.T) {
	for tls, want := range map[string]sim.TLSClient{"none": sim.ClientPlain, "offered": sim.ClientStartTLS, "required": sim.ClientStartTLS, "implicit": sim.ClientImplicit} {
		s := mustParse(t, `scenario: x
nodes:
  alice: {role: mua, submit: out, user: alice, password: "007"}
  out: {role: msa, tls: `+tls+`}
steps:
  - send: {mail: a, via: alice, from: "", to: bob@example.org}
`, Options{}, nil)
		auth := &sim.Auth{User: "alice", Password: "007", Mechanism: "PLAIN"}
		if diff := cmp.Diff(&sim.Submit{Via: "out", Auth: auth, TLS: want}, s.Nodes[0].Config.Submit); diff != "" {
			t.Errorf("%s: submit (-want +got):\n%s", tls, diff)
		}
		send := s.Steps[0].Do.(*Send)
		if diff := cmp.Diff(auth, send.Auth); diff != "" || send.TLS != want {
			t.Errorf("%s: send has tls %s, auth (-want +got):\n%s", tls, send.TLS, diff)
		}
	}
}

func TestParseFiles(t *testing.T) {
	text := "scenario: x" + network + `steps:
  - send: {mail: a, via: out, from: "", to: bob@example.org, body: {file: mails/a.txt}, attach: [mails/x.pdf, {file: mails/x.pdf, name: y, type: a/b}]}
`
	s := mustParse(t, text, Options{}, map[string]string{"mails/a.txt": "Subject: x\n\ny\n", "mails/x.pdf": "pdf"})
	got := s.Steps[0].Do.(*Send)
	if diff := cmp.Diff(Body{File: "mails/a.txt", Data: []byte("Subject: x\n\ny\n")}, got.Body); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Attachment{{Name: "x.pdf", Type: "application/pdf", Data: []byte("pdf")}, {Name: "y", Type: "a/b", Data: []byte("pdf")}}, got.Attach); diff != "" {
		t.Errorf("attachments (-want +got):\n%s", diff)
	}
}

func TestParseFileErrors(t *testing.T) {
	_, err := Parse("testdata/missing.yaml", Options{})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Parse of a missing file gives %v", err)
	}
	if _, err := Parse("testdata", Options{}); err == nil {
		t.Error("Parse of a directory gives no error")
	}
	_, err = parseText(t, "scenario: x\nuse: [../other.yaml, /etc/passwd]\n", Options{}, nil)
	want := []string{
		"2:7: use: ../other.yaml is outside of the scenarios",
		"2:22: use: /etc/passwd is outside of the scenarios",
	}
	if diff := cmp.Diff(want, messages(err)); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}

func TestLimits(t *testing.T) {
	many := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	tests := []struct{ name, text, want string }{
		{"size", "scenario: x\n" + strings.Repeat("# comment\n", 1_000_001), "1:1: the file is larger than 10 MB, the limit"},
		{"nodes", "scenario: x\nnodes:\n" + many(100_001, "  n%d: {role: mta}\n"), "100003:3: more than 100000 keys in one mapping, the limit (nodes too)"},
		{"flow", "a: " + strings.Repeat("[", 500), "1:103: nested more than 100 deep, the limit"},
		{"dashes", strings.Repeat("- ", 500) + "x\n", "1:201: nested more than 100 deep, the limit"},
		{"combinations", "scenario: x\nmatrix: {a: [" + many(40, "%d,") + "], b: [" + many(40, "%d,") + "]}\n", "2:127: the matrix has more than 1000 combinations, the limit"},
		{"steps", "scenario: x\ngroups:\n  a: [" + strings.Repeat("{do: b},", 400) + "]\n  b: [" + strings.Repeat("{wait: 1s},", 400) + "]\nsteps: [{do: a}]\n", "4:7: more than 100000 steps with those of the groups, the limit"},
		{"params", "scenario: ${z}\nparams:\n  a: " + strings.Repeat("x", 1000) + "\n" + doubling("ab", "cd", "ef", "gh", "ij", "kl", "mn", "z"), "8:7: the text is longer than 10000000 octets with its params, the limit"},
		{"text", "a: \x00", "1:4: the file is not UTF-8 text"},
		{"encoding", "a: \xff", "1:4: the file is not UTF-8 text"},
		{"empty", "# nothing\n", "1:1: the file is empty"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parseText(t, tt.text, Options{}, nil)
			got := messages(err)
			if len(got) != 1 || got[0] != tt.want {
				t.Errorf("errors %.300q, want only %q", got, tt.want)
			}
		})
	}
}

// doubling makes params of which each is the one before eight times.
func doubling(names ...string) string {
	var b strings.Builder
	last := "a"
	for _, n := range names {
		fmt.Fprintf(&b, "  %s: %s\n", n, strings.Repeat("${"+last+"}", 8))
		last = n
	}
	return b.String()
}

func FuzzParse(f *testing.F) {
	for _, e := range ExampleList() {
		data, err := fs.ReadFile(Examples(), e.File())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	f.Add("a: {b: [*c, &d x, !!e f]}\n? g\n: h\n<<: i\n")
	f.Add("scenario: ${a}\nparams: {a: \"${b}\", b: \"$${\"}\nmatrix: {c: [1, 2]}\n")
	f.Add("scenario: x\nnodes: {a: {like: b}, b: {like: a}}\ngroups: {g: [{do: g}]}\nsteps: [{do: g}]\n")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := ParseFS(fstest.MapFS{"s.yaml": {Data: []byte(text)}}, "s.yaml", Options{})
		var errs Errors
		switch {
		case err == nil:
			for _, s := range list {
				for _, st := range s.Steps {
					_ = st.Do.String()
				}
			}
		case !errors.As(err, &errs):
			t.Fatalf("not of type Errors: %v", err)
		default:
			for _, e := range errs {
				if e.Line < 1 || e.Column < 1 || e.File == "" || e.Msg == "" {
					t.Errorf("an error without a place: %+v", e)
				}
			}
		}
	})
}
