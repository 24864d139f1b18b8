package conformance

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"maps"
)

// survey is the case that comes before all others: what does the target have, and
// does it take mail from us for the mailboxes that were named?
func survey(f *Facts) Case {
	return Case{ID: "survey", Slow: surveyLimit - caseLimit, Run: func(p *Probe) {
		p.survey(f)
	}}
}

// surveyLimit is how long the survey may take: several sessions, one after the other,
// with a target that takes its time for each reply.
const surveyLimit = 3 * caseLimit

func (p *Probe) survey(f *Facts) {
	if p.Send != nil {
		p.surveySender(f)
		return
	}
	f.Lacks = map[Need]string{}
	s, greeting := p.greet()
	f.Greeting = greeting.Text()
	r := s.Hello()
	if !r.Is("250") && p.Profile != LMTP {
		// RFC 5321 4.1.4: a client may try HELO; the cases will tell about EHLO.
		p.Greet().Cmd("HELO %s", p.Target.Hello).Need("250")
		for _, n := range needs() {
			if n != NeedSMTP {
				f.Lacks[n] = "the target does not know EHLO: it got " + r.String()
			}
		}
		return
	}
	r.Need("250")
	f.Keywords = r.Keywords()
	if s.secure {
		f.Secure, f.Cipher = f.Keywords, s.cipher()
	}
	p.surveyTLS(f)
	p.surveyMail(f)
	p.surveyRecipients(f)
	p.surveyMailbox(f)
	p.surveyProfile(f)
	maps.DeleteFunc(f.Lacks, func(_ Need, why string) bool { return why == "" })
}

// surveyTLS tries STARTTLS.
func (p *Probe) surveyTLS(f *Facts) {
	_, offered := f.Keywords["STARTTLS"]
	switch {
	case p.ImplicitTLS:
		f.Lacks[NeedStart] = "TLS begins with the connection, so there is no STARTTLS"
		f.Lacks[NeedPlain] = "TLS begins with the connection"
		return
	case !offered:
		f.Lacks[NeedStart] = "the target does not offer STARTTLS"
		f.Lacks[NeedTLS] = f.Lacks[NeedStart]
		return
	}
	s := p.Hello()
	why := ""
	if r := s.Cmd("STARTTLS"); !r.Is("220") {
		why = "STARTTLS got " + r.String()
	} else if err := s.Handshake(); err != nil {
		why = "the TLS handshake failed: " + err.Error()
	} else {
		f.Secure, f.Cipher = s.Hello().Keywords(), s.cipher()
	}
	if why != "" {
		f.Lacks[NeedStart], f.Lacks[NeedTLS] = why, why
	}
}

// surveyMail finds out what MAIL wants: TLS, a login.
func (p *Probe) surveyMail(f *Facts) {
	_, plain := f.Keywords["AUTH"]
	_, secure := f.Secure["AUTH"]
	s := p.Hello()
	r := s.Mail()
	if !r.Is("250") && !p.ImplicitTLS && f.Lacks[NeedTLS] == "" {
		s = p.Encrypted()
		if again := s.Mail(); again.Is("250") || secure && !plain {
			f.MailTLS, r = true, again
			f.Lacks[NeedPlain] = "MAIL is taken under TLS only"
		}
	}
	switch {
	case !plain && !secure:
		f.Lacks[NeedAuth] = "the target does not offer AUTH"
	case p.User == "":
		f.Lacks[NeedAuth] = "no user and password were given (--user, --password)"
	default:
		s = p.Hello()
		if !plain && !s.secure {
			s.StartTLS()
		}
		if login := s.Login(); !login.Is("235") {
			f.Lacks[NeedAuth] = "AUTH with the credentials that were given got " + login.String()
		} else if !r.Is("250") {
			r, f.MailAuth = s.Mail(), true
		}
	}
	if !r.Is("250") {
		f.Lacks[NeedRcpt] = fmt.Sprintf("MAIL FROM:<%s> got %s; another reverse-path may be taken (--from)", p.From, r)
	}
}

