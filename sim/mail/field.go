package mail

import (
	"fmt"
	netmail "net/mail"
	"strings"
	"unicode/utf8"
)

// FormatField returns a header field with its line end: folded at white space
// so that lines stay within 78 octets where they can (RFC 5322 2.1.1), what is
// not ASCII as encoded words (RFC 2047) unless allow8 is set (RFC 6532). A value
// that cannot be a field is an error.
func FormatField(name, value string, allow8 bool) ([]byte, error) {
	if !validFieldName(name) || len(name) > 76 {
		return nil, fmt.Errorf("header %s: a name has printable ASCII without colon and space (RFC 5322 3.6.8)", clip(name))
	}
	value = strings.Trim(value, " \t\r\n")
	if strings.ContainsAny(value, "\r\n") {
		lines := strings.Split(strings.ReplaceAll(value, "\r\n", "\n"), "\n")
		for i, line := range lines {
			if i > 0 && (line == "" || line[0] != ' ' && line[0] != '\t') || strings.Contains(line, "\r") {
				return nil, fmt.Errorf("header %s: a line break without white space behind it (RFC 5322 2.2.3)", name)
			}
		}
		value = strings.Join(lines, "")
	}
	if !plain(value) && !(allow8 && printable8(value)) {
		value = encode(name, value, allow8)
	}
	b := fold(name+":", value)
	for line := range strings.SplitSeq(b, "\r\n") {
		if len(line) > maxLine {
			return nil, fmt.Errorf("header %s: a word of %d octets, and a line ends at %d (RFC 5322 2.1.1); a whole message given as a file is sent as it is", name, len(line), maxLine)
		}
	}
	return []byte(b), nil
}

// plain reports whether s is printable ASCII, spaces and tabs.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if (s[i] < ' ' && s[i] != '\t') || s[i] > '~' {
			return false
		}
	}
	return true
}

// printable8 is plain with UTF-8.
func printable8(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
}

// encode writes what is not plain as encoded words. Fields with addresses have
// it only in phrases (RFC 2047 5); structured fields have no place for it and
// stay as they are.
func encode(name, value string, allow8 bool) string {
	switch strings.ToLower(name) {
	case "from", "to", "cc", "bcc", "sender", "reply-to", "resent-from", "resent-to", "resent-cc", "resent-sender":
		return encodeAddresses(value, allow8)
	case "message-id", "references", "in-reply-to", "date", "received", "return-path", "mime-version",
		"dkim-signature", "authentication-results":
		return oneLine(value)
	}
	if strings.HasPrefix(strings.ToLower(name), "content-") {
		return oneLine(value)
	}
	return encodeWords(value, len(name)+2)
}

func encodeAddresses(value string, allow8 bool) string {
	list, err := netmail.ParseAddressList(value)
	if err != nil {
		return oneLine(value)
	}
	var b strings.Builder
	for i, a := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		switch {
		case a.Name == "":
			b.WriteString(oneLine(a.Address))
		case allow8 || plain(a.Name):
			b.WriteString(`"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(oneLine(a.Name)) + `" <` + oneLine(a.Address) + ">")
		default:
			b.WriteString(encodeWords(a.Name, len("Resent-Sender: ")) + " <" + oneLine(a.Address) + ">")
		}
	}
	return b.String()
}

// fold writes start, a space and value in lines, each broken before white space
// that has something else behind it, and a line end.
func fold(start, value string) string {
	var b strings.Builder
	b.WriteString(start)
	column := len(start)
	if value != "" {
		value = " " + value
	}
	for value != "" {
		n := len(value) - len(strings.TrimLeft(value, " \t"))
		end := strings.IndexAny(value[n:], " \t")
		if end < 0 {
			end = len(value)
		} else {
			end += n
		}
		// RFC 5322 3.2.2: not before the first word, so that no line is white space alone.
		if column+end > lineLength && column > len(start) {
			b.WriteString("\r\n")
			column = 0
		}
		b.WriteString(value[:end])
		column += end
		value = value[end:]
	}
	b.WriteString("\r\n")
	return b.String()
}
