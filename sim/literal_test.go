package sim

import "testing"

// RFC 1123 5.2.17: the literals of a node's own addresses are the node itself, for
// whom it has and for its postmaster; it relays to none of them.
func TestOwnLiteralIsLocal(t *testing.T) {
	inBubble(t, func(b *bench) {
		for _, tt := range []struct{ to, rcpt, queue string }{
			{"postmaster@[192.0.2.1]", "", ""},
			{"Postmaster@[127.0.0.1]", "", ""},
			{"bob@[192.0.2.1]", "", ""},
			{"nobody@[192.0.2.1]", "550 5.1.1 no such user here", ""},
			{"nobody@[IPv6:::1]", "550 5.1.1 no such user here", ""},
			{"bob@[192.0.2.9]", "", "a@example.net>bob@[192.0.2.9]"},
		} {
			want := []string{"354", "250 2.0.0 queued"}
			if tt.rcpt != "" {
				want = []string{tt.rcpt}
			}
			b.want(tt.to, want, b.give("mx", "a@example.net", tt.to, plan))
			var queued []string
			if tt.queue != "" {
				queued = []string{tt.queue}
			}
			b.want("queue after "+tt.to, queued, b.queued("mx"))
		}
		b.want("postmaster's", 2, len(b.mailbox("mx", "postmaster@mx.example.org")))
		b.want("bob's", 1, len(b.mailbox("mx", "bob@[192.0.2.1]")))
	}, NodeConfig{
		Name: "mx", Role: MTA, Host: "mx.example.org", RelayFor: RelayFor{Any: true},
		Mailboxes: []string{"bob@[192.0.2.1]"},
	})
}

// RFC 6531 3.7.1: a host name with U-labels is spoken in A-labels.
func TestHostInALabels(t *testing.T) {
	inBubble(t, func(b *bench) {
		c := b.dial("mx")
		defer c.close()
		b.want("greeting", "220 mx.xn--bcher-kva.example ESMTP mailsim", c.reply())
		b.want("name", "mx.xn--bcher-kva.example", b.net.Node("mx").Host())
	}, NodeConfig{Name: "mx", Role: MTA, Host: "mx.Bücher.example"})
}
