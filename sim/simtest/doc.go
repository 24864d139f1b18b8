// Package simtest has gomega matchers for simulated mail: the way that a mail
// took through a network, the trace fields and the header of what arrived.
package simtest
