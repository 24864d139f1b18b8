package conformance_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/reports"
)

// TestTroubleIsNotJudged: what a target says when it does not serve anybody any more is
// held against it only where a case may have caused it.
func TestTroubleIsNotJudged(t *testing.T) {
	ordinary := func(p *conformance.Probe) { p.Ready().Cmd("NOOP").Want("250") }
	for name, tt := range map[string]struct {
		then   func(c net.Conn)
		change func(*conformance.Case)
		want   reports.Verdict
	}{
		"too busy":        {then: func(c net.Conn) { _, _ = io.WriteString(c, "421 4.3.2 busy\r\n") }, want: reports.Error},
		"hangs":           {then: func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }, want: reports.Error},
		"closes":          {then: func(net.Conn) {}, want: reports.Error},
		"refuses":         {then: func(c net.Conn) { _, _ = io.WriteString(c, "550 no\r\n") }, want: reports.Error},
		"after an attack": {then: func(net.Conn) {}, change: func(c *conformance.Case) { c.Hostile = true }, want: reports.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var count atomic.Int64
				// The survey takes a few commands; the target breaks down in one of the cases.
				target := scripted(t, func(c net.Conn, _ int) { polite(c, &count, 13, tt.then) })
				var list []conformance.Case
				for i := range 8 {
					c := conformance.Case{
						ID: fmt.Sprintf("rfc5321/4.1.1.9/noop-%d", i), Title: "NOOP is answered", Why: "It is.",
						Rows: []string{"R5321-2.2.1-a"}, Run: ordinary,
					}
					if tt.change != nil {
						tt.change(&c)
					}
					list = append(list, c)
				}
				result, err := conformance.Run(context.Background(), target, list, conformance.Options{})
				if err != nil {
					t.Fatal(err)
				}
				seen := map[reports.Verdict]int{}
				for _, c := range result.Cases {
					seen[c.Verdict]++
					if c.Verdict == reports.Fail && !strings.Contains(strings.Join(c.Notes, " "), "does not serve any more") {
						t.Errorf("notes %q", c.Notes)
					}
				}
				if seen[tt.want] == 0 || tt.want == reports.Error && seen[reports.Fail] > 0 {
					t.Errorf("verdicts %v, want %s", seen, tt.want)
				}
			})
		})
	}
}

// TestOneSessionAtATime: a target that bears one connection is asked all that needs no
// more than that.
func TestOneSessionAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var open, count atomic.Int64
		target := scripted(t, func(c net.Conn, _ int) {
			defer open.Add(-1)
			if open.Add(1) > 1 {
				_, _ = io.WriteString(c, "421 4.7.0 too many connections\r\n")
				return
			}
			polite(c, &count, 1<<40, nil)
		})
		list := append(plain(20), conformance.Case{
			ID: "rfc5321/4.1.1.9/two", Title: "NOOP is answered", Why: "It is.", Rows: []string{"R5321-2.2.1-a"},
			Run: func(p *conformance.Probe) {
				p.Ready().Cmd("NOOP").Want("250")
				first := p.Ready()
				p.Ready()
				first.Cmd("NOOP").Want("250")
			},
		})
		result, err := conformance.Run(context.Background(), target, list, conformance.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range result.Cases[:20] {
			if c.Verdict != reports.Pass {
				t.Errorf("%s: %s %s %v", c.Case.ID, c.Verdict, c.Reason, c.Transcript)
			}
		}
		if last := result.Cases[20]; last.Verdict != reports.Error || !strings.Contains(last.Reason, "two sessions") {
			t.Errorf("the case of two sessions: %s %q", last.Verdict, last.Reason)
		}
	})
}

// TestSlowTarget: a target that takes its time for each reply is found out about, and
// what takes too long is called that.
func TestSlowTarget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var count atomic.Int64
		target := scripted(t, func(c net.Conn, _ int) {
			polite(slowConn{c}, &count, 1<<40, nil)
		})
		list := append(plain(2), conformance.Case{
			ID: "rfc5321/4.1.1.9/many", Title: "NOOP is answered", Why: "It is.", Rows: []string{"R5321-2.2.1-a"},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				for range 10 {
					s.Cmd("NOOP").Want("250")
				}
			},
		})
		result, err := conformance.Run(context.Background(), target, list, conformance.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range result.Cases {
			if why := c.Reason; c.Verdict != reports.Error || why != "it took longer than 45s" {
				t.Errorf("%d: %s %q", i, c.Verdict, why)
			}
		}
	})
}

// slowConn waits 8 seconds before each write.
type slowConn struct{ net.Conn }

func (c slowConn) Write(p []byte) (int, error) {
	time.Sleep(8 * time.Second)
	return c.Conn.Write(p)
}

// TestUnusableIsShort: what is told of a target that floods fits on a screen.
func TestUnusableIsShort(t *testing.T) {
	for _, flood := range []string{strings.Repeat("220-ok\r\n", 10_000), "220 " + strings.Repeat("x", 80_000)} {
		synctest.Test(t, func(t *testing.T) {
			target := scripted(t, func(c net.Conn, _ int) { _, _ = io.WriteString(c, flood) })
			_, err := conformance.Run(context.Background(), target, plain(1), conformance.Options{})
			if err == nil || len(err.Error()) > 16<<10 {
				t.Errorf("%d octets", len(fmt.Sprint(err)))
			}
		})
	}
}

// TestWrongMailbox: that the wrong mailbox is read, or none can be, is found out before
// it looks as if mail were lost.
func TestWrongMailbox(t *testing.T) {
	for want, box := range map[string]mailboxFunc{
		"did not get into the mailbox of good@local.test within 20s": func() ([][]byte, error) { return nil, nil },
		"read the mailbox of good@local.test: wrong password":        func() ([][]byte, error) { return nil, errors.New("wrong password") },
	} {
		synctest.Test(t, func(t *testing.T) {
			var count atomic.Int64
			target := scripted(t, func(c net.Conn, _ int) { polite(c, &count, 1<<40, nil) })
			target.Mailbox = box
			_, err := conformance.Run(context.Background(), target, plain(1), conformance.Options{})
			if !errors.Is(err, conformance.ErrUnusable) || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v, want ErrUnusable with %q", err, want)
			}
		})
	}
}

type mailboxFunc func() ([][]byte, error)

func (f mailboxFunc) Find(context.Context, string, string) ([][]byte, error) { return f() }
