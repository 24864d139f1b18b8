package scenarios

import (
	"fmt"
	"path"
	"strings"

	"github.com/mailsim/mailsim/sim"
)

// maxMails bounds the mails of one step.
const maxMails = 10_000_000

// String says who sends what to whom.
func (s *Send) String() string {
	from := s.From
	if from == "" {
		from = "<>"
	}
	many := ""
	if s.Count > 1 {
		many = fmt.Sprintf(" (%d mails)", s.Count)
	}
	return fmt.Sprintf("send %s%s via %s: %s to %s", s.Mail, many, s.Via, from, several(s.To))
}

func sendVerb(s *Send) value {
	s.Count = 1
	return object("a send step", []field[Send]{
		{"mail", "its name, which is also its Message-ID: <NAME@mailsim>; default mail, mail2, ...", func(s *Send) value { return name(&s.Mail, "a mail") }, false},
		{"via", "the server that it is given to, or a mua that submits it", func(s *Send) value { return nodeName(&s.Via) }, true},
		{"from", `the reverse-path; "" is the null reverse-path`, func(s *Send) value { return reversePath(&s.From) }, true},
		{"to", "the forward-path, or a list of them", func(s *Send) value { return some(&s.To, "addresses", address) }, true},
		{"auth", "{user, password, mechanism}", func(s *Send) value { return credentials(&s.Auth) }, false},
		{"tls", "none, starttls or implicit", func(s *Send) value { return clientTLS(&s.TLS) }, false},
		{"headers", "header fields; absent leaves a field out that would be there", func(s *Send) value { return headers(&s.Headers) }, false},
		{"body", "text, {size: 4KiB} or {file: x.eml}", func(s *Send) value { return body(&s.Body) }, false},
		{"attach", "files: names, or {file, name, type}, or {name, size}", func(s *Send) value {
			return some(&s.Attach, "attachments", attachment)
		}, false},
		{"options", "ESMTP parameters of MAIL and RCPT: BODY, RET, ENVID, NOTIFY, ...", func(s *Send) value { return options(&s.Options) }, false},
		{"count", "how many; they are named NAME-1 to NAME-count", func(s *Send) value {
			return whole(&s.Count, 1, maxMails).then(func(*decoder, *tree) { s.Numbered = true })
		}, false},
		{"every", "the time between two of count", func(s *Send) value { return duration(&s.Every) }, false},
	}, s).also(func(d *decoder, t *tree) {
		n := 0
		if s.Numbered {
			n = s.Count
		}
		d.names.sent = true
		pos := t.pos
		if m := t.get("mail"); m != nil {
			pos = m.pos
		} else {
			s.Mail = d.names.unnamed("mail", pos)
		}
		if s.Mail != "" {
			d.names.addMail(d, pos, s.Mail, n)
		}
		if t.get("every") != nil && t.get("count") == nil {
			d.addf(t.where("every"), "every is the time between the mails of count, and there is no count")
		}
		if t.get("attach") != nil && strings.HasSuffix(strings.ToLower(s.Body.File), ".eml") {
			d.addf(t.where("attach"), "%s is a whole message: nothing is attached to it", s.Body.File)
		}
		d.client(t, s.Via, &s.Auth, &s.TLS)
	})
}

// client gives a send through a mua what the mua is configured with.
func (d *decoder) client(t *tree, via string, auth **sim.Auth, tls *sim.TLSClient) {
	m, ok := d.muas[via]
	if !ok {
		return
	}
	if m.Via == "" {
		d.addf(t.get("via").pos, "the mua %s has no submit: name the msa that it submits through", via)
		return
	}
	if *auth == nil {
		*auth = m.Auth
	}
	if *tls == "" {
		*tls = m.TLS
	}
}

func credentials(dst **sim.Auth) value {
	v := &sim.Auth{Mechanism: "PLAIN"}
	inner := object("auth", []field[sim.Auth]{
		{"user", "the user name", func(a *sim.Auth) value { return words(&a.User) }, true},
		{"password", "the password", func(a *sim.Auth) value { return text(&a.Password) }, true},
		{"mechanism", "PLAIN (default), LOGIN or SCRAM-SHA-256", func(a *sim.Auth) value { return mechanism(&a.Mechanism) }, false},
	}, v)
	return value{
		read: func(d *decoder, t *tree) {
			inner.read(d, t)
			*dst = v
		},
		schema: inner.schema,
	}
}

func clientTLS(dst *sim.TLSClient) value {
	return oneOf(dst, "tls", sim.ClientPlain, sim.ClientStartTLS, sim.ClientImplicit)
}

