package sim

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
)

// Stored is a message in a mailbox.
type Stored struct {
	Mail, ID string
	From     string // reverse-path
	To       string // forward-path, as the mail came
	At       time.Time
	Content  mail.Content // Return-Path on top
	file     *spoolFile   // that Content needs; nil: none
}

// store holds the mailboxes of a node, in memory. It survives a crash of the
// node as a disk does.
type store struct {
	quota map[string]int64

	mu    sync.Mutex
	boxes map[string]*box
}

type box struct {
	used     int64
	messages []Stored
}

// replyError is a failure with the reply that tells of it.
type replyError struct{ reply mail.Reply }

func (e *replyError) Error() string { return e.reply.String() }

// noStorage is the reply where a disk fails or is full (RFC 5321 4.5.3.1.9, RFC 3463
// 3.4): whoever sends tries again later. Where on the disk it was is nobody's business.
func noStorage(err error) mail.Reply {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return localReply(452, "4.3.1", "insufficient system storage: "+printable(err.Error()))
}

// replyOf returns the reply for an error; a local one where it carries none.
func replyOf(err error) mail.Reply {
	var r *replyError
	if errors.As(err, &r) {
		return r.reply
	}
	return mail.Reply{Code: 451, Enhanced: "4.3.0", Lines: []string{printable(err.Error())}}
}

func newStore(cfg NodeConfig) *store {
	s := &store{}
	for _, m := range cfg.Mailboxes {
		s.declare(boxKey(m))
	}
	for m, size := range cfg.Quota {
		if s.quota == nil {
			s.quota = map[string]int64{}
		}
		key := boxKey(m)
		for _, name := range cfg.Mailboxes {
			if name := boxKey(name); s.boxes[key] == nil && strings.EqualFold(name, key) {
				key = name
			}
		}
		s.quota[key] = size
	}
	return s
}

// boxKey is the name under which a mailbox is kept.
func boxKey(address string) string {
	a, err := mail.ParseAddress(address)
	if err != nil {
		return address
	}
	return a.Key()
}

func (s *store) declare(key string) *box {
	b := s.boxes[key]
	if b == nil {
		if s.boxes == nil {
			s.boxes = map[string]*box{}
		}
		b = new(box)
		s.boxes[key] = b
	}
	return b
}

// full reports whether the quota of a mailbox is used up already.
func (s *store) full(mailbox string) bool {
	most, limited := s.quota[mailbox]
	if !limited {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.boxes[mailbox]
	return b != nil && b.used >= most
}

// deliver puts a message into a mailbox. The error carries a reply.
func (s *store) deliver(mailbox string, m Stored) error {
	size := m.Content.Size()
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.declare(mailbox)
	if most, limited := s.quota[mailbox]; limited && b.used+size > most {
		return &replyError{mail.Reply{Code: 552, Enhanced: "5.2.2", Lines: []string{"mailbox full"}}}
	}
	b.used += size
	b.messages = append(b.messages, m)
	m.file.hold()
	return nil
}

// mailboxes returns the mailboxes that are declared or hold mail, sorted.
func (s *store) mailboxes() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	names := make([]string, 0, len(s.boxes))
	for name := range s.boxes {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// messages returns what a mailbox holds, oldest first. An address that is no
// mailbox itself but ends in one (name+detail, or *@domain) has those messages
// there that came for it.
func (s *store) messages(address string) []Stored {
	key := boxKey(address)
	s.mu.Lock()
	defer s.mu.Unlock()
	if b := s.boxes[key]; b != nil {
		return slices.Clone(b.messages)
	}
	var found []Stored
	for _, name := range s.holders(key) {
		for _, m := range s.boxes[name].messages {
			if strings.EqualFold(boxKey(m.To), key) {
				found = append(found, m)
			}
		}
	}
	return found
}

// holders returns the mailboxes in which mail for an address may be, sorted.
func (s *store) holders(key string) []string {
	a, err := mail.ParseAddress(key)
	if err != nil {
		return nil
	}
	var names []string
	base, _, _ := a.Detail()
	for _, c := range []mail.Address{base, {Local: "*", Domain: a.Domain}} {
		if s.boxes[c.Key()] != nil {
			names = append(names, c.Key())
		}
	}
	for name := range s.boxes { // another case of the same name
		if strings.EqualFold(name, base.Key()) && name != base.Key() {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
