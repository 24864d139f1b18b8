package mutants

import (
	"strings"

	"github.com/mailsim/mailsim/sim"
)

// longer makes an edit of a reply that puts a line before the last.
func longer(line string) func(reply string) string {
	return func(reply string) string {
		at := strings.LastIndex(strings.TrimSuffix(reply, "\r\n"), "\r\n") + 2
		return reply[:at] + line + "\r\n" + reply[at:]
	}
}

// without makes an edit of a reply that takes the lines of a keyword out of it. It may
// not be the last one.
func without(keyword string) func(reply string) string {
	return func(reply string) string {
		var out []string
		for _, line := range strings.SplitAfter(reply, "\r\n") {
			if word, _, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " "); word != "250-"+keyword {
				out = append(out, line)
			}
		}
		return strings.Join(out, "")
	}
}

func rfc5321Ehlo() []Mutant {
	return []Mutant{
		{
			Name: "ehlo-text-closes", Case: "rfc5321/4.1.1.1/ehlo-with-more-text", Row: "R5321-4.1.1.1-c",
			Does:   "It closes the connection when there is text behind the argument of EHLO.",
			Filter: answer("421 4.3.0 that is too much\r\nclose", "EHLO [192.0.2.1] mypc"),
		},
		{
			Name: "ehlo-text-is-refused", Case: "rfc5321/4.1.1.1/ehlo-with-more-text", Row: "R5321-4.1.1.1-c", Guard: true,
			Does:   "It answers text behind the argument of EHLO with 501.",
			Filter: answer("501 5.5.4 syntactically invalid argument", "EHLO [192.0.2.1] mypc"),
		},
		{
			Name: "ehlo-says-hello", Case: "rfc5321/4.1.1.1/reply-begins-with-name", Row: "R5321-4.1.1.1-d",
			Does:   "It answers EHLO with Hello and the name of the client.",
			Filter: reply("EHLO", func(r string) string { return strings.Replace(r, "mx.local.test greets", "Hello", 1) }),
		},
		{
			Name: "helo-says-hello", Case: "rfc5321/4.1.1.1/reply-begins-with-name", Row: "R5321-4.1.1.1-d",
			Does:   "It answers HELO with Hello and the name of the client.",
			Filter: reply("HELO", func(r string) string { return strings.Replace(r, "mx.local.test greets", "Hello", 1) }),
		},
		{
			Name: "ehlo-says-literal", Case: "rfc5321/4.1.1.1/reply-begins-with-name", Row: "R5321-4.1.1.1-d", Guard: true,
			Does:   "It has no name, and answers EHLO with its address.",
			Filter: reply("EHLO", func(r string) string { return strings.Replace(r, "mx.local.test greets", "[192.0.2.10] greets", 1) }),
		},
		{
			Name: "ehlo-lists-auth-with-equals-sign", Case: "rfc5321/4.1.1.1/keyword-syntax", Row: "R5321-4.1.1.1-e",
			Does:   "It writes AUTH=LOGIN PLAIN into the reply to EHLO, as old clients want it.",
			Filter: reply("EHLO", longer("250-AUTH=LOGIN PLAIN")),
		},
		{
			Name: "ehlo-lists-underscore", Case: "rfc5321/4.1.1.1/keyword-syntax", Row: "R5321-4.1.1.1-e",
			Does:   "It lists a keyword with an underscore.",
			Filter: reply("EHLO", longer("250-X_FOO")),
		},
		{
			Name: "ehlo-lists-blank-at-end", Case: "rfc5321/4.1.1.1/keyword-syntax", Row: "R5321-4.1.1.1-e",
			Does:   "It writes a blank behind a keyword.",
			Filter: reply("EHLO", longer("250-XBLANK ")),
		},
		{
			Name: "ehlo-lists-private-keyword", Case: "rfc5321/4.1.1.1/keyword-syntax", Row: "R5321-4.1.1.1-o", Guard: true,
			Does:   "It lists a private keyword with parameters.",
			Filter: reply("EHLO", longer("250-XCLIENT NAME ADDR PORT")),
		},
		{
			Name: "ehlo-without-name", Case: "rfc5321/4.1.1.1/ehlo-needs-name", Row: "R5321-4.1.1.1-f",
			Does:   "It accepts EHLO without a name.",
			Filter: rewrite("EHLO\r\n", func(string) string { return "EHLO unknown\r\n" }),
		},
		{
			Name: "ehlo-without-name-504", Case: "rfc5321/4.1.1.1/ehlo-needs-name", Row: "R5321-4.1.1.1-f", Guard: true,
			Does:   "It answers EHLO without a name with 504.",
			Filter: answer("504 5.5.2 a name is needed", "EHLO\r\n"),
		},
		{
			Name: "helo-without-name", Case: "rfc5321/4.1.1.1/helo-needs-name", Row: "R5321-4.1.1.1-g",
			Does:   "It accepts HELO without a name.",
			Filter: rewrite("HELO\r\n", func(string) string { return "HELO unknown\r\n" }),
		},
		{
			Name: "ehlo-dislikes-ipv4", Case: "rfc5321/4.1.1.1/ehlo-with-ipv4-literal", Row: "R5321-4.1.1.1-h",
			Does:   "It answers EHLO with an address literal with 501.",
			Filter: answer("501 5.5.4 that is no domain", "EHLO ["),
		},
		{
			Name: "ehlo-dislikes-ipv6", Case: "rfc5321/4.1.1.1/ehlo-with-ipv6-literal", Row: "R5321-4.1.1.1-i",
			Does:   "It does not know the tag IPv6.",
			Filter: answer("501 5.5.4 that is no address", "EHLO [IPv6:"),
		},
		{
			Name: "etrn-is-not-listed", Case: "rfc5321/4.1.1.1/unlisted-commands", Row: "R5321-4.1.1.1-m",
			Does:   "It takes ETRN without having listed it.",
			Filter: answer("250 2.0.0 queuing started", "ETRN"),
		},
		{
			Name: "auth-is-not-listed", Case: "rfc5321/4.1.1.1/unlisted-commands", Row: "R5321-4.1.1.1-m",
			Does:   "It begins AUTH without having listed it.",
			Filter: answer("334 ", "AUTH"),
		},
		{
			Name: "chunking-is-not-listed", Case: "rfc5321/4.1.1.1/unlisted-commands", Row: "R5321-4.1.1.1-m",
			Does: "It takes BDAT without having listed CHUNKING.",
			Node: func(c *sim.NodeConfig) { c.Extensions.Hide = append(c.Extensions.Hide, "CHUNKING") },
			// Outside a transaction, as some do.
			Filter: answer("250 2.0.0 0 octets received", "BDAT"),
		},
		{
			Name: "etrn-is-listed", Case: "rfc5321/4.1.1.1/unlisted-commands", Row: "R5321-4.1.1.1-m", Guard: true,
			Does:   "It takes ETRN, and lists it.",
			Node:   func(c *sim.NodeConfig) { c.Extensions.Add = append(c.Extensions.Add, "ETRN") },
			Filter: answer("250 2.0.0 queuing started", "ETRN"),
		},
		{
			Name: "help-is-not-listed", Case: "rfc5321/4.1.1.1/help-is-listed", Row: "R5321-4.1.1.1-n",
			Does:   "It answers HELP without having listed it.",
			Filter: reply("EHLO", without("HELP")),
		},
		{
			Name: "help-is-not-there", Case: "rfc5321/4.1.1.1/help-is-listed", Row: "R5321-4.1.1.1-n", Guard: true,
			Does: "It has no HELP, and does not list it.",
			Node: func(c *sim.NodeConfig) { c.Extensions.Hide = append(c.Extensions.Hide, "HELP") },
		},
	}
}
