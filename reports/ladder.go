package reports

import (
	"slices"
	"strings"
	"time"
)

// The measures of a ladder, in columns: between two lifelines, and of texts.
const (
	minGap   = 8
	fairGap  = 16 // what short labels get rather than a line of their own
	maxGap   = 44
	maxLabel = 60
	maxName  = 20

	labelRoom = 8 // blanks, shaft and tip around the text in an arrow
)

// Text draws the ladder in at most width columns (0: DefaultWidth), one
// lifeline a node, time running down. An arrow of something bad ends in an X.
// Where the nodes do not fit side by side, those that no rung touches are left
// out, and if it takes more than that, the others are drawn in several pieces
// one below the other, each beginning with the last node of the piece before.
func (l *Ladder) Text(width int) string {
	var b strings.Builder
	for _, line := range l.lines(width) {
		b.WriteString(line.text)
		b.WriteByte('\n')
	}
	return b.String()
}

// ladderLine is one line of the drawing.
type ladderLine struct {
	text string
	bad  bool
}

// lines draws the ladder.
func (l *Ladder) lines(width int) []ladderLine {
	if width <= 0 {
		width = DefaultWidth
	}
	names := l.names()
	if len(names) == 0 {
		return nil
	}
	times := make([]time.Duration, len(l.Rungs))
	for i, r := range l.Rungs {
		times[i] = r.At
	}
	slices.Sort(times)
	ck := clockFor(times)
	timeWidth := len(ck.of(0)) + 2
	if len(times) > 0 {
		timeWidth = max(len(ck.of(times[0])), len(ck.of(times[len(times)-1]))) + 2
	}

	// As many lifelines a piece as fit with the smallest gap, at least two.
	gap := minGap
	for _, r := range l.Rungs {
		if r.To != "" {
			gap = max(gap, min(fairGap, cells(Escape(r.Text))+labelRoom))
		}
	}
	step := max(1, (width-timeWidth-gap)/gap)
	if len(names) > step+1 {
		names = l.busy(names)
	}
	all := make(map[string]int, len(names))
	for i, n := range names {
		all[n] = i
	}
	var out []ladderLine
	for from := 0; ; from += step {
		to := min(from+step+1, len(names))
		p := &piece{ladder: l, all: all, first: from, step: step, left: timeWidth, width: width, clock: ck}
		p.place(names[from:to])
		if from > 0 {
			out = append(out, ladderLine{})
		}
		out = append(out, p.draw()...)
		if to == len(names) {
			return out
		}
	}
}

