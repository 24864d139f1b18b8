package mutants

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/conformance/simulated"
	"github.com/mailsim/mailsim/reports"
	"github.com/mailsim/mailsim/sim"
	"github.com/mailsim/mailsim/sim/wire"
)

// Outcome is what a case said to a mutant.
type Outcome struct {
	Mutant Mutant
	Result conformance.CaseResult
	Caught bool   // as it should: a mutant was caught, a guard was not
	Why    string // it was not
}

// Prove asks the case of a mutant in virtual time. The error is trouble of the harness.
func Prove(m Mutant, c conformance.Case) (Outcome, error) {
	o := Outcome{Mutant: m}
	var failed error
	ask := prove
	if strings.HasPrefix(m.Case, "client/") {
		ask = proveSender
	}
	err := sim.Virtual(simulated.Start(), func() { failed = ask(m, c, &o) })
	if err == nil {
		err = failed
	}
	if err != nil {
		return o, fmt.Errorf("mutant %s: %w", m.Name, err)
	}
	o.judge()
	return o, nil
}

func prove(m Mutant, c conformance.Case, o *Outcome) error {
	profile := m.Profile
	if profile == "" {
		profile = conformance.MX
	}
	ref, err := simulated.New(profile, m.Node)
	if err != nil {
		return err
	}
	defer func() { _ = ref.Close() }()
	t := ref.Target()
	if m.Target != nil {
		m.Target(&t)
	}
	d := newDoor(m, t.Dial, t.ImplicitTLS)
	defer d.close()
	t.Dial = d.dial
	if m.Store != nil {
		t.Mailbox = spoiled{t.Mailbox, m.Store, &d.open}
	}
	d.open.Store(m.Surveyed)
	options := conformance.Options{Parallel: 1, Slow: true}
	facts, err := conformance.Survey(context.Background(), t)
	if err != nil {
		return err
	}
	options.Facts = &facts
	d.open.Store(true)
	result, err := conformance.Run(context.Background(), t, []conformance.Case{c}, options)
	if err != nil {
		return err
	}
	o.Result = result.Cases[0]
	return nil
}

// judge compares what was found with what should have been.
func (o *Outcome) judge() {
	if o.Mutant.Guard {
		o.Caught = o.Result.Verdict == reports.Pass
		if !o.Caught {
			o.Why = fmt.Sprintf("a right server got %s: %s", o.Result.Verdict, said(o.Result))
		}
		return
	}
	for _, f := range o.Result.Findings {
		if f.Row == o.Mutant.Row && (f.Verdict == reports.Fail || f.Verdict == reports.Warn) {
			o.Caught = true
			return
		}
	}
	o.Why = fmt.Sprintf("the verdict is %s, without a finding on %s: %s", o.Result.Verdict, o.Mutant.Row, said(o.Result))
}

// said is what a result says in short.
func said(r conformance.CaseResult) string {
	text := r.Reason
	for _, f := range r.Findings {
		text += fmt.Sprintf(" [%s %s: want %s, got %s]", f.Row, f.Verdict, f.Want, f.Got)
	}
	return text
}

// door is where the sessions of a probe come in: through the mutant, once it is open.
type door struct {
	m        Mutant
	through  func(context.Context) (net.Conn, error)
	implicit bool
	open     atomic.Bool
	fabric   *wire.Fabric
	listener net.Listener
	cert     func() tls.Certificate
	running  sync.WaitGroup
}

func newDoor(m Mutant, through func(context.Context) (net.Conn, error), implicit bool) *door {
	return &door{
		m: m, through: through, implicit: implicit, fabric: wire.New(wire.Config{Seed: 1}), cert: sync.OnceValue(func() tls.Certificate { return conformance.SelfSigned("mx.local.test") }),
	}
}

// The addresses of both sides of a door.
const (
	outside = "198.18.0.1"
	inside  = "198.18.0.2"
)

// dial opens a session with the mutant.
func (d *door) dial(ctx context.Context) (net.Conn, error) {
	if !d.open.Load() || d.m.Filter == nil && d.m.Serve == nil {
		return d.through(ctx)
	}
	client, server, err := d.pair(ctx)
	if err != nil {
		return nil, err
	}
	if d.m.Serve != nil {
		d.running.Go(func() {
			defer server.Close()
			d.m.Serve(server)
		})
		return client, nil
	}
	node, err := d.through(ctx)
	if err != nil {
		return nil, err
	}
	d.running.Go(func() {
		x := &proxy{f: d.m.Filter(), cert: d.cert}
		if d.implicit {
			node = tls.Client(node, &tls.Config{InsecureSkipVerify: true})
			server = tls.Server(server, &tls.Config{Certificates: []tls.Certificate{d.cert()}})
		}
		x.client, x.server = newPipe(server), newPipe(node)
		x.s.Secure = d.implicit
		x.run()
	})
	return client, nil
}

// pair makes two ends of a connection.
func (d *door) pair(ctx context.Context) (client, server net.Conn, err error) {
	if d.listener == nil {
		if d.listener, err = d.fabric.Listen(netip.AddrPortFrom(netip.MustParseAddr(inside), 25)); err != nil {
			return nil, nil, err
		}
	}
	accepted := make(chan net.Conn, 1)
	d.running.Go(func() {
		c, err := d.listener.Accept()
		if err == nil {
			accepted <- c
		}
		close(accepted)
	})
	client, err = d.fabric.Dial(ctx, netip.MustParseAddr(outside), netip.AddrPortFrom(netip.MustParseAddr(inside), 25))
	if err != nil {
		return nil, nil, err
	}
	return client, <-accepted, nil
}

func (d *door) close() {
	_ = d.fabric.Close()
	d.running.Wait()
}

// spoiled is a mailbox behind a mutant's Store.
type spoiled struct {
	conformance.Mailbox
	store func([]byte) [][]byte
	open  *atomic.Bool
}

// Find returns what has become of the messages that hold text. A Store that adds a
// message of its own is found by what that holds.
func (s spoiled) Find(ctx context.Context, address, text string) ([][]byte, error) {
	if !s.open.Load() {
		return s.Mailbox.Find(ctx, address, text)
	}
	all, err := s.Mailbox.Find(ctx, address, text)
	if err != nil {
		return nil, err
	}
	var out [][]byte
	for _, m := range all {
		out = append(out, s.store(m)...)
	}
	return out, nil
}
