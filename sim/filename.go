package sim

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// FileName returns the name of a file or directory that stands for s, whatever is
// in it: bob@example.org stays as it is, ../x becomes %2E.%2Fx. Two different
// strings have two names, also where a file system takes A for a, and no name has
// more than 200 octets.
//
// Small letters, digits and "@._+-=,[]" stand for themselves, save a dot at the
// beginning or the end; all other octets are %XX. What becomes too long ends in a
// hash instead, behind a "~".
func FileName(s string) string {
	const most, hash = 200, 32
	var b strings.Builder
	for i := 0; i < len(s) && b.Len() <= most; i++ {
		c := s[i]
		switch {
		case c == '.' && (i == 0 || i == len(s)-1):
			b.WriteString("%2E")
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', strings.IndexByte("@._+-=,[]", c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteString("%" + strings.ToUpper(hex.EncodeToString([]byte{c})))
		}
	}
	switch name := b.String(); {
	case name == "":
		return "%"
	case len(name) > most:
		sum := sha256.Sum256([]byte(s))
		return name[:most-hash-1] + "~" + hex.EncodeToString(sum[:hash/2])
	default:
		return name
	}
}
