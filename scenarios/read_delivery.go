package scenarios

import (
	"crypto/sha256"
	"io"

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

// maxHeader bounds the header sections that are read, in octets. Nodes take none that
// is nearly as large.
const maxHeader = 8 << 20

// readSum reads a message once: its header, and a digest of what is behind it. All
// of it is written to w too. What cannot be read has neither.
func readSum(c mail.Content, w io.Writer) (header mail.Header, sum [sha256.Size]byte) {
	header, body, err := mail.OpenBody(c, maxHeader)
	if err != nil {
		return mail.Header{}, sum
	}
	defer body.Close()
	hash := sha256.New()
	for _, f := range header.Fields {
		_, _ = w.Write(f.Raw)
	}
	_, _ = io.WriteString(w, "\r\n")
	if _, err := io.Copy(io.MultiWriter(hash, w), body); err != nil {
		return mail.Header{}, sum
	}
	hash.Sum(sum[:0])
	return header, sum
}

// readDelivery reads from a stored message what the invariants compare.
func readDelivery(d *trace.Delivery, c mail.Content) {
	header, sum := readSum(c, io.Discard)
	d.BodySum = sum // without its fields it breaks the invariants, as it should
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
