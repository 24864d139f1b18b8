package mail

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseAddress(t *testing.T) {
	label := strings.Repeat("d", 63)
	for _, tt := range []struct {
		rule, in string
		want     Address
		out      string // String, where it is not in
	}{
		{"RFC5321#4.1.2", "bob@example.org", Address{"bob", "example.org"}, ""},
		{"RFC5321#4.1.2", "a.b+c=d/e!f@EXAMPLE.org", Address{"a.b+c=d/e!f", "EXAMPLE.org"}, ""},
		{"RFC5321#4.1.2", `"bob"@example.org`, Address{"bob", "example.org"}, "bob@example.org"},
		{"RFC5321#4.1.2", `"a b"@example.org`, Address{"a b", "example.org"}, ""},
		{"RFC5321#4.1.2", `"a\"b\\c\d"@example.org`, Address{`a"b\cd`, "example.org"}, `"a\"b\\cd"@example.org`},
		{"RFC5321#4.1.2", `"a@b"@example.org`, Address{"a@b", "example.org"}, ""},
		{"RFC5321#4.1.2", `"a..b"@example.org`, Address{"a..b", "example.org"}, ""},
		{"RFC5321#4.1.2", `""@example.org`, Address{"", "example.org"}, ""},
		{"RFC5321#4.1.2", "bob@1.2.3.com", Address{"bob", "1.2.3.com"}, ""},
		{"RFC5321#4.1.3", "bob@[192.0.2.1]", Address{"bob", "[192.0.2.1]"}, ""},
		{"RFC5321#4.1.3", "bob@[IPv6:2001:db8::1]", Address{"bob", "[IPv6:2001:db8::1]"}, ""},
		{"RFC5321#4.1.3", "bob@[ipv6:::ffff:192.0.2.1]", Address{"bob", "[ipv6:::ffff:192.0.2.1]"}, ""},
		{"RFC5321#4.1.1.3", "Postmaster", Address{"Postmaster", ""}, ""},
		{"RFC6531#3.3", "jürgen@bücher.example", Address{"jürgen", "bücher.example"}, ""},
		{"RFC6531#3.3", `"jü rgen"@例え.テスト`, Address{"jü rgen", "例え.テスト"}, ""},
		{"RFC5321#4.5.3.1.1", strings.Repeat("l", 64) + "@x", Address{strings.Repeat("l", 64), "x"}, ""},
		{"RFC1035#2.3.4", "a@" + label + ".x", Address{"a", label + ".x"}, ""},
	} {
		got, err := ParseAddress(tt.in)
		if err != nil {
			t.Errorf("%s: ParseAddress(%q): %v", tt.rule, tt.in, err)
			continue
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: ParseAddress(%q) (-want +got):\n%s", tt.rule, tt.in, diff)
		}
		want := tt.out
		if want == "" {
			want = tt.in
		}
		if got.String() != want {
			t.Errorf("%s: String of %q: want %q, got %q", tt.rule, tt.in, want, got.String())
		}
	}
}

