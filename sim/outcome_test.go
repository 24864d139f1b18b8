package sim

import (
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mailsim/mailsim/sim/trace"
)

// replying answers the commands of a verb: "" is the greeting, "." the end of data.
func replying(verb, reply string) func(string) string {
	return func(line string) string {
		if v, _, _ := strings.Cut(line, " "); v == verb {
			return reply
		}
		return ""
	}
}

// ends lists what became of the recipients of a node's mail: "taken", "later" or
// "returned", and for whom.
func (b *bench) ends(node string) []string {
	words := map[trace.Kind]string{trace.MailRelayed: "taken", trace.MailDeferred: "later", trace.MailBounced: "returned"}
	all, _ := b.net.Log().Since(0)
	var ends []string
	for _, e := range all {
		if word := words[e.Kind]; word != "" && e.Node == node {
			local, _, _ := strings.Cut(e.To, "@")
			ends = append(ends, word+" "+local)
		}
	}
	slices.Sort(ends)
	return ends
}

// TestReplyDecides: what a host says, and when, decides by its first digit what
// becomes of the mail (RFC 5321 4.2.1), and the session ends in good order.
func TestReplyDecides(t *testing.T) {
	const (
		taken    = "taken"
		later    = "later"
		returned = "returned"
	)
	type row struct{ reply, fate string }
	for _, stage := range []struct {
		name, verb string
		rows       []row
	}{
		{"greeting", "", []row{
			{"220 hello", taken},
			{"220", taken},
			{"220-one|220-two|220 three", taken},
			{"421 4.3.2 not now", later},
			{"450 4.3.2 not now", later},
			{"554 no service", returned},
			{"521 5.3.2 no mail here", returned}, // RFC 7504 3
			{"354 what", later},
			{"close", later},
			{"hello", later},
		}},
		{"EHLO", "EHLO", []row{
			{"250 one line", taken},
			{"500 what", taken}, // HELO then, RFC 5321 3.2
			{"502 no", taken},
			{"421 4.3.2 not now", later},
			{"450 4.3.2 not now", later},
			{"550 5.7.1 not you", returned},
			{"close", later},
		}},
		{"MAIL", "MAIL", []row{
			{"251 fine", taken},
			{"421 4.3.2 not now", later},
			{"450 4.2.0 x", later},
			{"452 4.3.1 x", later},
			{"457 x", later},
			{"550 5.7.1 x", returned},
			{"552 5.3.4 x", returned},
			{"557 x", returned},
			{"150 x", later},
			{"close", later},
			{"x", later},
		}},
		{"RCPT", "RCPT", []row{
			{"251 will forward", taken},
			{"257 x", taken},
			{"250 no such user", taken},
			{"421 4.3.2 not now", later},
			{"450 4.2.0 x", later},
			{"452 4.5.3 x", later},
			{"457 x", later},
			{"550 OK accepted", returned},
			{"551 x", returned},
			{"552 5.2.2 x", returned},
			{"557 x", returned},
			{"650 x", later},
			{"close", later},
			{"x", later},
		}},
		{"DATA", "DATA", []row{
			{"354-go|354 on", taken},
			{"421 4.3.2 not now", later},
			{"451 4.3.0 x", later},
			{"554 5.7.1 x", returned},
			{"557 x", returned},
			{"close", later},
		}},
		{"the end of data", ".", []row{
			{"259 x", taken},
			{"250", taken},
			{"250-one|250 two", taken},
			{"250 failed", taken},
			{"421 4.3.2 not now", later},
			{"451 4.3.0 x", later},
			{"452 4.3.1 x", later},
			{"457 x", later},
			{"552 5.3.4 x", returned},
			{"554 5.7.1 x", returned},
			{"557 x", returned},
			{"close", later},
			{"x", later},
		}},
		{"QUIT", "QUIT", []row{
			{"221-one|221 two", taken},
			{"421 x", taken},
			{"500 x", taken},
			{"close", taken},
		}},
	} {
		for _, row := range stage.rows {
			for name, offers := range map[string][]string{"in steps": nil, "pipelined": {"PIPELINING"}} {
				t.Run(stage.name+"/"+row.reply+"/"+name, func(t *testing.T) {
					inBubble(t, func(b *bench) {
						p := (&peer{offers: offers, answer: replying(stage.verb, row.reply)}).listen(b, "192.0.2.99")
						b.submit("plan", "out", "a@example.net", "x@far.example")
						time.Sleep(time.Minute)
						b.want("fate", []string{row.fate + " x"}, b.ends("out"))
						b.want("notifications", row.fate == returned, len(b.mailbox("out", "a@example.net")) > 0)
						if stage.verb != "." && row.fate != taken {
							// RFC 2920 3.1: a lone dot follows a 354 that nobody may use.
							b.want("what was sent", "", strings.Join(p.mails(), ""))
						}
						lines := p.said()
						closed := row.reply == "close" || strings.HasPrefix(row.reply, "421")
						// A QUIT behind a DATA whose reply nobody knows could be taken for a line of text.
						if inText := row.reply == "x" && offers != nil && stage.verb != "."; !closed && !inText {
							if len(lines) == 0 || lines[len(lines)-1] != "QUIT" {
								t.Errorf("R5321-4.1.1.10-d: the session does not end with QUIT: %q", lines)
							}
						}
						time.Sleep(45 * time.Minute)
						tries := map[string]int{taken: 1, returned: 1, later: 2}[row.fate]
						b.want("tries after 45 minutes", tries, b.count("out", trace.MailAttempt))
					}, relayTo())
				})
			}
		}
	}
}

