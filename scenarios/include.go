package scenarios

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

const (
	maxIncludes  = 16          // fragments that use fragments
	maxFragments = 1000        // in all
	maxData      = 100_000_000 // octets of a body or attachment
	maxAllData   = 4 * maxData // of all of them
)

// source is where files come from: the operating system or an fs.FS.
type source interface {
	// rel returns the name of a file that another one names.
	rel(from, name string) (string, error)
	// read returns the octets of a regular file of at most limit octets.
	read(name string, limit int64) ([]byte, error)
}

type osSource struct{}

func (osSource) rel(from, name string) (string, error) {
	if filepath.IsAbs(name) {
		return filepath.Clean(name), nil
	}
	return filepath.Join(filepath.Dir(from), filepath.FromSlash(name)), nil
}

func (osSource) read(name string, limit int64) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f, limit)
}

type fsSource struct{ fs fs.FS }

func (s fsSource) rel(from, name string) (string, error) {
	p := path.Join(path.Dir(from), name)
	if path.IsAbs(name) || !fs.ValidPath(p) {
		return "", fmt.Errorf("%s is outside of the scenarios", name)
	}
	return p, nil
}

func (s fsSource) read(name string, limit int64) ([]byte, error) {
	f, err := s.fs.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", name)
	}
	return readAll(f, limit)
}

var errTooLarge = errors.New("larger")

func readAll(r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%w than %d MB, the limit", errTooLarge, limit/1_000_000)
	}
	return data, nil
}

// cause is the error without the name of the file, which stands in the message.
func cause(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}

// fragment is a file that `use` names, before its params are substituted.
type fragment struct {
	name string
	root *tree
}

// includes reads the fragments of a file depth first, so that what is used
// comes before who uses it.
type includes struct {
	src   source
	probs *problems
	cache map[string]*tree // by name; a matrix reads each file once
	list  []fragment
	place map[string]Pos // where a fragment was first named
	stack []string
}

// add reads what the `use` list of a file names. The file itself is on the stack.
func (in *includes) add(use *tree) {
	if use.shape != listShape {
		in.probs.addf(use.pos, "use wants a list of files, not %s", use.what())
		return
	}
	for _, item := range use.items {
		if item.shape != scalarShape || item.text == "" {
			in.probs.addf(item.pos, "use wants the name of a file, not %s", item.what())
			continue
		}
		in.one(item)
	}
}

func (in *includes) one(item *tree) {
	name, err := in.src.rel(in.stack[len(in.stack)-1], item.text)
	if err != nil {
		in.probs.addf(item.pos, "use: %v", err)
		return
	}
	for i, open := range in.stack {
		if open == name {
			in.probs.addf(item.pos, "use goes in a circle: %s", strings.Join(append(in.stack[i:len(in.stack):len(in.stack)], name), " uses "))
			return
		}
	}
	if first, ok := in.place[name]; ok {
		if first.File == item.pos.File {
			in.probs.addf(item.pos, "%s is used twice (first at %s)", item.text, first.ref(item.pos))
		}
		return // a fragment that two others need is read once
	}
	in.place[name] = item.pos
	if len(in.stack) > maxIncludes {
		in.probs.addf(item.pos, "fragments use each other more than %d deep, the limit", maxIncludes)
		return
	}
	if len(in.place) > maxFragments {
		in.probs.addf(item.pos, "more than %d fragments, the limit", maxFragments)
		return
	}
	root, ok := in.cache[name]
	if !ok {
		data, err := in.src.read(name, maxFileSize)
		if err != nil {
			in.probs.addf(item.pos, "use %s: %s", item.text, cause(err))
			return
		}
		root = in.fragment(name, data)
		in.cache[name] = root
	}
	if root == nil {
		return
	}
	if use := root.get("use"); use != nil {
		in.stack = append(in.stack, name)
		in.add(use)
		in.stack = in.stack[:len(in.stack)-1]
	}
	in.list = append(in.list, fragment{name, root})
}

// fragment parses a fragment and checks its keys.
func (in *includes) fragment(name string, data []byte) *tree {
	root := readTree(name, data, in.probs)
	if root == nil {
		return nil
	}
	if root.shape != mappingShape {
		in.probs.addf(root.pos, "a fragment is a mapping of dns, nodes and params, not %s", root.what())
		return nil
	}
	keys := []string{"dns", "nodes", "params", "use"}
	seen := map[string]Pos{}
	for _, p := range root.pairs {
		k := p.key.text
		if first, ok := seen[k]; ok {
			in.probs.addf(p.key.pos, "repeated key %q (first at line %d)", k, first.Line)
			continue
		}
		seen[k] = p.key.pos
		if !contains(keys, k) {
			in.probs.add(p.key.pos, "unknown key "+quote(k)+" in a fragment: it has only dns, nodes, params and use", suggest(k, keys))
		}
	}
	return root
}
