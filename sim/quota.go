package sim

import (
	"fmt"

	"github.com/mailsim/mailsim/sim/mail"
)

// Quota bounds a mailbox.
type Quota struct {
	Size     int64 // octets of all its messages; 0 with Messages: no bound
	Messages int   // how many; 0: no bound
	// Reply tells that a mailbox is full: "552 5.2.2 mailbox full", the default, for
	// good, or a 4yz for now, so that the sender tries again. 452 alone is 452 4.2.2
	// mailbox full.
	Reply string
}

// Check tells what is wrong with q; it names the field.
func (q Quota) Check() error {
	switch {
	case q.Size < 0:
		return fmt.Errorf("size %d is negative", q.Size)
	case q.Messages < 0:
		return fmt.Errorf("messages %d is negative", q.Messages)
	}
	_, err := refusalReply(q.Reply, mail.Reply{})
	return err
}

// full is the reply where the mailbox has no room.
func (q Quota) full() mail.Reply {
	r, err := refusalReply(q.Reply, localReply(552, "5.2.2", "mailbox full"))
	if err != nil {
		return localReply(552, "5.2.2", "mailbox full") // Check has seen to it
	}
	if r.Enhanced == "" && r.Text() == "" {
		r.Enhanced, r.Lines = fmt.Sprintf("%d.2.2", r.Class()), []string{"mailbox full"} // RFC 3463 3.3
	}
	return r
}

// fits reports whether a mailbox with so much in it takes another message.
func (q Quota) fits(b *box, size int64) bool {
	return (q.Messages == 0 || b.count < q.Messages) &&
		(q.Size == 0 && q.Messages > 0 || b.used+size <= q.Size)
}
