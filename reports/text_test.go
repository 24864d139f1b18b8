package reports_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/reports"
)

func TestSpan(t *testing.T) {
	const day = 24 * time.Hour
	for _, tt := range []struct {
		d    time.Duration
		want string
	}{
		{0, "0s"},
		{7, "7ns"},
		{12 * time.Microsecond, "12µs"},
		{41*time.Millisecond + 999, "41ms"},
		{time.Second, "1s"},
		{12*time.Second + 340*time.Millisecond, "12.34s"},
		{90 * time.Second, "1m30s"},
		{time.Hour + 5*time.Second, "1h5s"},
		{30 * time.Minute, "30m"},
		{5 * day, "5d"},
		{4*day + 12*time.Hour + 41*time.Millisecond, "4d12h"},
		{-90 * time.Second, "-1m30s"},
		{-1 << 63, "-106751d23h47m16s"},
	} {
		if got := reports.Span(tt.d); got != tt.want {
			t.Errorf("Span(%d) = %q, want %q", tt.d, got, tt.want)
		}
	}
}

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"":                         "",
		`plain /5\.1/ text`:        `plain /5\.1/ text`,
		"Grüße, 世界":                "Grüße, 世界",
		"two\r\nlines":             `two\r\nlines`,
		"a\tb\x00c\x7f":            `a\tb\x00c\x7f`,
		"\x1b[31mred\x1b[0m":       `\x1b[31mred\x1b[0m`,
		"C1 \u009b31m":             `C1 \u009b31m`,
		"turn \u202e around":       `turn \u202e around`,
		"not UTF-8 \xff\xc3":       `not UTF-8 \xff\xc3`,
		"tag \U000e0041":           `tag \U000e0041`,
		"replacement \ufffd is it": "replacement \ufffd is it",
	} {
		if got := reports.Escape(in); got != want {
			t.Errorf("Escape(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestTraceShortened: the middle of a long trace is left out, and -v shows it.
func TestTraceShortened(t *testing.T) {
	r := relays(3)
	c := &r.Groups[0].Checks[0]
	c.Ladder.Rungs = nil
	for i := range 200 {
		at := time.Duration(i) * 30 * time.Minute
		c.Trace = append(c.Trace, event(at, "out", "mail.attempt", reports.Event{Attempt: i + 1}))
		c.Ladder.Rungs = append(c.Ladder.Rungs, reports.Rung{At: at, From: "relay1", To: "relay2", Text: "again", Bad: true})
	}
	for _, tt := range []struct {
		text           reports.Text
		trace, arrows  int
		note, noteWant string
	}{
		{reports.Text{}, 40, 40, "... 160 more, shown with -v ...", "(160 arrows in the middle are shown with -v)"},
		{reports.Text{Verbose: true}, 200, 200, "", ""},
	} {
		var b strings.Builder
		if err := tt.text.Report(&b, &r); err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(b.String(), "(try "); got != tt.trace {
			t.Errorf("%+v: %d events, want %d", tt.text, got, tt.trace)
		}
		if got := strings.Count(b.String(), "-X|"); got != tt.arrows {
			t.Errorf("%+v: %d arrows, want %d", tt.text, got, tt.arrows)
		}
		for _, want := range []string{tt.note, tt.noteWant} {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%+v: no %q in\n%s", tt.text, want, b.String())
			}
		}
	}
}

// TestLongNames: long names stay apart where they differ in their ends, and what
// does not fit beside them is not squeezed into a column a few letters wide.
func TestLongNames(t *testing.T) {
	const lead = "relay-of-the-department-"
	name := strings.Repeat("a-mail-with-a-long-name-", 3) + "end"
	r := relays(3)
	c := &r.Groups[0].Checks[0]
	c.Trace, c.Ladder = nil, &reports.Ladder{}
	for i := range 3 {
		node := lead + string(rune('a'+i))
		c.Ladder.Columns = append(c.Ladder.Columns, node)
		c.Trace = append(c.Trace, event(0, node, "mail.accepted", reports.Event{Mail: name}), event(0, node, "mail.attempt", reports.Event{Mail: "other"}))
		c.Ladder.Rungs = append(c.Ladder.Rungs, reports.Rung{From: lead + "a", To: node})
	}
	var b strings.Builder
	if err := (reports.Text{Width: 80}).Report(&b, &r); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"relay-of-th…rtment-a", "relay-of-th…rtment-b", "relay-of-th…rtment-c",
		"mail.accepted\n          " + name[:70] + "\n", "mail.attempt   other\n",
	} {
		if n := strings.Count(b.String(), want); n == 0 || strings.HasPrefix(want, "relay") && n != 2 {
			t.Errorf("%d times %q in\n%s", n, want, b.String())
		}
	}
}

// TestClockTellsApart: times that differ are shown differently, to the microsecond.
func TestClockTellsApart(t *testing.T) {
	for _, tt := range []struct {
		name string
		at   []time.Duration
		want []string
	}{
		{"seconds", []time.Duration{0, time.Second, time.Second, time.Hour}, []string{"00:00:00", "00:00:01", "00:00:01", "01:00:00"}},
		{"milliseconds", []time.Duration{0, 20 * time.Millisecond}, []string{"00:00:00.000", "00:00:00.020"}},
		{"microseconds", []time.Duration{time.Hour, time.Hour + 100*time.Microsecond}, []string{"01:00:00.000000", "01:00:00.000100"}},
		{"days", []time.Duration{0, 50 * time.Hour}, []string{" 0d 00:00:00", " 2d 02:00:00"}},
	} {
		l := reports.Ladder{Columns: []string{"a", "b"}}
		for _, at := range tt.at {
			l.Rungs = append(l.Rungs, reports.Rung{At: at, From: "a", To: "b"})
		}
		var got []string
		for _, line := range strings.Split(strings.TrimSpace(l.Text(60)), "\n")[2:] {
			clock, _, _ := strings.Cut(line, " |")
			got = append(got, strings.TrimRight(clock, " "))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// TestLadderFits: no line of a drawing is wider than it was asked to be, down
// to where two nodes do not fit any more.
func TestLadderFits(t *testing.T) {
	l := relays(30).Groups[0].Checks[0].Ladder
	l.Rungs = append(l.Rungs, reports.Rung{From: "relay2", To: "relay3", Text: strings.Repeat("wide 世界 ", 20)})
	for width := 44; width < 300; width++ {
		arrows := 0
		for _, line := range strings.Split(l.Text(width), "\n") {
			if n := utf8.RuneCountInString(line); n > width {
				t.Errorf("width %d: a line of %d: %q", width, n, line)
			}
			arrows += strings.Count(line, ">|")
		}
		if want := 30; arrows != want {
			t.Errorf("width %d: %d arrows, want %d", width, arrows, want)
		}
	}
}

// TestLadderIdleNodes: nodes that took no part are drawn while there is room.
func TestLadderIdleNodes(t *testing.T) {
	l := reports.Ladder{Columns: []string{"a", "idle", "b"}, Rungs: []reports.Rung{{From: "a", To: "b", Text: "mail"}}}
	if got := l.Text(80); !strings.Contains(got, "idle") {
		t.Errorf("with room for all:\n%s", got)
	}
	l.Columns = append(l.Columns, relays(500).Groups[0].Checks[0].Ladder.Columns...)
	got := l.Text(80)
	if strings.Contains(got, "idle") || strings.Contains(got, "relay") || !strings.Contains(got, "mail") {
		t.Errorf("with 500 idle nodes:\n%s", got)
	}
}

// TestWriteError: an error of the writer comes out of every format.
func TestWriteError(t *testing.T) {
	full := errors.New("disk full")
	for _, f := range reports.Formats() {
		if err := f.Write(broken{full}, run(fallback())); !errors.Is(err, full) {
			t.Errorf("%s: error %v, want %v", f.Name, err, full)
		}
	}
}

type broken struct{ err error }

func (b broken) Write([]byte) (int, error) { return 0, b.err }

// FuzzText: whatever a mail or a peer says, text holds no character that a
// terminal would act on, and all formats can be written.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "plain", "\x1b[2J", "a\nb\r\n\x00", "\u202e\u009b\xff", "世界 e\u0301", strings.Repeat("x", 300)} {
		f.Add(s, s, uint8(80))
	}
	f.Fuzz(func(t *testing.T, a, b string, width uint8) {
		r := hostile()
		r.Name, r.About, r.Kind, r.File, r.Verdict = a, b, b, a, reports.Verdict(a)
		c := &r.Groups[0].Checks[0]
		c.Name, c.Want, c.Got, c.Reason, c.Where, c.Refs = a, b, a, b, b, []string{a, b}
		e := &c.Trace[0]
		e.Node, e.Kind, e.Mail, e.Peer, e.From, e.To, e.Reply, e.Detail = a, b, a, b, a, b, a, b
		c.Ladder = &reports.Ladder{Columns: []string{a, b}, Rungs: []reports.Rung{
			{From: a, To: b, Text: b}, {From: b, To: a, Text: a, Bad: true}, {From: a, Text: b}, {To: b, Text: a},
		}}
		r.Tables[0] = reports.Table{Title: a, Header: []string{a}, Rows: [][]string{{b, a}}}
		c.Level, c.Threat, c.Notes, c.Transcript = a, b, []string{a, b}, []string{b, a, "```", a}
		if len(a)%2 == 0 {
			r.Kind = reports.KindConform
			c.Verdict = reports.Fail
		}
		var out bytes.Buffer
		if err := (reports.Text{Verbose: true, Width: int(width)}).Write(&out, run(r)); err != nil {
			t.Fatal(err)
		}
		if !utf8.Valid(out.Bytes()) {
			t.Error("the text is no UTF-8")
		}
		for i, r := range out.String() {
			if r != '\n' && !unicode.IsPrint(r) {
				t.Fatalf("octet %d is %U in\n%q", i, r, out.String())
			}
		}
		out.Reset()
		if err := reports.WriteJSON(&out, run(r)); err != nil {
			t.Fatal(err)
		}
		for i, r := range out.String() {
			if r != '\n' && (r < ' ' || r >= 0x7f && r < 0xa0) {
				t.Fatalf("octet %d of the JSON is %U", i, r)
			}
		}
		out.Reset()
		if err := reports.WriteMarkdown(&out, run(r)); err != nil {
			t.Fatal(err)
		}
		if !utf8.Valid(out.Bytes()) {
			t.Error("the Markdown is no UTF-8")
		}
		out.Reset()
		if err := reports.WriteJUnit(&out, run(r)); err != nil {
			t.Fatal(err)
		}
		parseJUnit(t, out.Bytes())
	})
}
