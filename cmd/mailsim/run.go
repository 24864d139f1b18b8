package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"github.com/mailsim/mailsim/reports"
	"github.com/mailsim/mailsim/scenarios"
)

// runOptions are the flags of run.
type runOptions struct {
	scenarioOptions
	json, junit    string
	maildir        string
	verbose, quiet bool
	jobs           int
}

func (p *program) runVerb() *cobra.Command {
	var o runOptions
	cmd := &cobra.Command{
		Use:   "run FILE|DIR|example:NAME|- ...",
		Short: "Run scenarios and report what happened",
		Long: `Run scenarios and report what happened.

A directory stands for every scenario below it; "-" is a scenario on standard input.
Several scenarios run side by side, and are reported in the order in which they are named.
The first interrupt ends what runs and reports it, the second ends mailsim at once.`,
		Example: `  mailsim run story.yaml
  mailsim run story.yaml -p retry=10m --seed 7 -v
  mailsim run scenarios --json report.json --junit report.xml
  mailsim run example:five-days-of-retries --json - -q
  mailsim run story.yaml --maildir mail && mutt -f mail/story/mx/bob@example.org`,
		ValidArgsFunction: completeScenarios,
		RunE: func(_ *cobra.Command, args []string) error {
			return p.runScenarios(args, &o)
		},
	}
	flags := cmd.Flags()
	o.scenarioOptions.register(flags)
	flags.StringVar(&o.json, "json", "", "write the report as JSON to `FILE` (- is standard output)")
	flags.StringVar(&o.junit, "junit", "", "write the report as JUnit XML to `FILE` (- is standard output)")
	flags.StringVar(&o.maildir, "maildir", "", "keep mailboxes as Maildirs SCENARIO/NODE/MAILBOX in `DIR`, which must be empty or not there (default in memory)")
	flags.BoolVarP(&o.verbose, "verbose", "v", false, "show every event")
	flags.BoolVarP(&o.quiet, "quiet", "q", false, "show only what failed, and the total")
	flags.IntVarP(&o.jobs, "jobs", "j", 0, "how many scenarios run side by side (default the number of cores)")
	return cmd
}

// runScenarios is the verb: everything that can be wrong with the words of the
// command line is found before anything runs.
func (p *program) runScenarios(args []string, o *runOptions) error {
	switch {
	case len(args) == 0:
		return errors.New(`run needs a scenario: a file, a directory, example:NAME or "-"; "mailsim examples" lists examples`)
	case o.verbose && o.quiet:
		return errors.New("--verbose and --quiet exclude each other")
	case o.jobs < 0:
		return fmt.Errorf("--jobs is %d; at least one scenario has to run at a time", o.jobs)
	case o.jobs == 0:
		o.jobs = runtime.GOMAXPROCS(0)
	}
	list, err := p.load(args, o.scenarioOptions)
	if err != nil {
		return err
	}
	boxes, err := maildirs(o.maildir, list)
	if err != nil {
		return err
	}
	wanted, err := p.prepare([]wanted{{flag: "json", name: o.json, write: reports.WriteJSON}, {flag: "junit", name: o.junit, write: reports.WriteJUnit}})
	defer abort(wanted)
	if err != nil {
		return err
	}

	text := p.textOut(wanted)
	rs, stopped, err := p.runAll(list, boxes, o, text)
	if err != nil {
		return environment(fmt.Errorf("write the report: %w", err))
	}
	run := reports.Run{Tool: "mailsim", Version: version(), Reports: rs}
	for _, w := range wanted {
		if err := w.commit(run); err != nil {
			return environment(err)
		}
	}
	return judge(rs, stopped)
}

// runAll runs the scenarios and writes each report as text as soon as those
// before it are written.
func (p *program) runAll(list []*scenarios.Scenario, boxes []string, o *runOptions, text io.Writer) (rs []reports.Report, stopped bool, err error) {
	begun := time.Now()
	width, _ := terminal(text)
	format := reports.Text{Colour: p.coloured(text), Quiet: o.quiet, Verbose: o.verbose, Width: width}
	bar := newProgress(p.err, len(list), "scenarios")
	defer bar.close()
	pool := newPool(len(list), o.jobs, p.interrupt, func(i int) reports.Report {
		return scenarios.Run(list[i], scenarios.RunOptions{Interrupt: p.interrupt, Maildir: boxes[i]})
	}, bar.done)
	for r := range pool.results() {
		if r == nil { // not started before the interrupt
			stopped = true
			continue
		}
		// After an error of the writer the others still run, for --json.
		if err == nil {
			var lines bytes.Buffer
			if err = format.Report(&lines, r); err == nil {
				err = bar.above(text, lines.Bytes())
			}
		}
		if o.json == "" {
			r.Events = reports.Events{} // nobody will ask for them again
		}
		rs = append(rs, *r)
	}
	bar.close()
	if left := len(list) - len(rs); left > 0 {
		fmt.Fprintf(p.err, "mailsim: interrupted; %d of %d scenarios were not started\n", left, len(list))
	}
	if err == nil {
		err = format.Total(text, rs, time.Since(begun))
	}
	return rs, stopped, err
}

// wanted is one report file that was asked for.
type wanted struct {
	flag, name string // name "": it was not
	write      func(io.Writer, reports.Run) error
	file       *output // nil: standard output
	out        io.Writer
}

// prepare opens the report files that were asked for. What it returns is to be
// aborted, with an error too.
func (p *program) prepare(all []wanted) ([]*wanted, error) {
	var list []*wanted
	stdout := ""
	for _, w := range all {
		if w.name == "-" && stdout != "" {
			return list, fmt.Errorf("--%s and --%s cannot both be written to standard output; name a file for one of them", stdout, w.flag)
		}
		if w.name == "-" {
			stdout = w.flag
		}
	}
	for _, w := range all {
		if w.name == "" {
			continue
		}
		w.out = p.out
		if w.name != "-" {
			file, err := createOutput(w.name)
			if err != nil {
				return list, environment(fmt.Errorf("--%s: %w", w.flag, err))
			}
			w.file = file
		}
		list = append(list, &w)
	}
	return list, nil
}

// textOut is where text goes: standard error where a report takes standard output.
func (p *program) textOut(list []*wanted) io.Writer {
	for _, w := range list {
		if w.file == nil {
			return p.err
		}
	}
	return p.out
}

// commit writes the report.
func (w *wanted) commit(run reports.Run) error {
	if w.file == nil {
		return w.write(w.out, run)
	}
	return w.file.commit(func(out io.Writer) error { return w.write(out, run) })
}

// abort removes what was not committed.
func abort(list []*wanted) {
	for _, w := range list {
		if w.file != nil {
			w.file.abort()
		}
	}
}
