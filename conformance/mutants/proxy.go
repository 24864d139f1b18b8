package mutants

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// proxy carries one session between a client and the server, command by command:
// the next one waits for the reply to the one before, so that a filter can tell
// what belongs together. Message text goes on as it comes.
type proxy struct {
	f      Filter
	s      Session
	client *pipe
	server *pipe
	cert   func() tls.Certificate

	in, out []byte // from the client, from the server: not yet looked at
	pending string // the command whose reply is awaited; "": none
	instead string // what the client gets instead of that reply
	mode    mode
	chunk   int64  // octets of a BDAT chunk that are still to come
	held    string // its command, where the filter wants the chunk as a whole
	tail    []byte
	over    bool // the client sends no more
}

type mode int

const (
	commands mode = iota
	data          // message text, to the server
	sink          // message text, taken by the filter
)

// longLine is how much of a line without an end is kept before it goes on as it is.
const longLine = 64 << 10

// errOver ends a session.
var errOver = errors.New("the session is over")

// run carries the session until both sides have closed.
func (x *proxy) run() {
	x.s.Count = map[string]int{}
	x.pending = "<greeting>"
	bottomClient, bottomServer := x.client, x.server
	for x.step() == nil {
	}
	x.client.drain()
	x.server.drain()
	if bottomClient != x.client {
		bottomClient.drain()
		bottomServer.drain()
	}
}

func (x *proxy) step() error {
	from := x.client.chunks
	if x.over {
		from = nil
	}
	select {
	case chunk, ok := <-from:
		if !ok {
			x.over = true
			if c, ok := x.server.Conn.(interface{ CloseWrite() error }); ok {
				_ = c.CloseWrite()
				return nil
			}
			return errOver
		}
		x.in = append(x.in, chunk...)
	case chunk, ok := <-x.server.chunks:
		if !ok {
			return errOver
		}
		x.out = append(x.out, chunk...)
		if err := x.replies(); err != nil {
			return err
		}
	}
	return x.input()
}

// replies passes on the whole replies that are there.
func (x *proxy) replies() error {
	for {
		n := replyLength(x.out)
		if n == 0 {
			return nil
		}
		reply := string(x.out[:n])
		x.out = x.out[n:]
		command := x.pending
		x.pending = ""
		if command == "" && x.mode == data {
			x.mode, command = commands, "<dot>" // the server has seen its end before we did
		}
		if err := x.back(command, reply); err != nil {
			return err
		}
	}
}

// back gives a reply to the client, and does what it brings about.
func (x *proxy) back(command, reply string) error {
	x.s.note(command, reply)
	starts := Verb(command) == "STARTTLS" && strings.HasPrefix(reply, "220")
	text := strings.HasPrefix(reply, "354") && Verb(command) == "DATA"
	switch {
	case x.instead != "":
		reply, x.instead = x.instead, ""
	case command == "<greeting>":
		if x.f.Greeting != nil {
			reply = x.f.Greeting(&x.s, reply)
		}
	case x.f.Reply != nil:
		reply = x.f.Reply(&x.s, command, reply)
	}
	if err := x.say(reply); err != nil {
		return err
	}
	switch {
	case starts:
		return x.encrypt()
	case text:
		x.mode, x.tail = data, []byte("\r\n")
	}
	return nil
}

// say sends a reply to the client; "close" at its end closes the connection.
func (x *proxy) say(reply string) error {
	reply, closes := strings.CutSuffix(reply, "close")
	if _, err := io.WriteString(x.client, reply); err != nil || closes {
		return errOver
	}
	return nil
}

