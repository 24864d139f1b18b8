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

// fragmentsFolder has what examples use and what is no scenario itself.
const fragmentsFolder = "networks"

// Example is a scenario that comes with mailsim.
type Example struct {
	Name   string // mx-fallback: no two examples have the same
	Folder string // routing: its subject
}

// File returns where Examples has it: routing/mx-fallback.yaml.
func (e Example) File() string { return e.Folder + "/" + e.Name + ".yaml" }

// Proof returns where Examples has what breaks it: routing/mx-fallback.proof.
func (e Example) Proof() string { return e.Folder + "/" + e.Name + ".proof" }

// Examples returns the scenarios that come with mailsim, SUBJECT/NAME.yaml
// each with its proof NAME.proof, and the fragments that they use in networks/.
func Examples() fs.FS {
	sub, err := fs.Sub(examples, "examples")
	if err != nil {
		return examples // not possible: the name is valid
	}
	return sub
}

// ExampleList returns the examples by folder and name.
func ExampleList() []Example {
	files, err := fs.Glob(Examples(), "*/*.yaml")
	if err != nil {
		return nil // not possible: the pattern is valid
	}
	var out []Example
	for _, f := range files {
		if folder := path.Dir(f); folder != fragmentsFolder {
			out = append(out, Example{strings.TrimSuffix(path.Base(f), ".yaml"), folder})
		}
	}
	return out // Glob sorts by folder and name
}

// ExampleNames returns the names of the examples, sorted.
func ExampleNames() []string {
	var out []string
	for _, e := range ExampleList() {
		out = append(out, e.Name)
	}
	slices.Sort(out)
	return out
}

// ExampleNamed returns the example of a name.
func ExampleNamed(name string) (Example, bool) {
	all := ExampleList()
	i := slices.IndexFunc(all, func(e Example) bool { return e.Name == name })
	if i < 0 {
		return Example{}, false
	}
	return all[i], true
}
