package sim

import (
	"strings"
	"testing"

	"github.com/mailsim/mailsim/sim/mail"
)

func TestDirectory(t *testing.T) {
	d, err := newDirectory(NodeConfig{
		Host:    "mx.example.org",
		Domains: []string{"Own.example."},
		Mailboxes: []string{
			"bob@example.org", "Bob@example.org", "CAROL@example.org", "dave+work@example.org", "dave@example.org",
			`"odd name"@example.org`, "*@all.example", "exact@all.example",
		},
		Aliases: map[string][]string{"team@example.org": {"bob@example.org"}, "dave@example.org": {"dave@example.org"}},
		Lists:   map[string]List{"list@example.org": {Members: []string{"bob@example.org"}}},
		Forwards: map[string]Forward{
			"old@example.org": {To: "new@example.org"}, "gone@moved.example": {To: "new@example.org", Refuse: true},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		addr, want string
	}{
		{"bob@example.org", "mailbox bob@example.org"},
		{"Bob@EXAMPLE.org", "mailbox Bob@example.org"},
		{"BOB@example.org", "mailbox bob@example.org"},
		{"carol@example.org", "mailbox CAROL@example.org"},
		{"bob+news@example.org", "mailbox bob@example.org"},
		{"dave+work@example.org", "mailbox dave+work@example.org"},
		{"dave@example.org", "alias"},
		{`"odd name"@example.org`, `mailbox "odd name"@example.org`},
		{`"bob"@example.org`, "mailbox bob@example.org"},
		{"anyone@all.example", "mailbox *@all.example"},
		{"postmaster@all.example", "mailbox *@all.example"},
		{"exact@all.example", "mailbox exact@all.example"},
		{"exact+x@all.example", "mailbox exact@all.example"},
		{"team@example.org", "alias"},
		{"Team+x@example.org", "alias"},
		{"list@example.org", "list"},
		{"old@example.org", "alias"},
		{"Gone+x@moved.example", "moved"},
		{"nobody@moved.example", "domain"},
		{"nobody@example.org", "domain"},
		{"x@own.example", "domain"},
		{"x@sub.own.example", "remote"},
		{"postmaster", "mailbox postmaster@mx.example.org"},
		{"postmaster@mx.example.org", "mailbox postmaster@mx.example.org"},
		{"postmaster@elsewhere.example", "remote"},
	} {
		a, err := mail.ParseAddress(tt.addr)
		if err != nil {
			t.Fatal(err)
		}
		l := d.find(a)
		got := [...]string{"remote", "domain", "mailbox", "alias", "list", "moved"}[l.class]
		if l.mailbox != "" {
			got += " " + l.mailbox
		}
		if got != tt.want {
			t.Errorf("%s: want %s, got %s", tt.addr, tt.want, got)
		}
	}
}

func TestDirectoryErrors(t *testing.T) {
	for _, tt := range []struct {
		want string
		cfg  NodeConfig
	}{
		{"domains: ", NodeConfig{Domains: []string{"a b"}}},
		{"mailboxes: ", NodeConfig{Mailboxes: []string{"bob"}}},
		{"mailboxes: bob@EXAMPLE.org is declared twice", NodeConfig{Mailboxes: []string{"bob@example.org", "bob@EXAMPLE.org"}}},
		{"aliases: ", NodeConfig{Aliases: map[string][]string{"x": nil}}},
		{"aliases: a@example.org: address", NodeConfig{Aliases: map[string][]string{"a@example.org": {"?@"}}}},
		{"lists: a@example.org: owner", NodeConfig{Lists: map[string]List{"a@example.org": {Owner: "x"}}}},
		{"lists: a@example.org: address", NodeConfig{Lists: map[string]List{"a@example.org": {Members: []string{"x"}}}}},
		{"lists: a@example.org is declared twice", NodeConfig{
			Aliases: map[string][]string{"a@example.org": nil}, Lists: map[string]List{"a@example.org": {}},
		}},
		{"forwards: a@example.org: address", NodeConfig{Forwards: map[string]Forward{"a@example.org": {To: "x"}}}},
		{"forwards: a@example.org is declared twice", NodeConfig{
			Mailboxes: []string{"a@example.org"}, Forwards: map[string]Forward{"a@example.org": {To: "b@example.org"}},
		}},
		{"quota: ", NodeConfig{Quota: map[string]Quota{"x": {Size: 1}}}},
		{"quota: bob@example.org is not among the mailboxes", NodeConfig{Quota: map[string]Quota{"bob@example.org": {Size: 1}}}},
	} {
		if _, err := newDirectory(tt.cfg); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("want %q, got %v", tt.want, err)
		}
	}
}

// TestPostmaster: RFC 5321 4.5.1 wants it at every server, in any case, with and
// without a domain.
func TestPostmaster(t *testing.T) {
	const all = "POSTMASTER Postmaster@example.org postmaster@mx.example.org"
	const bare = "POSTMASTER PostMaster@MX.example.org"
	for _, tt := range []struct {
		name, to, mailbox string
		cfg               NodeConfig
	}{
		{"own mailbox", all, "postmaster@mx.example.org", NodeConfig{Role: MDA, Mailboxes: []string{"bob@example.org"}}},
		{"declared", all, "postmaster@example.org", NodeConfig{Role: MDA, Mailboxes: []string{"bob@example.org", "postmaster@example.org"}}},
		{"alias", all, "bob@example.org", NodeConfig{
			Role: MDA, Mailboxes: []string{"bob@example.org"}, Aliases: map[string][]string{"Postmaster@example.org": {"bob@example.org"}},
		}},
		{"forwarded", all, "bob@example.org", NodeConfig{
			Role: MDA, Mailboxes: []string{"bob@example.org"}, Forwards: map[string]Forward{"Postmaster@example.org": {To: "bob@example.org"}},
		}},
		{"LMTP", all, "postmaster@mx.example.org", NodeConfig{Role: MDA, LMTP: true, Mailboxes: []string{"bob@example.org"}}},
		{"relay of a domain", all, "postmaster@mx.example.org", NodeConfig{Role: MTA, Aliases: map[string][]string{"x@example.org": {"y@far.example"}}}},
		{"relay with nothing of its own", bare, "postmaster@mx.example.org", NodeConfig{Role: MTA}},
		{"relay that has a smart host", bare, "postmaster@mx.example.org", NodeConfig{Role: MTA, Next: "far.example:25"}},
		{"submission", all, "postmaster@mx.example.org", NodeConfig{Role: MSA, Mailboxes: []string{"bob@example.org"}}},
		{"submission with nothing of its own", bare, "postmaster@mx.example.org", NodeConfig{Role: MSA}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.cfg.Name, tt.cfg.Host = "mx", "mx.example.org"
			inBubble(t, func(b *bench) {
				count := 0
				for to := range strings.SplitSeq(tt.to, " ") {
					replies := b.give("mx", "", to, plan) // R5321-4.5.1-j: by a null reverse-path too
					if replies[0] == "251 2.1.5 user not local; will forward to <bob@example.org>" {
						replies = replies[1:]
					}
					if len(replies) != 2 || !strings.HasPrefix(replies[1], "250") {
						t.Errorf("%s: %q", to, replies)
					}
					count++
				}
				b.want("mails", count, len(b.mailbox("mx", tt.mailbox)))
			}, tt.cfg)
		})
	}
}
