package scenarios

import (
	"errors"
	"fmt"
	"mime"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mailsim/mailsim/sim/mail"
)

// parseMediaType checks a media type (RFC 2045 5.1).
func parseMediaType(s string) (string, error) {
	t, _, err := mime.ParseMediaType(s)
	if err != nil || !strings.Contains(t, "/") {
		return "", fmt.Errorf("%q is no media type: write text/plain or application/pdf", s)
	}
	return s, nil
}

// mediaType is the type of an attachment that says none, by the ending of its
// name; "" where the ending says nothing. The table is our own: that of the
// machine would make reports differ from one machine to another.
func mediaType(name string) string {
	return map[string]string{
		".csv":  "text/csv; charset=utf-8",
		".gif":  "image/gif",
		".htm":  "text/html; charset=utf-8",
		".html": "text/html; charset=utf-8",
		".ics":  "text/calendar; charset=utf-8",
		".jpeg": "image/jpeg",
		".jpg":  "image/jpeg",
		".json": "application/json",
		".pdf":  "application/pdf",
		".png":  "image/png",
		".txt":  "text/plain; charset=utf-8",
		".xml":  "application/xml",
		".zip":  "application/zip",
	}[strings.ToLower(path.Ext(name))]
}

// option is one ESMTP parameter of MAIL or RCPT.
type option struct {
	name, about string
	flag        bool // has no value
	many        bool // has a list of values
	check       func(string) (string, error)
}

// optionTable is every parameter that a send step may give, by name.
func optionTable() []option {
	words := func(what string, list ...string) func(string) (string, error) {
		return func(s string) (string, error) {
			if up := strings.ToUpper(s); slices.Contains(list, up) {
				return up, nil
			}
			return "", unknownWord{what, s, list}
		}
	}
	return []option{
		{"AUTH", "the original submitter, or <> (RFC 4954 5)", false, false, func(s string) (string, error) {
			if s == "<>" {
				return s, nil
			}
			return parseAddress(s)
		}},
		{"BODY", "7BIT, 8BITMIME or BINARYMIME (RFC 6152, RFC 3030)", false, false, words("BODY", "7BIT", "8BITMIME", "BINARYMIME")},
		{"BY", "deliver by: seconds and mode, 120;R (RFC 2852 4)", false, false, checkBy},
		{"ENVID", "the envelope's own name (RFC 3461 4.4)", false, false, checkEnvID},
		{"HOLDFOR", "seconds to hold the mail (RFC 4865)", false, false, checkSeconds},
		{"HOLDUNTIL", "date and time until which to hold the mail (RFC 4865)", false, false, checkDate},
		{"MT-PRIORITY", "-9 to 9 (RFC 6710)", false, false, func(s string) (string, error) {
			if n, err := strconv.Atoi(s); err != nil || n < -9 || n > 9 {
				return "", fmt.Errorf("%q is no priority from -9 to 9", s)
			}
			return s, nil
		}},
		{"NOTIFY", "NEVER, or some of SUCCESS, FAILURE and DELAY (RFC 3461 4.1)", false, true, words("NOTIFY", "NEVER", "SUCCESS", "FAILURE", "DELAY")},
		{"ORCPT", "the original recipient, rfc822;bob@example.org (RFC 3461 4.2)", false, false, checkORCPT},
		{"REQUIRETLS", "TLS at every hop (RFC 8689)", true, false, nil},
		{"RET", "FULL or HDRS (RFC 3461 4.3)", false, false, words("RET", "FULL", "HDRS")},
		{"RRVS", "date and time since which the recipient is who is meant, perhaps with ;C or ;R (RFC 7293)", false, false, checkValidSince},
		{"SIZE", "the size in octets that MAIL declares (RFC 1870)", false, false, func(s string) (string, error) {
			n, err := parseSize(s)
			return strconv.FormatInt(n, 10), err
		}},
		{"SMTPUTF8", "the mail is internationalised (RFC 6531)", true, false, nil},
	}
}

// unknownWord is a word of a parameter that is none of those it may be.
type unknownWord struct {
	what, word string
	words      []string
}

func (u unknownWord) Error() string { return fmt.Sprintf("unknown %s %q", u.what, u.word) }

func checkEnvID(s string) (string, error) {
	// RFC 3461 4.4: up to 100 printable characters.
	if s == "" || len(s) > 100 || strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || r > 0x7e }) {
		return "", fmt.Errorf("%q is no ENVID: want 1 to 100 printable ASCII characters (RFC 3461 4.4)", s)
	}
	return s, nil
}

func checkORCPT(s string) (string, error) {
	kind, addr, ok := strings.Cut(s, ";")
	if !ok || kind == "" || addr == "" {
		return "", fmt.Errorf("%q is no ORCPT: write rfc822;bob@example.org", s)
	}
	if strings.EqualFold(kind, "rfc822") {
		if _, err := mail.ParseAddress(addr); err != nil {
			return "", fmt.Errorf("ORCPT: %w", err)
		}
	}
	return s, nil
}

