package client

import (
	"bufio"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// stepServer answers each command by its verb, and the n-th RCPT by "RCPTn".
func stepServer(answers map[string]string) func(c io.ReadWriteCloser, got chan<- []string) {
	return func(c io.ReadWriteCloser, got chan<- []string) {
		defer close(got)
		defer c.Close()
		var lines []string
		defer func() { got <- lines }()
		r := bufio.NewReader(c)
		say := func(verb, otherwise string) (reply string) {
			if reply = answers[verb]; reply == "" {
				reply = otherwise
			}
			if reply == "drop" {
				return ""
			}
			_, _ = io.WriteString(c, reply+"\r\n")
			return reply
		}
		say("greeting", "220 b")
		inData, rcpts := false, 0
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			line = strings.TrimSuffix(line, "\r\n")
			lines = append(lines, line)
			verb, _, _ := strings.Cut(line, " ")
			var reply string
			switch {
			case inData && line == ".":
				inData = false
				reply = say(".", "250 queued")
			case inData:
				continue
			case verb == "EHLO":
				reply = say(verb, "250 b")
			case verb == "RCPT":
				rcpts++
				reply = say(verb+string(rune('0'+rcpts)), "250 ok")
			case verb == "DATA":
				reply = say(verb, "354 go")
				inData = strings.HasPrefix(reply, "3")
			default:
				reply = say(verb, "250 ok")
			}
			if reply == "" || strings.HasPrefix(reply, "421") {
				return
			}
		}
	}
}

