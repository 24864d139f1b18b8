package trace

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSort(t *testing.T) {
	for name, events := range map[string][]*Event{
		"out of order": {
			{At: at(1), Node: "b", Mail: "x", Detail: "5"},
			{At: at(0), Node: "b", Mail: "x", Detail: "2"},
			{At: at(1), Node: "a", Mail: "y", Detail: "4"},
			{At: at(0), Node: "b", Mail: "x", Detail: "3"},
			{At: at(1), Node: "b", Mail: "x", Detail: "6"},
			{At: at(0), Node: "b", Mail: "", Detail: "1"},
		},
		"in the order of time": {
			{At: at(0), Node: "b", Mail: "x", Detail: "2"},
			{At: at(0), Node: "b", Mail: "x", Detail: "3"},
			{At: at(0), Node: "b", Mail: "", Detail: "1"},
			{At: at(1), Node: "b", Mail: "x", Detail: "5"},
			{At: at(1), Node: "a", Mail: "y", Detail: "4"},
			{At: at(2), Node: "a", Mail: "a", Detail: "6"},
		},
		"late ones at the end": {
			{At: at(0), Node: "b", Mail: "y", Detail: "2"},
			{At: at(0), Node: "b", Mail: "x", Detail: "1"},
			{At: at(2), Node: "b", Mail: "", Detail: "5"},
			{At: at(2), Node: "b", Mail: "", Detail: "6"},
			{At: at(1), Node: "b", Mail: "x", Detail: "4"},
			{At: at(1), Node: "a", Mail: "y", Detail: "3"},
		},
	} {
		Sort(events)
		for i, e := range events {
			if want := fmt.Sprint(i + 1); e.Detail != want {
				t.Errorf("%s: place %d: %+v", name, i, e)
			}
		}
	}
	Sort(nil)
}

func TestOfMail(t *testing.T) {
	events := []*Event{
		{At: at(0), Node: "a", Kind: SessionOpen, Session: "1", Mail: "plan", Detail: "in"},
		{At: at(9), Node: "a", Kind: SessionClose, Session: "1", Detail: "in"},
		{At: at(1), Node: "a", Kind: MailAccepted, Session: "1", Mail: "plan", Detail: "in"},
		{At: at(2), Node: "a", Kind: MailAccepted, Session: "1", Mail: "other"},
		{At: at(3), Node: "a", Kind: MailAccepted, Session: "2", Mail: "plan/dsn-a"},
		{At: at(3), Node: "a", Kind: SessionOpen, Session: "2"},
		{At: at(3), Node: "b", Kind: SessionOpen, Session: "1"},
		{At: at(4), Node: "a", Kind: MailRelayed, Mail: "plan", Detail: "in"},
	}
	var times []int
	for _, e := range OfMail(events, "plan") {
		if e.Detail != "in" {
			t.Errorf("%+v is not of the mail", e)
		}
		times = append(times, int(e.At.Sub(begin).Seconds()))
	}
	if diff := cmp.Diff([]int{0, 1, 4, 9}, times); diff != "" {
		t.Errorf("times (-want +got):\n%s", diff)
	}
}

func TestKey(t *testing.T) {
	for _, same := range [][2]string{
		{"bob@EXAMPLE.org", "bob@example.org"},
		{`"bob"@example.org`, "bob@example.org"},
		{`"b\ob"@x`, "bob@x"},
		{"Postmaster", "postmaster"},
		{"POSTMASTER@x", "postmaster@x"},
	} {
		if key(same[0]) != key(same[1]) {
			t.Errorf("%q and %q have the keys %q and %q", same[0], same[1], key(same[0]), key(same[1]))
		}
	}
	if key("Bob@x") == key("bob@x") {
		t.Error("RFC5321#2.4: local parts are told apart by case")
	}
}

