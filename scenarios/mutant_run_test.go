package scenarios

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/sim"
)

// The page of the language lists the mutants, and each breaks a rule that there is.
func TestMutantsOnThePage(t *testing.T) {
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	rules := sim.MutantRules()
	if !slices.IsSortedFunc(rules, func(a, b sim.MutantRule) int { return strings.Compare(string(a.Mutant), string(b.Mutant)) }) {
		t.Error("the mutants are not sorted")
	}
	table := "| mutant | breaks | what it does |\n| --- | --- | --- |\n"
	for _, r := range rules {
		table += fmt.Sprintf("| `%s` | %s | %s |\n", r.Mutant, r.Breaks, r.Does)
		if _, ok := conformance.Lookup(r.Breaks); !ok {
			t.Errorf("%s breaks %s, which no catalogue has", r.Mutant, r.Breaks)
		}
	}
	if !strings.Contains(string(page), table+"\n") {
		t.Errorf("README.md has another table than\n%s", table)
	}
}

// mutantWorld is the network in which the mutants are shown: mail goes from out
// over relay to store, or to mx1 and mx2, and back to home.
const mutantWorld = `scenario: mutant
dns: |
  $TTL 300
  out.example.net.    A   192.0.2.1
  out.example.net.    AAAA  2001:db8::1
  relay.example.org.  A   192.0.2.2
  mx1.example.org.    A   192.0.2.11
  mx6.example.org.    AAAA  2001:db8::6
  six.example.org.    MX  10 mx6.example.org.
  mx2.example.org.    A   192.0.2.12
  example.org.        MX  10 relay.example.org.
  two.example.org.    MX  10 mx1.example.org.
  two.example.org.    MX  20 mx2.example.org.
  equal.example.org.  MX  10 mx1.example.org.
  equal.example.org.  MX  10 mx2.example.org.
  none.example.org.   MX  0 .
  fall.example.org.   MX  10 gone.example.org.
  fall.example.org.   A   192.0.2.11
  self.example.org.   MX  10 out.example.net.
  back.example.org.   MX  10 out.example.net.
  back.example.org.   MX  20 mx1.example.org.
nodes:
  out:   {role: msa, auth: none, host: out.example.net}
  bin:   {role: msa, auth: none, extensions: {add: [CHUNKING, BINARYMIME]}}
  relay: {role: mta, host: relay.example.org, domains: [example.org], next: store, limits: {hops: 5}, extensions: {add: [EXPN]}, queue: {delay-notice: 1h},
          aliases: {team@example.org: [bob@example.org, carol@example.org]},
          lists: {list@example.org: {owner: owner@example.net, members: [bob@example.org]}}}
  store: {role: mda, mailboxes: [bob@example.org, carol@example.org, dave@example.org, Bob.X@example.org, '"b c"@example.org'], quota: {dave@example.org: 100B}}
  tls:   {role: mda, host: tls.example.org, mailboxes: [bob@tls.example.org], tls: offered, extensions: [STARTTLS]}
  in:    {role: msa, auth: none, users: {alice: secret}, next: guard, login: {guard: {user: corp, password: secret}}}
  guard: {role: msa, users: {corp: secret}}
  mx1:   {role: mda, host: mx1.example.org, mailboxes: ["*@two.example.org", "*@equal.example.org", "*@fall.example.org", "*@back.example.org"]}
  mx6:   {role: mda, host: mx6.example.org, mailboxes: [bob@six.example.org]}
  mx7:   {role: mda, host: mx7.example.org, mailboxes: [bob@plain.example.org, carol@plain.example.org], extensions: []}
  mx2:   {role: mda, host: mx2.example.org, mailboxes: ["*@two.example.org", "*@equal.example.org"]}
  home:  {role: mda, mailboxes: [alice@example.net, owner@example.net]}
steps:
`

