package conformance

import (
	"context"
	"fmt"
	"strings"
)

// Sending is one run of a sender under test.
type Sending struct {
	Host    string // where our server listens
	Port    int
	Message []byte // what it is to send, where it can be told that
}

// Sent is how a run of a sender ended.
type Sent struct {
	Exit   int    // 0: it says that the mail was taken
	Output string // what it has printed
}

// SendFunc runs a program, or a function, that sends one message to a server. The
// error is trouble: the program cannot be started. It ends when the context does.
type SendFunc func(ctx context.Context, s Sending) (Sent, error)

// surveySender lets the sender send to a server that takes everything.
func (p *Probe) surveySender(f *Facts) {
	f.Lacks = map[Need]string{}
	message := p.Message()
	m := p.Serve(Script{Offer: []string{"PIPELINING", "8BITMIME", "SIZE 10485760", "STARTTLS"}, Message: []byte(message.Text)})
	v := m.last()
	switch {
	case v == nil:
		p.unclear("the sender did not connect; it ended with %s", m.ending())
	case !v.Whole || m.Exit != 0:
		p.unclear("the sender did not send a message to a server that takes everything; it ended with %s", m.ending())
	}
	if !strings.Contains(v.Content, message.Marker) {
		f.Lacks[NeedMessage] = "the sender does not send the message that it is given (in {file}, and on its standard input)"
	}
	if !v.Secure {
		f.Lacks[NeedStart] = "the sender does not use STARTTLS when it is offered"
	}
	f.Greeting = v.Hello()
}

// ending says how the sender ended.
func (m Meeting) ending() string {
	text := fmt.Sprintf("exit code %d", m.Exit)
	if out := strings.TrimSpace(m.Output); out != "" {
		text += ": " + abridged(out)
	}
	return text
}
