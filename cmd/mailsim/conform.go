package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/conformance/cases"
	"github.com/mailsim/mailsim/reports"
)

// conformOptions are the flags of conform.
type conformOptions struct {
	rcpt                            []string
	unknown, alias, expand, foreign string
	user, password, from, helo      string
	profile                         conformance.Profile
	only, skip                      []string
	list, strict, slow, dryRun      bool
	waive, mailbox, bind, ca        string
	exec                            string
	timeout, quietTime, delivery    time.Duration
	parallel, durations             int
	insecure                        bool
	allowRemote, allowHostile       bool
	json, junit, markdown, config   string
	quiet, verbose                  bool
}

func (p *program) conformVerb() *cobra.Command {
	var o conformOptions
	cmd := &cobra.Command{
		Use:   "conform TARGET | --exec COMMAND",
		Short: "Ask a mail server whether it keeps the rules of RFC 5321",
		Long: `Ask a mail server whether it keeps the rules of RFC 5321, of its extensions, and of safety.

TARGET is one of
  smtp://HOST[:25]         an MX host
  submission://HOST[:587]  a submission server; smtps://HOST[:465] where TLS begins at once
  lmtp://HOST[:24]         a delivery agent; lmtp+unix:///PATH at a socket
  self:PROFILE             mailsim's own server: mx, submission, relay or lmtp
HOST:PORT alone is smtp://. An IPv6 address stands in brackets.

Each case has a few sessions with the server, and judges one or two rules. Mail goes to the mailboxes
that --rcpt names and to nobody else. Without --rcpt the cases that need a mailbox are left out; with
--mailbox those that look at what was delivered are asked too.

Only servers on this machine or in a private network are tested, unless --allow-remote says that you
may do so; cases that could harm a weak server are then left out, unless --allow-hostile is given too.

With --exec it is the other way round: COMMAND sends one message, as swaks, msmtp or a program of yours
does, and is run once a case against a server of mailsim's on this machine. {host} and {port} stand for
where that is, {file} for a message to send, which is on standard input too.

--only and --skip take the id of a case (rfc5321/4.5.2/dot-stuffing) or of a rule (R5321-4.5.2-c), the
beginning of one (rfc5321/4.1, security), one with * for anything, or level:MUST. --config FILE reads all of this
as YAML: "rcpt: [a@example.org, b@example.org]" for the flags, and "target: smtp://host". The command line
wins over the environment, and that over the file.

Exit codes: 0 no rule is broken that must be kept, 1 one is, 2 wrong usage, 3 the server could not be
tested, 130 interrupted (after the report of what ran).`,
		Example: `  mailsim conform smtp://127.0.0.1:25 --rcpt you@example.org --rcpt me@example.org
  mailsim conform 127.0.0.1:2525 --rcpt you@example.org --mailbox maildir:/var/mail/{local}
  MAILSIM_PASSWORD=secret mailsim conform submission://192.168.1.5 --user you --rcpt you@example.org
  mailsim conform self:mx --only rfc5321/4.1 --json report.json
  mailsim conform --list --only security
  mailsim conform --exec 'swaks --server {host}:{port} --from a@example.net --to b@example.org'`,
		ValidArgsFunction: completeTarget,
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.conform(cmd, args, &o)
		},
	}
	o.register(cmd.Flags())
	cmd.AddCommand(p.diffVerb(), p.explainVerb(), p.proveVerb())
	for _, name := range []string{"only", "skip"} {
		_ = cmd.RegisterFlagCompletionFunc(name, completeCase)
	}
	_ = cmd.RegisterFlagCompletionFunc("profile", cobra.FixedCompletions(profileNames(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// register names the flags.
func (o *conformOptions) register(flags *pflag.FlagSet) {
	flags.StringArrayVar(&o.rcpt, "rcpt", nil, "a `MAILBOX` of the target that takes mail (a second time: another one)")
	flags.StringVar(&o.unknown, "unknown", "", "an `ADDRESS` of the target that is not there (default no-such-user-7391@ the domain of --rcpt)")
	flags.StringVar(&o.alias, "alias", "", "an `ADDRESS` of the target that leads to another mailbox")
	flags.StringVar(&o.expand, "expand", "", "the `ADDRESS` of a mailing list of the target")
	flags.StringVar(&o.foreign, "foreign", "", "an `ADDRESS` that the target has nothing to do with (default victim@elsewhere.mailsim.test)")
	flags.StringVar(&o.user, "user", "", "the `NAME` for AUTH")
	flags.StringVar(&o.password, "password", "", "the `PASSWORD` for AUTH; better in the environment, where other users do not see it")
	flags.StringVar(&o.from, "from", "", "the `ADDRESS` that mail comes from (default sender@mailsim.test)")
	flags.StringVar(&o.helo, "helo", "", "what EHLO says: a `HOST` (default probe.mailsim.test)")
	flags.Var(&o.profile, "profile", "what the target is: "+strings.Join(profileNames(), ", ")+" (default by the scheme)")
	flags.StringArrayVar(&o.only, "only", nil, "ask these `CASES` only (may be repeated)")
	flags.StringArrayVar(&o.skip, "skip", nil, "do not ask these `CASES` (may be repeated)")
	flags.BoolVar(&o.list, "list", false, "list the cases, and ask nobody")
	flags.StringVar(&o.waive, "waive", "", "`FILE` of deviations that are known: a YAML list of {id: ..., reason: ...}")
	flags.BoolVar(&o.strict, "strict", false, "what should be done must be done: warnings are failures")
	flags.BoolVar(&o.slow, "slow", false, "also ask the cases that wait for minutes")
	flags.DurationVar(&o.timeout, "timeout", 10*time.Second, "how long to wait for a reply")
	flags.DurationVar(&o.quietTime, "quiet-time", time.Second, "how long nothing has to come to be silence")
	flags.DurationVar(&o.delivery, "delivery", 20*time.Second, "how long mail takes to its mailbox at most")
	flags.IntVar(&o.parallel, "parallel", conformance.DefaultParallel, "how many sessions there are at a time at most")
	flags.BoolVar(&o.insecure, "insecure", false, "take any certificate")
	flags.StringVar(&o.ca, "ca", "", "`FILE` of certificates (PEM) that may sign that of the target, besides those of the system")
	flags.StringVar(&o.exec, "exec", "", "test the `COMMAND` that sends a message, instead of a target")
	flags.StringVar(&o.mailbox, "mailbox", "", "how to read the mailboxes of the target: "+mailboxHelp)
	flags.BoolVar(&o.allowRemote, "allow-remote", false, "the target may be elsewhere: you are allowed to test it")
	flags.BoolVar(&o.allowHostile, "allow-hostile", false, "with --allow-remote, also ask the cases that could harm a weak server")
	flags.StringVar(&o.bind, "bind", "", "the `ADDRESS` of this machine that sessions come from")
	flags.BoolVar(&o.dryRun, "dry-run", false, "say what would be done, and do nothing")
	flags.StringVar(&o.json, "json", "", "write the report as JSON to `FILE` (- is standard output)")
	flags.StringVar(&o.junit, "junit", "", "write the report as JUnit XML to `FILE` (- is standard output)")
	flags.StringVar(&o.markdown, "markdown", "", "write the report as Markdown to `FILE` (- is standard output)")
	flags.IntVar(&o.durations, "durations", 0, "list the `N` slowest cases")
	flags.Lookup("durations").NoOptDefVal = "10"
	flags.BoolVarP(&o.quiet, "quiet", "q", false, "show only what failed, and the total")
	flags.BoolVarP(&o.verbose, "verbose", "v", false, "show every case, and all of each session that found something")
	flags.StringVar(&o.config, "config", "", "`FILE` of settings in YAML, by the names of the flags")
}

// conform is the verb: everything that can be wrong with the words of the command
// line is found before anything is sent.
func (p *program) conform(cmd *cobra.Command, args []string, o *conformOptions) error {
	if len(args) > 0 && !strings.Contains(args[0], ":") {
		var verbs []string
		for _, v := range cmd.Commands() {
			verbs = append(verbs, v.Name())
		}
		if hint := meant(args[0], verbs); hint != "" {
			return fmt.Errorf("%q is neither a verb%s nor a target; see %q", args[0], hint, "mailsim conform --help")
		}
	}
	if len(args) > 1 && cmd.Flags().Changed("durations") && strings.Trim(args[1], "0123456789") == "" {
		return fmt.Errorf("conform tests one target, not %q too; the number of --durations stands behind an equals sign: --durations=%s", args[1], args[1])
	}
	if len(args) > 1 {
		return fmt.Errorf("conform tests one target, not %q too; see %q", args[1], "mailsim conform --help")
	}
	name, err := o.settings(cmd.Flags())
	if err != nil {
		return err
	}
	if len(args) == 1 {
		name = args[0]
	}
	if err := o.check(); err != nil {
		return err
	}
	all := cases.All()
	if o.exec != "" {
		all = cases.Sending()
	}
	list, err := choose(all, o.only, o.skip)
	if err != nil {
		return err
	}
	if o.list {
		return environment(listCases(p.out, list))
	}
	pl, err := o.plan(cmd.Context(), name, list)
	if err != nil {
		return err
	}
	wanted, err := p.prepare([]wanted{
		{flag: "json", name: o.json, write: reports.WriteJSON},
		{flag: "junit", name: o.junit, write: reports.WriteJUnit},
		{flag: "markdown", name: o.markdown, write: reports.WriteMarkdown},
	})
	defer abort(wanted)
	if err != nil {
		return err
	}
	if o.dryRun {
		return environment(pl.tell(p.out))
	}
	if !o.quiet {
		if err := pl.tell(p.err); err != nil {
			return environment(err)
		}
	}
	defer pl.close()
	report, wall, err := p.ask(cmd.Context(), pl, o)
	if err != nil {
		return err
	}
	if err := p.writeConform(p.textOut(wanted), report, wall, o); err != nil {
		return environment(fmt.Errorf("write the report: %w", err))
	}
	run := reports.Run{Tool: "mailsim", Version: version(), Reports: []reports.Report{report}}
	for _, w := range wanted {
		if err := w.commit(run); err != nil {
			return environment(err)
		}
	}
	return judge(run.Reports, report.Interrupted)
}

// settings reads --config, and returns the target that it names.
func (o *conformOptions) settings(flags *pflag.FlagSet) (string, error) {
	if !flags.Changed("config") {
		return "", nil
	}
	data, err := readSmall(o.config)
	if err != nil {
		return "", fmt.Errorf("--config: %w", err)
	}
	list, err := parseConfig(o.config, data)
	if err != nil {
		return "", err
	}
	return configure(flags, list)
}

// ask runs the cases, with progress, and makes the report.
func (p *program) ask(ctx context.Context, pl *plan, o *conformOptions) (reports.Report, time.Duration, error) {
	begun := time.Now()
	bar := newProgress(p.err, len(pl.cases), "cases")
	defer bar.close()
	sections := newSections(pl.cases)
	pl.options.Stop = p.interrupt.Load
	pl.options.Progress = func(c conformance.CaseResult) {
		if line := sections.done(c); line != "" && !o.quiet {
			_ = bar.above(p.err, []byte(line+"\n")) // the report tells it too
		}
		bar.done()
	}
	result, err := pl.run(ctx)
	bar.close()
	switch {
	case err != nil && p.interrupt.Load():
		fmt.Fprintln(p.err, "mailsim: interrupted before the first case")
		return reports.Report{}, 0, &exit{code: exitInterrupted}
	case err != nil:
		return reports.Report{}, 0, environment(hinted(err, o))
	}
	if why := result.Facts.Lacks[conformance.NeedTLS]; why != "" && result.Facts.Offers("STARTTLS") && !o.quiet {
		fmt.Fprintf(p.err, "mailsim: %s\n", reports.Escape(hinted(errors.New("STARTTLS is offered and could not be used: "+why), o).Error()))
	}
	return result.Report(), time.Since(begun), nil
}

// hinted adds what to do about it, where that is known.
func hinted(err error, o *conformOptions) error {
	first, session, more := strings.Cut(err.Error(), "\n")
	hint := ""
	switch {
	case strings.Contains(first, "certificate") && !o.insecure:
		hint = "--ca FILE names who has signed it, --insecure takes any"
	case strings.Contains(first, "does not look like a TLS handshake") && errors.Is(err, conformance.ErrUnusable):
		hint = "smtps:// is for servers where TLS begins with the connection; submission:// is for others"
	case strings.Contains(first, "to the connection was needed, and got no reply"):
		hint = "where TLS begins with the connection, the target is smtps://; a slow server needs a longer --timeout"
	case strings.Contains(first, "no reply within"):
		hint = "--timeout waits longer"
	}
	if hint == "" {
		return err
	}
	first += " (" + hint + ")"
	if more {
		first += "\n" + session
	}
	return errors.New(first) // nobody decides on it any more
}

// writeConform writes the report as text.
func (p *program) writeConform(w io.Writer, report reports.Report, wall time.Duration, o *conformOptions) error {
	width, _ := terminal(w)
	format := reports.Text{Colour: p.coloured(w), Quiet: o.quiet, Verbose: o.verbose, Width: width}
	if o.durations > 0 {
		report.Tables = append(report.Tables[:len(report.Tables):len(report.Tables)], slowest(&report, o.durations))
	}
	var text bytes.Buffer
	if err := format.Report(&text, &report); err != nil {
		return err
	}
	if err := format.Total(&text, []reports.Report{report}, wall); err != nil {
		return err
	}
	_, err := w.Write(text.Bytes())
	return err
}
