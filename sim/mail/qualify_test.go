package mail

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// completed is a complete for tests: example.org for nothing, and under it what has
// no dot.
func completed(_, domain string) string {
	switch {
	case domain == "":
		return "example.org"
	case !strings.Contains(domain, ".") && domain[0] != '[':
		return domain + ".example.org"
	}
	return domain
}

func TestQualify(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"alice", "alice@example.org"},
		{" alice\r\n", " alice@example.org\r\n"},
		{"alice@example.net", "alice@example.net"},
		{"alice@sales", "alice@sales.example.org"},
		{"alice@[192.0.2.1], bob@[IPv6:2001:db8::1]", "alice@[192.0.2.1], bob@[IPv6:2001:db8::1]"},
		{"Alice <alice>, bob,\r\n\t\"Carol, C.\" <carol@sales>", "Alice <alice@example.org>, bob@example.org,\r\n\t\"Carol, C.\" <carol@sales.example.org>"},
		{"alice (the boss), (x) bob", "alice@example.org (the boss), (x) bob@example.org"},
		{`"a b"`, `"a b"@example.org`},
		{`"a@b"@sales`, `"a@b"@sales.example.org`},
		{"friends: alice, Bob <bob>;, carol", "friends: alice@example.org, Bob <bob@example.org>;, carol@example.org"},
		{"undisclosed:;", "undisclosed:;"},
		{"<>", "<>"},
		// What is no address stays.
		{"two words", "two words"},
		{"a..b, .c", "a..b, .c"},
		{"<@a,@b:c@d>", "<@a,@b:c@d>"},
		{"alice@", "alice@"},
		{"alice@b_c", "alice@b_c"},
		{"<alice", "<alice"},
		{`"alice`, `"alice`},
		{"alice (", "alice ("},
		{"alice, [", "alice@example.org, ["},
		{"(x\\)\r\n (y)) alice (z)", "(x\\)\r\n (y)) alice@example.org (z)"},
		{"", ""},
		{",,", ",,"},
		{"<a> <b>", "<a@example.org> <b>"},
		{"a(x)b", "a(x)b"},
	} {
		if got := Qualify(tt.in, completed); got != tt.want {
			t.Errorf("Qualify(%q): want %q, got %q", tt.in, tt.want, got)
		}
	}
}

func TestMailboxes(t *testing.T) {
	got := Mailboxes("Alice <alice@example.org>, two words, friends: \"b b\"@example.net, c@[192.0.2.1];")
	want := []Address{{"alice", "example.org"}, {"b b", "example.net"}, {"c", "[192.0.2.1]"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// FuzzQualify: whatever stands in a field, only domains are added to it, and once.
func FuzzQualify(f *testing.F) {
	for _, s := range []string{"alice, Bob <bob@sales> (x)", `g: "a\"b";, <@r:c@d>`, "a@[", "\"", "((", "<<a>>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		once := Qualify(in, completed)
		if rest := strings.NewReplacer("@example.org", "", ".example.org", "").Replace(once); rest != strings.NewReplacer("@example.org", "", ".example.org", "").Replace(in) {
			t.Errorf("%q becomes %q", in, once)
		}
		if again := Qualify(once, completed); again != once {
			t.Errorf("%q becomes %q, and then %q", in, once, again)
		}
	})
}
