package mail

import (
	"crypto/sha256"
	"encoding/base64"
	"io"
	"mime/quotedprintable"
)

// LeafSum returns a digest of what the parts of a message decode to, in their
// order, whatever they are encoded in: two forms of one message have the same. A
// part that does not decode counts as it is. It fails where the structure cannot
// be told.
func LeafSum(c Content) ([sha256.Size]byte, error) {
	all := sha256.New()
	var sum [sha256.Size]byte
	regions, err := scan(c)
	if err != nil {
		return sum, err
	}
	r := c.Open()
	defer r.Close() //nolint:errcheck // only read
	at := int64(0)
	for _, reg := range regions {
		if reg.what != leafPart {
			continue
		}
		if _, err := io.CopyN(io.Discard, r, reg.from-at); err != nil {
			return sum, err
		}
		body := io.LimitReader(r, reg.to-reg.from)
		part, raw := sha256.New(), sha256.New()
		decoded := decoder(reg.entity.encoding, io.TeeReader(body, raw))
		_, bad := io.Copy(part, decoded)
		if _, err := io.Copy(raw, body); err != nil { // what a failed decoder left
			return sum, err
		}
		if bad != nil {
			part = raw
		}
		all.Write(part.Sum(nil))
		at = reg.to
	}
	all.Sum(sum[:0])
	return sum, nil
}

// decoder undoes an encoding of RFC 2045 6.
func decoder(encoding string, r io.Reader) io.Reader {
	switch encoding {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, r)
	case "quoted-printable":
		return quotedprintable.NewReader(r)
	}
	return r
}

// HighHeaders reports whether a header section of a message or of its parts has
// octets of 0x80 or more, so that RFC 6532 lets it travel by SMTPUTF8 alone. Where the
// structure cannot be told the answer is yes.
func HighHeaders(c Content) bool {
	regions, err := scan(c)
	if err != nil {
		return true
	}
	for _, r := range regions {
		if r.what == headerPart && r.high {
			return true
		}
	}
	return false
}
