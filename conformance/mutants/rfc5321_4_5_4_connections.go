package mutants

import (
	"sync/atomic"

	"github.com/mailsim/mailsim/sim"
)

func rfc5321Connections() []Mutant {
	const many = "rfc5321/4.5.4.2/many-connections"
	return []Mutant{
		{
			Name: "deaf-while-at-work", Case: "rfc5321/4.5.4.2/listening", Row: "R5321-4.5.4.2-a",
			Does:   "It closes new connections while it takes a message.",
			Filter: busyAtData("close"),
		},
		{
			Name: "dies-of-many-connections", Case: many, Row: "R5321-4.5.4.2-b",
			Does:   "It dies when there are 20 connections.",
			Filter: mortal(20),
		},
		{
			Name: "limits-connections", Case: many, Row: "R5321-4.5.4.2-b", Guard: true,
			Does: "It takes 20 connections at a time.",
			Node: func(c *sim.NodeConfig) { c.Limits.Connections = 20 },
		},
		{
			Name: "one-client-at-a-time", Case: "rfc5321/4.5.4.2/two-transactions", Row: "R5321-4.5.4.2-c",
			Does:   "It greets nobody while it takes a message.",
			Filter: busyAtData(""),
		},
	}
}

// busyAtData makes a server that greets with something else while a message is on its way.
func busyAtData(greeting string) func() Filter {
	var busy atomic.Bool
	return func() Filter {
		return Filter{
			Greeting: func(_ *Session, r string) string {
				if busy.Load() {
					return greeting
				}
				return r
			},
			Reply: func(_ *Session, command, r string) string {
				switch {
				case Verb(command) == "DATA":
					busy.Store(true)
				case command == "<dot>":
					busy.Store(false)
				}
				return r
			},
		}
	}
}

// mortal makes a server that is gone for good after n sessions.
func mortal(n int32) func() Filter {
	var sessions atomic.Int32
	return func() Filter {
		number := sessions.Add(1)
		return Filter{
			Greeting: func(_ *Session, r string) string {
				if number > n {
					return "close"
				}
				return r
			},
			Reply: func(_ *Session, _, r string) string {
				if sessions.Load() > n {
					return "close"
				}
				return r
			},
		}
	}
}
