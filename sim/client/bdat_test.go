package client

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/sim/mail"
)

// chunkServer takes messages by BDAT. It answers the n-th chunk of all with what
// answer gives, or 250, and keeps every command, with the octets that it carried
// in their number.
type chunkServer struct {
	offers string // further lines of EHLO
	lmtp   int    // replies to the last chunk; 0: one
	answer map[int]string
	hold   int // how many chunks are read before the first is answered

	content []byte
}

func (s *chunkServer) serve(t *testing.T) func(c io.ReadWriteCloser, got chan<- []string) {
	return func(c io.ReadWriteCloser, got chan<- []string) {
		defer close(got)
		defer c.Close()
		var lines []string
		say := func(text string) { _, _ = io.WriteString(c, text) }
		r := bufio.NewReader(c)
		say("220 b\r\n")
		held := ""
		for chunk := 0; ; {
			line, err := r.ReadString('\n')
			if err != nil {
				got <- lines
				return
			}
			line = strings.TrimSuffix(line, "\r\n")
			lines = append(lines, line)
			var n int
			switch {
			case strings.HasPrefix(line, "EHLO"), strings.HasPrefix(line, "LHLO"):
				say("250-b\r\n" + s.offers + "250 CHUNKING\r\n")
			case strings.HasPrefix(line, "BDAT"):
				if _, err := fmt.Sscanf(line, "BDAT %d", &n); err != nil {
					t.Errorf("%q: %v", line, err)
				}
				octets := make([]byte, n)
				if _, err := io.ReadFull(r, octets); err != nil {
					got <- append(lines, "error: "+err.Error())
					return
				}
				s.content = append(s.content, octets...)
				chunk++
				says := s.answer[chunk]
				switch {
				case says == "close":
					got <- lines
					return
				case says != "":
				case strings.HasSuffix(line, "LAST"):
					says = strings.Repeat("250 2.0.0 taken\r\n", max(1, s.lmtp))
				default:
					says = "250 ok\r\n"
				}
				if held += says; chunk >= s.hold {
					say(held)
					held = ""
				}
			case line == "QUIT":
				say("221 bye\r\n")
			default:
				say("250 ok\r\n")
			}
		}
	}
}

func TestChunks(t *testing.T) {
	const pipelining = "250-PIPELINING\r\n"
	long := strings.Repeat(strings.Repeat(".", 62)+"\r\n", 9*chunkSize/64)
	full := fmt.Sprintf("BDAT %d", chunkSize)
	envelope := []string{"MAIL FROM:<>", "RCPT TO:<y@b>", "RCPT TO:<z@b>"}
	for _, tt := range []struct {
		name    string
		server  chunkServer
		content string
		binary  bool
		lines   []string // behind the envelope
		dot     []int
		data    int
		stage   Stage
		fails   bool
		usable  bool
	}{
		{"one", chunkServer{}, "S: 1\r\n\r\n.\r\n", false, []string{"BDAT 11 LAST"}, []int{250, 250}, 0, AtDot, false, true},
		{"none", chunkServer{}, "", false, []string{"BDAT 0 LAST"}, []int{250, 250}, 0, AtDot, false, true},
		{"text ends in CRLF", chunkServer{}, "S: 1\r\n\r\nx", false, []string{"BDAT 11 LAST"}, []int{250, 250}, 0, AtDot, false, true},
		{"binary ends as it ends", chunkServer{}, "S: 1\r\n\r\n\n.", true, []string{"BDAT 10 LAST"}, []int{250, 250}, 0, AtDot, false, true},
		{"exactly two", chunkServer{}, long[:2*chunkSize], false, []string{full, full, "BDAT 0 LAST"}, []int{250, 250}, 0, AtDot, false, true},
		{"many, pipelined", chunkServer{offers: pipelining}, long[:3*chunkSize+64], false, []string{full, full, full, "BDAT 64 LAST"}, []int{250, 250}, 0, AtDot, false, true},
		{"more than may be on the way", chunkServer{offers: pipelining}, long, false, []string{full, full, full, full, full, full, full, full, full, "BDAT 0 LAST"}, []int{250, 250}, 0, AtDot, false, true},
		{"refused, in steps", chunkServer{answer: map[int]string{2: "452 4.3.1 full\r\n"}}, long, false, []string{full, full, "RSET"}, []int{0, 0}, 452, AtBody, false, true},
		{"refused for good", chunkServer{answer: map[int]string{1: "552 5.3.4 large\r\n"}}, long, false, []string{full, "RSET"}, []int{0, 0}, 552, AtBody, false, true},
		{"refused, pipelined", chunkServer{offers: pipelining, answer: map[int]string{1: "452 full\r\n", 2: "503 no\r\n"}}, long[:2*chunkSize+64], false, []string{full, full, "RSET"}, []int{0, 0}, 452, AtBody, false, true},
		{"no sense", chunkServer{answer: map[int]string{1: "354 go\r\n"}}, long[:chunkSize+64], false, []string{full, "RSET"}, []int{0, 0}, 354, AtBody, false, true},
		{"the last refused", chunkServer{answer: map[int]string{2: "554 5.7.1 spam\r\n"}}, long[:chunkSize+64], false, []string{full, "BDAT 64 LAST"}, []int{554, 554}, 0, AtDot, false, true},
		{"LMTP", chunkServer{lmtp: 2, answer: map[int]string{1: "250 2.1.5 one\r\n552 5.2.2 full\r\n"}}, "S: 1\r\n\r\n", false, []string{"BDAT 8 LAST"}, []int{250, 552}, 0, AtDot, false, true},
		{"closed behind the last", chunkServer{answer: map[int]string{1: "close"}}, "S: 1\r\n\r\n", false, []string{"BDAT 8 LAST"}, []int{0, 0}, 0, AtDot, true, false},
		{"closed inside", chunkServer{answer: map[int]string{1: "close"}}, long, false, []string{full}, []int{0, 0}, 0, AtBody, true, false},
		{"421 inside", chunkServer{answer: map[int]string{1: "421 4.3.2 going down\r\n"}}, long, false, []string{full}, []int{0, 0}, 421, AtBody, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var res Result
			lines := against(t, Options{Host: "a", LMTP: tt.server.lmtp > 0}, tt.server.serve(t), func(c *Conn) {
				mustOK(t)(c.Greeting())
				mustOK(t)(c.Hello())
				var err error
				res, err = c.Send(Transfer{
					To: []Rcpt{{To: "y@b"}, {To: "z@b"}}, Content: text(tt.content), Chunked: true, Binary: tt.binary,
				})
				if (err != nil) != tt.fails {
					t.Errorf("error %v", err)
				}
				if c.Usable() != tt.usable {
					t.Errorf("usable: %v", c.Usable())
				}
			})
			if diff := cmp.Diff(append(envelope, tt.lines...), lines[1:]); diff != "" {
				t.Errorf("what the server read (-want +got):\n%s", diff)
			}
			if got := []int{code(res.Dot[0]), code(res.Dot[1])}; !cmp.Equal(got, tt.dot) || code(res.Data) != tt.data || res.Stage != tt.stage {
				t.Errorf("dot %v, data %s, stage %d", got, res.Data, res.Stage)
			}
			if tt.data == 0 && !tt.fails {
				want := tt.content
				if tt.name == "text ends in CRLF" {
					want += "\r\n"
				}
				if string(tt.server.content) != want {
					t.Errorf("%d octets came, %d were sent", len(tt.server.content), len(want))
				}
			}
		})
	}
}

