package scenarios

import (
	"os"
	"path/filepath"
	"testing"
)

func TestParseExamples(t *testing.T) {
	files, err := filepath.Glob("examples/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			list, err := Parse(f, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if len(list) == 0 {
				t.Fatal("no scenarios")
			}
			for _, s := range list {
				for _, st := range s.Steps {
					if st.Do.String() == "" {
						t.Errorf("%s: step without a text", st.Pos)
					}
					if os.Getenv("V") != "" {
						t.Log(st.Pos, st.Do)
					}
				}
			}
		})
	}
}
