package sim

import "slices"

// Mutant is a rule that a node breaks on purpose, and no other, so that a
// scenario can be shown to fail.
type Mutant string

// The mutants.
const (
	mutantAddressFallback   Mutant = "address-fallback"
	mutantApparentlyTo      Mutant = "adds-apparently-to"
	mutantAddsENVID         Mutant = "adds-envid"
	mutantAddsLastLine      Mutant = "adds-last-line"
	mutantAddsMessageID     Mutant = "adds-message-id"
	mutantAddsNotify        Mutant = "adds-notify"
	mutantAddsWords         Mutant = "adds-words"
	mutantAliasORCPT        Mutant = "alias-changes-orcpt"
	mutantAliasSender       Mutant = "alias-changes-sender"
	mutantAliasKeepsDSN     Mutant = "alias-keeps-success"
	mutantAllOrNone         Mutant = "all-recipients-or-none"
	mutantAlwaysRelayed     Mutant = "always-reports-relayed"
	mutantAsksEXPN          Mutant = "asks-expn"
	mutantBelievesHello     Mutant = "believes-hello"
	mutantBelievesLostReply Mutant = "believes-lost-replies"
	mutantBlindToItself     Mutant = "blind-to-itself"
	mutantBouncesNull       Mutant = "bounces-null-sender"
	mutantBouncesToHeader   Mutant = "bounces-to-header"
	mutantBounceSender      Mutant = "bounces-with-sender"
	mutantBouncesWithoutTLS Mutant = "bounces-without-tls"
	mutantCasePostmaster    Mutant = "case-sensitive-postmaster"
	mutantChangesReceived   Mutant = "changes-received"
	mutantClaimsMIME        Mutant = "claims-mime"
	mutantCopiesSubject     Mutant = "copies-subject"
	mutantCutsAtNUL         Mutant = "cuts-at-nul"
	mutantCutsLongLines     Mutant = "cuts-long-lines"
	mutantDecodesXtext      Mutant = "decodes-xtext"
	mutantDeliversRefused   Mutant = "delivers-what-it-refuses"
	mutantDiscardsOdd       Mutant = "discards-without-from"
	mutantDoublesDate       Mutant = "doubles-date"
	mutantDropsQuotes       Mutant = "drops-quotes"
	mutantDropsFields       Mutant = "drops-unknown-fields"
	mutantDuplicatesMail    Mutant = "duplicates-mail"
	mutantEditsBody         Mutant = "edits-body"
	mutantEditsSubject      Mutant = "edits-subject"
	mutantEqualMXInOrder    Mutant = "equal-mx-in-order"
	mutantEscapesFrom       Mutant = "escapes-from"
	mutantFailureAsNoMX     Mutant = "failure-as-no-mx"
	mutantFirstLineOnly     Mutant = "first-line-only"
	mutantForgetsDown       Mutant = "forgets-dead-hosts"
	mutantForgetsRcpts      Mutant = "forgets-recipients"
	mutantFormFeeds         Mutant = "form-feeds-in-notices"
	mutantGreetsWithHELO    Mutant = "greets-with-helo"
	mutantLiteralHello      Mutant = "greets-with-literal"
	mutantIgnoresMXOrder    Mutant = "ignores-mx-preference"
	mutantIgnoresNotify     Mutant = "ignores-notify"
	mutantIgnoresRET        Mutant = "ignores-ret"
	mutantImpatient         Mutant = "impatient"
	mutantIPv6WithoutTag    Mutant = "ipv6-without-tag"
	mutantKeepsBcc          Mutant = "keeps-bcc"
	mutantKeepsDots         Mutant = "keeps-dots"
	mutantKeepsExtensions   Mutant = "keeps-extensions"
	mutantKeepsReturnPath   Mutant = "keeps-old-return-path"
	mutantKeepsRcpts        Mutant = "keeps-recipients"
	mutantKeepsWorseMX      Mutant = "keeps-worse-mx"
	mutantKnowsFewCodes     Mutant = "knows-few-codes"
	mutantLateHopLimit      Mutant = "late-hop-limit"
	mutantLaxEnd            Mutant = "lax-end-of-data"
	mutantOpenEnd           Mutant = "leaves-last-line-open"
	mutantListKeepsDSN      Mutant = "list-keeps-dsn"
	mutantListKeepsSender   Mutant = "list-keeps-sender"
	mutantListSkipsAuthor   Mutant = "list-skips-author"
	mutantLosesMail         Mutant = "loses-mail"
	mutantLosesQueue        Mutant = "loses-queue-on-crash"
	mutantLowerCases        Mutant = "lower-cases-local-part"
	mutantLowerORCPT        Mutant = "lower-cases-orcpt"
	mutantMendsNothing      Mutant = "mends-nothing"
	mutantNeedsReplyText    Mutant = "needs-reply-text"
	mutantNeverExpires      Mutant = "never-expires"
	mutantNoBounce          Mutant = "no-bounce"
	mutantNoStuffing        Mutant = "no-dot-stuffing"
	mutantNoHELO            Mutant = "no-helo-fallback"
	mutantNoNullMX          Mutant = "no-null-mx"
	mutantNoQuit            Mutant = "no-quit"
	mutantNoReceived        Mutant = "no-received"
	mutantNoReturnPath      Mutant = "no-return-path"
	mutantNoReset           Mutant = "no-rset"
	mutantNoSecondEHLO      Mutant = "no-second-ehlo"
	mutantNoSuccess         Mutant = "no-success-report"
	mutantNullsSender       Mutant = "nulls-sender"
	mutantOmitsAddress      Mutant = "omits-client-address"
	mutantOneAddress        Mutant = "one-address-only"
	mutantNoticeEach        Mutant = "one-notice-each"
	mutantOneRecipient      Mutant = "one-recipient-a-mail"
	mutantBareLineEnds      Mutant = "passes-bare-line-ends"
	mutantPipelines         Mutant = "pipelines-unasked"
	mutantQuitsWithLF       Mutant = "quits-with-lf"
	mutantQuotesAll         Mutant = "quotes-all"
	mutantQuotesCount       Mutant = "quotes-count"
	mutantOneReplyLine      Mutant = "reads-short-lines"
	mutantReadsTexts        Mutant = "reads-texts"
	mutantReceivedBelow     Mutant = "received-at-bottom"
	mutantRefusesAll        Mutant = "refuses-all-for-one"
	mutantRemembersRefusals Mutant = "remembers-refusals"
	mutantRemovesReceived   Mutant = "removes-received"
	mutantReportsFirst      Mutant = "reports-first-only"
	mutantReportsUnasked    Mutant = "reports-unasked"
	mutantResendsToAll      Mutant = "resends-to-all"
	mutantRetriesAtOnce     Mutant = "retries-at-once"
	mutantReturnPathDSN     Mutant = "return-path-in-notices"
	mutantRevealsFor        Mutant = "reveals-for"
	mutantEightBitAsIs      Mutant = "sends-8bit-as-is"
	mutantSendsAnyway       Mutant = "sends-after-refused-data"
	mutantBinaryAsText      Mutant = "sends-binary-as-text"
	mutantSendsToBcc        Mutant = "sends-to-bcc"
	mutantShortLines        Mutant = "short-lines"
	mutantSpacesInPaths     Mutant = "spaces-in-paths"
	mutantStripsBlanks      Mutant = "strips-blanks"
	mutantStripsDetail      Mutant = "strips-detail"
	mutantLiteral552        Mutant = "takes-552-literally"
	mutantTakesHalf         Mutant = "takes-half"
	mutantTalksFirst        Mutant = "talks-first"
	mutantTreats4yzAs5yz    Mutant = "treats-4yz-as-5yz"
	mutantTreats5yzAs4yz    Mutant = "treats-5yz-as-4yz"
	mutantTrustsAuth        Mutant = "trusts-auth"
	mutantTwoReturnPaths    Mutant = "two-return-paths"
	mutantUnfolds           Mutant = "unfolds-header"
	mutantUnsafeRelay       Mutant = "unsafe-relay"
	mutantUpperCaseKeywords Mutant = "upper-case-keywords"
	mutantUsesExtensions    Mutant = "uses-extensions-unasked"
	mutantWarnsUnasked      Mutant = "warns-unasked"
	mutantWrongWith         Mutant = "wrong-with"
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
		{mutantApparentlyTo, "R5321-7.2-d", "It adds an Apparently-To field with the recipients of the envelope."},
		{mutantAddsENVID, "R3461-5.2.1-a", "It gives mail without an ENVID one."},
		{mutantAddsLastLine, "R5321-4.1.1.4-c", "It sends an empty line behind each message."},
		{mutantAddsMessageID, "R5321-6.4-d", "It adds a Message-ID to what it only relays."},
		{mutantAddsNotify, "R3461-5.2.1-b", "It sends NOTIFY=FAILURE,DELAY for recipients that have no NOTIFY."},
		{mutantAddsWords, "R5321-4.1.1-c", "It adds a word to QUIT and RSET."},
		{mutantAliasORCPT, "R3461-5.2.7.2-a", "Its aliases put their target into ORCPT."},
		{mutantAliasSender, "R5321-3.9.1-a", "Its aliases put themselves into the reverse-path."},
		{mutantAliasKeepsDSN, "R3461-5.2.7.3-a", "Its aliases ask for a notification of success from each of their targets."},
		{mutantAllOrNone, "R5321-4.5.3.1.10-d", "It ends the transaction at the first RCPT that is refused."},
		{mutantAlwaysRelayed, "R3461-5.2.1-d", "It tells of mail that went on to a server which sends notifications itself."},
		{mutantAsksEXPN, "R5321-3.5.4-a", "It asks servers that offer EXPN what the first recipient leads to."},
		{mutantBelievesHello, "R5321-4.4-e", "It writes the address that a client claims to have in its EHLO."},
		{mutantBelievesLostReply, "R5321-3.8-h", "It counts a mail as sent when the reply to the dot is lost."},
		{mutantBlindToItself, "R5321-5.1-z", "It does not see its own name and addresses among the MX hosts."},
		{mutantBouncesNull, "R5321-6.1-e", "It sends notifications about mail with a null reverse-path, to the author in the header."},
		{mutantBouncesToHeader, "R5321-4.4-ah", "It sends notifications to the author in the header."},
		{mutantBounceSender, "R5321-3.6.3-e", "Its notifications have its postmaster as their reverse-path."},
		{mutantBouncesWithoutTLS, "R3207-6-c", "It gives up where STARTTLS is refused or fails."},
		{mutantCasePostmaster, "R5321-4.5.1-h", "It knows postmaster in small letters only."},
		{mutantChangesReceived, "R5321-4.4-j", "It overwrites the Received fields that it finds."},
		{mutantClaimsMIME, "R5321-2.4-s", "It asks for 8BITMIME for 8-bit text that is no MIME."},
		{mutantCopiesSubject, "R5321-2.3.1-a", "Its notifications have the Subject of the mail, octet for octet."},
		{mutantCutsAtNUL, "R5321-4.5.2-g", "It cuts each line off at a NUL."},
		{mutantCutsLongLines, "R5322-2.1.1-a", "It cuts each line off after 900 octets."},
		{mutantDecodesXtext, "R5321-4.1.2-j", "It passes ORCPT on without the encoding."},
		{mutantDeliversRefused, "R5321-4.2.5-b", "It delivers mails that it refuses at the dot."},
		{mutantDiscardsOdd, "R5321-6.2-a", "It accepts mail without a From field and forgets it."},
		{mutantDoublesDate, "R5322-3.6-a", "It adds a Date field, whether there is one or not."},
		{mutantDropsQuotes, "R5321-4.1.2-d", "It passes local parts on without their quotes."},
		{mutantDropsFields, "R5322-2.2-a", "It takes away the header fields that RFC 5322 does not name."},
		{mutantDuplicatesMail, "R5321-4.1.1.10-g", "It takes each mail twice."},
		{mutantEditsBody, "R5321-3.6.3-g", "It adds a line to each body."},
		{mutantEditsSubject, "R5321-3.6.3-f", "It changes the Subject field."},
		{mutantEqualMXInOrder, "R5321-5.1-w", "It tries MX hosts of equal preference in the order of their names."},
		{mutantEscapesFrom, "R5321-4.5.2-i", "It puts > in front of lines that begin with From, as mbox files have it."},
		{mutantFailureAsNoMX, "R5321-5.1-h", "It takes a failure to look up MX records for there being none."},
		{mutantFirstLineOnly, "R5321-4.2-g", "It takes each line of a reply behind that to EHLO for a reply."},
		{mutantForgetsDown, "R5321-4.5.4.1-i", "It connects anew to a dead host for each mail."},
		{mutantForgetsRcpts, "R5321-4.1.1.3-g", "It forgets the recipients of a transaction when it refuses another."},
		{mutantFormFeeds, "R5321-4.1.1.4-a", "It writes a form feed into its notifications."},
		{mutantGreetsWithHELO, "R5321-2.2.1-b", "It says HELO to every server."},
		{mutantLiteralHello, "R5321-2.3.4-a", "It says EHLO with its address."},
		{mutantIgnoresMXOrder, "R5321-5.1-u", "It tries the least preferred MX first."},
		{mutantIgnoresNotify, "R3461-5.2.2-d", "It sends notifications of failure that NOTIFY forbids."},
		{mutantIgnoresRET, "R3461-6.2-a", "It returns the whole mail, whatever RET says."},
		{mutantImpatient, "R5321-4.5.3.2-b", "It waits no more than a minute for any reply."},
		{mutantIPv6WithoutTag, "R5321-4.4-g", "It writes IPv6 addresses without their tag."},
		{mutantKeepsBcc, "R5322-3.6.3-a", "It leaves the Bcc fields in mail that is submitted."},
		{mutantKeepsDots, "R5321-4.5.2-c", "It leaves the dots that clients have doubled."},
		{mutantKeepsExtensions, "R3207-4.2-c", "It takes extensions of before TLS for offered under it."},
		{mutantKeepsReturnPath, "R5321-4.4-af", "It leaves the Return-Path that a mail has when it delivers it."},
		{mutantKeepsRcpts, "R5321-4.1.1.2-a", "It keeps the recipients of one transaction for the next."},
		{mutantKeepsWorseMX, "R5321-5.1-ab", "It goes on to MX hosts that are less preferred than itself."},
		{mutantKnowsFewCodes, "R5321-4.2-o", "It takes a code that it does not know for a 451."},
		{mutantLateHopLimit, "R5321-6.3-b", "It lets a mail pass three times as many hops as its limit."},
		{mutantLaxEnd, "R5321-4.1.1.4-f", "It takes a dot between anything like line ends for the end of the data."},
		{mutantOpenEnd, "R5321-4.1.1.4-d", "It sends the final dot behind a last line without CRLF."},
		{mutantListKeepsDSN, "R3461-5.2.7.1-a", "Its lists keep the sender's NOTIFY, ORCPT, RET and ENVID."},
		{mutantListKeepsSender, "R5321-3.9-c", "Its lists keep the reverse-path."},
		{mutantListSkipsAuthor, "R5321-3.9-e", "Its lists leave out whoever has sent the mail."},
		{mutantLosesMail, "R5321-2.1-b", "It accepts mail and forgets it."},
		{mutantLosesQueue, "R5321-6.1-a", "It has an empty queue after a crash."},
		{mutantLowerCases, "R5321-2.4-d", "It writes local parts in small letters."},
		{mutantLowerORCPT, "R3461-5.2.1-c", "It writes ORCPT in small letters."},
		{mutantMendsNothing, "R6409-8.3-a", "It submits mail as it is."},
		{mutantNeedsReplyText, "R5321-4.2.1-d", "It takes a code without a blank and text for no reply."},
		{mutantNeverExpires, "R5321-4.2.5-a", "It tries for a year before it gives a mail up."},
		{mutantNoBounce, "R5321-3.6.3-a", "It sends no notifications at all."},
		{mutantNoStuffing, "R5321-4.5.2-a", "It sends lines that begin with a dot as they are."},
		{mutantNoHELO, "R5321-2.2.1-d", "It gives up on a server that knows no EHLO."},
		{mutantNoNullMX, "R7505-3-a", "It takes a null MX for no MX."},
		{mutantNoQuit, "R5321-4.1.1.10-d", "It closes sessions without QUIT."},
		{mutantNoReceived, "R5321-4.4-a", "It adds no Received field."},
		{mutantNoReturnPath, "R5321-4.4-y", "It adds no Return-Path when it delivers a mail."},
		{mutantNoReset, "R5321-4.1.4-o", "It goes on with the next mail where a transaction was refused, without RSET."},
		{mutantNoSecondEHLO, "R3207-4.2-d", "It says no EHLO under TLS."},
		{mutantNoSuccess, "R3461-5.2.3-a", "It never tells that mail was delivered, relayed or expanded."},
		{mutantNullsSender, "R5321-4.5.5-a", "It takes all mail with the null reverse-path."},
		{mutantOmitsAddress, "R5321-4.4-d", "It does not write the address of the client."},
		{mutantOneAddress, "R5321-5.1-p", "It tries the first address only."},
		{mutantNoticeEach, "R5321-4.4-an", "It sends a notification for each failed recipient."},
		{mutantOneRecipient, "R5321-4.5.4.1-m", "It sends a copy of its own for each recipient."},
		{mutantBareLineEnds, "R5321-2.3.8-i", "It takes messages with a bare CR or LF, and passes them on so."},
		{mutantPipelines, "R2920-3.1-d", "It sends commands in groups to servers that do not offer it."},
		{mutantQuitsWithLF, "R5321-2.3.8-g", "It ends QUIT with a bare LF."},
		{mutantQuotesAll, "R5321-4.1.2-c", "It puts quotes around each local part."},
		{mutantQuotesCount, "R5321-4.1.2-b", "It takes a quoted local part for another one."},
		{mutantOneReplyLine, "R5321-4.5.3.1.5-b", "It takes reply lines of more than 256 octets for no reply."},
		{mutantReadsTexts, "R5321-4.2-k", "It takes a 2yz whose text speaks of an error for a 550."},
		{mutantReceivedBelow, "R5321-4.4-k", "It adds its Received field at the end of the header."},
		{mutantRefusesAll, "R5321-4.4-ak", "It gives the reply for its first recipient for all of them."},
		{mutantRemembersRefusals, "R5321-4.5.4.1-l", "It gives mail up unasked for whom an earlier one was refused."},
		{mutantRemovesReceived, "R5321-4.4-j", "It removes the Received fields that it finds."},
		{mutantReportsFirst, "R5321-4.4-am", "Its notifications name the first failed recipient only."},
		{mutantReportsUnasked, "R3461-5.2.3-b", "It tells that mail was delivered, relayed or expanded whatever NOTIFY says."},
		{mutantResendsToAll, "R5321-4.5.3.1.8-f", "It sends a mail of which a part waits to all recipients again."},
		{mutantRetriesAtOnce, "R5321-4.5.4.1-c", "It tries again after a minute, whatever its schedule says."},
		{mutantReturnPathDSN, "R5321-4.4-ac", "It writes a Return-Path into its notifications."},
		{mutantRevealsFor, "R5321-7.6-a", "It names a recipient in Received when there are several."},
		{mutantEightBitAsIs, "R6152-3-b", "It sends 8-bit content to servers that do not offer 8BITMIME."},
		{mutantSendsAnyway, "R5321-3.3-n", "It sends the message although DATA was refused."},
		{mutantBinaryAsText, "R5321-2.4-q", "It sends binary content as if it were 8-bit text."},
		{mutantSendsToBcc, "R5321-3.6.3-h", "It sends mail to those in its Bcc fields as well."},
		{mutantShortLines, "R5321-4.5.3.1.6-c", "It breaks lines of more than 500 octets."},
		{mutantSpacesInPaths, "R5321-3.3-i", "It writes a space behind the colon of MAIL and RCPT."},
		{mutantStripsBlanks, "R5321-4.5.2-f", "It takes away the blanks at the ends of lines."},
		{mutantStripsDetail, "R5321-2.3.11-b", "It cuts + and what is behind it off local parts."},
		{mutantLiteral552, "R5321-4.5.3.1.10-a", "It gives up a recipient at a 552, though others were accepted before."},
		{mutantTakesHalf, "R5321-4.1.1.5-f", "It takes a message that broke off before its end."},
		{mutantTalksFirst, "R5321-4.3.1-b", "It says NOOP before it hears the greeting."},
		{mutantTreats4yzAs5yz, "R5321-4.2.1-a", "It gives up at a 4yz."},
		{mutantTreats5yzAs4yz, "R5321-4.2.1-b", "It tries again after a 5yz."},
		{mutantTrustsAuth, "R4954-5-b", "It believes the AUTH= of clients that have not logged in."},
		{mutantTwoReturnPaths, "R5321-4.4-af", "It adds two Return-Path fields when it delivers a mail."},
		{mutantUnfolds, "R5322-2.2.3-a", "It unfolds header fields."},
		{mutantUnsafeRelay, "SEC-RELAY-1", "It relays for everybody."},
		{mutantUpperCaseKeywords, "R5321-4.1.1.1-l", "It knows keywords of EHLO in capital letters only."},
		{mutantUsesExtensions, "R5321-4.1.1.2-d", "It takes every server to know every extension but STARTTLS and CHUNKING."},
		{mutantWarnsUnasked, "R3461-5.2.5-a", "It tells of delay whatever NOTIFY says."},
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
