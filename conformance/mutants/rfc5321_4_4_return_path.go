package mutants

func rfc5321ReturnPath() []Mutant {
	const name = "rfc5321/4.4/return-path"
	return []Mutant{
		{
			Name: "return-path-missing", Case: name, Row: "R5321-4.4-y",
			Does: "It adds no Return-Path when it delivers a message.",
			Node: breaks("no-return-path"),
		},
		{
			Name: "return-path-below-received", Case: name, Row: "R5321-4.4-y",
			Does:  "It puts Return-Path at the end of the header.",
			Store: stored(`\A(Return-Path:.*\r\n)((?:.+\r\n)*)`, "$2$1"),
		},
		{
			Name: "return-path-of-author", Case: name, Row: "R5321-4.4-z",
			Does:  "It writes the author of the message in place of the reverse-path.",
			Store: stored(`^Return-Path: <.+>`, "Return-Path: <sender@mailsim.test>"),
		},
		{
			Name: "return-path-in-small-letters", Case: name, Row: "R5321-4.4-z",
			Does:  "It writes the reverse-path in small letters.",
			Store: stored(`^Return-Path: <Env.Sender`, "Return-Path: <env.sender"),
		},
		{
			Name: "return-path-without-brackets", Case: name, Row: "R5321-4.4-ap",
			Does:  "It writes the reverse-path without its brackets.",
			Store: stored(`^Return-Path: <(.*)>`, "Return-Path: $1"),
		},
		{
			Name: "return-path-folded", Case: name, Row: "R5321-4.4-ap", Guard: true,
			Does:  "It folds the field, and writes its name with a small p.",
			Store: stored(`^Return-Path: <`, "Return-path:\r\n <"),
		},
		{
			Name: "null-return-path-of-daemon", Case: "rfc5321/4.4/return-path-null", Row: "R5321-4.4-aa",
			Does:  "It writes MAILER-DAEMON in place of the null reverse-path.",
			Store: stored(`^Return-Path: <>`, "Return-Path: <MAILER-DAEMON>"),
		},
		{
			Name: "return-path-besides-old", Case: "rfc5321/4.4/return-path-once", Row: "R5321-4.4-af",
			Does: "It adds its Return-Path to the old one.",
			Node: breaks("keeps-old-return-path"),
		},
		{
			Name: "return-path-old", Case: "rfc5321/4.4/return-path-once", Row: "R5321-4.4-af",
			Does:  "It leaves an old Return-Path in place of its own.",
			Store: stored(`^Return-Path: <.*>`, "Return-Path: <old@mailsim.test>"),
		},
		{
			Name: "return-path-removed", Case: "rfc5321/4.4/return-path-once", Row: "R5321-4.4-ae",
			Does:  "It removes the old Return-Path and adds none.",
			Store: stored(`^Return-Path: .*\r\n`, ""),
		},
	}
}
