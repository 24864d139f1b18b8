package sim

import (
	"bufio"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
)

// FuzzFront sends any octets, cut at any place: the session ends, every reply
// is one, and there are no more mails than were taken.
func FuzzFront(f *testing.F) {
	f.Add(uint8(0), uint8(0), []byte(whole))
	f.Add(uint8(1), uint8(1), []byte(whole))
	f.Add(uint8(3), uint8(2), []byte("LHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<bob@example.org>\r\nRCPT TO:<bob@example.org>\r\nDATA\r\n.\r\nBDAT 3\r\nabc"))
	f.Add(uint8(9), uint8(3), []byte("EHLO c\r\nSTARTTLS\r\n\x16\x03\x01\x00\x05hello"))
	f.Add(uint8(9), uint8(0), []byte("EHLO c\r\nAUTH LOGIN\r\n=\r\n=\r\nAUTH PLAIN =\r\nAUTH PLAIN\r\n*\r\n"))
	f.Add(uint8(9), uint8(0), []byte("EHLO c\r\nMAIL FROM:<a@b> RET=FULL ENVID=+41 SIZE=0 BODY=7BIT\r\nRCPT TO:<bob@example.org> NOTIFY=NEVER ORCPT=rfc822;a+2Bb\r\nBDAT 99999999999999\r\n"))
	f.Add(uint8(9), uint8(4), []byte("EHLO c\r\nMAIL FROM:<a@b> BODY=BINARYMIME\r\nRCPT TO:<\"b\\ob\"@example.org>\r\nBDAT 1 LAST\r\n\nBDAT 0 LAST\r\n"))
	f.Fuzz(func(t *testing.T, size, kind uint8, input []byte) {
		if len(input) > 64<<10 {
			t.Skip("long")
		}
		synctest.Test(t, func(t *testing.T) {
			node := mxNode()
			node.Users = map[string]string{"alice": "secret"}
			node.Limits.CommandTimeout = time.Minute
			node.Addrs = clientAddrs()[:1]
			switch kind % 5 {
			case 1:
				node.Extensions.Only = []string{}
			case 2:
				node.Role, node.LMTP = MDA, true
			case 3:
				node.TLS = TLSRequired
			case 4:
				node.Extensions.Add = []string{"BINARYMIME", "RRVS", "DELIVERBY", "MT-PRIORITY", "X"}
				node.Size = 100
			}
			net := New(Config{Seed: 1})
			b := &bench{t: t, net: net}
			if _, err := net.Add(node); err != nil {
				t.Fatal(err)
			}
			if err := net.Start(); err != nil {
				t.Fatal(err)
			}
			c := b.dial("mx")
			go func() {
				for rest := input; len(rest) > 0; {
					n := min(int(size)+1, len(rest))
					if _, err := c.conn.Write(rest[:n]); err != nil {
						return
					}
					rest = rest[n:]
				}
				_ = c.raw.CloseWrite()
			}()
			checkReplies(t, c.conn)
			c.close()
			synctest.Wait()
			if got := net.Node("mx").Connections(); got != 0 {
				t.Errorf("%d sessions are left", got)
			}
			if err := net.Stop(); err != nil {
				t.Error(err)
			}
		})
	})
}

// checkReplies reads to the end of a session.
func checkReplies(t *testing.T, r io.Reader) {
	s := bufio.NewReader(r)
	for {
		line, err := s.ReadString('\n')
		if err != nil {
			if line != "" && line[0] >= '2' && line[0] <= '5' {
				t.Errorf("half a reply: %q", line)
			}
			return
		}
		if line[0] == 0x15 { // a TLS alert
			return
		}
		if len(line) > 3 && line[3] == '-' {
			line = line[:3] + " " + line[4:]
		}
		if _, err := mail.ParseReply(line); err != nil {
			t.Errorf("reply %q: %v", line, err)
		}
	}
}
