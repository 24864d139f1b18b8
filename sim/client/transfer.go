package client

import (
	"errors"

	"github.com/mailsim/mailsim/sim/mail"
)

// Transfer is one mail transaction (RFC 5321 3.3).
type Transfer struct {
	From    string   // reverse-path without brackets, "" is null
	Params  []string // of MAIL: "SIZE=1024"
	To      []Rcpt
	Content mail.Content // lines end in CRLF, save where it is Binary
	Chunked bool         // send the content by BDAT (RFC 3030), which the server has to offer
	Binary  bool         // of a chunked content: it is no text (BODY=BINARYMIME, RFC 3030 3)
}

// Rcpt is one recipient and the parameters of its RCPT.
type Rcpt struct {
	To     string
	Params []string
}

// Stage is how far a transaction came.
type Stage int

// The stages in their order.
const (
	AtMail Stage = iota
	AtRcpt
	AtData
	AtBody
	AtDot // the final dot, or the last chunk
)

// Result is every reply of a transaction. Replies that were never asked for
// have code 0.
type Result struct {
	Mail  mail.Reply
	Rcpt  []mail.Reply // by index of Transfer.To
	Data  mail.Reply   // 354, or what kept the content from being sent to its end: a refusal of DATA, of a chunk, or early
	Dot   []mail.Reply // by index of Transfer.To; without LMTP the same one for all that were accepted
	Stage Stage        // the last stage that was begun
}

// Final returns the reply that decides about a recipient, and whether the server
// has taken the mail for it. One that is neither taken nor refused for good (5yz)
// may be tried again.
func (r Result) Final(i int) (reply mail.Reply, taken bool) {
	switch {
	case r.Mail.Class() != 2:
		return r.Mail, false
	case r.Rcpt[i].Class() != 2:
		return r.Rcpt[i], false
	case r.Dot[i].Code == 0:
		return r.Data, false
	}
	return r.Dot[i], r.Dot[i].Class() == 2
}

// Send does one transaction. When the server refuses it at some stage the
// result says so, and the session can be used on if Usable says so.
func (c *Conn) Send(t Transfer) (Result, error) {
	res := Result{Rcpt: make([]mail.Reply, len(t.To)), Dot: make([]mail.Reply, len(t.To))}
	if len(t.To) == 0 {
		return res, errors.New("send: no recipients")
	}
	if _, ok := c.Extension("CHUNKING"); t.Chunked && !ok {
		return res, errors.New("send by BDAT: the server has not offered CHUNKING")
	}
	if _, ok := c.Extension("EXPN"); ok && c.flawed(FlawAsksEXPN) {
		if _, err := c.command("EXPN " + t.To[0].To); err != nil {
			return res, err
		}
	}
	offer := c.inSteps
	if _, ok := c.Extension("PIPELINING"); ok || c.flawed(FlawPipelines) {
		offer = c.atOnce
	}
	going, err := offer(t, &res)
	switch {
	case err != nil || !going:
	case t.Chunked:
		err = c.chunks(t, &res)
	default:
		err = c.body(t, &res)
	}
	return res, err
}

// abort ends a transaction that does not go on, so that the session can be used
// for another one (RFC 5321 4.1.1.5). What was said of the mail stands, whatever
// becomes of that.
func (c *Conn) abort() {
	if !c.over && !c.flawed(FlawNoReset) {
		_, _ = c.Reset()
	}
}

// strange reports whether a reply has a code that does not belong there: RFC 5321
// 4.2 lets a client judge by the first digit alone, and end the transaction where
// that makes no sense (2yz to DATA, 3yz to all else, 1yz and 6yz to anything).
func strange(r mail.Reply, good int) bool {
	return r.Class() != good && !r.Temporary() && !r.Permanent()
}
