package fakedns_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"github.com/mailsim/mailsim/fakedns"
)

// simple is text as scenarios have it: without an SOA.
const simple = `
$TTL 300
example.org.            MX    10 mx1.example.org.
example.org.            MX    20 mx2.example.org.
mx1.example.org.        A     192.0.2.10
mx1.example.org.        AAAA  2001:db8::10
mx2.example.org.        A     192.0.2.20
alias.example.org.      CNAME mx1.example.org.
deep.alias.example.org. CNAME ALIAS.example.org.
dangling.example.org.   CNAME nowhere.example.net.
loop1.example.org.      CNAME loop2.example.org.
loop2.example.org.      CNAME loop1.example.org.
self.example.org.       CNAME self.example.org.
null.example.org.       MX    0 .
a.b.c.example.org.      TXT   "below empty non-terminals"
example.org.            NS    ns.elsewhere.example.
_smtp._tcp.example.org. SRV   0 0 25 mx2.example.org.
Mixed.Example.ORG.      A     192.0.2.30
`

// zoned has apexes, delegations, wildcards and a DNAME.
const zoned = `
$ORIGIN example.com.
@           3600 SOA ns hostmaster 7 3600 600 86400 120
@           3600 NS  ns
ns          3600 A   192.0.2.53
child       3600 NS  ns.child
ns.child    3600 A   192.0.2.54
lost        3600 NS  ns.lost
lost        3600 NS  ns.example.net.
ns.lost     3600 A   192.0.2.55
ns.lost     3600 AAAA 2001:db8::55
hidden.lost 3600 A   192.0.2.56
*.wild      3600 MX  5 mx
*.wild      3600 TXT "any"
host.wild   3600 A   192.0.2.60
*.alias     3600 CNAME mx
mx          3600 A   192.0.2.61
old         3600 DNAME new
x.new       3600 A   192.0.2.62
$ORIGIN child.example.com.
@           600  SOA ns hostmaster 1 3600 600 86400 30
@           600  MX  10 mx
mx          600  A   192.0.2.70
`

