package cases

import (
	"slices"
	"strings"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/sim/mail"
)

// rfc5321Received is about the clauses of the Received field that a server puts on what it
// takes, RFC 5321 4.4.
func rfc5321Received() []conformance.Case {
	mailbox := []conformance.Need{conformance.NeedMailbox}
	return []conformance.Case{
		{
			// RFC 5321 4.4: what came by SMTP has a from clause. It should have both the name
			// that the client gave in EHLO and, as an address literal, the address that it came from.
			ID:    "rfc5321/4.4/received-from",
			Title: "the from clause of Received has the name that the client gave and its address",
			Why:   "Without them nobody can tell where spam or a loop came from, and filters that look at the last hop are blind.",
			Rows:  []string{"R5321-4.4-b", "R5321-4.4-c", "R5321-4.4-d"},
			Needs: mailbox,
			Run: func(p *conformance.Probe) {
				p.Target.Hello = "trace-1234." + p.Target.Hello
				r := trace(p, p.Ready())
				from, ok := r.clause("from")
				if !ok || !place(from.value) {
					p.Fail("from and a domain or an address literal in Received", r.text)
				}

				p.Row("R5321-4.4-c")
				if !strings.Contains(strings.ToLower(from.all()), p.Target.Hello) {
					p.Report(p.Target.Hello+", the name in "+p.Verb()+", behind from", r.text)
				}

				p.Row("R5321-4.4-d")
				if len(literals.FindAllString(from.all(), -1)) == 0 {
					p.Report("the address of the client in brackets in the from clause", r.text)
				}
			},
		},
		{
			// RFC 5321 4.4: TCP-info comes from the connection, and if the client gave an address
			// literal for a name it has to be there: a client can claim any address.
			ID:    "rfc5321/4.4/received-from-literal",
			Title: "the address that a client claims in EHLO does not stand in Received as the one that it has",
			Why:   "A client that can choose the address in the trace can put the blame on somebody else, and get past filters that look at it.",
			Rows:  []string{"R5321-4.4-e", "R5321-4.4-f"},
			Needs: mailbox,
			Run: func(p *conformance.Probe) {
				p.Target.Hello = "[203.0.113.9]"
				agreeable(p)
				r := trace(p, p.Ready())
				from, _ := r.clause("from")
				all := literals.FindAllString(from.all(), -1)
				if slices.ContainsFunc(all, func(l string) bool { return l != p.Target.Hello }) {
					return
				}
				if len(all) > 1 {
					p.Fail("the address of the connection in the from clause, not "+p.Target.Hello+" twice", r.text)
				}
				p.Row("R5321-4.4-f")
				p.Fail("the address of the connection in parentheses behind the literal of "+p.Verb(), r.text)
			},
		},
		{
			// RFC 5321 4.4, 4.1.3: TCP-info is an address literal, and in such a one an IPv6
			// address has a tag.
			ID:    "rfc5321/4.4/received-ipv6-tag",
			Title: "an IPv6 address in Received has the tag IPv6:",
			Why:   "Programs that read the trace take [::1] for no address, and with it the whole field for broken.",
			Rows:  []string{"R5321-4.4-g"},
			Needs: mailbox,
			Run: func(p *conformance.Probe) {
				r := trace(p, p.Ready())
				from, _ := r.clause("from")
				for _, l := range literals.FindAllString(from.all(), -1) {
					switch {
					case !strings.Contains(l, ":"):
						p.Skip("the target sees us at %s, which is not IPv6", l)
					case !strings.HasPrefix(strings.ToLower(l), "[ipv6:"):
						p.Fail("an address that begins with [IPv6:", l)
					}
				}
			},
		},
		{
			// RFC 5321 4.4: Stamp = From-domain By-domain Opt-info; Opt-info = [Via] [With] [ID] [For].
			ID:    "rfc5321/4.4/received-by",
			Title: "Received has from, by, via, with, id and for in this order",
			Why:   "The trace is read by programs, which go by the order; without by nobody knows who wrote the field.",
			Rows:  []string{"R5321-4.4-s", "R5321-4.4-t"},
			Needs: mailbox,
			Run: func(p *conformance.Probe) {
				r := trace(p, p.Ready())
				var order []int
				for _, c := range r.clauses {
					if i := slices.Index(traceWords, c.name); i >= 0 {
						order = append(order, i)
					}
				}
				by, ok := r.clause("by")
				if !ok || !place(by.value) {
					p.Fail("by and a domain or an address literal in Received", r.text)
				}
				if slices.Index(order, 1) < slices.Index(order, 0) {
					p.Fail("by behind from", r.text)
				}

				p.Row("R5321-4.4-t")
				if len(order) > 2 && !slices.IsSorted(order[2:]) {
					p.Fail("via, with, id and for in this order", r.text)
				}
			},
		},
		{
			// RFC 5321 4.4: the with clause says ESMTP after EHLO and SMTP after HELO (RFC 3848
			// has more words for it); other words should be registered with IANA.
			ID:    "rfc5321/4.4/received-with",
			Title: "the with clause of Received says how the message came, by a registered word",
			Why:   "It is how one sees later whether a message came encrypted or logged in; a word of one's own hides that.",
			Rows:  []string{"R5321-4.4-v", "R5321-4.4-u"},
			Needs: mailbox,
			Run: func(p *conformance.Probe) {
				s := p.Ready()
				r := trace(p, s)
				with, ok := r.clause("with")
				if !ok {
					p.Note("Received has no with clause: %s", r.text)
					return
				}
				if !slices.Contains(protocols, strings.ToUpper(with.value)) {
					p.Fail("a registered protocol behind with", r.text)
				}

				p.Row("R5321-4.4-u")
				word := strings.TrimPrefix(strings.ToUpper(with.value), "UTF8")
				if p.Lacks[conformance.NeedSMTP] == "" && !strings.HasPrefix(word, "ESMTP") && !strings.HasPrefix(word, "SMTP") ||
					word == "SMTP" {
					p.Report("with ESMTP, or a word made of it, after EHLO", r.text)
				}
				if p.Lacks[conformance.NeedSMTP] != "" || p.MailTLS || p.MailAuth || p.Profile == conformance.Submit {
					return // no MAIL after HELO
				}
				s = p.Greet()
				s.Cmd("HELO %s", p.Target.Hello).Need("250")
				r = trace(p, s)
				if with, ok = r.clause("with"); ok && !slices.Contains([]string{"SMTP", "SMTPS"}, strings.ToUpper(with.value)) {
					p.Report("with SMTP after HELO", r.text)
				}
			},
		},
		{
			// RFC 5321 4.4: the names of links behind via, and clauses beyond the six, should be
			// registered with IANA.
			ID:    "rfc5321/4.4/received-registered-words",
			Title: "Received has no via link and no clause that is not registered",
			Why:   "A program that reads the trace stumbles over words that it cannot know; there are comments for such things.",
			Rows:  []string{"R5321-4.4-w", "R5321-4.4-x"},
			Needs: mailbox,
			Run: func(p *conformance.Probe) {
				r := trace(p, p.Ready())
				if via, ok := r.clause("via"); ok && !slices.Contains([]string{"TCP", "UUCP"}, strings.ToUpper(via.value)) {
					p.Report("via TCP, or no via clause", r.text)
				}

				p.Row("R5321-4.4-x")
				for _, c := range r.clauses {
					switch {
					case len(c.more) == 0 || strings.Contains(c.more[0], "@"): // more paths are for the row about for
					case strings.EqualFold(c.more[0], "tls"):
						p.Note("Received has the clause of RFC 8314 4.3: %s", strings.Join(c.more, " "))
					default:
						p.Fail("nothing but the clauses "+strings.Join(traceWords, ", ")+" outside of comments", r.text)
					}
				}
			},
		},
		{
			// RFC 5321 4.4: the id clause may be a msg-id, with an at-sign, where RFC 822 had only
			// an atom; a for clause has one path, however many RCPT commands there were.
			ID:    "rfc5321/4.4/received-id-and-for",
			Title: "the id clause of Received is one word, and the for clause one address",
			Why:   "A list of recipients in the trace shows each of them who else got a blind copy.",
			Rows:  []string{"R5321-4.4-i", "R5321-4.4-h"},
			Needs: []conformance.Need{conformance.NeedMailbox, conformance.NeedSecond},
			Run: func(p *conformance.Probe) {
				r := trace(p, p.Ready(), p.Rcpt, p.Second)
				for _, c := range r.clauses {
					if c.name == "for" && (len(c.more) > 0 || strings.HasSuffix(c.value, ",") || strings.Contains(c.value, ">,")) {
						p.Report("one address behind for", r.text)
					}
				}

				p.Row("R5321-4.4-h")
				if id, ok := r.clause("id"); ok && (len(id.more) > 0 || strings.ContainsAny(strings.Trim(id.value, "<>"), "<>,")) {
					p.Report("an atom or a msg-id behind id", r.text)
				}
			},
		},
	}
}

