package sim

import (
	"crypto/tls"
	"time"

	"github.com/mailsim/mailsim/sim/trace"
)

// needsTLS reports whether a command has to wait for STARTTLS. RFC 3207 4: all
// but NOOP, EHLO, STARTTLS and QUIT.
func (f *front) needsTLS() bool {
	if f.secure || f.inbound || f.n.cfg.TLS != TLSRequired {
		return false
	}
	switch f.verb {
	case verbNoop, verbStartTLS, verbQuit:
		return false
	case verbHello:
		return f.word == "HELO"
	}
	return true
}

// serveStartTLS does the handshake. RFC 3207 4.2: what was said before counts
// no more.
func (f *front) serveStartTLS() {
	switch {
	case !f.bare():
		return
	case f.afterHELO():
		return
	case f.secure:
		f.respond(503, "5.5.1", "TLS is there already")
		return
	case !f.offers("STARTTLS"):
		f.respond(502, "5.5.1", "command not implemented")
		return
	case f.hello == "":
		f.respond(503, "5.5.1", "say EHLO first")
		return
	case f.n.cfg.TLS != TLSOffered && f.n.cfg.TLS != TLSRequired:
		// Offered by the scenario's list of extensions alone.
		f.respond(454, "4.7.0", "TLS is not available")
		return
	}
	f.respond(220, "2.0.0", "ready to start TLS")
	// Commands that came behind STARTTLS in clear text must not be taken for
	// commands inside TLS (CVE-2011-0411).
	f.head, f.tail = 0, 0
	if f.ending || f.flush() != nil || !f.handshake() {
		f.ending = true
		return
	}
	f.hello, f.esmtp, f.offered = "", false, nil
	f.over()
	f.session.Reset()
}

// handshake puts TLS over the wire. When it fails the session is over.
func (f *front) handshake() bool {
	cfg, err := f.r.tlsConfig()
	if err != nil {
		return false
	}
	if err := f.raw.SetDeadline(time.Now().Add(f.timeout())); err != nil {
		return false
	}
	c := tls.Server(f.raw, cfg)
	if err := c.Handshake(); err != nil {
		return false
	}
	if err := f.raw.SetDeadline(time.Time{}); err != nil {
		return false
	}
	f.conn, f.secure = c, true
	state := c.ConnectionState()
	f.n.emit(trace.Event{
		Kind: trace.SessionTLS, Mail: f.tag(), Peer: f.peer, Session: f.name,
		Detail: tls.VersionName(state.Version) + " " + tls.CipherSuiteName(state.CipherSuite),
	})
	return true
}

// tlsConfig is what the node's server says in handshakes.
func (r *receiver) tlsConfig() (*tls.Config, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.tls == nil {
		cert, err := r.node.network.authority().certificate(r.node.host.Name, r.node.cfg.Certificate)
		if err != nil {
			return nil, err
		}
		r.tls = &tls.Config{
			Certificates: []tls.Certificate{*cert},
			MinVersion:   tls.VersionTLS12, // RFC 8996, RFC 9325 3.1.1
			// Tickets would only cost a message for each session: clients here keep none.
			SessionTicketsDisabled: true,
		}
	}
	return r.tls, nil
}
