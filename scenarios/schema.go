package scenarios

import (
	"encoding/json"

	"github.com/invopop/jsonschema"
	"github.com/pb33f/ordered-map/v2"
)

// The schemas of the kinds of scalar. YAML gives a number where text looks like
// one, so text accepts numbers too, as the reader does.

const paramPart = `\$\{`

// schema is a JSON Schema 2020-12.
type schema = jsonschema.Schema

func textSchema() *schema {
	return typed("string", "number", "boolean")
}

func nameSchema() *schema {
	return anyOf(&schema{Type: "string", Pattern: `^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$|` + paramPart}, &schema{Type: "integer"})
}

func durationSchema() *schema {
	return anyOf(
		&schema{Type: "string", Pattern: `^([0-9.]+(ns|us|µs|ms|s|m|h|d))+$|^0$|` + paramPart, Description: "a duration: 30s, 10m, 1h30m, 5d"},
		&schema{Type: "integer", Const: 0},
	)
}

func sizeSchema() *schema {
	return anyOf(
		&schema{Type: "string", Pattern: `^[0-9.]+ ?(B|KiB|MiB|KB|MB)?$|` + paramPart, Description: "a size: 512B, 4KiB, 10MB"},
		&schema{Type: "integer", Minimum: "0"},
	)
}

func countSchema() *schema {
	return anyOf(
		&schema{Type: "integer", Minimum: "0"},
		&schema{Type: "string", Pattern: `^([0-9]+|[0-9]+ ?\.\.( ?[0-9]+)?|\.\. ?[0-9]+)$|` + paramPart, Description: "a count: 3, 2.., ..4 or 3..5"},
		&schema{Type: "number", Description: "2. is read as a number"},
	)
}

func shareSchema() *schema {
	return anyOf(
		&schema{Type: "number", Minimum: "0", Maximum: "1"},
		&schema{Type: "string", Pattern: `^[0-9.]+ ?%?$|` + paramPart, Description: "a share: 0.25 or 25%"},
	)
}

func patternSchema() *schema {
	s := textSchema()
	s.Description = "plain text is exact, /.../ is a regular expression, absent says that it must not be there"
	return s
}

func wholeSchema(low, high int) *schema {
	return anyOf(
		&schema{Type: "integer", Minimum: number(low), Maximum: number(high)},
		&schema{Type: "string", Pattern: paramPart},
	)
}

func boolSchema() *schema {
	return anyOf(&schema{Type: "boolean"}, &schema{Type: "string", Pattern: paramPart})
}

func enumSchema(words []string) *schema {
	enum := make([]any, len(words))
	for i, w := range words {
		enum[i] = w
	}
	return anyOf(&schema{Enum: enum}, &schema{Type: "string", Pattern: paramPart})
}

func listSchema(item *schema, least uint64) *schema {
	s := &schema{Type: "array", Items: item}
	if least > 0 {
		s.MinItems = &least
	}
	return s
}

func tableSchema(item *schema) *schema {
	return &schema{Type: "object", AdditionalProperties: item}
}

func anySchema() *schema { return &schema{} }

func anyOf(all ...*schema) *schema {
	if len(all) == 1 {
		return all[0]
	}
	return &schema{AnyOf: all}
}

// typed is a union of types, which the library's Type field has no room for.
func typed(types ...string) *schema {
	if len(types) == 1 {
		return &schema{Type: types[0]}
	}
	return &schema{Extras: map[string]any{"type": types}}
}

func number(n int) json.Number {
	b, _ := json.Marshal(n)
	return json.Number(b)
}

// objectSchema is the schema of a mapping with known keys.
func objectSchema[T any](fields []field[T], dst *T) *schema {
	s := &schema{Type: "object", Properties: jsonschema.NewProperties(), AdditionalProperties: jsonschema.FalseSchema}
	for _, f := range fields {
		fs := *f.value(dst).schema()
		fs.Description = f.about
		s.Properties.Set(f.name, &fs)
		if f.must {
			s.Required = append(s.Required, f.name)
		}
	}
	return s
}

func addressSchema() *schema {
	return &schema{Type: "string", Pattern: `@|^(?i:postmaster)$|` + paramPart}
}

func newProperties() *orderedmap.OrderedMap[string, *schema] { return jsonschema.NewProperties() }

func falseSchema() *schema { return jsonschema.FalseSchema }

// Schema returns the JSON Schema (2020-12) of a scenario, for editors. It is made
// from the tables that the reader uses, and knows the form of each key; names,
// records and what belongs together only Parse checks.
func Schema() ([]byte, error) {
	root := objectSchema(headFields(), &headSpec{Scenario: &Scenario{}})
	root.Version = jsonschema.Version
	root.Title = "mailsim scenario"
	root.Description = "A network of mail nodes and a story that is told on it. A fragment, for use, has only dns, nodes and params."
	described := func(about string, s *schema) *schema {
		c := *s
		c.Description = about
		return &c
	}
	set := func(name, about string, s *schema) { root.Properties.Set(name, described(about, s)) }
	set("use", "fragments, relative to this file, that bring dns, nodes and params", listSchema(&schema{Type: "string"}, 0))
	set("params", "values that ${name} stands for; -p name=value overrides them", tableSchema(textSchema()))
	set("matrix", "params with a list of values each: every combination is run", tableSchema(listSchema(textSchema(), 1)))
	set("dns", "zone-file text", &schema{Type: "string"})
	set("network", "latency, jitter and loss of all links and of single ones", objectSchema(networkFields(), &Links{}))
	set("nodes", "the nodes by name", tableSchema(&schema{Ref: "#/$defs/node"}))
	set("groups", "steps by name, for do", tableSchema(&schema{Ref: "#/$defs/steps"}))
	set("steps", "the story", &schema{Ref: "#/$defs/steps"})

	table := nodeFields()
	fields := make([]field[nodeSpec], len(table))
	for i, f := range table {
		fields[i] = f.field
	}
	step := &schema{Type: "object", Properties: newProperties(), AdditionalProperties: falseSchema()}
	for _, v := range verbs() {
		step.Properties.Set(v.name, described(v.about, v.value(new([]Action)).schema()))
	}
	step.Properties.Set("do", described("runs a group of steps", nameSchema()))
	single := uint64(1)
	step.MinProperties, step.MaxProperties = &single, &single
	root.Definitions = jsonschema.Definitions{
		"node":  objectSchema(fields, &nodeSpec{}),
		"step":  step,
		"steps": listSchema(&schema{Ref: "#/$defs/step"}, 0),
	}
	// A fragment has no name, and none of the keys of a story.
	root.Required = nil
	root.AnyOf = []*schema{
		{Required: []string{"scenario"}},
		{Not: &schema{AnyOf: []*schema{{Required: []string{"steps"}}, {Required: []string{"about"}}, {Required: []string{"matrix"}}}}},
	}
	return json.MarshalIndent(root, "", "  ")
}
