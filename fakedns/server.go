package fakedns

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/miekg/dns"
)

// Server answers for a World by UDP and TCP on one port, as an authoritative
// server does: with AA, without recursion. Set its fields before Listen.
type Server struct {
	World *World

	// Recursive makes the server look like the resolver of a whole world, for
	// clients that insist: it sets RA, and a referral becomes SERVFAIL.
	Recursive bool

	ErrorLog    *slog.Logger  // nil: trouble with sockets is not told
	QueryLog    *slog.Logger  // nil: queries are not told
	MaxConns    int           // TCP connections at once; 0: 128; more are closed right away
	IdleTimeout time.Duration // of a TCP connection; 0: 10 seconds (RFC 7766 6.2.3)

	udp *net.UDPConn
	tcp net.Listener

	work    sync.WaitGroup
	waiting chan struct{} // one place for each delayed UDP answer
	mu      sync.Mutex
	conns   map[net.Conn]struct{}
	closed  bool
}

// maxWaiting is how many delayed UDP answers there may be; more are dropped.
const maxWaiting = 1024

// ListenAndServe listens on addr, host:port, and serves until ctx ends, which is no error.
func (s *Server) ListenAndServe(ctx context.Context, addr string) error {
	if err := s.Listen(addr); err != nil {
		return err
	}
	return s.Serve(ctx)
}

// Listen opens the UDP and the TCP socket. With port 0 both get the same free port; see Addr.
func (s *Server) Listen(addr string) error {
	if s.World == nil {
		return errors.New("listen for DNS: the server has no world")
	}
	if s.tcp != nil {
		return errors.New("listen for DNS: the server listens already")
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("listen for DNS on %q: %w; want an address like 127.0.0.1:5353", addr, err)
	}
	tries := 1
	if port == "0" || port == "" {
		tries = 16 // the free TCP port may be taken for UDP
	}
	for range tries {
		if err = s.listen(host, port); err == nil {
			return nil
		}
	}
	return fmt.Errorf("listen for DNS on %s: %w", addr, err)
}

func (s *Server) listen(host, port string) error {
	tcp, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if err != nil {
		return err
	}
	at := tcp.Addr().(*net.TCPAddr)
	udp, err := net.ListenUDP("udp", &net.UDPAddr{IP: at.IP, Port: at.Port, Zone: at.Zone})
	if err != nil {
		tcp.Close()
		return err
	}
	s.tcp, s.udp = tcp, udp
	return nil
}

// Addr returns the address that Listen has bound, the same for both transports;
// the zero AddrPort before.
func (s *Server) Addr() netip.AddrPort {
	if s.tcp == nil {
		return netip.AddrPort{}
	}
	a := s.tcp.Addr().(*net.TCPAddr).AddrPort()
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}

// Serve answers on the sockets of Listen until ctx ends, which is no error, or a
// socket fails. It closes them and all connections, and returns when every
// goroutine of the server has ended. A Server serves once.
func (s *Server) Serve(ctx context.Context) error {
	if s.tcp == nil {
		return errors.New("serve DNS: call Listen first")
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s.waiting = make(chan struct{}, maxWaiting)
	s.conns = make(map[net.Conn]struct{})
	readers := max(2, runtime.GOMAXPROCS(0))
	failed := make(chan error, readers+1)
	for range readers {
		s.work.Go(func() { failed <- s.serveUDP(ctx) })
	}
	s.work.Go(func() { failed <- s.serveTCP(ctx) })

	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	cancel() // what is delayed is not worth waiting for
	s.close()
	s.work.Wait()
	if err != nil {
		return fmt.Errorf("serve DNS: %w", err)
	}
	return nil
}

func (s *Server) close() {
	s.udp.Close()
	s.tcp.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for c := range s.conns {
		c.Close()
	}
}

// serveUDP answers packets. Answers that wait do so apart, so that they hold up no others.
func (s *Server) serveUDP(ctx context.Context) error {
	buf := make([]byte, dns.MaxMsgSize)
	for {
		n, from, err := s.udp.ReadFromUDPAddrPort(buf)
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return err
			}
			// An ICMP message about an answer of ours; the socket is well.
			s.trouble("read UDP packet", from, err)
			if sleep(ctx, time.Millisecond) != nil {
				return err
			}
			continue
		}
		reply, delay := s.answer(buf[:n], UDP, from)
		switch {
		case reply == nil:
		case delay == 0:
			s.send(reply, from)
		default:
			s.later(ctx, reply, from, delay)
		}
	}
}

func (s *Server) later(ctx context.Context, reply []byte, to netip.AddrPort, delay time.Duration) {
	select {
	case s.waiting <- struct{}{}:
	default:
		s.trouble("delay an answer", to, errors.New("too many are waiting"))
		return
	}
	s.work.Go(func() {
		defer func() { <-s.waiting }()
		if sleep(ctx, delay) == nil {
			s.send(reply, to)
		}
	})
}

func (s *Server) send(reply []byte, to netip.AddrPort) {
	if _, err := s.udp.WriteToUDPAddrPort(reply, to); err != nil && !errors.Is(err, net.ErrClosed) {
		s.trouble("send UDP packet", to, err)
	}
}

// answer returns the packet that answers packet, or nil.
func (s *Server) answer(packet []byte, t Transport, from netip.AddrPort) ([]byte, time.Duration) {
	reply, q, m, delay := s.World.answerPacket(packet, t)
	if s.Recursive && m != nil && q != nil {
		recurse(m)
		if again, err := m.Pack(); err == nil {
			reply = again
		}
	}
	s.tell(q, m, t, from)
	return reply, delay
}

// recurse makes an authoritative answer that of a resolver.
func recurse(m *dns.Msg) {
	m.RecursionAvailable = true
	if m.Rcode == dns.RcodeSuccess && !m.Authoritative && !m.Truncated && len(m.Answer) == 0 {
		m.Rcode = dns.RcodeServerFailure
		m.Ns, m.Extra = nil, onlyOptions(m.Extra)
	}
}

func (s *Server) tell(q, m *dns.Msg, t Transport, from netip.AddrPort) {
	if s.QueryLog == nil {
		return
	}
	name, qtype, rcode := "unreadable", "", "no answer"
	if q != nil && len(q.Question) > 0 {
		name, qtype = q.Question[0].Name, dns.Type(q.Question[0].Qtype).String()
	}
	answers := 0
	if m != nil {
		rcode, answers = strings.ToLower(dns.RcodeToString[m.Rcode]), len(m.Answer)
	}
	s.QueryLog.Info("query", "name", name, "type", qtype, "reply", rcode, "answers", answers,
		"transport", t.String(), "from", from.String())
}

func (s *Server) trouble(what string, peer netip.AddrPort, err error) {
	if s.ErrorLog != nil {
		s.ErrorLog.Warn(what, "peer", peer.String(), "error", err)
	}
}

func (s *Server) idle() time.Duration { return cmp.Or(max(s.IdleTimeout, 0), 10*time.Second) }
