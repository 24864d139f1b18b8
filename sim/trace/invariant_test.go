package trace

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var begin = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// at is a moment n seconds after the beginning.
func at(n int) time.Time { return begin.Add(time.Duration(n) * time.Second) }

const plan = "plan"

// run is a mail from a client through out and mx to bob's mailbox at store, with all
// that is known of it: every invariant holds.
func run() Evidence {
	return Evidence{
		Nodes: []NodeFacts{
			{Name: "out", Host: "out.example.net", Addrs: []string{"192.0.2.1"}, Role: "msa"},
			{Name: "mx", Host: "mx.example.org", Addrs: []string{"192.0.2.2", "2001:db8::2"}, Role: "mta"},
			{Name: "store", Host: "store.example.org", Addrs: []string{"192.0.2.3"}, Role: "mda"},
			{Name: "alice", Host: "alice.example.net", Addrs: []string{"192.0.2.4"}, Role: "mua"},
		},
		Events: []*Event{
			{At: at(0), Node: "out", Kind: MailAccepted, Mail: plan, ID: "o1", Session: "s1", Peer: "198.19.255.254", From: "alice@example.net", To: "bob@example.org", With: "ESMTPSA"},
			{At: at(1), Node: "mx", Kind: MailAccepted, Mail: plan, ID: "m1", Session: "s1", Peer: "out", From: "alice@example.net", To: "bob@example.org", With: "ESMTP"},
			{At: at(2), Node: "out", Kind: MailRelayed, Mail: plan, ID: "o1", Peer: "mx", From: "alice@example.net", To: "bob@example.org"},
			{At: at(3), Node: "store", Kind: MailAccepted, Mail: plan, ID: "d1", Session: "s1", Peer: "mx", From: "alice@example.net", To: "bob@example.org", With: "LMTP"},
			{At: at(3), Node: "store", Kind: MailDelivered, Mail: plan, ID: "d1", From: "alice@example.net", To: "bob@example.org"},
			{At: at(4), Node: "mx", Kind: MailRelayed, Mail: plan, ID: "m1", Peer: "store", From: "alice@example.net", To: "bob@example.org"},
		},
		Delivered: []Delivery{{
			Node: "store", ID: "d1", Mail: plan, To: "bob@example.org", From: "alice@example.net",
			ReturnPaths: []string{"<alice@example.net>"}, ReturnPathFirst: true, BodySum: [32]byte{1}, Recipients: 1,
			Received: []Hop{
				{From: "mx.example.org", FromAddr: "[IPv6:2001:db8::2]", By: "store.example.org", With: "LMTP", ID: "d1", For: "bob@example.org", Date: at(3), Raw: "d"},
				{From: "out.example.net", FromAddr: "[192.0.2.1]", By: "mx.example.org", With: "ESMTP", ID: "m1", For: "bob@example.org", Date: at(1), Raw: "m"},
				{From: "x", FromAddr: "[198.19.255.254]", By: "out.example.net", With: "ESMTPSA", ID: "o1", Date: at(0), Raw: "o"},
				{Raw: "old"},
			},
		}},
		Sent: []Sent{{Mail: plan, BodySum: [32]byte{1}, Received: []string{"old"}}},
	}
}

func without(e *Evidence, i int) { e.Events = slices.Delete(e.Events, i, i+1) }

// found is a violation, without its words.
type found struct{ Invariant, Mail, Node string }

