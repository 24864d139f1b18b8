package main

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/spf13/cobra"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/conformance/mutants"
	"github.com/mailsim/mailsim/reports"
)

func (p *program) proveVerb() *cobra.Command {
	var only, skip []string
	var jobs int
	var verbose bool
	cmd := &cobra.Command{
		Use:   "prove",
		Short: "Show that each case can fail: ask servers that break its rules",
		Long: `Show that each case can fail, and that it passes servers that are right in their own way: ask it of
mutants, servers of which each breaks one rule. Exit code 1 if a case does not tell them apart, or has none.`,
		Example: `  mailsim conform prove
  mailsim conform prove --only security -v`,
		Args: atMost(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			switch {
			case jobs < 0:
				return fmt.Errorf("--jobs is %d; at least one mutant has to be asked at a time", jobs)
			case jobs == 0:
				jobs = runtime.GOMAXPROCS(0)
			}
			list, err := choose(allCases(), only, skip)
			if err != nil {
				return err
			}
			return p.prove(list, jobs, verbose)
		},
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&only, "only", nil, "these `CASES` only (may be repeated)")
	flags.StringArrayVar(&skip, "skip", nil, "not these `CASES` (may be repeated)")
	flags.IntVarP(&jobs, "jobs", "j", 0, "how many mutants are asked side by side (default the number of cores)")
	flags.BoolVarP(&verbose, "verbose", "v", false, "name every mutant, and show the session of each that was not caught")
	for _, name := range []string{"only", "skip"} {
		_ = cmd.RegisterFlagCompletionFunc(name, completeCase)
	}
	return cmd
}

// proof is what a case said to a mutant, or that it could not be asked.
type proof struct {
	mutants.Outcome
	err  error
	done bool
}

// prove is the verb.
func (p *program) prove(list []conformance.Case, jobs int, verbose bool) error {
	byID := map[string]conformance.Case{}
	for _, c := range list {
		byID[c.ID] = c
	}
	var all []mutants.Mutant
	for _, m := range mutants.All() {
		if _, ok := byID[m.Case]; ok {
			all = append(all, m)
		}
	}
	proofs := p.proofs(all, byID, jobs)
	s := newProofScore(list, proofs)
	if err := s.write(p.out, verbose); err != nil {
		return environment(err)
	}
	switch {
	case p.interrupt.Load():
		return &exit{code: exitInterrupted}
	case s.wrong():
		return &exit{code: exitFailed}
	case len(s.broken) > 0:
		return &exit{code: exitEnvironment}
	}
	return nil
}

// proofs asks the mutants side by side.
func (p *program) proofs(all []mutants.Mutant, byID map[string]conformance.Case, jobs int) []proof {
	out := make([]proof, len(all))
	bar := newProgress(p.err, len(all), "mutants")
	defer bar.close()
	var next atomic.Int64
	var running sync.WaitGroup
	for range min(jobs, len(all)) {
		running.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(all) || p.interrupt.Load() {
					return
				}
				o, err := mutants.Prove(all[i], byID[all[i].Case])
				out[i] = proof{Outcome: o, err: err, done: true}
				bar.done()
			}
		})
	}
	running.Wait()
	return out
}

// proofScore is how many cases can fail.
type proofScore struct {
	proofs          []proof
	cases           int
	caught          map[string]bool // cases that catch all of theirs
	without         []string        // cases that have no mutant
	missed          []proof
	broken          []proof // that could not be asked
	mutants, guards int
}

func newProofScore(list []conformance.Case, proofs []proof) *proofScore {
	s := &proofScore{proofs: proofs, cases: len(list), caught: map[string]bool{}}
	has := map[string]bool{}
	missed := map[string]bool{}
	for _, o := range proofs {
		if !o.done {
			continue
		}
		id := o.Mutant.Case
		switch {
		case o.err != nil:
			s.broken = append(s.broken, o)
			missed[id] = true
		case !o.Caught:
			s.missed = append(s.missed, o)
			missed[id] = true
		}
		if o.Mutant.Guard {
			s.guards++
		} else {
			has[id] = true
			s.mutants++
		}
	}
	for _, c := range list {
		switch {
		case !has[c.ID]:
			s.without = append(s.without, c.ID)
		case !missed[c.ID]:
			s.caught[c.ID] = true
		}
	}
	return s
}

func (s *proofScore) wrong() bool { return len(s.missed)+len(s.without) > 0 }

// write tells the score, and every proof that failed.
func (s *proofScore) write(w io.Writer, verbose bool) error {
	var b strings.Builder
	if verbose {
		for _, o := range s.proofs {
			if !o.done {
				continue
			}
			word := "caught"
			switch {
			case o.err != nil:
				word = "ERROR"
			case !o.Caught:
				word = "MISSED"
			case o.Mutant.Guard:
				word = "passed"
			}
			fmt.Fprintf(&b, "%-6s  %s  %s: %s\n", word, o.Mutant.Case, o.Mutant.Name, o.Mutant.Does)
		}
		b.WriteString("\n")
	}
	for _, o := range s.missed {
		what := "does not catch"
		if o.Mutant.Guard {
			what = "does not pass"
		}
		fmt.Fprintf(&b, "%s %s %s (%s): %s\n", o.Mutant.Case, what, o.Mutant.Name, o.Mutant.Row, o.Mutant.Does)
		paragraph(&b, "  ", reports.Escape(o.Why))
		if verbose {
			for _, line := range o.Result.Transcript {
				fmt.Fprintf(&b, "    %s\n", reports.Escape(line))
			}
		}
	}
	for _, o := range s.broken {
		fmt.Fprintf(&b, "%s could not be asked of %s: %s\n", o.Mutant.Case, o.Mutant.Name, reports.Escape(o.err.Error()))
	}
	for _, id := range s.without {
		fmt.Fprintf(&b, "%s has no mutant: nothing shows that it can fail\n", id)
	}
	fmt.Fprintf(&b, "%d of %d cases catch their mutants, %s, and pass %s that are right\n",
		len(s.caught), s.cases, counted(s.mutants, "mutant"), counted(s.guards, "server"))
	_, err := io.WriteString(w, b.String())
	return err
}
