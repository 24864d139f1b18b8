package cases

import (
	"strconv"

	"github.com/mailsim/mailsim/conformance"
)

// rfc5321BeforeHello is about what can be said before EHLO, RFC 5321 4.1.4.
func rfc5321BeforeHello() []conformance.Case {
	return []conformance.Case{
		{
			// RFC 5321 4.1.4: MAIL without EHLO is either served or answered with 503.
			ID:    "rfc5321/4.1.4/mail-before-hello",
			Title: "MAIL before EHLO is served or gets 503",
			Why:   "Another code tells the client that its address is wrong or that the server knows no MAIL, and the mail bounces.",
			Rows:  []string{"R5321-4.1.4-a"},
			Run: func(p *conformance.Probe) {
				refusedWith(p, "250 or 503", "45z or 530 or 550 or 551 or 552 or 553 or 554", p.Greet().Mail())
			},
		},
		{
			// RFC 5321 4.1.4: NOOP and RSET can be used at any time, without EHLO too. RFC 3207 4
			// lets a server that wants TLS answer RSET with 530.
			ID:    "rfc5321/4.1.4/noop-and-rset-before-hello",
			Title: "NOOP and RSET work before EHLO",
			Why:   "Watchdogs that only want to know whether the server lives take a refusal for a fault.",
			Rows:  []string{"R5321-4.1.4-b", "R5321-4.1.4-c"},
			Run: func(p *conformance.Probe) {
				s := p.Greet()
				s.Cmd("NOOP").Should("250")
				p.Row("R5321-4.1.4-c")
				want := "250"
				if p.MailTLS {
					want = "250 or 530"
				}
				s.Cmd("RSET").Should(want)
			},
		},
		{
			// RFC 5321 4.1.4: HELP, VRFY and EXPN can be used at any time, without EHLO too.
			ID:    "rfc5321/4.1.4/inquiries-before-hello",
			Title: "HELP, VRFY and EXPN are answered before EHLO as behind it",
			Why:   "People who look for a fault by hand ask before they greet, and programs that verify addresses may.",
			Rows:  []string{"R5321-4.1.4-d", "R5321-4.1.4-e", "R5321-4.1.4-f"},
			Run: func(p *conformance.Probe) {
				same := func(row, command string) {
					p.Row(row)
					s := p.Hello()
					behind := s.Cmd("%s", command).Need("2yz or 4yz or 5yz")
					s.Close()
					s = p.Greet()
					s.Cmd("%s", command).Should(strconv.Itoa(behind.Code))
					s.Close()
				}
				who, list := p.Rcpt, p.List
				if who == "" {
					who = "postmaster"
				}
				if list == "" {
					list = "staff"
				}
				same("R5321-4.1.4-d", "HELP")
				same("R5321-4.1.4-e", "VRFY "+who)
				same("R5321-4.1.4-f", "EXPN "+list)
			},
		},
	}
}