func TestVerify(t *testing.T) {
	none := []found(nil)
	one := func(invariant, node string) []found { return []found{{invariant, plan, node}} }
	for _, tt := range []struct {
		name   string
		change func(*Evidence)
		want   []found
	}{
		{"all holds", func(*Evidence) {}, none},
		{"nothing happened", func(e *Evidence) { *e = Evidence{} }, none},

		// lost
		{"taken and forgotten", func(e *Evidence) { e.Events, e.Delivered = e.Events[:1], nil }, one(Lost, "out")},
		{"taken and queued", func(e *Evidence) {
			e.Events, e.Delivered, e.Queued = e.Events[:1], nil, []Held{{"out", "o1", plan, "bob@example.org"}}
		}, none},
		{"taken and bounced", func(e *Evidence) {
			e.Events, e.Delivered = append(e.Events[:1], &Event{At: at(1), Node: "out", Kind: MailBounced, Mail: plan, ID: "o1", To: "bob@EXAMPLE.org"}), nil
		}, none},
		{"relayed, and the next hop knows nothing", func(e *Evidence) {
			e.Events, e.Delivered = []*Event{e.Events[0], e.Events[2]}, nil
		}, one(Lost, "mx")},
		{"relayed to somebody who is no node", func(e *Evidence) {
			e.Events, e.Delivered = []*Event{e.Events[0], e.Events[2]}, nil
			e.Events[1].Peer = "203.0.113.9"
		}, none},
		{"delivered, and not in the mailbox", func(e *Evidence) { e.Delivered = nil }, one(Lost, "store")},
		{"a notification that goes nowhere", func(e *Evidence) {
			e.Events = append(e.Events, &Event{At: at(5), Node: "mx", Kind: MailGenerated, Mail: "plan/dsn-mx", ID: "n1", To: "alice@example.net"})
		}, []found{{Lost, "plan/dsn-mx", "mx"}}},

		// duplicates
		{"relayed twice", func(e *Evidence) {
			e.Events = append(e.Events, e.Events[5])
		}, []found{{Duplicates, plan, "mx"}, {Lost, plan, "store"}}},
		{"relayed and still queued", func(e *Evidence) { e.Queued = []Held{{"mx", "m1", plan, "bob@example.org"}} }, one(Duplicates, "mx")},
		{"the connection broke after the dot, and the mail came again", func(e *Evidence) {
			again := *e.Events[1]
			again.At, again.ID = at(5), "m2"
			end := Event{At: at(6), Node: "mx", Kind: MailDiscarded, Mail: plan, ID: "m2", To: "bob@example.org"}
			e.Events = append(e.Events, &again, &end)
		}, one(Duplicates, "mx")},
		{"the next hop has it, and the reply is on its way", func(e *Evidence) {
			without(e, 5)
			e.Queued = []Held{{"mx", "m1", plan, "bob@example.org"}}
		}, none},
		{"the next hop has it, and the sender gave up and tries again", func(e *Evidence) {
			e.Events[5].Kind, e.Queued = MailDeferred, []Held{{"mx", "m1", plan, "bob@example.org"}}
		}, one(Duplicates, "store")},
		{"delivered twice", func(e *Evidence) { e.Delivered = append(e.Delivered, e.Delivered[0]) }, one(Duplicates, "store")},
		{"taken twice in one session of a client", func(e *Evidence) {
			again := *e.Events[0]
			again.ID = "o2"
			e.Events = append(e.Events, &again)
			e.Queued = []Held{{"out", "o2", plan, "bob@example.org"}}
		}, one(Duplicates, "out")},
		{"a client sent it again, in a session of its own", func(e *Evidence) {
			again := *e.Events[0]
			again.ID, again.Session = "o2", "s2"
			e.Events = append(e.Events, &again)
			e.Queued = []Held{{"out", "o2", plan, "bob@example.org"}}
		}, none},

		// received
		{"no field of a hop", func(e *Evidence) {
			d := &e.Delivered[0]
			d.Received = slices.Delete(d.Received, 1, 2)
		}, one(Trace, "store")},
		{"no field at all", func(e *Evidence) { e.Delivered[0].Received = nil }, one(Trace, "store")},
		{"oldest first", func(e *Evidence) { slices.Reverse(e.Delivered[0].Received) }, one(Trace, "store")},
		{"wrong by", func(e *Evidence) { e.Delivered[0].Received[0].By = "evil" }, one(Trace, "store")},
		{"wrong by further down", func(e *Evidence) { e.Delivered[0].Received[1].By = "evil" }, one(Trace, "store")},
		{"wrong id", func(e *Evidence) { e.Delivered[0].Received[0].ID = "d2" }, one(Trace, "store")},
		{"wrong from", func(e *Evidence) { e.Delivered[0].Received[1].From = "evil" }, one(Trace, "store")},
		{"wrong address", func(e *Evidence) { e.Delivered[0].Received[1].FromAddr = "[192.0.2.9]" }, one(Trace, "store")},
		{"no address", func(e *Evidence) { e.Delivered[0].Received[1].FromAddr = "" }, one(Trace, "store")},
		{"wrong with", func(e *Evidence) { e.Delivered[0].Received[1].With = "ESMTPS" }, one(Trace, "store")},
		{"wrong for", func(e *Evidence) { e.Delivered[0].Received[0].For = "eve@example.org" }, one(Trace, "store")},
		{"for with several recipients", func(e *Evidence) { e.Delivered[0].Recipients = 2 }, one(Trace, "store")},
		{"dates run backwards", func(e *Evidence) { e.Delivered[0].Received[1].Date = at(9) }, one(Trace, "store")},
		{"no date", func(e *Evidence) { e.Delivered[0].Received[2].Date = time.Time{} }, one(Trace, "store")},
		{"unreadable", func(e *Evidence) { e.Delivered[0].Received[0] = Hop{Raw: "garbage"} }, one(Trace, "store")},
		{"older fields changed", func(e *Evidence) { e.Delivered[0].Received[3].Raw = "new" }, one(Trace, "store")},
		{"older fields removed", func(e *Evidence) { e.Delivered[0].Received = e.Delivered[0].Received[:3] }, one(Trace, "store")},
		{"a field too many", func(e *Evidence) {
			e.Delivered[0].Received = append(e.Delivered[0].Received, Hop{Raw: "more"})
		}, one(Trace, "store")},
		{"an id that the log does not know", func(e *Evidence) {
			e.Delivered[0].ID, e.Events[3].ID, e.Events[4].ID = "d9", "d1", "d9"
		}, []found{{Duplicates, plan, "store"}, {Lost, plan, "store"}, {Trace, plan, "store"}}},
		{"a user agent names itself", func(e *Evidence) {
			e.Events[0].Peer = "alice"
			h := &e.Delivered[0].Received[2]
			h.From, h.FromAddr = "alice.example.net", "alice.example.net [192.0.2.4]"
		}, none},
		{"a user agent names somebody else", func(e *Evidence) {
			e.Events[0].Peer = "alice"
			e.Delivered[0].Received[2].FromAddr = "[192.0.2.4]"
		}, one(Trace, "store")},

		// return-path
		{"no Return-Path", func(e *Evidence) { e.Delivered[0].ReturnPaths = nil }, one(ReturnPath, "store")},
		{"two Return-Paths", func(e *Evidence) {
			e.Delivered[0].ReturnPaths = []string{"<alice@example.net>", "<alice@example.net>"}
		}, one(ReturnPath, "store")},
		{"Return-Path below others", func(e *Evidence) { e.Delivered[0].ReturnPathFirst = false }, one(ReturnPath, "store")},
		{"another Return-Path", func(e *Evidence) { e.Delivered[0].ReturnPaths[0] = "<>" }, one(ReturnPath, "store")},
		{"Return-Path without brackets", func(e *Evidence) { e.Delivered[0].ReturnPaths[0] = "alice@example.net" }, one(ReturnPath, "store")},

		// body
		{"body changed", func(e *Evidence) { e.Delivered[0].BodySum[0]++ }, one(Body, "store")},
		{"body converted", func(e *Evidence) {
			e.Delivered[0].BodySum[0]++
			e.Delivered[0].Parts = func() [32]byte { return [32]byte{1} }
			e.Sent[0].Parts = [32]byte{1}
			e.Events = append(e.Events, &Event{At: at(1), Node: "mx", Kind: MailConverted, Mail: plan})
		}, none},
		{"body changed, and not converted", func(e *Evidence) {
			e.Delivered[0].BodySum[0]++
			e.Delivered[0].Parts = func() [32]byte { return [32]byte{1} }
			e.Sent[0].Parts = [32]byte{1}
		}, one(Body, "store")},
		{"body converted to another", func(e *Evidence) {
			e.Delivered[0].BodySum[0]++
			e.Delivered[0].Parts = func() [32]byte { return [32]byte{2} }
			e.Sent[0].Parts = [32]byte{1}
			e.Events = append(e.Events, &Event{At: at(1), Node: "mx", Kind: MailConverted, Mail: plan})
		}, one(Body, "store")},
		{"body converted, of parts that are not known", func(e *Evidence) {
			e.Delivered[0].BodySum[0]++
			e.Delivered[0].Parts = func() [32]byte { return [32]byte{} }
			e.Events = append(e.Events, &Event{At: at(1), Node: "mx", Kind: MailConverted, Mail: plan})
		}, one(Body, "store")},
		{"sent by somebody unknown", func(e *Evidence) { e.Sent = nil }, none},

		// leaks
		{"a leak", func(e *Evidence) { e.Leaks = []string{"a goroutine"} }, []found{{Leaks, "", ""}}},
	} {
		e := run()
		tt.change(&e)
		if diff := cmp.Diff(tt.want, verdicts(e)); diff != "" {
			t.Errorf("%s (-want +got):\n%s\n%+v", tt.name, diff, Verify(e))
		}
	}
}

