package sim

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/sim/mail"
)

// mailRoom is a relay between a next hop for far.example and the host of the
// senders, back.example, both of which say what they were told.
type mailRoom struct {
	next, back  Extensions
	fault       Fault // of the next hop
	wrong       Fault // of the senders' host
	relay       NodeConfig
	talk        string        // with the relay, behind EHLO; "" gives the mail of the test
	wait        time.Duration // a minute if 0
	nextAccepts []string      // mailboxes of the next hop, b@far.example if none
	message     string        // that follows DATA, the last line of talk; its dots are doubled
	plain       bool          // mails that are no notifications come to back.example as well
}

// noted is what came of a mail at the relay.
type noted struct {
	reports   []mail.Report       // in the mailboxes of back.example
	raw       []string            // the same as octets
	next      []string            // the MAIL and RCPT lines that the next hop saw
	back      []string            // those that the senders' host saw
	data      []string            // the message lines that the next hop saw
	boxes     map[string][]string // all mailboxes of the senders' host
	delivered []string            // in the mailboxes of the next hop
}

func (m mailRoom) run(t *testing.T) noted {
	t.Helper()
	got := noted{boxes: map[string][]string{}}
	relay := m.relay
	relay.Name, relay.Role, relay.Host, relay.RelayFor = "relay", MTA, "relay.example", RelayFor{Any: true}
	relay.Routes = map[string]string{"far.example": "nh", "back.example": "back", "b\u00fccher.example": "nh"}
	relay.Extensions.Add = append(relay.Extensions.Add, "BINARYMIME")
	if m.nextAccepts == nil {
		m.nextAccepts = []string{"b@far.example"}
	}
	inBubble(t, func(b *bench) {
		if m.fault.At != "" {
			b.net.Node("nh").SetFault(m.fault)
		}
		if m.wrong.At != "" {
			b.net.Node("back").SetFault(m.wrong)
		}
		c := b.dial("relay")
		defer c.close()
		c.raw.SetTag("plan")
		c.reply()
		c.say("EHLO client.example")
		for line := range strings.SplitSeq(strings.TrimSpace(m.talk), "\n") {
			line = strings.TrimSpace(line)
			if r := c.say(strings.ReplaceAll(line, `\r\n`, "\r\n")); r[0] != '2' && r[0] != '3' {
				t.Fatalf("%s: %s", line, r)
			}
		}
		if m.message != "" {
			c.send(strings.ReplaceAll("\r\n"+m.message, "\r\n.", "\r\n..")[2:] + ".\r\n")
			if r := c.reply(); r[0] != '2' {
				t.Fatalf("%q: %s", m.message, r)
			}
		}
		if m.wait == 0 {
			m.wait = time.Minute
		}
		time.Sleep(m.wait)
		for _, box := range b.net.Node("back").Mailboxes() {
			for _, s := range b.net.Node("back").Mailbox(box) {
				octets, err := mail.ReadAll(s.Content)
				if err != nil {
					t.Fatal(err)
				}
				got.boxes[s.To] = append(got.boxes[s.To], string(octets))
				if m.plain {
					continue
				}
				r, err := mail.ParseReport(s.Content)
				if err != nil {
					t.Fatalf("%v:\n%s", err, octets)
				}
				got.reports, got.raw = append(got.reports, r), append(got.raw, string(octets))
			}
		}
		got.next, got.data = b.heard("nh")
		got.back, _ = b.heard("back")
		for _, box := range b.net.Node("nh").Mailboxes() {
			got.delivered = append(got.delivered, b.mailbox("nh", box)...)
		}
	}, relay, NodeConfig{
		Name: "nh", Role: MDA, Host: "nh.example", Mailboxes: m.nextAccepts, Extensions: m.next, Next: "back", Record: true,
	}, NodeConfig{
		Name: "back", Role: MDA, Host: "back.example", Mailboxes: []string{"*@back.example"}, Extensions: m.back, Record: true,
	})
	return got
}