// agreeable ends the case where the target refuses mail from us as we call ourselves now:
// some do not believe a literal that is not our address, or look senders up.
func agreeable(p *conformance.Probe) {
	s := p.Greet()
	r := s.Hello()
	if r.Is("250") {
		s.Close()
		s = p.Ready()
		r = s.Mail()
	}
	if r.Is("250") {
		r = s.RcptTo(p.Rcpt)
	}
	if !r.Is("25z") {
		p.Skip("the target refuses %s %s, MAIL FROM:<%s>: %s", p.Verb(), p.Target.Hello, p.From, r)
	}
	s.Close()
}

// protocols are the words of the IANA registry "Mail Transmission Types" for a with clause.
var protocols = []string{
	"SMTP", "SMTPS", "ESMTP", "ESMTPA", "ESMTPS", "ESMTPSA", "LMTP", "LMTPA", "LMTPS", "LMTPSA", "MMS",
	"UTF8SMTP", "UTF8SMTPA", "UTF8SMTPS", "UTF8SMTPSA", "UTF8LMTP", "UTF8LMTPA", "UTF8LMTPS", "UTF8LMTPSA",
}

// place reports whether a word is a domain or looks like an address literal.
func place(word string) bool {
	return strings.HasPrefix(word, "[") && strings.HasSuffix(word, "]") || mail.CheckDomain(word) == nil
}
