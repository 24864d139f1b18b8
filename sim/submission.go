package sim

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
)

// submitting reports whether the session is one of a submission server with those
// who submit: there alone mail may be mended (RFC 6409 8), and never by a relay (RFC
// 5321 6.4).
func (f *front) submitting() bool { return f.n.cfg.Role == MSA && !f.inbound }

// checkSubmission checks the fields that are a submission server's alone.
func checkSubmission(cfg NodeConfig) error {
	if cfg.Qualify != "" {
		if err := mail.CheckDomain(cfg.Qualify); err != nil {
			return fmt.Errorf("qualify: %w", err)
		}
	}
	for _, user := range sortedKeys(cfg.Senders) {
		if _, ok := cfg.Users[user]; !ok {
			return fmt.Errorf("senders: %s is not among the users", user)
		}
		if err := checkMembers("senders", user, cfg.Senders[user]); err != nil {
			return err
		}
	}
	return nil
}

// qualified completes a path of MAIL or RCPT that has no domain, or one without a
// dot, where the node is to (RFC 6409 4.2). The postmaster alone is complete as a
// recipient.
func (f *front) qualified(path, keyword string) string {
	inner := strings.TrimSuffix(strings.TrimPrefix(path, "<"), ">")
	rcpt := keyword == "TO:"
	if !f.submitting() || f.n.cfg.Qualify == "" || len(inner) != len(path)-2 || rcpt && strings.EqualFold(inner, "postmaster") {
		return path
	}
	return "<" + mail.Qualify(inner, func(local, domain string) string { return f.n.complete(local, domain, rcpt) }) + ">"
}

// complete gives a local part the domain that it belongs behind, of which some may
// be missing. RFC 6409 8: a domain of the node's own is added to no name that is
// nobody's there, unless somebody will look.
func (n *Node) complete(local, domain string, looked bool) string {
	switch {
	case domain == "":
		a := mail.Address{Local: local, Domain: n.cfg.Qualify}
		if found := n.locate(a); !looked && found.class == localDomain && !n.relaysOwn(a.Domain) {
			return ""
		}
		return n.cfg.Qualify
	case bare(domain) && !n.directory.hasDomain(domain):
		return domain + "." + n.cfg.Qualify
	}
	return domain
}

// bare reports whether a domain is one label, so that it may be a name that only
// its own site understands.
func bare(domain string) bool { return !strings.ContainsAny(domain, ".[") }

