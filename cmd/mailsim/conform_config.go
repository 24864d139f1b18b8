package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
	"github.com/spf13/pflag"
)

// maxConfig is how large a file of settings or waivers may be.
const maxConfig = 1 << 20

// readSmall reads an ordinary file that a person has written.
func readSmall(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, fmt.Errorf("%s is a directory", name)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxConfig {
		return nil, fmt.Errorf("%s is larger than %d KiB", name, maxConfig>>10)
	}
	return data, nil
}

// setting is one value of a settings file, with the place where it stands.
type setting struct {
	name   string
	values []string
	at     string // file:line:column
}

// parseConfig reads settings: a mapping of the names of flags to their values, lists
// for those that may be repeated.
func parseConfig(file string, data []byte) ([]setting, error) {
	place := func(tk *token.Token) string {
		if tk == nil || tk.Position == nil {
			return file
		}
		return fmt.Sprintf("%s:%d:%d", file, tk.Position.Line, tk.Position.Column)
	}
	tree, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var out []setting
	var errs []error
	seen := map[string]bool{}
	for i, doc := range tree.Docs {
		if doc.Body == nil {
			continue
		}
		if i > 0 {
			return nil, fmt.Errorf("%s: only one document is read", place(doc.Body.GetToken()))
		}
		var pairs []*ast.MappingValueNode
		switch n := doc.Body.(type) {
		case *ast.MappingNode:
			pairs = n.Values
		case *ast.MappingValueNode:
			pairs = []*ast.MappingValueNode{n}
		case *ast.CommentGroupNode, *ast.NullNode:
		default:
			return nil, fmt.Errorf("%s: want a mapping of flags to values, such as rcpt: good@example.org", place(doc.Body.GetToken()))
		}
		for _, pair := range pairs {
			s := setting{name: pair.Key.GetToken().Value, at: place(pair.Key.GetToken())}
			if seen[s.name] {
				errs = append(errs, fmt.Errorf("%s: %s is given twice", s.at, s.name))
				continue
			}
			seen[s.name] = true
			values, err := scalars(pair.Value)
			if err != nil {
				errs = append(errs, fmt.Errorf("%s: %s: %w", s.at, s.name, err))
				continue
			}
			s.values = values
			out = append(out, s)
		}
	}
	return out, errors.Join(errs...)
}

// scalars returns the text of a value, or of each in a list.
func scalars(n ast.Node) ([]string, error) {
	if list, ok := n.(*ast.SequenceNode); ok {
		var out []string
		for _, item := range list.Values {
			if _, deeper := item.(*ast.SequenceNode); deeper {
				return nil, errors.New("a list holds plain values")
			}
			values, err := scalars(item)
			if err != nil {
				return nil, err
			}
			out = append(out, values...)
		}
		return out, nil
	}
	switch n := n.(type) {
	case *ast.LiteralNode:
		return []string{n.Value.Value}, nil
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return []string{n.GetToken().Value}, nil
	case *ast.NullNode:
		return nil, errors.New("the value is missing")
	}
	return nil, errors.New("want a plain value, or a list of them")
}

// configure sets the flags that neither command line nor environment has set. It
// returns the target that the file names, if it does.
func configure(flags *pflag.FlagSet, list []setting) (target string, err error) {
	given := map[string]bool{}
	flags.Visit(func(f *pflag.Flag) { given[f.Name] = true })
	names := []string{"target"}
	flags.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	var errs []error
	for _, s := range list {
		f := flags.Lookup(s.name)
		switch {
		case s.name == "target" && len(s.values) == 1:
			target = s.values[0]
			continue
		case s.name == "target":
			errs = append(errs, fmt.Errorf("%s: target: want one", s.at))
			continue
		case f == nil || s.name == "config" || s.name == "help":
			errs = append(errs, fmt.Errorf("%s: unknown setting %q%s", s.at, s.name, meant(s.name, names)))
			continue
		case given[s.name] || given[rivals()[s.name]]:
			continue
		}
		if _, many := f.Value.(pflag.SliceValue); !many && len(s.values) != 1 {
			errs = append(errs, fmt.Errorf("%s: %s: want one value, not %d", s.at, s.name, len(s.values)))
			continue
		}
		for _, v := range s.values {
			if err := flags.Set(s.name, v); err != nil {
				if inner := errors.Unwrap(err); inner != nil {
					err = inner // pflag names the flag, which nobody has written
				}
				shown := fmt.Sprintf("%q", v)
				if s.name == "password" {
					shown = "the value"
				}
				errs = append(errs, fmt.Errorf("%s: %s: %s is wrong: %s", s.at, s.name, shown, strings.TrimSpace(err.Error())))
				break
			}
		}
	}
	return target, errors.Join(errs...)
}
