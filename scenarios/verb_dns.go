package scenarios

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mailsim/mailsim/fakedns"
	"github.com/miekg/dns"
)

// String says what becomes of which records.
func (a *DNS) String() string {
	switch {
	case a.Add != "":
		return "dns add " + clip(a.Add, 80)
	case a.Set != "":
		return "dns set " + clip(a.Set, 80)
	case a.Remove != "":
		return "dns remove " + clip(a.Remove, 80)
	}
	s := "dns fail " + a.Fail
	if a.Type != "" {
		s += " " + a.Type
	}
	if a.Name != "" {
		s += " " + a.Name
	}
	if a.For > 0 {
		s += ", for " + span(a.For)
	}
	return s
}

// dnsSpec is a dns step as written: it may change several records.
type dnsSpec struct {
	DNS
	add, set, remove []string
}

// dnsVerb gives one action for each record, so that each is reported apart.
func dnsVerb(dst *[]Action) value {
	spec := &dnsSpec{}
	v := object("a dns step", dnsFields(), spec).also(func(d *decoder, t *tree) {
		verbs := 0
		for _, k := range []string{"add", "set", "remove", "fail"} {
			if t.get(k) != nil {
				verbs++
			}
		}
		if verbs != 1 {
			d.lacks(t, "a dns step has one of add, set, remove and fail")
		}
		if t.get("fail") == nil {
			for _, k := range []string{"name", "type", "for"} {
				if t.get(k) != nil {
					d.addf(t.where(k), "%s belongs to fail", k)
				}
			}
		}
	})
	return value{
		read: func(d *decoder, t *tree) {
			v.read(d, t)
			for _, rr := range spec.add {
				*dst = append(*dst, &DNS{Add: rr})
			}
			for _, rr := range spec.set {
				*dst = append(*dst, &DNS{Set: rr})
			}
			for _, rr := range spec.remove {
				*dst = append(*dst, &DNS{Remove: rr})
			}
			if spec.Fail != "" {
				one := spec.DNS
				*dst = append(*dst, &one)
			}
		},
		schema: v.schema,
	}
}

func dnsFields() []field[dnsSpec] {
	return []field[dnsSpec]{
		{"add", "a record to add: example.org. 300 MX 5 mx3.example.org.", func(s *dnsSpec) value { return recordLines(&s.add, checkRecord) }, false},
		{"set", "a record in the place of all of its name and type", func(s *dnsSpec) value { return recordLines(&s.set, checkRecord) }, false},
		{"remove", "a record to remove, or a name and a type for all of them", func(s *dnsSpec) value { return recordLines(&s.remove, checkRemoval) }, false},
		{"fail", "how look-ups fail: servfail, nxdomain, timeout, refused or truncate", func(s *dnsSpec) value {
			return oneOf(&s.Fail, "failure", "servfail", "nxdomain", "timeout", "refused", "truncate", "nodata", "lame")
		}, false},
		{"name", "the name whose look-ups fail; default all", func(s *dnsSpec) value { return parsed(&s.Name, "a domain", parseOwner, textSchema) }, false},
		{"type", "the record type whose look-ups fail; default all", func(s *dnsSpec) value { return recordType(&s.Type) }, false},
		{"for", "how long look-ups fail; default to the end", func(s *dnsSpec) value { return period(&s.For) }, false},
	}
}

// recordLines is one record, several lines of them, or a list.
func recordLines(dst *[]string, check func(string) error) value {
	line := func(s *string) value {
		return parsed(s, "a record such as example.org. 300 MX 5 mx.example.org.", func(s string) (string, error) {
			return s, nil
		}, textSchema)
	}
	v := some(dst, "records", line)
	return value{
		read: func(d *decoder, t *tree) {
			n := d.count
			v.read(d, t)
			if d.count > n {
				return
			}
			var out []string
			for i, s := range *dst {
				at := t
				if t.shape == listShape {
					at = t.items[i]
				}
				for l := range strings.SplitSeq(s, "\n") {
					if l = strings.TrimSpace(l); l == "" {
						continue
					}
					if err := check(l); err != nil {
						d.addf(at.pos, "%v", err)
						continue
					}
					out = append(out, l)
				}
			}
			if len(out) == 0 && d.count == n {
				d.addf(t.pos, "want a record such as example.org. 300 MX 5 mx.example.org.")
			}
			*dst = out
		},
		schema: v.schema,
	}
}

func checkRecord(s string) error {
	_, err := fakedns.ParseRR(s)
	return err
}

// checkRemoval takes a record, or a name and a type.
func checkRemoval(s string) error {
	f := strings.Fields(s)
	if n := len(f); n >= 2 && n <= 4 {
		if _, ok := dns.StringToType[strings.ToUpper(f[n-1])]; ok {
			_, err := parseOwner(f[0])
			return err
		}
	}
	return checkRecord(s)
}

// parseOwner checks the owner name of a record, and makes it absolute.
func parseOwner(s string) (string, error) {
	if _, ok := dns.IsDomainName(s); !ok || s == "" {
		return "", fmt.Errorf("%q is no domain name", s)
	}
	return dns.Fqdn(s), nil
}

func recordType(dst *string) value {
	return value{
		read: func(d *decoder, t *tree) {
			s, ok := d.scalar(t, "a record type such as MX")
			if !ok {
				return
			}
			up := strings.ToUpper(s)
			if _, ok := dns.StringToType[up]; !ok {
				d.unknown(t.pos, "record type", s, []string{"A", "AAAA", "CAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TLSA", "TXT"})
				return
			}
			*dst = up
		},
		schema: func() *schema { return &schema{Type: "string"} },
	}
}

// readZones checks the zone text of all files, and returns it with a world that
// has all of it.
func (d *decoder) readZones(roots []*tree) ([]Zone, *fakedns.World) {
	world := fakedns.NewWorld()
	var zones []Zone
	for _, root := range roots {
		t := root.get("dns")
		if t == nil {
			continue
		}
		s, ok := d.scalar(t, "zone-file text (a block that begins with |)")
		if !ok {
			continue
		}
		z := Zone{Pos: t.pos, Text: s}
		indent := 0
		if t.style == literal || t.style == folded {
			z.Pos.Line++
			z.Pos.Column = 1
			if lines := d.files[t.pos.File]; z.Pos.Line <= len(lines) {
				indent = blockIndent(lines[z.Pos.Line-1:])
			}
		}
		zones = append(zones, z)
		err := world.Load(z.Pos.File, z.Pos.Line, z.Text)
		var list fakedns.Errors
		switch {
		case err == nil:
		case errors.As(err, &list):
			for _, e := range list {
				pos := Pos{z.Pos.File, e.Line, max(1, e.Column) + indent}
				if t.style != literal {
					pos = t.pos
				}
				d.addf(pos, "wrong zone text: %s", e.Msg)
			}
		default:
			d.addf(t.pos, "wrong zone text: %v", err)
		}
	}
	return zones, world
}

// blockIndent is the indentation of a block, that of its first line with text.
func blockIndent(lines []string) int {
	i := slices.IndexFunc(lines, func(l string) bool { return strings.TrimSpace(l) != "" })
	if i < 0 {
		return 0
	}
	return len(lines[i]) - len(strings.TrimLeft(lines[i], " "))
}
