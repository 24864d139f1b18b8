package sim

import (
	"bufio"
	"bytes"
	"os"
	"slices"
	"sync"

	"github.com/mailsim/mailsim/sim/mail"
)

const (
	// maxBody bounds a message where the node has no limit of its own: the largest
	// SIZE that a client can declare here.
	maxBody = 999_999_999
	// inMemory is how large a message may be without going to the spool.
	inMemory = 256 << 10
)

// intake takes a message in, octets as they come. Small ones stay in memory; of
// others the header section does, and the body goes to a file of the spool. It is
// to begin before anything else.
type intake struct {
	spool   *spool
	limit   int64
	size    int64
	octets  []byte      // all so far; once there is a spill, the header section
	look    int         // with more octets in memory, the end of the header section is looked for
	spill   *spill      // nil as long as all is in memory
	refusal *mail.Reply // why the message is not taken; nil as long as it is
}

// spill is a body on its way into a file.
type spill struct {
	file     *os.File
	out      *bufio.Writer
	size     int64
	facts    facts
	measures measures
}

// begin makes ready for a message of about so many octets, and at most limit.
func (t *intake) begin(s *spool, limit, octets int64) {
	t.drop()
	*t = intake{spool: s, limit: limit, look: inMemory}
	t.expect(octets)
}

// expect makes room for octets that were announced, within reason.
func (t *intake) expect(octets int64) {
	if t.spill == nil && t.refusal == nil && int64(len(t.octets))+octets <= inMemory {
		t.octets = slices.Grow(t.octets, int(octets))
	}
}

// write takes octets, or only counts them once it is clear that the message cannot
// be taken.
func (t *intake) write(p []byte) {
	switch t.size += int64(len(p)); {
	case t.refusal != nil:
	case t.size > t.limit:
		t.refuse(localReply(552, "5.3.4", "message too large"))
	case t.spill != nil:
		if err := t.spill.write(p); err != nil {
			t.refuse(noStorage(err))
		}
	default:
		t.octets = append(t.octets, p...)
		if len(t.octets) > t.look {
			t.split()
		}
	}
}

// refuse forgets the message.
func (t *intake) refuse(r mail.Reply) {
	t.drop()
	t.refusal = &r
}

// split puts what is behind the header section into a file. Where that section
// does not end in what there is, it waits for more.
func (t *intake) split() {
	f, header := readFacts(t.octets)
	if !headerEnds(t.octets, header) {
		if t.look *= 2; len(t.octets) > maxHeader {
			t.refuse(headerTooLarge())
		}
		return
	}
	file, err := t.spool.create()
	if err != nil {
		t.refuse(noStorage(err))
		return
	}
	s := &spill{file: file, out: writers.Get().(*bufio.Writer), facts: f}
	s.out.Reset(file)
	s.measures.lines(t.octets[:header])
	s.measures.highHeader = highOctets(t.octets[:header])
	t.spill = s
	if err := s.write(t.octets[header:]); err != nil {
		t.refuse(noStorage(err))
		return
	}
	t.octets = slices.Clone(t.octets[:header]) // so that the rest of its memory is free
}

// headerEnds reports whether no octets that may come can belong to the header
// section any more, which is so long as far as can be seen.
func headerEnds(octets []byte, header int) bool {
	for _, end := range []string{"\n\r\n", "\n\n"} {
		if bytes.HasSuffix(octets[:header], []byte(end)) {
			return true
		}
	}
	return header <= 2 && emptyLine(octets) > 0 || bytes.IndexByte(octets[header:], '\n') >= 0
}

// end returns the message, whose file the caller holds from then on, or why it is
// not taken. The intake has nothing any more.
func (t *intake) end() (message, mail.Reply) {
	defer t.drop()
	if t.refusal != nil {
		return message{}, *t.refusal
	}
	var m message
	if s := t.spill; s != nil {
		t.spill = nil
		if err := s.close(); err != nil {
			_ = os.Remove(s.file.Name())
			return message{}, noStorage(err)
		}
		s.measures.end()
		m = message{
			octets: t.octets, header: len(t.octets), file: newSpoolFile(s.file.Name(), s.size),
			facts: s.facts, measures: s.measures,
		}
	} else {
		m = newMessage(t.octets)
	}
	if m.header > maxHeader {
		m.file.release()
		return message{}, headerTooLarge()
	}
	return m, mail.Reply{}
}

func headerTooLarge() mail.Reply { return localReply(552, "5.3.4", "header section too large") }

// drop forgets what came.
func (t *intake) drop() {
	if s := t.spill; s != nil {
		_ = s.close()
		_ = os.Remove(s.file.Name())
	}
	t.octets, t.spill = nil, nil
}

// writers are the buffers of the files that are being written.
var writers = sync.Pool{New: func() any { return bufio.NewWriterSize(nil, 64<<10) }}

func (s *spill) write(p []byte) error {
	_, _ = s.measures.Write(p)
	s.size += int64(len(p))
	_, err := s.out.Write(p)
	return err
}

func (s *spill) close() error {
	err := s.out.Flush()
	s.out.Reset(nil)
	writers.Put(s.out)
	if cerr := s.file.Close(); err == nil {
		err = cerr
	}
	return err
}
