package mail

import (
	"bytes"
	"errors"
)

// International reports whether anything that r tells of is not ASCII: an
// address, or the header of the original message. Only then there is a reason
// for UTF8 (RFC 6533 1).
func (r Report) International() bool {
	if !plain(r.To) {
		return true
	}
	for _, p := range r.Recipients {
		if !plain(p.To) || !plain(p.Original) {
			return true
		}
	}
	if r.Original == nil {
		return false
	}
	h, err := HeaderOf(r.Original, r.headerLimit())
	return err == nil && !ascii(h.Bytes())
}

// returned is the third part: the message, or its header alone. It is empty
// when even the header is too large (RFC 6522 3: the part is optional).
func (r Report) returned() (part, string, error) {
	h, err := HeaderOf(r.Original, r.headerLimit())
	if errors.Is(err, ErrHeaderTooLarge) {
		return part{}, "", nil
	}
	if err != nil {
		return part{}, "", err
	}
	for i, f := range h.Fields {
		if f.Name == "" { // the body of a message without an empty line before it
			h.Fields = h.Fields[:i]
			break
		}
	}
	id := h.Get("Message-ID")
	if len(id) > 200 || !plain(id) {
		id = ""
	}
	whole, ok, err := r.whole()
	if ok || err != nil {
		return whole, id, err
	}
	p := part{typ: "text/rfc822-headers", description: "Header of the mail", body: h.Bytes()}
	if r.UTF8 {
		p.typ = "message/global-headers"
	}
	switch {
	case r.UTF8 && printable8(string(bytes.ReplaceAll(p.body, []byte("\r\n"), nil))) && longestLine(p.body) <= maxLine:
		p.encoding = "8bit"
	case !ascii(p.body) || !lines(p.body):
		// RFC 6522 4: a header that is not of 7 bits may be encoded.
		p.encoding = "quoted-printable"
		p.body, err = quotedPrintable(p.body)
	}
	return p, id, err
}

// whole is the third part with the message as it was, and whether it may be so:
// it was asked for, fits, and can travel by DATA.
func (r Report) whole() (part, bool, error) {
	if !r.Full || !r.has(ActionFailed) || r.Original.Size() > r.limit() {
		return part{}, false, nil
	}
	b, err := ReadAll(r.Original)
	if err != nil {
		return part{}, false, err
	}
	p := part{typ: "message/rfc822", description: "Undelivered mail", body: b}
	if r.UTF8 {
		p.typ = "message/global"
	}
	if !ascii(b) {
		p.encoding = "8bit" // RFC 2046 5.2.1: no other encoding of a message is allowed
	}
	return p, lines(b) && !(r.SevenBit && p.encoding != ""), nil
}

// lines reports whether b is of lines that DATA can carry (RFC 5321 2.3.8,
// 4.5.3.1.6): what came by BINARYMIME may be anything.
func lines(b []byte) bool {
	for len(b) > 0 {
		line, rest, _ := bytes.Cut(b, []byte("\r\n"))
		if len(line) > maxLine || bytes.ContainsAny(line, "\r\n\x00") {
			return false
		}
		b = rest
	}
	return true
}

func (r Report) limit() int64 {
	if r.Limit > 0 {
		return r.Limit
	}
	return DefaultReportLimit
}

func (r Report) headerLimit() int { return int(min(r.limit(), DefaultHeaderLimit)) }
