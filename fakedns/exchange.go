package fakedns

import (
	"context"
	"os"
	"time"

	"github.com/miekg/dns"
)

// How long a question waits for its answer, as in most resolvers of operating systems.
const (
	DefaultTimeout = 5 * time.Second // of one try
	DefaultTries   = 2
)

// Exchanger brings a question to a server and its answer back. A World is one by
// direct call, a Client by UDP and TCP. An error says that there is no answer;
// if it is about time, it wraps os.ErrDeadlineExceeded.
type Exchanger interface {
	Exchange(ctx context.Context, q *dns.Msg) (*dns.Msg, error)
}

// Exchange answers q by a direct call. It waits as a client on the network would:
// out a delay, and out DefaultTries tries of DefaultTimeout where no answer comes.
// The records of the answer are shared with the world and must not be changed.
func (w *World) Exchange(ctx context.Context, q *dns.Msg) (*dns.Msg, error) {
	for range DefaultTries {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		m, wait := w.respond(q, Direct)
		if wait >= DefaultTimeout || m == nil {
			m, wait = nil, DefaultTimeout
		}
		if wait > 0 {
			if err := sleep(ctx, wait); err != nil {
				return nil, err
			}
		}
		if m != nil {
			return m, nil
		}
	}
	return nil, os.ErrDeadlineExceeded
}

// sleep waits for d unless ctx ends before.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