// heard lists the MAIL and RCPT lines that a node was sent, without SIZE, and the
// lines of messages.
func (b *bench) heard(node string) (commands, data []string) {
	for _, r := range b.net.Node(node).Recordings() {
		for _, l := range r.Lines {
			switch {
			case l.Side == DataLine:
				data = append(data, l.Text)
			case l.Side == ClientLine && (strings.HasPrefix(l.Text, "MAIL") || strings.HasPrefix(l.Text, "RCPT")):
				var kept []string
				for w := range strings.FieldsSeq(l.Text) {
					if !strings.HasPrefix(w, "SIZE=") {
						kept = append(kept, w)
					}
				}
				commands = append(commands, strings.Join(kept, " "))
			}
		}
	}
	return commands, data
}

// told writes what the notifications say, one line a recipient.
func (n noted) told() []string {
	var told []string
	for i, r := range n.reports {
		for _, p := range r.Recipients {
			told = append(told, fmt.Sprintf("%d %s %s %s", i+1, p.Action, p.To, p.Status))
		}
	}
	return told
}

const (
	from  = "MAIL FROM:<s@back.example>"
	to    = "RCPT TO:<b@far.example>"
	small = `
		DATA
		Subject: plan\r\nMessage-ID: <plan@mailsim>\r\n\r\nbody\r\n.`
)

var no = Fault{At: AtRcpt, Reply: "550 5.1.1 no such user"}

