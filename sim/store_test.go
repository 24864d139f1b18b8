package sim

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/sim/mail"
)

func TestStoreMessages(t *testing.T) {
	s := newStore(NodeConfig{Mailboxes: []string{"Bob@example.org", "*@all.example", "carol@EXAMPLE.org"}})
	for _, d := range []struct{ mailbox, to string }{
		{"Bob@example.org", "bob@example.org"},
		{"Bob@example.org", "BOB+news@example.org"},
		{"*@all.example", "x@all.example"},
		{"*@all.example", "y@all.example"},
		{"*@all.example", "x@ALL.example"},
		{"postmaster@mx.example", "postmaster"},
	} {
		if err := s.deliver(d.mailbox, Stored{To: d.to, Content: mail.Bytes(nil)}); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		address string
		want    []string
	}{
		{"Bob@Example.org", []string{"bob@example.org", "BOB+news@example.org"}},
		{"bob@example.org", []string{"bob@example.org"}},
		{"bob+news@example.org", []string{"BOB+news@example.org"}},
		{"*@all.example", []string{"x@all.example", "y@all.example", "x@ALL.example"}},
		{"x@all.example", []string{"x@all.example", "x@ALL.example"}},
		{"carol@example.org", nil},
		{"nobody@example.org", nil},
		{"no address", nil},
		{"postmaster@mx.example", []string{"postmaster"}},
	} {
		var got []string
		for _, m := range s.messages(tt.address) {
			got = append(got, m.To)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.address, diff)
		}
	}
	want := []string{"*@all.example", "Bob@example.org", "carol@example.org", "postmaster@mx.example"}
	if diff := cmp.Diff(want, s.mailboxes()); diff != "" {
		t.Errorf("mailboxes (-want +got):\n%s", diff)
	}
}

func TestReplyOf(t *testing.T) {
	full := &replyError{mail.Reply{Code: 552, Enhanced: "5.2.2", Lines: []string{"full"}}}
	if got := replyOf(full).String(); got != full.Error() || got != "552 5.2.2 full" {
		t.Errorf("got %s", got)
	}
	if got := replyOf(errWord("disk on\nfire")).String(); got != "451 4.3.0 disk on?fire" {
		t.Errorf("got %s", got)
	}
}
