// Package conformance asks mail servers whether they keep the rules of mail: RFC 5321, its extensions and safe
// handling. It has the catalogue of the rules, one row a check, and the means to ask: sessions that send any octets
// and record all that was said, verdicts that name the rule, and a runner for many questions side by side.
//
// The questions themselves, cases, are in the package cases; a Case is a plain value, so that yours can stand
// beside them.
//
// # Design
//
// A case is judged by what can be seen from outside, and by nothing else. Its Run is written like a Go test: a
// broken expectation ends it there and then. Which verdict that gives is decided by the row of the catalogue that
// is being judged: MUST fails, SHOULD warns, and so does whatever real servers legitimately do in several ways.
//
// Servers shut out clients that make many errors (RFC 5321 7.8), so a case makes few in a session, and is asked
// again in fresh sessions when it was a dropped connection that spoiled it.
//
// All waiting is by deadlines of connections and by timers, made by the run itself, so that a run in virtual time
// (sim.Virtual) takes no time to wait.
package conformance
