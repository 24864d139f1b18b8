// Package conformance knows the rules of mail: the requirements of RFC 5321, of its extensions and of safe handling, one row
// a check, and which of them a set of scenarios covers.
package conformance
