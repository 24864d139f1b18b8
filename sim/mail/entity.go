package mail

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"mime"
	"strings"
)

// Bounds of what is read of a message's structure, so that no message can ask for
// much memory.
const (
	maxRegions  = 20_000
	maxDepth    = 100
	maxHeaders  = 4 << 20 // octets of all header sections
	maxBoundary = 70      // RFC 2046 5.1.1
)

// entity is a message or a part of one: header fields and a body (RFC 2045 2.4).
type entity struct {
	header   []byte // the fields and the empty line
	kind     string // media type in lower case, the default where there is none
	boundary string // of a multipart
	encoding string // Content-Transfer-Encoding in lower case, "" where there is none
	typed    bool   // it has a Content-Type
	version  bool   // it has a MIME-Version
	message  bool   // it is a message, not a part
	high     bool   // of a leaf: its body has octets of 0x80 or more
	sealed   bool   // it is inside a multipart/signed: no octet of it may change (RFC 1847 2.1)
	parent   *entity
	depth    int
}

// enclosing reports whether the body is a message, which RFC 2046 5.2.1 lets nobody
// encode as a whole.
func (e *entity) enclosing() bool {
	return e.kind == "message/rfc822" && !e.encoded()
}

func (e *entity) encoded() bool {
	return e.encoding == "base64" || e.encoding == "quoted-printable"
}

// regions of a message.
type regionKind byte

const (
	filler     regionKind = iota // delimiters, preambles, epilogues
	headerPart                   // the header section of an entity
	leafPart                     // the body of an entity that has no entities inside
)

// region is a run of octets. The regions of a message follow each other without
// gaps.
type region struct {
	what     regionKind
	from, to int64
	entity   *entity // whose header or body it is
	shape
}

// shape is what transports ask of octets.
type shape struct {
	high bool // an octet of 0x80 or more
	bare bool // a CR or LF that is no part of CRLF, or a NUL
	long bool // a line of more than 998 octets
	line int  // octets of the line so far
	cr   bool // the last octet was a CR
}

func (s *shape) look(p []byte) {
	for _, c := range p {
		switch {
		case c == '\n':
			s.bare = s.bare || !s.cr
			s.line = -1
		case s.cr:
			s.bare = true
		case c == 0:
			s.bare = true
		case c >= 0x80:
			s.high = true
		}
		s.cr = c == '\r'
		if s.line++; s.line > maxLine && !s.cr {
			s.long = true
		}
	}
}

var (
	errStructure = errors.New("its structure cannot be told")
	errParts     = errors.New("it has too many parts")
)

// scanner reads the structure of a message in one pass, and keeps of it the headers
// alone.
type scanner struct {
	r       *bufio.Reader
	at      int64
	open    []*entity // the multiparts that are open, the outermost first
	regions []region
	headers int // octets kept

	now     *entity // whose header or body is read; nil in filler
	inside  regionKind
	fresh   bool // the next octets begin a line
	lineEnd int  // how long the end of the line before was
}

// scan returns the regions of a message, in order.
func scan(c Content) ([]region, error) {
	rc := c.Open()
	defer rc.Close() //nolint:errcheck // only read
	s := &scanner{r: bufio.NewReaderSize(rc, 4096), fresh: true}
	if err := s.begin(&entity{message: true}); err != nil {
		return nil, err
	}
	for {
		line, err := s.r.ReadSlice('\n')
		whole := err == nil
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if len(line) > 0 {
			if lerr := s.line(line, whole); lerr != nil {
				return nil, lerr
			}
		}
		if errors.Is(err, io.EOF) {
			return s.regions, s.finish()
		}
	}
}

// line takes a line, or a piece of one that is long.
func (s *scanner) line(line []byte, whole bool) error {
	if s.fresh && bytes.HasPrefix(line, []byte("--")) {
		if level, last := s.delimiter(line); level >= 0 {
			return s.delimited(level, last, line)
		}
	}
	r := &s.regions[len(s.regions)-1]
	r.look(line)
	s.at += int64(len(line))
	r.to = s.at
	end := 0
	switch {
	case bytes.HasSuffix(line, []byte("\r\n")):
		end = 2
	case whole:
		end = 1
	}
	ends := s.fresh && whole && len(line) == end
	s.fresh, s.lineEnd = whole, end
	if s.inside != headerPart {
		return nil
	}
	if s.headers += len(line); s.headers > maxHeaders {
		return ErrHeaderTooLarge
	}
	s.now.header = append(s.now.header, line...)
	if ends {
		return s.body()
	}
	return nil
}

