package mutants

import (
	"bufio"
	"io"
	"net"
	"strings"
)

// serveHasty is a server of its own that accepts everything, and reads whatever is there.
func serveHasty(c net.Conn) {
	r := bufio.NewReader(c)
	say := func(line string) { _, _ = io.WriteString(c, line+"\r\n") }
	say("220 hasty.test ESMTP")
	for text := false; ; {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		switch {
		case text:
			if line == ".\r\n" {
				text = false
				say("250 2.0.0 taken")
			}
		case Verb(line) == "DATA":
			text = true
			say("354 go on")
		case strings.HasPrefix(line, "QUIT"):
			say("221 2.0.0 bye")
			return
		default:
			say("250 ok")
		}
	}
}
