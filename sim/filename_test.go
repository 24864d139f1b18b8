package sim

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFileName(t *testing.T) {
	for in, want := range map[string]string{
		"bob@example.org":        "bob@example.org",
		"bob+news_1-2@x.y":       "bob+news_1-2@x.y",
		"Bob@example.org":        "%42ob@example.org",
		"../x":                   "%2E.%2Fx",
		".":                      "%2E",
		"..":                     "%2E%2E",
		"a/b":                    "a%2Fb",
		"a\x00b":                 "a%00b",
		"a.":                     "a%2E",
		".hidden":                "%2Ehidden",
		"":                       "%",
		"%":                      "%25",
		"*@example.org":          "%2A@example.org",
		"jürgen@x":               "j%C3%BCrgen@x",
		`"a b"@x`:                "%22a%20b%22@x",
		strings.Repeat("a", 200): strings.Repeat("a", 200),
		strings.Repeat("a", 201): strings.Repeat("a", 167) + "~a92efd82109373e58f9a2056dee01e80",
	} {
		if got := FileName(in); got != want {
			t.Errorf("FileName(%q) = %q, want %q", in, got, want)
		}
	}
	if FileName(strings.Repeat("a", 300)) == FileName(strings.Repeat("a", 301)) {
		t.Error("two long names have one file name")
	}
}

func FuzzFileName(f *testing.F) {
	f.Add("a", "A")
	f.Add("%41", "A")
	f.Add("../x", "..%2Fx")
	f.Add(strings.Repeat("\xff", 300), strings.Repeat("\xff", 299)+"~")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, a, b string) {
		x, y := FileName(a), FileName(b)
		if a != b && strings.EqualFold(x, y) {
			t.Fatalf("%q and %q both have the name %q", a, b, x)
		}
		if len(x) > 200 || x == "" || x != filepath.Base(x) || strings.HasPrefix(x, ".") || strings.HasSuffix(x, ".") {
			t.Fatalf("%q has the name %q", a, x)
		}
		if err := os.WriteFile(filepath.Join(dir, x), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(filepath.Join(dir, x)); err != nil {
			t.Fatal(err)
		}
	})
}
