package main

import (
	"io"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// barDelay is how long a run takes before it gets a bar: most are over sooner.
const barDelay = 300 * time.Millisecond

// progress is a bar at the bottom of a terminal, or nothing. Its methods may be
// called from any goroutine.
type progress struct {
	w     io.Writer // nil: no terminal
	total int
	noun  string // what is counted: "scenarios"
	delay *time.Timer

	mu        sync.Mutex
	count     int
	closed    bool
	container *mpb.Progress // nil until there is a bar
	bar       *mpb.Bar
}

// newProgress shows on w how many of total, of what noun says, are done, if w is a terminal.
func newProgress(w io.Writer, total int, noun string) *progress {
	p := &progress{total: total, noun: noun}
	if _, ok := terminal(w); ok && total > 1 {
		p.w = w
		p.delay = time.AfterFunc(barDelay, p.show)
	}
	return p
}

// show draws the bar.
func (p *progress) show() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	p.container = mpb.New(mpb.WithOutput(p.w), mpb.WithWidth(60))
	p.bar = p.container.AddBar(int64(p.total),
		mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Name(p.noun+" "), decor.CountersNoUnit("%d of %d")),
	)
	p.bar.SetCurrent(int64(p.count))
}

// done counts one more.
func (p *progress) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count++
	if p.bar != nil {
		p.bar.Increment()
	}
}

// above writes whole lines to w, above the bar where w shows it too.
func (p *progress) above(w io.Writer, lines []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := terminal(w); ok && p.container != nil && !p.closed {
		if _, err := p.container.Write(lines); err == nil {
			return nil
		}
	}
	_, err := w.Write(lines)
	return err
}

// close takes the bar away.
func (p *progress) close() {
	if p.w == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	p.closed = true
	p.delay.Stop()
	if p.container != nil {
		p.bar.Abort(true) // does nothing when it is complete
		p.container.Wait()
	}
}
