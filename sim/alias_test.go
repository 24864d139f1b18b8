package sim

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

func TestAliases(t *testing.T) {
	for _, tt := range []struct {
		name    string
		aliases map[string][]string
		lists   map[string]List
		moved   map[string]Forward
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
			name:    "a mailbox and an alias of it",
			aliases: map[string][]string{"t@example.org": {"BOB@example.org", "bob+x@example.org"}}, to: "bob@example.org t@example.org bob@example.org",
			events: []string{
				"mail.accepted plan a@example.net>bob@example.org",
				"mail.delivered plan a@example.net>bob@example.org",
				"mail.accepted plan a@example.net>t@example.org",
				"mail.expanded plan t@example.org>BOB@example.org",
				"mail.expanded plan t@example.org>bob+x@example.org",
				"mail.discarded plan a@example.net>BOB@example.org  duplicate recipient",
				"mail.delivered plan a@example.net>bob+x@example.org",
			},
		},
		{
			name: "a mailbox in two spellings", to: "bob@example.org BOB@example.org bob+x@example.org",
			events: []string{
				"mail.accepted plan a@example.net>bob@example.org",
				"mail.delivered plan a@example.net>bob@example.org",
				"mail.accepted plan a@example.net>BOB@example.org",
				"mail.discarded plan a@example.net>BOB@example.org  duplicate recipient",
				"mail.accepted plan a@example.net>bob+x@example.org",
				"mail.delivered plan a@example.net>bob+x@example.org",
			},
		},
		{
			name:  "moved",
			moved: map[string]Forward{"old@example.org": {To: "x@far.example"}, "gone@example.org": {To: "x@far.example", Refuse: true}},
			to:    "old@example.org",
			events: []string{
				"mail.accepted plan a@example.net>old@example.org",
				"mail.expanded plan old@example.org>x@far.example",
			},
			queue: []string{"a@example.net>x@far.example"},
		},
		{
			name:    "an alias of one who has moved",
			moved:   map[string]Forward{"gone@example.org": {To: "x@far.example", Refuse: true}},
			aliases: map[string][]string{"t@example.org": {"gone@example.org", "gone@example.org"}}, to: "t@example.org",
			events: []string{
				"mail.accepted plan a@example.net>t@example.org",
				"mail.expanded plan t@example.org>gone@example.org",
				"mail.expanded plan t@example.org>gone@example.org",
				"mail.bounced plan a@example.net>gone@example.org 551 5.1.6 user not local; please try <x@far.example>",
				"mail.bounced plan a@example.net>gone@example.org 551 5.1.6 user not local; please try <x@far.example>",
				"mail.generated plan/dsn-mx >a@example.net  failed notification about plan",
			},
			queue: []string{">a@example.net"},
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
				replies := b.give("mx", "a@example.net", tt.to, plan)
				b.want("replies", []string{"354", "250 2.0.0 queued"}, replies[len(replies)-2:])
				got := b.events(trace.MailAccepted, trace.MailExpanded, trace.MailDelivered, trace.MailDiscarded,
					trace.MailBounced, trace.MailGenerated, trace.MailRefused)
				for i, e := range got {
					got[i], _, _ = strings.Cut(e, " 250")
				}
				b.want("events", tt.events, got)
				b.want("queue", tt.queue, b.queued("mx"))
			}, NodeConfig{
				Name: "mx", Role: MTA, Mailboxes: []string{"bob@example.org"}, Aliases: tt.aliases, Lists: tt.lists, Forwards: tt.moved,
			})
		})
	}
}

