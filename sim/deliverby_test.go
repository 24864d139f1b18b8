package sim

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/mailsim/mailsim/sim/trace"
)

func now() time.Time            { return time.Now() }
func hours(n int) time.Duration { return time.Duration(n) * time.Hour }

// inTime is a node between a client that says BY and a peer.
func inTime() NodeConfig {
	out := relayTo()
	out.Extensions.Add = []string{"DELIVERBY"}
	out.Queue.Retry = []time.Duration{30 * time.Second, time.Hour}
	return out
}

// notices tells the action and the status of the notifications in a mailbox, in
// their order, and how long after the mail each was written.
func (b *bench) notices() []string {
	var got []string
	for _, m := range b.mailbox("out", "a@example.net") {
		action, status := "", ""
		for l := range strings.Lines(m) {
			if v, ok := strings.CutPrefix(l, "Action: "); ok {
				action = strings.TrimSpace(v)
			}
			if v, ok := strings.CutPrefix(l, "Status: "); ok {
				status = strings.TrimSpace(v)
			}
		}
		got = append(got, action+" "+status)
	}
	return got
}

// TestDeliverBy is RFC 2852 at a relay: what goes on with what is left of the time,
// and what becomes of a mail whose time is over.
func TestDeliverBy(t *testing.T) {
	busy := func(until time.Duration) func(string) string {
		begun := time.Time{}
		return func(line string) string {
			if begun.IsZero() {
				begun = time.Now()
			}
			if strings.HasPrefix(line, "RCPT") && time.Since(begun) < until {
				return "451 4.3.0 later"
			}
			return ""
		}
	}
	for _, tt := range []struct {
		rule, by, notify string
		offers           string
		answer           func(string) string
		params           []string // of MAIL, each time; "" in front: any
		notices          []string
		fate             string
	}{
		{"R2852-4-c", "600;R", "", "DELIVERBY", busy(10 * time.Second), []string{"BY=599;R", "BY=569;R"}, nil, "relayed 250 2.0.0"},
		{"R2852-4-b", "600;R", "", "", nil, nil, []string{"failed 5.4.7"}, "bounced 550 5.4.7"},
		{"R2852-4-b, NEVER", "600;R", "NEVER", "", nil, nil, nil, "bounced 550 5.4.7"},
		{"R2852-4-b, mode N", "600;N", "", "", nil, []string{""}, []string{"relayed 2.0.0"}, "relayed 250 2.0.0"},
		{"R2852-4-b, mode N, never", "600;N", "NEVER", "", nil, []string{""}, nil, "relayed 250 2.0.0"},
		{"mode N to a host with DSN alone", "600;N", "", "DSN", nil, []string{""}, []string{"relayed 2.0.0"}, "relayed 250 2.0.0"},
		{"trace", "600;NT", "", "DELIVERBY", nil, []string{"BY=599;NT"}, []string{"relayed 2.0.0"}, "relayed 250 2.0.0"},
		{"no trace", "600;N", "", "DELIVERBY", nil, []string{"BY=599;N"}, nil, "relayed 250 2.0.0"},
		{"less time than the next hop needs", "600;R", "", "DELIVERBY 1200", nil, nil, []string{"failed 5.4.7"}, "bounced 550 5.4.7"},
		{"as much as it needs", "600;R", "", "DELIVERBY 500", nil, []string{"BY=599;R"}, nil, "relayed 250 2.0.0"},
		{"mode R, over in the queue", "600;R", "", "DELIVERBY", busy(2 * time.Hour), []string{"BY=599;R", "BY=569;R"}, []string{"failed 5.4.7"}, "bounced 550 5.4.7"},
		{"mode N, over in the queue", "600;N", "", "DELIVERBY", busy(2 * time.Hour), []string{"BY=599;N", "BY=569;N", "BY=-1;N", "BY=-3601;N", "BY=-7201;N"}, []string{"delayed 4.4.7"}, "relayed 250 2.0.0"},
		{"mode N, over in the queue, never", "600;N", "NEVER", "DELIVERBY", busy(2 * time.Hour), []string{"BY=599;N", "BY=569;N", "BY=-1;N", "BY=-3601;N", "BY=-7201;N"}, nil, "relayed 250 2.0.0"},
		{"late when it came", "-60;N", "", "DELIVERBY", busy(10 * time.Second), []string{"BY=-61;N", "BY=-91;N"}, nil, "relayed 250 2.0.0"},
	} {
		inBubble(t, func(b *bench) {
			p := taker(strings.ReplaceAll(tt.offers, " ", "_"))
			for i := range p.offers {
				p.offers[i] = strings.ReplaceAll(p.offers[i], "_", " ")
			}
			p.answer = tt.answer
			p.listen(b, "192.0.2.99")
			options := map[string][]string{"BY": {tt.by}}
			if tt.notify != "" {
				options["NOTIFY"] = []string{tt.notify}
			}
			b.handIn(options, "bob")
			time.Sleep(24 * time.Hour)
			var params []string
			for _, l := range p.said("MAIL") {
				params = append(params, strings.TrimPrefix(strings.TrimPrefix(l, "MAIL FROM:<a@example.net>"), " "))
			}
			b.want(tt.rule+": parameters", tt.params, params)
			b.want(tt.rule+": notices", tt.notices, b.notices())
			b.want(tt.rule+": fate", tt.fate, fate(b))
		}, inTime())
	}
}

