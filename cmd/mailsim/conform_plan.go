package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/conformance/cases"
	"github.com/mailsim/mailsim/conformance/simulated"
	"github.com/mailsim/mailsim/sim"
)

// plan is what conform is going to do.
type plan struct {
	place     place
	addresses []netip.AddrPort // none of mailsim's own servers and of sockets
	target    conformance.Target
	cases     []conformance.Case
	options   conformance.Options
	closers   []io.Closer // what was opened for it
}

// close ends what was opened for the plan.
func (pl *plan) close() {
	for _, c := range pl.closers {
		_ = c.Close() // nothing is lost with it
	}
}

// check says what is wrong with flags, whatever the target.
func (o *conformOptions) check() error {
	switch {
	case o.verbose && o.quiet:
		return errors.New("--verbose and --quiet exclude each other")
	case o.parallel < 1 || o.parallel > 1000:
		return fmt.Errorf("--parallel is %d; there are 1 to 1000 sessions at a time", o.parallel)
	case o.durations < 0:
		return fmt.Errorf("--durations is %d; it is how many cases are listed", o.durations)
	case len(o.rcpt) > 2:
		return fmt.Errorf("--rcpt is given %d times; mail goes to two mailboxes at most", len(o.rcpt))
	case len(o.rcpt) == 2 && strings.EqualFold(o.rcpt[0], o.rcpt[1]):
		return fmt.Errorf("--rcpt names %s twice; the second is another mailbox", o.rcpt[0])
	case o.user == "" && o.password != "":
		return errors.New("a password is given, but no --user")
	case o.allowHostile && !o.allowRemote:
		return errors.New("--allow-hostile is for targets that --allow-remote allows; on this machine and in private networks all cases are asked anyway")
	case o.insecure && o.ca != "":
		return errors.New("--insecure takes any certificate, and --ca says whose: give one of them")
	}
	for _, d := range []struct {
		flag  string
		value time.Duration
	}{{"timeout", o.timeout}, {"quiet-time", o.quietTime}, {"delivery", o.delivery}} {
		if d.value <= 0 || d.value > time.Hour {
			return fmt.Errorf("--%s is %s; it is more than nothing, and an hour at most", d.flag, d.value)
		}
	}
	for _, a := range []struct{ flag, value string }{
		{"unknown", o.unknown},
		{"alias", o.alias},
		{"expand", o.expand},
		{"foreign", o.foreign},
		{"from", o.from},
	} {
		if err := checkAddress(a.flag, a.value); err != nil {
			return err
		}
	}
	for _, a := range o.rcpt {
		if a == "" {
			return errors.New("--rcpt: the address is empty")
		}
		if err := checkAddress("rcpt", a); err != nil {
			return err
		}
	}
	if strings.ContainsFunc(o.helo, func(r rune) bool { return r == ' ' || unicode.IsControl(r) }) {
		return fmt.Errorf("--helo %q: it is the name of a host, or an address in brackets", o.helo)
	}
	if strings.ContainsRune(o.user+o.password, 0) {
		return errors.New("--user and --password hold no NUL")
	}
	return nil
}

// checkAddress makes sure that an address can stand in a command without breaking it.
func checkAddress(flag, s string) error {
	if s == "" {
		return nil
	}
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at == len(s)-1 || strings.ContainsFunc(s, func(r rune) bool { return r == '<' || r == '>' || unicode.IsControl(r) }) {
		return fmt.Errorf("--%s %q is no address; write it as name@example.org", flag, s)
	}
	return nil
}

// plan makes a plan of the flags. It looks up the target, and sends nothing to it.
func (o *conformOptions) plan(ctx context.Context, name string, list []conformance.Case) (*plan, error) {
	switch {
	case o.exec != "" && name != "":
		return nil, fmt.Errorf("--exec tests a command that sends mail, and %s is a server: test one after the other", name)
	case o.exec != "":
		return o.planSender(list)
	case name == "":
		return nil, errors.New("conform needs a target; " + targetHelp)
	}
	where, err := parseTarget(name)
	if err != nil {
		return nil, err
	}
	profile, err := where.profileOf(o.profile)
	if err != nil {
		return nil, err
	}
	pl := &plan{
		place: where, cases: list,
		options: conformance.Options{Parallel: o.parallel, Slow: o.slow, Strict: o.strict},
	}
	if pl.options.Waivers, err = o.waivers(); err != nil {
		return nil, err
	}
	if where.self {
		return pl, o.self(pl)
	}
	pl.target = conformance.Target{
		Name: where.String(), Profile: profile, ImplicitTLS: where.implicit,
		Hello: o.helo, From: o.from, Unknown: o.unknown, Alias: o.alias, List: o.expand, Foreign: o.foreign,
		User: o.user, Password: o.password, Timeout: o.timeout, Quiet: o.quietTime, Delivery: o.delivery,
	}
	for i, a := range o.rcpt {
		*[]*string{&pl.target.Rcpt, &pl.target.Second}[i] = a
	}
	if o.mailbox != "" {
		if pl.target.Mailbox, err = parseMailbox(o.mailbox, o.insecure); err != nil {
			return nil, err
		}
		if c, ok := pl.target.Mailbox.(io.Closer); ok {
			pl.closers = append(pl.closers, c)
		}
	}
	if pl.target.TLS, err = o.tls(where); err != nil {
		return nil, err
	}
	return pl, o.reach(ctx, pl)
}

