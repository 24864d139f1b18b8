package conformance_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/conformance/cases"
	"github.com/mailsim/mailsim/reports"
)

// TestHostileTargets: whatever a target does, each case has a verdict, in bounded
// time and memory, and nothing is left over (the bubble would tell).
func TestHostileTargets(t *testing.T) {
	endless, replies, lines := []byte(strings.Repeat("x", 1<<16)), []byte(strings.Repeat("250 ok\r\n", 1000)), []byte(strings.Repeat("250-ok\r\n", 1000))
	for name, attack := range map[string]func(c net.Conn){
		"hangs":         func(c net.Conn) { _, _ = io.Copy(io.Discard, c) },
		"reads nothing": func(net.Conn) { time.Sleep(time.Hour) },
		"closes":        func(net.Conn) {},
		"resets":        func(c net.Conn) { c.(interface{ Reset() }).Reset() },
		"floods with replies": func(c net.Conn) {
			for {
				if _, err := c.Write(replies); err != nil {
					return
				}
				time.Sleep(time.Microsecond) // what the client does takes time to get here
			}
		},
		"a reply without an end": func(c net.Conn) {
			for {
				if _, err := c.Write(lines); err != nil {
					return
				}
				time.Sleep(time.Microsecond)
			}
		},
		"a line without an end": func(c net.Conn) {
			for range 1 << 14 { // 1 GiB
				if _, err := c.Write(endless); err != nil {
					return
				}
				time.Sleep(time.Microsecond)
			}
		},
		"garbage": func(c net.Conn) { _, _ = io.WriteString(c, "\x00\xff\x16\x03\x01\r\n\r\n999 what\r\n25") },
		"a word now and then": func(c net.Conn) {
			for {
				time.Sleep(9 * time.Second)
				if _, err := io.WriteString(c, "2"); err != nil {
					return
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, after := range []int64{12, 60} {
				synctest.Test(t, func(t *testing.T) {
					var count atomic.Int64
					target := scripted(t, func(c net.Conn, _ int) { polite(c, &count, after, attack) })
					judged(t, target)
				})
			}
		})
	}
}

// plain makes n cases that say an ordinary word or two.
func plain(n int) []conformance.Case {
	var list []conformance.Case
	for i := range n {
		list = append(list, conformance.Case{
			ID: fmt.Sprintf("rfc5321/4.1.1.9/noop-%d", i), Title: "NOOP is answered", Why: "It is.", Rows: []string{"R5321-2.2.1-a"},
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				s.Cmd("NOOP").Want("250")
				s.Send(p.Message()).Want("250")
			},
		})
	}
	return list
}

// judged runs all cases and looks whether that ends as it should.
func judged(t *testing.T, target conformance.Target) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	list := append(plain(40), cases.All()...)
	_, most := conformance.Estimate(list, conformance.Options{})
	begun := time.Now()
	result, err := conformance.Run(context.Background(), target, list, conformance.Options{})
	if took := time.Since(begun); took > most {
		t.Errorf("it took %s, at most %s were promised", took, most)
	}
	runtime.ReadMemStats(&after)
	if held := int64(after.HeapAlloc) - int64(before.HeapAlloc); held > 256<<20 {
		t.Errorf("%d MiB are held", held>>20)
	}
	if err != nil {
		if !errors.Is(err, conformance.ErrUnusable) {
			t.Error(err)
		}
		return
	}
	bad := 0
	for _, c := range result.Cases {
		if c.Verdict.Bad() {
			bad++
		}
		if !c.Verdict.Known() || c.Verdict == reports.Error && c.Reason == "" {
			t.Errorf("%s: %q without a reason", c.Case.ID, c.Verdict)
		}
		if len(strings.Join(c.Transcript, "\n")) > 128<<10 {
			t.Errorf("%s: a transcript of %d lines", c.Case.ID, len(c.Transcript))
		}
	}
	if bad == 0 {
		t.Error("everything is fine with it")
	}
}

// TestVanishes: a target that cannot be reached any more ends the run soon.
func TestVanishes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var count atomic.Int64
		target := scripted(t, func(c net.Conn, _ int) { polite(c, &count, 1<<40, nil) })
		dial := target.Dial
		dials := 0
		target.Dial = func(ctx context.Context) (net.Conn, error) {
			if dials++; dials > 12 {
				return nil, errors.New("connection refused")
			}
			return dial(ctx)
		}
		result, err := conformance.Run(context.Background(), target, plain(40), conformance.Options{Parallel: 1})
		if err != nil {
			t.Fatal(err)
		}
		if last := result.Cases[len(result.Cases)-1]; last.Verdict != reports.Error || !strings.Contains(last.Reason, "the target is gone") {
			t.Errorf("the last case: %s %q", last.Verdict, last.Reason)
		}
		if result.Elapsed > time.Minute {
			t.Errorf("it took %s to see that the target is gone", result.Elapsed)
		}
	})
}

// TestUnusable: a target that does not speak SMTP at all is trouble, not a verdict.
func TestUnusable(t *testing.T) {
	for name, tt := range map[string]struct {
		serve func(net.Conn)
		want  string
	}{
		"silence":      {func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }, "no reply within 10s"},
		"another tune": {func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n") }, `no reply, but "HTTP/1.1 400 Bad Request"`},
		"no service":   {func(c net.Conn) { _, _ = io.WriteString(c, "554 5.7.1 go away\r\n") }, "554 5.7.1 go away"},
		"too busy":     {func(c net.Conn) { _, _ = io.WriteString(c, "421 4.7.0 busy\r\n") }, "421 4.7.0 busy"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				target := scripted(t, func(c net.Conn, _ int) { tt.serve(c) })
				_, err := conformance.Run(context.Background(), target, cases.All(), conformance.Options{})
				if !errors.Is(err, conformance.ErrUnusable) || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("error %v, want ErrUnusable with %q", err, tt.want)
				}
			})
		})
	}
}
