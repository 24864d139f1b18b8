package scenarios

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strings"

	"github.com/mailsim/mailsim/sim"
)

// Between is who writes to whom in a load: each mail goes from one of the
// mailboxes to another, both chosen by the seed and the name of the mail.
type Between struct {
	All       bool // it was written as all: List is every mailbox there is
	List      []Correspondent
	Reach     int // the recipient is one of the next so many in List, around its end; 0: any other
	addresses []string
}

// Correspondent is a mailbox and the node that has it.
type Correspondent struct{ Address, Node string }

// String names the mailboxes, or how many they are.
func (b *Between) String() string {
	s := fmt.Sprintf("all %d mailboxes", len(b.List))
	if !b.All {
		s = several(b.addresses)
	}
	if b.Reach > 0 {
		s += fmt.Sprintf(", reach %d", b.Reach)
	}
	return s
}

// choose returns who writes a mail, and to whom.
func (b *Between) choose(seed uint64, mail string) (from, to Correspondent) {
	h := fnv.New64a()
	h.Write([]byte(mail)) // never fails
	chance := rand.New(rand.NewPCG(seed, h.Sum64()))
	n := len(b.List)
	reach := n - 1
	if b.Reach > 0 {
		reach = min(reach, b.Reach)
	}
	i := chance.IntN(n)
	return b.List[i], b.List[(i+1+chance.IntN(reach))%n]
}

// between reads all, or a list of addresses; whose they are is looked up when the
// whole step is read.
func between(dst *Between) value {
	listed := list(&dst.addresses, "addresses, or all", address)
	return value{
		read: func(d *decoder, t *tree) {
			if t.shape == scalarShape && !t.wrong {
				if dst.All = t.text == "all"; !dst.All {
					d.add(t.pos, fmt.Sprintf("want all, or a list of addresses, not %q", t.text), suggest(t.text, []string{"all"}))
				}
				return
			}
			listed.read(d, t)
		},
		schema: func() *schema { return anyOf(enumSchema([]string{"all"}), listed.schema()) },
	}
}

// checkBetween finds the nodes of the mailboxes. Each of them is given the mail of
// its own users, unless the step has a via.
func (d *decoder) checkBetween(l *Load, t *tree) {
	at := t.get("between")
	for _, key := range []string{"from", "to"} {
		if t.get(key) != nil {
			d.addf(t.where(key), "a load step has between, or from and to, not both")
			return
		}
	}
	if at.shape == scalarShape && !l.Between.All || len(d.boxes) < len(d.names.nodes) {
		d.count++ // what is wrong was reported before
		return
	}
	owner := map[string]string{}
	for _, node := range d.names.nodes {
		for _, box := range d.boxes[node] {
			key := strings.ToLower(addressName(box))
			if owner[key] != "" || strings.HasPrefix(box, "*@") {
				continue
			}
			owner[key] = node
			if l.Between.All {
				l.Between.List = append(l.Between.List, Correspondent{box, node})
			}
		}
	}
	seen := map[string]bool{}
	for i, a := range l.Between.addresses {
		key := strings.ToLower(addressName(a))
		node := owner[key]
		if node == "" { // a name behind a +, or of a domain that has all names
			node = d.holder(a)
		}
		switch {
		case a == "": // it is no address, and was reported
		case node == "":
			d.unknown(at.items[i].pos, "mailbox", a, d.mailboxes)
		case seen[key]:
			d.addf(at.items[i].pos, "%s is there twice", a)
		default:
			seen[key] = true
			l.Between.List = append(l.Between.List, Correspondent{a, node})
		}
	}
	d.checkCorrespondents(l, t, at)
}

// holder returns the first node that takes mail for an address into a mailbox, or "".
func (d *decoder) holder(address string) string {
	for _, n := range d.names.nodes {
		if holdsMailbox(d.boxes[n], address) {
			return n
		}
	}
	return ""
}

// checkCorrespondents looks whether there are enough of them, and whether their
// nodes take mail from them.
func (d *decoder) checkCorrespondents(l *Load, t, at *tree) {
	if n := max(len(l.Between.List), len(l.Between.addresses)); n < 2 {
		d.addf(at.pos, "mail goes from one mailbox to another, and there is only %s", plural(n, "mailbox"))
		return
	}
	if t.get("via") != nil {
		return
	}
	for _, c := range l.Between.List {
		if d.names.roles[c.Node] == sim.MDA {
			d.addf(at.pos, "%s is a mailbox of the mda %s, which relays nothing: name with via who takes the mail", c.Address, c.Node)
			return
		}
	}
}