// surveyRecipients tries the addresses that were named.
func (p *Probe) surveyRecipients(f *Facts) {
	try := func(n Need, address, flag string) {
		switch {
		case f.Lacks[n] != "":
		case address == "":
			f.Lacks[n] = "no address was given for it (" + flag + ")"
		default:
			s := p.merged(f).Ready()
			s.Mail().Need("250")
			if r := s.RcptTo(address); !r.Is("25z") {
				f.Lacks[n] = fmt.Sprintf("RCPT TO:<%s> got %s (%s names another address)", address, r, flag)
			}
		}
	}
	try(NeedRcpt, p.Rcpt, "--rcpt")
	for _, n := range []Need{NeedSecond, NeedMailbox, NeedRelay, NeedUnknown, NeedAlias, NeedList} {
		f.Lacks[n] = f.Lacks[NeedRcpt]
	}
	try(NeedSecond, p.Second, "a second --rcpt")
	if p.Alias == "" {
		f.Lacks[NeedAlias] = cmp.Or(f.Lacks[NeedAlias], "no address was given for it (--alias)")
	}
	if p.List == "" {
		f.Lacks[NeedList] = cmp.Or(f.Lacks[NeedList], "no address was given for it (--expand)")
	}
	if p.Mailbox == nil {
		f.Lacks[NeedMailbox] = cmp.Or(f.Lacks[NeedMailbox], "nobody said how to read the mailbox (--mailbox)")
	}
	f.Lacks[NeedFinal] = f.Lacks[NeedMailbox]
	if m, ok := p.Mailbox.(interface{ Relayed() bool }); ok && m.Relayed() {
		f.Lacks[NeedFinal] = cmp.Or(f.Lacks[NeedFinal], "what the mailbox shows is handed on, not finally delivered")
	}
	if p.Profile == RelayHost {
		try(NeedRelay, p.Foreign, "--foreign")
	}
}

// surveyMailbox makes sure that an ordinary message can be read where the mailboxes are
// said to be: in another place all that the target delivers would look as if it were lost.
func (p *Probe) surveyMailbox(f *Facts) {
	if f.Lacks[NeedMailbox] != "" {
		return
	}
	m := p.Message()
	s := p.merged(f).Ready()
	s.Envelope()
	r := s.Cmd("DATA")
	if r.Is("354") {
		r = s.Content(m.Text)
	}
	if !r.Is("250") {
		f.Lacks[NeedMailbox] = "an ordinary message got " + r.String()
		f.Lacks[NeedFinal] = f.Lacks[NeedMailbox]
		return
	}
	if len(p.look("", m.Marker, p.Delivery)) == 0 {
		p.unclear("an ordinary message, which was accepted, did not get into the mailbox of %s within %s: it is another mailbox that is read, or mail is lost",
			p.Rcpt, p.Delivery)
	}
}

// surveyProfile says what the profile leaves out.
func (p *Probe) surveyProfile(f *Facts) {
	if p.Profile == LMTP {
		f.Lacks[NeedSMTP] = "the target speaks LMTP"
	} else {
		f.Lacks[NeedLMTP] = "the target does not speak LMTP (--profile lmtp)"
	}
	if p.Profile != Submit {
		f.Lacks[NeedSubmit] = "the target is no submission server (--profile submission)"
	}
	if p.Profile != MX && p.Profile != MinimalSet {
		f.Lacks[NeedMX] = "the target is no MX host (--profile mx)"
	}
	if p.Profile != RelayHost {
		f.Lacks[NeedRelay] = "the target is no relay for us (--profile relay)"
	}
}

// merged makes what is known so far known to the session steps.
func (p *Probe) merged(f *Facts) *Probe {
	p.Facts = *f
	return p
}

// cipher names version and cipher suite.
func (s *Session) cipher() string {
	state, ok := s.State()
	if !ok {
		return ""
	}
	return tls.VersionName(state.Version) + ", " + tls.CipherSuiteName(state.CipherSuite)
}
