package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/mailsim/mailsim/reports"
	"github.com/mailsim/mailsim/scenarios"
)

// scenarioOptions are the flags of every verb that reads scenarios.
type scenarioOptions struct {
	params []string
	seed   uint64
}

func (o *scenarioOptions) register(flags *pflag.FlagSet) {
	flags.StringArrayVarP(&o.params, "param", "p", nil, "set a parameter of the scenarios: `NAME=VALUE` (may be repeated)")
	flags.Uint64Var(&o.seed, "seed", 0, "source of all chance (0: what the scenario says)")
}

// options checks the flags and turns them into those of the parser.
func (o *scenarioOptions) options() (scenarios.Options, error) {
	out := scenarios.Options{Seed: o.seed, Params: make(map[string]string)}
	for _, p := range o.params {
		name, value, ok := strings.Cut(p, "=")
		if !ok || name == "" {
			return out, fmt.Errorf("parameter %q has no form NAME=VALUE", p)
		}
		if _, twice := out.Params[name]; twice {
			return out, fmt.Errorf("parameter %q is given twice", name)
		}
		out.Params[name] = value
	}
	return out, nil
}

// load reads every scenario that args name. It tells all that is wrong in any
// of them before it returns an error.
func (p *program) load(args []string, o scenarioOptions) ([]*scenarios.Scenario, error) {
	options, err := o.options()
	if err != nil {
		return nil, err
	}
	sources, err := p.sources(args)
	if err != nil {
		return nil, err
	}
	var list []*scenarios.Scenario
	wrong := 0
	for _, s := range sources {
		found, err := s.parse(options)
		if err != nil {
			wrong++
			p.problems(err)
			continue
		}
		list = append(list, found...)
	}
	if wrong > 0 {
		return nil, &exit{code: exitUsage}
	}
	return list, nil
}

// writeProblem writes one error of a scenario.
func writeProblem(w io.Writer, e *scenarios.Error, colour bool) {
	bold, red, off := "", "", ""
	if colour {
		bold, red, off = "\x1b[1m", "\x1b[1;31m", "\x1b[0m"
	}
	place, msg, _ := strings.Cut(e.Error(), e.Pos.String())
	fmt.Fprintf(w, "%s%s%s%s\n", bold, reports.Escape(place+e.Pos.String()), off, reports.Escape(msg))
	if e.Source == "" {
		return
	}
	lines := reports.Snippet(e.Source, e.Column)
	fmt.Fprintf(w, "    %s\n    %s%s%s\n", lines[0], red, lines[1], off)
}

// completeScenarios completes files and example:NAME.
func completeScenarios(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	var out []string
	for _, n := range scenarios.ExampleNames() {
		if strings.HasPrefix(examplePrefix+n, word) {
			out = append(out, examplePrefix+n)
		}
	}
	return out, cobra.ShellCompDirectiveDefault
}
