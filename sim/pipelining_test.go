package sim

import (
	"context"
	"fmt"
	"testing"
	"time"
)

// TestManyRecipients: a group of commands whose replies do not fit into the
// buffers on the way is no deadlock (RFC 2920 3.1).
func TestManyRecipients(t *testing.T) {
	inBubble(t, func(b *bench) {
		const many = 6000
		to := make([]string, many)
		for i := range to {
			to[i] = fmt.Sprintf("user%d@example.org", i)
		}
		begin := time.Now()
		d := b.net.Send(context.Background(), Submission{
			Mail: "plan", Via: "mx", From: "a@example.net", To: to, Message: []byte(plan),
		})
		if d.Err != nil || !d.Accepted() {
			t.Fatalf("after %v: %v", time.Since(begin), d.Err)
		}
		if got := len(b.net.Node("mx").Mailbox("*@example.org")); got != many {
			t.Errorf("%d copies, want %d", got, many)
		}
		if took := time.Since(begin); took > time.Minute {
			t.Errorf("it took %v of virtual time", took)
		}
	}, NodeConfig{Name: "mx", Role: MTA, Mailboxes: []string{"*@example.org"}, Limits: Limits{Recipients: 20000}})
}
