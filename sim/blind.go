package sim

// withoutBlind returns a message without its Bcc and Resent-Bcc fields. Whoever
// submits may leave this to the server: RFC 5322 3.6.3 and 5 want nobody to learn
// from the message who got a blind copy, and a submission server is the last that
// may change it (RFC 6409 8). Relays change nothing (RFC 5321 6.4).
func (m *message) withoutBlind() message { return m.without("Bcc", "Resent-Bcc") }
