package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/reports"
)

// outputMost is how much of what a command prints is kept, in octets.
const outputMost = 16 << 10

// planSender is the plan for a command that sends mail.
func (o *conformOptions) planSender(list []conformance.Case) (*plan, error) {
	if !strings.Contains(o.exec, "{port}") {
		return nil, errors.New("--exec: the command has to be told where to send to: write {host} and {port} into it")
	}
	if flag := o.given("rcpt", "user", "mailbox", "bind", "profile"); flag != "" {
		return nil, fmt.Errorf("--%s is about a server under test; --exec tests a command that sends mail", flag)
	}
	waivers, err := o.waivers()
	if err != nil {
		return nil, err
	}
	return &plan{
		cases:   list,
		options: conformance.Options{Parallel: o.parallel, Slow: o.slow, Strict: o.strict, Waivers: waivers},
		target: conformance.Target{
			Name: "exec:" + o.exec, Hello: o.helo, From: o.from, Timeout: o.timeout, Quiet: o.quietTime, Send: o.send,
		},
	}, nil
}

// send runs the command once. What it starts ends with it.
func (o *conformOptions) send(ctx context.Context, s conformance.Sending) (conformance.Sent, error) {
	file := ""
	if strings.Contains(o.exec, "{file}") {
		f, err := os.CreateTemp("", "mailsim-*.eml")
		if err != nil {
			return conformance.Sent{}, err
		}
		file = f.Name()
		defer os.Remove(file) //nolint:errcheck // it lies with other temporary files
		if _, err = f.Write(s.Message); err == nil {
			err = f.Close()
		}
		if err != nil {
			return conformance.Sent{}, err
		}
	}
	line := strings.NewReplacer("{host}", s.Host, "{port}", strconv.Itoa(s.Port), "{file}", file).Replace(o.exec)
	cmd := exec.CommandContext(ctx, "sh", "-c", line)
	alone(cmd)
	cmd.WaitDelay = time.Second
	cmd.Stdin = bytes.NewReader(s.Message)
	out := &bounded{most: outputMost}
	cmd.Stdout, cmd.Stderr = out, out
	err := cmd.Run()
	var exited *exec.ExitError
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay):
		return conformance.Sent{Output: out.String()}, nil
	case errors.As(err, &exited):
		// A command that a signal ended has no code of its own: -1.
		return conformance.Sent{Exit: exited.ExitCode(), Output: out.String()}, nil
	}
	return conformance.Sent{}, fmt.Errorf("run the command: %w", err)
}

// bounded keeps the beginning of what is written to it.
type bounded struct {
	bytes.Buffer
	most int
}

// Write takes all, and keeps what there is room for.
func (b *bounded) Write(p []byte) (int, error) {
	if room := b.most - b.Len(); room > 0 {
		b.Buffer.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

// tellSender says what is going to be done.
func (pl *plan) tellSender(w io.Writer) error {
	_, most := conformance.Estimate(pl.cases, pl.options)
	_, err := fmt.Fprintf(w, "mailsim: %s for the command %s, up to %d side by side\n  it sends to this machine; it takes at most %s\n",
		counted(len(pl.cases), "case"), reports.Escape(strings.TrimPrefix(pl.target.Name, "exec:")), pl.options.Parallel,
		reports.Span(most.Round(time.Second)))
	return err
}
