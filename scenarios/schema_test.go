package scenarios

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	data, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("mailsim.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("mailsim.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// asJSON turns YAML into what a JSON decoder gives.
func asJSON(t *testing.T, data []byte) any {
	t.Helper()
	var v any
	if err := yaml.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	j, err := json.Marshal(v) // yaml.YAMLToJSON writes control characters as JSON has them not
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(j))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestSchemaTakesExamples(t *testing.T) {
	s := compileSchema(t)
	err := fs.WalkDir(Examples(), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		data, err := fs.ReadFile(Examples(), path)
		if err != nil {
			return err
		}
		if err := s.Validate(asJSON(t, data)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The forms that the language's page shows or implies are all taken, by the
// reader and by the schema.
func TestAllForms(t *testing.T) {
	const name = "testdata/ok/forms.yaml"
	if _, err := Parse(name, Options{}); err != nil {
		t.Error(err)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := compileSchema(t).Validate(asJSON(t, data)); err != nil {
		t.Error(err)
	}
}

// The schema finds what is wrong in the form; the rest only Parse finds.
func TestSchemaRefusesWrongForm(t *testing.T) {
	s := compileSchema(t)
	for _, name := range []string{"top-keys", "top-values", "nodes", "steps", "sends", "faults", "checks", "loads", "zones", "groups", "matrix", "not-a-mapping", "like"} {
		data, err := os.ReadFile("testdata/bad/" + name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		j, err := yaml.YAMLToJSON(data)
		if err != nil {
			continue // repeated keys: no JSON
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(j))
		if err != nil {
			t.Fatal(err)
		}
		if s.Validate(doc) == nil {
			t.Errorf("%s.yaml fits the schema", name)
		}
	}
	for _, text := range []string{
		"steps: [{wait: 1m}]", // no name
		"{scenario: x, setps: []}",
		"{scenario: x, seed: none}",
		"{scenario: x, nodes: {a: {rol: mta}}}",
		"{scenario: x, nodes: {a: {role: mat}}}",
		"{scenario: x, nodes: {a: {role: mta, size: 10XB}}}",
		"{scenario: x, nodes: {a: {role: mta, queue: {retry: soon}}}}",
		"{scenario: x, steps: [{wait: 1m, phase: x}]}",
		"{scenario: x, steps: [{sned: {}}]}",
		"{scenario: x, steps: [{send: {mail: a}}]}",
		"{scenario: x, steps: [{expect: {mailbx: a@b.c}}]}",
		"{scenario: x, steps: [{expect: {mailbox: a@b.c, for: 1m}}]}",
		"{scenario: x, steps: [{fault: {node: a, at: rctp}}]}",
		"{scenario: x, steps: [{fault: {node: a, at: rcpt, reply: try later}}]}",
		"{scenario: x, steps: [{wait: soon}]}",
	} {
		if s.Validate(asJSON(t, []byte(text))) == nil {
			t.Errorf("%s fits the schema", text)
		}
	}
}

// Editors show the descriptions: no key is without.
func TestSchemaDescribesEveryKey(t *testing.T) {
	data, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			if props, ok := v["properties"].(map[string]any); ok {
				for name, p := range props {
					if m, ok := p.(map[string]any); !ok || m["description"] == nil {
						t.Errorf("%s: %s has no description", path, name)
					}
				}
			}
			for k, w := range v {
				walk(path+"/"+k, w)
			}
		case []any:
			for _, w := range v {
				walk(path, w)
			}
		}
	}
	walk("", doc)
}
