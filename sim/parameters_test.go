package sim

import (
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/mailsim/mailsim/sim/mail"
)

// TestParameters: each value of each parameter, right or wrong (R1870-3-c, R1870-6-a,
// R2852-4-a, R6710-4.1-a, R7293-3.1-a, R6531-3.1-b, R8689-2-a, R6152-2-a).
func TestParameters(t *testing.T) {
	node := mxNode()
	node.Extensions.Add = []string{"DELIVERBY 30", "MT-PRIORITY", "RRVS", "BINARYMIME"}
	node.Size = 1000
	for _, tt := range []struct{ params, want string }{
		{"SIZE=1000", "250"},
		{"SIZE=1001", "552 5.3.4"},
		{"SIZE=18446744073709551617", "552 5.3.4"},
		{"SIZE=99999999999999999999", "552 5.3.4"},
		{"SIZE=000000000000000000001", "501 5.5.4"},
		{"SIZE=", "501 5.5.4"},
		{"SIZE=-1", "501 5.5.4"},
		{"SIZE=0x10", "501 5.5.4"},
		{"SIZE=1 size=1", "501 5.5.4"},
		{"BODY=7bit", "250"},
		{"body=8BITMIME", "250"},
		{"BODY=BINARYMIME", "250"},
		{"BODY=FOO", "501 5.5.4"},
		{"BODY=", "501 5.5.4"},
		{"SMTPUTF8", "250"},
		{"SMTPUTF8=", "501 5.5.4"},
		{"SMTPUTF8=yes", "501 5.5.4"},
		{"BY=120;R", "250"},
		{"BY=120;nt", "250"},
		{"BY=-5;N", "250"},
		{"BY=0;N", "250"},
		{"BY=999999999;RT", "250"},
		{"BY=-5;R", "501 5.5.4"},
		{"BY=0;R", "501 5.5.4"},
		{"BY=29;R", "501 5.5.4"},
		{"BY=29;N", "250"},
		{"BY=120", "501 5.5.4"},
		{"BY=;R", "501 5.5.4"},
		{"BY=120;X", "501 5.5.4"},
		{"BY=120;RTT", "501 5.5.4"},
		{"BY=+120;R", "250"},
		{"BY=+-120;N", "501 5.5.4"},
		{"BY=1234567890;R", "501 5.5.4"},
		{"BY=120;R BY=120;R", "501 5.5.4"},
		{"BY", "501 5.5.4"},
		{"MT-PRIORITY=0", "250 2.1.0"},
		{"MT-PRIORITY=-9", "250 2.1.0"},
		{"MT-PRIORITY=3", "250 2.3.6"},
		{"MT-PRIORITY=10", "501 5.5.4"},
		{"MT-PRIORITY=+1", "501 5.5.4"},
		{"MT-PRIORITY=-0", "501 5.5.4"},
		{"MT-PRIORITY=x", "501 5.5.4"},
		{"MT-PRIORITY=", "501 5.5.4"},
		{"MT-PRIORITY=1 MT-PRIORITY=1", "501 5.5.4"},
		{"RRVS=2014-04-03T23:01:00Z", "555 5.5.4"},
		{"NOTIFY=NEVER", "555 5.5.4"},
		{"REQUIRETLS", "555 5.5.4"},
		{"RCPT RRVS=2014-04-03T23:01:00Z", "250"},
		{"RCPT rrvs=2014-04-03t23:01:00.5+02:00;c", "250"},
		{"RCPT RRVS=2014-04-03T23:01:00Z;R", "250"},
		{"RCPT RRVS=2014-04-03T23:01:00Z;X", "501 5.5.4"},
		{"RCPT RRVS=2014-04-03T23:01:00Z;", "501 5.5.4"},
		{"RCPT RRVS=2014-04-03", "501 5.5.4"},
		{"RCPT RRVS=bad", "501 5.5.4"},
		{"RCPT RRVS=2014-04-03T23:01:00Z RRVS=2014-04-03T23:01:00Z", "501 5.5.4"},
		{"RCPT SIZE=1", "555 5.5.4"},
		{"RCPT MT-PRIORITY=1", "555 5.5.4"},
	} {
		inBubble(t, func(b *bench) {
			c := b.dial("mx")
			defer c.close()
			c.talk("220\nC: EHLO c.example\n250-")
			params, rcpt := strings.CutPrefix(tt.params, "RCPT ")
			if rcpt {
				c.talk("C: MAIL FROM:<a@example.net>\n250\nC: RCPT TO:<bob@example.org> " + params + "\n" + tt.want)
			} else {
				c.talk("C: MAIL FROM:<a@example.net> " + params + "\n" + tt.want)
			}
			if tt.want[0] == '5' && !rcpt { // no transaction was opened
				c.talk("C: RCPT TO:<bob@example.org>\n503")
			}
		}, node)
	}
}

// TestWhoRaisesPriority is R6710-4.1-b.
func TestWhoRaisesPriority(t *testing.T) {
	user := map[string]string{"alice": "secret"}
	for _, tt := range []struct {
		name string
		cfg  NodeConfig
		auth bool
		want int
	}{
		{"a stranger", NodeConfig{}, false, 0},
		{"anybody", NodeConfig{RelayFor: RelayFor{Any: true}}, false, 0},
		{"who is relayed for", NodeConfig{RelayFor: RelayFor{Nets: []netip.Prefix{netip.MustParsePrefix("198.19.0.0/16")}}}, false, 4},
		{"who is not", NodeConfig{RelayFor: RelayFor{Nets: []netip.Prefix{netip.MustParsePrefix("198.51.0.0/16")}}}, false, 0},
		{"a user", NodeConfig{Users: user}, true, 4},
	} {
		node := mxNode()
		node.RelayFor, node.Users = tt.cfg.RelayFor, tt.cfg.Users
		node.Extensions.Add = []string{"MT-PRIORITY"}
		inBubble(t, func(b *bench) {
			b.net.Node("mx").queue.stop()
			c := b.dial("mx")
			defer c.close()
			c.talk("220\nC: EHLO c.example\n250-")
			if tt.auth {
				c.talk("C: AUTH PLAIN AGFsaWNlAHNlY3JldA==\n235")
			}
			c.talk("C: MAIL FROM:<a@example.net> MT-PRIORITY=4\n250\nC: RCPT TO:<x@example.org>\n250\nC: DATA\n354\nC: .\n250")
			synctest.Wait()
			for e := range b.net.Node("mx").queue.all {
				b.want(tt.name, tt.want, *e.it.env.Priority)
			}
		}, withAlias(node))
	}
}

// withAlias lets x@example.org stand for somebody far away.
func withAlias(cfg NodeConfig) NodeConfig {
	cfg.Aliases = map[string][]string{"x@example.org": {"x@far.example"}}
	return cfg
}

func TestByParameter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for given, want := range map[mail.DeliverBy]string{
			{At: now().Add(hours(1)), Return: true}: "BY=3600;R",
			{At: now().Add(-1500), Trace: true}:     "BY=-1;NT",
			{At: now().Add(hours(1) - 1)}:           "BY=3599;N",
			{At: now().AddDate(200, 0, 0)}:          "BY=999999999;N",
		} {
			if got := byParameter(&given); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		}
	})
}