// TestNotifications: who is told of what (RFC 3461 5.2).
func TestNotifications(t *testing.T) {
	without := Extensions{Hide: []string{"DSN"}}
	busy := Fault{At: AtRcpt, Reply: "451 4.2.1 busy"}
	queue := NodeConfig{Queue: QueueConfig{Expire: 3 * time.Hour, DelayNotice: time.Hour}}
	local := NodeConfig{Mailboxes: []string{"loc@relay.example"}}
	for _, tt := range []struct {
		rule string
		room mailRoom
		want []string
	}{
		{"R3461-5.2-a", mailRoom{talk: "MAIL FROM:<>\n" + to + " NOTIFY=SUCCESS,FAILURE" + small, fault: no}, nil},
		{"R3461-5.2.1-d", mailRoom{talk: from + "\n" + to + " NOTIFY=SUCCESS" + small}, []string{"1 delivered b@far.example 2.0.0"}},
		{"R3461-5.2.2-b", mailRoom{talk: from + "\n" + to + " NOTIFY=SUCCESS" + small, next: without}, []string{"1 relayed b@far.example 2.0.0"}},
		{"R3461-5.2.2-c: no NOTIFY", mailRoom{talk: from + "\n" + to + small, fault: no}, []string{"1 failed b@far.example 5.1.1"}},
		{"R3461-5.2.2-c", mailRoom{talk: from + "\n" + to + " NOTIFY=FAILURE" + small, fault: no}, []string{"1 failed b@far.example 5.1.1"}},
		{"R3461-5.2.2-d", mailRoom{talk: from + "\n" + to + " NOTIFY=NEVER" + small, fault: no}, nil},
		{"R3461-5.2.6-a", mailRoom{talk: from + "\n" + to + " NOTIFY=SUCCESS" + small, fault: no}, nil},
		{"R3461-5.2.3-a", mailRoom{relay: local, talk: from + "\nRCPT TO:<loc@relay.example> NOTIFY=SUCCESS" + small}, []string{"1 delivered loc@relay.example 2.0.0"}},
		{"R3461-5.2.3-b", mailRoom{relay: local, talk: from + "\nRCPT TO:<loc@relay.example> NOTIFY=FAILURE,DELAY" + small}, nil},
		{"R3461-5.2.3-b: no NOTIFY", mailRoom{relay: local, talk: from + "\nRCPT TO:<loc@relay.example>" + small}, nil},
		{"R3461-5.2.5-a", mailRoom{relay: queue, wait: 24 * time.Hour, talk: from + "\n" + to + " NOTIFY=FAILURE" + small, fault: busy}, []string{"1 failed b@far.example 4.4.7"}},
		{"R3461-5.2.5-a: DELAY", mailRoom{relay: queue, wait: 24 * time.Hour, talk: from + "\n" + to + " NOTIFY=DELAY" + small, fault: busy}, []string{"1 delayed b@far.example 4.2.1"}},
		{"R5321-4.2.5-a", mailRoom{relay: queue, wait: 24 * time.Hour, talk: from + "\n" + to + small, fault: busy}, []string{"1 delayed b@far.example 4.2.1", "2 failed b@far.example 4.4.7"}},
		{
			"R3461-5.2.8-a, R5321-4.4-an",
			mailRoom{talk: from + "\n" + to + "\nRCPT TO:<c@far.example> NOTIFY=NEVER\nRCPT TO:<d@far.example>" + small, fault: no},
			[]string{"1 failed b@far.example 5.1.1", "1 failed d@far.example 5.1.1"},
		},
		{"R5321-6.1-c", mailRoom{talk: from + "\n" + to + small, fault: Fault{At: AtDot, Reply: "554 5.6.0 no"}}, []string{"1 failed b@far.example 5.6.0"}},
		{"R2034-4-e", mailRoom{talk: from + "\n" + to + small, fault: Fault{At: AtRcpt, Reply: "550 no"}}, []string{"1 failed b@far.example 5.0.0"}},
		{"R5321-3.6.3-d", mailRoom{talk: from + "\n" + to + small, fault: no, wrong: no, wait: 24 * time.Hour}, nil},
		{
			"R3461-5.2.7.3-a", mailRoom{
				relay: NodeConfig{Aliases: map[string][]string{"all@relay.example": {"b@far.example", "c@far.example"}}},
				next:  without, nextAccepts: []string{"*@far.example"},
				talk: from + "\nRCPT TO:<all@relay.example> NOTIFY=SUCCESS" + small,
			}, []string{"1 expanded all@relay.example 2.0.0"},
		},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			got := tt.room.run(t)
			if diff := cmp.Diff(tt.want, got.told()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, line := range got.back {
				if line != "MAIL FROM:<>" && line != "RCPT TO:<s@back.example> NOTIFY=NEVER" {
					t.Errorf("R3461-6.1-a, R5321-3.6.3-e: %s", line)
				}
			}
			for i, r := range got.reports {
				if r.Host != "relay.example" && r.Host != "nh.example" || r.To != "s@back.example" {
					t.Errorf("R3464-2.2.2-a, R5321-6.1-d: report of %s to %s", r.Host, r.To)
				}
				if !strings.HasPrefix(got.raw[i], "Return-Path: <>\r\n") || strings.Count(got.raw[i], "Return-Path:") != 1 {
					t.Errorf("R5321-4.4-aa, R5321-4.4-ac:\n%s", got.raw[i])
				}
			}
		})
	}
}

