package scenarios

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Limits on what is read. The error names the one that was passed.
const (
	maxFileSize = 10_000_000 // octets
	maxNesting  = 100        // mappings and lists in each other
	maxKeys     = 100_000    // keys of one mapping, so nodes too
	maxParts    = 4_000_000  // tokens of YAML
)

// shape is what a piece of YAML is.
type shape uint8

const (
	scalarShape shape = iota
	mappingShape
	listShape
	nullShape
)

// tree is a piece of YAML with its place: what the language needs of the syntax
// tree, and no more.
type tree struct {
	shape shape
	pos   Pos
	text  string // of a scalar
	style style
	param bool // a parameter was substituted in it
	wrong bool // an error was reported for it, or for a key of it: nothing that follows from it is
	pairs []pair
	items []*tree
}

type pair struct{ key, value *tree }

// style is how a scalar was written.
type style uint8

const (
	plain   style = iota
	quoted        // '...' or "..."
	literal       // | block: lines are those of the file
	folded        // > block
)

// get returns the value of a key, or nil.
func (t *tree) get(key string) *tree {
	if t == nil {
		return nil
	}
	for _, p := range t.pairs {
		if p.key.text == key {
			return p.value
		}
	}
	return nil
}

// where returns the place of a key, of the mapping itself when it is not there.
func (t *tree) where(key string) Pos {
	for _, p := range t.pairs {
		if p.key.text == key {
			return p.key.pos
		}
	}
	return t.pos
}

// what names the shape for people.
func (t *tree) what() string {
	switch t.shape {
	case mappingShape:
		return "a mapping"
	case listShape:
		return "a list"
	case nullShape:
		return "nothing"
	default:
		text := t.text
		if len(text) > 40 {
			text = strings.ToValidUTF8(text[:40], "") + "..."
		}
		return fmt.Sprintf("%q", text)
	}
}

// readTree parses one YAML document and refuses what the language does not
// have: anchors, aliases, merge keys, tags, directives and further documents.
// It returns nil when there is no tree to go on with.
func readTree(name string, data []byte, probs *problems) *tree {
	start := Pos{File: name, Line: 1, Column: 1}
	probs.file(name, data)
	if len(data) > maxFileSize {
		probs.addf(start, "the file is %v than %d MB, the limit", errTooLarge, maxFileSize/1_000_000)
		return nil
	}
	if pos, ok := invalidText(name, data); !ok {
		probs.addf(pos, "the file is not UTF-8 text")
		return nil
	}
	c := converter{file: name, probs: probs, lines: probs.files[name]}
	f := c.parse(strings.TrimPrefix(string(data), "\ufeff"))
	if f == nil {
		return nil
	}
	var root *tree
	for _, doc := range f.Docs {
		switch body := doc.Body.(type) {
		case nil, *ast.CommentGroupNode:
		case *ast.DirectiveNode:
			probs.addf(c.pos(body.GetToken()), "directives are not part of the language")
		default:
			if root != nil {
				probs.addf(c.pos(firstToken(body)), "a second document: a scenario is one document in one file")
				return root
			}
			root = c.convert(body)
		}
	}
	if root == nil {
		probs.addf(start, "the file is empty")
	}
	return root
}

// invalidText finds octets that no YAML text has (YAML 1.2 5.1).
func invalidText(name string, data []byte) (Pos, bool) {
	line, column := 1, 1
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 || r < 0x20 && r != '\n' && r != '\r' && r != '\t' || r == 0x7f {
			return Pos{name, line, column}, false
		}
		if i += n; r == '\n' {
			line, column = line+1, 1
		} else {
			column++
		}
	}
	return Pos{}, true
}

type converter struct {
	file  string
	probs *problems
	lines []string
}

func (c *converter) pos(tk *token.Token) Pos {
	if tk == nil || tk.Position == nil {
		return Pos{c.file, 1, 1}
	}
	return Pos{c.file, max(1, tk.Position.Line), max(1, tk.Position.Column)}
}

// parse calls the YAML parser behind the limits. It recurses by nesting and by
// the keys of a block mapping, so both are bounded on the tokens first.
func (c *converter) parse(text string) (f *ast.File) {
	defer func() {
		// The parser is not ours, and the file may be anything: what it panics
		// on is a file that cannot be read.
		if r := recover(); r != nil {
			c.probs.addf(Pos{c.file, 1, 1}, "the file is not readable as YAML")
			f = nil
		}
	}()
	tokens := lexer.Tokenize(text)
	if tk, limit := beyond(tokens); tk != nil {
		c.probs.addf(c.pos(tk), "%s", limit)
		return nil
	}
	f, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		var syntax *yaml.SyntaxError
		if errors.As(err, &syntax) {
			hint := ""
			switch {
			case strings.Contains(syntax.Message, "reserved character"):
				hint = ": put the text in quotes"
			case strings.Contains(syntax.Message, "must be specified"):
				hint = ` (text with any of , [ ] { } inside of brackets is put in quotes: is: "/[ab]/")`
			}
			c.probs.addf(c.pos(syntax.Token), "not YAML: %s%s", syntax.Message, hint)
		} else {
			c.probs.addf(Pos{c.file, 1, 1}, "not YAML: %v", err)
		}
		return nil
	}
	return f
}

