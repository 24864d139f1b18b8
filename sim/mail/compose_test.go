package mail

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/emersion/go-message"
	"github.com/google/go-cmp/cmp"
)

func TestCompose(t *testing.T) {
	for _, tt := range []struct {
		rule string
		in   Draft
		want string
	}{
		{
			"RFC5322#3.6: what a message must have",
			Draft{Name: "plan", From: "alice@example.net", To: []string{"bob@example.org"}, Date: monday, Text: "hello\nworld"},
			"From: alice@example.net\r\nTo: bob@example.org\r\nDate: Mon, 5 Jan 2026 09:00:00 +0000\r\nMessage-ID: <plan@mailsim>\r\nSubject: plan\r\n\r\nhello\r\nworld\r\n",
		},
		{
			"given fields override, at the place of the default",
			Draft{Name: "plan", Date: monday, Host: "h.org", Fields: []DraftField{
				{Name: "X-A", Value: "1"}, {Name: "subject", Value: "s"}, {Name: "To", Absent: true}, {Name: "Bcc", Value: "d@e"}, {Name: "x-a", Value: "2"}, {Name: "Message-ID", Absent: true},
			}},
			"From: postmaster@h.org\r\nDate: Mon, 5 Jan 2026 09:00:00 +0000\r\nsubject: s\r\nX-A: 1\r\nx-a: 2\r\nBcc: d@e\r\n\r\n",
		},
		{
			"RFC2047#5, RFC2045#6.7",
			Draft{Date: monday, Text: "Grüße", Fields: []DraftField{
				{Name: "From", Value: "Jürgen <j@x.org>, \"B, C\" <b@x.org>"}, {Name: "Date", Absent: true}, {Name: "Subject", Value: "Grüße"},
			}},
			"From: =?utf-8?q?J=C3=BCrgen?= <j@x.org>, \"B, C\" <b@x.org>\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe\r\n",
		},
		{
			"RFC6532#3: UTF8 leaves them",
			Draft{From: "jürgen@bücher.example", UTF8: true, Text: "Grüße", Fields: []DraftField{{Name: "Date", Absent: true}, {Name: "Subject", Value: "Grüße"}}},
			"From: jürgen@bücher.example\r\nSubject: Grüße\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGrüße\r\n",
		},
		{
			"a raw message keeps its fields, save its name",
			Draft{Name: "plan", Date: monday, Raw: []byte("subject:  odd\nMessage-Id: <1@x>\nFrom: a@b\nno field\nDate: x\n\nhi"), Fields: []DraftField{{Name: "X-A", Value: "1"}}},
			"subject:  odd\r\nMessage-ID: <plan@mailsim>\r\nFrom: a@b\r\nno field\r\nDate: x\r\nX-A: 1\r\n\r\nhi\r\n",
		},
		{
			"a raw message without a body gets what it lacks",
			Draft{Name: "plan", Date: monday, From: "a@b", Raw: []byte("Subject: x")},
			"Subject: x\r\nFrom: a@b\r\nDate: Mon, 5 Jan 2026 09:00:00 +0000\r\nMessage-ID: <plan@mailsim>\r\n\r\n",
		},
	} {
		got, err := Compose(tt.in)
		if err != nil {
			t.Errorf("%s: %v", tt.rule, err)
			continue
		}
		if diff := cmp.Diff(tt.want, string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.rule, diff)
		}
	}
}

func TestComposeErrors(t *testing.T) {
	for name, d := range map[string]Draft{
		"injected field":     {Fields: []DraftField{{Name: "Subject", Value: "a\r\nBcc: eve@example.org"}}},
		"bare CR":            {Fields: []DraftField{{Name: "Subject", Value: "a\r b"}}},
		"field name":         {Fields: []DraftField{{Name: "Sub ject", Value: "a"}}},
		"empty field name":   {Fields: []DraftField{{Name: "", Absent: true}}},
		"mail name":          {Name: "a b"},
		"long word":          {Fields: []DraftField{{Name: "X", Value: strings.Repeat("x", 1000)}}},
		"size of one":        {Size: 1},
		"negative size":      {Size: -5},
		"too large":          {Size: maxDraft + 1},
		"text and size":      {Size: 5, Text: "x"},
		"raw and text":       {Raw: []byte("A: b\n\n"), Text: "x"},
		"attachment type":    {Attach: []DraftAttachment{{Type: "text/\x00"}}},
		"attachment size":    {Attach: []DraftAttachment{{Size: -1}}},
		"large attachment":   {Attach: []DraftAttachment{{Size: maxDraft + 1}}},
		"raw header too big": {Raw: bytes.Repeat([]byte("A: b\n"), 300000)},
	} {
		if b, err := Compose(d); err == nil {
			t.Errorf("%s: want an error, got %q", name, b[:min(len(b), 200)])
		}
	}
}

func TestFormatFieldFolds(t *testing.T) {
	value := strings.Repeat("word ", 40) + strings.Repeat("x", 200) + "  end"
	for name, value := range map[string]string{
		"words":  value,
		"utf-8":  strings.Repeat("größer ", 40),
		"spaces": "a" + strings.Repeat(" ", 200) + "b",
		"folded": "a\n b\r\n\tc",
	} {
		b, err := FormatField("Subject", value, false)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(strings.TrimSuffix(string(b), "\r\n"), "\r\n") {
			if strings.TrimSpace(line) == "" || len(line) > 78 && strings.Contains(strings.TrimSpace(line), " ") && name != "spaces" {
				t.Errorf("%s: line %q", name, line)
			}
		}
		h, _ := read(t, string(b))
		want := strings.TrimSpace(strings.NewReplacer("\r\n", "", "\n", "").Replace(value))
		if got := h.Fields[0].Decoded(); len(h.Fields) != 1 || got != want {
			t.Errorf("%s: want %q, got %q", name, want, got)
		}
	}
}

