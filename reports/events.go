package reports

import (
	"bytes"
	"encoding/json"
	"iter"
	"slices"
)

// Events is the record of a run, in canonical order. It may make each event when it
// is asked for: a long run has millions, and its own log holds them already. The
// zero value has none.
type Events struct {
	n  int
	at func(i int) Event
}

// EventFunc returns n events; at makes the one of index i each time it is asked for.
func EventFunc(n int, at func(i int) Event) Events { return Events{n, at} }

// EventList returns the events of a list, which must not be changed after that.
func EventList(list ...Event) Events {
	return Events{len(list), func(i int) Event { return list[i] }}
}

// Len returns how many events there are.
func (e Events) Len() int { return e.n }

// At returns the event of index i, from 0 to below Len.
func (e Events) At(i int) Event { return e.at(i) }

// All gives the events one by one, with their indices.
func (e Events) All() iter.Seq2[int, Event] {
	return func(yield func(int, Event) bool) {
		for i := range e.n {
			if !yield(i, e.at(i)) {
				return
			}
		}
	}
}

// List returns all events as a slice of their own.
func (e Events) List() []Event {
	list := make([]Event, 0, e.n)
	for _, v := range e.All() {
		list = append(list, v)
	}
	return list
}

// IsZero reports whether there are none, which leaves them out of JSON.
func (e Events) IsZero() bool { return e.n == 0 }

// Equal reports whether both have the same events.
func (e Events) Equal(o Events) bool { return slices.Equal(e.List(), o.List()) }

// MarshalJSON writes a list. WriteJSON does the same event by event.
func (e Events) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // whoever asks for this may still do it
	err := enc.Encode(e.List())
	return b.Bytes(), err
}

// UnmarshalJSON reads a list.
func (e *Events) UnmarshalJSON(b []byte) error {
	var list []Event
	if err := json.Unmarshal(b, &list); err != nil {
		return err
	}
	*e = EventList(list...)
	return nil
}
