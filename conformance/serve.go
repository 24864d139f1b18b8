package conformance

import (
	"context"
	"net"
	"strings"
	"sync"
	"time"
)

// Script is how a server of ours treats the sender under test. The zero value takes
// everything and offers nothing.
type Script struct {
	Greeting string   // "": 220 and a name
	Offer    []string // keywords of EHLO, STARTTLS among them
	Secure   []string // keywords under TLS; nil: those of Offer, without STARTTLS
	Message  []byte   // what the sender is to send, where it can be told that

	// Reply gives the reply to a line, with its CRLF, or "" for the usual one. The
	// end of data is the line ".\r\n". An answer that ends in "close" closes the
	// connection behind what is before that; "hang" alone says nothing any more.
	Reply func(v *Visit, line string) string

	Hold   time.Duration // how long it waits before each reply, and looks whether the sender does too
	Pieces bool          // each line of a reply goes out in a segment of its own, with a pause before it
}

// Meeting is all that a sender did while it was served.
type Meeting struct {
	Visits []*Visit // sessions, by their beginning
	Sent
	Asked string // what ended it, if it did not end by itself
}

// last is the visit that brought a message, or the last one.
func (m Meeting) last() *Visit {
	var found *Visit
	for _, v := range m.Visits {
		if found == nil || v.Whole || !found.Whole {
			found = v
		}
	}
	return found
}

// meetingTime is how long a sender may take for one message.
const meetingTime = 30 * time.Second

// visitsMost is how often a sender may connect for one message.
const visitsMost = 20

// Serve runs the sender once and plays a server for it. If it does not connect at
// all, the case ends without a judgement.
func (p *Probe) Serve(script Script) Meeting {
	if script.Message == nil {
		script.Message = []byte(p.Message().Text)
	}
	listen := p.Listen
	if listen == nil {
		listen = func() (net.Listener, error) { return net.Listen("tcp", "127.0.0.1:0") }
	}
	l, err := listen()
	if err != nil {
		p.unclear("listen for the sender: %v", err)
	}
	ctx, cancel := context.WithTimeout(p.ctx, meetingTime)
	defer cancel()
	var m Meeting
	var visits sync.WaitGroup
	accepted := make(chan struct{})
	go func() {
		defer close(accepted)
		for len(m.Visits) < visitsMost {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			v := p.visit(conn, script, len(m.Visits)+1)
			m.Visits = append(m.Visits, v)
			visits.Go(func() { v.serve(ctx) })
		}
	}()
	host, port := p.place(l)
	sent, err := p.Send(ctx, Sending{Host: host, Port: port, Message: script.Message})
	if ctx.Err() != nil {
		m.Asked = "it was ended after " + meetingTime.String()
	}
	_ = l.Close()
	<-accepted
	p.Sleep(p.Quiet / 10) // what it said last may be on its way
	cancel()
	visits.Wait()
	p.inTime()
	m.Sent = sent
	p.transcript.note(1, "the sender ended with %s", m.ending())
	if err != nil {
		p.unclear("run the sender: %v", err)
	}
	return m
}

// Session returns the session that brought a message, or the last one; without any
// the case ends without a judgement.
func (p *Probe) Session(m Meeting) *Visit {
	v := m.last()
	if v == nil {
		p.unclear("the sender did not connect; it ended with %s", m.ending())
	}
	return v
}

// place is where a listener listens.
func (p *Probe) place(l net.Listener) (host string, port int) {
	switch a := l.Addr().(type) {
	case *net.TCPAddr:
		return a.IP.String(), a.Port
	default:
		return a.String(), 0
	}
}

// answer is the usual reply to a line.
func (s *Script) answer(v *Visit, line string) string {
	switch verb(line) {
	case "EHLO", "LHLO":
		words := s.Offer
		if v.Secure {
			words = s.secure()
		}
		return multiline("250", append([]string{"peer.mailsim.test"}, words...))
	case "HELO":
		return "250 peer.mailsim.test\r\n"
	case "DATA":
		return "354 go on\r\n"
	case "STARTTLS":
		if v.Secure || !v.offers("STARTTLS") {
			return "502 5.5.1 not here\r\n"
		}
		return "220 2.0.0 go on\r\n"
	case "QUIT":
		return "221 2.0.0 bye\r\nclose"
	}
	return "250 2.0.0 ok\r\n"
}

// multiline is a reply of several lines.
func multiline(code string, texts []string) string {
	last := len(texts) - 1
	var b strings.Builder
	for _, t := range texts[:last] {
		b.WriteString(code + "-" + t + "\r\n")
	}
	return b.String() + code + " " + texts[last] + "\r\n"
}

// secure are the keywords under TLS.
func (s *Script) secure() []string {
	if s.Secure != nil {
		return s.Secure
	}
	var out []string
	for _, w := range s.Offer {
		if w != "STARTTLS" {
			out = append(out, w)
		}
	}
	return out
}

// verb is the first word of a line, in upper case.
func verb(line string) string {
	word, _, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
	return strings.ToUpper(word)
}