func TestComposeSize(t *testing.T) {
	for _, size := range []int64{0, 2, 3, 4, 73, 74, 75, 76, 77, 147, 148, 149, 150, 1000, 4096, 100001} {
		d := Draft{Name: "plan", Size: size}
		b, err := Compose(d)
		if err != nil {
			t.Fatal(err)
		}
		_, body, _ := bytes.Cut(b, []byte("\r\n\r\n"))
		if int64(len(body)) != size || size > 0 && !bytes.HasSuffix(body, []byte("\r\n")) || longestLine(body) > lineLength || !utf8.Valid(body) {
			t.Errorf("size %d: body of %d octets, longest line %d", size, len(body), longestLine(body))
		}
		again, err := Compose(d)
		if err != nil || !bytes.Equal(b, again) {
			t.Errorf("size %d: composed twice gives two messages, %v", size, err)
		}
	}
	if bytes.Equal(GenerateText("a", 1000), GenerateText("b", 1000)) {
		t.Error("two names give the same text")
	}
	if b := GenerateText("a", 4096); !bytes.Contains(b, []byte("\r\n.")) || !bytes.Contains(b, []byte("\r\nFrom ")) {
		t.Error("no line with a dot or From at its beginning")
	}
}

func TestComposeAttachments(t *testing.T) {
	// The text contains the boundary that would be chosen first.
	text := "look: --" + boundaryOf("plan", nil) + "\r\n"
	b, err := Compose(Draft{Name: "plan", Text: text, Attach: []DraftAttachment{
		{Name: "übersicht; \"a\".pdf", Type: "application/pdf", Data: []byte{0, 1, 2, 255}},
		{Size: 1000},
		{Name: "mail.eml", Type: "message/rfc822", Data: []byte("A: b\r\n\r\n")},
	}})
	if err != nil {
		t.Fatal(err)
	}
	e, err := message.Read(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	m := e.MultipartReader()
	if m == nil {
		t.Fatalf("no multipart:\n%s", b)
	}
	type got struct{ Type, File, Body string }
	var parts []got
	for {
		p, err := m.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(p.Body)
		if err != nil {
			t.Fatal(err)
		}
		typ, _, _ := p.Header.ContentType()
		_, params, _ := p.Header.ContentDisposition()
		parts = append(parts, got{typ, params["filename"], string(body)})
	}
	want := []got{
		{"text/plain", "", text},
		{"application/pdf", "übersicht; \"a\".pdf", "\x00\x01\x02\xff"},
		{"application/octet-stream", "", string(GenerateText("plan/", 1000))},
		{"application/octet-stream", "mail.eml", "A: b\r\n\r\n"},
	}
	if diff := cmp.Diff(want, parts); diff != "" {
		t.Errorf("parts (-want +got):\n%s", diff)
	}
	if longestLine(b) > lineLength {
		t.Errorf("longest line has %d octets", longestLine(b))
	}
}

func FuzzCompose(f *testing.F) {
	f.Add("plan", "a@b", "Subject", "Größe", "text\n.\n", false)
	f.Add("x", "", "X-A", "a\n b", "\x00\xff", true)
	f.Add("", "jü@x", "To", "Jü <a@b>, c@d", "", true)
	f.Fuzz(func(t *testing.T, name, from, field, value, text string, allow8 bool) {
		d := Draft{Name: name, From: from, Date: monday, Text: text, UTF8: allow8, Fields: []DraftField{{Name: field, Value: value}}}
		b, err := Compose(d)
		if err != nil {
			return
		}
		h, r, err := OpenBody(Bytes(b), 0)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range h.Fields {
			if g.Name == "" {
				t.Fatalf("a line that is no field: %q in\n%q", g.Raw, b)
			}
		}
		if h.Count(field) != 1 || longestLine(b) > maxLine {
			t.Fatalf("%d fields %q, longest line %d:\n%q", h.Count(field), field, longestLine(b), b)
		}
		if bytes.Contains(bytes.ReplaceAll(b, []byte("\r\n"), nil), []byte("\n")) {
			t.Fatalf("bare LF in %q", b)
		}
		if strings.EqualFold(field, "Subject") && utf8.ValidString(value) && !strings.Contains(value, "=?") && !strings.ContainsAny(value, "\r\n") {
			if got, want := h.All(field)[0].Decoded(), strings.Trim(value, " \t"); got != want {
				t.Fatalf("subject: want %q, got %q", want, got)
			}
		}
		if len(body) > 0 && !bytes.HasSuffix(body, []byte("\r\n")) {
			t.Fatalf("body without its last line end: %q", body)
		}
		e, err := message.Read(bytes.NewReader(b))
		if err != nil || strings.HasPrefix(strings.ToLower(field), "content-") {
			return
		}
		got, err := io.ReadAll(e.Body)
		want := string(crlfEnd(normalise([]byte(text))))
		if err != nil || string(got) != want && strings.TrimRight(string(got), "\r\n") != strings.TrimRight(want, "\r\n") {
			t.Fatalf("text: want %q, got %q, %v", want, got, err)
		}
	})
}
