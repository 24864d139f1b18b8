package sim

import (
	"strings"
	"time"

	"github.com/mailsim/mailsim/sim/client"
	"github.com/mailsim/mailsim/sim/mail"
)

// tunnelled reports whether a recipient's condition (RRVS) goes on in a header field,
// since the server does not know the parameter (RFC 7293 5.2).
func tunnelled(c *client.Conn, p pending) bool {
	return p.ValidSince != nil && !offers(c, "RRVS")
}

// alike is how many of the recipients can go in one transaction: a header field with
// a recipient's name is for a mail to nobody else.
func alike(c *client.Conn, rcpts []pending) int {
	for i, p := range rcpts {
		if tunnelled(c, p) {
			return max(i, 1)
		}
	}
	return len(rcpts)
}

// validSinceField is the header field of RFC 7293 4.
func validSinceField(r mail.Recipient) []byte {
	return []byte("Require-Recipient-Valid-Since: " + r.To + ";\r\n " + mail.FormatDate(r.ValidSince.At.UTC()) + "\r\n")
}

// newOwner tells that a mailbox has changed hands since a recipient's condition; code
// 0 where it has not, as far as is known.
func (n *Node) newOwner(mailbox string, since *mail.ValidSince) mail.Reply {
	if since == nil || !since.At.Before(n.owners[strings.ToLower(mailbox)]) {
		return mail.Reply{}
	}
	return localReply(550, "5.7.17", "the mailbox has another owner since then") // RFC 7293 5.1
}

// ownersByBox is NodeConfig.OwnedSince by the names that mailboxes have in the store, in
// small letters: nobody has two that differ in that alone.
func ownersByBox(owned map[string]time.Time) map[string]time.Time {
	owners := make(map[string]time.Time, len(owned))
	for _, address := range sortedKeys(owned) {
		owners[strings.ToLower(boxKey(address))] = owned[address]
	}
	return owners
}
