package fakedns

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"time"
)

// serveTCP accepts connections, up to MaxConns at once.
func (s *Server) serveTCP(ctx context.Context) error {
	for {
		conn, err := s.tcp.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) || ctx.Err() != nil {
				return err
			}
			// Out of descriptors, most likely: others may come free.
			s.trouble("accept TCP connection", netip.AddrPort{}, err)
			if err := sleep(ctx, 10*time.Millisecond); err != nil {
				return err
			}
			continue
		}
		if !s.admit(conn) {
			s.trouble("accept TCP connection", peerOf(conn), errors.New("too many connections"))
			conn.Close()
			continue
		}
		s.work.Go(func() {
			defer s.dismiss(conn)
			if err := s.serveConn(ctx, conn); err != nil {
				s.trouble("serve TCP connection", peerOf(conn), err)
			}
		})
	}
}

func (s *Server) admit(conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.conns) >= cmp.Or(max(s.MaxConns, 0), 128) {
		return false
	}
	s.conns[conn] = struct{}{}
	return true
}

func (s *Server) dismiss(conn net.Conn) {
	conn.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, conn)
}

// serveConn answers the queries of a connection one after the other (RFC 7766
// 6.2.1), until the client closes it or is idle for too long.
func (s *Server) serveConn(ctx context.Context, conn net.Conn) error {
	var buf []byte
	for {
		if err := conn.SetDeadline(time.Now().Add(s.idle())); err != nil {
			return quiet(err)
		}
		var err error
		if buf, err = readFrame(conn, buf); err != nil {
			return quiet(err)
		}
		reply, delay := s.answer(buf, TCP, peerOf(conn))
		if reply == nil {
			continue
		}
		if delay > 0 {
			if sleep(ctx, delay) != nil {
				return nil //nolint:nilerr // the server ends, and so does the connection
			}
			if err := conn.SetWriteDeadline(time.Now().Add(s.idle())); err != nil {
				return quiet(err)
			}
		}
		// Length and message in one write (RFC 7766 8).
		framed := binary.BigEndian.AppendUint16(make([]byte, 0, 2+len(reply)), uint16(len(reply)))
		if _, err := conn.Write(append(framed, reply...)); err != nil {
			return quiet(err)
		}
	}
}

// quiet drops the errors that are the usual end of a connection.
func quiet(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) || errors.Is(err, os.ErrDeadlineExceeded) {
		return nil
	}
	return err
}

func peerOf(conn net.Conn) netip.AddrPort {
	if a, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		return a.AddrPort()
	}
	return netip.AddrPort{}
}
