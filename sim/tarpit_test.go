package sim

import (
	"testing"
	"time"

	"github.com/mailsim/mailsim/sim/trace"
)

// took is how long f needs, in seconds.
func took(f func()) int {
	start := time.Now()
	f()
	return int(time.Since(start).Round(time.Second) / time.Second)
}

func TestTarpit(t *testing.T) {
	for _, tt := range []struct {
		tarpit Tarpit
		script string
		want   int // seconds
	}{
		{Tarpit{Delay: 5 * time.Second, After: 2}, "C: FOO\n500\nC: FOO\n500\n", 0},
		{Tarpit{Delay: 5 * time.Second, After: 2}, "C: FOO\n500\nC: FOO\n500\nC: NOOP\n250\n", 5},
		{Tarpit{Delay: 5 * time.Second, After: 1}, "C: FOO\n500\nC: NOOP\n250\nC: FOO\n500\nC: QUIT\n221\nEOF\n", 15},
		{Tarpit{Delay: 5 * time.Second}, "C: NOOP\n250\n", 5},
		{
			Tarpit{Delay: 5 * time.Second},
			"C: EHLO c.example\n250-\nC: MAIL FROM:<a@example.net>\n250\nC: RCPT TO:<bob@example.org>\n250\nC: DATA\n354\nC: .\n250\n", 25,
		},
		{Tarpit{After: 1}, "C: FOO\n500\nC: FOO\n500\n", 0},
	} {
		node := mxNode()
		node.Tarpit = tt.tarpit
		inBubble(t, func(b *bench) {
			c := b.dial("mx")
			defer c.close()
			c.talk("220")
			if got := took(func() { c.talk(tt.script) }); got != tt.want {
				t.Errorf("%+v: want %d s, got %d for %s", tt.tarpit, tt.want, got, tt.script)
			}
		}, node)
	}
}

// TestTarpitPipelined: each reply leaves after its own delay, and a crash ends the wait.
func TestTarpitPipelined(t *testing.T) {
	node := mxNode()
	node.Tarpit = Tarpit{Delay: time.Minute}
	inBubble(t, func(b *bench) {
		c := b.dial("mx")
		defer c.close()
		c.talk("220")
		c.send("NOOP\r\nNOOP\r\nNOOP\r\n")
		for i := range 2 {
			if got := took(func() { c.talk("250") }); got != 60 {
				t.Errorf("reply %d: after %d s", i, got)
			}
		}
		b.net.Node("mx").Crash()
		if got := c.reply(); got != "EOF" && got != "RESET" {
			t.Errorf("after the crash: %s", got)
		}
	}, node)
}

func TestGreetingDelay(t *testing.T) {
	node := mxNode()
	node.Greeting = Greeting{Delay: 6 * time.Second}
	strict := mxNode()
	strict.Name, strict.Host = "strict", "strict.example.org"
	strict.Greeting = Greeting{Delay: 6 * time.Second, RefuseEarlyTalk: true}
	inBubble(t, func(b *bench) {
		for _, name := range []string{"mx", "strict"} {
			c := b.dial(name)
			if got := took(func() { c.talk("220") }); got != 6 {
				t.Errorf("%s greets after %d s", name, got)
			}
			c.talk("C: EHLO c.example\n250-\nC: QUIT\n221\nEOF")
			c.close()
		}
		c := b.dial("mx")
		c.talk("C: EHLO c.example\n220\n250-")
		c.close()

		c = b.dial("strict")
		if got := took(func() { c.talk("C: EHLO c.example\n554 5.5.1 strict.example.org you spoke before the greeting") }); got != 0 {
			t.Errorf("refused after %d s", got)
		}
		c.talk("503 5.5.1\nC: QUIT\n221\nEOF")
		c.close()
		b.wantEvents([]string{
			"mail.refused  > 554 5.5.1 strict.example.org you spoke before the greeting banner",
			"mail.refused  > 503 5.5.1 no SMTP service here, only QUIT ehlo",
		}, trace.MailRefused)

		// Who leaves, or is left, meanwhile.
		for _, name := range []string{"mx", "strict"} {
			c = b.dial(name)
			time.Sleep(time.Second)
			c.close()
			time.Sleep(7 * time.Second)
			b.want("sessions", 0, b.net.Node(name).Connections())
			c = b.dial(name)
			time.Sleep(time.Second)
			b.net.Node(name).Crash()
			c.talk("EOF")
			c.close()
		}
	}, node, strict)
}

// TestGreetingDelayTLS: behind the handshake of implicit TLS the wait ends without harm.
func TestGreetingDelayTLS(t *testing.T) {
	node := tlsNode(TLSImplicit)
	node.Greeting = Greeting{Delay: 6 * time.Second, RefuseEarlyTalk: true}
	inBubble(t, func(b *bench) {
		c := b.dial(node.Name)
		defer c.close()
		c.secure()
		if got := took(func() { c.talk("220") }); got != 6 {
			t.Errorf("greets after %d s", got)
		}
		c.talk("C: EHLO c.example\n250-")
		early := b.dial(node.Name)
		defer early.close()
		early.secure()
		early.talk("C: EHLO c.example\n554 5.5.1")
	}, node)
}
