package cases

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mailsim/mailsim/conformance"
)

// Sending returns the cases for senders: programs that give one message to a server.
func Sending() []conformance.Case {
	return slices.Concat(
		clientHello(),
		clientCommands(),
		clientData(),
		clientReplies(),
		clientEnd(),
		clientTLS(),
	)
}

// served judges that the sender has brought its message, and says so by its exit code.
func served(p *conformance.Probe, m conformance.Meeting) *conformance.Visit {
	v := p.Session(m)
	if !v.Whole {
		p.Fail("the message, as a server is there that takes it", "no message; "+exitOf(m))
	}
	if m.Exit != 0 {
		p.Fail("exit code 0, as the server has taken the message", exitOf(m))
	}
	return v
}

// unserved judges that the sender says that the mail was not taken.
func unserved(p *conformance.Probe, m conformance.Meeting) *conformance.Visit {
	v := p.Session(m)
	if m.Exit == 0 {
		p.Fail("another exit code than 0, as the server has not taken the message", exitOf(m))
	}
	return v
}

// exitOf says how a sender ended.
func exitOf(m conformance.Meeting) string {
	text := fmt.Sprintf("exit code %d", m.Exit)
	if lines := strings.Split(strings.TrimSpace(m.Output), "\n"); lines[0] != "" {
		text += ", and it printed " + strconv.Quote(lines[len(lines)-1])
	}
	return text
}