// RFC 3030 2, RFC 2920 3.1: where the server offers PIPELINING chunks do not wait
// for the replies to those before, but for the last one, which does.
func TestChunksArePipelined(t *testing.T) {
	for _, offers := range []string{"", "250-PIPELINING\r\n"} {
		server := chunkServer{offers: offers, hold: unanswered}
		against(t, Options{Host: "a"}, server.serve(t), func(c *Conn) {
			mustOK(t)(c.Greeting())
			mustOK(t)(c.Hello())
			res, err := c.Send(Transfer{To: []Rcpt{{To: "y@b"}}, Content: text(strings.Repeat("x", unanswered*chunkSize)), Chunked: true, Binary: true})
			if pipelined := offers != ""; (err == nil) != pipelined || (code(res.Dot[0]) == 250) != pipelined {
				t.Errorf("offered %q: dot %v, error %v", offers, res.Dot, err)
			}
		})
	}
}

// RFC 3030 2: BDAT is for servers that offer it.
func TestNoChunksWithoutCHUNKING(t *testing.T) {
	lines := session(t, Options{Host: "a"}, []turn{{0, "220 b\r\n"}, {1, "250 b\r\n"}}, func(c *Conn) {
		mustOK(t)(c.Greeting())
		mustOK(t)(c.Hello())
		if _, err := c.Send(Transfer{To: []Rcpt{{To: "y@b"}}, Content: text(""), Chunked: true}); err == nil {
			t.Error("no error")
		}
	})
	if len(lines) != 1 {
		t.Errorf("the server read %q", lines)
	}
}

// broken is a content that cannot be read to its end.
type broken struct{ mail.Content }

func (b broken) Open() io.ReadCloser {
	return io.NopCloser(io.MultiReader(b.Content.Open(), failing{}))
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }

// A content that cannot be read must not end in a dot or LAST: the server would
// take the half of it for the whole.
func TestBrokenContent(t *testing.T) {
	for _, chunked := range []bool{false, true} {
		server := chunkServer{}
		lines := against(t, Options{Host: "a"}, server.serve(t), func(c *Conn) {
			mustOK(t)(c.Greeting())
			mustOK(t)(c.Hello())
			c.ext["PIPELINING"] = ""
			res, err := c.Send(Transfer{To: []Rcpt{{To: "y@b"}}, Content: broken{text("S: 1\r\n")}, Chunked: chunked})
			if chunked && (err == nil || res.Stage != AtBody) {
				t.Errorf("error %v, stage %d", err, res.Stage)
			}
			if c.Usable() == chunked {
				t.Errorf("chunked %v: usable %v", chunked, c.Usable())
			}
		})
		for _, l := range lines {
			if l == "." || strings.HasSuffix(l, "LAST") {
				t.Errorf("the server read %q", lines)
			}
		}
	}
}
