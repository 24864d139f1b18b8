package mutants

import (
	"math/big"
	"strings"
)

// wraps makes a count of BDAT one of 32 bits.
func wraps(line string) string {
	f := strings.Fields(line)
	n, ok := new(big.Int).SetString(f[1], 10)
	if !ok || n.Sign() < 0 {
		return line
	}
	f[1] = n.And(n, big.NewInt(1<<32-1)).String()
	return strings.Join(f, " ") + "\r\n"
}

func securityBdat() []Mutant {
	return []Mutant{
		{
			Name: "counts-chunks-in-32-bits", Case: "security/bdat/huge-count", Row: "SEC-BDAT-1",
			Does: "It reads the count of BDAT into 32 bits.", Filter: rewrite("BDAT", wraps),
		},
		{
			Name: "clears-mail-not-rcpt", Case: "security/bdat/failed-chunk", Row: "SEC-BDAT-2",
			Does: "It forgets the sender after a failed BDAT, but not the recipients.",
			Filter: func() Filter {
				failed := false
				return Filter{Command: func(_ *Session, line string) (string, string) {
					switch {
					case strings.HasPrefix(line, "BDAT x"):
						failed = true
					case failed && Verb(line) == "MAIL":
						return "", "250 2.1.0 OK\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "takes-rcpt-between-chunks", Case: "security/bdat/commands-between-chunks", Row: "SEC-BDAT-3",
			Does: "It accepts RCPT between chunks.",
			Filter: func() Filter {
				return Filter{Command: func(s *Session, line string) (string, string) {
					if Verb(line) == "RCPT" && s.Count["BDAT"] > 0 {
						return "", "250 2.1.5 OK\r\n"
					}
					return line, ""
				}}
			},
		},
		{
			Name: "waits-for-dots-in-chunks", Case: "security/bdat/dots", Row: "SEC-BDAT-4",
			Does: "It looks for the end of data in a chunk, and never comes back.", Filter: reply("<chunk>", func(string) string { return "" }),
		},
		{
			Name: "keeps-a-record-of-each-chunk", Case: "security/bdat/many-chunks", Row: "SEC-TIME-7",
			Does: "It keeps a record of each chunk, and runs out of memory.", Filter: downFrom(2),
		},
	}
}
