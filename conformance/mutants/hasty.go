package mutants

import (
	"bytes"
	"io"
	"net"
)

// hasty is a server that answers EHLO by lines and NOOP as soon as its four letters are there.
func hasty(c net.Conn) {
	if _, err := io.WriteString(c, "220 mx.local.test ESMTP\r\n"); err != nil {
		return
	}
	var line []byte
	answered := false
	for octet := make([]byte, 1); ; {
		if _, err := c.Read(octet); err != nil {
			return
		}
		line = append(line, octet[0])
		switch {
		case string(line) == "NOOP":
			answered = true
		case octet[0] != '\n':
			continue
		case answered:
			line, answered = nil, false
			continue
		case bytes.HasPrefix(line, []byte("EHLO ")):
			line = nil
		}
		if _, err := io.WriteString(c, "250 mx.local.test\r\n"); err != nil {
			return
		}
	}
}
