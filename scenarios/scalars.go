package scenarios

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// maxDuration bounds every duration: a century is enough for mail, and sums of
// some of them stay in an int64 of nanoseconds.
const maxDuration = 100 * 365 * 24 * time.Hour

// parseDuration reads Go's durations plus d for days of 24 hours: 90s, 1h30m, 5d, 1d12h.
func parseDuration(s string) (time.Duration, error) {
	bad := fmt.Errorf("%q is no duration: write 30s, 10m, 1h30m or 5d", s)
	rest := s
	var days time.Duration
	if i := strings.IndexByte(s, 'd'); i >= 0 {
		n, err := strconv.ParseFloat(s[:i], 64)
		if err != nil || s[:i] == "" || strings.ContainsAny(s[:i], "+-eExXpPnN_") {
			return 0, bad
		}
		if n > float64(maxDuration/(24*time.Hour)) {
			return 0, fmt.Errorf("%q is longer than 100 years, the limit", s)
		}
		days = time.Duration(math.Round(n * float64(24*time.Hour)))
		if rest = s[i+1:]; rest == "" {
			return days, nil
		}
	}
	if strings.ContainsAny(rest, "+-") {
		return 0, bad
	}
	d, err := time.ParseDuration(rest)
	if err != nil {
		return 0, bad
	}
	if d > maxDuration-days {
		return 0, fmt.Errorf("%q is longer than 100 years, the limit", s)
	}
	return days + d, nil
}

// parseSize reads octets: 4KiB, 1MB, 512B, 512.
func parseSize(s string) (int64, error) {
	number := strings.TrimRight(s, "BKMGi")
	var unit float64
	switch s[len(number):] {
	case "", "B":
		unit = 1
	case "KB":
		unit = 1e3
	case "MB":
		unit = 1e6
	case "KiB":
		unit = 1 << 10
	case "MiB":
		unit = 1 << 20
	}
	number = strings.TrimRight(number, " ")
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || unit == 0 || strings.ContainsAny(number, "+-eExXpPnN_") {
		return 0, fmt.Errorf("%q is no size: write 512B, 4KiB, 10MiB, 4KB or 10MB", s)
	}
	n *= unit
	if n != math.Trunc(n) {
		return 0, fmt.Errorf("%q is no whole number of octets", s)
	}
	if n > 1<<40 {
		return 0, fmt.Errorf("%q is larger than 1 TiB, the limit", s)
	}
	return int64(n), nil
}

// parseCount reads 3, 2.., ..4 and 3..5.
func parseCount(s string) (Count, error) {
	bad := fmt.Errorf("%q is no count: write 3, 2.., ..4 or 3..5", s)
	low, high, isRange := strings.Cut(s, "..")
	low, high = strings.TrimSpace(low), strings.TrimSpace(high)
	if !isRange {
		n, err := parseWhole(s)
		if err != nil {
			return Count{}, bad
		}
		return Count{n, n}, nil
	}
	c := Count{0, -1}
	var err error
	if low == "" && high == "" {
		return Count{}, bad
	}
	if low != "" {
		if c.Min, err = parseWhole(low); err != nil {
			return Count{}, bad
		}
	}
	if high != "" {
		if c.Max, err = parseWhole(high); err != nil {
			return Count{}, bad
		}
		if c.Max < c.Min {
			return Count{}, fmt.Errorf("%q is an empty range: the smaller number comes first", s)
		}
	}
	return c, nil
}

// parseWhole reads a whole number from 0 up.
func parseWhole(s string) (int, error) {
	if s == "" || len(s) > 9 || strings.Trim(s, "0123456789") != "" {
		return 0, errors.New("not a whole number")
	}
	return strconv.Atoi(s)
}

// parseShare reads a probability: 0.25 or 25%.
func parseShare(s string) (float64, error) {
	number, percent := strings.CutSuffix(s, "%")
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if percent {
		n /= 100
	}
	if err != nil || math.IsNaN(n) || n < 0 || n > 1 || strings.ContainsAny(number, "xXpP_") {
		return 0, fmt.Errorf("%q is no share: write a number from 0 to 1, or a percentage such as 5%%", s)
	}
	return n, nil
}

// parsePattern reads a compared value: text, /regular expression/ or absent.
func parsePattern(s string) (Pattern, error) {
	if s == "absent" {
		return Pattern{Text: s, Absent: true}, nil
	}
	if len(s) < 2 || s[0] != '/' || s[len(s)-1] != '/' {
		return Pattern{Text: s}, nil
	}
	re, err := regexp.Compile(s[1 : len(s)-1])
	if err != nil {
		return Pattern{}, fmt.Errorf("wrong regexp %s: %s", s, strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	return Pattern{Text: s, Regexp: re}, nil
}

// replyPattern is parsePattern where a bare code stands for all replies with it.
func replyPattern(s string) (Pattern, error) {
	p, err := parsePattern(s)
	if err != nil || p.Regexp != nil || p.Absent || !isReplyCode(s) {
		return p, err
	}
	p.Regexp = regexp.MustCompile(`^` + s + `(?:[ -]|$)`)
	return p, nil
}

// isReplyCode says whether s is a reply code alone (RFC 5321 4.2).
func isReplyCode(s string) bool {
	return len(s) == 3 && s[0] >= '2' && s[0] <= '5' && s[1] >= '0' && s[1] <= '5' && s[2] >= '0' && s[2] <= '9'
}