// TestForwards: who has moved is told of, and forwarding does not hang on the client
// (RFC 5321 3.4). A new address in UTF-8 is for sessions that may see it.
func TestForwards(t *testing.T) {
	node := mxNode()
	node.Forwards = map[string]Forward{
		"old@example.org": {To: "new@far.example"}, "gone@example.org": {To: "new@far.example", Refuse: true},
		"alt@example.org": {To: "j\u00fcrgen@far.example"}, "weg@example.org": {To: "j\u00fcrgen@far.example", Refuse: true},
	}
	inBubble(t, func(b *bench) {
		for range 2 { // R5321-3.4-c, R5321-3.4-f: another session gets the same answers
			c := b.dial("mx")
			c.talk(`
				220
				C: EHLO c.example
				250-
				C: MAIL FROM:<a@example.net>
				250
				C: RCPT TO:<old@example.org>
				251 2.1.5 user not local; will forward to <new@far.example>
				C: RCPT TO:<bob@example.org>
				250 2.1.5 OK
				C: RCPT TO:<gone@example.org>
				551 5.1.6 user not local; please try <new@far.example>
				C: RCPT TO:<alt@example.org>
				250 2.1.5 OK
				C: RCPT TO:<weg@example.org>
				550 5.1.6 the user has moved
				C: RSET
				250
				C: MAIL FROM:<a@example.net> SMTPUTF8
				250
				C: RCPT TO:<alt@example.org>
				251 2.1.5 user not local; will forward to <jürgen@far.example>
				C: RCPT TO:<weg@example.org>
				551 5.1.6 user not local; please try <jürgen@far.example>`)
			c.close()
		}
	}, node)
}

// TestRecipientWith: one copy that two commands have asked for is told of as either
// of them wants (RFC 3461 4.1).
func TestRecipientWith(t *testing.T) {
	for _, tt := range []struct{ a, b, want string }{
		{"", "", ""},
		{"", "NEVER", ""},
		{"NEVER", "", ""},
		{"", "FAILURE", ""},
		{"", "SUCCESS", "SUCCESS,FAILURE,DELAY"},
		{"SUCCESS", "NEVER", "SUCCESS"},
		{"DELAY", "SUCCESS", "SUCCESS,DELAY"},
		{"NEVER", "NEVER", "NEVER"},
		{"FAILURE", "FAILURE", "FAILURE"},
	} {
		notify := func(s string) []string {
			if s == "" {
				return nil
			}
			return strings.Split(s, ",")
		}
		for _, pair := range [][2]string{{tt.a, tt.b}, {tt.b, tt.a}} {
			got := mail.Recipient{Notify: notify(pair[0])}.With(mail.Recipient{Notify: notify(pair[1]), ORCPT: "rfc822;x@y"})
			if s := strings.Join(got.Notify, ","); s != tt.want || got.ORCPT != "rfc822;x@y" {
				t.Errorf("%q with %q: want %q, got %q, ORCPT %s", pair[0], pair[1], tt.want, s, got.ORCPT)
			}
		}
	}
}

