package trace

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSortFamilies(t *testing.T) {
	f := families{}
	mails := []string{"a", "b", "a/dsn-mx", "c", "b/dsn-out-2", "a/dsn-mx/dsn-out", "ab"}
	var of []int32
	for _, m := range mails {
		of = append(of, f.of(m))
	}
	s := sortFamilies(mails, of, len(f)+1) // and one that has nothing here
	var got [][]string
	for i := range int32(len(f) + 1) {
		got = append(got, s.of(i))
	}
	want := [][]string{{"a", "a/dsn-mx", "a/dsn-mx/dsn-out"}, {"b", "b/dsn-out-2"}, {"c"}, {"ab"}, {}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestVerifyFamilies mixes mails: each is judged as if it were alone, and its message
// is read once, when its turn comes.
func TestVerifyFamilies(t *testing.T) {
	one := run()
	e := Evidence{Nodes: one.Nodes}
	for _, v := range one.Events {
		for i := range 3 {
			of := *v
			of.Mail, of.ID = fmt.Sprint("m", i), fmt.Sprint(v.ID, i)
			e.Events = append(e.Events, &of)
		}
	}
	read := map[string]int{}
	for i := range 3 {
		d := one.Delivered[0]
		fields := d
		d.Mail, d.ID = fmt.Sprint("m", i), fmt.Sprint(d.ID, i)
		d.ReturnPaths, d.Received = nil, nil
		d.Read = func(d *Delivery) {
			read[d.Mail]++
			d.ReturnPaths, d.Received = fields.ReturnPaths, append([]Hop(nil), fields.Received...)
			for j := range d.Received[:3] {
				d.Received[j].ID += fmt.Sprint(i)
			}
			if i == 1 {
				d.Received[0].By = "evil"
			}
		}
		e.Delivered = append(e.Delivered, d)
		e.Sent = append(e.Sent, Sent{Mail: d.Mail, BodySum: d.BodySum, Received: []string{"old"}})
	}
	e.Queued = []Held{{"mx", "m12", "m2", "bob@example.org"}} // relayed, and still there
	want := []found{{Duplicates, "m2", "mx"}, {Trace, "m1", "store"}}
	if diff := cmp.Diff(want, verdicts(e)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int{"m0": 1, "m1": 1, "m2": 1}, read); diff != "" {
		t.Errorf("how often each was read (-want +got):\n%s", diff)
	}
	if e.Delivered[0].Received != nil {
		t.Error("what was read is kept")
	}
}
