package conformance

import (
	"embed"
	"errors"
	"fmt"
	"path"
	"regexp"
	"sync"

	"github.com/goccy/go-yaml"
)

//go:embed catalogue/*.yaml
var files embed.FS

// Catalogue is the requirements of one file, in its order.
type Catalogue struct {
	Name         string // rfc5321
	About        string
	Requirements []Requirement
}

// Catalogues returns the catalogues that come with mailsim: rfc5321, extensions and security.
func Catalogues() ([]Catalogue, error) { return loaded() }

// loaded parses the embedded files once: they do not change.
var loaded = sync.OnceValues(func() ([]Catalogue, error) {
	var out []Catalogue
	seen := map[string]bool{}
	for _, c := range []struct{ name, about string }{
		{"rfc5321", "Simple Mail Transfer Protocol"},
		{"extensions", "SMTP extensions and companion RFCs"},
		{"security", "hostile input, loops, open relays, DNS failure"},
	} {
		file := path.Join("catalogue", c.name+".yaml")
		data, err := files.ReadFile(file)
		if err != nil {
			return nil, err
		}
		rows, err := Parse(file, data)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if seen[r.ID] {
				return nil, fmt.Errorf("%s: the id %s stands in another catalogue too", file, r.ID)
			}
			seen[r.ID] = true
		}
		out = append(out, Catalogue{c.name, c.about, rows})
	}
	return out, nil
})

// Lookup returns the requirement with an id.
func Lookup(id string) (Requirement, bool) {
	r, ok := byID()[id]
	return r, ok
}

// byID has all requirements, for every case and every finding asks for some.
var byID = sync.OnceValue(func() map[string]Requirement {
	all, _ := Catalogues() // a test parses the embedded files
	out := map[string]Requirement{}
	for _, c := range all {
		for _, r := range c.Requirements {
			out[r.ID] = r
		}
	}
	return out
})

// IDs returns the ids of all catalogues in their order.
func IDs() []string {
	all, _ := Catalogues() // a test parses the embedded files
	var out []string
	for _, c := range all {
		for _, r := range c.Requirements {
			out = append(out, r.ID)
		}
	}
	return out
}

var idForm = regexp.MustCompile(`^(R[0-9]+-[0-9A-Za-z.]+-[a-z]+|SEC(-[0-9A-Z]+)+-[0-9]+)$`)

// Parse reads the rows of one catalogue. Errors name the file and, where the
// YAML is wrong, show its line; a row without rfc belongs to RFC 5321, one
// without extension needs none.
func Parse(name string, data []byte) ([]Requirement, error) {
	var rows []Requirement
	if err := yaml.UnmarshalWithOptions(data, &rows, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var errs []error
	seen := map[string]bool{}
	for i := range rows {
		r := &rows[i]
		if r.RFC == nil {
			r.RFC = RFCs{5321}
		}
		if r.Extension == "" {
			r.Extension = "none"
		}
		if err := r.check(); err != nil {
			errs = append(errs, fmt.Errorf("%s: row %d (%s): %w", name, i+1, r.ID, err))
		} else if seen[r.ID] {
			errs = append(errs, fmt.Errorf("%s: row %d (%s): the id is there twice", name, i+1, r.ID))
		}
		seen[r.ID] = true
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return rows, nil
}

// check says what a row lacks.
func (r Requirement) check() error {
	for _, f := range []struct{ name, value string }{
		{"id", r.ID},
		{"section", r.Section},
		{"level", string(r.Level)},
		{"role", string(r.Role)},
		{"says", r.Says},
		{"observe", r.Observe},
		{"kind", string(r.Kind)},
		{"mutant", r.Mutant},
	} {
		if f.value == "" {
			return fmt.Errorf("%s is missing", f.name)
		}
	}
	if !idForm.MatchString(r.ID) {
		return errors.New("an id is R5321-4.1.1-a or SEC-NAME-1")
	}
	if len(r.Needs) == 0 {
		return errors.New("needs is missing: [none] where nothing is needed")
	}
	return nil
}