func TestParseAddressErrors(t *testing.T) {
	for _, tt := range []struct{ rule, in string }{
		{"RFC5321#4.1.2", ""},
		{"RFC5321#4.1.2", "bob"},
		{"RFC5321#4.1.2", "@example.org"},
		{"RFC5321#4.1.2", "bob@"},
		{"RFC5321#4.1.2", ".bob@example.org"},
		{"RFC5321#4.1.2", "bob.@example.org"},
		{"RFC5321#4.1.2", "b..ob@example.org"},
		{"RFC5321#4.1.2", "b ob@example.org"},
		{"RFC5321#4.1.2", "b(x)ob@example.org"},
		{"RFC5321#4.1.2", "a@b@example.org"},
		{"RFC5321#4.1.2", "<bob@example.org>"},
		{"RFC5321#4.1.2", `"bob@example.org`},
		{"RFC5321#4.1.2", `"bob"example.org`},
		{"RFC5321#4.1.2", `"bob\`},
		{"RFC5321#4.1.2", "\"a\x01b\"@example.org"},
		{"RFC5321#4.1.2", "\"a\\\x01b\"@example.org"},
		{"RFC5321#4.1.2", "bob@exa_mple.org"},
		{"RFC5321#4.1.2", "bob@-example.org"},
		{"RFC5321#4.1.2", "bob@example-.org"},
		{"RFC5321#4.1.2", "bob@example..org"},
		{"RFC5321#4.1.2", "bob@example.org."},
		{"RFC5321#4.1.2", "bob@example.org\r\nRCPT TO:<eve@example.org>"},
		{"RFC5321#4.1.3", "bob@[192.0.2.1"},
		{"RFC5321#4.1.3", "bob@[192.0.2.256]"},
		{"RFC5321#4.1.3", "bob@[2001:db8::1]"},
		{"RFC5321#4.1.3", "bob@[IPv6:192.0.2.1]"},
		{"RFC5321#4.1.3", "bob@[IPv6:fe80::1%eth0]"},
		{"RFC5321#4.1.3", "bob@[x400:what]"},
		{"RFC5321#4.1.3", "bob@[]"},
		{"RFC6531#3.3", "b\xffb@example.org"},
		{"RFC6531#3.3", "bob@ex\u2028ample.org"},
		{"RFC5321#4.5.3.1.1", strings.Repeat("l", 65) + "@x"},
		{"RFC5321#4.5.3.1.1", `"` + strings.Repeat("l", 63) + `"@x`},
		{"RFC5321#4.5.3.1.3", "bob@" + strings.Repeat("example.", 40) + "org"},
		{"RFC1035#2.3.4", "a@" + strings.Repeat("d", 64) + ".x"},
	} {
		if a, err := ParseAddress(tt.in); err == nil {
			t.Errorf("%s: ParseAddress(%q): want an error, got %#v", tt.rule, tt.in, a)
		}
	}
}

func TestAddressEqual(t *testing.T) {
	for _, tt := range []struct {
		rule, a, b string
		want       bool
	}{
		{"RFC5321#2.4", "bob@example.org", "bob@EXAMPLE.Org", true},
		{"RFC5321#2.4", "bob@example.org", "Bob@example.org", false},
		{"RFC5321#2.4", "bob@example.org", "bob@example.com", false},
		{"RFC5321#4.1.2", `"bob"@example.org`, "bob@example.org", true},
		{"RFC5321#4.1.2", `"b\ob"@example.org`, "bob@example.org", true},
		{"RFC5321#4.5.1", "postmaster@example.org", "PostMaster@example.org", true},
		{"RFC5321#4.5.1", "postmaster", "POSTMASTER", true},
		{"RFC5321#4.5.1", "postmaster", "postmaster@example.org", false},
		{"RFC5890#2.3.2.4", "bob@bücher.example", "bob@XN--bcher-kva.example", true},
		{"RFC5890#2.3.2.4", "bob@BÜCHER.example", "bob@bücher.example", true},
	} {
		a, errA := ParseAddress(tt.a)
		b, errB := ParseAddress(tt.b)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if a.Equal(b) != tt.want || b.Equal(a) != tt.want || (a.Key() == b.Key()) != tt.want {
			t.Errorf("%s: %s and %s: want equal %t, keys are %q and %q", tt.rule, tt.a, tt.b, tt.want, a.Key(), b.Key())
		}
	}
}

func TestAddressDetail(t *testing.T) {
	for _, tt := range []struct {
		in, base, detail string
		ok               bool
	}{
		{"ken+sieve@example.org", "ken@example.org", "sieve", true},
		{"ken+a+b@example.org", "ken@example.org", "a+b", true},
		{"ken+@example.org", "ken@example.org", "", true},
		{"ken@example.org", "ken@example.org", "", false},
		{"+x@example.org", "+x@example.org", "", false},
	} {
		a, err := ParseAddress(tt.in)
		if err != nil {
			t.Fatal(err)
		}
		base, detail, ok := a.Detail()
		if base.String() != tt.base || detail != tt.detail || ok != tt.ok {
			t.Errorf("Detail of %s: want %s %q %t, got %s %q %t", tt.in, tt.base, tt.detail, tt.ok, base, detail, ok)
		}
	}
}

func TestLiteral(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.1": "[192.0.2.1]", "2001:db8::1": "[IPv6:2001:db8::1]", "::ffff:192.0.2.1": "[192.0.2.1]", "fe80::1%a": "[IPv6:fe80::1]",
	} {
		got := Literal(netip.MustParseAddr(in))
		if got != want {
			t.Errorf("Literal(%s): want %s, got %s", in, want, got)
		}
		if _, err := ParseLiteral(got); err != nil {
			t.Error(err)
		}
	}
}

func TestParsePath(t *testing.T) {
	for _, tt := range []struct {
		rule, in string
		want     Path
		out      string
	}{
		{"RFC5321#4.1.2", "<>", Path{}, "<>"},
		{"RFC5321#4.1.2", "<bob@example.org>", Path{Address: Address{"bob", "example.org"}}, "<bob@example.org>"},
		{"RFC5321#4.1.2", `<"a>b"@example.org>`, Path{Address: Address{"a>b", "example.org"}}, `<"a>b"@example.org>`},
		{"RFC5321#4.1.1.3", "<Postmaster>", Path{Address: Address{"Postmaster", ""}}, "<Postmaster>"},
		{"RFC5321#C", "<@a.org,@b.org:bob@c.org>", Path{[]string{"a.org", "b.org"}, Address{"bob", "c.org"}}, "<bob@c.org>"},
		{"RFC5321#C", "<@[IPv6:::1],@b:bob@c>", Path{[]string{"[IPv6:::1]", "b"}, Address{"bob", "c"}}, "<bob@c>"},
	} {
		got, err := ParsePath(tt.in)
		if err != nil {
			t.Errorf("%s: ParsePath(%q): %v", tt.rule, tt.in, err)
			continue
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: ParsePath(%q) (-want +got):\n%s", tt.rule, tt.in, diff)
		}
		if got.String() != tt.out {
			t.Errorf("%s: String of %q: want %q, got %q", tt.rule, tt.in, tt.out, got.String())
		}
	}
	for _, in := range []string{
		"", "<", ">", "bob@example.org", "<bob@example.org", "bob@example.org>", "< bob@example.org>",
		"<@a.org>", "<@a.org:>", "<@a.org,b.org:bob@c.org>", "<@:bob@c.org>", "<@a_b:bob@c.org>", "<bob>",
		"<bob@" + strings.Repeat("example.", 40) + "org>", "<<bob@example.org>>",
	} {
		if p, err := ParsePath(in); err == nil {
			t.Errorf("ParsePath(%q): want an error, got %#v", in, p)
		}
	}
}

func FuzzAddress(f *testing.F) {
	for _, s := range []string{"bob@example.org", `"a\"b c"@x`, "a@[IPv6:::1]", "postmaster", "jü@bü.x", `""@a`, "a@b@c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := ParseAddress(s)
		if err != nil {
			return
		}
		b, err := ParseAddress(a.String())
		if err != nil || a != b {
			t.Fatalf("%q gives %#v, its String %q gives %#v, %v", s, a, a.String(), b, err)
		}
		k, err := ParseAddress(a.Key())
		if err == nil && k.Key() != a.Key() {
			t.Fatalf("%q: key %q has the key %q", s, a.Key(), k.Key())
		}
		base, detail, ok := a.Detail()
		if ok && base.Local+"+"+detail != a.Local {
			t.Fatalf("%q: detail %q of %q", s, detail, base)
		}
	})
}

func FuzzPath(f *testing.F) {
	for _, s := range []string{"<>", "<a@b>", "<@a,@b:c@d>", "<Postmaster>", `<"a>"@b>`, "<@[IPv6:::1]:a@b>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePath(s)
		if err != nil {
			return
		}
		q, err := ParsePath(p.String())
		if err != nil || q.Address != p.Address || q.Route != nil {
			t.Fatalf("%q gives %#v, its String %q gives %#v, %v", s, p, p, q, err)
		}
	})
}