// headers reads header fields in their order; a list gives several fields of one name.
func headers(dst *[]HeaderValue) value {
	return value{
		read: func(d *decoder, t *tree) {
			if t.shape != mappingShape {
				d.addf(t.pos, "headers is a mapping of names and values, not %s", t.what())
				return
			}
			seen := map[string]Pos{}
			for _, p := range t.pairs {
				if d.repeated(seen, p.key) || !d.headerName(p.key) {
					continue
				}
				values := []*tree{p.value}
				if p.value.shape == listShape {
					values = p.value.items
				}
				for _, v := range values {
					s, ok := d.scalar(v, "the value of a header field")
					if !ok {
						continue
					}
					if strings.ContainsAny(s, "\r\n\x00") {
						d.addf(v.pos, "the value of %s has line breaks: write it in one line", p.key.text)
						continue
					}
					h := HeaderValue{Name: p.key.text, Value: s}
					if s == "absent" {
						h.Value, h.Absent = "", true
					}
					*dst = append(*dst, h)
				}
			}
		},
		schema: func() *schema { return tableSchema(anyOf(textSchema(), listSchema(textSchema(), 0))) },
	}
}

// headerName checks a field name (RFC 5322 3.6.8).
func (d *decoder) headerName(t *tree) bool {
	if t.text == "" || len(t.text) > 200 {
		d.addf(t.pos, "%q is no header name: it has 1 to 200 characters", t.text)
		return false
	}
	for _, r := range t.text {
		if r < 33 || r > 126 || r == ':' {
			d.addf(t.pos, "%q is no header name: it has the character %q (RFC 5322 3.6.8)", t.text, r)
			return false
		}
	}
	return true
}

func body(dst *Body) value {
	plain := text(&dst.Text)
	record := object("a body", []field[Body]{
		{"text", "the text", func(b *Body) value { return text(&b.Text) }, false},
		{"size", "generated text of this many octets", func(b *Body) value {
			return dataSize(&b.Size).then(func(d *decoder, t *tree) {
				if b.Size == 1 {
					d.addf(t.pos, "a body ends in CRLF: it has no octets, or at least 2")
				}
			})
		}, false},
		{"file", "a file beside the scenario; an .eml file brings its own header", func(b *Body) value { return file(&b.File, &b.Data) }, false},
	}, dst).also(func(d *decoder, t *tree) {
		if len(t.pairs) != 1 {
			d.addf(t.pos, "a body has one of text, size and file")
		}
	})
	return either(func(t *tree) value {
		if t.shape == mappingShape {
			return record
		}
		return plain
	}, plain, record)
}

// dataSize is a size of generated octets.
func dataSize(dst *int64) value {
	return size(dst).then(func(d *decoder, t *tree) {
		if *dst > maxData {
			d.addf(t.pos, "%q is larger than %d MB, the limit", t.text, maxData/1_000_000)
		}
	})
}

// file is a file whose octets are read now, relative to the file that names it.
func file(dst *string, data *[]byte) value {
	return value{
		read: func(d *decoder, t *tree) {
			s, ok := d.scalar(t, "the name of a file")
			if !ok {
				return
			}
			if s == "" {
				d.addf(t.pos, "want the name of a file that is not empty")
				return
			}
			name, err := d.src.rel(t.pos.File, s)
			if err == nil {
				*data, err = d.readData(name)
			}
			if err != nil {
				d.addf(t.pos, "file %s: %s", s, cause(err))
				return
			}
			*dst = s
		},
		schema: func() *schema { return &schema{Type: "string"} },
	}
}

// readData reads a body or attachment once, however often it is named.
func (d *decoder) readData(name string) ([]byte, error) {
	if data, ok := d.read[name]; ok {
		return data, nil
	}
	data, err := d.src.read(name, min(maxData, maxAllData-d.data))
	if err != nil {
		return nil, err
	}
	d.data += int64(len(data))
	d.read[name] = data
	return data, nil
}

func attachment(dst *Attachment) value {
	var named string
	single := file(&named, &dst.Data).then(func(d *decoder, t *tree) { dst.Name = path.Base(named) })
	record := object("an attachment", []field[Attachment]{
		{"file", "a file beside the scenario", func(a *Attachment) value { return file(&named, &a.Data) }, false},
		{"size", "generated octets", func(a *Attachment) value { return dataSize(&a.Size) }, false},
		{"name", "its name; default that of the file", func(a *Attachment) value { return words(&a.Name) }, false},
		{"type", "its media type; default by the name", func(a *Attachment) value { return parsed(&a.Type, "a media type", parseMediaType, textSchema) }, false},
	}, dst).also(func(d *decoder, t *tree) {
		if (t.get("file") == nil) == (t.get("size") == nil) {
			d.addf(t.pos, "an attachment has one of file and size")
			return
		}
		if dst.Name == "" {
			if dst.Name = path.Base(named); named == "" {
				dst.Name = "attachment.bin"
			}
		}
	})
	return either(func(t *tree) value {
		if t.shape == mappingShape {
			return record
		}
		return single
	}, single, record).then(func(*decoder, *tree) {
		if dst.Type == "" {
			dst.Type = mediaType(dst.Name)
		}
	})
}
