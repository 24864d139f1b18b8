package conformance

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// Visit is one session of the sender under test with our server.
type Visit struct {
	Lines   []Said // command lines, and answers to challenges
	Content string // of the last message, as it came: behind DATA with its dots doubled, without the last one
	Whole   bool   // a message came to its end
	Secure  bool   // STARTTLS was done
	Plain   string // what came in the clear where a TLS handshake had to begin
	Early   bool   // it spoke before the greeting was complete
	Rushed  bool   // message text came before the reply to DATA
	End     string // what the sender did last: "quit", "closed", "reset", "" if we ended it
	Waited  bool   // it closed only after our reply to QUIT

	p      *Probe
	script Script
	number int
	raw    net.Conn
	conn   net.Conn
	in     []byte
	gone   bool // the sender closed while a reply was held back
	ahead  bool // there is more, though the reply to the line at hand has not gone out
}

// Said is a line of a sender.
type Said struct {
	Text  string // with its line end
	Early bool   // it came before the reply to the one before
}

// Verbs are the first words of the lines, in upper case.
func (v *Visit) Verbs() []string {
	out := make([]string, len(v.Lines))
	for i, l := range v.Lines {
		out[i] = verb(l.Text)
	}
	return out
}

// Line returns the first line with a verb, without its end, and whether there is one.
func (v *Visit) Line(word string) (string, bool) {
	for _, l := range v.Lines {
		if verb(l.Text) == word {
			return strings.TrimRight(l.Text, "\r\n"), true
		}
	}
	return "", false
}

// Hello is the last EHLO, LHLO or HELO.
func (v *Visit) Hello() string {
	last := ""
	for _, l := range v.Lines {
		if w := verb(l.Text); w == "EHLO" || w == "HELO" || w == "LHLO" {
			last = strings.TrimRight(l.Text, "\r\n")
		}
	}
	return last
}

// offers reports whether EHLO has offered a keyword.
func (v *Visit) offers(word string) bool {
	for _, o := range v.script.Offer {
		if verb(o) == word {
			return true
		}
	}
	return false
}

func (p *Probe) visit(conn net.Conn, script Script, number int) *Visit {
	return &Visit{p: p, script: script, number: number, raw: conn, conn: conn}
}

// The bounds of what a sender may say.
const (
	saidLine    = 64 << 10
	saidLines   = 10_000
	saidContent = 16 << 20
)

// serve plays the server until one side ends the session.
func (v *Visit) serve(ctx context.Context) {
	stop := context.AfterFunc(ctx, func() { _ = v.raw.Close() })
	defer stop()
	defer v.raw.Close() //nolint:errcheck // the session is over
	v.note("connected")
	greeting := v.script.Greeting
	if greeting == "" {
		greeting = "220 peer.mailsim.test ESMTP\r\n"
	}
	v.Early = v.hold()
	if !v.say(greeting, func() { v.Early = v.Early || len(v.in) > 0 }) {
		return
	}
	for len(v.Lines) < saidLines {
		line, ok := v.line()
		if !ok {
			return
		}
		v.Lines = append(v.Lines, line)
		if !v.obey(line.Text) {
			return
		}
	}
}

// obey answers a line and does what it asks for; it reports whether the session goes on.
func (v *Visit) obey(line string) bool {
	if size, ok := chunkSize(line); ok && !v.content(func() bool { return int64(len(v.in)) >= size }, int(size)) {
		return false
	}
	reply := v.reply(line)
	if verb(line) == "QUIT" {
		v.End = "quit"
	}
	switch {
	case reply == "hang":
		_, _ = v.line()
		return false
	case !v.say(reply, nil):
		if verb(line) == "QUIT" {
			v.Waited = !v.gone && v.closes()
		}
		return false
	case verb(line) == "STARTTLS" && strings.HasPrefix(reply, "220"):
		return v.encrypt()
	case verb(line) == "DATA" && strings.HasPrefix(reply, "3"):
		return v.data()
	}
	return true
}

// reply is what the script says to a line.
func (v *Visit) reply(line string) string {
	v.ahead = v.hold()
	if v.script.Reply != nil {
		if r := v.script.Reply(v, line); r != "" {
			return r
		}
	}
	return v.script.answer(v, line)
}

// hold waits before a reply and reports whether the sender spoke meanwhile.
func (v *Visit) hold() bool {
	if v.script.Hold <= 0 {
		return len(v.in) > 0
	}
	end := time.Now().Add(v.script.Hold)
	err := v.fill(end)
	for err == nil {
		err = v.fill(end)
	}
	v.gone = v.gone || !isTimeout(err)
	return len(v.in) > 0
}