// load makes a world of zone texts.
func load(t testing.TB, texts ...string) *fakedns.World {
	t.Helper()
	w := fakedns.NewWorld()
	for i, text := range texts {
		if err := w.Load(fmt.Sprintf("zone%d", i), 1, text); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// query makes a question: "example.org. MX".
func query(t testing.TB, what string) *dns.Msg {
	t.Helper()
	name, qtype, _ := strings.Cut(what, " ")
	n, ok := dns.StringToType[qtype]
	if !ok {
		t.Fatalf("no type in %q", what)
	}
	q := new(dns.Msg)
	q.SetQuestion(name, n)
	return q
}

// show writes an answer on short lines: rcode and flags, then records with their sections.
func show(m *dns.Msg) []string {
	if m == nil {
		return []string{"nothing"}
	}
	head := dns.RcodeToString[m.Rcode]
	for _, flag := range []struct {
		set  bool
		name string
	}{{m.Authoritative, " aa"}, {m.Truncated, " tc"}, {m.RecursionAvailable, " ra"}} {
		if flag.set {
			head += flag.name
		}
	}
	lines := []string{head}
	for _, section := range []struct {
		name string
		rrs  []dns.RR
	}{{"", m.Answer}, {"authority ", m.Ns}, {"additional ", m.Extra}} {
		for _, rr := range section.rrs {
			if rr.Header().Rrtype == dns.TypeOPT {
				continue
			}
			lines = append(lines, section.name+strings.Join(strings.Fields(strings.ReplaceAll(rr.String(), "\tIN\t", " ")), " "))
		}
	}
	return lines
}

func TestAnswer(t *testing.T) {
	const (
		rootSOA  = "authority . 60 SOA fakedns.invalid. hostmaster.fakedns.invalid. 1 3600 600 604800 60"
		comSOA   = "authority example.com. 120 SOA ns.example.com. hostmaster.example.com. 7 3600 600 86400 120"
		childSOA = "authority child.example.com. 30 SOA ns.child.example.com. hostmaster.child.example.com. 1 3600 600 86400 30"
		mx1A     = "mx1.example.org. 300 A 192.0.2.10"
		mx1AAAA  = "mx1.example.org. 300 AAAA 2001:db8::10"
		mx2A     = "mx2.example.org. 300 A 192.0.2.20"
	)
	referral := []string{
		"NOERROR",
		"authority lost.example.com. 3600 NS ns.lost.example.com.",
		"authority lost.example.com. 3600 NS ns.example.net.",
		"additional ns.lost.example.com. 3600 A 192.0.2.55",
		"additional ns.lost.example.com. 3600 AAAA 2001:db8::55",
	}
	tests := []struct {
		name string
		ask  string
		want []string
	}{
		{"records with the addresses of their hosts", "example.org. MX", []string{
			"NOERROR aa",
			"example.org. 300 MX 10 mx1.example.org.", "example.org. 300 MX 20 mx2.example.org.",
			"additional " + mx1A, "additional " + mx1AAAA, "additional " + mx2A,
		}},
		{"names are told apart without regard to case", "EXAMPLE.org. NS", []string{"NOERROR aa", "example.org. 300 NS ns.elsewhere.example."}},
		{"zone text may have any case", "mixed.example.org. A", []string{"NOERROR aa", "Mixed.Example.ORG. 300 A 192.0.2.30"}},
		{"escapes mean what they say", `\109x2.ex\097mple.org. A`, []string{"NOERROR aa", mx2A}},
		{"SRV", "_smtp._tcp.example.org. SRV", []string{
			"NOERROR aa", "_smtp._tcp.example.org. 300 SRV 0 0 25 mx2.example.org.", "additional " + mx2A,
		}},
		{"null MX has no host", "null.example.org. MX", []string{"NOERROR aa", "null.example.org. 300 MX 0 ."}},
		{"no such type", "mx2.example.org. AAAA", []string{"NOERROR aa", rootSOA}},
		{"no such name", "mx3.example.org. A", []string{"NXDOMAIN aa", rootSOA}},
		{"no such name in an empty part of the world", "gmail.com. MX", []string{"NXDOMAIN aa", rootSOA}},
		{"empty non-terminal", "b.c.example.org. A", []string{"NOERROR aa", rootSOA}},
		{"the root exists", ". A", []string{"NOERROR aa", rootSOA}},
		{"alias", "alias.example.org. A", []string{"NOERROR aa", "alias.example.org. 300 CNAME mx1.example.org.", mx1A}},
		{"alias of an alias", "deep.alias.example.org. A", []string{
			"NOERROR aa", "deep.alias.example.org. 300 CNAME ALIAS.example.org.", "alias.example.org. 300 CNAME mx1.example.org.", mx1A,
		}},
		{"alias itself", "alias.example.org. CNAME", []string{"NOERROR aa", "alias.example.org. 300 CNAME mx1.example.org."}},
		{"alias to a name without that type", "alias.example.org. MX", []string{
			"NOERROR aa", "alias.example.org. 300 CNAME mx1.example.org.", rootSOA,
		}},
		{"alias to nowhere", "dangling.example.org. A", []string{
			"NXDOMAIN aa", "dangling.example.org. 300 CNAME nowhere.example.net.", rootSOA,
		}},
		{"aliases in a circle", "loop1.example.org. A", []string{"SERVFAIL"}},
		{"alias of itself", "self.example.org. MX", []string{"SERVFAIL"}},
		{"without SOA, NS is no delegation", "x.example.org. A", []string{"NXDOMAIN aa", rootSOA}},
		{"ANY", "mx1.example.org. ANY", []string{"NOERROR aa", mx1A, mx1AAAA}},
		{"ANY of an alias", "alias.example.org. ANY", []string{"NOERROR aa", "alias.example.org. 300 CNAME mx1.example.org."}},
		{"ANY of nothing", "b.c.example.org. ANY", []string{"NOERROR aa", rootSOA}},

		{"apex", "example.com. NS", []string{"NOERROR aa", "example.com. 3600 NS ns.example.com.", "additional ns.example.com. 3600 A 192.0.2.53"}},
		{"no such type in a zone", "example.com. MX", []string{"NOERROR aa", comSOA}},
		{"no such name in a zone", "nobody.example.com. MX", []string{"NXDOMAIN aa", comSOA}},
		{"child zone answers", "child.example.com. MX", []string{
			"NOERROR aa", "child.example.com. 600 MX 10 mx.child.example.com.", "additional mx.child.example.com. 600 A 192.0.2.70",
		}},
		{"child zone denies", "nobody.child.example.com. MX", []string{"NXDOMAIN aa", childSOA}},
		{"DS is the parent's", "child.example.com. DS", []string{"NOERROR aa", comSOA}},
		{"referral with glue", "lost.example.com. MX", referral},
		{"referral below the cut", "a.b.lost.example.com. A", referral},
		{"data below a cut is glue only", "hidden.lost.example.com. A", referral},
		{"referral of the NS themselves", "lost.example.com. NS", referral},
		{"DS at the cut", "lost.example.com. DS", []string{"NOERROR aa", comSOA}},

		{"wildcard", "a.wild.example.com. MX", []string{
			"NOERROR aa", "a.wild.example.com. 3600 MX 5 mx.example.com.", "additional mx.example.com. 3600 A 192.0.2.61",
		}},
		{"wildcard over several labels", "a.b.wild.example.com. TXT", []string{"NOERROR aa", `a.b.wild.example.com. 3600 TXT "any"`}},
		{"wildcard keeps the case of the question", "A.Wild.example.com. TXT", []string{"NOERROR aa", `A.Wild.example.com. 3600 TXT "any"`}},
		{"wildcard without that type", "a.wild.example.com. A", []string{"NOERROR aa", comSOA}},
		{"a name that exists blocks the wildcard", "host.wild.example.com. MX", []string{"NOERROR aa", comSOA}},
		{"and for the names below it", "a.host.wild.example.com. MX", []string{"NXDOMAIN aa", comSOA}},
		{"the name above a wildcard has none of it", "wild.example.com. MX", []string{"NOERROR aa", comSOA}},
		{"the wildcard itself", "*.wild.example.com. TXT", []string{"NOERROR aa", `*.wild.example.com. 3600 TXT "any"`}},
		{"wildcard alias", "x.alias.example.com. A", []string{
			"NOERROR aa", "x.alias.example.com. 3600 CNAME mx.example.com.", "mx.example.com. 3600 A 192.0.2.61",
		}},
		{"DNAME", "x.old.example.com. A", []string{
			"NOERROR aa", "old.example.com. 3600 DNAME new.example.com.",
			"x.old.example.com. 3600 CNAME x.new.example.com.", "x.new.example.com. 3600 A 192.0.2.62",
		}},
		{"DNAME itself", "old.example.com. DNAME", []string{"NOERROR aa", "old.example.com. 3600 DNAME new.example.com."}},
	}
	w := load(t, simple, zoned)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := query(t, tt.ask)
			m := w.Answer(q, fakedns.Direct)
			if diff := cmp.Diff(tt.want, show(m)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.ask, diff)
			}
			if m.Id != q.Id || !m.Response || !m.RecursionDesired || m.RecursionAvailable || len(m.Question) != 1 || m.Question[0] != q.Question[0] {
				t.Errorf("%s: header or question is not that of an answer:\n%v", tt.ask, m)
			}
			if _, err := m.Pack(); err != nil {
				t.Errorf("%s: pack: %v", tt.ask, err)
			}
		})
	}
}

