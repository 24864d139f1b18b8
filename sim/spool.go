package sim

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
)

// spool is where the bodies of large messages are: files in a directory of the
// network's own, which is made for the first of them and goes with the network.
//
// A file is open while it is written and while somebody reads it, not while it
// waits, so that no number of mails in queues and mailboxes takes descriptors. It
// is removed when the last queue entry or mailbox has let it go. A program that is
// killed leaves the directory behind.
type spool struct {
	under string // where the directory is made; "": where the system has temporary files

	mu    sync.Mutex
	dir   string
	made  int // files so far
	ended bool
}

// create makes a file for one body.
func (s *spool) create() (*os.File, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return nil, fmt.Errorf("spool: %w", fs.ErrClosed)
	}
	if s.dir == "" {
		dir, err := os.MkdirTemp(s.under, "mailsim-spool-")
		if err != nil {
			return nil, err
		}
		s.dir = dir
	}
	s.made++
	return os.OpenFile(filepath.Join(s.dir, strconv.Itoa(s.made)), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
}

// remove ends the spool with all that is in it.
func (s *spool) remove() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	if s.dir == "" {
		return nil
	}
	return os.RemoveAll(s.dir)
}

// spoolFile is a body in the spool, a mail.Content. Whoever keeps it holds it: at
// first the one who has written it. A nil file is held by nobody.
type spoolFile struct {
	path    string
	size    int64
	holders atomic.Int64
}

func newSpoolFile(path string, size int64) *spoolFile {
	f := &spoolFile{path: path, size: size}
	f.holders.Store(1)
	return f
}

func (f *spoolFile) hold() {
	if f != nil {
		f.holders.Add(1)
	}
}

// release lets the file go. One that cannot be removed goes with the directory.
func (f *spoolFile) release() {
	if f != nil && f.holders.Add(-1) == 0 {
		_ = os.Remove(f.path)
	}
}

// Size returns the octets of the body.
func (f *spoolFile) Size() int64 { return f.size }

// Open opens the file; that it cannot be, the first Read tells.
func (f *spoolFile) Open() io.ReadCloser { return openFile(f.path, f.size) }

// openFile reads a file that must have so many octets.
func openFile(path string, size int64) io.ReadCloser {
	file, err := os.Open(path)
	if err != nil {
		return unreadable{err}
	}
	return &wholeFile{file: file, left: size}
}

// wholeFile takes the end of a file that comes too early for an error: a message
// that was cut off must not pass for a whole one.
type wholeFile struct {
	file *os.File
	left int64
}

func (w *wholeFile) Read(p []byte) (int, error) {
	n, err := w.file.Read(p)
	w.left -= int64(n)
	if errors.Is(err, io.EOF) && w.left > 0 {
		err = &fs.PathError{Op: "read", Path: w.file.Name(), Err: io.ErrUnexpectedEOF}
	}
	return n, err
}

func (w *wholeFile) Close() error { return w.file.Close() }

// unreadable is a content that could not be opened.
type unreadable struct{ err error }

func (u unreadable) Read([]byte) (int, error) { return 0, u.err }
func (u unreadable) Close() error             { return nil }
