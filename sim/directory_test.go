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
		got := [...]string{"remote", "domain", "mailbox", "alias", "list"}[l.class]
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
		{"quota: ", NodeConfig{Quota: map[string]int64{"x": 1}}},
		{"quota: bob@example.org is not among the mailboxes", NodeConfig{Quota: map[string]int64{"bob@example.org": 1}}},
	} {
		if _, err := newDirectory(tt.cfg); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("want %q, got %v", tt.want, err)
		}
	}
}

func TestPostmaster(t *testing.T) {
	for _, tt := range []struct {
		name, mailbox string
		cfg           NodeConfig
	}{
		{"own mailbox", "postmaster@mx.example.org", NodeConfig{Mailboxes: []string{"bob@example.org"}}},
		{"declared", "postmaster@example.org", NodeConfig{Mailboxes: []string{"bob@example.org", "postmaster@example.org"}}},
		{"alias", "bob@example.org", NodeConfig{
			Mailboxes: []string{"bob@example.org"}, Aliases: map[string][]string{"Postmaster@example.org": {"bob@example.org"}},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.cfg.Name, tt.cfg.Role, tt.cfg.Host = "mx", MDA, "mx.example.org"
			inBubble(t, func(b *bench) {
				for _, to := range []string{"POSTMASTER", "postmaster@example.org", "postmaster@mx.example.org"} {
					b.want("replies", []string{"354", "250 2.0.0 queued"}, b.give("mx", "a@example.net", to, plan))
				}
				b.want("mails", 3, len(b.mailbox("mx", tt.mailbox)))
			}, tt.cfg)
		})
	}
}
