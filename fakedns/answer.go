package fakedns

import (
	"time"

	"github.com/miekg/dns"
)

// Transport is how a question came.
type Transport uint8

// The transports. Direct is a function call: it has no size limit. Still is one
// that leaves no trace: the failures that count their hits do not count it.
const (
	UDP Transport = iota
	TCP
	Direct
	Still
)

// String returns the transport's name.
func (t Transport) String() string {
	switch t {
	case UDP:
		return "udp"
	case TCP:
		return "tcp"
	case Still:
		return "still"
	default:
		return "direct"
	}
}

// Sizes of UDP messages in octets (RFC 6891 6.2.3 to 6.2.5).
const (
	udpAdvertised = 1232 // fits into one packet nearly everywhere
	udpLargest    = 4096 // whatever the client says
)

// Answer returns the answer to q as an authoritative server gives it, or nil
// when there is none: a timeout on purpose, or q is itself an answer. It does
// not wait for delays; Exchange and Server do. Its records are shared with the
// world and must not be changed.
func (w *World) Answer(q *dns.Msg, t Transport) *dns.Msg {
	m, _ := w.respond(q, t)
	return m
}

// respond returns the answer and how long it has to wait.
func (w *World) respond(q *dns.Msg, t Transport) (*dns.Msg, time.Duration) {
	if q.Response {
		return nil, 0 // RFC 1035 4.1.1; answering answers makes loops
	}
	m := &dns.Msg{Question: q.Question[:len(q.Question):len(q.Question)], Compress: true}
	m.Id, m.Response, m.Opcode = q.Id, true, q.Opcode
	m.RecursionDesired, m.CheckingDisabled = q.RecursionDesired, q.CheckingDisabled

	opt, several := options(q)
	if rcode := objection(q, opt, several); rcode != dns.RcodeSuccess {
		m.Rcode = rcode
		seal(m, opt, "")
		return m, 0
	}
	r := w.resolve(q.Question[0], t)
	if r.drop {
		return nil, r.delay
	}
	m.Rcode, m.Authoritative = r.rcode, r.aa
	m.Answer, m.Ns, m.Extra = r.answer, r.ns, r.extra
	if r.truncate {
		empty(m)
	}
	seal(m, opt, r.why)
	if t == UDP {
		fit(m, opt)
	}
	return m, r.delay
}

// options returns the OPT record of q; RFC 6891 6.1.1 allows one.
func options(q *dns.Msg) (opt *dns.OPT, several bool) {
	for _, rr := range q.Extra {
		if o, ok := rr.(*dns.OPT); ok {
			several = opt != nil
			opt = o
		}
	}
	return opt, several
}

// objection returns the rcode for a query that is not to be looked up.
func objection(q *dns.Msg, opt *dns.OPT, several bool) int {
	switch {
	case several:
		return dns.RcodeFormatError
	case opt != nil && opt.Version() != 0:
		return dns.RcodeBadVers // RFC 6891 6.1.3
	case q.Opcode != dns.OpcodeQuery:
		return dns.RcodeNotImplemented
	case len(q.Question) != 1:
		return dns.RcodeFormatError // RFC 9619
	case !validName(q.Question[0].Name):
		return dns.RcodeFormatError
	}
	switch q.Question[0].Qclass {
	case dns.ClassINET, dns.ClassANY:
	default:
		return dns.RcodeRefused // CHAOS and the rest: nothing here
	}
	switch q.Question[0].Qtype {
	case dns.TypeAXFR, dns.TypeIXFR:
		return dns.RcodeRefused // no zone transfers
	case dns.TypeMAILA, dns.TypeMAILB:
		return dns.RcodeNotImplemented // RFC 2136 and 8482: obsolete
	case dns.TypeNone, dns.TypeOPT, dns.TypeTKEY, dns.TypeTSIG:
		return dns.RcodeFormatError // not types of data
	}
	return dns.RcodeSuccess
}

// seal appends the OPT record that answers opt (RFC 6891 6.1.1), with the DO bit
// as it came (RFC 3225 3) and the reason of a failure (RFC 8914).
func seal(m *dns.Msg, opt *dns.OPT, why string) {
	if opt == nil {
		return
	}
	o := &dns.OPT{Hdr: dns.RR_Header{Name: ".", Rrtype: dns.TypeOPT, Class: udpAdvertised}}
	if opt.Do() {
		o.SetDo()
	}
	if why != "" {
		o.Option = []dns.EDNS0{&dns.EDNS0_EDE{InfoCode: dns.ExtendedErrorCodeOther, ExtraText: why}}
	}
	m.Extra = append(clip(m.Extra), o)
}

// fit makes a UDP answer as small as the client wants it: first without the
// additional section, which no one misses (RFC 2181 9), then truncated.
func fit(m *dns.Msg, opt *dns.OPT) {
	limit := dns.MinMsgSize
	if opt != nil {
		limit = min(max(limit, int(opt.UDPSize())), udpLargest)
	}
	if m.Len() <= limit {
		return
	}
	m.Extra = onlyOptions(m.Extra)
	if m.Len() > limit {
		empty(m)
	}
}

// empty leaves a truncated answer: nothing that a client could take for the
// whole (RFC 2181 9).
func empty(m *dns.Msg) {
	m.Truncated = true
	m.Answer, m.Ns = nil, nil
	m.Extra = onlyOptions(m.Extra)
}

func onlyOptions(rrs []dns.RR) []dns.RR {
	for i, rr := range rrs {
		if rr.Header().Rrtype == dns.TypeOPT {
			return rrs[i : i+1 : i+1]
		}
	}
	return nil
}

// answerPacket is Answer for octets. A packet that cannot be read gets FORMERR
// if it has a header to answer to (RFC 1035 4.1.1), else nil.
func (w *World) answerPacket(packet []byte, t Transport) (reply []byte, q, m *dns.Msg, delay time.Duration) {
	q = new(dns.Msg)
	if err := q.Unpack(packet); err != nil {
		if len(packet) < 12 || packet[2]&0x80 != 0 {
			return nil, nil, nil, 0
		}
		m = &dns.Msg{}
		m.Id = uint16(packet[0])<<8 | uint16(packet[1])
		m.Response, m.Rcode = true, dns.RcodeFormatError
		m.Opcode = int(packet[2]>>3) & 0xF
		q = nil
	} else if m, delay = w.respond(q, t); m == nil {
		return nil, q, nil, delay
	}
	reply, err := m.Pack()
	if err != nil || len(reply) > dns.MaxMsgSize {
		// An RRset that no message can carry.
		empty(m)
		m.Truncated, m.Authoritative, m.Rcode = false, false, dns.RcodeServerFailure
		if reply, err = m.Pack(); err != nil {
			return nil, q, nil, delay
		}
	}
	return reply, q, m, delay
}
