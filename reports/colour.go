package reports

// ink colours words when it is on. It is the only place that writes escape
// sequences; the text inside has been escaped before.
type ink bool

func (on ink) paint(code, s string) string {
	if !on || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (on ink) bold(s string) string { return on.paint("1", s) }
func (on ink) dim(s string) string  { return on.paint("2", s) }
func (on ink) red(s string) string  { return on.paint("31", s) }

// verdict paints s in the colour of v.
func (on ink) verdict(v Verdict, s string) string {
	switch v {
	case Pass:
		return on.paint("32", s)
	case Skip:
		return on.paint("36", s)
	case Warn:
		return on.paint("33", s)
	default:
		return on.paint("1;31", s)
	}
}
