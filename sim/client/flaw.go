package client

// Flaw is a rule that a client breaks on purpose, so that it can be shown that
// somebody notices. They are bits.
type Flaw uint

// The flaws.
const (
	FlawBelieves    Flaw = 1 << iota // takes extensions for offered that are not, save STARTTLS and CHUNKING
	FlawBareLF                       // ends QUIT with a bare LF
	FlawBlankLine                    // adds an empty line to each message
	FlawHELO                         // says HELO, never EHLO
	FlawNoHELO                       // does not say HELO to a server without EHLO
	FlawNoQuit                       // closes without QUIT
	FlawNoStuffing                   // leaves dots at the start of lines as they are
	FlawOpenEnd                      // sends the final dot behind a last line without CRLF
	FlawPipelines                    // sends commands in groups without PIPELINING
	FlawSendsAnyway                  // sends the content although DATA was refused
)

func (c *Conn) flawed(f Flaw) bool { return c.opts.Flaws&f != 0 }
