package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/conformance/simulated"
	"github.com/mailsim/mailsim/sim/client"
)

// sendone is a command for scripts: sendone HOST PORT [FLAW] sends the message on its
// standard input, as mailsim's own client does, which breaks a rule if it is told to.
func sendone() {
	if len(os.Args) < 3 {
		os.Exit(64)
	}
	port, err := strconv.Atoi(os.Args[2])
	if err != nil {
		os.Exit(64)
	}
	flaws := map[string]client.Flaw{"": 0, "no-quit": client.FlawNoQuit, "bare-lf": client.FlawBareLF}
	name := ""
	if len(os.Args) > 3 {
		name = os.Args[3]
	}
	flaw, known := flaws[name]
	message, err := io.ReadAll(os.Stdin)
	if !known || err != nil {
		os.Exit(64)
	}
	dial := func(ctx context.Context, host string, port int) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	}
	sent, err := simulated.Sender(dial, flaw)(context.Background(), conformance.Sending{Host: os.Args[1], Port: port, Message: message})
	if err != nil {
		os.Exit(70)
	}
	fmt.Print(sent.Output)
	os.Exit(sent.Exit)
}