// TestMutants: the story holds as long as all keep the rules; with the mutant
// the check that is named fails.
func TestMutants(t *testing.T) {
	// send is a mail from alice, with more keys of a send step.
	send := func(to, more string) string {
		return "send: {mail: a, via: out, from: alice@example.net, to: " + to + more + "}"
	}
	const there = "expect: {mailbox: bob@example.org, has: a, within: 1m}"
	tests := []struct {
		mutant sim.Mutant
		node   string
		steps  []string
		fails  string
	}{
		{"address-fallback", "out", []string{send("bob@fall.example.org", ""), "expect: {event: mail.bounced, node: out, within: 1m}"}, "mail.bounced"},
		{"adds-apparently-to", "relay", []string{
			send("bob@example.org", ""),
			`expect: {mailbox: bob@example.org, within: 1m, headers: {Apparently-To: absent}}`,
		}, "mailbox bob"},
		{"adds-envid", "relay", []string{
			send("bob@example.org", ""), there, "never: {wire: store, from: relay, has: [/ENVID=/], for: 1m}",
		}, "wire store"},
		{"adds-last-line", "out", []string{
			send("bob@example.org", `, body: "last\n"`),
			there,
		}, "invariant/body"},
		{"adds-message-id", "relay", []string{
			"send: {mail: a, via: relay, from: alice@example.net, to: bob@example.org, headers: {Message-ID: absent}}",
			"expect: {mailbox: bob@example.org, within: 1m, headers: {Message-ID: absent}}",
		}, "Message-ID"},
		{"adds-notify", "relay", []string{
			send("bob@example.org", ""), there, "never: {wire: store, from: relay, has: [/NOTIFY=/], for: 1m}",
		}, "wire store"},
		{"adds-words", "out", []string{send("bob@example.org", ""), there, "expect: {wire: relay, from: out, has: [C> QUIT]}"}, "wire relay"},
		{"alias-changes-orcpt", "relay", []string{
			send("team@example.org", `, options: {ORCPT: "rfc822;x@example.net"}`), there, "expect: {wire: store, from: relay, has: [/ORCPT=rfc822;x@/]}",
		}, "wire store"},
		{"alias-changes-sender", "relay", []string{
			send("team@example.org", ""), "expect: {mailbox: bob@example.org, has: a, within: 1m, headers: {Return-Path: <alice@example.net>}}",
		}, "mailbox bob"},
		{"alias-keeps-success", "relay", []string{
			send("team@example.org", ", options: {NOTIFY: SUCCESS}"), there, "never: {wire: store, from: relay, has: [/NOTIFY=SUCCESS/], for: 1h}",
		}, "wire store"},
		{"all-recipients-or-none", "out", []string{
			"fault: {node: mx7, at: rcpt, reply: 452 4.2.2 not now, match: {to: /carol/}}",
			send("[bob@plain.example.org, carol@plain.example.org]", ""), "expect: {mailbox: bob@plain.example.org, has: a, within: 1m}",
		}, "mailbox bob"},
		{"always-reports-relayed", "relay", []string{
			send("bob@example.org", ", options: {NOTIFY: SUCCESS}"), "expect: {mailbox: alice@example.net, count: 1, within: 1h}",
		}, "mailbox alice"},
		{"asks-expn", "out", []string{
			send("bob@example.org", ""), there, "never: {wire: relay, from: out, has: [/EXPN bob/], for: 1m}",
		}, "wire relay"},
		{"believes-hello", "store", []string{
			"talk: {with: store, lines: [S> 220, 'C> EHLO [203.0.113.7]', S> 250, 'C> MAIL FROM:<>', S> 250, 'C> RCPT TO:<bob@example.org>', S> 250, C> DATA, S> 354, D>, D> ., S> 250]}",
			`expect: {mailbox: bob@example.org, headers: {Received: '/^from \[203\.0\.113\.7\] \(\[198/'}}`,
		}, "mailbox bob"},
		{"believes-lost-replies", "out", []string{"fault: {node: relay, at: dot, do: reset, times: 1}", send("bob@example.org", ""), "wait: 1h"}, "invariant/lost"},
		{"blind-to-itself", "out", []string{send("bob@self.example.org", ""), "expect: {event: mail.bounced, reply: /5.4.6/, within: 1m}"}, "mail.bounced"},
		{"bounces-null-sender", "relay", []string{
			`send: {mail: a, via: out, from: "", to: nobody@example.org, headers: {From: alice@example.net}}`,
			"never: {event: mail.generated, for: 1h}",
		}, "mail.generated"},
		{"bounces-to-header", "relay", []string{
			send("nobody@example.org", ", headers: {From: carol@example.org}"), "expect: {mailbox: alice@example.net, count: 1, within: 1m}",
		}, "mailbox alice"},
		{"bounces-with-sender", "relay", []string{
			send("nobody@example.org", ""), "expect: {mailbox: alice@example.net, within: 1m, headers: {Return-Path: <>}}",
		}, "mailbox alice"},
		{"bounces-without-tls", "out", []string{"fault: {node: tls, at: starttls, reply: 454 4.7.0 not now}", send("bob@tls.example.org", ""), "expect: {mailbox: bob@tls.example.org, has: a, within: 1h}"}, "mailbox bob"},
		{"case-sensitive-postmaster", "store", []string{
			send("PostMaster@example.org", ""), "expect: {event: mail.delivered, node: store, mail: a, within: 1m}",
		}, "mail.delivered"},
		{"changes-received", "relay", []string{send("bob@example.org", ""), there}, "invariant/received"},
		{"claims-mime", "out", []string{
			`talk: {with: out, lines: [S> 220, C> EHLO x, S> 250, 'C> MAIL FROM:<>', S> 250, 'C> RCPT TO:<bob@example.org>', S> 250, C> DATA, S> 354, "D> \r\nGrüße\r\n.", S> 250]}`,
			"expect: {event: mail.converted, node: out, within: 1m}",
		}, "mail.converted"},
		{"copies-subject", "relay", []string{
			send("nobody@example.org", ", headers: {Subject: mine}"),
			"expect: {mailbox: alice@example.net, within: 1m, headers: {Subject: Your mail could not be delivered}}",
		}, "mailbox alice"},
		{"cuts-at-nul", "relay", []string{
			`talk: {with: relay, lines: [S> 220, C> EHLO x, S> 250, 'C> MAIL FROM:<>', S> 250, 'C> RCPT TO:<bob@example.org>', S> 250, C> DATA, S> 354, "D> \r\na\0b\r\n.", S> 250]}`,
			`expect: {mailbox: bob@example.org, within: 1m, body: ["/a\0b/"]}`,
		}, "mailbox bob"},
		{"cuts-long-lines", "relay", []string{
			send("bob@example.org", `, body: "`+strings.Repeat("x", 998)+`\n"`),
			there,
		}, "invariant/body"},
		{"decodes-xtext", "relay", []string{
			send("bob@example.org", ", options: {ORCPT: rfc822;a+2Bb@example.org}"),
			there,
			`expect: {wire: store, has: ['/ORCPT=rfc822;a\+2Bb@/']}`,
		}, "wire store"},
		{"delivers-what-it-refuses", "store", []string{
			"fault: {node: store, at: dot, reply: 451 4.3.0 not now, times: 1}", send("bob@example.org", ""), "wait: 1h",
			"expect: {mailbox: bob@example.org, has: a, count: 1}",
		}, "mailbox bob"},
		{"discards-without-from", "relay", []string{
			send("bob@example.org", ", headers: {From: absent}"), there,
		}, "invariant/lost"},
		{"doubles-date", "relay", []string{
			send("bob@example.org", ""),
			"expect: {mailbox: bob@example.org, within: 1m, headers: {Date: [/./]}}",
		}, "mailbox bob"},
		{"drops-quotes", "relay", []string{
			send(`'"b c"@example.org'`, ""), "expect: {event: mail.delivered, node: store, mail: a, within: 1m}",
		}, "mail.delivered"},
		{"drops-unknown-fields", "relay", []string{
			send("bob@example.org", ", headers: {X-Odd: mine}"),
			"expect: {mailbox: bob@example.org, within: 1m, headers: {X-Odd: mine}}",
		}, "mailbox bob"},
		{"duplicates-mail", "relay", []string{send("bob@example.org", ""), there}, "invariant/duplicates"},
		{"edits-body", "relay", []string{send("bob@example.org", ""), there}, "invariant/body"},
		{"edits-subject", "relay", []string{
			send("bob@example.org", ", headers: {Subject: mine}"), "expect: {mailbox: bob@example.org, within: 1m, headers: {Subject: mine}}",
		}, "Subject"},
		{"equal-mx-in-order", "out", []string{
			send("bob@equal.example.org", ", count: 20"), "wait: 1m", "expect: {event: mail.delivered, node: mx2, count: 1..}",
		}, "node mx2"},
		{"escapes-from", "relay", []string{
			send("bob@example.org", `, body: "From here\n"`),
			there,
		}, "invariant/body"},
		{"failure-as-no-mx", "out", []string{
			"dns: {fail: servfail, name: fall.example.org, type: MX, for: 1h}",
			send("bob@fall.example.org", ""), "never: {event: mail.delivered, for: 20m}",
		}, "mail.delivered"},
		{"first-line-only", "out", []string{`fault: {node: relay, at: mail, reply: "250-a\n250 b"}`, send("bob@example.org", ""), there}, "mailbox bob"},
		{"forgets-dead-hosts", "out", []string{
			"fault: {node: mx1, at: connect, do: refuse}", send("bob@two.example.org", ", count: 9"), "wait: 1m",
			"expect: {event: fault.hit, node: mx1, count: ..2}",
		}, "fault.hit"},
		{"forgets-recipients", "store", []string{
			`talk: {with: store, lines: [S> 220, C> EHLO x, S> 250, 'C> MAIL FROM:<>', S> 250, 'C> RCPT TO:<bob@example.org>', S> 250, 'C> RCPT TO:<nobody@example.org>', S> 550, 'C> RCPT TO:<carol@example.org>', S> 250, C> DATA, S> 354, D>, D> ., S> 250]}`,
			"expect: {mailbox: bob@example.org, count: 1}",
		}, "mailbox bob"},
		{"form-feeds-in-notices", "relay", []string{send("nobody@example.org", ""), "wait: 1m", `never: {wire: home, has: ['/^D> .*\\f/']}`}, "wire home"},
		{"greets-with-helo", "out", []string{send("bob@example.org", ""), there, "expect: {wire: relay, from: out, has: [/^C> EHLO/]}"}, "wire relay"},
		{"greets-with-literal", "out", []string{
			send("bob@example.org", ""),
			there,
			`expect: {wire: relay, from: out, has: [C> EHLO out.example.net]}`,
		}, "wire relay"},
		{"ignores-mx-preference", "out", []string{send("bob@two.example.org", ""), "expect: {route: a, is: [out, mx1], within: 1m}"}, "route a"},
		{"ignores-notify", "relay", []string{
			send("nobody@example.org", ", options: {NOTIFY: NEVER}"), "never: {event: mail.generated, for: 1h}",
		}, "mail.generated"},
		{"ignores-ret", "relay", []string{
			send("nobody@example.org", ", options: {RET: HDRS}"),
			"expect: {mailbox: alice@example.net, within: 1m, body: [/rfc822-headers/]}",
		}, "mailbox alice"},
		{"impatient", "out", []string{"fault: {node: relay, at: dot, delay: 2m, times: 1}", send("bob@example.org", ""), "wait: 1h", "expect: {mailbox: bob@example.org, has: a, count: 1}"}, "mailbox bob"},
		{"ipv6-without-tag", "mx6", []string{
			send("bob@six.example.org", ""), `expect: {mailbox: bob@six.example.org, within: 1m, headers: {Received: '/\(\[IPv6:2001:db8::1\]\)/'}}`,
		}, "mailbox bob"},
		{"keeps-bcc", "out", []string{
			send("bob@example.org", ", headers: {Bcc: x@example.org}"), "expect: {mailbox: bob@example.org, within: 1m, headers: {Bcc: absent}}",
		}, "Bcc"},
		{"keeps-dots", "store", []string{
			send("bob@example.org", `, body: ".dot\n"`),
			there,
		}, "invariant/body"},
		{"keeps-extensions", "out", []string{
			`fault: {node: tls, at: ehlo, reply: "250-tls\n250-SIZE\n250 STARTTLS", times: 1}`, send("bob@tls.example.org", ""), "wait: 1m",
			"never: {wire: tls, from: out, has: [/SIZE=/]}",
		}, "wire tls"},
		{"keeps-old-return-path", "store", []string{send("bob@example.org", ", headers: {Return-Path: <x@example.org>}"), there}, "invariant/return-path"},
		{"keeps-recipients", "store", []string{
			`talk: {with: store, lines: [S> 220, C> EHLO x, S> 250, 'C> MAIL FROM:<>', S> 250, 'C> RCPT TO:<bob@example.org>', S> 250, C> RSET, S> 250, 'C> MAIL FROM:<>', S> 250, 'C> RCPT TO:<carol@example.org>', S> 250, C> DATA, S> 354, D>, D> ., S> 250]}`,
			"expect: {mailbox: bob@example.org, count: 0}",
		}, "mailbox bob"},
		{"keeps-worse-mx", "out", []string{send("bob@back.example.org", ""), "expect: {event: mail.bounced, reply: /5.4.6/, within: 1m}"}, "mail.bounced"},
		{"knows-few-codes", "out", []string{"fault: {node: mx7, at: rcpt, reply: 257 fine}", send("bob@plain.example.org", ""), "expect: {mailbox: bob@plain.example.org, has: a, within: 1m}"}, "mailbox bob"},
		{"late-hop-limit", "relay", []string{
			"send: {mail: a, via: relay, from: alice@example.net, to: bob@example.org, headers: {Received: [a, b, c, d, e]}}",
			"reply: {at: dot, is: /^554 5.4.6/}",
		}, "reply at dot"},
		{"lax-end-of-data", "store", []string{
			`talk: {with: store, lines: [S> 220, C> EHLO x, S> 250, 'C> MAIL FROM:<>', S> 250, 'C> RCPT TO:<bob@example.org>', S> 250, C> DATA, S> 354, "O> a\n.\r\nNOOP\r\n.\r\n", S> 554, C> QUIT, S> 221]}`,
		}, "talk with store"},
		{"leaves-last-line-open", "relay", []string{
			`talk: {with: relay, lines: [S> 220, C> EHLO x, S> 250, 'C> MAIL FROM:<>', S> 250, 'C> RCPT TO:<bob@example.org>', S> 250, C> BDAT 6 LAST, "O> \r\nlast", S> 250]}`,
			"expect: {mailbox: bob@example.org, count: 1, within: 1m}",
		}, "mailbox bob"},
		{"list-keeps-dsn", "relay", []string{
			send("list@example.org", ", options: {NOTIFY: FAILURE, ENVID: x}"), "never: {wire: store, from: relay, has: [/ENVID=x/], for: 1m}",
		}, "wire store"},
		{"list-keeps-sender", "relay", []string{
			send("list@example.org", ""), "expect: {mailbox: bob@example.org, within: 1m, headers: {Return-Path: <owner@example.net>}}",
		}, "Return-Path"},
		{"list-skips-author", "relay", []string{
			"send: {mail: a, via: out, from: bob@example.org, to: list@example.org}", there,
		}, "mailbox bob"},
		{"loses-mail", "relay", []string{send("bob@example.org", ""), there}, "invariant/lost"},
		{"loses-queue-on-crash", "relay", []string{
			"stop: store", send("bob@example.org", ""), "wait: 1m", "stop: relay", "start: [relay, store]",
			"expect: {mailbox: bob@example.org, has: a, within: 1h}",
		}, "mailbox bob"},
		{"lower-cases-local-part", "relay", []string{
			send("Bob.X@example.org", ""), "expect: {event: mail.accepted, node: store, to: Bob.X@example.org, within: 1m}",
		}, "mail.accepted"},
		{"lower-cases-orcpt", "relay", []string{
			send("bob@example.org", `, options: {ORCPT: "rfc822;X@example.net"}`), there, "expect: {wire: store, from: relay, has: [/ORCPT=rfc822;X@/]}",
		}, "wire store"},
		{"mends-nothing", "out", []string{
			send("bob@example.org", ", headers: {Message-ID: absent}"), "expect: {mailbox: bob@example.org, within: 1m, headers: {Message-ID: /@/}}",
		}, "mailbox bob"},
		{"needs-reply-text", "out", []string{`fault: {node: relay, at: mail, reply: "250\n"}`, send("bob@example.org", ""), there}, "mailbox bob"},
		{"never-expires", "out", []string{"stop: relay", send("bob@example.org", ""), "expect: {event: mail.expired, node: out, within: 6d}"}, "mail.expired"},
		{"no-bounce", "relay", []string{send("nobody@example.org", ""), "expect: {mailbox: alice@example.net, count: 1, within: 1m}"}, "mailbox alice"},
		{"no-dot-stuffing", "out", []string{send("bob@example.org", `, body: ".dot\n"`), there}, "invariant/body"},
		{"no-helo-fallback", "out", []string{"fault: {node: relay, at: ehlo, reply: 502 5.5.1 what, times: 1}", send("bob@example.org", ""), there}, "mailbox bob"},
		{"no-null-mx", "out", []string{send("bob@none.example.org", ""), "expect: {event: mail.bounced, reply: /5.1.10/, within: 1m}"}, "mail.bounced"},
		{"no-quit", "out", []string{send("bob@example.org", ""), there, "expect: {wire: relay, from: out, has: [C> QUIT]}"}, "wire relay"},
		{"no-received", "relay", []string{send("bob@example.org", ""), there}, "invariant/received"},
		{"no-return-path", "store", []string{send("bob@example.org", ""), there}, "invariant/return-path"},
		{"no-rset", "out", []string{
			"fault: {node: mx7, at: rcpt, reply: 550 5.1.1 no, match: {to: /carol/}}", "fault: {node: mx7, at: connect, delay: 1m}",
			send("carol@plain.example.org", ", count: 200"), "wait: 1h",
			"never: {wire: mx7, from: out, has: [/^C> MAIL/, /^S> 550/, /^C> MAIL/]}",
		}, "wire mx7"},
		{"no-second-ehlo", "out", []string{send("bob@tls.example.org", ""), "expect: {mailbox: bob@tls.example.org, has: a, within: 1m}"}, "mailbox bob"},
		{"no-success-report", "store", []string{
			send("bob@example.org", ", options: {NOTIFY: SUCCESS}"), "expect: {mailbox: alice@example.net, within: 1h}",
		}, "mailbox alice"},
		{"nulls-sender", "out", []string{
			send("bob@example.org", ""), "expect: {mailbox: bob@example.org, within: 1m, headers: {Return-Path: <alice@example.net>}}",
		}, "mailbox bob"},
		{"omits-client-address", "mx1", []string{
			send("bob@two.example.org", ""), `expect: {mailbox: bob@two.example.org, within: 1m, headers: {Received: '/^from \S+ \(\[192\.0\.2\.1\]\)/'}}`,
		}, "mailbox bob"},
		{"one-address-only", "out", []string{
			"fault: {node: mx1, at: connect, do: refuse}", send("bob@two.example.org", ""), "expect: {route: a, is: [out, mx2], within: 1m}",
		}, "route a"},
		{"one-notice-each", "relay", []string{
			send("[x@example.org, y@example.org]", ""),
			"wait: 1m",
			"expect: {mailbox: alice@example.net, count: 1}",
		}, "mailbox alice"},
		{"one-recipient-a-mail", "out", []string{
			send("[bob@example.org, carol@example.org]", ""), there,
			"expect: {received: a, at: bob@example.org, is: [{for: absent}, {for: absent}, {for: absent}]}",
		}, "received a"},
		{"passes-bare-line-ends", "relay", []string{
			`talk: {with: relay, lines: [S> 220, C> EHLO x, S> 250, 'C> MAIL FROM:<>', S> 250, 'C> RCPT TO:<bob@example.org>', S> 250, C> DATA, S> 354, "O> \r\na\nb\r\n.\r\n", S> 554]}`,
		}, "talk with relay"},
		{"pipelines-unasked", "out", []string{
			send("bob@plain.example.org", ""), "expect: {mailbox: bob@plain.example.org, has: a, within: 1m}",
			"expect: {wire: mx7, from: out, has: [/^C> MAIL/, /^S> 250/, /^C> RCPT/, /^S> 250/, /^C> DATA/, /^S> 354/]}",
		}, "wire mx7"},
		{"quits-with-lf", "out", []string{
			send("bob@example.org", ""),
			there,
			`expect: {wire: relay, from: out, has: [C> QUIT]}`,
		}, "wire relay"},
		{"quotes-all", "out", []string{
			send("bob@example.org", ""),
			there,
			`expect: {wire: relay, has: ['/^C> RCPT TO:<bob@/']}`,
		}, "wire relay"},
		{"quotes-count", "store", []string{
			send(`'"bob"@example.org'`, ""),
			`talk: {with: store, lines: [S> 220, C> EHLO x, S> 250, 'C> MAIL FROM:<>', S> 250, 'C> RCPT TO:<"bob"@example.org>', S> 250]}`,
		}, "talk with store"},
		{"reads-short-lines", "out", []string{"fault: {node: relay, at: mail, reply: 250 " + strings.Repeat("x", 300) + "}", send("bob@example.org", ""), there}, "mailbox bob"},
		{"reads-texts", "out", []string{"fault: {node: mx7, at: rcpt, reply: 250 no error}", send("bob@plain.example.org", ""), "expect: {mailbox: bob@plain.example.org, has: a, within: 1m}"}, "mailbox bob"},
		{"received-at-bottom", "relay", []string{send("bob@example.org", ""), there}, "invariant/received"},
		{"refuses-all-for-one", "store", []string{
			`talk: {with: store, lines: [S> 220, C> EHLO x, S> 250, 'C> MAIL FROM:<>', S> 250, 'C> RCPT TO:<dave@example.org>', S> 250, 'C> RCPT TO:<bob@example.org>', S> 250, C> DATA, S> 354, D>, D> too long, D> ., S> 250]}`,
		}, "talk with store"},
		{"remembers-refusals", "out", []string{
			"fault: {node: relay, at: mail, reply: 550 5.7.1 no, times: 1}", send("bob@example.org", ""), "wait: 1m",
			"send: {mail: b, via: out, from: alice@example.net, to: bob@example.org}", "expect: {mailbox: bob@example.org, has: b, within: 1m}",
		}, "mailbox bob"},
		{"removes-received", "relay", []string{send("bob@example.org", ""), there}, "invariant/received"},
		{"reports-first-only", "relay", []string{
			send("[x@example.org, y@example.org]", ""),
			"expect: {mailbox: alice@example.net, within: 1m, body: [/Final-Recipient. rfc822; y@/]}",
		}, "mailbox alice"},
		{"reports-unasked", "store", []string{
			send("bob@example.org", ", options: {NOTIFY: FAILURE}"), "never: {event: mail.generated, for: 1h}",
		}, "mail.generated"},
		{"resends-to-all", "out", []string{
			"fault: {node: relay, at: rcpt, reply: 450 4.2.1 not now, times: 1, match: {to: /carol/}}", send("[bob@example.org, carol@example.org]", ""), "wait: 1h",
			"expect: {mailbox: bob@example.org, count: 1}",
		}, "mailbox bob"},
		{"retries-at-once", "out", []string{
			"stop: relay", send("bob@example.org", ""), "wait: 20m", "expect: {event: mail.attempt, node: out, count: 1}",
		}, "mail.attempt"},
		{"return-path-in-notices", "relay", []string{
			send("nobody@example.org", ""),
			"wait: 1m",
			"never: {wire: home, has: [/^D> Return-Path/]}",
		}, "wire home"},
		{"reveals-for", "relay", []string{
			send("[bob@example.org, carol@example.org]", ""), there,
			"expect: {received: a, at: bob@example.org, is: [{for: absent}, {for: absent}, {for: absent}]}",
		}, "received a"},
		{"sends-8bit-as-is", "out", []string{
			send("bob@plain.example.org", `, body: "Grüße\n", options: {BODY: 8BITMIME}`), "wait: 1m",
			"never: {wire: mx7, from: out, has: [/Grüße/]}",
		}, "wire mx7"},
		{"sends-after-refused-data", "out", []string{
			"fault: {node: relay, at: data, reply: 554 5.3.0 no}", send("bob@example.org", ""),
			"never: {wire: relay, from: out, has: [/Message-ID/], for: 1m}",
		}, "wire relay"},
		{"sends-binary-as-text", "bin", []string{
			`talk: {with: bin, lines: [S> 220, C> EHLO x, S> 250, 'C> MAIL FROM:<> BODY=BINARYMIME', S> 250, 'C> RCPT TO:<bob@plain.example.org>', S> 250, C> BDAT 5 LAST, "O> \r\na\nb", S> 250]}`,
			"expect: {event: mail.converted, node: bin, within: 1m}",
		}, "mail.converted"},
		{"sends-to-bcc", "relay", []string{
			"send: {mail: a, via: relay, from: alice@example.net, to: bob@example.org, headers: {Bcc: carol@example.org}}", "never: {mailbox: carol@example.org, for: 1h}",
		}, "mailbox carol"},
		{"short-lines", "relay", []string{send("bob@example.org", ", body: "+strings.Repeat("x", 600)), there}, "invariant/body"},
		{"spaces-in-paths", "out", []string{send("bob@example.org", ""), there, "expect: {wire: relay, from: out, has: ['/^C> MAIL FROM:</']}"}, "wire relay"},
		{"strips-blanks", "relay", []string{
			send("bob@example.org", `, body: "a  \n"`),
			there,
		}, "invariant/body"},
		{"strips-detail", "relay", []string{
			send("bob+x@example.org", ""),
			`expect: {event: mail.delivered, node: store, to: bob+x@example.org, within: 1m}`,
		}, "mail.delivered"},
		{"takes-552-literally", "out", []string{
			"fault: {node: mx7, at: rcpt, reply: 552 too many, times: 1, match: {to: /carol/}}",
			send("[bob@plain.example.org, carol@plain.example.org]", ""), "expect: {mailbox: carol@plain.example.org, has: a, within: 1h}",
		}, "mailbox carol"},
		{"takes-half", "store", []string{
			`talk: {with: store, lines: [S> 220, C> EHLO x, S> 250, 'C> MAIL FROM:<>', S> 250, 'C> RCPT TO:<bob@example.org>', S> 250, C> DATA, S> 354, D>, D> half]}`,
			"never: {event: mail.accepted, for: 1h}",
		}, "mail.accepted"},
		{"talks-first", "out", []string{
			send("bob@example.org", ""), there, `expect: {wire: relay, from: out, has: [/^S> 220/, /^C> EHLO/]}`,
			"never: {wire: relay, from: out, has: [C> NOOP]}",
		}, "wire relay"},
		{"treats-4yz-as-5yz", "out", []string{
			"fault: {node: relay, at: rcpt, reply: 451 4.3.0 later}", send("bob@example.org", ""), "expect: {queue: out, has: a, within: 1m}",
		}, "queue out"},
		{"treats-5yz-as-4yz", "relay", []string{send("nobody@example.org", ""), "expect: {event: mail.bounced, node: relay, within: 1m}"}, "mail.bounced"},
		{"trusts-auth", "in", []string{
			"send: {mail: a, via: in, from: alice@example.net, to: bob@example.org, options: {AUTH: boss@example.net}}", there, "never: {wire: guard, has: [/AUTH=boss/], for: 1m}",
		}, "wire guard"},
		{"two-return-paths", "store", []string{send("bob@example.org", ""), there}, "invariant/return-path"},
		{"unfolds-header", "relay", []string{
			`talk: {with: relay, lines: [S> 220, C> EHLO x, S> 250, 'C> MAIL FROM:<>', S> 250, 'C> RCPT TO:<bob@example.org>', S> 250, C> DATA, S> 354, "D> X-Odd: a\r\n b\r\n\r\n.", S> 250]}`,
			`expect: {mailbox: bob@example.org, within: 1m, body: ['/X-Odd: a\n b/']}`,
		}, "mailbox bob"},
		{"unsafe-relay", "relay", []string{
			"send: {mail: a, via: relay, from: x@example.com, to: alice@example.net}", "reply: {at: rcpt, is: 550}",
		}, "reply at rcpt"},
		{"upper-case-keywords", "out", []string{`fault: {node: relay, at: ehlo, reply: "250-relay\n250 size"}`, send("bob@example.org", ""), there, "expect: {wire: relay, has: [/SIZE=/]}"}, "wire relay"},
		{"uses-extensions-unasked", "out", []string{
			send("bob@plain.example.org", ", options: {NOTIFY: FAILURE, RET: HDRS}"), "wait: 1m",
			"never: {wire: mx7, from: out, has: [/^C> (MAIL|RCPT) .*> /]}",
		}, "wire mx7"},
		{"warns-unasked", "relay", []string{
			"stop: store", send("bob@example.org", ", options: {NOTIFY: FAILURE}"), "never: {event: mail.generated, for: 1d}",
		}, "mail.generated"},
		{"wrong-with", "relay", []string{send("bob@example.org", ""), there}, "invariant/received"},
	}
	seen := map[sim.Mutant]bool{}
	for _, tt := range tests {
		seen[tt.mutant] = true
		t.Run(string(tt.mutant), func(t *testing.T) {
			t.Parallel()
			text := mutantWorld + "  - " + strings.Join(tt.steps, "\n  - ") + "\n"
			files := fstest.MapFS{"x.yaml": {Data: []byte(text)}}
			list, err := ParseFS(files, "x.yaml", Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range Run(list[0], RunOptions{}).Groups {
				for _, c := range g.Checks {
					if c.Verdict.Bad() {
						t.Errorf("without a mutant: %s: %s %s %s", c.Name, c.Verdict, c.Got, c.Reason)
					}
				}
			}
			p := proof{mutant: mutation{tt.node, tt.mutant}, fails: tt.fails}
			if err := p.try(files, "x.yaml"); err != nil {
				t.Error(err)
			}
		})
	}
	for _, m := range sim.Mutants() {
		if !seen[m] {
			t.Errorf("no story shows what the mutant %s does", m)
		}
	}
}