// TestRepliesByTheirFirstDigit is RFC 5321 4.2 and 4.2.1, each way of sending.
func TestRepliesByTheirFirstDigit(t *testing.T) {
	words := func(s string) map[string]string {
		m := map[string]string{}
		for _, part := range strings.Split(s, "; ") {
			verb, reply, _ := strings.Cut(part, ": ")
			m[verb] = strings.ReplaceAll(reply, "|", "\r\n")
		}
		return m
	}
	for _, tt := range []struct {
		rule, answers string
		first, second string // the final reply for either recipient, "+" in front: taken
		last          string // the last command
		stage         Stage
		usable        bool
	}{
		{"R5321-4.2-f", "MAIL: 250; RCPT1: 250 ; RCPT2: 250; .: 250", "+250", "+250", ".", AtDot, true},
		{"R5321-4.2-g", "MAIL: 250-a|250-b|250 c; RCPT1: 250-a|250 b; DATA: 354-a|354-b|354 c; .: 250-a|250 b", "+250 a / b", "+250 a / b", ".", AtDot, true},
		{"R5321-4.2-k", "RCPT1: 250 mailbox unavailable; .: 250 failed", "+250 failed", "+250 failed", ".", AtDot, true},
		{"R5321-4.2-k", "RCPT1: 550 OK accepted", "550 OK accepted", "+250 queued", ".", AtDot, true},
		{"R5321-4.2-l", "MAIL: 250 550 no; RCPT1: 250 !?; RCPT2: 250 \x01\x80; .: 250 x", "+250 x", "+250 x", ".", AtDot, true},
		{"R5321-4.2-l", "MAIL: 250 " + strings.Repeat("y", 506) + "; .: 250 x", "+250 x", "+250 x", ".", AtDot, true},
		{"R5321-4.2-n", "MAIL: 251 a; RCPT1: 259 a; .: 259 a", "+259 a", "+259 a", ".", AtDot, true},
		{"R5321-4.2-o", "RCPT1: 257 a; .: 257 a", "+257 a", "+257 a", ".", AtDot, true},
		{"R5321-4.2-p", "RCPT1: 457 a", "457 a", "+250 queued", ".", AtDot, true},
		{"R5321-4.2-q", "RCPT1: 557 a", "557 a", "+250 queued", ".", AtDot, true},
		{"R5321-4.2-r", "DATA: 355 go", "+250 queued", "+250 queued", ".", AtDot, true},
		{"R5321-4.2-t", "MAIL: 150 what", "150 what", "150 what", "RSET", AtMail, true},
		{"R5321-4.2-t", "MAIL: 350 what", "350 what", "350 what", "RSET", AtMail, true},
		{"R5321-4.2.1-d", "EHLO: 250-x|250; MAIL: 250-x|250; .: 250 x", "+250 x", "+250 x", ".", AtDot, true},
		{"R5321-3.3-n", "DATA: 554 no", "554 no", "554 no", "RSET", AtData, true},
		{"R5321-3.3-o", "DATA: 250 no", "250 no", "250 no", "RSET", AtData, true},
		{"R5321-3.3-o", "DATA: 451 no", "451 no", "451 no", "RSET", AtData, true},
		{"R5321-3.3-o", "DATA: 421 no", "421 no", "421 no", "DATA", AtData, false},
		{"R5321-4.2.5-f", ".: 452 full", "452 full", "452 full", ".", AtDot, true},
		{"R5321-4.1.4-o", "RCPT1: 550 a; RCPT2: 450 b; DATA: 503 c", "550 a", "450 b", "RSET", AtRcpt, true},
	} {
		for _, pipelined := range []bool{false, true} {
			answers := words(tt.answers)
			var res Result
			lines := against(t, Options{Host: "a"}, stepServer(answers), func(c *Conn) {
				mustOK(t)(c.Greeting())
				mustOK(t)(c.Hello())
				if pipelined {
					c.ext = map[string]string{"PIPELINING": ""}
					if tt.stage == AtMail && answers["DATA"] == "" {
						answers["RCPT1"], answers["RCPT2"], answers["DATA"] = "503 no", "503 no", "503 no"
					}
				}
				var err error
				if res, err = c.Send(Transfer{To: []Rcpt{{To: "y@b"}, {To: "z@b"}}, Content: text("S: 1\r\n\r\n")}); err != nil {
					t.Errorf("%s: %v", tt.rule, err)
				}
				if c.Usable() != tt.usable {
					t.Errorf("%s: usable is %v", tt.rule, c.Usable())
				}
			})
			var got []string
			for i := range 2 {
				r, taken := res.Final(i)
				s := r.String()
				if taken {
					s = "+" + s
				}
				got = append(got, s)
			}
			want := []string{tt.first, tt.second}
			if strings.Contains(tt.answers, "\x01\x80") {
				want = []string{"+250 x", "+250 x"}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, pipelined %v (-want +got):\n%s", tt.rule, pipelined, diff)
			}
			if last := lines[len(lines)-1]; last != tt.last || res.Stage != tt.stage {
				t.Errorf("%s, pipelined %v: the last command was %q, stage %d: want %q, %d", tt.rule, pipelined, last, res.Stage, tt.last, tt.stage)
			}
		}
	}
}

// TestStrangeReplyToRCPT: a transaction with a reply of no sense ends without the
// message, those that were taken included (RFC 5321 4.2; R5321-4.2-t).
func TestStrangeReplyToRCPT(t *testing.T) {
	for _, tt := range []struct {
		name      string
		pipelined bool
		answers   map[string]string
		first     string
		second    string
		last      string
		usable    bool
		fails     bool
	}{
		{"in steps", false, map[string]string{"RCPT2": "650 what"}, "650 what", "650 what", "RSET", true, false},
		{"pipelined, DATA refused", true, map[string]string{"RCPT2": "650 what", "DATA": "503 no"}, "503 no", "650 what", "RSET", true, false},
		{"pipelined, DATA goes on", true, map[string]string{"RCPT2": "350 what"}, "", "350 what", "DATA", false, true},
	} {
		var res Result
		lines := against(t, Options{Host: "a"}, stepServer(tt.answers), func(c *Conn) {
			mustOK(t)(c.Greeting())
			mustOK(t)(c.Hello())
			if tt.pipelined {
				c.ext = map[string]string{"PIPELINING": ""}
			}
			var err error
			if res, err = c.Send(Transfer{To: []Rcpt{{To: "y@b"}, {To: "z@b"}}, Content: text("S: 1\r\n\r\n")}); (err != nil) != tt.fails || c.Usable() != tt.usable {
				t.Errorf("%s: error %v, usable %v", tt.name, err, c.Usable())
			}
		})
		first, one := res.Final(0)
		second, two := res.Final(1)
		if one || two || first.String() != tt.first || second.String() != tt.second || lines[len(lines)-1] != tt.last {
			t.Errorf("%s: %s, %s, the last command %q", tt.name, first, second, lines[len(lines)-1])
		}
	}
}

