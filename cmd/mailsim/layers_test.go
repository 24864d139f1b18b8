package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/mailsim/mailsim/"

// layers says which packages of the module a package may import. Imports point
// down only; a new edge is argued for in the commit that adds it here.
func layers() map[string][]string {
	return map[string][]string{
		"cmd/mailsim": {"scenarios", "conformance", "conformance/cases", "conformance/mailbox", "conformance/mutants", "conformance/simulated", "sim", "sim/load", "fakedns", "reports"},
		"scenarios":   {"sim", "sim/load", "sim/mail", "sim/trace", "sim/wire", "fakedns", "conformance", "conformance/cases", "conformance/simulated", "reports"},
		"conformance": {"sim/mail", "sim/trace", "fakedns", "reports"},
		// What is asked, who is asked, and who has to be caught, each apart from how it is asked.
		"conformance/cases":     {"conformance", "sim/mail"},
		"conformance/mailbox":   {"conformance"},
		"conformance/suite":     {"conformance", "conformance/cases", "reports"},
		"conformance/simulated": {"conformance", "sim", "sim/client", "sim/mail", "fakedns"},
		"conformance/mutants":   {"conformance", "conformance/cases", "conformance/simulated", "sim", "sim/client", "sim/mail", "sim/wire", "reports"},
		// Programs that make the tables of results.
		"conformance/results/servers/gosmtp": {"conformance", "sim/mail"},
		"conformance/results/tables":         {"conformance", "reports"},

		"sim":         {"sim/client", "sim/wire", "sim/mail", "sim/trace"},
		"sim/client":  {"sim/mail"},
		"sim/load":    {"sim/mail"},
		"sim/simtest": {"sim", "sim/mail", "sim/trace"},
		"fakedns":     {},
		"reports":     {},
		"sim/mail":    {},
		"sim/trace":   {},
		"sim/wire":    {},
	}
}

// only says which files may use what no other file may.
func only() map[string]string {
	return map[string]string{
		"testing/synctest": "sim/virtual.go", // virtual time has one door
	}
}

// file is one parsed file of the module, tests excepted.
type file struct {
	name string // with slashes, from the root of the module
	pkg  string // its folder
	ast  *ast.File
}

// moduleFiles parses the module. It does not ask the go command, whose answer
// is cached, so that the test sees what is on disk.
func moduleFiles(t *testing.T) (*token.FileSet, []file) {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	var files []file
	err = filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); p != root && (name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")) {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(p) != ".go" || strings.HasSuffix(p, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(fset, p, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		files = append(files, file{name: rel, pkg: path.Dir(rel), ast: parsed})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 20 {
		t.Fatalf("only %d files found below %s", len(files), root)
	}
	return fset, files
}

// TestLayers: imports follow the table.
func TestLayers(t *testing.T) {
	table := layers()
	fset, files := moduleFiles(t)
	for _, f := range files {
		allowed, known := table[f.pkg]
		if !known {
			t.Errorf("%s: package %s is not in the table of layers", f.name, f.pkg)
			continue
		}
		for _, spec := range f.ast.Imports {
			what := importPath(t, spec)
			if door, ok := only()[what]; ok && f.name != door {
				t.Errorf("%s: only %s may import %s", fset.Position(spec.Pos()), door, what)
			}
			if what == strings.TrimSuffix(module, "/") {
				t.Errorf("%s: the root has no package", fset.Position(spec.Pos()))
			}
			ours, ok := strings.CutPrefix(what, module)
			if ok && !slices.Contains(allowed, ours) {
				t.Errorf("%s: %s may not import %s, only %v", fset.Position(spec.Pos()), f.pkg, ours, allowed)
			}
		}
	}
}

