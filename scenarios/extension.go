package scenarios

import (
	"fmt"
	"slices"
	"strings"
)

// knownExtensions are the EHLO keywords of the IANA registry of mail
// parameters that a node may offer, in their order.
func knownExtensions() []string {
	return []string{
		"8BITMIME", "ATRN", "AUTH", "BINARYMIME", "BURL", "CHECKPOINT", "CHUNKING", "CONNEG", "CONPERM",
		"DELIVERBY", "DSN", "ENHANCEDSTATUSCODES", "ETRN", "EXPN", "FUTURERELEASE", "HELP", "LIMITS",
		"MT-PRIORITY", "MTRK", "NO-SOLICITING", "PIPELINING", "REQUIRETLS", "RRVS", "SAML", "SEND", "SIZE",
		"SMTPUTF8", "SOML", "STARTTLS", "SUBMITTER", "TURN", "VERB", "VRFY",
	}
}

// keyword is an EHLO keyword, in upper case; with params also what follows it.
// A private one begins with X.
func keyword(dst *string, params bool) value {
	return value{
		read: func(d *decoder, t *tree) {
			s, ok := d.scalar(t, "the name of an extension")
			if !ok {
				return
			}
			word, rest, more := strings.Cut(s, " ")
			up := strings.ToUpper(word)
			switch {
			case more && !params:
				d.addf(t.pos, "%q: only added extensions have parameters", s)
				return
			case !slices.Contains(knownExtensions(), up) && !isPrivate(up):
				d.add(t.pos, fmt.Sprintf("unknown extension %q (a private one begins with X)", word), suggest(up, knownExtensions()))
				return
			case strings.ContainsFunc(rest, func(r rune) bool { return r < 0x20 || r > 0x7e }):
				d.addf(t.pos, "%q has characters that no EHLO line has", s)
				return
			}
			*dst = up
			if more {
				*dst += " " + rest
			}
		},
		schema: func() *schema { return &schema{Type: "string"} },
	}
}

// isPrivate says whether an upper-case word can be a private keyword (RFC 5321 4.1.1.1, 2.2.2).
func isPrivate(s string) bool {
	return len(s) > 1 && s[0] == 'X' && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == ""
}

func extensions(dst *extensionSpec) value {
	bare := func(s *string) value { return keyword(s, false) }
	exactly := list(&dst.only, "extensions", bare)
	edit := object("extensions", []field[extensionSpec]{
		{"hide", "extensions that EHLO does not show", func(e *extensionSpec) value { return list(&e.hide, "extensions", bare) }, false},
		{"add", "extensions that EHLO shows besides, perhaps with parameters", func(e *extensionSpec) value {
			return list(&e.add, "extensions", func(s *string) value { return keyword(s, true) })
		}, false},
	}, dst)
	return either(func(t *tree) value {
		if t.shape == mappingShape {
			return edit
		}
		return exactly
	}, exactly, edit)
}