func verdicts(e Evidence) []found {
	var got []found
	for _, v := range Verify(e) {
		got = append(got, found{v.Invariant, v.Mail, v.Node})
	}
	return got
}

// TestVerifyExpansion is about several recipients under one ID.
func TestVerifyExpansion(t *testing.T) {
	accepted := func(to string) *Event {
		return &Event{Node: "mx", Kind: MailAccepted, Mail: plan, ID: "1", Session: "s", Peer: "client.example.com", To: to, From: "a@b"}
	}
	expanded := func(from, to string) *Event {
		return &Event{Node: "mx", Kind: MailExpanded, Mail: plan, ID: "1", From: from, To: to}
	}
	end := func(kind Kind, to string) *Event {
		return &Event{Node: "mx", Kind: kind, Mail: plan, ID: "1", To: to, Peer: "elsewhere.example.com"}
	}
	for _, tt := range []struct {
		name   string
		events []*Event
		want   []found
	}{
		{"an alias of two", []*Event{accepted("team@x"), expanded("team@x", "b@x"), expanded("team@x", "c@x"), end(MailRelayed, "b@x"), end(MailBounced, "c@x")}, nil},
		{"a member forgotten", []*Event{accepted("team@x"), expanded("team@x", "b@x"), expanded("team@x", "c@x"), end(MailRelayed, "b@x")}, []found{{Lost, plan, "mx"}}},
		{"an alias that delivers too", []*Event{accepted("b@x"), expanded("b@x", "b@x"), expanded("b@x", "c@x"), end(MailDelivered, "b@x"), end(MailRelayed, "c@x")}, []found{{Lost, plan, "mx"}}}, // not in the mailbox
		{"an alias of aliases", []*Event{accepted("a@x"), expanded("a@x", "b@x"), expanded("b@x", "c@x"), expanded("b@x", "d@x"), end(MailRelayed, "c@x"), end(MailRelayed, "d@x")}, nil},
		{"an alias and its member, sent to once", []*Event{accepted("team@x"), accepted("b@x"), expanded("team@x", "b@x"), end(MailRelayed, "b@x"), end(MailDiscarded, "b@x")}, nil},
		{"an alias and its member, sent to twice and told once", []*Event{accepted("team@x"), accepted("b@x"), expanded("team@x", "b@x"), end(MailRelayed, "b@x")}, []found{{Lost, plan, "mx"}}},
		{"expanded in two copies", []*Event{
			accepted("list@x"), accepted("team@x"), expanded("team@x", "b@x"), expanded("list@x", "team@x"),
			expanded("team@x", "b@x"), end(MailRelayed, "b@x"), end(MailRelayed, "b@x"),
		}, nil},
		{"an alias that names a member twice", []*Event{accepted("team@x"), expanded("team@x", "b@x"), expanded("team@x", "b@x"), end(MailRelayed, "b@x"), end(MailDiscarded, "b@x")}, nil},
		{"expanded and delivered under its own name", []*Event{accepted("team@x"), expanded("team@x", "b@x"), end(MailRelayed, "b@x"), end(MailRelayed, "team@x")}, []found{{Duplicates, plan, "mx"}}},
		{"one of two refused over LMTP", []*Event{accepted("b@x"), end(MailRelayed, "b@x"), {Node: "mx", Kind: MailRefused, Mail: plan, To: "c@x", Session: "s"}}, nil},
		{"a notification that could not be written", []*Event{{Node: "mx", Kind: MailDiscarded, Mail: "plan/dsn-mx", To: "a@b"}}, nil},
	} {
		e := Evidence{Events: tt.events, Nodes: []NodeFacts{{Name: "mx", Host: "mx", Role: "mta"}}}
		if diff := cmp.Diff(tt.want, verdicts(e)); diff != "" {
			t.Errorf("%s (-want +got):\n%s\n%+v", tt.name, diff, Verify(e))
		}
	}
}