// waivers reads --waive.
func (o *conformOptions) waivers() ([]conformance.Waiver, error) {
	if o.waive == "" {
		return nil, nil
	}
	data, err := readSmall(o.waive)
	if err != nil {
		return nil, fmt.Errorf("--waive: %w", err)
	}
	return conformance.ParseWaivers(o.waive, data, allCases())
}

// allCases are those of servers and of senders.
func allCases() []conformance.Case { return slices.Concat(cases.All(), cases.Sending()) }

// given returns the first of some flags that has a value, or "".
func (o *conformOptions) given(flags ...string) string {
	values := map[string]string{
		"alias": o.alias, "bind": o.bind, "ca": o.ca, "expand": o.expand, "mailbox": o.mailbox,
		"profile": string(o.profile), "rcpt": strings.Join(o.rcpt, ""), "user": o.user,
	}
	for _, f := range flags {
		if values[f] != "" {
			return f
		}
	}
	return ""
}

// self makes the plan for mailsim's own server, which brings its mailboxes with it. In
// virtual time the slow cases are as fast as the others.
func (o *conformOptions) self(pl *plan) error {
	if flag := o.given("rcpt", "alias", "expand", "user", "mailbox", "bind", "ca"); flag != "" {
		return fmt.Errorf("%s has mailboxes, users and a network of its own; leave out --%s", pl.place, flag)
	}
	pl.options.Slow = true
	pl.target = conformance.Target{
		Name: pl.place.String(), Profile: pl.place.profile, Hello: o.helo, From: o.from, Unknown: o.unknown, Foreign: o.foreign,
		Timeout: o.timeout, Quiet: o.quietTime, Delivery: o.delivery,
	}
	return nil
}

// tls is how certificates are judged.
func (o *conformOptions) tls(where place) (*tls.Config, error) {
	name := where.host
	if name == "" {
		name = "localhost"
	}
	if i := strings.IndexByte(name, '%'); i >= 0 {
		name = name[:i] // the zone is no part of a name
	}
	cfg := &tls.Config{ServerName: name, InsecureSkipVerify: o.insecure}
	if o.ca == "" {
		return cfg, nil
	}
	pem, err := readSmall(o.ca)
	if err != nil {
		return nil, fmt.Errorf("--ca: %w", err)
	}
	if cfg.RootCAs, err = x509.SystemCertPool(); err != nil {
		cfg.RootCAs = x509.NewCertPool()
	}
	if !cfg.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("--ca: %s holds no certificate in PEM", o.ca)
	}
	return cfg, nil
}

// reach finds out where the target is, and whether it may be tested.
func (o *conformOptions) reach(ctx context.Context, pl *plan) error {
	var bind netip.Addr
	if o.bind != "" {
		var err error
		if bind, err = netip.ParseAddr(strings.Trim(o.bind, "[]")); err != nil {
			return fmt.Errorf("--bind %q is no IP address", o.bind)
		}
		bind = bind.Unmap()
	}
	if path := pl.place.path; path != "" {
		if o.bind != "" {
			return errors.New("--bind is for connections over the network, not for a socket")
		}
		pl.target.Dial = func(ctx context.Context) (net.Conn, error) { return new(net.Dialer).DialContext(ctx, "unix", path) }
		return nil
	}
	var err error
	if pl.addresses, err = pl.place.addresses(ctx, bind); err != nil {
		return err
	}
	far := remote(pl.addresses)
	if len(far) > 0 && !o.allowRemote {
		return fmt.Errorf("%s is at %s, which is neither this machine nor a private network; if you are allowed to test it, add --allow-remote",
			pl.place, strings.Join(far, ", "))
	}
	pl.options.Gentle = len(far) > 0 && !o.allowHostile
	d := &dialer{addresses: pl.addresses, bind: bind, far: o.allowRemote}
	pl.target.Dial = d.Dial
	return nil
}

// run asks the cases.
func (pl *plan) run(ctx context.Context) (*conformance.Result, error) {
	if !pl.place.self {
		return conformance.Run(ctx, pl.target, pl.cases, pl.options)
	}
	var result *conformance.Result
	var failed error
	// The context stays outside: to cancel it would be fatal in virtual time, and
	// Options.Stop does the same there.
	err := sim.Virtual(simulated.Start(), func() { result, failed = pl.runSelf() })
	return result, errors.Join(err, failed)
}

// runSelf asks mailsim's own server. It runs in virtual time.
func (pl *plan) runSelf() (result *conformance.Result, err error) {
	ref, err := simulated.New(pl.place.profile, nil)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, ref.Close()) }()
	t := ref.Target()
	t.Hello, t.From, t.Timeout, t.Quiet, t.Delivery = pl.target.Hello, pl.target.From, pl.target.Timeout, pl.target.Quiet, pl.target.Delivery
	if pl.target.Unknown != "" {
		t.Unknown = pl.target.Unknown
	}
	if pl.target.Foreign != "" {
		t.Foreign = pl.target.Foreign
	}
	return conformance.Run(context.Background(), t, pl.cases, pl.options)
}