// TestDeliverByTellsInTime: the sender hears at the time that it has given, not at
// the next try after it.
func TestDeliverByTellsInTime(t *testing.T) {
	for by, kind := range map[string]trace.Kind{"600;R": trace.MailBounced, "600;N": trace.MailGenerated} {
		inBubble(t, func(b *bench) {
			p := taker("DELIVERBY")
			p.answer = func(line string) string {
				if strings.HasPrefix(line, "MAIL") {
					return "451 4.3.0 later"
				}
				return ""
			}
			p.listen(b, "192.0.2.99")
			begun := time.Now()
			b.handIn(map[string][]string{"BY": {by}}, "bob")
			time.Sleep(2 * time.Hour)
			all, _ := b.net.Log().Since(0)
			for _, e := range all {
				if e.Kind == kind {
					if after := e.At.Sub(begun); after < 600*time.Second || after > 601*time.Second {
						t.Errorf("%s: told after %s", by, after)
					}
					return
				}
			}
			t.Errorf("%s: not told", by)
		}, inTime())
	}
}

// TestPriority is RFC 6710: it goes on where it is known, and of the mails that wait
// the most urgent is sent first.
func TestPriority(t *testing.T) {
	out := relayTo()
	out.Users = map[string]string{"alice": "secret"}
	out.Extensions.Add = []string{"MT-PRIORITY"}
	out.Queue.Parallel = 1
	for _, offers := range []string{"MT-PRIORITY", ""} {
		inBubble(t, func(b *bench) {
			p := taker(offers)
			p.answer = func(line string) string {
				if line == "." {
					time.Sleep(10 * time.Second) // the others wait meanwhile
				}
				return ""
			}
			p.listen(b, "192.0.2.99")
			for i, priority := range []string{"0", "-3", "", "9", "4", "9"} {
				s := Submission{
					Mail: "m", Via: "out", From: "a@example.net", To: []string{"u" + itoa(i) + "@example.org"}, Auth: &Auth{User: "alice", Password: "secret"},
					Message: []byte("Message-ID: <m" + itoa(i) + "@mailsim>\r\n\r\n"), Options: map[string][]string{"MT-PRIORITY": {priority}},
				}
				if priority == "" {
					s.Options = nil
				}
				if d := b.net.Send(context.Background(), s); !d.Accepted() {
					t.Fatalf("dialog: %v", d)
				}
				time.Sleep(time.Second)
			}
			time.Sleep(time.Hour)
			var order []string
			for _, l := range p.said("RCPT") {
				order = append(order, l[len("RCPT TO:<"):len("RCPT TO:<u0")])
			}
			b.want("order", []string{"u0", "u3", "u5", "u4", "u2", "u1"}, order)
			params := 0
			for _, l := range p.said("MAIL") {
				if strings.Contains(l, "MT-PRIORITY=") {
					params++
				}
			}
			if want := 5; offers != "" && params != want || offers == "" && params != 0 {
				t.Errorf("%q: %d parameters", offers, params)
			}
		}, out)
	}
}