// TestVerifyNotification follows a notification from the node that wrote it.
func TestVerifyNotification(t *testing.T) {
	const dsn = "plan/dsn-mx"
	build := func() Evidence {
		return Evidence{
			Nodes: run().Nodes,
			Events: []*Event{
				{At: at(0), Node: "mx", Kind: MailAccepted, Mail: plan, ID: "m1", Session: "s1", Peer: "203.0.113.9", From: "alice@example.net", To: "bob@example.org"},
				{At: at(1), Node: "mx", Kind: MailBounced, Mail: plan, ID: "m1", From: "alice@example.net", To: "bob@example.org"},
				{At: at(1), Node: "mx", Kind: MailGenerated, Mail: dsn, ID: "m2", To: "alice@example.net"},
				{At: at(2), Node: "store", Kind: MailAccepted, Mail: dsn, ID: "d1", Session: "s1", Peer: "mx", To: "alice@example.net", With: "ESMTP"},
				{At: at(2), Node: "store", Kind: MailDelivered, Mail: dsn, ID: "d1", To: "alice@example.net"},
				{At: at(3), Node: "mx", Kind: MailRelayed, Mail: dsn, ID: "m2", Peer: "store", To: "alice@example.net"},
			},
			Delivered: []Delivery{{
				Node: "store", ID: "d1", Mail: dsn, To: "alice@example.net", ReturnPaths: []string{"<>"}, ReturnPathFirst: true,
				Received: []Hop{{From: "mx.example.org", FromAddr: "[192.0.2.2]", By: "store.example.org", With: "ESMTP", ID: "d1", For: "alice@example.net", Date: at(2)}},
			}},
		}
	}
	for _, tt := range []struct {
		name   string
		change func(*Evidence)
		want   []found
	}{
		{"all holds", func(*Evidence) {}, nil},
		{"about a null reverse-path", func(e *Evidence) { e.Events[0].From, e.Events[1].From = "", "" }, []found{{NullSender, dsn, "mx"}}},
		{"about a list's copy", func(e *Evidence) { e.Events[0].From = "" }, nil},
		{"about a notification", func(e *Evidence) {
			e.Events = append(e.Events,
				&Event{At: at(5), Node: "mx", Kind: MailGenerated, Mail: dsn + "/dsn-mx", ID: "m3", To: "x@y"},
				&Event{At: at(5), Node: "mx", Kind: MailDiscarded, Mail: dsn + "/dsn-mx", ID: "m3", To: "x@y"})
		}, []found{{NullSender, dsn + "/dsn-mx", "mx"}}},
		{"with a field of the writer", func(e *Evidence) {
			e.Delivered[0].Received = append(e.Delivered[0].Received, Hop{By: "mx.example.org", ID: "m2", Date: at(1), Raw: "x"})
		}, []found{{Trace, dsn, "store"}}},
		{"delivered where it was written", func(e *Evidence) {
			e.Events = []*Event{e.Events[0], e.Events[1], e.Events[2], e.Events[4]}
			e.Events[3].Node, e.Events[3].ID = "mx", "m2"
			e.Delivered[0].Node, e.Delivered[0].ID, e.Delivered[0].Received = "mx", "m2", nil
		}, nil},
		{"the writer does not know yet", func(e *Evidence) {
			without(e, 5)
			e.Queued = []Held{{"mx", "m2", dsn, "alice@example.net"}}
		}, nil},
	} {
		e := build()
		tt.change(&e)
		if diff := cmp.Diff(tt.want, verdicts(e)); diff != "" {
			t.Errorf("%s (-want +got):\n%s\n%+v", tt.name, diff, Verify(e))
		}
	}
}

