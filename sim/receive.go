package sim

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/emersion/go-smtp"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
	"github.com/mailsim/mailsim/sim/wire"
)

// The defaults of Limits.
const (
	defaultRecipients = 1000
	defaultHops       = 100
	defaultErrors     = 20
)

func orDefault(n, def int) int {
	if n > 0 {
		return n
	}
	return def
}

// receiver is the server of a node: go-smtp behind a front for each session.
type receiver struct {
	node *Node

	mu        sync.Mutex
	server    *smtp.Server
	listeners []*wire.Listener
	open      map[*front]struct{}
	names     map[netip.AddrPort]int // how many sessions each address and port has had
	seats     []*seat                // that are free
	tapes     []*tape
	taped     atomic.Int64               // octets of the tapes
	admitted  map[netip.AddrPort]verdict // what the faults at connect said of dials on their way
	tls       *tls.Config

	plainExtensions, secureExtensions []string

	scratch sync.Pool      // of *scratch
	serving sync.WaitGroup // the goroutines that accept
}

func newReceiver(n *Node) *receiver { return &receiver{node: n} }

// start opens the node's ports and serves them.
func (r *receiver) start() error {
	s := smtp.NewServer(smtp.BackendFunc(newSession))
	s.Domain = r.node.host.Name
	s.LMTP = r.node.cfg.LMTP
	s.ErrorLog = panicLog{}
	// The front knows what the node offers and how long lines may be; go-smtp reads all.
	s.MaxLineLength = 0
	s.AllowInsecureAuth = true
	s.EnableSMTPUTF8, s.EnableREQUIRETLS, s.EnableBINARYMIME = true, true, true
	s.EnableDSN, s.EnableRRVS, s.EnableDELIVERBY, s.EnableMTPRIORITY = true, true, true, true
	var ls []*wire.Listener
	for _, port := range r.node.cfg.ListenPorts() {
		l, err := r.node.host.listen(port)
		if err != nil {
			for _, l := range ls {
				_ = l.Close()
			}
			return err
		}
		ls = append(ls, l...)
	}
	r.mu.Lock()
	r.server, r.listeners = s, ls
	r.mu.Unlock()
	for _, l := range ls {
		l.SetAdmit(r.admit)
		r.serving.Go(func() { _ = s.Serve(door{l, r}) })
	}
	return nil
}

// stop closes the ports and cuts all sessions. It returns when their goroutines
// have ended.
func (r *receiver) stop() {
	r.mu.Lock()
	server, ls := r.server, r.listeners
	r.server, r.listeners = nil, nil
	r.mu.Unlock()
	if server == nil {
		return
	}
	for _, l := range ls {
		_ = l.Close()
	}
	r.serving.Wait()
	for _, f := range r.sessions() {
		_ = f.Close()
	}
	r.clear()
	_ = server.Shutdown(context.Background())
	r.mu.Lock()
	r.admitted = nil
	r.mu.Unlock()
}

// sessions returns the open sessions in the order of their names, so that the
// log of a crash is the same each time.
func (r *receiver) sessions() []*front {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]*front, 0, len(r.open))
	for f := range r.open {
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b *front) int { return strings.Compare(a.name, b.name) })
	return all
}

// connections counts the open sessions.
func (r *receiver) connections() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.open)
}