// TestNotificationFields: what the fields of a notification say of the envelope and
// of the next hop.
func TestNotificationFields(t *testing.T) {
	got := mailRoom{
		fault: Fault{At: AtRcpt, Reply: "550 5.7.1 no"},
		talk: `MAIL FROM:<Odd.Case+tag@back.example> RET=HDRS ENVID=a+20b+2Bc
			RCPT TO:<MiXed@far.example> ORCPT=rfc822;x+2By@z.test` + small,
	}.run(t)
	if len(got.reports) != 1 {
		t.Fatalf("%d reports", len(got.reports))
	}
	r := got.reports[0]
	p := r.Recipients[0]
	for rule, ok := range map[string]bool{
		"R3461-6.3-a: ENVID":                r.EnvelopeID == "a b+c",
		"R3461-6.3-a: ORCPT":                p.OriginalType == "rfc822" && p.Original == "x+y@z.test",
		"R3461-6.3-b":                       p.RemoteMTA == "nh.example" && p.Reply.String() == "550 5.7.1 no",
		"R3464-2.3.2-a":                     p.To == "MiXed@far.example",
		"R3461-6.2-a, R6522-4-a":            !r.Full && !strings.Contains(got.raw[0], "body"),
		"R5321-6.1-d":                       r.To == "Odd.Case+tag@back.example" && got.back[1] == "RCPT TO:<Odd.Case+tag@back.example> NOTIFY=NEVER",
		"RFC3464#2.2.4: Received-From":      r.ReceivedFrom == "client.example",
		"RFC3464#2.2.5: Arrival":            !r.Arrival.IsZero() && !r.Arrival.After(r.Date),
		"RFC3464#2.3.7: Last-Attempt":       !p.LastAttempt.IsZero() && !p.LastAttempt.Before(r.Arrival),
		"RFC3464#2.3.8: Final-Log-ID":       len(p.LogID) == 12 && strings.Contains(got.raw[0], "id "+p.LogID),
		"RFC3834#5":                         strings.Contains(got.raw[0], "\r\nAuto-Submitted: auto-replied\r\n"),
		"R3461-6.1: a person answers":       strings.Contains(got.raw[0], "\r\nFrom: MAILER-DAEMON <postmaster@relay.example>\r\n"),
		"R3464-2.3.9-a: no Will-Retry":      !strings.Contains(got.raw[0], "Will-Retry-Until"),
		"RFC3834#3.1.5: it has an anchor":   strings.Contains(got.raw[0], "\r\nIn-Reply-To: <plan@mailsim>\r\n"),
		"R3464-2.2.2-a":                     strings.Contains(got.raw[0], "\r\nReporting-MTA: dns; relay.example\r\n"),
		"R5321-4.1.1.4-a: no control chars": !strings.ContainsAny(got.raw[0], "\x00\x07\x08\x0b\x0c\x1b\x7f"),
	} {
		if !ok {
			t.Errorf("%s:\n%+v\n%s", rule, r, got.raw[0])
		}
	}
	// Without ENVID and ORCPT there are no such fields.
	got = mailRoom{fault: no, talk: from + "\n" + to + small}.run(t)
	if raw := got.raw[0]; strings.Contains(raw, "Original-Envelope-Id") || strings.Contains(raw, "Original-Recipient") {
		t.Errorf("R3461-6.3-a:\n%s", raw)
	}
	if !got.reports[0].Full || !strings.Contains(got.raw[0], "body\r\n") {
		t.Errorf("R3461-6.2-a: want the whole mail:\n%s", got.raw[0])
	}
}

// TestDelayedUntil: a delay notification says how long tries go on, and a later
// failure no more (RFC 3464 2.3.9).
func TestDelayedUntil(t *testing.T) {
	got := mailRoom{
		relay: NodeConfig{Queue: QueueConfig{Expire: 3 * time.Hour, DelayNotice: time.Hour}}, wait: 24 * time.Hour,
		fault: Fault{At: AtRcpt, Reply: "451 4.2.1 busy"}, talk: from + "\n" + to + small,
	}.run(t)
	if len(got.reports) != 2 {
		t.Fatalf("%d reports", len(got.reports))
	}
	late, failed := got.reports[0], got.reports[1]
	if until := late.Recipients[0].RetryUntil; !until.After(late.Date) || until.Sub(late.Arrival) != 3*time.Hour || late.Full {
		t.Errorf("R3464-2.3.9-a: until %s:\n%s", until, got.raw[0])
	}
	if p := failed.Recipients[0]; !p.RetryUntil.IsZero() || p.Reply.String() != "451 4.2.1 busy" || !failed.Full {
		t.Errorf("R3464-2.3.9-a, R5321-4.2.5-c:\n%s", got.raw[1])
	}
}

