package conformance_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/conformance"
)

func TestSelect(t *testing.T) {
	all := []conformance.Case{
		{ID: "rfc5321/4.1.1.1/ehlo-is-known", Rows: []string{"R5321-2.2.1-a"}},
		{ID: "rfc5321/4.1.1.10/quit", Rows: []string{"R5321-4.1.1.10-a"}},
		{ID: "security/starttls/injected", Rows: []string{"SEC-TLS-1"}},
	}
	for _, tt := range []struct {
		only, skip []string
		want       []int
	}{
		{nil, nil, []int{0, 1, 2}},
		{[]string{"rfc5321"}, nil, []int{0, 1}},
		{[]string{"rfc5321/4.1"}, []string{"rfc5321/4.1.1.10"}, []int{0}},
		{[]string{"rfc5321/4.1.1.1"}, nil, []int{0}},
		{[]string{"rfc5321/4.1.1.10/quit/"}, nil, []int{1}},
		{[]string{"ehlo-*", "security/*/*"}, nil, []int{0, 2}},
		{[]string{"SEC-TLS-1"}, nil, []int{2}},
		{nil, []string{"level:must"}, nil},
		{nil, []string{"level:MUST NOT"}, []int{0, 1}},
		{[]string{"4.1.1.1"}, nil, []int{0}},
		{[]string{"RFC5321/4.1.1.1", "*start*"}, nil, []int{0, 2}},
		{[]string{"r5321-4.1.1"}, nil, []int{1}},
		{[]string{"sec-tls"}, nil, []int{2}},
	} {
		got, err := conformance.Select(all, tt.only, tt.skip)
		if err != nil {
			t.Error(err)
		}
		var ids, want []string
		for _, c := range got {
			ids = append(ids, c.ID)
		}
		for _, i := range tt.want {
			want = append(want, all[i].ID)
		}
		if diff := cmp.Diff(want, ids); diff != "" {
			t.Errorf("only %v, skip %v (-want +got):\n%s", tt.only, tt.skip, diff)
		}
	}
	for _, s := range []string{"", "/", "level:", "*x*", "rfc532", "rfc5321/4.1.1.1/ehlo", "[", "level:MAY", "R5321-2.2.1-b"} {
		_, err := conformance.Select(all, []string{s}, nil)
		var none *conformance.Unselected
		if !errors.As(err, &none) || none.Selector != s {
			t.Errorf("%q: error %v", s, err)
		}
	}
}

// FuzzSelect: no selector makes it panic, and what it takes fits something.
func FuzzSelect(f *testing.F) {
	for _, s := range []string{"rfc5321", "*", "**", "level:MUST", "R5321-4.1", "", "/", "a*b*c"} {
		f.Add(s)
	}
	all := []conformance.Case{
		{ID: "rfc5321/4.1.1.1/ehlo-is-known", Rows: []string{"R5321-2.2.1-a"}},
		{ID: "security/starttls/injected", Rows: []string{"SEC-TLS-1"}},
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, err := conformance.Select(all, []string{s}, nil); err == nil && len(got) == 0 {
			t.Errorf("%q is taken, and fits nothing", s)
		}
	})
}
