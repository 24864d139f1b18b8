// Package simulated makes targets for conformance out of nodes of simulated networks, and has the reference: mailsim's
// own servers in the forms that cases ask for.
package simulated

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/sim"
	"github.com/mailsim/mailsim/sim/mail"
)

// Target makes a target of a node: its server is spoken to at its first port, its
// mailboxes are those that cases may send to, and all mailboxes of the network can
// be read. The run has to be in the same virtual time as the network.
func Target(n *sim.Network, node string) (conformance.Target, error) {
	nd := n.Node(node)
	if nd == nil {
		return conformance.Target{}, fmt.Errorf("there is no node %s", node)
	}
	cfg := nd.Config()
	if cfg.Role == sim.MUA {
		return conformance.Target{}, fmt.Errorf("node %s is a mua and has no server", node)
	}
	t := conformance.Target{
		Name:        "node " + node,
		Profile:     profile(cfg),
		Dial:        func(ctx context.Context) (net.Conn, error) { return n.Dial(ctx, node, 0) },
		ImplicitTLS: cfg.TLS == sim.TLSImplicit,
		TLS:         &tls.Config{InsecureSkipVerify: true}, // the names of simulated hosts are not in question
		Mailbox:     mailboxes{n},
	}
	for _, box := range cfg.Mailboxes {
		switch {
		case strings.HasPrefix(box, "*@"), strings.HasPrefix(strings.ToLower(box), "postmaster@"):
		case t.Rcpt == "":
			t.Rcpt = box
		case t.Second == "" && sameDomain(box, t.Rcpt):
			t.Second = box
		}
	}
	for user, password := range cfg.Users {
		if t.User == "" || user < t.User {
			t.User, t.Password = user, password
		}
	}
	return t, nil
}

// profile is what a node of that configuration is.
func profile(cfg sim.NodeConfig) conformance.Profile {
	switch {
	case cfg.LMTP:
		return conformance.LMTP
	case cfg.Role == sim.MSA:
		return conformance.Submit
	case cfg.RelayFor.Any:
		return conformance.RelayHost
	}
	return conformance.MX
}

func sameDomain(a, b string) bool {
	return strings.EqualFold(a[strings.LastIndexByte(a, '@'):], b[strings.LastIndexByte(b, '@'):])
}

// mailboxes reads those of a network.
type mailboxes struct{ network *sim.Network }

// Find returns the messages that hold text.
func (m mailboxes) Find(_ context.Context, address, text string) ([][]byte, error) {
	var found [][]byte
	for _, n := range m.network.Nodes() {
		if n.Config().Role == sim.MUA {
			continue
		}
		for _, s := range slices.Backward(n.Mailbox(address)) {
			octets, err := mail.ReadAll(s.Content)
			if err != nil {
				return nil, err
			}
			if bytes.Contains(octets, []byte(text)) {
				found = append(found, octets)
			}
		}
	}
	return found, nil
}
