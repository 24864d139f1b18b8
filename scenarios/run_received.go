package scenarios

import (
	"strings"

	"github.com/mailsim/mailsim/sim"
	"github.com/mailsim/mailsim/sim/mail"
)

// receivedSubject compares the Received fields of a delivered mail, newest
// first, one by one. It holds if one delivered copy has them so; of a group, one
// copy of each mail.
type receivedSubject struct {
	run    *run
	check  *ReceivedCheck
	held   bool
	before int
	mails  group
}

func (q *receivedSubject) holds(look bool) bool {
	if q.run.index.arrived < q.before && !look {
		return q.held
	}
	q.before = q.run.index.arrived + 1
	q.held = q.mails.all(q.run, q.check.Mail, q.holdsFor)
	return q.held
}

func (q *receivedSubject) holdsFor(name string) bool {
	for _, c := range q.run.copies(name, q.check.At) {
		if stamps, _ := receivedOf(c.Content); q.fits(stamps) {
			return true
		}
	}
	return false
}

// stored is a message and the mailbox that it is in.
type stored struct {
	node, address string
	sim.Stored
}

// copies returns the delivered copies of a mail, in one mailbox or in all.
func (r *run) copies(name, address string) []stored {
	var all []stored
	for _, nd := range r.net.Nodes() {
		if !mayHold(nd, address) {
			continue
		}
		boxes := []string{address}
		if address == "" {
			boxes = nd.Mailboxes()
		}
		for _, box := range boxes {
			for _, m := range nd.Mailbox(box) {
				if m.Mail == name {
					all = append(all, stored{nd.Name(), box, m})
				}
			}
		}
	}
	return all
}

// stampAt is one Received field of a message.
type stampAt struct {
	mail.Received
	raw string
	err error
}

// receivedOf reads the Received fields of a message, newest first.
func receivedOf(c mail.Content) ([]stampAt, error) {
	header, err := mail.HeaderOf(c, maxHeader)
	if err != nil {
		return nil, err
	}
	var all []stampAt
	for _, v := range header.Values("Received") {
		s := stampAt{raw: v}
		s.Received, s.err = mail.ParseReceived(v)
		all = append(all, s)
	}
	return all, nil
}

func (q *receivedSubject) fits(got []stampAt) bool {
	if len(got) != len(q.check.Is) {
		return false
	}
	for i := range got {
		if !q.fitsOne(&q.check.Is[i], &got[i]) {
			return false
		}
	}
	return true
}

func (q *receivedSubject) fitsOne(p *ReceivedPattern, s *stampAt) bool {
	return s.err == nil &&
		q.fitsHost(p.By, s.By) &&
		q.fitsHost(p.From, s.From) &&
		fitsNil(p.With, s.With) &&
		fitsNil(p.ID, s.ID) &&
		fitsAddress(p.For, s.For)
}

// fitsHost compares a name in the field: a plain word names a node, or is the
// name itself; a pattern is over the name.
func (q *receivedSubject) fitsHost(p *Pattern, name string) bool {
	if p == nil || p.Absent || p.Regexp != nil {
		return fitsNil(p, name)
	}
	if nd := q.run.net.Node(p.Text); nd != nil {
		return strings.EqualFold(nd.Host(), name)
	}
	return strings.EqualFold(p.Text, name)
}

func (q *receivedSubject) tell() *finding {
	f := &finding{want: "the Received fields of " + q.check.Mail}
	if q.check.At != "" {
		f.want += " at " + q.check.At
	}
	f.want += ", newest first:"
	for i := range q.check.Is {
		f.want += "\n  " + wantedStamp(&q.check.Is[i])
	}
	told := 0
	for _, name := range q.run.names(q.check.Mail) {
		if q.run.groups[q.check.Mail] > 0 && q.holdsFor(name) {
			continue
		}
		if told++; told > listMost {
			f.line("and other mails of %s", q.check.Mail)
			break
		}
		f.mails = append(f.mails, name)
		copies := q.run.copies(name, q.check.At)
		if len(copies) == 0 {
			f.line("%s was not delivered", name)
			f.line("%s", q.run.whereabouts(name))
			continue
		}
		for _, c := range copies {
			stamps, err := receivedOf(c.Content)
			if err != nil {
				f.line("%s in %s cannot be read: %v", name, c.address, err)
				continue
			}
			f.line("%s in %s has %s:", name, c.address, plural(len(stamps), "Received field"))
			for _, s := range stamps {
				f.line("  %s", s.raw)
			}
		}
	}
	return f
}

func wantedStamp(p *ReceivedPattern) string {
	var parts []string
	add := func(key string, p *Pattern) {
		if p != nil {
			parts = append(parts, key+": "+p.Text)
		}
	}
	add("by", p.By)
	add("from", p.From)
	add("with", p.With)
	add("id", p.ID)
	add("for", p.For)
	return "{" + strings.Join(parts, ", ") + "}"
}
