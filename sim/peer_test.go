package sim

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
)

// peer is a next hop that is no node: it says what the test wants, and keeps what
// it reads. A route reaches it as [192.0.2.99].
type peer struct {
	offers       []string // keywords of EHLO
	secureOffers []string // under TLS
	cert         *tls.Certificate
	answer       func(line string) string // "": the usual reply; "close" ends the session

	mu       sync.Mutex
	lines    []string // commands, and "(TLS)" for a handshake
	messages []string // as they came, dots undone
}

const peerHop = "[192.0.2.99]"

// listen opens the peer's port; the network's end closes it.
func (p *peer) listen(b *bench, addr string) *peer {
	b.t.Helper()
	l, err := b.net.fabric.Listen(netip.AddrPortFrom(netip.MustParseAddr(addr), 25))
	if err != nil {
		b.t.Fatal(err)
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(c)
		}
	}()
	return p
}

// said returns the commands that begin with one of the verbs, all without any.
func (p *peer) said(verbs ...string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var found []string
	for _, l := range p.lines {
		verb, _, _ := strings.Cut(l, " ")
		if len(verbs) == 0 || strings.Contains(" "+strings.Join(verbs, " ")+" ", " "+verb+" ") {
			found = append(found, l)
		}
	}
	return found
}

func (p *peer) mails() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.messages...)
}

func (p *peer) serve(c net.Conn) {
	defer func() { c.Close() }()
	r := bufio.NewReader(c)
	var content strings.Builder
	say := func(line, usual string) bool {
		reply := ""
		if p.answer != nil {
			reply = p.answer(line)
		}
		if reply == "" {
			reply = usual
		}
		if reply != "close" {
			_, _ = io.WriteString(c, strings.ReplaceAll(reply, "|", "\r\n")+"\r\n")
		}
		return reply != "close" && !strings.HasPrefix(reply, "421")
	}
	took := func(message string) {
		p.mu.Lock()
		p.messages = append(p.messages, message)
		p.mu.Unlock()
	}
	secure := false
	for going := say("", "220 peer.example"); going; {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSuffix(line, "\r\n")
		p.mu.Lock()
		p.lines = append(p.lines, line)
		p.mu.Unlock()
		verb, arg, _ := strings.Cut(line, " ")
		switch verb {
		case "EHLO", "LHLO":
			offers := p.offers
			if secure {
				offers = p.secureOffers
			}
			reply := "250 peer.example"
			if len(offers) > 0 {
				last := len(offers) - 1
				reply = "250-peer.example"
				for _, o := range offers[:last] {
					reply += "|250-" + o
				}
				reply += "|250 " + offers[last]
			}
			going = say(line, reply)
		case "STARTTLS":
			going = say(line, "220 go")
			if p.answer != nil && p.answer(line) != "" {
				continue
			}
			p.mu.Lock()
			cert := p.cert
			p.mu.Unlock()
			if cert == nil {
				return
			}
			t := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{*cert}})
			if t.Handshake() != nil {
				return
			}
			secure = true
			c, r = t, bufio.NewReader(t)
			p.mu.Lock()
			p.lines = append(p.lines, "(TLS)")
			p.mu.Unlock()
		case "DATA":
			going = say(line, "354 go")
			if p.answer != nil && p.answer(line) != "" && p.answer(line)[0] != '3' {
				continue
			}
			for {
				line, err := r.ReadString('\n')
				if err != nil {
					return
				}
				if line == ".\r\n" {
					break
				}
				content.WriteString(strings.TrimPrefix(line, "."))
			}
			took(content.String())
			content.Reset()
			going = say(".", "250 2.0.0 taken")
		case "BDAT":
			var n int64
			_, _ = fmt.Sscan(arg, &n)
			if _, err := io.CopyN(&content, r, n); err != nil {
				return
			}
			if strings.HasSuffix(arg, " LAST") {
				took(content.String())
				content.Reset()
			}
			going = say(line, "250 ok")
		case "QUIT":
			say(line, "221 bye")
			return
		default:
			going = say(line, "250 ok")
		}
	}
}