// TestNextMX: which failures of the preferred host lead on to the next one in the same
// try (RFC 5321 5.1), and which do not.
func TestNextMX(t *testing.T) {
	for _, tt := range []struct {
		name, verb, reply string
		fate              string // at mx1's sender
		second            bool   // mx2 is asked
	}{
		{"a greeting of 421", "", "421 4.3.2 x", "taken", true},
		{"a greeting of 554", "", "554 x", "taken", true},
		{"a greeting of 521", "", "521 x", "taken", true},
		{"no greeting", "", "close", "taken", true},
		{"EHLO refused", "EHLO", "550 x", "taken", true},
		{"EHLO put off", "EHLO", "451 x", "taken", true},
		{"MAIL put off", "MAIL", "451 x", "taken", true},
		{"closed after MAIL", "MAIL", "close", "taken", true},
		{"RCPT put off", "RCPT", "450 x", "taken", true},
		{"closed after RCPT", "RCPT", "close", "taken", true},
		{"DATA put off", "DATA", "451 x", "taken", true},
		{"closed after DATA", "DATA", "close", "taken", true},
		{"the message put off", ".", "452 x", "taken", true},
		{"421 at the dot", ".", "421 x", "taken", true},
		{"MAIL refused", "MAIL", "550 x", "returned", false},
		{"RCPT refused", "RCPT", "550 x", "returned", false},
		{"DATA refused", "DATA", "554 x", "returned", false},
		{"the message refused", ".", "554 x", "returned", false},
		// Nobody knows whether the first host has the mail: the second one could be
		// given a copy of it (RFC 5321 4.5.3.2.6).
		{"closed after the dot", ".", "close", "later", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			mx2 := mxNode()
			out := relayTo()
			out.Next = ""
			inBubble(t, func(b *bench) {
				b.net.Node("out").resolver = world{
					mx: map[string][]*net.MX{"example.org": mxRecords(10, "peer.example.", 20, "mx.example.org.")},
					a:  map[string][]string{"peer.example": {"192.0.2.99"}, "mx.example.org": {"192.0.2.1"}},
				}
				(&peer{answer: replying(tt.verb, tt.reply)}).listen(b, "192.0.2.99")
				b.submit("plan", "out", "a@example.net", "bob@example.org")
				time.Sleep(time.Minute)
				b.want("fate", []string{tt.fate + " bob"}, b.ends("out"))
				b.want("sessions with mx2", tt.second, b.count("mx", trace.SessionOpen) > 0)
				b.want("tries", 1, b.count("out", trace.MailAttempt))
			}, mx2, out)
		})
	}
}

