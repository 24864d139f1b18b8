package client

import (
	"errors"
	"slices"
	"strings"

	"github.com/mailsim/mailsim/sim/mail"
)

// Flaw is a rule that a client breaks on purpose, so that it can be shown that
// somebody notices. They are bits.
type Flaw uint

// The flaws.
const (
	FlawAddsWords       Flaw = 1 << iota // adds a word to QUIT and RSET
	FlawAllOrNone                        // ends the transaction at the first RCPT that is refused
	FlawAsksEXPN                         // asks with EXPN for the members of the first recipient
	FlawBareLF                           // ends QUIT with a bare LF
	FlawBelieves                         // takes extensions for offered that are not, save STARTTLS and CHUNKING
	FlawBlankLine                        // adds an empty line to each message
	FlawFewCodes                         // takes a code that it does not know for a 451
	FlawFirstLine                        // takes each line of a reply behind that to EHLO for a reply
	FlawHELO                             // says HELO, never EHLO
	FlawKeepsExtensions                  // takes extensions of before TLS for offered under it
	FlawNeedsText                        // takes a code without a blank and text for no reply
	FlawNoHELO                           // does not say HELO to a server without EHLO
	FlawNoQuit                           // closes without QUIT
	FlawNoReset                          // ends no transaction by RSET
	FlawNoStuffing                       // leaves dots at the start of lines as they are
	FlawOpenEnd                          // sends the final dot behind a last line without CRLF
	FlawPipelines                        // sends commands in groups without PIPELINING
	FlawReadsTexts                       // takes a 2yz whose text speaks of an error for a 550
	FlawSendsAnyway                      // sends the content although DATA was refused
	FlawShortLines                       // takes reply lines of more than 256 octets for no reply
	FlawSpaces                           // writes a space behind the colon of MAIL and RCPT
	FlawTalksFirst                       // says NOOP before it hears the greeting
	FlawUpperCase                        // knows keywords of EHLO in capital letters only
)

func (c *Conn) flawed(f Flaw) bool { return c.opts.Flaws&f != 0 }

// mishear makes of a reply what a client makes of it that breaks RFC 5321 4.2.
func (c *Conn) mishear(text string, r *mail.Reply) error {
	known := []int{211, 214, 220, 221, 235, 250, 251, 252, 334, 354, 421, 450, 451, 452, 454, 455, 500, 501, 502, 503, 504, 530, 535, 550, 551, 552, 553, 554, 555, 556}
	lines := strings.Split(text, "\n")
	switch {
	case c.flawed(FlawNeedsText) && len(lines[len(lines)-1]) < 4:
		return errors.New("no text behind the code")
	case c.flawed(FlawShortLines) && slices.ContainsFunc(lines, func(l string) bool { return len(l) > 256 }):
		return errors.New("a line of more than 256 octets")
	case c.flawed(FlawFewCodes) && !slices.Contains(known, r.Code):
		r.Code = 451
	case c.flawed(FlawReadsTexts) && r.Class() == 2 && strings.Contains(text, "error"):
		r.Code = 550
	}
	return nil
}
