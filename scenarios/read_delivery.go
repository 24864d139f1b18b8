package scenarios

import (
	"crypto/sha256"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

// partsSum is a digest of what the parts of a message decode to, zero where they
// cannot be told.
func partsSum(c mail.Content) [sha256.Size]byte {
	sum, err := mail.LeafSum(c)
	if err != nil {
		return [sha256.Size]byte{}
	}
	return sum
}

// readDelivery reads from a stored message what the invariants compare.
func readDelivery(d *trace.Delivery, c mail.Content) {
	header, body, err := mail.ParseHeader(c, int(c.Size())+1)
	if err != nil {
		return // without its fields it breaks the invariants, as it should
	}
	d.BodySum = sha256.Sum256(body)
	d.Parts = func() [sha256.Size]byte { return partsSum(c) }
	d.ReturnPaths = header.Values("Return-Path")
	d.ReturnPathFirst = len(header.Fields) > 0 && header.Fields[0].Is("Return-Path")
	for _, v := range header.Values("Received") {
		h := trace.Hop{Raw: v}
		if s, err := mail.ParseReceived(v); err == nil {
			h.From, h.FromAddr, h.By, h.With = s.From, s.FromTCP, s.By, s.With
			h.ID, h.For, h.Date = s.ID, s.For, s.Date
		}
		d.Received = append(d.Received, h)
	}
}
