package scenarios

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mailsim/mailsim/sim"
)

// names is what a scenario gives names to, with the places.
type names struct {
	roles map[string]sim.Role // of nodes; "" where the role is wrong
	nodes []string            // in the order of the files
	// nodesUnread says that some nodes could not be read at all.
	nodesUnread bool

	hosts   map[string]string // node by host, in lower case
	submits map[string]bool   // muas that have an msa

	mails    map[string]mailName
	mailList []string
	faults   map[string]Pos
	sent     bool // a send step was read

	salvaged map[string]bool // of mails and faults, by steps that are wrong
	unread   bool            // some step is so wrong that nobody knows what it names
}

// salvage notes what a step that is wrong would have named, so that who uses the
// name is not told that it is unknown.
func (n *names) salvage(t *tree) {
	n.unread = n.unread || t.wrong
	for _, key := range []string{"mail", "name"} {
		if v := t.get(key); v != nil {
			n.unread = n.unread || v.wrong
			n.salvaged[v.text] = true
		}
	}
}

// told says whether the name of a mail or fault that is not known is so because
// of an error that was reported already.
func (n *names) told(s string) bool { return n.unread || n.salvaged[s] }

// mailName is one mail, or with a count NAME-1 to NAME-count.
type mailName struct {
	pos   Pos
	count int // 0: one mail of that name
}

// node says whether s names a node, with one of the roles if there are any.
// What is wrong is reported at pos.
func (n *names) node(d *decoder, pos Pos, s string, roles ...sim.Role) bool {
	role, ok := n.roles[s]
	switch {
	case !ok && n.nodesUnread:
		d.count++ // what is wrong with the nodes was reported before
		return false
	case !ok:
		d.unknown(pos, "node", s, n.nodes)
		return false
	}
	if role == "" || role == external || len(roles) == 0 || slices.Contains(roles, role) {
		return true
	}
	want := make([]string, len(roles))
	for i, r := range roles {
		want[i] = string(r)
	}
	d.addf(pos, "%s is a node of role %s: want %s", s, role, strings.Join(want, " or "))
	return false
}

// addMail makes a mail known. A name is for one mail, save where a group that
// sends it is done more than once: then it stands for all of them.
func (n *names) addMail(d *decoder, pos Pos, s string, count int) {
	if m, ok := n.mails[s]; ok && m.pos == pos {
		return
	}
	if first, ok := n.mail(s); ok {
		d.addf(pos, "the mail %q is sent twice (first at %s): give each its own name", s, first.ref(pos))
		return
	}
	if count > 0 {
		for _, other := range n.mailList {
			if base, k, ok := numbered(other); ok && base == s && k <= count {
				d.addf(pos, "the mail %q is sent twice (first at %s): give each its own name", other, n.mails[other].pos.ref(pos))
				return
			}
		}
	}
	n.mails[s] = mailName{pos, count}
	n.mailList = append(n.mailList, s)
}

// unnamed names a mail that the step at pos sends without a name: mail, mail2, ...
func (n *names) unnamed(base string, pos Pos) string {
	s := base
	for i := 2; ; i++ {
		first, taken := n.mail(s)
		if !taken || first == pos {
			return s
		}
		s = base + strconv.Itoa(i)
	}
}

// mail returns where a mail is sent.
func (n *names) mail(s string) (Pos, bool) {
	if m, ok := n.mails[s]; ok {
		return m.pos, true
	}
	if base, k, ok := numbered(s); ok {
		if m, ok := n.mails[base]; ok && k <= m.count {
			return m.pos, true
		}
	}
	return Pos{}, false
}

// numbered splits NAME-7 into NAME and 7.
func numbered(s string) (string, int, bool) {
	i := strings.LastIndexByte(s, '-')
	if i <= 0 || i+1 == len(s) || s[i+1] == '0' {
		return "", 0, false
	}
	k, err := parseWhole(s[i+1:])
	return s[:i], k, err == nil && k > 0
}

// mailRef is the name of a mail that some step sends: checked when all steps are read.
func mailRef(dst *string) value {
	return value{
		read: func(d *decoder, t *tree) {
			s, ok := d.scalar(t, "the name of a mail")
			if !ok {
				return
			}
			*dst = s
			d.checkMail(t.pos, s)
		},
		schema: textSchema,
	}
}

func (d *decoder) checkMail(pos Pos, s string) {
	d.later = append(d.later, func() {
		if _, ok := d.names.mail(ofNotification(s)); ok {
			return
		}
		if base, _, ok := numbered(s); ok {
			if m, ok := d.names.mails[base]; ok && m.count > 0 {
				d.addf(pos, "unknown mail %q: %s has %s-1 to %s-%d", s, base, base, base, m.count)
				return
			}
			if d.names.told(base) {
				return
			}
		}
		if !d.names.told(ofNotification(s)) {
			d.unknown(pos, "mail", s, d.names.mailList)
		}
	})
}

// ofNotification returns the mail that a notification is about: its name is the
// mail's with "/dsn-" and the node that wrote it behind, and a number from the
// second on: plan/dsn-mx1, plan/dsn-mx1-2.
func ofNotification(s string) string {
	mail, _, _ := strings.Cut(s, "/dsn-")
	return mail
}

// nodePattern is a pattern whose plain text is the name of a node.
func nodePattern(dst **Pattern) value {
	return patternTo(dst, parsePattern).then(func(d *decoder, t *tree) {
		d.checkNodePattern(t, **dst)
	})
}

func (d *decoder) checkNodePattern(t *tree, p Pattern) {
	if p.Regexp == nil && !p.Absent {
		d.names.node(d, t.pos, p.Text)
	}
}

// mailPattern is a pattern whose plain text is the name of a mail.
func mailPattern(dst **Pattern) value {
	return patternTo(dst, parsePattern).then(func(d *decoder, t *tree) {
		if p := **dst; p.Regexp == nil && !p.Absent && p.Text != "" {
			d.checkMail(t.pos, p.Text)
		}
	})
}

// clip shortens text for the one line of a step.
func clip(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > n {
		return string(r[:n-3]) + "..."
	}
	return s
}

func several[T any](list []T) string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = fmt.Sprint(v)
	}
	if len(out) > 4 {
		out = append(out[:3:3], fmt.Sprintf("%d more", len(out)-3))
	}
	return strings.Join(out, ", ")
}
