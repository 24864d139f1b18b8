package sim

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"syscall"
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

// store knows what is in the mailboxes of a node, and sees to their quotas. It
// survives a crash of the node as a disk does.
type store struct {
	keeper keeper
	quota  map[string]Quota

	mu    sync.Mutex
	boxes map[string]*box
}

// keeper is where the messages themselves are. Its errors are those of a disk.
type keeper interface {
	// declare makes a mailbox, before anything is put into it. What is there
	// already is no error.
	declare(mailbox string) error
	// keep takes a message into a mailbox, all of it or nothing, and returns what it
	// can be read from.
	keep(mailbox string, m Stored) (mail.Content, error)
}

type box struct {
	used     int64 // octets
	count    int   // messages; with used, those on their way to the keeper too
	messages []Stored
}

// inPlace keeps messages where they are: in memory, large bodies in the spool.
type inPlace struct{}

func (inPlace) declare(string) error { return nil }

func (inPlace) keep(_ string, m Stored) (mail.Content, error) {
	m.file.hold()
	return m.Content, nil
}

// noStorage is the reply where a disk fails or is full (RFC 3463 3.4): whoever sends
// tries again later. Where on the disk it was is nobody's business.
func noStorage(err error) mail.Reply {
	text := "insufficient system storage"
	var errno syscall.Errno
	var path *fs.PathError
	switch {
	case errors.As(err, &errno):
		text += ": " + errno.Error()
	case errors.As(err, &path):
		text += ": " + path.Err.Error()
	}
	return localReply(452, "4.3.1", printable(text))
}

// newStore makes the mailboxes that a node is configured with.
func newStore(cfg NodeConfig, k keeper) (*store, error) {
	s := &store{keeper: k}
	for _, m := range cfg.Mailboxes {
		if _, err := s.declare(boxKey(m)); err != nil {
			return nil, fmt.Errorf("mailboxes: %s: %w", m, err)
		}
	}
	for m, quota := range cfg.Quota {
		if err := quota.Check(); err != nil {
			return nil, fmt.Errorf("quota: %s: %w", m, err)
		}
		if s.quota == nil {
			s.quota = map[string]Quota{}
		}
		key := boxKey(m)
		for _, name := range cfg.Mailboxes {
			if name := boxKey(name); s.boxes[key] == nil && strings.EqualFold(name, key) {
				key = name
			}
		}
		s.quota[key] = quota
	}
	return s, nil
}

// boxKey is the name under which a mailbox is kept.
func boxKey(address string) string {
	a, err := mail.ParseAddress(address)
	if err != nil {
		return address
	}
	return a.Key()
}

func (s *store) declare(key string) (*box, error) {
	if b := s.boxes[key]; b != nil {
		return b, nil
	}
	if err := s.keeper.declare(key); err != nil {
		return nil, err
	}
	if s.boxes == nil {
		s.boxes = map[string]*box{}
	}
	b := new(box)
	s.boxes[key] = b
	return b, nil
}

// full tells that a mailbox has no room for a message that was declared to have so
// many octets, or for any (RFC 1870 6.4: a recipient may be refused for that).
func (s *store) full(mailbox string, declared int64) mail.Reply {
	quota, limited := s.quota[mailbox]
	if !limited {
		return mail.Reply{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if b := s.boxes[mailbox]; b == nil || quota.fits(b, max(1, declared)) {
		return mail.Reply{}
	}
	return quota.full()
}

// deliver puts a message into a mailbox. The reply tells why it could not; its code
// is 0 when all went well.
func (s *store) deliver(mailbox string, m Stored) mail.Reply {
	size := m.Content.Size()
	b, refused := s.reserve(mailbox, size)
	if refused.Code != 0 {
		return refused
	}
	content, err := s.keeper.keep(mailbox, m)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		b.used, b.count = b.used-size, b.count-1
		return noStorage(err)
	}
	m.Content = content
	b.messages = append(b.messages, m)
	return mail.Reply{}
}

// reserve takes room in a mailbox.
func (s *store) reserve(mailbox string, size int64) (*box, mail.Reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.declare(mailbox)
	if err != nil {
		return nil, noStorage(err)
	}
	if quota, limited := s.quota[mailbox]; limited && !quota.fits(b, size) {
		return nil, quota.full()
	}
	b.used, b.count = b.used+size, b.count+1
	return b, mail.Reply{}
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
