package main

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/mailsim/mailsim/scenarios"
)

// firstScenario is what init writes.
//
//go:embed first.yaml
var firstScenario string

// initOptions are the flags of init.
type initOptions struct {
	network      string
	nodes, mails int
	seed         uint64
}

func (p *program) initVerb() *cobra.Command {
	var o initOptions
	cmd := &cobra.Command{
		Use:   "init [FILE]",
		Short: "Write a first scenario to start from, or one of a whole network",
		Long: `Write a commented scenario that runs and passes, as a start for your own. The default FILE
is scenario.yaml; "-" prints it. A file that is there is never overwritten.

With --network it is a network of --nodes domains, each with its MX and mailbox, and --mails
that go between them by chance. The same flags write the same file.
  random  by MX; some domains have backup MXs, some nodes a smart host
  ring    each relays to its neighbour; mail goes at most 10 domains far
  star    the first is the smart host of all others
  tree    up to the parent that has a route down`,
		Example: `  mailsim init
  mailsim init --network ring --nodes 20 ring.yaml
  mailsim init --network random --nodes 1000 --mails 100000 --seed 7 - | mailsim run -`,
		Args: atMost(1, "one file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := o.scenario(cmd.Flags())
			if err != nil {
				return err
			}
			name := "scenario.yaml"
			if len(args) == 1 {
				name = args[0]
			}
			if name == "-" {
				_, err := fmt.Fprint(p.out, text)
				return environment(err)
			}
			if err := writeNew(name, text); err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.out, "wrote %s; run it with: mailsim run %s\n", name, name)
			return environment(err)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.network, "network", "", "generate a `TOPOLOGY`: "+strings.Join(scenarios.Topologies(), ", "))
	flags.IntVar(&o.nodes, "nodes", 10, "how many domains the network has")
	flags.IntVar(&o.mails, "mails", 100, "how many mails go between them")
	flags.Uint64Var(&o.seed, "seed", 1, "the seed of the scenario, and of what is random in the network")
	return cmd
}

// scenario returns the text to write.
func (o *initOptions) scenario(flags *pflag.FlagSet) (string, error) {
	if flags.Changed("network") {
		return scenarios.Generate(scenarios.Plan{Topology: o.network, Nodes: o.nodes, Mails: o.mails, Seed: o.seed})
	}
	for _, f := range []string{"nodes", "mails"} {
		if flags.Changed(f) {
			return "", fmt.Errorf("--%s is for --network; name one of %s", f, strings.Join(scenarios.Topologies(), ", "))
		}
	}
	if flags.Changed("seed") {
		if o.seed > scenarios.MaxSeed {
			return "", fmt.Errorf("--seed is at most %d", uint64(scenarios.MaxSeed))
		}
		return strings.Replace(firstScenario, "\nabout:", fmt.Sprintf("\nseed: %d\nabout:", o.seed), 1), nil
	}
	return firstScenario, nil
}

// writeNew writes a file that was not there before.
func writeNew(name, text string) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already and is not overwritten; name another file", name)
	}
	if err != nil {
		return environment(err)
	}
	_, err = f.WriteString(text)
	err = errors.Join(err, f.Close())
	if err != nil {
		return environment(errors.Join(fmt.Errorf("write %s: %w", name, err), os.Remove(name)))
	}
	return nil
}
