package conformance

import (
	"fmt"
	"slices"
	"strings"
)

// Need is what a target must have for a case to make sense.
type Need string

// The needs. Keyword makes those for extensions.
const (
	NeedRcpt    Need = "rcpt"       // a mailbox that RCPT is accepted for
	NeedSecond  Need = "second"     // another one
	NeedUnknown Need = "unknown"    // an address in the same domain that is not there
	NeedAlias   Need = "alias"      // an alias or forwarded address
	NeedList    Need = "list"       // a mailing list
	NeedMailbox Need = "mailbox"    // that what arrives for Rcpt can be read
	NeedFinal   Need = "final"      // that what is read is as the target itself has delivered it
	NeedAuth    Need = "auth"       // AUTH, and credentials that work
	NeedTLS     Need = "tls"        // STARTTLS or implicit TLS
	NeedStart   Need = "starttls"   // STARTTLS in the plain session
	NeedPlain   Need = "plain"      // that MAIL is taken without TLS
	NeedSMTP    Need = "smtp"       // not LMTP: the session begins with EHLO
	NeedLMTP    Need = "lmtp"       // LMTP: the session begins with LHLO
	NeedSubmit  Need = "submission" // a submission server
	NeedMX      Need = "mx"         // a server of profile mx: strangers may not relay
	NeedMessage Need = "message"    // a sender that can be told what to send
	NeedRelay   Need = "relay"      // that it takes mail of ours to foreign domains
)

// Keyword is the need for an EHLO keyword.
func Keyword(word string) Need { return Need("keyword:" + word) }

// Facts are what the survey found out about a target before the cases.
type Facts struct {
	Greeting string            // the text of the 220
	Keywords map[string]string // of EHLO in the plain session, or in the only one: upper case, to parameters
	Secure   map[string]string // of EHLO under TLS
	Lacks    map[Need]string   // why a need cannot be met
	MailTLS  bool              // MAIL is taken under TLS only
	MailAuth bool              // MAIL is taken after AUTH only
	Cipher   string            // version and cipher suite of the handshake
}

// Offers reports whether a keyword is there, before or under TLS.
func (f Facts) Offers(word string) bool {
	_, plain := f.Keywords[word]
	_, secure := f.Secure[word]
	return plain || secure
}

// lack says why a case cannot be asked, "" if it can.
func (f Facts) lack(c Case) string {
	for _, n := range c.Needs {
		if word, ok := strings.CutPrefix(string(n), "keyword:"); ok {
			if !f.Offers(word) {
				return fmt.Sprintf("the target does not offer %s", word)
			}
			continue
		}
		if why := f.Lacks[n]; why != "" {
			return why
		}
	}
	return ""
}

// needs returns all that are no keywords.
func needs() []Need {
	return []Need{
		NeedRcpt, NeedSecond, NeedUnknown, NeedAlias, NeedList, NeedMailbox, NeedFinal, NeedAuth, NeedTLS, NeedStart, NeedPlain,
		NeedSMTP, NeedLMTP, NeedSubmit, NeedMX, NeedRelay, NeedMessage,
	}
}

// known reports whether a need is one that there is.
func (n Need) known() bool {
	word, ok := strings.CutPrefix(string(n), "keyword:")
	return ok && word != "" && word == strings.ToUpper(word) || slices.Contains(needs(), n)
}
