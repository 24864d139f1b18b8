//go:build race

package suite_test

// raced are the cases in which go-smtp v0.25.1 races with itself: its reader of chunks
// is set aside while the backend still reads from it.
func raced() []string { return []string{"rfc3030", "security/bdat"} }
