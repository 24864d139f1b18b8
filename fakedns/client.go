package fakedns

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// Client asks a server on the network: by UDP, and again by TCP where the answer
// was truncated (RFC 7766 5). It is an Exchanger.
type Client struct {
	Addr    string        // host:port
	Timeout time.Duration // of one try; 0: DefaultTimeout
	Tries   int           // by UDP; 0: DefaultTries
}

// Exchange sends q and returns the answer to it, under the ID of q. Packets that
// are no answer to q are passed over until the time is up.
func (c Client) Exchange(ctx context.Context, q *dns.Msg) (*dns.Msg, error) {
	var last error
	for range cmp.Or(max(c.Tries, 0), DefaultTries) {
		m, err := c.try(ctx, "udp", q)
		if err == nil && m.Truncated {
			m, err = c.try(ctx, "tcp", q)
		}
		if err == nil {
			m.Id = q.Id
			return m, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		last = err
	}
	return nil, last
}

// try sends q once, under an ID of its own (RFC 5452 9.2; a new socket gives a new port).
func (c Client) try(ctx context.Context, network string, q *dns.Msg) (*dns.Msg, error) {
	own := *q
	own.Id = uint16(rand.Uint32())
	packet, err := own.Pack()
	if err != nil {
		return nil, fmt.Errorf("pack query: %w", err)
	}
	deadline := time.Now().Add(cmp.Or(max(c.Timeout, 0), DefaultTimeout))
	dialer := net.Dialer{Deadline: deadline}
	conn, err := dialer.DialContext(ctx, network, c.Addr)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(deadline); err != nil {
		return nil, err
	}
	// A context that ends must end a read.
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()

	if network == "tcp" {
		packet = append(binary.BigEndian.AppendUint16(nil, uint16(len(packet))), packet...)
	}
	if _, err := conn.Write(packet); err != nil {
		return nil, err
	}
	return readAnswer(conn, network, &own)
}

// readAnswer reads until it has the answer to q. By TCP, one that does not fit is an error.
func readAnswer(conn net.Conn, network string, q *dns.Msg) (*dns.Msg, error) {
	buf := make([]byte, udpLargest)
	for {
		var n int
		var err error
		if network == "tcp" {
			buf, err = readFrame(conn, buf)
			n = len(buf)
		} else {
			n, err = conn.Read(buf)
		}
		if err != nil {
			return nil, err
		}
		m := new(dns.Msg)
		if err := m.Unpack(buf[:n]); err == nil && answers(m, q) {
			return m, nil
		}
		if network == "tcp" {
			return nil, ErrBadReply
		}
	}
}

// answers reports whether m is the answer to q (RFC 5452 9.1). A server that
// could not read the question need not repeat it.
func answers(m, q *dns.Msg) bool {
	if !m.Response || m.Id != q.Id {
		return false
	}
	if len(m.Question) == 0 {
		return m.Rcode != dns.RcodeSuccess && m.Rcode != dns.RcodeNameError
	}
	a, b := m.Question[0], q.Question[0]
	return len(m.Question) == 1 && a.Qtype == b.Qtype && a.Qclass == b.Qclass && strings.EqualFold(a.Name, b.Name)
}

// readFrame reads a message and the two octets of its length before it (RFC 1035
// 4.2.2), into buf if that is large enough.
func readFrame(r io.Reader, buf []byte) ([]byte, error) {
	var size [2]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint16(size[:]))
	if n > cap(buf) {
		buf = make([]byte, n)
	}
	buf = buf[:n]
	if _, err := io.ReadFull(r, buf); err != nil {
		return nil, fmt.Errorf("message of %d octets: %w", n, err)
	}
	return buf, nil
}
