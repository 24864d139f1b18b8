package cases

import "fmt"

// quoted writes lines for a report.
func quoted(lines []string) string {
	if len(lines) > 10 {
		return fmt.Sprintf("%q and %d more", lines[:10], len(lines)-10)
	}
	return fmt.Sprintf("%q", lines)
}
