package sim

import (
	"strings"

	"github.com/mailsim/mailsim/sim/mail"
)

// byDomain finds what a table has for a domain: under the domain itself, under its
// nearest parent domain (.example.org), or under * for everything.
func byDomain[V any](table map[string]V, domain string) (key string, v V, ok bool) {
	if v, ok = table[domain]; ok {
		return domain, v, true
	}
	if !strings.HasPrefix(domain, "[") {
		for rest := domain; ; {
			i := strings.IndexByte(rest, '.')
			if i < 0 {
				break
			}
			if v, ok = table[rest[i:]]; ok {
				return rest[i:], v, true
			}
			rest = rest[i+1:]
		}
	}
	v, ok = table["*"]
	return "*", v, ok
}

// domainTable is a table of the configuration as byDomain asks for it.
func domainTable[V any](table map[string]V) map[string]V {
	byKey := make(map[string]V, len(table))
	for _, domain := range sortedKeys(table) {
		byKey[mail.DomainKey(strings.TrimSuffix(domain, "."))] = table[domain]
	}
	return byKey
}
