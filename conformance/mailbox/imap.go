package mailbox

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// IMAP reads mailboxes from an IMAP server. It looks without leaving a trace: the
// folder is examined, and no message is marked as read. Close it.
type IMAP struct {
	Addr     string      // host:port
	Implicit bool        // TLS begins with the connection; else STARTTLS is used where it is offered
	Clear    bool        // never TLS
	TLS      *tls.Config // for handshakes
	User     string      // who logs in; "": each mailbox by its address
	Password string
	Folder   string // "": INBOX

	Dial func(ctx context.Context, network, addr string) (net.Conn, error) // nil: that of net

	mu    sync.Mutex
	boxes map[string]*imapBox
}

// imapBox is one mailbox and what was seen in it.
type imapBox struct {
	client *imapclient.Client
	next   imap.UID // the first one that was not looked at
	Memory
}

// The bounds of what is read.
const (
	imapTimeout = 30 * time.Second
	imapMost    = 64 << 20 // octets of a message
	imapBacklog = 500      // messages that were there before
)

// Find returns the messages of the last day, and those that came since, that hold text.
func (m *IMAP) Find(ctx context.Context, address, text string) ([][]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.boxes == nil {
		m.boxes = map[string]*imapBox{}
	}
	box := m.boxes[address]
	if box == nil {
		box = new(imapBox)
		m.boxes[address] = box
	}
	if err := m.update(ctx, box, address); err != nil {
		if box.client != nil {
			_ = box.client.Close()
			box.client = nil
		}
		return nil, fmt.Errorf("IMAP server %s: %w", m.Addr, err)
	}
	return box.Memory.Find(ctx, address, text)
}

// Close ends all sessions.
func (m *IMAP) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	var errs []error
	for _, box := range m.boxes {
		if box.client != nil {
			errs = append(errs, box.client.Close())
			box.client = nil
		}
	}
	return errors.Join(errs...)
}

// update fetches what is new. The context ends it by closing the session.
func (m *IMAP) update(ctx context.Context, box *imapBox, address string) error {
	ctx, cancel := context.WithTimeout(ctx, imapTimeout)
	defer cancel()
	if box.client == nil {
		client, err := m.open(ctx, address)
		if err != nil {
			return err
		}
		box.client = client
	}
	client := box.client
	stop := context.AfterFunc(ctx, func() { _ = client.Close() })
	defer stop()
	if err := client.Noop().Wait(); err != nil {
		return err
	}
	criteria := &imap.SearchCriteria{Since: time.Now().AddDate(0, 0, -1)}
	if box.next > 0 {
		criteria = &imap.SearchCriteria{UID: []imap.UIDSet{{imap.UIDRange{Start: box.next, Stop: 0}}}}
	}
	found, err := client.UIDSearch(criteria, nil).Wait()
	if err != nil {
		return fmt.Errorf("search: %w", err)
	}
	uids := found.AllUIDs()
	if n := len(uids) - imapBacklog; n > 0 {
		uids = uids[n:]
	}
	for _, uid := range uids {
		if uid < box.next {
			continue // n:* names the last one, even where it is before n
		}
		if err := box.fetch(uid, address); err != nil {
			return err
		}
		box.next = uid + 1
	}
	return nil
}

// open logs in and chooses the folder.
func (m *IMAP) open(ctx context.Context, address string) (*imapclient.Client, error) {
	dial := m.Dial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	conn, err := dial(ctx, "tcp", m.Addr)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	client, err := m.session(conn)
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	if err := client.Login(cmp.Or(m.User, address), m.Password).Wait(); err != nil {
		_ = client.Close()
		return nil, fmt.Errorf("log in: %w", err)
	}
	if _, err := client.Select(cmp.Or(m.Folder, "INBOX"), &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
		_ = client.Close()
		return nil, fmt.Errorf("open the folder: %w", err)
	}
	return client, nil
}

// session begins IMAP on a connection, under TLS unless it must not be.
func (m *IMAP) session(conn net.Conn) (*imapclient.Client, error) {
	cfg := &tls.Config{}
	if m.TLS != nil {
		cfg = m.TLS.Clone()
	}
	if cfg.ServerName == "" {
		cfg.ServerName, _, _ = net.SplitHostPort(m.Addr)
	}
	options := &imapclient.Options{TLSConfig: cfg}
	switch {
	case m.Implicit:
		return imapclient.New(tls.Client(conn, cfg), options), nil
	case m.Clear:
		return imapclient.New(conn, options), nil
	}
	return imapclient.NewStartTLS(conn, options)
}

// fetch reads one message.
func (box *imapBox) fetch(uid imap.UID, address string) error {
	set := imap.UIDSetNum(uid)
	sizes, err := box.client.Fetch(set, &imap.FetchOptions{RFC822Size: true}).Collect()
	if err != nil {
		return fmt.Errorf("fetch a size: %w", err)
	}
	if len(sizes) == 0 || sizes[0].RFC822Size > imapMost {
		return nil // gone meanwhile, or none of ours
	}
	section := &imap.FetchItemBodySection{Peek: true}
	messages, err := box.client.Fetch(set, &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{section}}).Collect()
	if err != nil {
		return fmt.Errorf("fetch a message: %w", err)
	}
	for _, m := range messages {
		box.Deliver(address, m.FindBodySection(section))
	}
	return nil
}