// admit lets the faults at connect act that keep a connection from coming to
// be. Their delays do not count: the dialer's own wait is the point.
func (r *receiver) admit(remote netip.AddrPort) wire.Admission {
	v := r.node.faults.at(AtConnect, func() occasion {
		return occasion{peer: r.node.peerName(remote.Addr())}
	})
	switch {
	case v.none():
		return wire.Admit
	case v.do == DoRefuse:
		return wire.Refuse
	case v.do == DoStall:
		return wire.Ignore
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.admitted == nil {
		r.admitted = map[netip.AddrPort]verdict{}
	}
	r.admitted[remote] = v
	return wire.Admit
}

// door is a listener whose connections are seats with a front.
type door struct {
	*wire.Listener
	r *receiver
}

// Accept waits for a session that needs a seat of its own.
func (d door) Accept() (net.Conn, error) {
	for {
		c, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if f := d.r.newFront(c); !d.r.sit(f) {
			return &seat{r: d.r, front: f, next: make(chan *front, 1)}, nil
		}
	}
}

// newFront opens a session on a connection.
func (r *receiver) newFront(c net.Conn) *front {
	remote := addrPort(c.RemoteAddr())
	f := &front{
		r: r, n: r.node, raw: c, conn: c, done: make(chan struct{}),
		inbound: r.node.cfg.inbound(addrPort(c.LocalAddr()).Port()),
		addr:    remote.Addr(), peer: r.node.peerName(remote.Addr()),
		name: r.node.cfg.Name + "<" + remote.String(),
	}
	f.session.f = f
	r.mu.Lock()
	if r.open == nil {
		r.open, r.names = map[*front]struct{}{}, map[netip.AddrPort]int{}
	}
	// Ports come up again in a long run; the sessions of a log are told apart by name.
	if r.names[remote]++; r.names[remote] > 1 {
		f.name += "#" + strconv.Itoa(r.names[remote])
	}
	most := r.node.cfg.Limits.Connections
	f.busy = most > 0 && len(r.open) >= most
	f.greeting = r.admitted[remote]
	delete(r.admitted, remote)
	r.open[f] = struct{}{}
	r.newTape(f)
	r.mu.Unlock()
	f.unwanted = r.node.policy.connect(&f.session)
	r.node.emit(trace.Event{Kind: trace.SessionOpen, Mail: f.tag(), Peer: f.peer, Session: f.name})
	return f
}

func (r *receiver) forget(f *front) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.open, f)
}

func addrPort(a net.Addr) netip.AddrPort {
	switch a := a.(type) {
	case *net.TCPAddr:
		ap := a.AddrPort()
		return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
	case nil:
		return netip.AddrPort{}
	}
	ap, _ := netip.ParseAddrPort(a.String())
	return ap
}

// start greets the client (RFC 5321 3.1, 4.3.1).
func (f *front) start() {
	f.verb = verbGreeting
	if !f.connected() {
		return
	}
	if f.n.cfg.TLS == TLSImplicit && !f.inbound && !f.handshake() {
		f.ending = true
		return
	}
	if f.busy {
		// RFC 5321 3.8.
		f.respond(421, "4.3.2", f.n.host.Name+" too many connections, try later")
		return
	}
	if f.unwanted != nil {
		f.reply(*f.unwanted)
		f.refusing = true
		return
	}
	if !f.hush() {
		return
	}
	if !f.faulty(AtBanner) {
		f.refusing = true
		return
	}
	switch {
	case f.n.cfg.LMTP:
		f.respond(220, "", f.n.host.Name+" LMTP mailsim")
	default:
		f.respond(220, "", f.n.host.Name+" ESMTP mailsim")
	}
}

// connected lets a fault at connect act on a connection that there is, and
// reports whether the session goes on.
func (f *front) connected() bool {
	v := f.greeting
	if !f.pause(v.delay) {
		f.ending = true
		return false
	}
	switch {
	case v.do == DoDrop:
		f.ending = true
	case v.do == DoReset:
		f.reset()
	case v.do == DoGarble:
		f.out = append(f.out, garbage...)
		f.refusing = true
		return false
	case v.reply.Code != 0:
		f.reply(v.reply)
		f.refusing = !v.reply.Positive()
		return false
	}
	return !f.ending
}

// panicLog keeps a bug of mailsim from passing as a 421: go-smtp recovers from
// panics and logs them. What else it logs is told by events.
type panicLog struct{}

// Printf is for go-smtp.
func (panicLog) Printf(format string, v ...any) {
	if strings.HasPrefix(format, "panic") {
		panic(fmt.Sprintf(format, v...))
	}
}

// Println is for go-smtp.
func (panicLog) Println(...any) {}

// serverError is a reply as go-smtp wants it.
func serverError(r mail.Reply) *smtp.SMTPError {
	e := &smtp.SMTPError{Code: r.Code, EnhancedCode: smtp.NoEnhancedCode, Message: strings.Join(r.Lines, "\n")}
	if r.Enhanced != "" {
		e.EnhancedCode = enhancedCode(r.Enhanced)
	}
	return e
}

// enhancedCode reads an enhanced status code such as "4.3.0".
func enhancedCode(s string) smtp.EnhancedCode {
	var c smtp.EnhancedCode
	i := 0
	for _, r := range []byte(s) {
		switch {
		case r == '.' && i < len(c)-1:
			i++
		case '0' <= r && r <= '9' && c[i] < 1000:
			c[i] = c[i]*10 + int(r-'0')
		default:
			return smtp.NoEnhancedCode
		}
	}
	return c
}