// TestExit: os.Exit, and the like of it, is in the main.go of a program alone:
// libraries return errors.
func TestExit(t *testing.T) {
	fset, files := moduleFiles(t)
	for _, f := range files {
		if f.ast.Name.Name == "main" && path.Base(f.name) == "main.go" {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if pkg, ok := sel.X.(*ast.Ident); ok {
				switch pkg.Name + "." + sel.Sel.Name {
				case "os.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln", "syscall.Exit":
					t.Errorf("%s: %s.%s outside of the main.go of a program", fset.Position(call.Pos()), pkg.Name, sel.Sel.Name)
				}
			}
			return true
		})
	}
}

// TestState: no package has init functions, and no package-level variable that
// is made to be changed: one without a value, a lock, or one that some function
// of the package assigns to.
func TestState(t *testing.T) {
	fset, files := moduleFiles(t)
	vars := make(map[string]map[string]bool) // by package
	for _, f := range files {
		if vars[f.pkg] == nil {
			vars[f.pkg] = make(map[string]bool)
		}
		for _, decl := range f.ast.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.Name == "init" {
					t.Errorf("%s: func init", fset.Position(d.Pos()))
				}
			case *ast.GenDecl:
				if d.Tok != token.VAR {
					continue
				}
				for _, s := range d.Specs {
					spec := s.(*ast.ValueSpec)
					embedded := strings.Contains(comments(d.Doc)+comments(spec.Doc), "//go:embed")
					for _, name := range spec.Names {
						if name.Name == "_" {
							continue // an assertion that a type satisfies an interface
						}
						vars[f.pkg][name.Name] = true
						if len(spec.Values) == 0 && !embedded {
							t.Errorf("%s: var %s has no value: package state", fset.Position(name.Pos()), name.Name)
						}
					}
				}
			}
		}
	}
	for _, f := range files {
		for _, decl := range f.ast.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			local := locals(fn)
			changed := func(e ast.Expr) {
				if name := base(e); name != "" && vars[f.pkg][name] && !local[name] {
					t.Errorf("%s: %s changes the package-level variable %s", fset.Position(e.Pos()), fn.Name.Name, name)
				}
			}
			ast.Inspect(fn.Body, func(n ast.Node) bool {
				switch s := n.(type) {
				case *ast.AssignStmt:
					if s.Tok != token.DEFINE {
						for _, e := range s.Lhs {
							changed(e)
						}
					}
				case *ast.IncDecStmt:
					changed(s.X)
				}
				return true
			})
		}
	}
}

// base returns the variable that e is a part of: x for x.f[i], nothing for a
// field behind a call.
func base(e ast.Expr) string {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x.Name
		case *ast.IndexExpr:
			e = x.X
		case *ast.SelectorExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		default:
			return ""
		}
	}
}

// locals returns every name that fn declares, in whatever block.
func locals(fn *ast.FuncDecl) map[string]bool {
	names := make(map[string]bool)
	fields := func(l *ast.FieldList) {
		if l == nil {
			return
		}
		for _, f := range l.List {
			for _, n := range f.Names {
				names[n.Name] = true
			}
		}
	}
	fields(fn.Recv)
	ast.Inspect(fn, func(n ast.Node) bool {
		switch s := n.(type) {
		case *ast.FuncType:
			fields(s.Params)
			fields(s.Results)
		case *ast.ValueSpec:
			for _, n := range s.Names {
				names[n.Name] = true
			}
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE {
				for _, e := range s.Lhs {
					names[base(e)] = true
				}
			}
		case *ast.RangeStmt:
			if s.Tok == token.DEFINE {
				for _, e := range []ast.Expr{s.Key, s.Value} {
					if e != nil {
						names[base(e)] = true
					}
				}
			}
		}
		return true
	})
	return names
}

func comments(g *ast.CommentGroup) string {
	if g == nil {
		return ""
	}
	var b strings.Builder
	for _, c := range g.List {
		b.WriteString(c.Text + "\n")
	}
	return b.String()
}

func importPath(t *testing.T, spec *ast.ImportSpec) string {
	t.Helper()
	p, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
