package scenarios

import (
	"fmt"
	"strings"
	"time"

	"github.com/mailsim/mailsim/sim"
)

// rates reads limits of rate: 20/m alone is messages of one peer.
func rates(dst *[]sim.Rate) value { return some(dst, "rates", rate) }

func rate(r *sim.Rate) value {
	short := pace(r, sim.OfMessages, parseWhole64)
	counts := func(of sim.Counted, about string, number func(string) (int64, error)) field[sim.Rate] {
		return field[sim.Rate]{string(of), about, func(r *sim.Rate) value { return pace(r, of, number) }, false}
	}
	long := object("a rate", []field[sim.Rate]{
		counts(sim.OfMessages, "messages in a time: 20/m, 100/h or 5/10s; default reply 450 4.7.1, at MAIL", parseWhole64),
		counts(sim.OfRecipients, "recipients in a time: 100/h; default reply 452 4.5.3, at RCPT", parseWhole64),
		counts(sim.OfConnections, "connections in a time: 5/10s; default reply 421 4.7.0, as greeting", parseWhole64),
		counts(sim.OfBytes, "octets of messages in a time: 10MB/h; default reply 452 4.7.1, at the next MAIL", parseSize),
		{"per", "whose are counted together: peer (default), sender, recipient, or node for all", func(r *sim.Rate) value {
			return oneOf(&r.Per, "per", sim.PerPeer, sim.PerSender, sim.PerRecipient, sim.PerNode)
		}, false},
		{"reply", "the reply that refuses: 450 4.7.1 slow down", func(r *sim.Rate) value { return refusal(&r.Reply) }, false},
	}, r).then(func(d *decoder, t *tree) {
		n := 0
		for _, of := range []sim.Counted{sim.OfMessages, sim.OfRecipients, sim.OfConnections, sim.OfBytes} {
			if t.get(string(of)) != nil {
				n++
			}
		}
		if n != 1 {
			d.addf(t.pos, "a rate counts one of messages, recipients, connections and bytes")
		} else if err := r.Check(); err != nil {
			d.addf(t.where("per"), "%v", err)
		}
	})
	return either(func(t *tree) value {
		if t.shape == mappingShape {
			return long
		}
		return short
	}, short, long)
}

// pace reads how much of something in how long a time: 20/m, 100/90s, 10MB/h.
func pace(r *sim.Rate, of sim.Counted, number func(string) (int64, error)) value {
	example := "20/m, 100/h or 5/10s"
	if of == sim.OfBytes {
		example = "10MB/h or 64KiB/10s"
	}
	type most struct {
		n  int64
		in time.Duration
	}
	var m most
	return parsed(&m, "a rate such as "+example, func(s string) (most, error) {
		bad := fmt.Errorf("%q is no rate: write %s", s, example)
		left, right, ok := strings.Cut(s, "/")
		if !ok {
			return m, bad
		}
		n, err := number(left)
		if err != nil {
			return m, bad
		}
		if n == 0 {
			return m, fmt.Errorf("%q lets nothing pass at all", s)
		}
		if len(right) == 1 {
			right = "1" + right
		}
		in, err := parseDuration(right)
		if err != nil || in == 0 {
			return m, bad
		}
		return most{n, in}, nil
	}, func() *schema {
		return &schema{Type: "string", Pattern: `^[0-9.]+ ?[A-Za-z]*/[0-9a-zµ.]+$|` + paramPart}
	}).then(func(*decoder, *tree) { r.Of, r.Most, r.In = of, m.n, m.in })
}

func parseWhole64(s string) (int64, error) {
	n, err := parseWhole(s)
	return int64(n), err
}

// refusal is a reply of class 4 or 5.
func refusal(dst *string) value {
	return parsed(dst, "a reply such as 450 4.7.1 try later", func(s string) (string, error) {
		r, err := parseReply(s)
		if err == nil && r[0] < '4' {
			err = fmt.Errorf("%q refuses nothing: write a reply of 4 or 5, such as 450 4.7.1 try later", s)
		}
		return r, err
	}, func() *schema {
		return anyOf(&schema{Type: "string", Pattern: `^[45][0-5][0-9]( |$)|` + paramPart}, wholeSchema(400, 599))
	})
}
