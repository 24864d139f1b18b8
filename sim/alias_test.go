package sim

import (
	"strings"
	"testing"

	"github.com/mailsim/mailsim/sim/trace"
)

func TestAliases(t *testing.T) {
	for _, tt := range []struct {
		name    string
		aliases map[string][]string
		lists   map[string]List
		to      string
		events  []string
		queue   []string
	}{
		{
			name:    "plain",
			aliases: map[string][]string{"t@example.org": {"bob@example.org", "x@far.example"}}, to: "t@example.org",
			events: []string{
				"mail.accepted plan a@example.net>t@example.org",
				"mail.expanded plan t@example.org>bob@example.org",
				"mail.expanded plan t@example.org>x@far.example",
				"mail.delivered plan a@example.net>bob@example.org",
			},
			queue: []string{"a@example.net>x@far.example"},
		},
		{
			name:    "duplicates",
			aliases: map[string][]string{"t@example.org": {"bob@example.org", "u@example.org"}, "u@example.org": {"bob@example.org"}}, to: "t@example.org",
			events: []string{
				"mail.accepted plan a@example.net>t@example.org",
				"mail.expanded plan t@example.org>bob@example.org",
				"mail.expanded plan t@example.org>u@example.org",
				"mail.expanded plan u@example.org>bob@example.org",
				"mail.discarded plan a@example.net>bob@example.org  duplicate recipient",
				"mail.delivered plan a@example.net>bob@example.org",
			},
		},
		{
			name:    "keeps a copy",
			aliases: map[string][]string{"bob@example.org": {"bob@example.org", "x@far.example"}}, to: "bob@example.org",
			events: []string{
				"mail.accepted plan a@example.net>bob@example.org",
				"mail.expanded plan bob@example.org>bob@example.org",
				"mail.expanded plan bob@example.org>x@far.example",
				"mail.delivered plan a@example.net>bob@example.org",
			},
			queue: []string{"a@example.net>x@far.example"},
		},
		{
			name:    "loop with a way out",
			aliases: map[string][]string{"t@example.org": {"u@example.org"}, "u@example.org": {"t@example.org", "bob@example.org"}}, to: "t@example.org",
			events: []string{
				"mail.accepted plan a@example.net>t@example.org",
				"mail.expanded plan t@example.org>u@example.org",
				"mail.expanded plan u@example.org>t@example.org",
				"mail.expanded plan u@example.org>bob@example.org",
				"mail.discarded plan a@example.net>t@example.org  alias loop",
				"mail.delivered plan a@example.net>bob@example.org",
			},
		},
		{
			name:    "loop",
			aliases: map[string][]string{"t@example.org": {"u@example.org"}, "u@example.org": {"t@example.org"}}, to: "t@example.org",
			events: []string{
				"mail.accepted plan a@example.net>t@example.org",
				"mail.expanded plan t@example.org>u@example.org",
				"mail.expanded plan u@example.org>t@example.org",
				"mail.bounced plan a@example.net>t@example.org 554 5.4.6 the alias leads back to itself",
				"mail.generated plan/dsn-mx >a@example.net  failed notification about plan",
			},
			queue: []string{">a@example.net"},
		},
		{
			name:    "unknown member",
			aliases: map[string][]string{"t@example.org": {"nobody@example.org"}}, to: "t@example.org",
			events: []string{
				"mail.accepted plan a@example.net>t@example.org",
				"mail.expanded plan t@example.org>nobody@example.org",
				"mail.bounced plan a@example.net>nobody@example.org 550 5.1.1 no such user here",
				"mail.generated plan/dsn-mx >a@example.net  failed notification about plan",
			},
			queue: []string{">a@example.net"},
		},
		{
			name:  "list",
			lists: map[string]List{"l@example.org": {Owner: "o@example.org", Members: []string{"bob@example.org", "x@far.example", "l@example.org"}}}, to: "l@example.org",
			events: []string{
				"mail.accepted plan a@example.net>l@example.org",
				"mail.expanded plan l@example.org>bob@example.org  list",
				"mail.expanded plan l@example.org>x@far.example  list",
				"mail.expanded plan l@example.org>l@example.org  list",
				"mail.discarded plan o@example.org>l@example.org  list loop",
				"mail.delivered plan o@example.org>bob@example.org",
			},
			queue: []string{"o@example.org>x@far.example"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(b *bench) {
				b.net.Node("mx").queue.stop() // what is queued stays
				b.want("replies", []string{"354", "250 2.0.0 queued"}, b.give("mx", "a@example.net", tt.to, plan))
				got := b.events(trace.MailAccepted, trace.MailExpanded, trace.MailDelivered, trace.MailDiscarded,
					trace.MailBounced, trace.MailGenerated, trace.MailRefused)
				for i, e := range got {
					got[i], _, _ = strings.Cut(e, " 250")
				}
				b.want("events", tt.events, got)
				b.want("queue", tt.queue, b.queued("mx"))
			}, NodeConfig{
				Name: "mx", Role: MTA, Mailboxes: []string{"bob@example.org"}, Aliases: tt.aliases, Lists: tt.lists,
			})
		})
	}
}
