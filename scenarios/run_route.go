package scenarios

import (
	"strings"

	"github.com/mailsim/mailsim/sim"
	"github.com/mailsim/mailsim/sim/trace"
)

// routeSubject compares the nodes that accepted a mail, first to last. It holds
// if the path of any recipient is the wanted one; of a group, for each mail. The
// user agent where the mail began may be named or left out.
type routeSubject struct {
	run   *run
	check *RouteCheck
	held  memory[bool]
	mails group
}

func (q *routeSubject) holds(look bool) bool {
	return q.mails.all(q.run, q.check.Mail, func(mail string) bool {
		return q.held.of(q.run.index, mail, look, q.holdsFor)
	})
}

func (q *routeSubject) holdsFor(mail string) bool {
	for _, p := range q.paths(mail) {
		if q.fits(p) {
			return true
		}
	}
	return false
}

// paths returns the paths of a mail that the check is about.
func (q *routeSubject) paths(mail string) []trace.Path {
	all := trace.Paths(q.run.index.of(mail), mail)
	if q.check.To == "" {
		return all
	}
	var of []trace.Path
	for _, p := range all {
		if sameAddress(p.To, q.check.To) {
			of = append(of, p)
		}
	}
	return of
}

func (q *routeSubject) fits(p trace.Path) bool {
	nodes := p.Nodes
	if matchAll(q.check.Is, nodes) {
		return true
	}
	if len(nodes) > 0 && q.run.isAgent(nodes[0]) && matchAll(q.check.Is, nodes[1:]) {
		return true
	}
	return false
}

func matchAll(is []Pattern, got []string) bool {
	if len(is) != len(got) {
		return false
	}
	for i, p := range is {
		if !p.Match(got[i]) {
			return false
		}
	}
	return true
}

// isAgent reports whether a node is a user agent.
func (r *run) isAgent(name string) bool {
	nd := r.net.Node(name)
	return nd != nil && nd.Config().Role == sim.MUA
}

func (q *routeSubject) tell() *finding {
	want := make([]string, len(q.check.Is))
	for i, p := range q.check.Is {
		want[i] = p.Text
	}
	f := &finding{want: q.check.Mail + " takes the route " + strings.Join(want, " -> ")}
	if q.check.To != "" {
		f.want += " to " + q.check.To
	}
	told := 0
	for _, name := range q.run.names(q.check.Mail) {
		if len(q.run.names(q.check.Mail)) > 1 && q.holdsFor(name) {
			continue
		}
		if told++; told > listMost {
			f.line("and other mails of %s", q.check.Mail)
			break
		}
		f.mails = append(f.mails, name)
		paths := q.paths(name)
		if len(paths) == 0 {
			f.line("%s was accepted by no node", name)
		}
		for _, p := range paths {
			f.line("%s to %s took %s", name, p.To, strings.Join(p.Nodes, " -> "))
			if s, ok := q.turn(p); ok {
				f.astray = append(f.astray, s)
			}
		}
		f.line("%s", q.run.whereabouts(name))
	}
	return f
}