// data reads message text up to its end, and answers that.
func (v *Visit) data() bool {
	v.Rushed, v.ahead = v.ahead, false
	terminator := []byte("\r\n.\r\n")
	searched := 0
	ended := func() bool {
		if bytes.HasPrefix(v.in, terminator[2:]) || bytes.Contains(v.in[searched:], terminator) {
			return true
		}
		searched = max(0, len(v.in)-len(terminator))
		return false
	}
	if !v.until(ended) {
		v.Content = string(v.in)
		return false
	}
	n := 0
	if !bytes.HasPrefix(v.in, terminator[2:]) {
		n = bytes.Index(v.in, terminator) + 2
	}
	v.Content, v.in, v.Whole = string(v.in[:n]), v.in[n+3:], true
	v.p.transcript.octets(v.number, "C:", []byte(v.Content+".\r\n"))
	return v.say(v.reply(".\r\n"), nil)
}

// content reads a chunk.
func (v *Visit) content(whole func() bool, size int) bool {
	if size > saidContent || !v.until(whole) {
		return false
	}
	v.Content += string(v.in[:size])
	v.p.transcript.octets(v.number, "C:", v.in[:size])
	v.in = v.in[size:]
	v.Whole = true
	return true
}

// until reads until something holds; false when the sender ends before, or says too much.
func (v *Visit) until(holds func() bool) bool {
	for !holds() {
		if len(v.in) > saidContent {
			v.note("a message of more than %d octets", saidContent)
			return false
		}
		if err := v.fill(time.Now().Add(meetingTime)); err != nil {
			v.ended(err)
			return false
		}
	}
	return true
}

// line reads a line with its end.
func (v *Visit) line() (Said, bool) {
	early := v.ahead
	v.ahead = false
	if !v.until(func() bool { return bytes.IndexByte(v.in, '\n') >= 0 || len(v.in) > saidLine }) {
		if len(v.in) > 0 {
			v.p.transcript.octets(v.number, "C:", v.in)
		}
		return Said{}, false
	}
	n := bytes.IndexByte(v.in, '\n') + 1
	if n == 0 {
		v.note("a line of more than %d octets", saidLine)
		return Said{}, false
	}
	line := string(v.in[:n])
	v.in = v.in[n:]
	v.p.transcript.octets(v.number, "C:", []byte(line))
	return Said{Text: line, Early: early}, true
}

// say sends a reply, and reports whether the session goes on. between is called
// before each further piece.
func (v *Visit) say(reply string, between func()) bool {
	reply, closes := strings.CutSuffix(reply, "close")
	pieces := []string{reply}
	if v.script.Pieces {
		pieces = strings.SplitAfter(reply, "\n")
	}
	for i, piece := range pieces {
		if piece == "" {
			continue
		}
		if i > 0 {
			_ = v.fill(time.Now().Add(v.p.Quiet / 10))
			if between != nil {
				between()
			}
		}
		v.p.transcript.octets(v.number, "S:", []byte(piece))
		_ = v.conn.SetWriteDeadline(time.Now().Add(v.p.Timeout))
		if _, err := io.WriteString(v.conn, piece); err != nil {
			v.note("write: %s", plain(err))
			return false
		}
	}
	return !closes
}

// closes waits until the sender has closed.
func (v *Visit) closes() bool {
	for {
		if err := v.fill(time.Now().Add(v.p.Timeout)); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}

// ended notes how the sender has ended the session.
func (v *Visit) ended(err error) {
	switch {
	case isTimeout(err):
		v.note("nothing came any more")
	case v.End == "quit":
	case errors.Is(err, io.EOF):
		v.End = "closed"
		v.note("closed by the sender")
	default:
		v.End = "reset"
		v.note("%s", plain(err))
	}
}

// encrypt does the server's side of a TLS handshake.
func (v *Visit) encrypt() bool {
	_ = v.fill(time.Now().Add(v.p.Timeout))
	if len(v.in) > 0 && v.in[0] != 0x16 {
		v.Plain = string(v.in)
		v.p.transcript.octets(v.number, "C:", v.in)
		return false
	}
	conn := tls.Server(&primed{Conn: v.raw, first: v.in}, &tls.Config{Certificates: []tls.Certificate{SelfSigned("peer.mailsim.test")}})
	v.in = nil
	_ = conn.SetDeadline(time.Now().Add(v.p.Timeout))
	if err := conn.Handshake(); err != nil {
		v.note("TLS handshake: %s", plain(err))
		return false
	}
	v.conn, v.Secure = conn, true
	v.note("TLS")
	return true
}

func (v *Visit) fill(deadline time.Time) (err error) {
	v.in, err = receive(v.conn, v.in, deadline)
	return err
}

func (v *Visit) note(format string, args ...any) {
	v.p.transcript.note(v.number, format, args...)
}

// chunkSize is the size of a BDAT.
func chunkSize(line string) (int64, bool) {
	fields := strings.Fields(line)
	if verb(line) != "BDAT" || len(fields) < 2 {
		return 0, false
	}
	n, err := strconv.ParseInt(fields[1], 10, 64)
	return n, err == nil && n >= 0
}

// primed is a connection of which some octets were read already.
type primed struct {
	net.Conn
	first []byte
}

// Read gives those first.
func (c *primed) Read(p []byte) (int, error) {
	if len(c.first) > 0 {
		n := copy(p, c.first)
		c.first = c.first[n:]
		return n, nil
	}
	return c.Conn.Read(p)
}
