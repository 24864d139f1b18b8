package conformance

import (
	"fmt"
	"time"
)

// Arrives waits until a message with that text, a marker, is in the mailbox of the
// address, "" for Rcpt, and returns it. If none comes within Target.Delivery, the
// row in question is broken and the case ends.
func (p *Probe) Arrives(address, text string) Stored {
	found := p.look(address, text, p.Delivery)
	if len(found) == 0 {
		p.Fail(fmt.Sprintf("%s in the mailbox of %s within %s", text, p.box(address), p.Delivery), "nothing arrived")
	}
	return found[0]
}

// Absent judges that no message with that text is in the mailbox of the address, ""
// for Rcpt. It sends another message behind it and waits for that, and for a while.
func (p *Probe) Absent(address, text string) {
	p.Settle(address)
	if found := p.Copies(address, text); len(found) > 0 {
		p.Fail(fmt.Sprintf("no message with %s in the mailbox of %s", text, p.box(address)), "it was delivered")
	}
}

// Settle waits until what was accepted for the address before is delivered, as far
// as one can know: until a later message has arrived, and Target.Quiet has passed.
func (p *Probe) Settle(address string) {
	fence := p.Message("The last one of " + p.c.ID + ".")
	s := p.Ready()
	s.Send(fence, p.box(address)).Need("250")
	s.Close()
	if len(p.look(address, fence.Marker, p.Delivery)) == 0 {
		p.unclear("an ordinary message did not arrive within %s", p.Delivery)
	}
	p.Sleep(p.Quiet)
}

// Copies returns the messages with that text that are in the mailbox of the address
// now, "" for Rcpt.
func (p *Probe) Copies(address, text string) []Stored { return p.look(address, text, 0) }

func (p *Probe) box(address string) string {
	if address == "" {
		return p.Rcpt
	}
	return address
}

// look asks the mailbox, again and again for as long as within.
func (p *Probe) look(address, text string, within time.Duration) []Stored {
	address = p.box(address)
	end := time.Now().Add(within)
	for pause := 20 * time.Millisecond; ; pause = min(2*pause, 500*time.Millisecond) {
		octets, err := p.Mailbox.Find(p.ctx, address, text)
		if err != nil {
			p.inTime()
			p.unclear("read the mailbox of %s: %v", address, err)
		}
		if len(octets) > 0 || !time.Now().Before(end) {
			p.transcript.note(1, "%d with %s in the mailbox of %s", len(octets), text, address)
			var out []Stored
			for _, o := range octets {
				out = append(out, stored(o))
			}
			return out
		}
		p.Sleep(pause)
	}
}
