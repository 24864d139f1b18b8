// Package fakedns is the domain name system of a world that exists only in
// zone-file text: zones, an authoritative answer to every question about them,
// failures on purpose, a server for real sockets and a caching resolver.
//
// # Zones
//
// A World holds the records of all zones together. Names are absolute, whether
// or not they end in a dot; $ORIGIN changes that as in any zone file. A record
// without a TTL gets the one of $TTL, or DefaultTTL.
//
// Text without an SOA is fine, and usual: everything that no SOA claims belongs
// to one implicit zone, whose apex is the root and whose negative answers are
// cached for NegativeTTL. In it NS records are data like any other. An SOA makes
// its owner the apex of a zone of its own, and there an NS record below the apex
// is a delegation: if the world has an SOA for the child, the child zone
// answers; if not, the answer is a referral with glue, which a Resolver reports
// as a lame delegation.
//
// # Design
//
// One function answers all questions: a resolver inside the process calls it
// directly, a Server calls it for packets. So what dig shows is what a simulated
// mail server sees. Answers share the records of the World, which is why a
// record is never changed in place: changes build new record sets.
//
// All times are plain time.Now and timers, compared when they matter. Nothing
// runs in the background, so a World and its resolvers follow virtual time
// (testing/synctest) wherever they were made. Only Server and Client use sockets.
//
// A resolution failure is not cached (RFC 9520 asks for a second at least): a
// test that ends a failure wants to see its end in the next look-up.
package fakedns