// input passes on what the client has sent, as far as that can be done now.
func (x *proxy) input() error {
	for len(x.in) > 0 {
		var err error
		switch {
		case x.held != "":
			if int64(len(x.in)) < x.chunk {
				return nil
			}
			x.whole()
		case x.chunk > 0:
			n := min(int64(len(x.in)), x.chunk)
			part := x.in[:n]
			x.in, x.chunk = x.in[n:], x.chunk-n
			x.forward(x.edited(part))
		case x.mode == data:
			x.text()
		case x.mode == sink:
			err = x.swallow()
		case x.pending != "":
			return nil
		default:
			more, lineErr := x.line()
			if !more || lineErr != nil {
				return lineErr
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// whole passes on a chunk that the filter has edited, and its command with the new count.
func (x *proxy) whole() {
	octets := x.f.Chunk(&x.s, string(x.in[:x.chunk]))
	fields := strings.Fields(x.held)
	fields[1] = strconv.Itoa(len(octets))
	x.in = x.in[x.chunk:]
	x.held, x.chunk = "", 0
	x.forward([]byte(strings.Join(fields, " ") + "\r\n" + octets))
}

// text passes on message text up to its end.
func (x *proxy) text() {
	part, ended := x.upToEnd()
	if ended {
		x.mode, x.pending = commands, "<dot>"
	}
	x.forward(x.edited(part))
}

// swallow keeps message text that the filter has asked for.
func (x *proxy) swallow() error {
	part, ended := x.upToEnd()
	x.s.Text += string(part)
	if !ended {
		return nil
	}
	x.mode = commands
	x.s.Text = strings.TrimSuffix(x.s.Text, ".\r\n")
	_, answer := x.f.Command(&x.s, "<dot>")
	x.s.note("<dot>", answer)
	x.s.Text = ""
	return x.say(answer)
}

// upToEnd takes octets up to CRLF dot CRLF, that among them.
func (x *proxy) upToEnd() (part []byte, ended bool) {
	n := len(x.in)
	whole := slices.Concat(x.tail, x.in)
	if i := bytes.Index(whole, []byte("\r\n.\r\n")); i >= 0 {
		n, ended = i+5-len(x.tail), true
	}
	part, x.in = x.in[:n], x.in[n:]
	x.tail = append([]byte(nil), whole[max(0, len(whole)-4):]...)
	return part, ended
}

func (x *proxy) edited(part []byte) []byte {
	if x.f.Text == nil {
		return part
	}
	return []byte(x.f.Text(&x.s, string(part)))
}

// forward passes octets on to the server. If it has closed, what it has said before
// that is still to be passed back: an end comes with its end of file.
func (x *proxy) forward(octets []byte) { _, _ = x.server.Write(octets) }

// line passes on a command; more says whether there may be another.
func (x *proxy) line() (more bool, err error) {
	n := bytes.IndexByte(x.in, '\n') + 1
	if n == 0 {
		if len(x.in) > longLine {
			x.forward(x.in)
			x.in = nil
		}
		return false, nil
	}
	line := string(x.in[:n])
	x.in = x.in[n:]
	x.s.Count[Verb(line)]++
	forward, answer := line, ""
	if x.f.Command != nil {
		forward, answer = x.f.Command(&x.s, line)
	}
	if forward == "" {
		if answer == "" {
			return true, nil
		}
		x.s.note(line, answer)
		if strings.HasPrefix(answer, "354") {
			x.mode, x.tail = sink, []byte("\r\n")
		}
		return true, x.say(answer)
	}
	x.pending, x.instead = line, answer
	switch Verb(forward) {
	case "STARTTLS":
		if !x.f.KeepsPlain {
			forward, x.in = forward+string(x.in), nil
		}
	case "BDAT":
		fields := strings.Fields(forward)
		if len(fields) > 1 {
			if size, err := strconv.ParseInt(fields[1], 10, 64); err == nil && size > 0 {
				x.chunk = size
			}
		}
		if len(fields) > 2 {
			x.pending = "<chunk>"
		}
		if x.f.Chunk != nil && x.chunk > 0 {
			x.held = forward
			return true, nil
		}
	}
	x.forward([]byte(forward))
	if x.f.Hurries && Verb(forward) == "QUIT" {
		return false, errOver
	}
	return true, nil
}

// encrypt puts both sides under TLS: what a filter sees is always plain.
func (x *proxy) encrypt() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	server := tls.Client(x.server, &tls.Config{InsecureSkipVerify: true})
	client := tls.Server(x.client, &tls.Config{Certificates: []tls.Certificate{x.cert()}})
	if err := server.HandshakeContext(ctx); err != nil {
		return errOver
	}
	if err := client.HandshakeContext(ctx); err != nil {
		return errOver
	}
	x.client, x.server = newPipe(client), newPipe(server)
	x.s = Session{Secure: true, Count: x.s.Count}
	return nil
}

// replyLength is the length of the reply at the beginning of octets, 0 if it is not
// whole yet. What is no reply counts line by line.
func replyLength(octets []byte) int {
	for n := 0; ; {
		i := bytes.IndexByte(octets[n:], '\n')
		if i < 0 {
			return 0
		}
		line := octets[n : n+i+1]
		n += i + 1
		if len(line) < 4 || line[3] != '-' {
			return n
		}
	}
}
