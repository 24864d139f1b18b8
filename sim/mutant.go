package sim

import "slices"

// Mutant is a rule that a node breaks on purpose, and no other, so that a
// scenario can be shown to fail.
type Mutant string

// The mutants.
const (
	mutantAddressFallback Mutant = "address-fallback"
	mutantAddsMessageID   Mutant = "adds-message-id"
	mutantBelievesHello   Mutant = "believes-hello"
	mutantBlindToItself   Mutant = "blind-to-itself"
	mutantBouncesNull     Mutant = "bounces-null-sender"
	mutantBounceSender    Mutant = "bounces-with-sender"
	mutantBouncesToHeader Mutant = "bounces-to-header"
	mutantCasePostmaster  Mutant = "case-sensitive-postmaster"
	mutantChangesReceived Mutant = "changes-received"
	mutantDropsQuotes     Mutant = "drops-quotes"
	mutantDuplicatesMail  Mutant = "duplicates-mail"
	mutantEditsBody       Mutant = "edits-body"
	mutantEditsSubject    Mutant = "edits-subject"
	mutantEqualMXInOrder  Mutant = "equal-mx-in-order"
	mutantFailureAsNoMX   Mutant = "failure-as-no-mx"
	mutantGreetsWithHELO  Mutant = "greets-with-helo"
	mutantIgnoresMXOrder  Mutant = "ignores-mx-preference"
	mutantIgnoresNotify   Mutant = "ignores-notify"
	mutantIgnoresRET      Mutant = "ignores-ret"
	mutantIPv6WithoutTag  Mutant = "ipv6-without-tag"
	mutantKeepsBcc        Mutant = "keeps-bcc"
	mutantKeepsReturnPath Mutant = "keeps-old-return-path"
	mutantKeepsWorseMX    Mutant = "keeps-worse-mx"
	mutantLateHopLimit    Mutant = "late-hop-limit"
	mutantListKeepsDSN    Mutant = "list-keeps-dsn"
	mutantListKeepsSender Mutant = "list-keeps-sender"
	mutantLosesMail       Mutant = "loses-mail"
	mutantLosesQueue      Mutant = "loses-queue-on-crash"
	mutantLowerCases      Mutant = "lower-cases-local-part"
	mutantNeverExpires    Mutant = "never-expires"
	mutantNoBounce        Mutant = "no-bounce"
	mutantNoStuffing      Mutant = "no-dot-stuffing"
	mutantNoHELO          Mutant = "no-helo-fallback"
	mutantNoNullMX        Mutant = "no-null-mx"
	mutantNoQuit          Mutant = "no-quit"
	mutantNoReceived      Mutant = "no-received"
	mutantNoReturnPath    Mutant = "no-return-path"
	mutantOmitsAddress    Mutant = "omits-client-address"
	mutantOneAddress      Mutant = "one-address-only"
	mutantOneRecipient    Mutant = "one-recipient-a-mail"
	mutantPipelines       Mutant = "pipelines-unasked"
	mutantReceivedBelow   Mutant = "received-at-bottom"
	mutantRemovesReceived Mutant = "removes-received"
	mutantRetriesAtOnce   Mutant = "retries-at-once"
	mutantRevealsFor      Mutant = "reveals-for"
	mutantEightBitAsIs    Mutant = "sends-8bit-as-is"
	mutantSendsAnyway     Mutant = "sends-after-refused-data"
	mutantTreats4yzAs5yz  Mutant = "treats-4yz-as-5yz"
	mutantTreats5yzAs4yz  Mutant = "treats-5yz-as-4yz"
	mutantTwoReturnPaths  Mutant = "two-return-paths"
	mutantUnsafeRelay     Mutant = "unsafe-relay"
	mutantUsesExtensions  Mutant = "uses-extensions-unasked"
	mutantWrongWith       Mutant = "wrong-with"
)

// MutantRule is what a mutant does, and which rule that breaks.
type MutantRule struct {
	Mutant Mutant
	Breaks string // id of the requirement
	Does   string // in a sentence
}

