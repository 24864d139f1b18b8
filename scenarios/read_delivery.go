package scenarios

import (
	"crypto/sha256"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

// readDelivery reads from a stored message what the invariants compare.
func readDelivery(d *trace.Delivery, c mail.Content) {
	header, body, err := mail.ParseHeader(c, int(c.Size())+1)
	if err != nil {
		return // without its fields it breaks the invariants, as it should
	}
	d.BodySum = sha256.Sum256(body)
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
