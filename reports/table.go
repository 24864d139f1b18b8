package reports

import "strings"

// lines writes the table in at most width columns: the title, the header, a
// rule and the rows. Columns of figures stand right; too wide a cell is cut.
func (t *Table) lines(width int) []string {
	cols := len(t.Header)
	for _, row := range t.Rows {
		cols = max(cols, len(row))
	}
	var out []string
	if t.Title != "" {
		out = append(out, wrap(Escape(t.Title), width)...)
	}
	if cols == 0 {
		return out
	}
	header := t.row(t.Header, cols)
	rows := make([][]string, len(t.Rows))
	widths := make([]int, cols)
	figures := make([]bool, cols)
	for i := range figures {
		figures[i] = len(t.Rows) > 0
		widths[i] = cells(header[i])
	}
	for i, r := range t.Rows {
		rows[i] = t.row(r, cols)
		for j, cell := range rows[i] {
			widths[j] = max(widths[j], cells(cell))
			if cell != "" && !figure(cell) {
				figures[j] = false
			}
		}
	}
	shrink(widths, width-2*(cols-1), 3)
	line := func(row []string) string {
		for j := range row {
			row[j] = clip(row[j], widths[j])
			if figures[j] {
				row[j] = padLeft(row[j], widths[j])
			} else {
				row[j] = pad(row[j], widths[j])
			}
		}
		return strings.TrimRight(strings.Join(row, "  "), " ")
	}
	if len(t.Header) > 0 {
		out = append(out, line(header))
		rule := make([]string, cols)
		for j := range rule {
			rule[j] = strings.Repeat("-", widths[j])
		}
		out = append(out, line(rule))
	}
	for _, r := range rows {
		out = append(out, line(r))
	}
	return out
}

// row returns the escaped cells of r, cols of them.
func (t *Table) row(r []string, cols int) []string {
	out := make([]string, cols)
	for i, cell := range r {
		out[i] = Escape(cell)
	}
	return out
}

// figure says whether s begins like a number.
func figure(s string) bool {
	s = strings.TrimLeft(s, "<>=~+-")
	return s != "" && s[0] >= '0' && s[0] <= '9'
}

// shrink takes from the largest of sizes until their sum is at most total; none
// goes below least.
func shrink(sizes []int, total, least int) {
	sum := 0
	for _, n := range sizes {
		sum += n
	}
	for sum > total {
		largest := 0
		for i, n := range sizes {
			if n > sizes[largest] {
				largest = i
			}
		}
		if sizes[largest] <= least {
			return
		}
		// Down to the next largest, or by what is too much.
		second := least
		for i, n := range sizes {
			if i != largest {
				second = max(second, n)
			}
		}
		cut := min(sum-total, max(1, sizes[largest]-second))
		cut = min(cut, sizes[largest]-least)
		sizes[largest] -= cut
		sum -= cut
	}
}
