package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"
)

// variable is the name of a flag in the environment.
func variable(flag string) string {
	return "MAILSIM_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// nameVariables tells in the help of each flag how it is named in the environment.
func nameVariables(flags *pflag.FlagSet) {
	flags.VisitAll(func(f *pflag.Flag) { f.Usage += " [" + variable(f.Name) + "]" })
}

// rivals are flags that say the opposite of each other.
func rivals() map[string]string {
	return map[string]string{"color": "no-color", "no-color": "color", "quiet": "verbose", "verbose": "quiet"}
}

// environment sets the flags that the command line has not set from the
// environment, unless the command line has set their rival. Flags that may be
// repeated are given one a line. An empty variable counts as none.
func (p *program) environment(flags *pflag.FlagSet) error {
	given := make(map[string]bool)
	flags.Visit(func(f *pflag.Flag) { given[f.Name] = true })
	var wrong []error
	flags.VisitAll(func(f *pflag.Flag) {
		value, ok := p.env(variable(f.Name))
		if !ok || value == "" || given[f.Name] || given[rivals()[f.Name]] || f.Name == "help" {
			return
		}
		values := []string{value}
		if _, many := f.Value.(pflag.SliceValue); many {
			values = strings.FieldsFunc(value, func(r rune) bool { return r == '\n' })
		}
		for _, v := range values {
			if err := flags.Set(f.Name, v); err != nil {
				// pflag names the flag, which nobody has written.
				if inner := errors.Unwrap(err); inner != nil {
					err = inner
				}
				wrong = append(wrong, fmt.Errorf("environment variable %s: value %q is wrong for --%s: %w", variable(f.Name), v, f.Name, err))
				return
			}
		}
	})
	return errors.Join(wrong...)
}
