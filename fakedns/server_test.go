package fakedns_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/mailsim/mailsim/fakedns"
)

// exchange sends octets and returns the message that comes back.
func exchange(t *testing.T, conn net.Conn, packet []byte) *dns.Msg {
	t.Helper()
	if _, ok := conn.(*net.TCPConn); ok {
		packet = append(binary.BigEndian.AppendUint16(nil, uint16(len(packet))), packet...)
	}
	if _, err := conn.Write(packet); err != nil {
		t.Fatal(err)
	}
	return receive(t, conn)
}

func receive(t *testing.T, conn net.Conn) *dns.Msg {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	c := &dns.Conn{Conn: conn, UDPSize: 65535}
	m, err := c.ReadMsg()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func dial(t *testing.T, network, addr string) net.Conn {
	t.Helper()
	conn, err := net.Dial(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func pack(t *testing.T, m *dns.Msg) []byte {
	t.Helper()
	packet, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return packet
}

func TestServerPackets(t *testing.T) {
	addr := serve(t, &fakedns.Server{World: load(t, simple)})
	for _, network := range []string{"udp", "tcp"} {
		t.Run(network, func(t *testing.T) {
			conn := dial(t, network, addr)
			good := pack(t, query(t, "example.org. MX"))
			if network == "udp" {
				// No header, or an answer: nothing comes back, and nothing breaks.
				answer := bytes.Clone(good)
				answer[2] |= 0x80
				for _, packet := range [][]byte{{}, good[:11], answer} {
					if _, err := conn.Write(packet); err != nil {
						t.Fatal(err)
					}
				}
			}
			cut := exchange(t, conn, good[:20])
			if cut.Rcode != dns.RcodeFormatError || cut.Id != binary.BigEndian.Uint16(good) {
				t.Errorf("half a query: %v", cut)
			}
			if m := exchange(t, conn, good); m.Rcode != dns.RcodeSuccess || len(m.Answer) != 2 {
				t.Errorf("whole query: %v", m)
			}
		})
	}
}

func TestServerTCPPipelining(t *testing.T) { // RFC 7766 6.2.1.1
	w := load(t, simple)
	w.Fail(fakedns.Failure{Kind: fakedns.FailTimeout, Name: "mx1.example.org"})
	conn := dial(t, "tcp", serve(t, &fakedns.Server{World: w}))
	var stream []byte
	asks := []string{"example.org. MX", "mx1.example.org. A", "mx2.example.org. A"}
	for i, ask := range asks {
		q := query(t, ask)
		q.Id = uint16(i)
		packet := pack(t, q)
		stream = append(binary.BigEndian.AppendUint16(stream, uint16(len(packet))), packet...)
	}
	if _, err := conn.Write(stream); err != nil {
		t.Fatal(err)
	}
	for _, id := range []uint16{0, 2} {
		if m := receive(t, conn); m.Id != id {
			t.Errorf("answer to %d, want %d", m.Id, id)
		}
	}
}

func TestServerBounds(t *testing.T) {
	t.Run("connections", func(t *testing.T) {
		addr := serve(t, &fakedns.Server{World: load(t, simple), MaxConns: 1})
		first := dial(t, "tcp", addr)
		exchange(t, first, pack(t, query(t, "example.org. MX")))
		second := dial(t, "tcp", addr)
		if err := second.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, err := second.Read(make([]byte, 1)); err == nil || isTimeout(err) {
			t.Errorf("a connection too many was not closed: %v", err)
		}
		exchange(t, first, pack(t, query(t, "example.org. MX")))
	})
	t.Run("idle", func(t *testing.T) {
		addr := serve(t, &fakedns.Server{World: load(t, simple), IdleTimeout: time.Millisecond})
		conn := dial(t, "tcp", addr)
		if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("an idle connection was not closed: %v", err)
		}
	})
}

func isTimeout(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout()
}

func TestServerDelay(t *testing.T) {
	w := load(t, simple)
	w.Fail(fakedns.Failure{Kind: fakedns.FailDelay, Name: "mx1.example.org", Delay: 20 * time.Millisecond})
	addr := serve(t, &fakedns.Server{World: w})
	for _, network := range []string{"udp", "tcp"} {
		conn := dial(t, network, addr)
		start := time.Now()
		m := exchange(t, conn, pack(t, query(t, "mx1.example.org. A")))
		if took := time.Since(start); len(m.Answer) != 1 || took < 20*time.Millisecond {
			t.Errorf("%s: %v after %v", network, show(m), took)
		}
	}
	// A server that stops does not wait for what it delays.
	w.Fail(fakedns.Failure{Kind: fakedns.FailDelay, Delay: time.Hour})
	for _, network := range []string{"udp", "tcp"} {
		packet := pack(t, query(t, "mx2.example.org. A"))
		if network == "tcp" {
			packet = append(binary.BigEndian.AppendUint16(nil, uint16(len(packet))), packet...)
		}
		if _, err := dial(t, network, addr).Write(packet); err != nil {
			t.Fatal(err)
		}
	}
}

func TestServerRecursive(t *testing.T) {
	addr := serve(t, &fakedns.Server{World: load(t, simple, zoned), Recursive: true})
	conn := dial(t, "udp", addr)
	for ask, want := range map[string]string{
		"example.org. MX":      "NOERROR aa ra",
		"nobody.example. MX":   "NXDOMAIN aa ra",
		"lost.example.com. MX": "SERVFAIL ra",
	} {
		m := exchange(t, conn, pack(t, query(t, ask)))
		if got := show(m)[0]; got != want {
			t.Errorf("%s: got %s, want %s", ask, got, want)
		}
	}
}

// TestServerHugeRRset: what no message can carry is SERVFAIL.
func TestServerHugeRRset(t *testing.T) {
	w := fakedns.NewWorld()
	for i := range 300 {
		text := `"` + strings.Repeat(string(rune('a'+i%26)), 250) + `" "` + strings.Repeat("x", i%250) + `"`
		if err := w.Add("huge. TXT " + text); err != nil {
			t.Fatal(err)
		}
	}
	x := fakedns.Client{Addr: serve(t, &fakedns.Server{World: w})}
	if got := lookup(fakedns.NewResolver(x), "TXT huge"); got != "server failure (SERVFAIL) [temporary]" {
		t.Errorf("got %.100s", got)
	}
	if got := lookup(fakedns.NewResolver(w), "TXT huge"); len(got) < 65536 {
		t.Errorf("direct: got %.100s", got)
	}
}

func TestServerErrors(t *testing.T) {
	w := fakedns.NewWorld()
	ctx := t.Context()
	for _, addr := range []string{"", "127.0.0.1", "127.0.0.1:port", "192.0.2.1:0", "127.0.0.1:99999"} {
		s := &fakedns.Server{World: w}
		if err := s.ListenAndServe(ctx, addr); err == nil || !strings.HasPrefix(err.Error(), "listen for DNS on ") {
			t.Errorf("%q: %v", addr, err)
		}
	}
	if err := (&fakedns.Server{}).Listen("127.0.0.1:0"); err == nil {
		t.Error("listens without a world")
	}
	if err := (&fakedns.Server{World: w}).Serve(ctx); err == nil {
		t.Error("serves without listening")
	}
	taken := serve(t, &fakedns.Server{World: w})
	if err := (&fakedns.Server{World: w}).Listen(taken); err == nil {
		t.Error("listens twice on one port")
	}
}

// buffer is a log to read while others write.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func TestServerQueryLog(t *testing.T) {
	var log buffer
	w := load(t, simple)
	addr := serve(t, &fakedns.Server{World: w, QueryLog: slog.New(slog.NewTextHandler(&log, nil))})
	r := fakedns.NewResolver(fakedns.Client{Addr: addr})
	lookup(r, "MX example.org")
	for _, want := range []string{"name=example.org. type=MX reply=noerror answers=2 transport=udp from=127.0.0.1:"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("log lacks %q:\n%s", want, log.String())
		}
	}
}

