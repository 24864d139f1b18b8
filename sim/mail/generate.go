package mail

import (
	"crypto/sha256"
	"io"
)

// words fill generated text. "From" and the dots begin lines on purpose: those
// are what careless programs change.
var words = [...]string{"mail", "From", "relay", "queue", "hop", "..", "line", "letter", "a", "post", ".", "of"}

// GenerateText returns size octets of text in lines of at most 72, CRLF at the
// end. The same name and size give the same text.
func GenerateText(name string, size int64) []byte {
	if size <= 0 {
		return nil
	}
	b, _ := ReadAll(generated{name, size}) // it has no error to give
	return b
}

// generated is the text of GenerateText, written when it is read.
type generated struct {
	name string
	size int64
}

func (g generated) Size() int64 { return max(0, g.size) }

func (g generated) Open() io.ReadCloser {
	sum := sha256.Sum256([]byte(g.name))
	return &generator{
		left:  g.Size(),
		state: uint64(sum[0])<<24 | uint64(sum[1])<<16 | uint64(sum[2])<<8 | uint64(sum[3]) | 1,
	}
}

// generator writes line after line.
type generator struct {
	left  int64 // octets that are still to be written
	state uint64
	line  [80]byte
	rest  []byte // of line, to be read
}

func (g *generator) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) && (len(g.rest) > 0 || g.left > 0) {
		if len(g.rest) == 0 && len(p)-n >= len(g.line) {
			n += len(g.next(p[n:n]))
			continue
		}
		if len(g.rest) == 0 {
			g.rest = g.next(g.line[:0])
		}
		m := copy(p[n:], g.rest)
		n, g.rest = n+m, g.rest[m:]
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (g *generator) Close() error { return nil }

// next appends the next line to line; the last one is cut so that the size is met.
func (g *generator) next(line []byte) []byte {
	const most = 72
	for {
		g.state = g.state*6364136223846793005 + 1442695040888963407 // Knuth's LCG
		w := words[(g.state>>33)%uint64(len(words))]
		if len(line)+1+len(w) > most {
			break
		}
		if len(line) > 0 {
			line = append(line, ' ')
		}
		line = append(line, w...)
	}
	switch {
	case g.left == 1:
		g.left = 0
		return append(line[:0], 'x')
	case g.left < int64(len(line)+2):
		line = line[:g.left-2]
	case g.left == int64(len(line)+3):
		line = append(line, 'x') // a lone octet behind this line could not end in CRLF
	}
	line = append(line, '\r', '\n')
	g.left -= int64(len(line))
	return line
}
