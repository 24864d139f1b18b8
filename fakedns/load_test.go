package fakedns_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/fakedns"
)

// records returns all records of w on short lines.
func records(w *fakedns.World) []string {
	var lines []string
	for _, rr := range w.Records() {
		lines = append(lines, strings.Join(strings.Fields(strings.ReplaceAll(rr.String(), "\tIN\t", " ")), " "))
	}
	return lines
}

func TestLoad(t *testing.T) {
	tests := []struct {
		name string
		text string
		want []string
	}{
		{"nothing", "", nil},
		{"blanks and comments", "\n  \n; comment\n\t; another ( \" \n", nil},
		{"without a newline at the end", "a. A 192.0.2.1", []string{"a. 300 A 192.0.2.1"}},
		{"CR LF", "a. A 192.0.2.1\r\nb. A 192.0.2.2\r\n", []string{"a. 300 A 192.0.2.1", "b. 300 A 192.0.2.2"}},
		{"no dot at the end", "a.example 60 MX 10 mx.example", []string{"a.example. 60 MX 10 mx.example."}},
		{"TTL, class and type in any order", "a. IN 60 A 192.0.2.1\nb. 1h IN A 192.0.2.2\nc. in a 192.0.2.3", []string{
			"a. 60 A 192.0.2.1", "b. 3600 A 192.0.2.2", "c. 300 A 192.0.2.3",
		}},
		{"$TTL and $ORIGIN", "$TTL 2m\n$ORIGIN example.org.\n@ MX 10 mx\nmx A 192.0.2.1\n$ORIGIN sub\nmx A 192.0.2.2\n$TTL 9 ; comment\n@ MX 1 mx", []string{
			"example.org. 120 MX 10 mx.example.org.", "mx.example.org. 120 A 192.0.2.1",
			"sub.example.org. 9 MX 1 mx.sub.example.org.", "mx.sub.example.org. 120 A 192.0.2.2",
		}},
		{"a TTL does not last", "$TTL 60\na. 5 A 192.0.2.1\nb. A 192.0.2.2", []string{"a. 5 A 192.0.2.1", "b. 60 A 192.0.2.2"}},
		{"owner of the line before", "a. A 192.0.2.1\n   AAAA 2001:db8::1\n\n\t60 MX 5 a.", []string{
			"a. 300 A 192.0.2.1", "a. 60 MX 5 a.", "a. 300 AAAA 2001:db8::1",
		}},
		{"indented as a whole", "\n\t ; none\n\t$TTL 5\n\ta. A 192.0.2.1\n\t  A 192.0.2.2\n\tb. TXT (\nx )\nc. A 192.0.2.3", []string{
			"a. 5 A 192.0.2.1", "a. 5 A 192.0.2.2", `b. 5 TXT "x"`, "c. 5 A 192.0.2.3",
		}},
		{"parentheses", "a. SOA ns.a. root.a. ( 1 ; serial (not this\n  2h 3\n 4 5 )\nb. TXT ( \"x)\"\n\"y\" )", []string{
			"a. 300 SOA ns.a. root.a. 1 7200 3 4 5", `b. 300 TXT "x)" "y"`,
		}},
		{"$GENERATE", "$TTL 7\n$GENERATE 1-3 h${0,2}.a. A 192.0.2.$\n$GENERATE 1-1 t$. 8 A 192.0.2.1", []string{
			"h01.a. 7 A 192.0.2.1", "h02.a. 7 A 192.0.2.2", "h03.a. 7 A 192.0.2.3", "t1. 8 A 192.0.2.1",
		}},
		{"the same record twice", "a. A 192.0.2.1\nA. 60 A 192.0.2.1", []string{"a. 300 A 192.0.2.1"}},
		{"records keep their order", "a. A 192.0.2.9\na. A 192.0.2.1", []string{"a. 300 A 192.0.2.9", "a. 300 A 192.0.2.1"}},
		{"names in canonical order", "z.a. A 192.0.2.1\nb. A 192.0.2.1\na. A 192.0.2.1\n*.a. A 192.0.2.1", []string{
			"a. 300 A 192.0.2.1", "*.a. 300 A 192.0.2.1", "z.a. 300 A 192.0.2.1", "b. 300 A 192.0.2.1",
		}},
		{"many types", `a. TLSA 3 1 1 ` + strings.Repeat("0a", 32) + "\na. CAA 0 issue \"ca.example\"\na. TYPE65280 \\# 2 beef\na. HINFO x y", []string{
			`a. 300 HINFO "x" "y"`, "a. 300 TLSA 3 1 1 " + strings.Repeat("0a", 32), `a. 300 CAA 0 issue "ca.example"`, `a. 300 CLASS1 TYPE65280 \# 2 beef`,
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := fakedns.NewWorld()
			if err := w.Load("zone", 1, tt.text); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, records(w)); diff != "" {
				t.Errorf("records (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLoadErrors(t *testing.T) {
	tests := []struct {
		name string
		text string
		want []string
	}{
		{"address", "a. A 192.0.2", []string{`z:1:6: "192.0.2" is not an IPv4 address`}},
		{"IPv6 address", "a.  60  AAAA  192.0.2.1", []string{`z:1:15: "192.0.2.1" is not an IPv6 address`}},
		{"preference", "a. MX mx1.a.", []string{`z:1:7: "mx1.a." is not an MX preference: want a number from 0 to 65535 and a host`}},
		{"type", "a. MXX 10 b.", []string{`z:1:4: unknown record type "MXX": did you mean "MX"?`}},
		{"type behind a TTL", "a. 300 AAA 192.0.2.1", []string{`z:1:8: unknown record type "AAA": did you mean "AAAA"?`}},
		{"no type", "a. 300", []string{`z:1:1: the line ends too early: want NAME [TTL] TYPE DATA`}},
		{"only a name", "a.", []string{`z:1:1: the line has only a name: want NAME [TTL] TYPE DATA`}},
		{"no data", "a. MX", []string{`z:1:1: the MX record has no data`}},
		{"no data but a comment", "a. MX ; later", []string{`z:1:1: the MX record has too little data`}},
		{"half the data", "a. MX 10", []string{`z:1:1: the MX record has too little data`}},
		{"too much data", "a. A 192.0.2.1 192.0.2.2", []string{`z:1:16: "192.0.2.2" after the end of the record`}},
		{"name", "a..b. A 192.0.2.1", []string{`z:1:1: "a..b." is no domain name`}},
		{"TTL", "a. 4294967295 A 192.0.2.1", []string{`z:1:1: TTL 4294967295 is too large: at most 2147483647 (RFC 2181 8)`}},
		{"class", "a. CH TXT x", []string{`z:1:1: class CH: only IN is served`}},
		{"no type of data", "a. TYPE255 \\# 0", []string{`z:1:1: ANY is no type of data in a zone`}},
		{"base64", "a. DNSKEY 256 3 8 ====", []string{`z:1:1: DNSKEY record cannot be sent: illegal base64 data at input byte 0`}},
		{"$INCLUDE", "$INCLUDE /etc/passwd", []string{`z:1:1: $INCLUDE is not allowed: put the records here`}},
		{"directive", "$ORIGN a.", []string{`z:1:1: unknown directive "$ORIGN": want $TTL, $ORIGIN or $GENERATE`}},
		{"$TTL", "$TTL x", []string{`z:1:6: expecting $TTL value: "x"`}},
		{"$ORIGIN", "$ORIGIN a..", []string{`z:1:9: "a.." is no domain name`}},
		{"$GENERATE", "$GENERATE 3-1 a$. A 192.0.2.$", []string{`z:1:11: bad range in $GENERATE range: "3-1"`}},
		{"$GENERATE makes bad records", "$GENERATE 255-257 a$. A 192.0.2.$", []string{`z:1:1: "192.0.2.256" is not an IPv4 address`}},
		{"indented as a whole", "\n\t$TTL 5\n\ta. A 192.0.2.1\n\t  A x", []string{`z:4:6: "x" is not an IPv4 address`}},
		{"blank first", "$TTL 5\n  A 192.0.2.1", []string{`z:2:1: the line begins with a blank, and no record before it gives a name`}},
		{"quote", "a. TXT \"x\nb. A 192.0.2.1\nc. A x", []string{`z:1:8: the quoted text has no end`, `z:3:6: "x" is not an IPv4 address`}},
		{"parenthesis", "a. A x\nb. SOA ns.b. (\nc. A y", []string{
			`z:1:6: "x" is not an IPv4 address`, `z:2:14: "(" without a ")" after it`, `z:3:6: "y" is not an IPv4 address`,
		}},
		{"parenthesis closed", "a. A 192.0.2.1 )\nc. A y", []string{`z:1:16: ")" without a "(" before it`, `z:2:6: "y" is not an IPv4 address`}},
		{"inside parentheses", "a. SOA ns.a. root.a. (\n 1 2\n x 4 5 )", []string{`z:3:2: bad SOA zone parameter: "x"`}},
		{"alias and data", "a. A 192.0.2.1\na. CNAME b.", []string{
			`z:2:1: a. has A records, and a name with a CNAME can have no other; remove one of the two`,
		}},
		{"data and alias", "a. CNAME b.\nA. MX 10 b.", []string{
			`z:2:1: A. has CNAME records, and a name with a CNAME can have no other; remove one of the two`,
		}},
		{"two aliases", "a. CNAME b.\na. CNAME c.", []string{`z:2:1: a. has a CNAME record already, and can have only one`}},
		{"columns are characters", "a. TXT \"grün\" ) x", []string{`z:1:15: ")" without a "(" before it`}},
		{"all in one go", "a. A x\n\nb. A 192.0.2.1\n  MX y z\nb. CNAME c.\n$TTL\nd. A 192.0.2.1", []string{
			`z:1:6: "x" is not an IPv4 address`,
			`z:4:6: "y" is not an MX preference: want a number from 0 to 65535 and a host`,
			`z:5:1: b. has A records, and a name with a CNAME can have no other; remove one of the two`,
			`z:6:1: $TTL has no value`,
		}},
		{"lines without a name after a bad one", "a. A x\n  A 192.0.2.1\nb..c A 192.0.2.1\n  MX q r", []string{
			`z:1:6: "x" is not an IPv4 address`, `z:3:1: "b..c" is no domain name`,
			`z:4:6: "q" is not an MX preference: want a number from 0 to 65535 and a host`,
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := load(t, "keep. A 192.0.2.99")
			err := w.Load("z", 1, tt.text)
			var errs fakedns.Errors
			if !errors.As(err, &errs) {
				t.Fatalf("error %v, want Errors", err)
			}
			if diff := cmp.Diff(tt.want, strings.Split(err.Error(), "\n")); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]string{"keep. 300 A 192.0.2.99"}, records(w)); diff != "" {
				t.Errorf("a text with errors left something (-want +got):\n%s", diff)
			}
			if w.Mentions("b.") || w.Mentions("a.") {
				t.Error("a text with errors is mentioned")
			}
		})
	}
}

func TestLoadPosition(t *testing.T) {
	err := fakedns.NewWorld().Load("mail.yaml", 40, "a. A 192.0.2.1\nb. A x\n")
	var e *fakedns.ParseError
	if !errors.As(err, &e) {
		t.Fatalf("error %v, want a ParseError in it", err)
	}
	if diff := cmp.Diff(&fakedns.ParseError{File: "mail.yaml", Line: 41, Column: 6, Msg: `"x" is not an IPv4 address`}, e); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLoadBounds(t *testing.T) {
	w := fakedns.NewWorld()
	if err := w.Load("z", 1, strings.Repeat(" ", fakedns.MaxText+1)); err == nil {
		t.Error("too much text was taken")
	}
	err := w.Load("z", 1, "$GENERATE 0-1024 a. TXT $\nb. A 192.0.2.1")
	if err == nil || err.Error() != "z:1:1: a. has more than 1024 records of type TXT" {
		t.Errorf("too many records at one name: %v", err)
	}
	for name, line := range map[string]string{"errors": "a. A x\n", "parentheses": "a. A (\n", "quotes": "a. TXT \"\n"} {
		err := w.Load("z", 1, strings.Repeat(line, 20_000))
		var errs fakedns.Errors
		if !errors.As(err, &errs) || len(errs) != 101 || !strings.Contains(errs[100].Msg, "stopped after 100") {
			t.Errorf("%s: %d errors, want 100 and one that says so", name, len(errs))
		}
	}
}

func TestParseRR(t *testing.T) {
	tests := []struct{ text, want string }{
		{"example.org. 300 MX 10 mx1.example.org.", "example.org.\t300\tIN\tMX\t10 mx1.example.org."},
		{"  example.org MX 10 mx1 ; no dots", "example.org.\t300\tIN\tMX\t10 mx1."},
		{" $TTL 5", ""},
		{"example.org MX 10 mx1 ; no dots", "example.org.\t300\tIN\tMX\t10 mx1."},
		{"\n; comment\na. A 192.0.2.1\n", "a.\t300\tIN\tA\t192.0.2.1"},
		{"", ""},
		{"; nothing", ""},
		{"$TTL 5", ""},
		{"$GENERATE 1-2 a$. A 192.0.2.$", ""},
		{"a. A 192.0.2.1\nb. A 192.0.2.1", ""},
		{"a. MX", ""},
		{"a. A (", ""},
		{strings.Repeat("x", fakedns.MaxRecord+1), ""},
	}
	for _, tt := range tests {
		rr, err := fakedns.ParseRR(tt.text)
		got := ""
		if err == nil {
			got = rr.String()
		} else if !errors.As(err, new(*fakedns.ParseError)) {
			t.Errorf("%.40q: error is a %T", tt.text, err)
		}
		if got != tt.want {
			t.Errorf("%.40q: got %q, %v; want %q", tt.text, got, err, tt.want)
		}
	}
	_, err := fakedns.ParseRR("example.org. MX ten mx1.example.org.")
	var e *fakedns.ParseError
	want := `record "example.org. MX ten mx1.example.org.": "ten" is not an MX preference: want a number from 0 to 65535 and a host`
	if !errors.As(err, &e) || e.Column != 17 || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func BenchmarkLoad(b *testing.B) {
	var text strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&text, "d%d.example. 300 MX 10 mx%[1]d.example.\nmx%[1]d.example. A 192.0.2.1\n", i)
	}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		if err := fakedns.NewWorld().Load("z", 1, text.String()); err != nil {
			b.Fatal(err)
		}
	}
}
