package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/mailsim/mailsim/reports"
	"github.com/mailsim/mailsim/scenarios"
)

// program is what the verbs work with instead of the globals of os.
type program struct {
	in        io.Reader
	out, err  io.Writer
	env       func(string) (string, bool)
	interrupt *atomic.Bool // set by the first signal
	colour    colourMode
	noColour  bool
}

// verbs returns the commands, by name. A new verb is a file and a line here.
func (p *program) verbs() []*cobra.Command {
	return []*cobra.Command{
		p.checkVerb(),
		p.conformVerb(),
		p.dnsVerb(),
		p.examplesVerb(),
		p.initVerb(),
		p.routeVerb(),
		p.runVerb(),
		p.schemaVerb(),
		p.versionVerb(),
	}
}

// root returns the command tree.
func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "mailsim",
		Short: "Simulate networks of mail servers, and test real ones",
		Long: `mailsim takes a scenario, a network of mail nodes and a story in YAML, through
real SMTP and LMTP in virtual time, and tells whether the mail went where it should.
"mailsim conform" asks a real server whether it keeps the rules of RFC 5321.

Every flag can also be set in the environment: --json as MAILSIM_JSON, --no-color as
MAILSIM_NO_COLOR. A flag wins over the environment.

Exit codes: 0 passed, 1 something failed, 2 wrong usage or scenario, 3 the environment
failed, 130 interrupted.`,
		Example: `  mailsim examples
  mailsim run example:mx-fallback
  mailsim init first.yaml && mailsim run first.yaml
  mailsim conform smtp://127.0.0.1:25 --rcpt you@example.org`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          p.knownVerb,
		RunE:          p.usage,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return p.environment(cmd.Flags())
		},
	}
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.err)
	flags := root.PersistentFlags()
	flags.Var(&p.colour, "color", "colour in text: auto (on a terminal), always or never")
	flags.BoolVar(&p.noColour, "no-color", false, "no colour, as --color never")
	root.SetFlagErrorFunc(flagError)
	nameVariables(flags)
	for _, verb := range p.verbs() {
		nameVariables(verb.Flags())
		for _, sub := range verb.Commands() {
			nameVariables(sub.Flags())
		}
		root.AddCommand(verb)
	}
	root.SetHelpCommand(p.helpVerb(root))
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			c.Args, c.RunE = p.knownVerb, p.usage
		}
	}
	return root
}

// usage is what a command does that needs a verb and was given none.
func (p *program) usage(cmd *cobra.Command, _ []string) error {
	cmd.SetOut(p.err)
	if err := cmd.Help(); err != nil {
		return environment(err)
	}
	return &exit{code: exitUsage}
}

// helpVerb is cobra's help, save that a word that is no verb is wrong usage.
func (p *program) helpVerb(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [VERB]",
		Short: "Show the help of a verb",
		// Help is there however wrong the environment is.
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil },
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, c := range root.Commands() {
				if len(args) == 0 && c.IsAvailableCommand() {
					names = append(names, c.Name())
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			verb, rest, err := root.Find(args)
			switch {
			case err != nil:
				return p.knownVerb(root, args)
			case len(rest) > 0:
				return p.knownVerb(verb, rest)
			}
			verb.InitDefaultHelpFlag()
			return environment(verb.Help())
		},
	}
}

// run executes the command line and returns the exit code. Nothing that stands
// in args or in the environment makes it panic.
func (p *program) run(ctx context.Context, args []string) int {
	root := p.root()
	root.SetArgs(args)
	var err error
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") && !strings.HasPrefix(args[0], "__") {
		// cobra would complain about the flags of a verb that it does not know
		// before it says that it does not know the verb.
		if cmd, _, findErr := root.Find(args); findErr != nil || cmd == root {
			err = p.knownVerb(root, args)
		}
	}
	if err == nil {
		err = root.ExecuteContext(ctx)
	}
	n, tell := code(err)
	if tell {
		fmt.Fprintln(p.err, "mailsim: "+strings.Join(lines(err), "\nmailsim: "))
	}
	return n
}

// longLine is how many octets of a line of an error are shown: it may quote one that
// nobody has written by hand.
const longLine = 2000

// lines returns the text of err safe to print.
func lines(err error) []string {
	parts := strings.Split(err.Error(), "\n")
	for i, p := range parts {
		if len(p) > longLine {
			p = strings.ToValidUTF8(p[:longLine], "") + "..."
		}
		parts[i] = reports.Escape(p)
	}
	return parts
}

// knownVerb refuses words that are no verb.
func (p *program) knownVerb(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range root.Commands() {
		names = append(names, c.Name())
	}
	return fmt.Errorf("unknown verb %q%s; %q lists them", args[0], meant(args[0], names), root.CommandPath()+" --help")
}

// flagError adds the flag that was probably meant.
func flagError(cmd *cobra.Command, err error) error {
	if errors.Is(err, pflag.ErrHelp) {
		return err
	}
	hint := ""
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if near := scenarios.Suggest(unknown.GetSpecifiedName(), names); near != "" {
			hint = fmt.Sprintf(" (did you mean %q?)", "--"+near)
		}
	}
	return fmt.Errorf("%w%s; see %q", err, hint, cmd.CommandPath()+" --help")
}

// meant returns ` (did you mean "word"?)` for the candidate that is close to
// word, or nothing.
func meant(word string, candidates []string) string {
	if near := scenarios.Suggest(word, candidates); near != "" {
		return fmt.Sprintf(" (did you mean %q?)", near)
	}
	return ""
}

// atMost refuses more than n arguments.
func atMost(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > n {
			return fmt.Errorf("%s takes %s, not %q too; see %q", cmd.CommandPath(), what, args[n], cmd.CommandPath()+" --help")
		}
		return nil
	}
}