// MutantRules returns all mutants, sorted by name.
func MutantRules() []MutantRule {
	return []MutantRule{
		{mutantAddressFallback, "R5321-5.1-m", "It tries the addresses of a domain behind its MX hosts."},
		{mutantAddsMessageID, "R5321-6.4-d", "It adds a Message-ID to what it only relays."},
		{mutantBelievesHello, "R5321-4.4-e", "It writes the address that a client claims to have in its EHLO."},
		{mutantBlindToItself, "R5321-5.1-z", "It does not see its own name and addresses among the MX hosts."},
		{mutantBouncesNull, "R5321-6.1-e", "It sends notifications about mail with a null reverse-path, to the author in the header."},
		{mutantBouncesToHeader, "R5321-4.4-ah", "It sends notifications to the author in the header."},
		{mutantBounceSender, "R5321-3.6.3-e", "Its notifications have its postmaster as their reverse-path."},
		{mutantCasePostmaster, "R5321-4.5.1-h", "It knows postmaster in small letters only."},
		{mutantChangesReceived, "R5321-4.4-j", "It overwrites the Received fields that it finds."},
		{mutantDropsQuotes, "R5321-4.1.2-d", "It passes local parts on without their quotes."},
		{mutantDuplicatesMail, "R5321-4.1.1.10-g", "It takes each mail twice."},
		{mutantEditsBody, "R5321-3.6.3-g", "It adds a line to each body."},
		{mutantEditsSubject, "R5321-3.6.3-f", "It changes the Subject field."},
		{mutantEqualMXInOrder, "R5321-5.1-w", "It tries MX hosts of equal preference in the order of their names."},
		{mutantFailureAsNoMX, "R5321-5.1-h", "It takes a failure to look up MX records for there being none."},
		{mutantGreetsWithHELO, "R5321-2.2.1-b", "It says HELO to every server."},
		{mutantIgnoresMXOrder, "R5321-5.1-u", "It tries the least preferred MX first."},
		{mutantIgnoresNotify, "R3461-5.2.2-d", "It sends notifications of failure that NOTIFY forbids."},
		{mutantIgnoresRET, "R3461-6.2-a", "It returns the whole mail, whatever RET says."},
		{mutantIPv6WithoutTag, "R5321-4.4-g", "It writes IPv6 addresses without their tag."},
		{mutantKeepsBcc, "R5322-3.6.3-a", "It leaves the Bcc fields in mail that is submitted."},
		{mutantKeepsReturnPath, "R5321-4.4-af", "It leaves the Return-Path that a mail has when it delivers it."},
		{mutantKeepsWorseMX, "R5321-5.1-ab", "It goes on to MX hosts that are less preferred than itself."},
		{mutantLateHopLimit, "R5321-6.3-b", "It lets a mail pass three times as many hops as its limit."},
		{mutantListKeepsDSN, "R3461-5.2.7.1-a", "Its lists keep the sender's NOTIFY, ORCPT, RET and ENVID."},
		{mutantListKeepsSender, "R5321-3.9-c", "Its lists keep the reverse-path."},
		{mutantLosesMail, "R5321-2.1-b", "It accepts mail and forgets it."},
		{mutantLosesQueue, "R5321-6.1-a", "It has an empty queue after a crash."},
		{mutantLowerCases, "R5321-2.4-d", "It writes local parts in small letters."},
		{mutantNeverExpires, "R5321-4.2.5-a", "It tries for a year before it gives a mail up."},
		{mutantNoBounce, "R5321-3.6.3-a", "It sends no notifications at all."},
		{mutantNoStuffing, "R5321-4.5.2-a", "It sends lines that begin with a dot as they are."},
		{mutantNoHELO, "R5321-2.2.1-d", "It gives up on a server that knows no EHLO."},
		{mutantNoNullMX, "R7505-3-a", "It takes a null MX for no MX."},
		{mutantNoQuit, "R5321-4.1.1.10-d", "It closes sessions without QUIT."},
		{mutantNoReceived, "R5321-4.4-a", "It adds no Received field."},
		{mutantNoReturnPath, "R5321-4.4-y", "It adds no Return-Path when it delivers a mail."},
		{mutantOmitsAddress, "R5321-4.4-d", "It does not write the address of the client."},
		{mutantOneAddress, "R5321-5.1-p", "It tries the first address only."},
		{mutantOneRecipient, "R5321-4.5.4.1-m", "It sends a copy of its own for each recipient."},
		{mutantPipelines, "R2920-3.1-d", "It sends commands in groups to servers that do not offer it."},
		{mutantReceivedBelow, "R5321-4.4-k", "It adds its Received field at the end of the header."},
		{mutantRemovesReceived, "R5321-4.4-j", "It removes the Received fields that it finds."},
		{mutantRetriesAtOnce, "R5321-4.5.4.1-c", "It tries again after a minute, whatever its schedule says."},
		{mutantRevealsFor, "R5321-7.6-a", "It names a recipient in Received when there are several."},
		{mutantEightBitAsIs, "R6152-3-b", "It sends 8-bit content to servers that do not offer 8BITMIME."},
		{mutantSendsAnyway, "R5321-3.3-n", "It sends the message although DATA was refused."},
		{mutantTreats4yzAs5yz, "R5321-4.2.1-a", "It gives up at a 4yz."},
		{mutantTreats5yzAs4yz, "R5321-4.2.1-b", "It tries again after a 5yz."},
		{mutantTwoReturnPaths, "R5321-4.4-af", "It adds two Return-Path fields when it delivers a mail."},
		{mutantUnsafeRelay, "SEC-RELAY-1", "It relays for everybody."},
		{mutantUsesExtensions, "R5321-4.1.1.2-d", "It takes every server to know every extension but STARTTLS and CHUNKING."},
		{mutantWrongWith, "R3848-1-c", "It writes that all mail came by ESMTPSA."},
	}
}

// Mutants returns the names of all mutants, sorted.
func Mutants() []Mutant {
	rules := MutantRules()
	out := make([]Mutant, len(rules))
	for i, r := range rules {
		out[i] = r.Mutant
	}
	return out
}

// is reports whether the node is a mutant of that kind.
func (n *Node) is(m Mutant) bool { return slices.Contains(n.cfg.Mutants, m) }