func TestPaths(t *testing.T) {
	accept := func(n int, node, id, peer, to string) *Event {
		return &Event{At: at(n), Node: node, Kind: MailAccepted, Mail: plan, ID: id, Peer: peer, To: to}
	}
	relay := func(n int, node, id, peer, to string) *Event {
		return &Event{At: at(n), Node: node, Kind: MailRelayed, Mail: plan, ID: id, Peer: peer, To: to}
	}
	expand := func(n int, node, id, from, to string) *Event {
		return &Event{At: at(n), Node: node, Kind: MailExpanded, Mail: plan, ID: id, From: from, To: to}
	}
	for _, tt := range []struct {
		name   string
		events []*Event
		want   []Path
	}{
		{"nothing", nil, nil},
		{"another mail", []*Event{{Kind: MailAccepted, Node: "a", Mail: "other", To: "x@y"}}, nil},
		{"three hops from a client without a name", run().Events, []Path{{"bob@example.org", []string{"out", "mx", "store"}}}},
		{"from a user agent", []*Event{accept(0, "out", "1", "alice", "b@x")}, []Path{{"b@x", []string{"alice", "out"}}}},
		{"from an address with a port", []*Event{accept(0, "out", "1", "192.0.2.1:25", "b@x")}, []Path{{"b@x", []string{"out"}}}},
		{
			"an alias: a path for each member",
			[]*Event{
				accept(0, "msa", "1", "192.0.2.1", "team@x"), accept(1, "mx", "2", "msa", "team@x"), expand(1, "mx", "2", "team@x", "b@x"), expand(1, "mx", "2", "team@x", "c@x"),
				relay(2, "msa", "1", "mx", "team@x"), accept(3, "store", "3", "mx", "b@x"), relay(4, "mx", "2", "store", "b@x"),
			},
			[]Path{{"c@x", []string{"msa", "mx"}}, {"b@x", []string{"msa", "mx", "store"}}},
		},
		{
			"an alias that keeps a copy, and one that comes twice",
			[]*Event{accept(0, "mx", "1", "192.0.2.1", "b@x"), expand(0, "mx", "1", "b@x", "b@x"), expand(0, "mx", "1", "b@x", "c@x"), expand(0, "mx", "1", "b@x", "c@x")},
			[]Path{{"b@x", []string{"mx"}}, {"c@x", []string{"mx"}}},
		},
		{
			"aliases in a circle",
			[]*Event{accept(0, "mx", "1", "192.0.2.1", "a@x"), expand(0, "mx", "1", "a@x", "b@x"), expand(0, "mx", "1", "b@x", "a@x")},
			[]Path{{"b@x", []string{"mx"}}},
		},
		{
			"nodes in a circle",
			[]*Event{accept(0, "a", "1", "192.0.2.1", "z@x"), accept(1, "b", "2", "a", "z@x"), relay(2, "a", "1", "b", "z@x"), accept(3, "a", "3", "b", "z@x"), relay(4, "b", "2", "a", "z@x")},
			[]Path{{"z@x", []string{"a", "b", "a"}}},
		},
		{
			"taken by the second host; the first broke down after the dot",
			[]*Event{accept(0, "out", "1", "192.0.2.1", "z@x"), accept(1, "mx1", "2", "out", "z@x"), accept(3, "mx2", "3", "out", "z@x"), relay(4, "out", "1", "mx2", "z@x")},
			[]Path{{"z@x", []string{"out", "mx1"}}, {"z@x", []string{"out", "mx2"}}},
		},
		{
			"a mail of the node's own",
			[]*Event{{At: at(0), Node: "mx", Kind: MailGenerated, Mail: plan, ID: "1", To: "a@x"}, accept(1, "store", "2", "mx", "a@x"), relay(2, "mx", "1", "store", "a@x")},
			[]Path{{"a@x", []string{"mx", "store"}}},
		},
	} {
		if diff := cmp.Diff(tt.want, Paths(tt.events, plan)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestLadder(t *testing.T) {
	events := run().Events
	events = append(events,
		&Event{At: at(5), Node: "mx", Kind: MailRefused, Mail: plan, Peer: "out", To: "eve@example.org", Reply: "550 5.1.1 no", Detail: "rcpt"},
		&Event{At: at(6), Node: "out", Kind: MailDeferred, Mail: plan, To: "x@y", Reply: "451 later", Detail: "next try in 30m0s"},
		&Event{At: at(7), Node: "out", Kind: MailRelayed, Mail: plan, Peer: "203.0.113.9", To: "x@y", Reply: "250 ok"},
		&Event{At: at(8), Node: "out", Kind: DNSQuery, Mail: plan},
	)
	want := Diagram{
		Columns: []string{"198.19.255.254", "out", "mx", "store", "203.0.113.9"},
		Rungs: []Rung{
			{at(0), "198.19.255.254", "out", "accepted bob@example.org", false},
			{at(1), "out", "mx", "accepted bob@example.org", false},
			{at(3), "mx", "store", "accepted bob@example.org", false},
			{at(3), "store", "", "delivered bob@example.org", false},
			{at(5), "out", "mx", "refused at rcpt eve@example.org: 550 5.1.1 no", true},
			{at(6), "out", "", "deferred x@y: 451 later; next try in 30m0s", true},
			{at(7), "out", "203.0.113.9", "relayed x@y: 250 ok", false},
		},
	}
	if diff := cmp.Diff(want, Ladder(events)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	two := Ladder([]*Event{
		{Node: "a", Kind: MailBounced, Mail: "x", To: "u@v"},
		{Node: "a", Kind: MailExpired, Mail: "y", To: "u@v", Reply: "451 z"},
		{Node: "a", Kind: MailDiscarded, Mail: "x", Detail: "rule"},
		{Node: "a", Kind: MailGenerated, Mail: "x", To: "u@v"},
		{Node: "a", Kind: MailExpanded, Mail: "x", From: "t@v", To: "u@v"},
		{Node: "a", Kind: FaultHit, Detail: "busy"},
	})
	var texts []string
	for _, r := range two.Rungs {
		texts = append(texts, r.Text)
	}
	if diff := cmp.Diff([]string{"x: bounced u@v", "y: expired u@v: 451 z", "x: discarded: rule", "x: generated for u@v", "x: expanded t@v to u@v", "fault: busy"}, texts); diff != "" {
		t.Errorf("two mails (-want +got):\n%s", diff)
	}
}

func ExampleOfMail() {
	for _, e := range OfMail(run().Events, "plan") {
		fmt.Println(e.At.Format("15:04:05"), e.Node, e.Kind, e.To)
	}
	// Output:
	// 09:00:00 out mail.accepted bob@example.org
	// 09:00:01 mx mail.accepted bob@example.org
	// 09:00:02 out mail.relayed bob@example.org
	// 09:00:03 store mail.accepted bob@example.org
	// 09:00:03 store mail.delivered bob@example.org
	// 09:00:04 mx mail.relayed bob@example.org
}

func ExamplePaths() {
	for _, p := range Paths(run().Events, "plan") {
		fmt.Println(p.To, p.Nodes)
	}
	// Output: bob@example.org [out mx store]
}
