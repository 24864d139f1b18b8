package wire

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestDialTimes(t *testing.T) {
	ctx := context.Background()
	for _, tt := range []struct {
		name        string
		set         func(*Fabric, *Listener)
		ctx         func() (context.Context, context.CancelFunc)
		want        error
		timeout     bool
		least, most time.Duration
	}{
		{
			name: "nobody listens", want: syscall.ECONNREFUSED,
			set:   func(_ *Fabric, l *Listener) { l.Close() },
			least: 2 * DefaultLatency, most: 2*DefaultLatency + 2*DefaultJitter,
		},
		{
			name: "refused", want: syscall.ECONNREFUSED,
			set:   func(_ *Fabric, l *Listener) { l.SetAdmit(func(netip.AddrPort) Admission { return Refuse }) },
			least: 2 * DefaultLatency, most: 2*DefaultLatency + 2*DefaultJitter,
		},
		{
			name: "ignored", want: syscall.ETIMEDOUT, timeout: true,
			set:   func(_ *Fabric, l *Listener) { l.SetAdmit(func(netip.AddrPort) Admission { return Ignore }) },
			least: synLimit, most: synLimit,
		},
		{
			name: "cut", want: syscall.ETIMEDOUT, timeout: true,
			set:   func(f *Fabric, _ *Listener) { f.SetLink(client, server.Addr(), Link{Cut: true}) },
			least: synLimit, most: synLimit,
		},
		{
			name: "cut on the way back", want: syscall.ETIMEDOUT, timeout: true,
			set:   func(f *Fabric, _ *Listener) { f.SetLink(server.Addr(), client, Link{Cut: true}) },
			least: synLimit, most: synLimit + DefaultLatency + DefaultJitter,
		},
		{
			name: "context ends", want: context.DeadlineExceeded, timeout: true,
			set:   func(f *Fabric, _ *Listener) { f.SetLink(client, server.Addr(), Link{Cut: true}) },
			ctx:   func() (context.Context, context.CancelFunc) { return context.WithTimeout(ctx, 30*time.Second) },
			least: 30 * time.Second, most: 30 * time.Second,
		},
		{
			name: "healed in time",
			set: func(f *Fabric, _ *Listener) {
				f.SetLink(client, server.Addr(), Link{Cut: true})
				time.AfterFunc(5*time.Second, func() { f.ResetLink(client, server.Addr()) })
			},
			least: 7 * time.Second, most: 7*time.Second + 10*time.Millisecond,
		},
		{
			name: "lossy",
			set: func(f *Fabric, _ *Listener) {
				f.SetLink(client, server.Addr(), Link{Loss: 0.7}) // with this seed the first SYN is lost, not all seven
			},
			least: time.Second, most: synLimit,
		},
		{
			name: "fabric closes", want: net.ErrClosed,
			set: func(f *Fabric, l *Listener) {
				l.SetAdmit(func(netip.AddrPort) Admission { return Ignore })
				time.AfterFunc(time.Second, func() { f.Close() })
			},
			least: time.Second, most: time.Second,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := New(Config{Seed: 1})
				defer f.Close()
				l, err := f.Listen(server)
				if err != nil {
					t.Fatal(err)
				}
				tt.set(f, l)
				ctx := ctx
				if tt.ctx != nil {
					var cancel context.CancelFunc
					ctx, cancel = tt.ctx()
					defer cancel()
				}
				d := took(func() { _, err = f.Dial(ctx, client, server) })
				if !errors.Is(err, tt.want) {
					t.Errorf("dial gives %v, want %v", err, tt.want)
				}
				var ne net.Error
				if err != nil && (!errors.As(err, &ne) || ne.Timeout() != tt.timeout) {
					t.Errorf("timeout of %v is not %v", err, tt.timeout)
				}
				between(t, "dial", d, tt.least, tt.most)
			})
		})
	}
}
