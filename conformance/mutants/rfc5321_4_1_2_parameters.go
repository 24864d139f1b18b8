package mutants

import "strings"

func rfc5321NamesAndParameters() []Mutant {
	return []Mutant{
		{
			Name: "ignores-what-follows-paths", Case: "rfc5321/4.1.2/parameter-form", Row: "R5321-4.1.2-i",
			Does: "It looks at nothing behind the closing bracket of a path.",
			Filter: rewrite("MAIL", func(line string) string {
				path, _, _ := strings.Cut(line, ">")
				return path + ">\r\n"
			}),
		},
		{
			Name: "glued-parameters", Case: "rfc5321/4.1.2/parameter-form", Row: "R5321-4.1.2-i",
			Does:   "It wants no blank before the first parameter.",
			Filter: answer("250 2.1.0 OK", "MAIL FROM:<sender@mailsim.test>SIZE"),
		},
		{
			Name: "capitals-are-no-syntax", Case: "rfc5321/4.1.2/case-may-matter", Row: "R5321-4.1.2-k",
			Does:   "It calls a local part in capitals a mistake of syntax.",
			Filter: inCapitals("501 5.1.3 bad address"),
		},
		{
			Name: "case-sensitive-mailboxes", Case: "rfc5321/4.1.2/case-may-matter", Row: "R5321-4.1.2-k", Guard: true,
			Does:   "Its mailboxes are found in their own letter case only.",
			Filter: inCapitals("550 5.1.1 no such user"),
		},
		{
			Name: "capitals-are-unknown", Case: "rfc5321/4.1.2/case-should-not-matter", Row: "R5321-4.1.2-l",
			Does:   "Its mailboxes are found in their own letter case only.",
			Filter: inCapitals("550 5.1.1 no such user"),
		},
		{
			Name: "any-characters-in-ehlo", Case: "rfc5321/4.1.2/hello-characters", Row: "R5321-4.1.2-q",
			Does:   "It takes an exclamation mark in the name of a client.",
			Filter: answer("250 mx.local.test", "EHLO foo!"),
		},
		{
			Name: "odd-names-get-550", Case: "rfc5321/4.1.2/hello-characters", Row: "R5321-4.1.2-q", Guard: true,
			Does:   "It refuses a client with an odd name for policy.",
			Filter: answer("550 5.7.1 odd name", "EHLO foo"),
		},
	}
}

// inCapitals makes a filter that answers RCPT for a local part with a capital letter.
func inCapitals(reply string) func() Filter {
	return func() Filter {
		return Filter{Command: func(_ *Session, line string) (string, string) {
			name, _, _ := strings.Cut(line, "@")
			if path, ok := strings.CutPrefix(name, "RCPT TO:"); ok && path != strings.ToLower(path) {
				return "", reply + "\r\n"
			}
			return line, ""
		}}
	}
}