// TestServerGivesUp: RFC 5321 3.8: behind a 421 nothing more is asked, and it is
// the answer for all that have none.
func TestServerGivesUp(t *testing.T) {
	for _, tt := range []struct {
		at            string
		first, second string
	}{
		{"MAIL", "421 bye", "421 bye"},
		{"RCPT1", "421 bye", ""},
		{"RCPT2", "421 bye", "421 bye"},
		{"DATA", "421 bye", "421 bye"},
		{".", "421 bye", "421 bye"},
	} {
		for _, pipelined := range []bool{false, true} {
			var res Result
			against(t, Options{Host: "a"}, stepServer(map[string]string{tt.at: "421 bye"}), func(c *Conn) {
				mustOK(t)(c.Greeting())
				mustOK(t)(c.Hello())
				if pipelined {
					c.ext = map[string]string{"PIPELINING": ""}
				}
				var err error
				if res, err = c.Send(Transfer{To: []Rcpt{{To: "y@b"}, {To: "z@b"}}, Content: text("S: 1\r\n\r\n")}); err != nil || c.Usable() {
					t.Errorf("%s: error %v, usable %v", tt.at, err, c.Usable())
				}
			})
			first, _ := res.Final(0)
			second, _ := res.Final(1)
			if first.String() != tt.first || second.String() != tt.second {
				t.Errorf("%s, pipelined %v: %q, %q", tt.at, pipelined, first, second)
			}
		}
	}
}

// TestRefusedInTheMiddle: a server may refuse before the dot, and close or read no
// more; what it said counts, 4yz and 5yz alike.
func TestRefusedInTheMiddle(t *testing.T) {
	big := strings.Repeat(strings.Repeat("x", 62)+"\r\n", 1<<12)
	const deaf = 10 * time.Minute // longer than a client waits
	for _, tt := range []struct {
		says    string
		stays   time.Duration // and does not read
		chunked bool
		fails   bool
	}{
		{"552 5.3.4 too large", 0, false, false},
		{"552 5.3.4 too large", 0, true, false},
		{"552 5.3.4 too large", deaf, false, false},
		{"552 5.3.4 too large", deaf, true, false},
		{"421 4.3.2 going down", 0, false, false},
		{"421 4.3.2 going down", deaf, true, false},
		{"", 0, false, true},
		{"", deaf, false, true},
		{"", deaf, true, true},
	} {
		against(t, Options{Host: "a"}, func(c io.ReadWriteCloser, got chan<- []string) {
			defer close(got)
			defer c.Close()
			r := bufio.NewReader(c)
			for _, reply := range []string{"220 b", "250-b\r\n250 CHUNKING", "250 ok", "250 ok", "354 go"} {
				_, _ = io.WriteString(c, reply+"\r\n")
				if l, _ := r.ReadString('\n'); strings.HasPrefix(l, "BDAT") {
					break
				}
			}
			_, _ = io.ReadFull(r, make([]byte, 1000))
			time.Sleep(time.Second) // the client has filled the way
			if tt.says != "" {
				_, _ = io.WriteString(c, tt.says+"\r\n")
			}
			time.Sleep(tt.stays)
		}, func(c *Conn) {
			mustOK(t)(c.Greeting())
			mustOK(t)(c.Hello())
			res, err := c.Send(Transfer{To: []Rcpt{{To: "y@b"}}, Content: text(big), Chunked: tt.chunked})
			r, taken := res.Final(0)
			if (err != nil) != tt.fails || !tt.fails && r.String() != tt.says || taken {
				t.Errorf("%+v: %q, error %v", tt, r, err)
			}
			if tt.stays > 0 && (res.Stage == AtDot && !tt.chunked || c.Usable()) {
				t.Errorf("%+v: stage %d, usable %v", tt, res.Stage, c.Usable())
			}
		})
	}
}
