package cases

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadReceived(t *testing.T) {
	for _, tt := range []struct {
		value string
		want  received
	}{
		{
			`from a.test (b.test [192.0.2.1]) by mx.test (Name; x) with ESMTP id 1 for <"a;b"@x.test>; Mon, 5 Jan 2026 09:00:00 +0000 (UTC)`,
			received{
				clauses: []clause{
					{name: "from", value: "a.test", comments: []string{"b.test [192.0.2.1]"}},
					{name: "by", value: "mx.test", comments: []string{"Name; x"}},
					{name: "with", value: "ESMTP"},
					{name: "id", value: "1"},
					{name: "for", value: `<"a;b"@x.test>`},
				},
				date: "Mon, 5 Jan 2026 09:00:00 +0000",
			},
		},
		{
			`(qmail 7 (a) invoked); 5 Jan 2026 09:00:00 -0000`,
			received{date: "5 Jan 2026 09:00:00 -0000"},
		},
		{
			`by mx.test spamscore 3 for <a@x>, <b@x>`,
			received{clauses: []clause{
				{name: "by", value: "mx.test", more: []string{"spamscore", "3"}},
				{name: "for", value: "<a@x>,", more: []string{"<b@x>"}},
			}},
		},
		{`from (open`, received{clauses: []clause{{name: "from", comments: []string{"open"}}}}},
		{``, received{}},
	} {
		tt.want.text = tt.value
		if d := cmp.Diff(tt.want, readReceived(tt.value), cmp.AllowUnexported(received{}, clause{})); d != "" {
			t.Errorf("%s (-want +got)\n%s", tt.value, d)
		}
	}
}

func FuzzReadReceived(f *testing.F) {
	f.Add(`from a (b [192.0.2.1]) by c with "x\"; y" (z`)
	f.Fuzz(func(_ *testing.T, value string) { readReceived(value) })
}