// TestValidSince is RFC 7293 at a relay and at the mailbox.
func TestValidSince(t *testing.T) {
	const date = "2014-04-03T23:01:00Z"
	for _, tt := range []struct {
		rule, rrvs, offers string
		rcpts              []string
		header             int // mails with the field
		fate               string
	}{
		{"goes on", date + ";C", "RRVS", []string{"RCPT TO:<x@example.org> RRVS=" + date + ";C", "RCPT TO:<y@example.org> RRVS=" + date + ";C"}, 0, "relayed 250 2.0.0"},
		{"R7293-5.2-a", date, "", []string{"RCPT TO:<x@example.org>", "RCPT TO:<y@example.org>"}, 2, "relayed 250 2.0.0"},
		{"R7293-5.2-a, reject", date + ";R", "", nil, 0, "bounced 550 5.7.19"},
		{"reject, but known", date + ";R", "RRVS", []string{"RCPT TO:<x@example.org> RRVS=" + date + ";R", "RCPT TO:<y@example.org> RRVS=" + date + ";R"}, 0, "relayed 250 2.0.0"},
	} {
		out := relayTo()
		out.Extensions.Add = []string{"RRVS"}
		inBubble(t, func(b *bench) {
			p := taker(tt.offers).listen(b, "192.0.2.99")
			b.handIn(map[string][]string{"RRVS": {tt.rrvs}}, "x", "y")
			time.Sleep(time.Minute)
			b.want(tt.rule, tt.rcpts, p.said("RCPT"))
			b.want(tt.rule, tt.fate, fate(b))
			header := 0
			for i, m := range p.mails() {
				if f := "Require-Recipient-Valid-Since: " + []string{"x", "y"}[i%2] + "@example.org;\r\n Thu, 03 Apr 2014 23:01:00 +0000\r\n"; strings.Contains(m, strings.Replace(f, "03", "3", 1)) {
					header++
				}
			}
			b.want(tt.rule+": header", tt.header, header)
		}, out)
	}
	mx := mxNode()
	mx.Extensions.Add = []string{"RRVS"}
	mx.OwnedSince = map[string]time.Time{"Bob@example.org": time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC), "carol@example.org": time.Date(2013, 1, 1, 0, 0, 0, 0, time.UTC)}
	mx.Aliases = map[string][]string{"team@example.org": {"bob@example.org", "carol@example.org"}}
	inBubble(t, func(b *bench) {
		c := b.dial("mx")
		defer c.close()
		c.talk("220\nC: EHLO c.example\n250-\nC: MAIL FROM:<a@example.net>\n250\nC: RCPT TO:<bob@example.org> RRVS=" + date + "\n550 5.7.17\n" +
			"C: RCPT TO:<carol@example.org> RRVS=" + date + "\n250\nC: RCPT TO:<bob@example.org> RRVS=2016-01-01T00:00:00Z\n250\nC: RCPT TO:<bob+x@example.org>\n250\nC: RSET\n250\n" +
			"C: MAIL FROM:<a@example.net>\n250\nC: RCPT TO:<team@example.org> RRVS=" + date + "\n250\nC: DATA\n354\nC: .\n250")
		time.Sleep(time.Minute)
		b.want("bob", 0, len(b.mailbox("mx", "bob@example.org")))
		b.want("carol", 1, len(b.mailbox("mx", "carol@example.org")))
	}, mx)
}