// improper refuses an address whose domain nobody but the client knows, so that it
// does not leave the submission server (RFC 6409 4.2, RFC 5321 2.3.5). A domain of
// one label is a proper one where the DNS has it.
func (s *session) improper(a mail.Address, enhanced string) mail.Reply {
	n := s.f.n
	if !s.f.submitting() || a.Domain == "" || !bare(a.Domain) || n.directory.hasDomain(a.Domain) || n.ownHost(a.Domain) {
		return mail.Reply{}
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	q := question{mail: s.f.tag()}
	_, err := n.lookupMX(ctx, a.Domain, q)
	if err != nil && notThere(err) {
		_, err = n.lookupAddrs(ctx, a.Domain, q)
	}
	if err != nil && notThere(err) {
		return localReply(554, enhanced, "domain "+a.Domain+" is not fully qualified")
	}
	return mail.Reply{}
}

// mayUse refuses a reverse-path that the user may not use (RFC 6409 6.1). The null
// one is everybody's (3.2), and users of whom nothing is said may use any.
func (s *session) mayUse(from mail.Address) mail.Reply {
	if _, known := s.f.n.cfg.Senders[s.user]; !s.f.submitting() || !known || from.IsZero() || s.owns(from) {
		return mail.Reply{}
	}
	return localReply(550, "5.7.1", printable(s.user+" may not send as <"+from.String()+">"))
}

// owns reports whether an address is the user's: as it is written in the
// configuration, with a detail, or by *@domain.
func (s *session) owns(a mail.Address) bool {
	base, _, _ := a.Detail()
	for _, text := range s.f.n.cfg.Senders[s.user] {
		own, err := mail.ParseAddress(text)
		if err != nil {
			continue // newNode would have said so
		}
		if own.Local == "*" {
			own.Local = base.Local
		}
		if key := own.Key(); strings.EqualFold(key, a.Key()) || strings.EqualFold(key, base.Key()) {
			return true
		}
	}
	return false
}

// identity is the address of the user who submits, "" where it is not known.
func (s *session) identity() string {
	for _, a := range s.f.n.cfg.Senders[s.user] {
		if !strings.HasPrefix(a, "*@") {
			return a
		}
	}
	return ""
}

// mended is a message as it leaves the submission server, and what was done to it.
type mended struct {
	message
	name string   // of the mail, by its Message-ID
	top  []byte   // new fields
	what []string // the names of fields that were added or changed
}

// mend does to a message what RFC 6409 8 lets a submission server do: Date and
// Message-ID are added where there are none (8.2, 8.3), a Message-ID that is none is
// replaced, Sender tells who it was where From does not (8.1), and addresses get
// their domain. Blind copies are hidden. What is right stays as it is, and so do the
// Resent fields.
func (s *session) mend(m message, name, id string, now time.Time) mended {
	n := s.f.n
	d := mended{message: m, name: name}
	if !n.is(mutantKeepsBcc) {
		d.message = m.withoutBlind()
	}
	h := d.read()
	if n.cfg.Qualify != "" {
		d.qualify(func(local, domain string) string { return n.complete(local, domain, false) })
	}
	if !m.facts.date {
		d.put("Date", mail.FormatDate(now.UTC()))
	}
	if !m.facts.messageID || h.wrongID {
		own := mail.MessageID(name)
		if !mail.ValidMessageID(own) {
			own = "<" + id + "@" + n.host.Name + ">"
			d.name = mail.NameOf(own)
		}
		d.put("Message-ID", own)
	}
	if who := s.sender(h); who != "" {
		d.put("Sender", who)
	}
	if len(d.what) > 0 {
		d.measures.highHeader = highOctets(d.octets[:d.header])
	}
	return d
}

// sender is what the field Sender has to say, "" where it is to stay as it is. RFC
// 5322 3.6.2: it is needed where From has several mailboxes.
func (s *session) sender(h authorship) string {
	who, err := mail.ParseAddress(s.identity())
	switch {
	case len(h.from) == 0 || len(h.sender) > 0 && err != nil:
		return ""
	case err == nil && (len(h.from) == 1 && s.owns(h.from[0]) || slices.ContainsFunc(h.sender, s.owns)):
		return ""
	case err == nil:
		return who.String()
	case len(h.from) > 1 && slices.ContainsFunc(h.from, func(a mail.Address) bool { return a.String() == s.env.From }):
		return s.env.From
	}
	return ""
}

// authorship is what a header section says of those who wrote and sent the message.
type authorship struct {
	from, sender []mail.Address
	wrongID      bool // the Message-ID is none
}

func (d *mended) read() authorship {
	var h authorship
	for rest := d.octets[:d.header]; ; {
		name, value, next, ok := cutField(rest)
		if !ok {
			return h
		}
		switch rest = next; {
		case bytes.EqualFold(name, []byte("From")):
			h.from = append(h.from, mail.Mailboxes(string(value))...)
		case bytes.EqualFold(name, []byte("Sender")):
			h.sender = append(h.sender, mail.Mailboxes(string(value))...)
		case bytes.EqualFold(name, []byte("Message-ID")):
			h.wrongID = h.wrongID || !mail.ValidMessageID(string(value))
		}
	}
}

// put writes a field instead of those of its name.
func (d *mended) put(name, value string) {
	d.message = d.without(name)
	d.top = append(d.top, name+": "+value+"\r\n"...)
	d.what = append(d.what, name)
}

// qualify completes the addresses of the header section.
func (d *mended) qualify(complete func(local, domain string) string) {
	var header []byte
	rest := d.octets[:d.header]
	for {
		name, value, next, ok := cutField(rest)
		if !ok {
			break
		}
		field := rest[:len(rest)-len(next)]
		rest = next
		if !oneOf(name, []string{"From", "Sender", "Reply-To", "To", "Cc"}) {
			header = append(header, field...)
			continue
		}
		full := mail.Qualify(string(value), complete)
		header = append(append(header, field[:len(field)-len(value)]...), full...)
		if full != string(value) {
			d.what = append(d.what, string(name))
		}
	}
	if len(d.what) > 0 {
		header = append(header, rest...) // the empty line
		d.octets, d.header = slices.Concat(header, d.octets[d.header:]), len(header)
	}
}
