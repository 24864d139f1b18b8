package trace

import (
	"slices"
	"strings"
)

// Sort puts events into the order of reports: by time, node and mail, and as
// they came where those are the same. Things of one instant happen in an order
// that differs from run to run; the reports of one seed do not.
func Sort(events []*Event) {
	// In virtual time a log is in the order of time: there is only each instant to
	// be sorted, which takes a long one as much time as its events.
	for from := 0; from < len(events); {
		to := from + 1
		for to < len(events) && events[to].At.Equal(events[from].At) {
			to++
		}
		if to < len(events) && events[to].At.Before(events[from].At) {
			slices.SortStableFunc(events, compare)
			return
		}
		if to-from > 1 {
			slices.SortStableFunc(events[from:to], compare)
		}
		from = to
	}
}

func compare(a, b *Event) int {
	if c := a.At.Compare(b.At); c != 0 {
		return c
	}
	if c := strings.Compare(a.Node, b.Node); c != 0 {
		return c
	}
	return strings.Compare(a.Mail, b.Mail)
}

// OfSession reports whether k is of a session, and not of a mail in it.
func (k Kind) OfSession() bool { return strings.HasPrefix(string(k), "session.") }

// session names a server session among all nodes.
type session struct{ node, name string }

// OfMail returns the events of the mail of exactly that name, and the session.*
// events of the sessions in which it appears, in canonical order.
func OfMail(events []*Event, mail string) []*Event {
	sessions := make(map[session]bool)
	for _, e := range events {
		if e.Mail == mail && e.Session != "" {
			sessions[session{e.Node, e.Session}] = true
		}
	}
	var of []*Event
	for _, e := range events {
		if e.Mail == mail || e.Kind.OfSession() && sessions[session{e.Node, e.Session}] {
			of = append(of, e)
		}
	}
	Sort(of)
	return of
}

// key returns the same string for spellings of one address that events may
// have: the domain in lower case, no quotes around the local part. This package
// knows no more of addresses.
func key(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return strings.ToLower(address) // the bare postmaster
	}
	local, domain := address[:at], strings.ToLower(address[at:])
	if domain == address[at:] && local != "" && local[0] != '"' && !strings.EqualFold(local, "postmaster") {
		return address // as most are, and without a copy
	}
	if n := len(local); n >= 2 && local[0] == '"' && local[n-1] == '"' {
		local = strings.ReplaceAll(local[1:n-1], `\`, "")
	}
	if strings.EqualFold(local, "postmaster") {
		local = "postmaster"
	}
	return local + domain
}
