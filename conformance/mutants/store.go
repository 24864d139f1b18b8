package mutants

import (
	"bytes"
	"regexp"
	"slices"

	"github.com/mailsim/mailsim/sim"
)

// stored makes a Store that replaces what a pattern finds in each message. ^ is the
// beginning of a line, and $ that of its end.
func stored(pattern, replacement string) func([]byte) [][]byte {
	re := regexp.MustCompile("(?m)" + pattern)
	return func(message []byte) [][]byte {
		return [][]byte{re.ReplaceAll(message, []byte(replacement))}
	}
}

// traced makes a Store that replaces what a pattern finds in the topmost Received
// field, which is unfolded first.
func traced(pattern, replacement string) func([]byte) [][]byte {
	re := regexp.MustCompile(pattern)
	field := regexp.MustCompile(`(?m)^Received: .*\r\n([ \t].*\r\n)*`)
	fold := regexp.MustCompile(`\r\n[ \t]+`)
	return func(message []byte) [][]byte {
		at := field.FindIndex(message)
		if at == nil {
			return [][]byte{message}
		}
		line := fold.ReplaceAll(bytes.TrimSuffix(message[at[0]:at[1]], []byte("\r\n")), []byte(" "))
		line = append(re.ReplaceAll(line, []byte(replacement)), "\r\n"...)
		return [][]byte{slices.Concat(message[:at[0]], line, message[at[1]:])}
	}
}

// breaks makes the node break a rule on purpose.
func breaks(m sim.Mutant) func(*sim.NodeConfig) {
	return func(c *sim.NodeConfig) { c.Mutants = []sim.Mutant{m} }
}

// loses makes a Store that loses the messages which hold octets.
func loses(octets string) func([]byte) [][]byte {
	return func(message []byte) [][]byte {
		if bytes.Contains(message, []byte(octets)) {
			return nil
		}
		return [][]byte{message}
	}
}