// names returns the columns, and after them the nodes that only rungs name.
func (l *Ladder) names() []string {
	var names []string
	seen := make(map[string]bool)
	add := func(name string) {
		if name != "" && !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	for _, c := range l.Columns {
		add(c)
	}
	for _, r := range l.Rungs {
		add(r.From)
		add(r.To)
	}
	return names
}

// busy returns those of names that some rung touches.
func (l *Ladder) busy(names []string) []string {
	touched := make(map[string]bool)
	for _, r := range l.Rungs {
		touched[r.From], touched[r.To] = true, true
	}
	var out []string
	for _, n := range names {
		if touched[n] {
			out = append(out, n)
		}
	}
	if len(out) == 0 {
		return names[:1]
	}
	return out
}

// piece is the part of a ladder that shows the lifelines names[from:to].
type piece struct {
	ladder *Ladder
	whole  []string       // names of this piece, escaped
	names  []string       // the same, at most maxName wide
	column map[string]int // of this piece, by the name as given
	all    map[string]int // of the whole ladder
	first  int            // index of names[0] in the whole
	step   int            // how many lifelines further each piece begins
	x      []int          // position of each lifeline
	left   int            // first position after the times
	width  int
	clock  clock
}

// place sets the gaps between lifelines: what headings and labels ask for, or
// less where the width does not allow it.
func (p *piece) place(names []string) {
	n := len(names)
	p.column = make(map[string]int, n)
	for i, name := range names {
		p.whole = append(p.whole, Escape(name))
		p.names = append(p.names, shorten(Escape(name), maxName))
		p.column[name] = i
	}
	gaps := make([]int, n-1)
	for i := range gaps {
		gaps[i] = max(minGap, (cells(p.names[i])+cells(p.names[i+1]))/2+3)
	}
	for _, r := range p.ladder.Rungs {
		a, okA := p.column[r.From]
		b, okB := p.column[r.To]
		if okA && okB && (a-b == 1 || b-a == 1) {
			i := min(a, b)
			gaps[i] = max(gaps[i], min(maxGap, cells(Escape(r.Text))+labelRoom))
		}
	}
	start := p.left + cells(p.names[0])/2 + 1
	end := cells(p.names[n-1])/2 + 1
	shrink(gaps, p.width-start-end, minGap)
	p.x = make([]int, n)
	p.x[0] = start
	for i, g := range gaps {
		p.x[i+1] = p.x[i] + g
	}
	p.width = max(p.width, p.x[n-1]+end)
}

func (p *piece) draw() []ladderLine {
	head := newRow(p.width)
	for i, name := range p.names {
		room := maxName
		if i > 0 {
			room = min(room, p.x[i]-p.x[i-1]-1)
		}
		if i+1 < len(p.x) {
			room = min(room, p.x[i+1]-p.x[i]-1)
		}
		if room < cells(name) {
			name = shorten(p.whole[i], room)
		}
		head.put(p.x[i]-cells(name)/2, name)
	}
	out := []ladderLine{{text: head.String()}, {text: p.lifelines().String()}}
	for _, r := range p.ladder.Rungs {
		out = append(out, p.rung(r)...)
	}
	return out
}

// lifelines returns a row of nothing else.
func (p *piece) lifelines() row {
	r := newRow(p.width)
	for _, x := range p.x {
		r.put(x, "|")
	}
	return r
}

// rung draws one rung, or nothing when it does not belong to this piece.
func (p *piece) rung(r Rung) []ladderLine {
	a, okA := p.column[r.From]
	b, okB := p.column[r.To]
	text := Escape(r.Text)
	switch {
	case okA && okB && a != b:
		return p.arrow(r, a, b, text)
	case p.owns(a, okA) && (r.To == "" || r.To == r.From):
		return p.note(r, a, text)
	case p.owns(a, okA) && !p.together(r):
		return p.note(r, a, "to "+Escape(r.To)+": "+text)
	case p.owns(b, okB) && r.From == "":
		return p.note(r, b, text)
	case p.owns(b, okB) && !p.together(r):
		return p.note(r, b, "from "+Escape(r.From)+": "+text)
	}
	return nil
}

// owns says whether notes at column i are drawn in this piece: the lifeline
// that two pieces share has them in the first.
func (p *piece) owns(i int, here bool) bool { return here && (i > 0 || p.first == 0) }

// together says whether some piece shows both ends of r.
func (p *piece) together(r Rung) bool {
	low, high := min(p.all[r.From], p.all[r.To]), max(p.all[r.From], p.all[r.To])
	return high <= low/p.step*p.step+p.step
}

// arrow draws an arrow from lifeline a to b, with its text in the shaft where
// that is long enough, else in lines above it.
func (p *piece) arrow(r Rung, a, b int, text string) []ladderLine {
	var out []ladderLine
	from, to := p.x[a], p.x[b]
	low, high := min(from, to), max(from, to)
	inside := high - low - 1
	line := p.lifelines()
	line.put(0, p.clock.of(r.At))
	line.put(low+1, strings.Repeat("-", inside))
	if text != "" && cells(text)+6 <= inside {
		label := " " + text + " "
		line.put(low+1+(inside-cells(label))/2, label)
	} else if text != "" {
		out = p.label(low+2, text, r.Bad)
	}
	tip := map[bool]string{true: "X", false: ">"}[r.Bad]
	at := to - 1
	if to < from {
		at = to + 1
		if !r.Bad {
			tip = "<"
		}
	}
	line.put(at, tip)
	return append(out, ladderLine{line.String(), r.Bad})
}

// note draws a mark on lifeline a and the text beside it.
func (p *piece) note(r Rung, a int, text string) []ladderLine {
	mark := "*"
	if r.Bad {
		mark = "X"
	}
	x := p.x[a]
	line := p.lifelines()
	line.put(0, p.clock.of(r.At))
	line.put(x, mark)
	if cells(text) <= p.width-x-2 {
		line.put(x+2, text)
		return []ladderLine{{line.String(), r.Bad}}
	}
	return append(p.label(x+2, text, r.Bad), ladderLine{line.String(), r.Bad})
}

// label draws text over the lifelines from position x on, in as many lines as
// it takes; it begins further left where there is little room.
func (p *piece) label(x int, text string, bad bool) []ladderLine {
	if want := min(cells(text), maxLabel); p.width-x < want {
		x = max(p.left, p.width-want)
	}
	var out []ladderLine
	for _, part := range wrap(text, p.width-x) {
		line := p.lifelines()
		line.put(x, part)
		out = append(out, ladderLine{line.String(), bad})
	}
	return out
}

// row is one line of the drawing, a string for each column; the second column
// of a wide character is empty.
type row []string

func newRow(width int) row {
	r := make(row, width)
	for i := range r {
		r[i] = " "
	}
	return r
}

// put writes s at position x; what lies outside the row is left out.
func (r row) put(x int, s string) {
	for _, c := range s {
		w := cells(string(c))
		switch {
		case w == 0 && x > 0 && x <= len(r):
			r[x-1] += string(c) // a combining mark
			continue
		case x >= 0 && x+w <= len(r):
			r[x] = string(c)
			for i := 1; i < w; i++ {
				r[x+i] = ""
			}
		}
		x += w
	}
}

func (r row) String() string { return strings.TrimRight(strings.Join(r, ""), " ") }