// delimiter tells which of the open multiparts a line divides, and whether it is
// its last (RFC 2046 5.1.1); -1 for none.
func (s *scanner) delimiter(line []byte) (level int, last bool) {
	text := bytes.TrimRight(line[2:], " \t\r\n")
	for i := len(s.open) - 1; i >= 0; i-- {
		rest, ok := bytes.CutPrefix(text, []byte(s.open[i].boundary))
		if ok && (len(rest) == 0 || string(rest) == "--") {
			return i, len(rest) > 0
		}
	}
	return -1, false
}

// delimited ends what is inside the multipart, and begins its next part or what
// stands behind it. The line end before the delimiter belongs to that.
func (s *scanner) delimited(level int, last bool, line []byte) error {
	r := &s.regions[len(s.regions)-1]
	if s.inside == headerPart {
		if err := s.known(); err != nil { // a part without a body
			return err
		}
	}
	from := s.at
	if r.what == leafPart {
		r.to = max(r.from, r.to-int64(s.lineEnd))
		from = r.to
	}
	multipart := s.open[level]
	s.open = s.open[:level+1]
	if last {
		s.open = s.open[:level]
	}
	if err := s.add(region{what: filler, from: from, shape: shape{bare: s.lineEnd == 1}}); err != nil {
		return err
	}
	s.at += int64(len(line))
	r = &s.regions[len(s.regions)-1]
	r.look(line)
	r.to = s.at
	s.now, s.inside, s.fresh = nil, filler, true
	if last {
		return nil
	}
	return s.begin(&entity{parent: multipart, sealed: multipart.sealed || multipart.kind == "multipart/signed"})
}

// begin expects the header of an entity.
func (s *scanner) begin(e *entity) error {
	if e.parent != nil {
		e.depth = e.parent.depth + 1
	}
	if e.depth > maxDepth {
		return errParts
	}
	s.now, s.inside = e, headerPart
	return s.add(region{what: headerPart, from: s.at, entity: e})
}

func (s *scanner) add(r region) error {
	if len(s.regions) == maxRegions {
		return errParts
	}
	r.to = r.from
	s.regions = append(s.regions, r)
	return nil
}

// body begins behind the header of an entity.
func (s *scanner) body() error {
	e := s.now
	if err := s.known(); err != nil {
		return err
	}
	switch {
	case e.boundary != "":
		s.open = append(s.open, e)
		s.now, s.inside = nil, filler
		return s.add(region{what: filler, from: s.at})
	case e.enclosing():
		return s.begin(&entity{parent: e, message: true, sealed: e.sealed})
	}
	s.inside = leafPart
	s.lineEnd = 0 // the header's
	return s.add(region{what: leafPart, from: s.at, entity: e})
}

// known reads what the header of an entity says of it.
func (s *scanner) known() error {
	e := s.now
	h, err := ReadHeader(bufio.NewReader(bytes.NewReader(e.header)), maxHeaders)
	if err != nil {
		return err
	}
	for _, f := range h.Fields {
		if f.Name == "" {
			return errStructure
		}
	}
	e.encoding = strings.ToLower(h.Get("Content-Transfer-Encoding"))
	if i := strings.IndexAny(e.encoding, " \t(;"); i >= 0 { // a comment
		e.encoding = e.encoding[:i]
	}
	e.version = h.Count("MIME-Version") > 0
	e.typed = h.Count("Content-Type") > 0
	e.kind = "text/plain" // RFC 2045 5.2
	if e.parent != nil && e.parent.kind == "multipart/digest" {
		e.kind = "message/rfc822" // RFC 2046 5.1.5
	}
	if !e.typed {
		return nil
	}
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		return errStructure
	}
	e.kind = kind
	if strings.HasPrefix(kind, "multipart/") {
		e.boundary = strings.TrimRight(params["boundary"], " ")
		// RFC 2045 6.4: a multipart has no encoding of its own.
		if e.boundary == "" || len(e.boundary) > maxBoundary || e.encoded() {
			return errStructure
		}
	}
	return nil
}

// finish ends the message.
func (s *scanner) finish() error {
	r := &s.regions[len(s.regions)-1]
	r.bare = r.bare || r.cr
	if s.inside == headerPart && s.now.kind == "" {
		return s.known()
	}
	return nil
}
