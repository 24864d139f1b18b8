package mutants

func rfc5321Received() []Mutant {
	const (
		from = "rfc5321/4.4/received-from"
		top  = "rfc5321/4.4/received-on-top"
		kept = "rfc5321/4.4/received-kept"
	)
	return []Mutant{
		{
			Name: "received-without-from", Case: from, Row: "R5321-4.4-b",
			Does:  "It writes no from clause.",
			Store: traced(`from .* by `, "by "),
		},
		{
			Name: "received-from-reverse-name", Case: from, Row: "R5321-4.4-c",
			Does:  "It writes the name that the address has in the DNS in place of the one of EHLO.",
			Store: traced(`from \S+`, "from client.example.test"),
		},
		{
			Name: "received-without-address", Case: from, Row: "R5321-4.4-d",
			Does: "It does not write the address of the client.",
			Node: breaks("omits-client-address"),
		},
		{
			Name: "received-name-in-comment", Case: from, Row: "R5321-4.4-c", Guard: true,
			Does:  "It writes the address first and the name of EHLO behind it in a comment, as Exim does.",
			Store: traced(`from (\S+) \((\[[^]]*\])\)`, "from $2 (helo=$1)"),
		},
		{
			Name: "received-believes-literal", Case: "rfc5321/4.4/received-from-literal", Row: "R5321-4.4-e",
			Does: "It takes the address that the client claims in EHLO for its address.",
			Node: breaks("believes-hello"),
		},
		{
			Name: "received-literal-alone", Case: "rfc5321/4.4/received-from-literal", Row: "R5321-4.4-f",
			Does:  "It writes nothing behind a literal that the client gave.",
			Store: traced(`from (\S+) \([^)]*\)`, "from $1"),
		},
		{
			Name: "received-untagged-ipv6", Case: "rfc5321/4.4/received-ipv6-tag", Row: "R5321-4.4-g",
			Does:  "It writes IPv6 addresses without their tag.",
			Store: traced(`\(.*?\[.*?\]\)`, "(localhost [::1])"),
		},
		{
			Name: "received-tagged-ipv6", Case: "rfc5321/4.4/received-ipv6-tag", Row: "R5321-4.4-g", Guard: true,
			Does:  "It writes IPv6 addresses with their tag.",
			Store: traced(`\(.*?\[.*?\]\)`, "(localhost [IPv6:::1])"),
		},
		{
			Name: "received-without-by", Case: "rfc5321/4.4/received-by", Row: "R5321-4.4-s",
			Does:  "It writes no by clause.",
			Store: traced(` by \S+`, ""),
		},
		{
			Name: "received-by-first", Case: "rfc5321/4.4/received-by", Row: "R5321-4.4-s",
			Does:  "It writes by before from.",
			Store: traced(`(from .*) (by \S+)`, "$2 $1"),
		},
		{
			Name: "received-id-before-with", Case: "rfc5321/4.4/received-by", Row: "R5321-4.4-t",
			Does:  "It writes id before with.",
			Store: traced(`(with \S+) (id [^\s;]+)`, "$2 $1"),
		},
		{
			Name: "received-least", Case: "rfc5321/4.4/received-by", Row: "R5321-4.4-t", Guard: true,
			Does:  "It writes from and by, and none of the optional clauses.",
			Store: traced(`( by \S+?).*;`, "$1;"),
		},
		{
			Name: "received-always-esmtp", Case: "rfc5321/4.4/received-with", Row: "R5321-4.4-u",
			Does:  "It writes that mail came by ESMTP, though the client said HELO.",
			Store: traced(`with SMTP`, "with ESMTP"),
		},
		{
			Name: "received-always-smtp", Case: "rfc5321/4.4/received-with", Row: "R5321-4.4-u",
			Does:  "It writes that mail came by SMTP, though the client said EHLO.",
			Store: traced(`with ESMTP`, "with SMTP"),
		},
		{
			Name: "received-small-letters", Case: "rfc5321/4.4/received-with", Row: "R5321-4.4-u", Guard: true,
			Does: "It writes the protocol in small letters, as Exim does.",
			Store: func(m []byte) [][]byte {
				return traced(`with SMTP`, "with smtp")(traced(`with ESMTP`, "with esmtp")(m)[0])
			},
		},
		{
			Name: "received-own-protocol", Case: "rfc5321/4.4/received-with", Row: "R5321-4.4-v",
			Does:  "It writes a protocol of its own.",
			Store: traced(`with \w+`, "with Microsoft-Magic"),
		},
		{
			Name: "received-own-link", Case: "rfc5321/4.4/received-registered-words", Row: "R5321-4.4-w",
			Does:  "It writes that mail came via WIRE.",
			Store: traced(` with `, " via WIRE with "),
		},
		{
			Name: "received-via-tcp", Case: "rfc5321/4.4/received-registered-words", Row: "R5321-4.4-w", Guard: true,
			Does:  "It writes that mail came via TCP.",
			Store: traced(` with `, " via TCP with "),
		},
		{
			Name: "received-own-clause", Case: "rfc5321/4.4/received-registered-words", Row: "R5321-4.4-x",
			Does:  "It writes the score of its spam filter as if that were a clause.",
			Store: traced(`;`, " spamscore 3;"),
		},
		{
			Name: "received-tls-clause", Case: "rfc5321/4.4/received-registered-words", Row: "R5321-4.4-x", Guard: true,
			Does:  "It writes the tls clause of RFC 8314.",
			Store: traced(`;`, " tls TLS_AES_128_GCM_SHA256;"),
		},
		{
			Name: "received-for-all", Case: "rfc5321/4.4/received-id-and-for", Row: "R5321-4.4-i",
			Does:  "It writes all recipients behind for.",
			Store: traced(`;`, " for <good@local.test>, <second@local.test>;"),
		},
		{
			Name: "received-id-words", Case: "rfc5321/4.4/received-id-and-for", Row: "R5321-4.4-h",
			Does:  "It writes an id of two words.",
			Store: traced(`id (\w+)`, "id queue $1"),
		},
		{
			Name: "received-id-with-at", Case: "rfc5321/4.4/received-id-and-for", Row: "R5321-4.4-h", Guard: true,
			Does:  "It writes a msg-id as its id.",
			Store: traced(`id (\w+)`, "id <$1@mx.local.test>"),
		},
		{
			Name: "received-date-in-middle", Case: "rfc5321/4.4/received-date", Row: "R5321-4.4-r",
			Does:  "It writes the id behind the date.",
			Store: traced(` (id [^\s;]+)(.*)`, "$2 $1"),
		},
		{
			Name: "received-without-semicolon", Case: "rfc5321/4.4/received-date", Row: "R5321-4.4-r",
			Does:  "It writes no semicolon before the date.",
			Store: traced(`;`, ""),
		},
		{
			Name: "received-short-year", Case: "rfc5321/4.4/received-date", Row: "R5321-4.4-q",
			Does:  "It writes years of two digits.",
			Store: traced(` 20(\d\d) `, " $1 "),
		},
		{
			Name: "received-no-zone", Case: "rfc5321/4.4/received-date", Row: "R5321-4.4-q",
			Does:  "It writes dates without a zone.",
			Store: traced(` [+-]\d{4}`, ""),
		},
		{
			Name: "received-zone-comment", Case: "rfc5321/4.4/received-date", Row: "R5321-4.4-q", Guard: true,
			Does:  "It leaves the day of the week and the seconds out and writes the name of its zone in a comment.",
			Store: traced(`; \w+, (.*?):\d\d ([+-]\d{4})`, "; $1 $2 (a comment; UTC)"),
		},
		{
			Name: "received-zone-name", Case: "rfc5321/4.4/received-zone", Row: "R5321-4.4-n",
			Does:  "It writes GMT in place of an offset.",
			Store: traced(`[+-]\d{4}`, "GMT"),
		},
		{
			Name: "received-zone-twice", Case: "rfc5321/4.4/received-zone", Row: "R5321-4.4-p",
			Does:  "It writes the name of its zone behind the offset.",
			Store: traced(`([+-]\d{4})`, "$1 CET"),
		},
		{
			Name: "received-year-24", Case: "rfc5321/4.4/received-date", Row: "R5321-F.5-a",
			Does:  "It writes years of two digits.",
			Store: traced(` 20(\d\d) `, " $1 "),
		},
		{
			Name: "received-missing", Case: top, Row: "R5321-4.4-a",
			Does: "It adds no Received field.",
			Node: breaks("no-received"),
		},
		{
			Name: "received-below-others", Case: top, Row: "R5321-4.4-k",
			Does: "It adds its Received field at the end of the header.",
			Node: breaks("received-at-bottom"),
		},
		{
			Name: "received-by-two-programs", Case: top, Row: "R5321-4.4-k", Guard: true,
			Does:  "It adds two Received fields, one for each of its programs, and fields of its own above them.",
			Store: stored(`\A((?:.*\r\n)*?)Received:`, "${1}Delivered-To: x@local.test\r\nReceived: by mx.local.test; Mon, 5 Jan 2026 09:00:00 +0000\r\nReceived:"),
		},
		{
			Name: "received-changed", Case: kept, Row: "R5321-4.4-j",
			Does: "It overwrites the Received fields that it finds.",
			Node: breaks("changes-received"),
		},
		{
			Name: "received-unfolded", Case: kept, Row: "R5321-4.4-j",
			Does:  "It folds the Received fields that it finds anew.",
			Store: stored(`\r\n\t +by `, " by "),
		},
		{
			Name: "received-sorted", Case: kept, Row: "R5321-4.4-l",
			Does:  "It changes the order of the Received fields that it finds.",
			Store: stored(`(Received: from hop3(?:.*\r\n)(?:[ \t].*\r\n)*)((?:.*\r\n)*?)(Received: from hop1(?:.*\r\n)(?:[ \t].*\r\n)*)`, "$3$2$1"),
		},
		{
			Name: "received-before-from", Case: kept, Row: "R5321-4.4-m",
			Does:  "It puts another Received field before From.",
			Store: stored(`^From: `, "Received: by mx.local.test; Mon, 5 Jan 2026 09:00:00 +0000\r\nFrom: "),
		},
	}
}
