package main

import (
	"slices"
	"testing"
)

func TestMailboxes(t *testing.T) {
	for address, want := range map[string][]string{
		"good@local.test": {"good"}, "Good@LOCAL.test": {"good"}, "Postmaster": {"postmaster"}, "alias@local.test": {"good"},
		"staff@local.test": {"good", "second"}, "nobody@local.test": nil, "good@elsewhere.test": nil, "good": nil,
	} {
		if got := mailboxes(address); !slices.Equal(got, want) {
			t.Errorf("mailboxes(%q) = %q, want %q", address, got, want)
		}
	}
}

func TestWithoutReturnPath(t *testing.T) {
	for in, want := range map[string]string{
		"Return-Path: <a@b>\r\nA: 1\r\n\r\nReturn-Path: body\r\n":   "A: 1\r\n\r\nReturn-Path: body\r\n",
		"A: 1\r\nreturn-path:\r\n <a@b>\r\nB: 2\r\n folded\r\n\r\n": "A: 1\r\nB: 2\r\n folded\r\n\r\n",
		"A: 1\r\nReturn-Path-Like: x\r\n\r\n":                       "A: 1\r\nReturn-Path-Like: x\r\n\r\n",
		"no end of header":                                          "no end of header",
	} {
		if got := string(withoutReturnPath([]byte(in))); got != want {
			t.Errorf("withoutReturnPath(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestQuoted(t *testing.T) {
	for in, want := range map[string]string{
		"a@b.test": "a@b.test", "a b@c.test": `"a b"@c.test`, "a\rX@c.test": `a?X@c.test`, "a> b@c.test": `"a> b"@c.test`, "": "",
	} {
		if got := quoted(in); got != want {
			t.Errorf("quoted(%q) = %q, want %q", in, got, want)
		}
	}
}
