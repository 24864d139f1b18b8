package sim

import "time"

// The defaults of RFC 5321 4.5.4.1: at least 30 minutes between tries, given up
// after at least 4 to 5 days.
const (
	defaultRetry    = 30 * time.Minute
	defaultExpire   = 5 * 24 * time.Hour
	defaultParallel = 20

	// Exim's connection_max_messages is 500, Postfix bounds a session by time, 300 s.
	defaultReuse = 100
)

func (c QueueConfig) expire() time.Duration {
	if c.Expire <= 0 {
		return defaultExpire
	}
	return c.Expire
}

func (c QueueConfig) parallel() int {
	if c.Parallel <= 0 {
		return defaultParallel
	}
	return c.Parallel
}

// perHost is how many tries may go on at once to one next hop.
func (c QueueConfig) perHost() int {
	if c.PerHost <= 0 {
		return c.parallel()
	}
	return min(c.PerHost, c.parallel())
}

// reuse is how many mails go over one session.
func (c QueueConfig) reuse() int { return orDefault(c.Reuse, defaultReuse) }

// wait returns how long after the try of that number (from 1) the next one is;
// the last given wait repeats.
func (c QueueConfig) wait(tries int) time.Duration {
	if len(c.Retry) == 0 {
		return defaultRetry
	}
	return c.Retry[min(max(tries, 1), len(c.Retry))-1]
}

// next returns when to try again. Waits count from the start of a try, so that
// slow failures do not stretch the schedule, but a try never follows the one
// before without a pause. The last try is at the very end of the mail's time.
func (c QueueConfig) next(started, now time.Time, tries int, end time.Time) time.Time {
	due := started.Add(c.wait(tries))
	if !due.After(now) {
		due = now.Add(c.wait(tries) / 2)
	}
	if due.After(end) {
		due = end
	}
	return due
}
