package sim

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Line is one line of a recorded session.
type Line struct {
	At   time.Time
	Side Side
	Text string // without CRLF; a bare CR or LF is written as \r or \n, other control characters as \x..
}

// Side tells whose a line is.
type Side byte

// The sides of a session.
const (
	ClientLine Side = 'C' // a command, or an answer to a challenge
	ServerLine Side = 'S' // a line of a reply
	DataLine   Side = 'D' // a line of a message, as it came: with its dots doubled after DATA
)

// Recording is what was said in one session with a node's server; under TLS, what
// was encrypted.
type Recording struct {
	Session string
	Peer    string   // the client's node name or address
	Mails   []string // that the client sent or tried to send
	Lines   []Line
	Cut     bool // there was more, in a message or the session, than is kept
}

// The bounds of recordings.
const (
	tapeMost = 1 << 20   // octets of a session
	dataMost = 512 << 10 // octets of its messages among them
	allTapes = 64 << 20  // octets of all sessions of a node
	lineMost = 4 << 10   // octets of a line; a longer one is kept as several
	tapesMax = 10_000    // sessions of a node
)

// tape records one session.
type tape struct {
	mu sync.Mutex // on the real clock somebody may look while the session goes on
	Recording
	octets int           // that are kept
	all    *atomic.Int64 // those of all tapes of the node
	data   int           // of messages
	client splitter
	server splitter
}

// splitter cuts what one side says into lines.
type splitter struct {
	rest  []byte
	inner int64 // octets of a BDAT chunk that are still to come
	data  bool  // between DATA and the dot
	open  int   // commands that wait for their replies
	asked int   // replies to come until that to DATA; 0: none was said
}

// record keeps octets of a side.
func (t *tape) record(side Side, p []byte, mail string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if mail != "" && !slices.Contains(t.Mails, mail) {
		t.Mails = append(t.Mails, mail)
	}
	now := time.Now()
	s := &t.client
	if side == ServerLine {
		s = &t.server
	}
	s.rest = append(s.rest, p...)
	for len(s.rest) > 0 {
		n := len(s.rest)
		if i := bytes.IndexByte(s.rest, '\n'); i >= 0 {
			n = i + 1
		} else if n < lineMost && (s.inner == 0 || int64(n) < s.inner) {
			return
		}
		if s.inner > 0 {
			n = int(min(int64(n), s.inner))
		}
		line := s.rest[:n]
		s.rest = s.rest[n:]
		t.keep(Line{At: now, Side: t.side(side, line)}, line)
	}
	s.rest = nil
}

// keep adds a line. Of long messages the beginning is kept, so that what is said
// behind them is.
func (t *tape) keep(l Line, octets []byte) {
	if l.Side == DataLine {
		t.data += len(octets)
	}
	if l.Side == DataLine && t.data > dataMost || t.octets+len(octets) > tapeMost || t.all.Load() > allTapes {
		t.Cut = true
		return
	}
	t.octets += len(octets)
	t.all.Add(int64(len(octets)))
	l.Text = visible(octets)
	t.Lines = append(t.Lines, l)
}

// side tells what a line is, and follows where messages begin and end.
func (t *tape) side(side Side, line []byte) Side {
	c := &t.client
	if side == ServerLine {
		if len(line) > 3 && line[3] != '-' {
			c.answered(line[0])
		}
		return ServerLine
	}
	switch {
	case c.inner > 0:
		c.inner -= int64(len(line))
		return DataLine
	case c.data:
		if string(line) == ".\r\n" {
			c.data = false
			c.open++
		}
		return DataLine
	}
	c.open++
	word, arg, _ := strings.Cut(strings.TrimRight(string(line), "\r\n"), " ")
	switch strings.ToUpper(word) {
	case "DATA":
		c.asked = c.open
	case "BDAT":
		size, _, _ := strings.Cut(arg, " ")
		if n, err := strconv.ParseInt(size, 10, 64); err == nil && n > 0 {
			c.inner = n
		}
	}
	return ClientLine
}

// answered counts the replies, since with PIPELINING several are to come before
// that to DATA, after which the message follows.
func (c *splitter) answered(class byte) {
	c.open = max(0, c.open-1)
	if c.asked > 0 {
		if c.asked--; c.asked == 0 {
			c.data = class == '3'
		}
	}
}

// visible writes a line for people.
func visible(line []byte) string {
	line = bytes.TrimSuffix(line, []byte("\r\n"))
	if !bytes.ContainsFunc(line, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f || r == '\ufffd' }) {
		return string(line)
	}
	s := strconv.QuoteToGraphic(string(line))
	return strings.NewReplacer(`\"`, `"`, `\t`, "\t", `\\`, `\`).Replace(s[1 : len(s)-1])
}

// Recordings returns the sessions with the node's server, oldest first, where
// NodeConfig.Record is set. The slices are shared.
func (n *Node) Recordings() []Recording {
	if n.receiver == nil {
		return nil
	}
	n.receiver.mu.Lock()
	defer n.receiver.mu.Unlock()
	all := make([]Recording, len(n.receiver.tapes))
	for i, t := range n.receiver.tapes {
		t.mu.Lock()
		all[i] = t.Recording
		t.mu.Unlock()
	}
	return all
}

// newTape begins a recording. r.mu is held.
func (r *receiver) newTape(f *front) {
	if !r.node.cfg.Record || len(r.tapes) >= tapesMax {
		return
	}
	f.tape = &tape{all: &r.taped, Recording: Recording{Session: f.name, Peer: f.peer}}
	r.tapes = append(r.tapes, f.tape)
}
