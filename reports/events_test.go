package reports_test

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/reports"
)

// Events that are made when they are asked for are written as those of a list are,
// and each is made once for it.
func TestEventFunc(t *testing.T) {
	list := fallback().Events.List()
	made := make([]int, len(list))
	lazy := reports.EventFunc(len(list), func(i int) reports.Event {
		made[i]++
		return list[i]
	})
	r := fallback()
	r.Events = lazy
	var got, want bytes.Buffer
	for w, r := range map[io.Writer]reports.Report{&got: r, &want: fallback()} {
		if err := reports.WriteJSON(w, run(r)); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(want.String(), got.String()); diff != "" {
		t.Errorf("JSON (-list +func):\n%s", diff)
	}
	for i, n := range made {
		if n != 1 {
			t.Errorf("event %d was made %d times", i, n)
		}
	}
	if !lazy.Equal(reports.EventList(list...)) || lazy.Equal(reports.EventList(list[1:]...)) {
		t.Error("Equal compares something else than the events")
	}
	for i, e := range lazy.All() {
		if e != list[i] {
			t.Errorf("event %d: %+v", i, e)
		}
		if i == 1 {
			break
		}
	}
}

// Events are a list for encoding/json too, and none are left out.
func TestEventsJSON(t *testing.T) {
	b, err := json.Marshal(reports.Report{Name: "none"})
	if err != nil || bytes.Contains(b, []byte("events")) {
		t.Errorf("no events: %s, %v", b, err)
	}
	var r reports.Report
	if err := json.Unmarshal([]byte(`{"events": [{"node": "a"}, {"node": "b"}]}`), &r); err != nil || r.Events.Len() != 2 || r.Events.At(1).Node != "b" {
		t.Errorf("two events: %+v, %v", r.Events.List(), err)
	}
	if err := json.Unmarshal([]byte(`{"events": {}}`), &r); err == nil {
		t.Error("a mapping was taken for events")
	}
}
