package scenarios

import (
	"slices"

	"github.com/mailsim/mailsim/sim"
)

// wireSubject looks into what was said in the sessions with a node's server.
type wireSubject struct {
	run   *run
	check *WireCheck
	node  *sim.Node
}

// holds always looks: a line that is said makes no event.
func (w *wireSubject) holds(bool) bool {
	most := Count{Min: 1, Max: -1}
	if w.check.Count != nil {
		most = *w.check.Count
	}
	n := 0
	for _, rec := range w.sessions() {
		if w.fits(rec) {
			n++
		}
	}
	return most.Holds(n)
}

// sessions are those that From and Mail choose.
func (w *wireSubject) sessions() []sim.Recording {
	return slices.DeleteFunc(w.node.Recordings(), func(rec sim.Recording) bool {
		return w.check.From != "" && rec.Peer != w.check.From ||
			w.check.Mail != "" && !slices.ContainsFunc(rec.Mails, func(m string) bool { return w.run.member(m, w.check.Mail) })
	})
}

// fits reports whether the lines of a session are as wanted.
func (w *wireSubject) fits(rec sim.Recording) bool {
	next := 0
	for _, l := range rec.Lines {
		switch {
		case len(w.check.Is) > 0:
			if l.Side == sim.DataLine {
				continue
			}
			if next == len(w.check.Is) || !w.check.Is[next].Match(lineOf(l)) {
				return false
			}
			next++
		case next < len(w.check.Has) && w.check.Has[next].Match(lineOf(l)):
			next++
		}
	}
	return next == len(w.check.Is)+len(w.check.Has)
}

func lineOf(l sim.Line) string { return string(l.Side) + "> " + l.Text }

// wireLines bounds how much of a session a failed check shows.
const wireLines = 60

func (w *wireSubject) tell() *finding {
	all := w.sessions()
	f := &finding{want: w.check.String(), got: plural(len(all), "session")}
	if w.check.Mail != "" {
		f.mails = w.run.names(w.check.Mail)
	}
	for i, rec := range all {
		if i == 3 {
			f.line("and %s", plural(len(all)-i, "other session"))
			break
		}
		fit := "otherwise"
		if w.fits(rec) {
			fit = "so"
		}
		f.line("%s from %s, %s:", rec.Session, rec.Peer, fit)
		for n, l := range rec.Lines {
			if n == wireLines {
				f.line("  and %s", plural(len(rec.Lines)-n, "more line"))
				break
			}
			f.line("  %s", clip(lineOf(l), 200))
		}
		if rec.Cut {
			f.line("  (there was more than is kept)")
		}
	}
	return f
}