// TestDuplicatesAreTold: of several commands that lead to one mailbox each gets the
// report that it asked for, by one copy.
func TestDuplicatesAreTold(t *testing.T) {
	relay := NodeConfig{
		Mailboxes: []string{"loc@relay.example"},
		Aliases:   map[string][]string{"t@relay.example": {"loc@relay.example"}, "u@relay.example": {"loc@relay.example"}, "far@relay.example": {"b@far.example"}},
	}
	for _, tt := range []struct {
		name, rcpts string
		want        []string
	}{
		{"the mailbox silent, the alias asks", "loc@relay.example> NOTIFY=NEVER t@relay.example> NOTIFY=SUCCESS", []string{"1 delivered loc@relay.example 2.0.0"}},
		{"both ask", "loc@relay.example> NOTIFY=SUCCESS t@relay.example> NOTIFY=SUCCESS", []string{"1 delivered loc@relay.example 2.0.0"}},
		{"two aliases", "t@relay.example> NOTIFY=NEVER u@relay.example> NOTIFY=SUCCESS", []string{"1 delivered loc@relay.example 2.0.0"}},
		{"nobody asks", "loc@relay.example> NOTIFY=NEVER t@relay.example> NOTIFY=FAILURE", nil},
		{"twice the same, and only the second asks", "loc@relay.example> NOTIFY=NEVER loc@relay.example> NOTIFY=SUCCESS", []string{"1 delivered loc@relay.example 2.0.0"}},
		{"the same in another spelling", "loc@relay.example> NOTIFY=NEVER LOC@relay.example> NOTIFY=SUCCESS", []string{"1 delivered loc@relay.example 2.0.0"}},
		{"elsewhere", "b@far.example> NOTIFY=NEVER far@relay.example> NOTIFY=SUCCESS", []string{"1 delivered b@far.example 2.0.0"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			talk := from
			for r := range strings.SplitSeq(strings.ReplaceAll(tt.rcpts, "> ", ">\x00"), " ") {
				talk += "\nRCPT TO:<" + strings.ReplaceAll(r, "\x00", " ")
			}
			got := mailRoom{relay: relay, talk: talk + small}.run(t)
			if diff := cmp.Diff(tt.want, got.told()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestListFailures: what fails at a member is told to the owner of the list, not to
// the author (RFC 5321 3.9.2), and the header is the author's.
func TestListFailures(t *testing.T) {
	got := mailRoom{
		relay: NodeConfig{Lists: map[string]List{"list@relay.example": {Owner: "owner@back.example", Members: []string{"b@far.example", "c@far.example", "s@back.example"}}}},
		talk:  from + "\nRCPT TO:<list@relay.example>\nDATA\nFrom: s@back.example\\r\\nReply-To: s@back.example\\r\\nSubject: plan\\r\\n\\r\\nbody\\r\\n.",
		fault: Fault{At: AtRcpt, Reply: "550 5.1.1 no", Match: map[string]Matcher{"to": match("^c@")}},
		plain: true,
	}.run(t)
	b := got.boxes["s@back.example"]
	if len(b) != 1 {
		t.Fatalf("R5321-3.9-e: the author is a member and has %d mails", len(b))
	}
	if !strings.HasPrefix(b[0], "Return-Path: <owner@back.example>\r\n") || !strings.HasSuffix(b[0], "\r\nFrom: s@back.example\r\nReply-To: s@back.example\r\nSubject: plan\r\n\r\nbody\r\n") {
		t.Errorf("R5321-3.9-c, R5321-3.9-d:\n%s", b[0])
	}
	b = got.boxes["owner@back.example"]
	if len(b) != 1 || !strings.Contains(b[0], "Final-Recipient: rfc822; c@far.example") {
		t.Errorf("R5321-3.9.2-a: the owner has %q", b)
	}
}

// TestNullSenderThroughAliases: a null reverse-path stays null, through an alias, a
// forward and a list (RFC 5321 4.5.5), and nobody is told of what fails.
func TestNullSenderThroughAliases(t *testing.T) {
	for _, name := range []string{"alias", "moved", "list"} {
		got := mailRoom{
			relay: NodeConfig{
				Aliases:  map[string][]string{"alias@relay.example": {"b@far.example"}},
				Forwards: map[string]Forward{"moved@relay.example": {To: "b@far.example"}},
				Lists:    map[string]List{"list@relay.example": {Owner: "owner@back.example", Members: []string{"b@far.example"}}},
			},
			fault: no, talk: "MAIL FROM:<>\nRCPT TO:<" + name + "@relay.example> NOTIFY=SUCCESS,FAILURE" + small,
		}.run(t)
		want := []string{"MAIL FROM:<>", to}
		if name != "list" {
			want[1] += " NOTIFY=SUCCESS,FAILURE"
		}
		if diff := cmp.Diff(want, got.next); diff != "" {
			t.Errorf("R5321-4.5.5-d: %s (-want +got):\n%s", name, diff)
		}
		if len(got.back) > 0 {
			t.Errorf("R5321-6.1-e: %s: %q", name, got.back)
		}
	}
}

// TestAliasCycleBetweenNodes: two nodes that alias to each other end by the hop
// limit, and the sender hears of it once (RFC 5321 6.3).
func TestAliasCycleBetweenNodes(t *testing.T) {
	cycle := func(name, host, next string, to string) NodeConfig {
		return NodeConfig{
			Name: name, Role: MTA, Host: host, Next: next,
			Aliases: map[string][]string{"x@" + host: {to}}, Mailboxes: []string{"s@" + host},
		}
	}
	inBubble(t, func(b *bench) {
		b.want("replies", []string{"354", "250 2.0.0 queued"}, b.give("one", "s@one.example", "x@one.example", plan))
		time.Sleep(time.Hour)
		count := 0
		all, _ := b.net.Log().Since(0)
		for _, e := range all {
			if e.Kind == trace.MailAccepted && e.Mail == "plan" {
				count++
			}
		}
		if count != defaultHops {
			t.Errorf("accepted %d times, want %d", count, defaultHops)
		}
		got := b.mailbox("one", "s@one.example")
		if len(got) != 1 || !strings.Contains(got[0], "Status: 5.4.6") {
			t.Errorf("%d notifications: %q", len(got), got)
		}
	}, cycle("one", "one.example", "two", "x@two.example"), cycle("two", "two.example", "one", "x@one.example"))
}
