// Package mail is the mail object of RFC 5321 2.3.1: envelope, header and body,
// with the addresses, paths, replies and trace fields that go with it.
//
// It reads and writes octets and keeps no connection. What a peer may send is
// bounded here: every parser has limits, none is quadratic, none panics.
//
// # Design
//
// A message is a [Content], octets that can be read many times. A relay never
// rewrites a message: it puts trace fields on top with [Join], and the body is
// the same octets in every node. Header fields are kept octet for octet
// ([Header]), since "existing trace lines unchanged" is a rule (RFC 5321 4.4).
package mail
