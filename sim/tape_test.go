package sim

import (
	"bytes"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTape(t *testing.T) {
	say := func(s string) (Side, string) { return Side(s[0]), s[1:] }
	for _, tt := range []struct {
		name  string
		turns []string // C or S, and octets
		want  []string
	}{
		{"commands", []string{"S220 a\r\n", "CEHLO b\r\n", "S250-a\r\n250 SIZE\r\n"}, []string{"S> 220 a", "C> EHLO b", "S> 250-a", "S> 250 SIZE"}},
		{"in pieces", []string{"CEH", "CLO b\r", "C\n"}, []string{"C> EHLO b"}},
		{"a message", []string{"CDATA\r\n", "S354 go\r\n", "Ca\r\n..b\r\nDATA\r\n.\r\nQUIT\r\n"}, []string{"C> DATA", "S> 354 go", "D> a", "D> ..b", "D> DATA", "D> .", "C> QUIT"}},
		{
			"DATA in a group",
			[]string{"S220 a\r\n", "CMAIL\r\nRCPT\r\nDATA\r\n", "S250 a\r\n250-b\r\n250 b\r\n354 go\r\n", "CQUIT\r\n.\r\nMAIL\r\nDATA\r\n", "S250 c\r\n250 d\r\n354 go\r\n", "Ca\r\n"},
			[]string{"S> 220 a", "C> MAIL", "C> RCPT", "C> DATA", "S> 250 a", "S> 250-b", "S> 250 b", "S> 354 go", "D> QUIT", "D> .", "C> MAIL", "C> DATA", "S> 250 c", "S> 250 d", "S> 354 go", "D> a"},
		},
		{"DATA refused", []string{"CDATA\r\n", "S554-no\r\n554 no\r\n", "CRSET\r\n"}, []string{"C> DATA", "S> 554-no", "S> 554 no", "C> RSET"}},
		{"chunks", []string{"CBDAT 6\r\na\r\nQUITBDAT 0 LAST\r\n", "CQUIT\r\n"}, []string{`C> BDAT 6`, "D> a", `D> QUI`, "C> TBDAT 0 LAST", "C> QUIT"}},
		{"a chunk in pieces", []string{"CBDAT 5 LAST\r\nab", "Cc", "C\r\nQUIT\r\n"}, []string{`C> BDAT 5 LAST`, "D> abc", "C> QUIT"}},
		{"bare line ends", []string{"Ca\rb\nc\r\n\x00\r\n"}, []string{`C> a\rb\n`, "C> c", `C> \x00`}},
		{"UTF-8", []string{"Cé\"\\\r\n\xff\r\n"}, []string{`C> é"\`, `C> \xff`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tp := tape{all: new(atomic.Int64)}
			for _, turn := range tt.turns {
				side, octets := say(turn)
				tp.record(side, []byte(octets), "m")
			}
			var got []string
			for _, l := range tp.Lines {
				got = append(got, string(l.Side)+"> "+l.Text)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]string{"m"}, tp.Mails); diff != "" {
				t.Errorf("mails (-want +got):\n%s", diff)
			}
		})
	}
}

// Of a message the beginning is kept, and all that is said behind it, until there
// is too much of that.
func TestTapeIsBounded(t *testing.T) {
	tp := tape{all: new(atomic.Int64)}
	tp.record(ClientLine, []byte("DATA\r\n"), "")
	tp.record(ServerLine, []byte("354 go\r\n"), "")
	for range 100 {
		tp.record(ClientLine, make([]byte, 8<<10), "")
	}
	tp.record(ClientLine, []byte("\r\n.\r\nQUIT\r\n"), "")
	if last := tp.Lines[len(tp.Lines)-1]; !tp.Cut || tp.octets > 2*dataMost || last.Text != "QUIT" || last.Side != ClientLine {
		t.Errorf("cut %v, %d octets kept, the last line is %c %.20q", tp.Cut, tp.octets, last.Side, last.Text)
	}
	for range 100 {
		tp.record(ClientLine, append(bytes.Repeat([]byte("NOOP "), 1600), "\r\n"...), "")
	}
	if tp.octets > tapeMost {
		t.Errorf("%d octets kept", tp.octets)
	}
}
