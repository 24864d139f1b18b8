package sim

import "testing"

func withoutBlind(in string) string {
	m := newMessage([]byte(in))
	m = m.withoutBlind()
	return string(m.octets)
}

func TestWithoutBlind(t *testing.T) {
	for in, want := range map[string]string{
		"":                                "",
		"Subject: a\r\n\r\nBcc: body\r\n": "Subject: a\r\n\r\nBcc: body\r\n",
		"Bcc: a@b\r\n\r\nbody":            "\r\nbody",
		"To: x\r\nbcc : a@b,\r\n c@d\r\nX: y\r\n":              "To: x\r\nX: y\r\n",
		"Resent-Bcc: a@b\r\nBcc:\r\nX: y\r\n\r\nBcc: body\r\n": "X: y\r\n\r\nBcc: body\r\n",
		"X-Bcc: a@b\r\n\r\n":                                   "X-Bcc: a@b\r\n\r\n",
		"no field\r\nBcc: a@b\r\n":                             "no field\r\nBcc: a@b\r\n",
		"Bcc: only":                                            "",
		"A: b\r\n\r\n Bcc: body\r\nBcc: body\r\n":              "A: b\r\n\r\n Bcc: body\r\nBcc: body\r\n",
		"Bcc: a@b\r\nA: b\r\n\r\n Bcc: body\r\nBcc: body\r\n":  "A: b\r\n\r\n Bcc: body\r\nBcc: body\r\n",
	} {
		if got := withoutBlind(in); got != want {
			t.Errorf("withoutBlind(%q) = %q, want %q", in, got, want)
		}
	}
}