// TestWhoSaidIt: a notification names a remote host and quotes its reply where there
// was one, and nobody where this node found out itself (R3461-6.3-b).
func TestWhoSaidIt(t *testing.T) {
	queue := NodeConfig{Queue: QueueConfig{Expire: 2 * time.Hour}}
	for _, tt := range []struct {
		name       string
		fault      Fault
		talk       string
		remote     string
		diagnostic string
	}{
		{"RCPT", no, to, "nh.example", "smtp; 550 5.1.1 no such user"},
		{"MAIL", Fault{At: AtMail, Reply: "553 5.7.1 not you"}, to, "nh.example", "smtp; 553 5.7.1 not you"},
		{"greeting", Fault{At: AtBanner, Reply: "554 5.3.2 no service"}, to, "nh.example", "smtp; 554 5.3.2 no service"},
		{"EHLO", Fault{At: AtEHLO, Reply: "550 5.7.1 no"}, to, "nh.example", "smtp; 550 5.7.1 no"},
		{"time is over", Fault{At: AtDot, Reply: "451 4.3.0 later"}, to, "nh.example", "smtp; 451 4.3.0 later"},
		{"no connection", Fault{At: AtConnect, Do: DoRefuse}, to, "", "x-mailsim; nh.example[192.0.2.2]: connection refused"},
		{"a lost connection", Fault{At: AtData, Do: DoReset}, to, "", "x-mailsim; nh.example[192.0.2.2]: connection reset"},
		{"no such user here", Fault{}, "RCPT TO:<t@relay.example>", "", "x-mailsim; no such user here"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			queue.Aliases = map[string][]string{"t@relay.example": {"nobody@relay.example"}}
			got := mailRoom{relay: queue, wait: 24 * time.Hour, fault: tt.fault, talk: from + "\n" + tt.talk + small}.run(t)
			if len(got.reports) != 1 {
				t.Fatalf("%d reports", len(got.reports))
			}
			if p := got.reports[0].Recipients[0]; p.RemoteMTA != tt.remote || !strings.Contains(got.raw[0], "\r\nDiagnostic-Code: "+tt.diagnostic+"\r\n") {
				t.Errorf("want %q %q:\n%s", tt.remote, tt.diagnostic, got.raw[0])
			}
		})
	}
}

// TestSourceRoutedSender: a notification goes to the last part of a source-routed
// return address, and to no address of the header (RFC 5321 4.4, 6.1).
func TestSourceRoutedSender(t *testing.T) {
	got := mailRoom{
		fault: no,
		talk: `MAIL FROM:<@a.test,@b.test:env@back.example>
			` + to + `
			DATA
			Return-Path: <r@back.example>\r\nErrors-To: e@back.example\r\nSender: x@back.example\r\nFrom: f@back.example\r\n\r\nbody\r\n.`,
	}.run(t)
	if diff := cmp.Diff([]string{"MAIL FROM:<>", "RCPT TO:<env@back.example> NOTIFY=NEVER"}, got.back); diff != "" {
		t.Errorf("R5321-6.1-f, R5321-4.4-ah (-want +got):\n%s", diff)
	}
}

