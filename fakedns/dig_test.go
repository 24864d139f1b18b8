package fakedns_test

import (
	"net"
	"os/exec"
	"strings"
	"testing"

	"github.com/mailsim/mailsim/fakedns"
)

// TestDig asks the server with the tool that people will use.
func TestDig(t *testing.T) {
	dig, err := exec.LookPath("dig")
	if err != nil {
		t.Skip("dig is not installed (Debian: dnsutils)")
	}
	w := load(t, simple, zoned, more)
	for i := range 60 {
		if err := w.Add("many.example. 60 MX " + strings.Repeat("1", i%4+1) + " host" + strings.Repeat("x", i) + ".example."); err != nil {
			t.Fatal(err)
		}
	}
	w.Fail(fakedns.Failure{Kind: fakedns.FailTruncate, Name: "mx2.example.org"})
	host, port, err := net.SplitHostPort(serve(t, &fakedns.Server{World: w}))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		ask  string
		want []string // lines that begin so
		not  string
	}{
		{"MX example.org", []string{
			";; flags: qr aa rd; QUERY: 1, ANSWER: 2, AUTHORITY: 0, ADDITIONAL: 4",
			"; EDNS: version: 0, flags:; udp: 1232",
			"example.org. 300 IN MX 10 mx1.example.org.",
			"example.org. 300 IN MX 20 mx2.example.org.",
			"mx1.example.org. 300 IN AAAA 2001:db8::10",
		}, ";; Warning"},
		{"+norecurse MX lost.example.com", []string{
			";; flags: qr; QUERY: 1, ANSWER: 0, AUTHORITY: 2, ADDITIONAL: 3",
			"lost.example.com. 3600 IN NS ns.lost.example.com.",
		}, "WARNING"},
		{"A nobody.example.com", []string{
			";; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN",
			"example.com. 120 IN SOA ns.example.com. hostmaster.example.com. 7 3600 600 86400 120",
		}, ""},
		{"+dnssec A loop1.example.org", []string{
			";; ->>HEADER<<- opcode: QUERY, status: SERVFAIL", "; EDNS: version: 0, flags: do; udp: 1232",
			"; EDE: 0 (Other): (the CNAMEs of loop1.example.org. lead back to loop1.example.org.)",
		}, ""},
		{"+ignore +noedns MX many.example", []string{";; flags: qr aa tc rd; QUERY: 1, ANSWER: 0"}, ""},
		{"MX many.example", []string{
			";; Truncated, retrying in TCP mode.", ";; flags: qr aa rd; QUERY: 1, ANSWER: 60", "many.example. 60 IN MX 1 host.example.",
		}, ""},
		{"+tcp A mx2.example.org", []string{"mx2.example.org. 300 IN A 192.0.2.20"}, "Truncated"},
		{"A mx2.example.org", []string{";; Truncated, retrying in TCP mode.", "mx2.example.org. 300 IN A 192.0.2.20"}, ""},
		{"+edns=3 +noednsnegotiation A mx1.example.org", []string{";; ->>HEADER<<- opcode: QUERY, status: BADVERS"}, ""},
		{"CH TXT version.bind", []string{";; ->>HEADER<<- opcode: QUERY, status: REFUSED"}, ""},
		{"+opcode=notify SOA example.com", []string{";; ->>HEADER<<- opcode: NOTIFY, status: NOTIMP"}, ""},
		{"AXFR example.com", []string{"; Transfer failed."}, ""},
		{"-x 192.0.2.10", []string{"10.2.0.192.in-addr.arpa. 300 IN PTR mx1.example.org."}, ""},
		{"+bufsize=512 ANY dual.example.org", []string{"dual.example.org. 300 IN A 192.0.2.9", "dual.example.org. 300 IN AAAA 2001:db8::1"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.ask, func(t *testing.T) {
			args := append([]string{"@" + host, "-p", port, "+time=5", "+tries=2"}, strings.Fields(tt.ask)...)
			out, err := exec.CommandContext(t.Context(), dig, args...).CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			var lines []string
			for line := range strings.Lines(string(out)) {
				lines = append(lines, strings.Join(strings.Fields(line), " "))
			}
			for _, want := range tt.want {
				if !hasPrefix(lines, want) {
					t.Errorf("no line begins with %q:\n%s", want, out)
				}
			}
			for _, bad := range []string{"malformed", "parse error", tt.not} {
				if bad != "" && strings.Contains(string(out), bad) {
					t.Errorf("%q was not wanted:\n%s", bad, out)
				}
			}
		})
	}
}

func hasPrefix(lines []string, prefix string) bool {
	for _, line := range lines {
		if strings.HasPrefix(line, prefix) {
			return true
		}
	}
	return false
}
