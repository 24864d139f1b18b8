package scenarios

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The kinds of value that the tables are made of.

// text is any scalar, as written.
func text(dst *string) value {
	return parsed(dst, "text", func(s string) (string, error) { return s, nil }, textSchema)
}

// words is text that is not empty and has no line breaks.
func words(dst *string) value {
	return parsed(dst, "text", func(s string) (string, error) {
		if s == "" {
			return "", errors.New("want text that is not empty")
		}
		if strings.ContainsAny(s, "\r\n") {
			return "", errors.New("want text in one line")
		}
		return s, nil
	}, textSchema)
}

// name is a word that names something in the scenario.
func name(dst *string, what string) value {
	return parsed(dst, "the name of "+what, func(s string) (string, error) {
		if err := checkName(s); err != nil {
			return "", fmt.Errorf("%q cannot name %s: %w", s, what, err)
		}
		return s, nil
	}, nameSchema)
}

// checkName says what is wrong with a name: it stands in Message-IDs, in host
// names and in lists.
func checkName(s string) error {
	if s == "" {
		return errors.New("it is empty")
	}
	if len(s) > 200 {
		return errors.New("it has more than 200 characters")
	}
	for i, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_':
		case (r == '-' || r == '.') && i > 0 && i < len(s)-1 && s[i-1] != '.':
		default:
			return errors.New(`a name has letters, digits, "_", and "-" and "." inside`)
		}
	}
	return nil
}

func duration(dst *time.Duration) value {
	return parsed(dst, "a duration such as 30m", parseDuration, durationSchema)
}

// period is a duration that is not zero.
func period(dst *time.Duration) value {
	return parsed(dst, "a duration such as 30m", func(s string) (time.Duration, error) {
		d, err := parseDuration(s)
		if err == nil && d == 0 {
			err = errors.New("the duration must be longer than nothing")
		}
		return d, err
	}, durationSchema)
}

func size(dst *int64) value {
	return parsed(dst, "a size such as 4KiB", parseSize, sizeSchema)
}

func count(dst **Count) value {
	return parsed(dst, "a count such as 3, 2.., ..4 or 3..5", func(s string) (*Count, error) {
		c, err := parseCount(s)
		return &c, err
	}, countSchema)
}

func share(dst *float64) value {
	return parsed(dst, "a number from 0 to 1", parseShare, shareSchema)
}

func pattern(dst *Pattern) value {
	return parsed(dst, "text, /regexp/ or absent", parsePattern, patternSchema)
}

func patternTo(dst **Pattern, parse func(string) (Pattern, error)) value {
	return parsed(dst, "text, /regexp/ or absent", func(s string) (*Pattern, error) {
		p, err := parse(s)
		return &p, err
	}, patternSchema)
}

// whole is a number from low to high.
func whole(dst *int, low, high int) value {
	return value{
		read: func(d *decoder, t *tree) {
			want := fmt.Sprintf("a whole number from %d to %d", low, high)
			s, ok := d.number(t, want)
			if !ok {
				return
			}
			n, err := parseWhole(s)
			if err != nil || n < low || n > high {
				d.addf(t.pos, "want %s, not %q", want, s)
				return
			}
			*dst = n
		},
		schema: func() *schema { return wholeSchema(low, high) },
	}
}

// yes is true or false.
func yes(dst *bool) value {
	return value{
		read: func(d *decoder, t *tree) {
			s, ok := d.number(t, "true or false")
			if !ok {
				return
			}
			b, err := strconv.ParseBool(s)
			if err != nil || len(s) < 4 {
				d.add(t.pos, fmt.Sprintf("want true or false, not %q", s), suggest(s, []string{"true", "false"}))
				return
			}
			*dst = b
		},
		schema: boolSchema,
	}
}

// oneOf is one word of a list.
func oneOf[T ~string](dst *T, what string, words ...T) value {
	return value{
		read: func(d *decoder, t *tree) {
			s, ok := d.scalar(t, what)
			if !ok {
				return
			}
			if !slices.Contains(words, T(s)) {
				d.unknown(t.pos, what, s, texts(words))
				return
			}
			*dst = T(s)
		},
		schema: func() *schema { return enumSchema(texts(words)) },
	}
}

func texts[T ~string](words []T) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = string(w)
	}
	return out
}

// list is a list of values of one kind.
func list[T any](dst *[]T, what string, item func(*T) value) value {
	return value{
		read: func(d *decoder, t *tree) {
			if t.shape != listShape {
				d.addf(t.pos, "want a list of %s, not %s", what, t.what())
				return
			}
			out := make([]T, len(t.items))
			for i, it := range t.items {
				item(&out[i]).read(d, it)
			}
			*dst = out
		},
		schema: func() *schema { return listSchema(item(new(T)).schema(), 0) },
	}
}

// some is a list that is not empty, or its only value without the brackets.
func some[T any](dst *[]T, what string, item func(*T) value) value {
	return value{
		read: func(d *decoder, t *tree) {
			switch {
			case t.shape != listShape:
				one := make([]T, 1)
				item(&one[0]).read(d, t)
				*dst = one
			case len(t.items) == 0:
				d.addf(t.pos, "want at least one of %s", what)
			default:
				list(dst, what, item).read(d, t)
			}
		},
		schema: func() *schema {
			one := item(new(T)).schema()
			return anyOf(one, listSchema(one, 1))
		},
	}
}

// table is a mapping whose keys are free; key checks a key.
func table[T any](dst *map[string]T, what string, key func(d *decoder, t *tree) (string, bool), item func(*T) value) value {
	return value{
		read: func(d *decoder, t *tree) {
			if t.shape != mappingShape {
				d.addf(t.pos, "want a mapping of %s, not %s", what, t.what())
				return
			}
			out := make(map[string]T, len(t.pairs))
			seen := map[string]Pos{}
			for _, p := range t.pairs {
				if p.key.wrong || d.repeated(seen, p.key) {
					continue
				}
				var v T
				item(&v).read(d, p.value)
				if k, ok := key(d, p.key); ok {
					out[k] = v
				}
			}
			*dst = out
		},
		schema: func() *schema { return tableSchema(item(new(T)).schema()) },
	}
}

// either chooses a value by the shape that stands in the file.
func either(choose func(t *tree) value, all ...value) value {
	return value{
		read: func(d *decoder, t *tree) { choose(t).read(d, t) },
		schema: func() *schema {
			out := make([]*schema, len(all))
			for i, v := range all {
				out[i] = v.schema()
			}
			return anyOf(out...)
		},
	}
}

// refused is a value that a later version brings. It is an error, not ignored.
func refused(what string) value {
	return value{
		read:   func(d *decoder, t *tree) { d.addf(t.pos, "not available yet: %s", what) },
		schema: anySchema,
	}
}