// beyond returns the token that passes a limit, and the limit.
func beyond(tokens token.Tokens) (*token.Token, string) {
	if len(tokens) > maxParts {
		return tokens[maxParts], fmt.Sprintf("more than %d parts of YAML, the limit", maxParts)
	}
	flow, dashes, line := 0, 0, 0
	var columns []keyColumn // block mappings that are open
	for i, tk := range tokens {
		if tk.Position == nil {
			continue
		}
		if tk.Position.Line != line {
			line, dashes = tk.Position.Line, 0
		}
		switch tk.Type {
		case token.MappingStartType, token.SequenceStartType:
			flow++
		case token.MappingEndType, token.SequenceEndType:
			flow = max(0, flow-1)
		case token.SequenceEntryType, token.MappingKeyType, token.TagType, token.AnchorType:
			dashes++
		case token.MappingValueType:
			if flow > 0 || i == 0 || tokens[i-1].Position == nil {
				continue
			}
			column := tokens[i-1].Position.Column
			for len(columns) > 0 && columns[len(columns)-1].column > column {
				columns = columns[:len(columns)-1]
			}
			if len(columns) == 0 || columns[len(columns)-1].column < column {
				columns = append(columns, keyColumn{column: column})
			}
			last := &columns[len(columns)-1]
			if last.keys++; last.keys > maxKeys {
				return tokens[i-1], fmt.Sprintf("more than %d keys in one mapping, the limit (nodes too)", maxKeys)
			}
		}
		if flow+dashes+len(columns) > maxNesting {
			return tk, fmt.Sprintf("nested more than %d deep, the limit", maxNesting)
		}
	}
	return nil, ""
}

type keyColumn struct{ column, keys int }

// firstToken returns the token where a node begins: a block mapping's own token is
// its first colon.
func firstToken(n ast.Node) *token.Token {
	for {
		m, ok := n.(*ast.MappingNode)
		if !ok || m.IsFlowStyle || len(m.Values) == 0 || m.Values[0].Key == nil {
			return n.GetToken()
		}
		n = m.Values[0].Key
	}
}

func (c *converter) convert(n ast.Node) *tree {
	if n == nil {
		return &tree{shape: nullShape, pos: Pos{c.file, 1, 1}}
	}
	t := &tree{pos: c.pos(firstToken(n))}
	switch n := n.(type) {
	case *ast.MappingNode:
		t.shape = mappingShape
		t.pairs = make([]pair, 0, len(n.Values))
		for _, v := range n.Values {
			c.pair(t, v)
		}
	case *ast.MappingValueNode:
		t.shape = mappingShape
		c.pair(t, n)
	case *ast.SequenceNode:
		t.shape = listShape
		t.items = make([]*tree, 0, len(n.Values))
		for _, v := range n.Values {
			t.items = append(t.items, c.convert(v))
		}
	case *ast.StringNode:
		t.text = n.Value
		if tt := n.GetToken().Type; tt == token.SingleQuoteType || tt == token.DoubleQuoteType {
			t.style = quoted
		}
	case *ast.LiteralNode:
		t.text, t.style = n.Value.Value, literal
		if strings.HasPrefix(n.Start.Value, ">") {
			t.style = folded
		}
	case *ast.NullNode:
		t.shape = nullShape
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		t.text = n.GetToken().Value
	case *ast.AnchorNode:
		c.probs.addf(t.pos, "anchors are not part of the language: copy a node with like, repeat steps with do, a value with params")
		return c.convert(n.Value)
	case *ast.AliasNode:
		c.probs.refuse(t.pos, `aliases are not part of the language: copy a node with like, repeat steps with do, a value with params (text that begins with * is quoted: "*@example.org")`)
		t.shape, t.wrong = scalarShape, true
		return t
	case *ast.TagNode:
		c.probs.addf(t.pos, "tags are not part of the language: the value alone is enough")
		return c.convert(n.Value)
	default:
		c.probs.addf(t.pos, "%s is not part of the language", strings.ToLower(n.Type().String()))
		t.shape = nullShape
	}
	return t
}

// pair converts one key and its value. Keys that are no plain scalars are
// refused and left out.
func (c *converter) pair(t *tree, v *ast.MappingValueNode) {
	var key *tree
	switch k := v.Key.(type) {
	case *ast.MergeKeyNode:
		c.probs.addf(c.pos(k.GetToken()), "merge keys are not part of the language: copy a node with like")
		t.wrong = true
		return
	case *ast.MappingKeyNode:
		c.probs.addf(c.pos(k.GetToken()), "complex keys are not part of the language: write key: value")
		t.wrong = true
		return
	default:
		key = c.convert(k)
	}
	if key.wrong {
		t.wrong = true
		return
	}
	if key.shape == nullShape && key.text == "" {
		key.shape = scalarShape
		key.text = v.Key.GetToken().Value
	}
	if key.shape != scalarShape {
		c.probs.addf(key.pos, "a key must be text, not %s", key.what())
		t.wrong = true
		return
	}
	value := c.convert(v.Value)
	if value.shape == nullShape && v.Value != nil && v.Value.GetToken().Type == token.ImplicitNullType {
		value.pos = key.pos
	}
	t.pairs = append(t.pairs, pair{key, value})
}
