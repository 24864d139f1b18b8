package reports

import (
	"fmt"
	"strings"
	"time"
)

// Span writes a duration for people, in the units of the scenario language:
// 41ms, 12.3s, 1m30s, 4d12h. What is under a second is left out of a minute and
// more.
func Span(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign, d = "-", -d
		if d < 0 { // the smallest duration has no positive twin
			d = 1<<63 - 1
		}
	}
	switch {
	case d == 0:
		return "0s"
	case d < time.Microsecond:
		return fmt.Sprintf("%s%dns", sign, d)
	case d < time.Millisecond:
		return fmt.Sprintf("%s%dµs", sign, d/time.Microsecond)
	case d < time.Second:
		return fmt.Sprintf("%s%dms", sign, d/time.Millisecond)
	case d < time.Minute:
		return sign + trim(fmt.Sprintf("%d.%02d", d/time.Second, d%time.Second/(10*time.Millisecond))) + "s"
	}
	var b strings.Builder
	b.WriteString(sign)
	for _, u := range []struct {
		d    time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}} {
		if n := d / u.d; n > 0 {
			fmt.Fprintf(&b, "%d%s", n, u.name)
			d %= u.d
		}
	}
	return b.String()
}

// trim drops zeros behind a decimal point.
func trim(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}

// clock writes times since the start of a run as hh:mm:ss, all in one width:
// with days when there are any, and with as many decimals as it takes to tell
// neighbours apart.
type clock struct {
	days   bool
	digits int // 0, 3 or 6
}

// clockFor returns the clock that suits times, which are in order.
func clockFor(times []time.Duration) clock {
	var c clock
	for i, t := range times {
		if t >= 24*time.Hour || t <= -24*time.Hour {
			c.days = true
		}
		for c.digits < 6 && (i > 0 && t != times[i-1] && c.of(t) == c.of(times[i-1]) || i == 0 && t > 0 && t < c.unit()) {
			c.digits += 3
		}
	}
	return c
}

// unit is the smallest time that c shows.
func (c clock) unit() time.Duration {
	switch c.digits {
	case 0:
		return time.Second
	case 3:
		return time.Millisecond
	}
	return time.Microsecond
}

// of formats t.
func (c clock) of(t time.Duration) string {
	sign := ""
	if t < 0 {
		sign, t = "-", max(-t, 0)
	}
	days, t := t/(24*time.Hour), t%(24*time.Hour)
	s := fmt.Sprintf("%02d:%02d:%02d", t/time.Hour, t/time.Minute%60, t/time.Second%60)
	switch c.digits {
	case 3:
		s += fmt.Sprintf(".%03d", t/time.Millisecond%1000)
	case 6:
		s += fmt.Sprintf(".%06d", t/time.Microsecond%1000000)
	}
	if c.days {
		s = fmt.Sprintf("%2dd %s", days, s)
	}
	return sign + s
}
