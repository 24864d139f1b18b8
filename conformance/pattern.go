package conformance

import (
	"strconv"
	"strings"
)

// matches reports whether a code fits a pattern: alternatives such as "250",
// "5yz" (any code that begins with 5) or "50z", with " or " between them. Code 0,
// no reply, fits none.
func matches(pattern string, code int) bool {
	digits := strconv.Itoa(code)
	for _, want := range strings.Split(pattern, " or ") {
		if len(want) == len(digits) && len(want) == 3 && fits(want, digits) {
			return true
		}
	}
	return false
}

func fits(want, digits string) bool {
	for i := range len(want) {
		if want[i] != digits[i] && !(i > 0 && (want[i] == 'y' || want[i] == 'z')) {
			return false
		}
	}
	return true
}
