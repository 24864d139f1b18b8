package sim

import "bytes"

// withoutBlind returns a message without its Bcc and Resent-Bcc fields, or the
// same one where there are none. Whoever submits may leave this to the server:
// RFC 5322 3.6.3 and 5 want nobody to learn from the message who got a blind
// copy, and a submission server is the last that may change it (RFC 6409 8).
// Relays change nothing (RFC 5321 6.4).
func withoutBlind(message []byte) []byte {
	var kept []byte // nil as long as nothing was left out
	for rest := message; len(rest) > 0; {
		field, next := cutField(rest)
		colon := bytes.IndexByte(field, ':')
		if colon <= 0 { // the header section ends here
			if kept != nil {
				return append(kept, rest...)
			}
			break
		}
		switch name := bytes.TrimRight(field[:colon], " \t"); {
		case bytes.EqualFold(name, []byte("Bcc")), bytes.EqualFold(name, []byte("Resent-Bcc")):
			if kept == nil {
				kept = append(make([]byte, 0, len(message)), message[:len(message)-len(rest)]...)
			}
		case kept != nil:
			kept = append(kept, field...)
		}
		rest = next
	}
	if kept != nil {
		return kept
	}
	return message
}
