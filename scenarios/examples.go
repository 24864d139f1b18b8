package scenarios

import (
	"embed"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:embed examples
var examples embed.FS

// Examples returns the scenarios that come with mailsim, NAME.yaml each, with
// the fragments that they use in networks/.
func Examples() fs.FS {
	sub, err := fs.Sub(examples, "examples")
	if err != nil {
		return examples // not possible: the name is valid
	}
	return sub
}

// ExampleNames returns the names of the examples, sorted, without ".yaml".
func ExampleNames() []string {
	entries, err := fs.ReadDir(Examples(), ".")
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(path.Base(e.Name()), ".yaml"); ok && !e.IsDir() {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