func TestAnswerChainLimit(t *testing.T) {
	w := fakedns.NewWorld()
	for i := range fakedns.MaxChain + 1 {
		if err := w.Add(fmt.Sprintf("c%d. CNAME c%d.", i, i+1)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Add(fmt.Sprintf("c%d. A 192.0.2.1", fakedns.MaxChain+1)); err != nil {
		t.Fatal(err)
	}
	if m := w.Answer(query(t, "c1. A"), fakedns.Direct); m.Rcode != dns.RcodeSuccess || len(m.Answer) != fakedns.MaxChain+1 {
		t.Errorf("chain of %d: %v", fakedns.MaxChain, show(m))
	}
	if m := w.Answer(query(t, "c0. A"), fakedns.Direct); m.Rcode != dns.RcodeServerFailure {
		t.Errorf("chain of %d: %v", fakedns.MaxChain+1, show(m))
	}
}

func TestAnswerDNAMETooLong(t *testing.T) {
	w := load(t, "d. DNAME "+strings.Repeat("abcdefghi.", 10))
	m := w.Answer(query(t, strings.Repeat("abcdefghi.", 20)+"d. A"), fakedns.Direct)
	if m.Rcode != dns.RcodeYXDomain { // RFC 6672 2.2
		t.Errorf("got %v, want YXDOMAIN", show(m))
	}
}

func TestAnswerObjections(t *testing.T) {
	w := load(t, simple)
	tests := []struct {
		name string
		edit func(*dns.Msg)
		want string
	}{
		{"plain", func(*dns.Msg) {}, "NOERROR"},
		{"NOTIFY", func(q *dns.Msg) { q.Opcode = dns.OpcodeNotify }, "NOTIMP"},
		{"UPDATE", func(q *dns.Msg) { q.Opcode = dns.OpcodeUpdate }, "NOTIMP"},
		{"CHAOS", func(q *dns.Msg) { q.Question[0].Qclass = dns.ClassCHAOS }, "REFUSED"},
		{"class ANY", func(q *dns.Msg) { q.Question[0].Qclass = dns.ClassANY }, "NOERROR"},
		{"no question", func(q *dns.Msg) { q.Question = nil }, "FORMERR"},
		{"two questions", func(q *dns.Msg) { q.Question = append(q.Question, q.Question[0]) }, "FORMERR"},
		{"AXFR", func(q *dns.Msg) { q.Question[0].Qtype = dns.TypeAXFR }, "REFUSED"},
		{"IXFR", func(q *dns.Msg) { q.Question[0].Qtype = dns.TypeIXFR }, "REFUSED"},
		{"type OPT", func(q *dns.Msg) { q.Question[0].Qtype = dns.TypeOPT }, "FORMERR"},
		{"MAILB", func(q *dns.Msg) { q.Question[0].Qtype = dns.TypeMAILB }, "NOTIMP"},
		{"EDNS version 1", func(q *dns.Msg) { q.SetEdns0(1232, false); q.IsEdns0().SetVersion(1) }, "BADVERS"},
		{"two OPT", func(q *dns.Msg) { q.SetEdns0(1232, false); q.SetEdns0(1232, false) }, "FORMERR"},
		{"label too long", func(q *dns.Msg) { q.Question[0].Name = strings.Repeat("x", 64) + "." }, "FORMERR"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := query(t, "example.org. TXT")
			tt.edit(q)
			m := w.Answer(q, fakedns.UDP)
			got := dns.RcodeToString[m.Rcode]
			if m.Rcode == dns.RcodeBadVers {
				got = "BADVERS"
			}
			if got != tt.want || m.Opcode != q.Opcode {
				t.Errorf("got %s, opcode %d, want %s", got, m.Opcode, tt.want)
			}
			if (m.IsEdns0() != nil) != (q.IsEdns0() != nil) {
				t.Errorf("OPT in query %v, in answer %v", q.IsEdns0(), m.IsEdns0())
			}
		})
	}
	t.Run("an answer", func(t *testing.T) {
		q := query(t, "example.org. MX")
		q.Response = true
		if m := w.Answer(q, fakedns.UDP); m != nil {
			t.Errorf("an answer was answered: %v", m)
		}
	})
}

func TestAnswerEDNS(t *testing.T) {
	w := load(t, simple)
	q := query(t, "loop1.example.org. A")
	q.SetEdns0(4096, true)
	opt := w.Answer(q, fakedns.UDP).IsEdns0()
	if opt == nil || !opt.Do() || opt.UDPSize() != 1232 || opt.Version() != 0 {
		t.Fatalf("OPT of the answer: %v", opt)
	}
	want := "the CNAMEs of loop1.example.org. lead back to loop1.example.org."
	if len(opt.Option) != 1 || opt.Option[0].(*dns.EDNS0_EDE).ExtraText != want {
		t.Errorf("got %v, want the reason %q", opt.Option, want)
	}
}

func TestAnswerSize(t *testing.T) {
	w := fakedns.NewWorld()
	for i := range 40 {
		for _, rr := range []string{"big.example. MX 10 host%d.example.", "host%d.example. A 192.0.2.%[1]d"} {
			if err := w.Add(fmt.Sprintf(rr, i)); err != nil {
				t.Fatal(err)
			}
		}
	}
	tests := []struct {
		name      string
		transport fakedns.Transport
		size      uint16 // 0: no EDNS
		truncated bool
		extra     bool
	}{
		{"UDP as of 1987", fakedns.UDP, 0, true, false},
		{"buffer below the minimum counts as 512", fakedns.UDP, 100, true, false},
		{"buffer too small", fakedns.UDP, 700, true, false},
		{"buffer for all but the additional section", fakedns.UDP, 1232, false, false},
		{"buffer for everything", fakedns.UDP, 4096, false, true},
		{"TCP", fakedns.TCP, 0, false, true},
		{"direct", fakedns.Direct, 512, false, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := query(t, "big.example. MX")
			if tt.size > 0 {
				q.SetEdns0(tt.size, false)
			}
			m := w.Answer(q, tt.transport)
			packet, err := m.Pack()
			if err != nil {
				t.Fatal(err)
			}
			limit := max(512, int(tt.size))
			if tt.transport == fakedns.UDP && len(packet) > limit {
				t.Errorf("%d octets, want at most %d", len(packet), limit)
			}
			extra := len(m.Extra) > 1
			if m.Truncated != tt.truncated || extra != tt.extra || (len(m.Answer) == 0) != tt.truncated {
				t.Errorf("truncated %v, additional %v, %d answers; want %v, %v", m.Truncated, extra, len(m.Answer), tt.truncated, tt.extra)
			}
			if (m.IsEdns0() != nil) != (tt.size > 0) {
				t.Errorf("OPT in answer: %v", m.IsEdns0())
			}
		})
	}
}