func checkBy(s string) (string, error) {
	n, mode, ok := strings.Cut(s, ";")
	secs, err := strconv.Atoi(n)
	switch strings.ToUpper(mode) {
	case "N", "R", "NT", "RT":
	default:
		ok = false
	}
	if !ok || err != nil || secs > 999_999_999 || secs < -999_999_999 {
		return "", fmt.Errorf("%q is no BY: write seconds and mode, such as 120;R or 3600;NT (RFC 2852 4)", s)
	}
	return s, nil
}

func checkSeconds(s string) (string, error) {
	if _, err := parseWhole(s); err != nil {
		return "", fmt.Errorf("%q is no number of seconds", s)
	}
	return s, nil
}

func checkDate(s string) (string, error) {
	if _, err := time.Parse(time.RFC3339, s); err != nil {
		return "", fmt.Errorf("%q is no date and time: write 2026-01-05T09:00:00Z", s)
	}
	return s, nil
}

// checkValidSince is a date and what to do where it cannot be asked.
func checkValidSince(s string) (string, error) {
	date, action, more := strings.Cut(s, ";")
	if _, err := checkDate(date); err != nil || more && action != "C" && action != "R" {
		return "", fmt.Errorf("%q is no RRVS: write 2014-04-03T23:01:00Z, perhaps with ;C or ;R behind (RFC 7293 3)", s)
	}
	return s, nil
}

// options reads ESMTP parameters; names are kept in upper case.
func options(dst *map[string][]string) value {
	return value{
		read:   func(d *decoder, t *tree) { d.readOptions(dst, t) },
		schema: optionSchema,
	}
}

func (d *decoder) readOptions(dst *map[string][]string, t *tree) {
	if t.shape != mappingShape {
		d.addf(t.pos, "options is a mapping of ESMTP parameters, not %s", t.what())
		return
	}
	table := optionTable()
	names := make([]string, len(table))
	for i, o := range table {
		names[i] = o.name
	}
	*dst = map[string][]string{}
	seen := map[string]Pos{}
	for _, p := range t.pairs {
		upper := *p.key
		upper.text = strings.ToUpper(p.key.text)
		if d.repeated(seen, &upper) {
			continue
		}
		i := slices.Index(names, upper.text)
		if i < 0 {
			d.unknown(p.key.pos, "ESMTP parameter", p.key.text, names)
			continue
		}
		if values, ok := d.option(table[i], p.value); ok {
			(*dst)[upper.text] = values
		}
	}
}

// option reads the value of one parameter.
func (d *decoder) option(o option, t *tree) ([]string, bool) {
	if o.flag {
		on := true
		switch {
		case t.shape == nullShape, t.shape == scalarShape && t.text == "":
		default:
			yes(&on).read(d, t)
		}
		return []string{}, on
	}
	items := []*tree{t}
	if t.shape == listShape {
		if !o.many {
			d.addf(t.pos, "%s has one value, not %s", o.name, t.what())
			return nil, false
		}
		items = t.items
	} else if o.many && t.shape == scalarShape {
		items = nil
		for s := range strings.SplitSeq(t.text, ",") {
			part := *t
			part.text = strings.TrimSpace(s)
			items = append(items, &part)
		}
	}
	var out []string
	for _, it := range items {
		s, ok := d.scalar(it, "the value of "+o.name)
		if !ok {
			return nil, false
		}
		v, err := o.check(s)
		var word unknownWord
		switch {
		case errors.As(err, &word):
			d.unknown(it.pos, word.what, word.word, word.words)
			return nil, false
		case err != nil:
			d.addf(it.pos, "%v", err)
			return nil, false
		case slices.Contains(out, v):
			d.addf(it.pos, "%s is there twice", v)
			return nil, false
		}
		out = append(out, v)
	}
	if len(out) == 0 {
		d.addf(t.pos, "%s has no value", o.name)
		return nil, false
	}
	if o.name == "NOTIFY" && len(out) > 1 && slices.Contains(out, "NEVER") {
		d.addf(t.pos, "NEVER stands alone in NOTIFY (RFC 3461 4.1)")
		return nil, false
	}
	return out, true
}

func optionSchema() *schema {
	s := &schema{Type: "object"}
	props := newProperties()
	for _, o := range optionTable() {
		v := textSchema()
		switch {
		case o.flag:
			v = anyOf(&schema{Type: "null"}, &schema{Type: "string", Pattern: "^$"}, boolSchema())
		case o.many:
			v = anyOf(textSchema(), listSchema(textSchema(), 1))
		}
		v.Description = o.about
		props.Set(o.name, v)
	}
	s.Properties = props
	return s
}