func TestVerifyLoops(t *testing.T) {
	circle := func(rounds int) Evidence {
		e := Evidence{Nodes: []NodeFacts{{Name: "a", Hops: 5}, {Name: "b", Hops: 5}}}
		for i := range rounds {
			n, from := []string{"a", "b"}[i%2], []string{"b", "a"}[i%2]
			if i == 0 {
				from = "203.0.113.9"
			}
			id := fmt.Sprint(i)
			e.Events = append(e.Events, &Event{At: at(2 * i), Node: n, Kind: MailAccepted, Mail: plan, ID: id, Session: id, Peer: from, From: "x@y", To: "z@w"})
			kind, to := MailRelayed, []string{"b", "a"}[i%2]
			if i == rounds-1 {
				kind, to = MailBounced, ""
			}
			e.Events = append(e.Events, &Event{At: at(2*i + 3), Node: n, Kind: kind, Mail: plan, ID: id, Peer: to, From: "x@y", To: "z@w"})
		}
		return e
	}
	for rounds, want := range map[int][]found{5: nil, 10: nil, 11: {{Loops, plan, "a"}}, 12: {{Loops, plan, "a"}, {Loops, plan, "b"}}} {
		if diff := cmp.Diff(want, verdicts(circle(rounds))); diff != "" {
			t.Errorf("%d hops (-want +got):\n%s", rounds, diff)
		}
	}
	e := run()
	e.Nodes[2].Hops = 3
	if diff := cmp.Diff([]found{{Loops, plan, "store"}}, verdicts(e)); diff != "" {
		t.Errorf("too many Received fields (-want +got):\n%s", diff)
	}
}