// TestClientPassesOver: packets that are no answer to the question are not taken for one.
func TestClientPassesOver(t *testing.T) {
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := load(t, simple)
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 4096)
		n, from, err := pc.ReadFrom(buf)
		if err != nil {
			t.Error(err)
			return
		}
		q := new(dns.Msg)
		if err := q.Unpack(buf[:n]); err != nil {
			t.Error(err)
			return
		}
		good := w.Answer(q, fakedns.UDP)
		for _, edit := range []func(*dns.Msg){
			func(m *dns.Msg) { m.Id++; m.Answer = nil },
			func(m *dns.Msg) { m.Response, m.Answer = false, nil },
			func(m *dns.Msg) { m.Question[0].Name, m.Answer = "other.", nil },
			func(m *dns.Msg) { m.Question, m.Answer = nil, nil },
			func(*dns.Msg) {},
		} {
			m := good.Copy()
			edit(m)
			packet, err := m.Pack()
			if err != nil {
				t.Error(err)
			}
			for _, p := range [][]byte{packet[:5], packet} {
				if _, err := pc.WriteTo(p, from); err != nil {
					t.Error(err)
				}
			}
		}
	}()
	r := fakedns.NewResolver(fakedns.Client{Addr: pc.LocalAddr().String()})
	if got := lookup(r, "MX example.org"); got != "10 mx1.example.org., 20 mx2.example.org." {
		t.Errorf("got %s", got)
	}
	<-done
	pc.Close()
	// Nobody is there any more: told at once, or by the end of the time.
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := r.LookupMX(ctx, "mx1.example.org"); err == nil || !strings.Contains(complaint(err, "mx1.example.org"), "[temporary]") {
		t.Errorf("closed port: %v", err)
	}
}

// TestServerStandardClient: Go's own resolver understands the server.
func TestServerStandardClient(t *testing.T) {
	addr := serve(t, &fakedns.Server{World: load(t, simple, zoned)})
	r := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, addr)
	}}
	mxs, err := r.LookupMX(t.Context(), "example.org.")
	if err != nil || len(mxs) != 2 || mxs[0].Host != "mx1.example.org." {
		t.Errorf("MX: %v, %v", mxs, err)
	}
	addrs, err := r.LookupNetIP(t.Context(), "ip4", "alias.example.org.")
	if err != nil || len(addrs) != 1 {
		t.Errorf("A: %v, %v", addrs, err)
	}
	if _, err := r.LookupMX(t.Context(), "nobody.example.org."); !strings.Contains(complaint(err, "nobody.example.org."), "[not found]") {
		t.Errorf("NXDOMAIN: %v", err)
	}
}
