package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/mailsim/mailsim/reports"
	"github.com/mailsim/mailsim/scenarios"
	"github.com/mailsim/mailsim/sim"
)

// routeOptions are the flags of route.
type routeOptions struct {
	scenarioOptions
	from, to string
	follow   bool
	json     string
}

func (p *program) routeVerb() *cobra.Command {
	var o routeOptions
	cmd := &cobra.Command{
		Use:   "route FILE|example:NAME|- --from NODE --to ADDRESS",
		Short: "Explain where a node sends mail for an address, and why",
		Long: `Explain where a node sends mail for an address, and why: what decides (a route, the smart host,
a literal, MX records), each question to the DNS and its answer, the hosts and addresses in the
order of the tries, and what is left out.

The network is that of the scenario before its first step; nothing is sent. Aliases and lists are
expanded, each member explained. With --follow it goes on at the first host that takes the mail,
from node to node until the mail is delivered. Of a matrix it is the first combination: choose
another one with --param.

Exit codes: 0 there is a way, 1 there is none, now or at all (with --follow: not to the end),
2 wrong usage or scenario.`,
		Example: `  mailsim route story.yaml --from out --to bob@example.org
  mailsim route example:team-alias --from msa --to team@example.org --follow
  mailsim route story.yaml --from out --to bob@example.org --json -`,
		ValidArgsFunction: completeScenarios,
		RunE: func(_ *cobra.Command, args []string) error {
			return p.explainRoute(args, &o)
		},
	}
	flags := cmd.Flags()
	o.scenarioOptions.register(flags)
	flags.StringVar(&o.from, "from", "", "the `NODE` that has the mail")
	flags.StringVar(&o.to, "to", "", "the `ADDRESS` that the mail is for")
	flags.BoolVarP(&o.follow, "follow", "f", false, "go on from node to node until the mail is delivered")
	flags.StringVar(&o.json, "json", "", "write the explanation as JSON to `FILE` (- is standard output)")
	// A scenario has its nodes in it: read it, if it can be read.
	_ = cmd.RegisterFlagCompletionFunc("from", func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) != 1 || args[0] == "-" {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		quiet := *p
		quiet.err = io.Discard
		list, err := quiet.load(args, o.scenarioOptions)
		if err != nil || len(list) == 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var names []string
		for _, n := range list[0].Nodes {
			names = append(names, n.Config.Name)
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	})
	return cmd
}

// explainRoute is the verb.
func (p *program) explainRoute(args []string, o *routeOptions) error {
	switch {
	case len(args) != 1:
		return errors.New(`route explains one scenario: name a file, example:NAME or "-"`)
	case o.from == "":
		return errors.New("route needs --from: the node that has the mail")
	case o.to == "":
		return errors.New("route needs --to: the address that the mail is for")
	}
	s, err := p.oneScenario(args[0], o.scenarioOptions)
	if err != nil {
		return err
	}
	e, err := s.Route(o.from, o.to, o.follow)
	if err != nil {
		return err
	}
	if err := p.writeRoute(&e, o.json); err != nil {
		return environment(err)
	}
	if !e.Arrives() {
		return &exit{code: exitFailed}
	}
	return nil
}

// oneScenario reads a file that has one scenario; of a matrix it is the first.
func (p *program) oneScenario(name string, o scenarioOptions) (*scenarios.Scenario, error) {
	list, err := p.load([]string{name}, o)
	switch {
	case err != nil:
		return nil, err
	case len(list) == 0:
		return nil, fmt.Errorf("%s has no scenario", name)
	case list[0].File != list[len(list)-1].File:
		return nil, fmt.Errorf("%s has several scenarios: name one of them, such as %s", name, list[0].File)
	}
	return list[0], nil
}

// writeRoute writes an explanation as text, and as JSON where that is wanted.
func (p *program) writeRoute(e *sim.Explanation, file string) error {
	text := p.out
	if file == "-" {
		text = p.err
	}
	for _, line := range e.Lines() {
		if _, err := fmt.Fprintln(text, reports.Escape(line)); err != nil {
			return err
		}
	}
	switch file {
	case "":
		return nil
	case "-":
		return reports.WriteValue(p.out, e)
	}
	out, err := createOutput(file)
	if err != nil {
		return fmt.Errorf("--json: %w", err)
	}
	defer out.abort()
	return out.commit(func(w io.Writer) error { return reports.WriteValue(w, e) })
}
