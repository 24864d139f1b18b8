package sim

import (
	"time"

	"github.com/mailsim/mailsim/sim/client"
	"github.com/mailsim/mailsim/sim/mail"
)

// What mutants do as clients.

// flaws are the rules that the node's client breaks.
func (n *Node) flaws() client.Flaw {
	var all client.Flaw
	for _, m := range n.cfg.Mutants {
		switch m {
		case mutantAddsLastLine:
			all |= client.FlawBlankLine
		case mutantAddsWords:
			all |= client.FlawAddsWords
		case mutantAllOrNone:
			all |= client.FlawAllOrNone
		case mutantAsksEXPN:
			all |= client.FlawAsksEXPN
		case mutantFirstLineOnly:
			all |= client.FlawFirstLine
		case mutantGreetsWithHELO:
			all |= client.FlawHELO
		case mutantKeepsExtensions:
			all |= client.FlawKeepsExtensions
		case mutantKnowsFewCodes:
			all |= client.FlawFewCodes
		case mutantOpenEnd:
			all |= client.FlawOpenEnd
		case mutantNeedsReplyText:
			all |= client.FlawNeedsText
		case mutantNoStuffing:
			all |= client.FlawNoStuffing
		case mutantNoHELO:
			all |= client.FlawNoHELO
		case mutantNoQuit:
			all |= client.FlawNoQuit
		case mutantNoReset:
			all |= client.FlawNoReset
		case mutantPipelines:
			all |= client.FlawPipelines
		case mutantQuitsWithLF:
			all |= client.FlawBareLF
		case mutantOneReplyLine:
			all |= client.FlawShortLines
		case mutantReadsTexts:
			all |= client.FlawReadsTexts
		case mutantSendsAnyway:
			all |= client.FlawSendsAnyway
		case mutantSpacesInPaths:
			all |= client.FlawSpaces
		case mutantTalksFirst:
			all |= client.FlawTalksFirst
		case mutantUpperCaseKeywords:
			all |= client.FlawUpperCase
		case mutantUsesExtensions:
			all |= client.FlawBelieves
		}
	}
	return all
}

// timeouts are those of the node's client.
func (n *Node) timeouts() client.Timeouts {
	if n.is(mutantImpatient) {
		return client.Timeouts{
			Greeting: time.Minute, Command: time.Minute, DataInit: time.Minute, DataBlock: time.Minute, DataEnd: time.Minute,
		}
	}
	return client.Timeouts{}
}

// mistake counts a mail as sent whose fate nobody knows.
func (d *delivery) mistake(res *client.Result, err error) {
	if err != nil && res.Stage == client.AtDot && d.node.is(mutantBelievesLostReply) {
		for i := range res.Dot {
			res.Dot[i] = mail.Reply{Code: 250}
		}
	}
}

// helloName is what the node says of itself in EHLO.
func (n *Node) helloName() string {
	if n.is(mutantLiteralHello) && len(n.host.Addrs) > 0 {
		return mail.Literal(n.host.Addrs[0])
	}
	return n.host.Name
}
