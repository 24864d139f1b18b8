package main

import (
	"iter"
	"sync"
	"sync/atomic"

	"github.com/mailsim/mailsim/reports"
)

// pool runs scenarios side by side.
type pool struct {
	slots []chan *reports.Report // one each, in the order of the list
	wait  sync.WaitGroup
}

// newPool starts to run the scenarios from 0 to count, jobs at a time. Once interrupt
// is set, those that run end early and no other is started. done is called after each.
func newPool(count, jobs int, interrupt *atomic.Bool, run func(i int) reports.Report, done func()) *pool {
	p := &pool{slots: make([]chan *reports.Report, count)}
	for i := range p.slots {
		p.slots[i] = make(chan *reports.Report, 1)
	}
	var next atomic.Int64
	for range min(jobs, count) {
		p.wait.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= count {
					return
				}
				if interrupt.Load() {
					p.slots[i] <- nil
					continue
				}
				r := run(i)
				p.slots[i] <- &r
				done()
			}
		})
	}
	return p
}

// results gives every report in the order of the list, nil for what was not
// run, and waits for the last.
func (p *pool) results() iter.Seq[*reports.Report] {
	return func(yield func(*reports.Report) bool) {
		defer p.wait.Wait()
		for _, s := range p.slots {
			if !yield(<-s) {
				return
			}
		}
	}
}
