package conformance

import (
	"encoding/base64"
	"strings"
	"testing"
)

func TestSecret(t *testing.T) {
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	for _, tt := range []struct{ password, in, want string }{
		{"", "AUTH PLAIN " + Plain("user", ""), "AUTH PLAIN " + Plain("user", "")},
		{"hunter2", "AUTH PLAIN " + Plain("user", "hunter2") + "\r\n", "AUTH PLAIN ********\r\n"},
		{"hunter22", "AUTH PLAIN " + Plain("user", "hunter22") + "\r\n", "AUTH PLAIN ********\r\n"},
		{"hunter2", b64("hunter2") + "\r\n", "********\r\n"},
		{"hunter2", "535 hunter2 is wrong, not " + b64("x hunter2"), "535 ******** is wrong, not ********"},
		{"hunter2", "535 hunter3 is wrong", "535 hunter3 is wrong"},
		{"hunter2", "AUTH PLAIN " + Plain("user", "hunter2x"), "AUTH PLAIN ********"},
		{"hunter2", "AUTH PLAIN xy" + b64("\x00user\x00hunter2"), "AUTH PLAIN ********"},
		{"abc", "AUTH PLAIN " + Plain("u", "abc") + " abc", "AUTH PLAIN ******** abc"},
		{"abc", b64("abc"), "********"},
		{"abc", "an abc of mail", "an abc of mail"},
		{"p=/ss word", "says p=/ss word " + b64("p=/ss word"), "says ******** ********"},
	} {
		if got := secret(tt.password).hide(tt.in); got != tt.want {
			t.Errorf("%q in %q: %q, want %q", tt.password, tt.in, got, tt.want)
		}
	}
}

// FuzzSecret: whatever is around it, a password of some length does not come out in
// the clear, and nothing panics.
func FuzzSecret(f *testing.F) {
	f.Add("hunter2", "AUTH PLAIN ", "\r\n")
	f.Add("a", "\xff", "")
	f.Fuzz(func(t *testing.T, password, before, after string) {
		got := secret(password).hide(before + password + after)
		if len(password) >= sure && !strings.Contains(masked, password) && strings.Contains(got, password) &&
			!strings.Contains(before+masked+after, password) {
			t.Errorf("%q is in %q", password, got)
		}
	})
}
