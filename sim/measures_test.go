package sim

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// measured takes a body in, in pieces of some size.
func measured(body string, piece int) measures {
	var m measures
	for len(body) > 0 {
		n := min(piece, len(body))
		_, _ = m.Write([]byte(body[:n]))
		body = body[n:]
	}
	m.end()
	return m
}

// slowly does octet by octet what measures do in large steps.
func slowly(body string) measures {
	var m measures
	line := 0
	for i := range len(body) {
		c := body[i]
		m.null = m.null || c == 0
		m.highBody = m.highBody || c >= 0x80
		after := i+1 < len(body) && body[i+1] == '\n'
		before := i > 0 && body[i-1] == '\r'
		m.bareLineEnd = m.bareLineEnd || c == '\r' && !after || c == '\n' && !before
		switch {
		case c == '\n':
			m.longestLine, line = max(m.longestLine, line), 0
		case c == '\r' && after:
		default:
			line++
		}
	}
	m.longestLine = max(m.longestLine, line)
	return m
}

func TestMeasures(t *testing.T) {
	for body, want := range map[string]measures{
		"":                        {},
		"a\r\nbcd\r\n\r\n":        {longestLine: 3},
		"abcd":                    {longestLine: 4},
		"a\r":                     {longestLine: 2, bareLineEnd: true},
		"a\rb\r\n":                {longestLine: 3, bareLineEnd: true},
		"\n":                      {bareLineEnd: true},
		"a\r\r\n":                 {longestLine: 2, bareLineEnd: true},
		"\r\n.\r\n":               {longestLine: 1},
		"1234567\x80":             {longestLine: 8, highBody: true},
		"12345678\x00\r\n123456é": {longestLine: 9, highBody: true, null: true},
		"12345678\xff2345678\r\n": {longestLine: 16, highBody: true},
	} {
		if diff := cmp.Diff(want, slowly(body), cmp.AllowUnexported(measures{})); diff != "" {
			t.Errorf("slowly(%q) (-want +got):\n%s", body, diff)
		}
		for piece := 1; piece < 20; piece++ {
			if diff := cmp.Diff(want, measured(body, piece), cmp.AllowUnexported(measures{})); diff != "" {
				t.Errorf("%q in pieces of %d (-want +got):\n%s", body, piece, diff)
			}
		}
	}
}

func FuzzMeasures(f *testing.F) {
	f.Add("a\r\nb\rc\n\r\n\x00é", 3)
	f.Add(strings.Repeat("a line of text\r\n", 20), 8)
	f.Fuzz(func(t *testing.T, body string, piece int) {
		if piece < 1 {
			return
		}
		if diff := cmp.Diff(slowly(body), measured(body, piece), cmp.AllowUnexported(measures{})); diff != "" {
			t.Errorf("%q in pieces of %d (-slowly +measured):\n%s", body, piece, diff)
		}
	})
}

// The header section counts apart.
func TestMeasureHeader(t *testing.T) {
	for in, want := range map[string]measures{
		"A: é\r\n\r\nb\r\n":   {longestLine: 5, highHeader: true},
		"A: b\r\n\r\né\r\n":   {longestLine: 4, highBody: true},
		"A: b\r\n\r\nabcdé":   {longestLine: 6, highBody: true},
		"A: b\r\n\n\r\nabc\r": {longestLine: 4, bareLineEnd: true},
	} {
		m := newMessage([]byte(in))
		if diff := cmp.Diff(want, m.measures, cmp.AllowUnexported(measures{})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", in, diff)
		}
	}
}