// TestVerifyOrder shuffles what is found by walking maps.
func TestVerifyOrder(t *testing.T) {
	var e Evidence
	for i := range 50 {
		e.Events = append(e.Events, &Event{Node: fmt.Sprint("n", i%7), Kind: MailAccepted, Mail: fmt.Sprint("m", i%5), ID: fmt.Sprint(i), To: fmt.Sprint(i, "@x")})
	}
	first := Verify(e)
	for range 10 {
		if diff := cmp.Diff(first, Verify(e)); diff != "" {
			t.Fatalf("two orders (-first +second):\n%s", diff)
		}
	}
	if len(first) != 50 {
		t.Errorf("want 50 violations, got %d", len(first))
	}
}

func TestInvariants(t *testing.T) {
	want := "body duplicates leaks loops lost null-sender received return-path"
	if got := strings.Join(Invariants(), " "); got != want || !slices.IsSorted(Invariants()) {
		t.Errorf("want %s, got %s", want, got)
	}
}

func BenchmarkVerify(b *testing.B) {
	one := run()
	e := Evidence{Nodes: one.Nodes}
	for i := range 10000 {
		name := fmt.Sprint("plan-", i)
		for _, v := range one.Events {
			of := *v
			of.Mail, of.ID = name, fmt.Sprint(v.ID, i)
			e.Events = append(e.Events, &of)
		}
	}
	for b.Loop() {
		Verify(e)
	}
}
