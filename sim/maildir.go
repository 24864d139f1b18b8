package sim

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
)

// maildir keeps mailboxes on disk, each a Maildir: a directory with tmp, new and
// cur, in which each message is a file.
//
// A message is written in tmp and renamed to new, so that what is in new is whole
// whenever mailsim is killed. Nothing is synced to the disk: a power failure may
// lose the last messages, which are made up anyway. The names of the files follow
// from node, mail and virtual time; they are the same in each run.
//
// github.com/emersion/go-maildir writes into a Maildir too, but under names that
// are drawn by chance and that it does not tell, so that a message could be found
// only by its content. The tests read with it what is written here.
type maildir struct {
	dir  string // of the node
	host string // in the names of files

	mu    sync.Mutex
	names map[string]map[string]int // how many files of a name without its number a mailbox has
}

// newMaildir keeps the mailboxes of a node in a directory of its own, in which
// nothing may be yet: a run begins with empty mailboxes.
func newMaildir(dir, node string) (*maildir, error) {
	there, err := os.ReadDir(dir)
	switch {
	case err == nil && len(there) > 0:
		return nil, fmt.Errorf("%s holds %s already, and a run begins with empty mailboxes: name a directory that is empty or not there", dir, there[0].Name())
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	host := FileName(node)
	return &maildir{dir: dir, host: host[:min(len(host), 60)], names: map[string]map[string]int{}}, nil
}

// declare makes the directories of a mailbox.
func (d *maildir) declare(mailbox string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, sub := range []string{"tmp", "new", "cur"} {
		if err := os.MkdirAll(filepath.Join(d.dir, FileName(mailbox), sub), 0o700); err != nil {
			return err
		}
	}
	if d.names[mailbox] == nil {
		d.names[mailbox] = map[string]int{}
	}
	return nil
}

// keep writes a message into the new of a mailbox.
func (d *maildir) keep(mailbox string, m Stored) (mail.Content, error) {
	box := filepath.Join(d.dir, FileName(mailbox))
	name := d.name(mailbox, m)
	temporary := filepath.Join(box, "tmp", name)
	if err := writeMessage(temporary, m.Content, m.At); err != nil {
		_ = os.Remove(temporary)
		return nil, err
	}
	if err := os.Rename(temporary, filepath.Join(box, "new", name)); err != nil {
		_ = os.Remove(temporary)
		return nil, err
	}
	return &maildirFile{box: box, name: name, size: m.Content.Size()}, nil
}

// name is that of a message's file. The one transaction that its id stands for may
// bring several messages into a mailbox that takes the mail of many addresses.
func (d *maildir) name(mailbox string, m Stored) string {
	id := fmt.Sprintf("%d.M%dQ%s", m.At.Unix(), m.At.Nanosecond()/1000, m.ID)
	d.mu.Lock()
	defer d.mu.Unlock()
	names := d.names[mailbox]
	if names[id]++; names[id] > 1 {
		return fmt.Sprintf("%s_%d.%s", id, names[id], d.host)
	}
	return id + "." + d.host
}

// writeMessage writes a file and gives it the time of its delivery, which readers of
// mail show.
func writeMessage(name string, c mail.Content, at time.Time) error {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	out := writers.Get().(*bufio.Writer)
	out.Reset(file)
	r := c.Open()
	n, err := io.Copy(out, r)
	_ = r.Close()
	if err == nil && n != c.Size() {
		err = io.ErrUnexpectedEOF
	}
	if ferr := out.Flush(); err == nil {
		err = ferr
	}
	out.Reset(nil)
	writers.Put(out)
	if cerr := file.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Chtimes(name, at, at)
	}
	return err
}

// maildirFile is a message in a Maildir.
type maildirFile struct {
	box, name string
	size      int64
}

// Size returns the octets of the message.
func (f *maildirFile) Size() int64 { return f.size }

// Open opens the file, also where somebody who has read it in the meantime has moved
// it to cur.
func (f *maildirFile) Open() io.ReadCloser {
	r := openFile(filepath.Join(f.box, "new", f.name), f.size)
	if u, ok := r.(unreadable); !ok || !errors.Is(u.err, fs.ErrNotExist) {
		return r
	}
	seen, err := os.ReadDir(filepath.Join(f.box, "cur"))
	if err != nil {
		return r
	}
	for _, s := range seen {
		if s.Name() == f.name || strings.HasPrefix(s.Name(), f.name+":") {
			return openFile(filepath.Join(f.box, "cur", s.Name()), f.size)
		}
	}
	return r
}
