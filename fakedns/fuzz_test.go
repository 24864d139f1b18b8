package fakedns

import (
	"errors"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// FuzzLoad: text is refused with positions inside it, or gives a world whose
// records survive being written, read again, and asked for.
func FuzzLoad(f *testing.F) {
	for _, seed := range []string{
		"", "a. A 192.0.2.1", "a. MX", "a. MX 10 b.\n  TXT \"x ; y\" ( \"z\"\n) ; end", "$TTL 1h\n$ORIGIN b.\n@ A 192.0.2.1",
		"$GENERATE 1-3/2 a${1,3,x} 60 CNAME b$", "$GENERATE 1-2", "$GENERATE 1-2 ", "$INCLUDE x", "$", "$TTL", "$TTL 99999999999999999999",
		"a. TYPE65280 \\# 2 beef", "a. SOA b. c. 1 2 3 4 5\n*.a. NS d.\n", "\\.\\000. A 192.0.2.1", "a. TXT \"", "a. TXT (", ")",
		"\\", "a. TXT \\", "\xff. TXT \xff", "a. 3600 IN", "a. IN", "a. CLASS3 A 1.2.3.4", "a. TYPE0 \\# 0", "a. OPT", "a. DNAME a.",
		"a. TYPE1 \\# 4 c0000201", "@ NAPTR 1 2 \"\" \"\" \"\" .", "a. LOC 1 N 1 E 1m", "a. SVCB 1 . alpn=h2", "(a. A 192.0.2.1)",
		"( )", "a. ( ; x\n) A 192.0.2.1", "\"a.\" A 192.0.2.1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(strings.ToUpper(text), "$GENERATE") && len(text) > 40 {
			return // long ranges cost time and find nothing
		}
		w := NewWorld()
		if err := w.Load("z", 7, text); err != nil {
			var errs Errors
			if !errors.As(err, &errs) || len(errs) == 0 {
				t.Fatalf("error is a %T: %v", err, err)
			}
			lines := strings.Split(text, "\n")
			last := 0
			for _, e := range errs {
				if e.Line < max(7, last) || e.Line >= 7+len(lines) || e.Column < 1 || e.Column > len(lines[e.Line-7])+1 || e.Msg == "" {
					t.Errorf("error at line %d, column %d of %q: %s", e.Line, e.Column, text, e.Msg)
				}
				last = e.Line
			}
			if w.records != 0 || len(w.nodes) != 1 {
				t.Errorf("%q left %d records", text, w.records)
			}
			return
		}
		records := w.Records()
		if len(records) != w.records {
			t.Errorf("%d records, counted %d", len(records), w.records)
		}
		for _, rr := range records {
			h := rr.Header()
			if !w.Mentions(h.Name) {
				t.Errorf("%s is not mentioned", h.Name)
			}
			q := &dns.Msg{Question: []dns.Question{{Name: h.Name, Qtype: h.Rrtype, Qclass: dns.ClassINET}}}
			if m := w.Answer(q, UDP); m == nil {
				t.Errorf("%s: no answer", h.Name)
			} else if _, err := m.Pack(); err != nil {
				t.Errorf("%s: %v", rr, err)
			}
		}
		for _, rr := range records {
			w.put(canonical(rr.Header().Name), rr.Header().Rrtype, nil)
		}
		if w.records != 0 || len(w.nodes) != 1 || w.shapes != 0 || w.wildcards != 0 || len(w.nodes["."].sets) != 0 {
			t.Errorf("%q: after all is removed: %d records, %d names, %d shapes, %d wildcards",
				text, w.records, len(w.nodes), w.shapes, w.wildcards)
		}
	})
}

// FuzzAnswer: no packet makes the server panic, and every answer can be read, fits
// its question and its size.
func FuzzAnswer(f *testing.F) {
	w := NewWorld()
	if err := w.Load("z", 1, `a. SOA n.a. h.a. 1 2 3 4 5
a. MX 10 *.a.
*.a. A 192.0.2.1
c.a. NS x.c.a.
x.c.a. A 192.0.2.2
l. CNAME l2.
l2. CNAME l.
d. DNAME a.
big. TXT `+strings.Repeat(`"`+strings.Repeat("x", 200)+`" `, 20)); err != nil {
		f.Fatal(err)
	}
	w.Fail(Failure{Kind: FailTruncate, Name: "*.x.a"})
	for _, name := range []string{"a.", "b.a.", "q.c.a.", "l.", "x.d.", "big.", "\\000.", ".", "y.x.a."} {
		for _, qtype := range []uint16{dns.TypeMX, dns.TypeA, dns.TypeTXT, dns.TypeANY, dns.TypeAXFR, dns.TypeDS} {
			q := new(dns.Msg)
			q.SetQuestion(name, qtype)
			if qtype != dns.TypeA {
				q.SetEdns0(qtype*8, true)
			}
			packet, err := q.Pack()
			if err != nil {
				f.Fatal(err)
			}
			f.Add(packet, qtype == dns.TypeMX)
		}
	}
	f.Add([]byte("\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\xc0\x0c\x00\x01\x00\x01"), false)
	f.Fuzz(func(t *testing.T, packet []byte, tcp bool) {
		transport := UDP
		if tcp {
			transport = TCP
		}
		reply, q, _, _ := w.answerPacket(packet, transport)
		if reply == nil {
			if len(packet) >= 12 && packet[2]&0x80 == 0 {
				t.Error("a query has no answer")
			}
			return
		}
		m := new(dns.Msg)
		if err := m.Unpack(reply); err != nil {
			t.Fatalf("answer cannot be read: %v", err)
		}
		if !m.Response || reply[0] != packet[0] || reply[1] != packet[1] {
			t.Errorf("not an answer to the query: %v", m)
		}
		limit := dns.MinMsgSize
		if q != nil {
			if opt := q.IsEdns0(); opt != nil {
				limit = max(limit, int(opt.UDPSize()))
			}
			// What repeats a long question cannot be shorter than it.
			limit = max(limit, len(packet)+11)
		}
		if !tcp && len(reply) > limit {
			t.Errorf("%d octets, want at most %d", len(reply), limit)
		}
	})
}

// FuzzCanonical: a canonical name is its own canonical form, and names that are
// the same on the wire have the same one.
func FuzzCanonical(f *testing.F) {
	for _, seed := range []string{"", ".", "a", "A.b.", `\097.b`, `a\.b.c`, `\000\255.`, "ü.", "a..b", `a\`, `a\\.`, `*.X`, "a b.", `"`, "@", "$x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		c := canonical(name)
		if again := canonical(c); again != c && validName(name) {
			t.Errorf("canonical(%q) = %q, whose own is %q", name, c, again)
		}
		if up := canonical(strings.ToUpper(name)); validName(name) && lowerASCII(name) == name && !strings.Contains(name, `\`) && isASCII(name) && up != c {
			t.Errorf("%q and its upper case differ: %q, %q", name, c, up)
		}
		for up := c; up != ""; {
			next := parent(up)
			if len(next) >= len(up) {
				t.Fatalf("parent(%q) = %q", up, next)
			}
			up = next
		}
	})
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] > 127 {
			return false
		}
	}
	return true
}
