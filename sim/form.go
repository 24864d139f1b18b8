package sim

import (
	"strconv"

	"github.com/mailsim/mailsim/sim/client"
	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

// form is how a mail is given to one server: what it offers decides.
type form struct {
	content         mail.Content
	body            string // BODY, "" for none
	utf8            bool   // SMTPUTF8
	chunked, binary bool   // by BDAT, and as no text
}

// maxTextLine is the longest line of a message, without its CRLF (RFC 5321
// 4.5.3.1.6, RFC 5322 2.1.1).
const maxTextLine = 998

// form finds the form of the mail for a server, or the reply with which it is
// returned where there is none.
func (d *delivery) form(c *client.Conn) (form, mail.Reply) {
	it, cfg := d.entry.it.fitting(c), &d.node.cfg
	m := it.measures
	eight, chunking, binary := offers(c, "8BITMIME"), offers(c, "CHUNKING"), it.env.Body == "BINARYMIME"
	asText := binary && d.node.is(mutantBinaryAsText)
	bare := m.bareLineEnd && !d.node.is(mutantBareLineEnds)
	f := form{
		content: it.content, chunked: chunking && cfg.Chunking == ChunkingAlways,
		utf8: offers(c, "SMTPUTF8") && (it.env.UTF8 || d.internationalAddress()),
	}
	if binary && chunking && offers(c, "BINARYMIME") {
		f.chunked, f.binary, f.body = true, true, it.env.Body
		return f, mail.Reply{}
	}
	// RFC 6152 3, RFC 3030 3: what the server has not offered to take is converted or
	// returned, never sent as it is. The same is right for lines that nobody has to take.
	high := (m.highHeader || m.highBody) && !d.node.is(mutantEightBitAsIs)
	// RFC 5321 2.4: 8BITMIME is not asked for what is no MIME, but may be repeated where
	// the client has. Encoded, it is MIME, in a charset that nobody knows (RFC 1428 3).
	untyped := m.highBody && eight && !it.facts.mime && it.env.Body == "" && !it.generated && !d.node.is(mutantClaimsMIME)
	if !asText && (untyped || binary || high && !eight || m.longestLine > maxTextLine || bare) {
		why := ""
		switch {
		case untyped:
			why = ", since 8-bit text that is no MIME must not be sent"
		case !eight:
			why = ", for a next hop without 8BITMIME"
		}
		converted, r := d.convert(it, mail.Transport{EightBit: eight && !untyped, UTF8: eight && m.highHeader}, why)
		if r.Code != 0 {
			return form{}, r
		}
		high = high && (!untyped || m.highHeader)
		f.content = converted
	}
	switch {
	case eight && high:
		f.body = "8BITMIME"
	case eight && !binary:
		f.body = it.env.Body
	}
	return f, mail.Reply{}
}

// convert makes the form of the mail for a transport, once for all tries of the
// entry.
func (d *delivery) convert(it *item, to mail.Transport, why string) (*mail.Converted, mail.Reply) {
	if d.node.cfg.Downgrade == DowngradeBounce {
		return nil, localReply(554, "5.6.3", "the message needs a conversion for the next hop, and this node makes none")
	}
	e := d.entry
	if e.form == nil || e.formFor != to {
		converted, err := mail.Convert(it.content, to)
		if err != nil {
			return nil, localReply(554, "5.6.3", "the next hop cannot take the message as it is: "+printable(err.Error()))
		}
		e.form, e.formFor = converted, to
	}
	how := e.form.How()
	if how == "" {
		how = "other labels"
	}
	how += why
	d.node.emit(trace.Event{
		Kind: trace.MailConverted, Mail: it.mail, ID: it.id, Peer: d.out.remote, From: it.env.From,
		To: joinRecipients(d.out.left), Attempt: e.tries + 1, Detail: how,
	})
	return e.form, mail.Reply{}
}

// internationalAddress reports whether an address of the envelope needs SMTPUTF8.
func (d *delivery) internationalAddress() bool {
	for _, p := range d.out.left {
		if !ascii(p.To) {
			return true
		}
	}
	return !ascii(d.entry.it.env.From)
}

// offers reports whether the server has offered an extension.
func offers(c *client.Conn, keyword string) bool {
	_, ok := c.Extension(keyword)
	return ok
}

// size is the SIZE of the mail in that form (RFC 1870 6).
func (f form) size() string { return strconv.FormatInt(f.content.Size(), 10) }