// TestTwoHostsThatFail: a mail is returned when all of its hosts refuse it; one of
// them that may come back is waited for, whatever the others say.
func TestTwoHostsThatFail(t *testing.T) {
	down := Fault{At: AtConnect, Do: DoRefuse}
	none := Fault{At: AtBanner, Reply: "521 5.3.2 no mail here"}
	busy := Fault{At: AtRcpt, Reply: "451 4.3.0 later"}
	for _, tt := range []struct {
		name          string
		first, second Fault
		fate          string
		reply         string
	}{
		{"both down", down, down, "later", "connection refused"},
		{"both take no mail", none, none, "returned", "521"},
		{"the first is down, the second takes no mail", down, none, "later", "connection refused"},
		{"the first takes no mail, the second is down", none, down, "later", "connection refused"},
		{"the first is busy, the second takes no mail", busy, none, "later", "451"},
		{"the first takes no mail, the second is busy", none, busy, "later", "451"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			mx2 := mxNode()
			mx2.Name, mx2.Host = "mx2", "mx2.example.org"
			out := relayTo()
			out.Next = ""
			inBubble(t, func(b *bench) {
				b.net.Node("out").resolver = twoMX
				b.net.Node("mx").SetFault(tt.first)
				b.net.Node("mx2").SetFault(tt.second)
				b.submit("plan", "out", "a@example.net", "bob@example.org")
				time.Sleep(time.Minute)
				b.want("fate", []string{tt.fate + " bob"}, b.ends("out"))
				all, _ := b.net.Log().Since(0)
				for _, e := range all {
					if (e.Kind == trace.MailDeferred || e.Kind == trace.MailBounced) && !strings.Contains(e.Reply, tt.reply) {
						t.Errorf("the reason is %q, want %q", e.Reply, tt.reply)
					}
				}
			}, mxNode(), mx2, out)
		})
	}
}

// TestEachRecipientHasItsFate: of one copy, some are taken, some wait and some come
// back; the next try is for those alone that wait, with the same sender (R5321-4.5.4.1-b).
func TestEachRecipientHasItsFate(t *testing.T) {
	inBubble(t, func(b *bench) {
		first := true
		p := (&peer{answer: func(line string) string {
			switch {
			case strings.HasPrefix(line, "RCPT TO:<busy") && first:
				first = false
				return "450 4.2.1 busy"
			case strings.HasPrefix(line, "RCPT TO:<gone"):
				return "550 5.1.1 gone"
			}
			return ""
		}}).listen(b, "192.0.2.99")
		b.submit("plan", "out", "a@example.net", "good@far.example", "busy@far.example", "gone@far.example")
		time.Sleep(time.Minute)
		b.want("fates", []string{"later busy", "returned gone", "taken good"}, b.ends("out"))
		b.want("queue", []string{"a@example.net>busy@far.example"}, b.queued("out"))
		time.Sleep(30 * time.Minute)
		b.want("fates", []string{"later busy", "returned gone", "taken busy", "taken good"}, b.ends("out"))
		b.want("envelopes", []string{
			"MAIL FROM:<a@example.net>", "RCPT TO:<good@far.example>", "RCPT TO:<busy@far.example>", "RCPT TO:<gone@far.example>",
			"MAIL FROM:<a@example.net>", "RCPT TO:<busy@far.example>",
		}, p.said("MAIL", "RCPT"))
		b.want("copies", 2, len(p.mails()))
	}, relayTo())
}

// TestSessionThatBreaks: the end of a connection is a failure for now of those that
// were not answered, and of no others (R5321-4.1.1.10-h, R5321-3.8-g).
func TestSessionThatBreaks(t *testing.T) {
	inBubble(t, func(b *bench) {
		p := (&peer{answer: func(line string) string {
			switch {
			case strings.HasPrefix(line, "RCPT TO:<second"):
				return "450 4.2.1 busy"
			case strings.HasPrefix(line, "RCPT TO:<third"):
				return "close"
			}
			return ""
		}}).listen(b, "192.0.2.99")
		b.submit("plan", "out", "a@example.net", "first@far.example", "second@far.example", "third@far.example")
		time.Sleep(time.Minute)
		b.want("fates", []string{"later first", "later second", "later third"}, b.ends("out"))
		for _, q := range b.net.Node("out").Queue() {
			want := "451 4.4.2"
			if strings.HasPrefix(q.To, "second") {
				want = "450 4.2.1"
			}
			if !strings.HasPrefix(q.Last.String(), want) {
				t.Errorf("%s waits because of %s, want %s", q.To, q.Last, want)
			}
		}
		b.want("what was sent", 0, len(p.mails()))
	}, relayTo())
}
