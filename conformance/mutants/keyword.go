package mutants

import "strings"

// alsoOffers makes a filter that adds a line to the reply to EHLO or LHLO, where when says so.
func alsoOffers(line string, when func(*Session) bool) func() Filter {
	return func() Filter {
		return Filter{Reply: func(s *Session, command, r string) string {
			if !matchesCommand(command, []string{"EHLO", "LHLO"}) || !strings.HasPrefix(r, "250") || !when(s) {
				return r
			}
			lines := strings.SplitAfter(strings.TrimSuffix(r, "\r\n"), "\r\n")
			last := len(lines) - 1
			lines[last] = "250-" + lines[last][len("250-"):] + "\r\n"
			return strings.Join(lines, "") + "250 " + line + "\r\n"
		}}
	}
}

func isSecure(s *Session) bool { return s.Secure }
func isClear(s *Session) bool  { return !s.Secure }
