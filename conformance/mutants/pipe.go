package mutants

import (
	"io"
	"net"
)

// pipe is a connection whose octets are read by a goroutine of its own.
type pipe struct {
	net.Conn
	chunks chan []byte
	rest   []byte
}

func newPipe(c net.Conn) *pipe {
	p := &pipe{Conn: c, chunks: make(chan []byte)}
	go func() {
		defer close(p.chunks)
		for {
			block := make([]byte, 32<<10)
			n, err := c.Read(block)
			if n > 0 {
				p.chunks <- block[:n]
			}
			if err != nil {
				return
			}
		}
	}()
	return p
}

// Read gives what the goroutine has read: for TLS on top of it.
func (p *pipe) Read(b []byte) (int, error) {
	for len(p.rest) == 0 {
		chunk, ok := <-p.chunks
		if !ok {
			return 0, io.EOF
		}
		p.rest = chunk
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

// drain takes what is still read away, so that the goroutine can end.
func (p *pipe) drain() {
	_ = p.Close()
	for range p.chunks { //nolint:revive // nobody wants it
	}
}