// TestParametersGoOn: a relay passes the parameters of DSN on as it got them, to a
// server that knows them (RFC 3461 5.2.1, 5.2.2, 5.2.7).
func TestParametersGoOn(t *testing.T) {
	relay := NodeConfig{
		Aliases: map[string][]string{"one@relay.example": {"b@far.example"}, "all@relay.example": {"b@far.example", "c@far.example"}},
		Lists:   map[string]List{"list@relay.example": {Owner: "owner@back.example", Members: []string{"b@far.example"}}},
	}
	for _, tt := range []struct {
		rule, talk string
		next       Extensions
		want       []string
	}{
		{
			"R3461-5.2.1-a, -b, -c", `MAIL FROM:<s@back.example> RET=HDRS ENVID=QQ+2B31+41
			RCPT TO:<b@far.example> NOTIFY=success,DELAY ORCPT=RFC822;MiXeD+2Bca+73e@X.test
			RCPT TO:<c@far.example>`,
			Extensions{},
			[]string{
				"MAIL FROM:<s@back.example> RET=HDRS ENVID=QQ+2B31+41",
				"RCPT TO:<b@far.example> NOTIFY=SUCCESS,DELAY ORCPT=RFC822;MiXeD+2Bca+73e@X.test", "RCPT TO:<c@far.example>",
			},
		},
		{"R3461-5.2.1-a: nothing is invented", from + "\n" + to, Extensions{}, []string{from, to}},
		{
			"R3461-5.2.2-a", from + " RET=FULL ENVID=x\n" + to + " NOTIFY=FAILURE ORCPT=rfc822;x@y",
			Extensions{Hide: []string{"DSN"}},
			[]string{from, to},
		},
		{
			"R3461-5.2.7.2-a", from + " ENVID=y\nRCPT TO:<one@relay.example> NOTIFY=SUCCESS ORCPT=rfc822;alias@local.test",
			Extensions{},
			[]string{from + " ENVID=y", to + " NOTIFY=SUCCESS ORCPT=rfc822;alias@local.test"},
		},
		{
			"R3461-5.2.7.3-a", from + "\nRCPT TO:<all@relay.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;all@relay.example",
			Extensions{},
			[]string{from, to + " NOTIFY=FAILURE ORCPT=rfc822;all@relay.example", "RCPT TO:<c@far.example> NOTIFY=FAILURE ORCPT=rfc822;all@relay.example"},
		},
		{
			"R3461-5.2.7.1-a", from + " ENVID=x RET=FULL\nRCPT TO:<list@relay.example> NOTIFY=SUCCESS ORCPT=rfc822;list@local.test",
			Extensions{},
			[]string{"MAIL FROM:<owner@back.example>", to},
		},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			got := mailRoom{relay: relay, next: tt.next, talk: tt.talk + small, nextAccepts: []string{"*@far.example"}}.run(t)
			if diff := cmp.Diff(tt.want, got.next); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestNotificationFitsThePath: a notification has the form that the host of the
// sender can take, and no octet above 127 goes where that is not agreed (RFC 6152
// 3, RFC 6533 3).
func TestNotificationFitsThePath(t *testing.T) {
	const (
		subject8 = "\n\t\tDATA\n\t\tSubject: K\u00f6ln\\r\\n\\r\\nK\u00f6ln\\r\\n."
		utf8Rcpt = "RCPT TO:<jos\u00e9@far.example>"
		body8    = "\n\t\tDATA\n\t\tSubject: plan\\r\\n\\r\\nK\u00f6ln\\r\\n."
	)
	hide := func(s ...string) Extensions { return Extensions{Hide: s} }
	for _, tt := range []struct {
		rule, talk string
		back       Extensions
		mail       string // what the senders' host saw of MAIL; "" for nothing
		typ        string // of the status part
		final      string
		full       bool
	}{
		{
			"R3464-2-b: BODY=8BITMIME", from + " BODY=8BITMIME\n" + to + body8,
			Extensions{},
			"MAIL FROM:<> BODY=8BITMIME", "delivery-status", "rfc822; b@far.example", true,
		},
		{
			"R5321-2.4-i: no 8BITMIME", from + " BODY=8BITMIME\n" + to + body8, hide("8BITMIME", "SMTPUTF8"),
			"MAIL FROM:<>", "delivery-status", "rfc822; b@far.example", false,
		},
		{
			"R6533-3-a: SMTPUTF8", from + " SMTPUTF8 BODY=8BITMIME\n" + utf8Rcpt + subject8,
			Extensions{},
			"MAIL FROM:<> BODY=8BITMIME SMTPUTF8", "global-delivery-status", "utf-8; jos\u00e9@far.example", true,
		},
		{
			"R6533-3-a: no SMTPUTF8", from + " SMTPUTF8 BODY=8BITMIME\n" + utf8Rcpt + subject8, hide("SMTPUTF8"),
			"MAIL FROM:<>", "delivery-status", `utf-8; jos\x{E9}@far.example`, false,
		},
		{
			"R6531-3.4-b: nothing needs SMTPUTF8", from + " SMTPUTF8\n" + to + small,
			Extensions{},
			"MAIL FROM:<>", "delivery-status", "rfc822; b@far.example", true,
		},
		{
			"R6531-3.2-b: the sender needs SMTPUTF8", "MAIL FROM:<jos\u00e9@back.example> SMTPUTF8\n" + to + small,
			Extensions{},
			"MAIL FROM:<> BODY=8BITMIME SMTPUTF8", "global-delivery-status", "rfc822; b@far.example", true,
		},
		{"R5321-2.4-m: there is no way to the sender", "MAIL FROM:<jos\u00e9@back.example> SMTPUTF8\n" + to + small, hide("SMTPUTF8"), "", "", "", false},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			got := mailRoom{fault: no, back: tt.back, talk: tt.talk}.run(t)
			var mails []string
			for _, line := range got.back {
				if strings.HasPrefix(line, "MAIL") {
					mails = append(mails, line)
				}
			}
			if tt.mail == "" {
				if len(mails) > 0 {
					t.Errorf("sent: %s", mails)
				}
				return
			}
			if diff := cmp.Diff([]string{tt.mail}, mails); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			raw := got.raw[0]
			for _, want := range []string{"\r\nContent-Type: message/" + tt.typ + "\r\n", "\r\nFinal-Recipient: " + tt.final + "\r\n"} {
				if !strings.Contains(raw, want) {
					t.Errorf("want %q in\n%s", want, raw)
				}
			}
			if got.reports[0].Full != tt.full {
				t.Errorf("the whole mail came back: %t, want %t", !tt.full, tt.full)
			}
			if !strings.Contains(tt.mail, "8BITMIME") && !ascii(raw) {
				t.Errorf("not of 7 bits:\n%s", raw)
			}
		})
	}
}

