package scenarios

import (
	"testing"
	"time"
)

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0": 0, "30s": 30 * time.Second, "1h30m": 90 * time.Minute, "5d": 120 * time.Hour, "1.5d": 36 * time.Hour,
		"1d12h": 36 * time.Hour, "250ms": 250 * time.Millisecond, "36500d": maxDuration,
	} {
		if got, err := parseDuration(text); got != want || err != nil {
			t.Errorf("parseDuration(%q) = %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "d", "5", "-1s", "1d-1h", "+1s", "1h1d", "1dd", "1e3d", "36501d", "36500d1s", "999999999h", "NaNd", "infd", "1_0d", " 1s"} {
		if got, err := parseDuration(text); err == nil {
			t.Errorf("parseDuration(%q) = %v, want an error", text, got)
		}
	}
}

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "512": 512, "512B": 512, "4KiB": 4096, "1.5KiB": 1536, "1MiB": 1 << 20, "4KB": 4000, "10MB": 10_000_000, "4 KiB": 4096,
	} {
		if got, err := parseSize(text); got != want || err != nil {
			t.Errorf("parseSize(%q) = %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "KiB", "4K", "4kb", "4GB", "-1KB", "1.0001KB", "1e3", "NaN", "inf", "9999999999MiB", "0x10", "4iB"} {
		if got, err := parseSize(text); err == nil {
			t.Errorf("parseSize(%q) = %v, want an error", text, got)
		}
	}
}

func TestParseCount(t *testing.T) {
	for text, want := range map[string]Count{"3": {3, 3}, "2..": {2, -1}, "..4": {0, 4}, "3..5": {3, 5}, "0": {0, 0}} {
		got, err := parseCount(text)
		if got != want || err != nil {
			t.Errorf("parseCount(%q) = %v, %v, want %v", text, got, err, want)
		}
		if back, err := parseCount(got.String()); back != want || err != nil {
			t.Errorf("parseCount(%q) = %v, %v, want %v", got, back, err, want)
		}
	}
	for _, text := range []string{"", "..", "-1", "5..3", "3...5", "a", "1..b", "99999999999", "1.5"} {
		if got, err := parseCount(text); err == nil {
			t.Errorf("parseCount(%q) = %v, want an error", text, got)
		}
	}
}

func TestParseThreshold(t *testing.T) {
	for text, want := range map[string]Threshold{
		"failures < 0.1%":      {Metric: "failures", Op: "<", Value: 0.001},
		"lost = 0":             {Metric: "lost", Op: "="},
		"duplicated<=3":        {Metric: "duplicated", Op: "<=", Value: 3},
		"p99 latency < 250ms":  {Metric: "p99 latency", Op: "<", Value: 0.25},
		"p99.9  latency >= 2s": {Metric: "p99.9 latency", Op: ">=", Value: 2},
		"rate > 1000/s":        {Metric: "rate", Op: ">", Value: 1000},
	} {
		want.Text = text
		if got, err := parseThreshold(text); got != want || err != nil {
			t.Errorf("parseThreshold(%q) = %+v, %v, want %+v", text, got, err, want)
		}
	}
}

func TestSuggest(t *testing.T) {
	words := []string{"fault", "expect", "send", "mail.accepted", "mx", "a"}
	for word, want := range map[string]string{
		"falut": "fault", "Fault": "fault", "expct": "expect", "snd": "send", "mail.acepted": "mail.accepted",
		"mxx": "mx", "nothing": "", "b": "", "": "", "fault": "",
	} {
		if got := suggest(word, words); got != want {
			t.Errorf("suggest(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestSpan(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"0s": 0, "30m": 30 * time.Minute, "1h": time.Hour, "5d": 120 * time.Hour, "1d1h": 25 * time.Hour,
		"1h30m": 90 * time.Minute, "1m30s": 90 * time.Second, "250ms": 250 * time.Millisecond, "10s": 10 * time.Second,
	} {
		if got := span(d); got != want {
			t.Errorf("span(%v) = %q, want %q", d, got, want)
		}
		if back, err := parseDuration(want); back != d || err != nil {
			t.Errorf("parseDuration(%q) = %v, %v", want, back, err)
		}
	}
}