// TestRequireTLSReturnsTheHeader: RFC 8689 5.
func TestRequireTLSReturnsTheHeader(t *testing.T) {
	n := &Node{network: New(Config{}), host: &Host{Name: "relay.example"}, cfg: NodeConfig{Name: "relay"}}
	n.directory = new(directory)
	n.queue = newQueue(n)
	it := &item{
		mail: "plan", env: mail.Envelope{From: "s@back.example", Return: "FULL", RequireTLS: true},
		content: mail.Bytes([]byte("Subject: plan\r\n\r\nsecret\r\n")),
	}
	n.bounce(it, []failure{{rcpt: mail.Recipient{To: "b@far.example"}, reply: localReply(550, "5.7.30", "no TLS")}})
	for e := range n.queue.all {
		octets, err := mail.ReadAll(e.it.content)
		if err != nil || strings.Contains(string(octets), "secret") || !strings.Contains(string(octets), "Subject: plan") {
			t.Errorf("R8689-5-a: %v:\n%s", err, octets)
		}
		return
	}
	t.Error("no notification")
}

// TestNotificationNames: the name of a notification is the left side of a
// Message-ID, whatever the mail is called, and two mails never share one.
func TestNotificationNames(t *testing.T) {
	for in, want := range map[string]string{
		"plan":                     "plan",
		"x.1@host.example":         "x.1.host.example",
		"caf\u00e9":                "caf_-850f7dc4",
		"a..b":                     "a.b-f62b4241",
		".a":                       "a-36797c3a",
		`a"b\c`:                    "a_b_c-bd558229",
		strings.Repeat("long", 50): strings.Repeat("long", 30) + "-55b71ce2",
	} {
		got := idLeft(in)
		if got != want {
			t.Errorf("%q: want %q, got %q", in, want, got)
		}
		if id := mail.NameOf(mail.MessageID(got + "/dsn-mx")); id != got+"/dsn-mx" {
			t.Errorf("%q: the next host calls it %q", in, id)
		}
	}
}
