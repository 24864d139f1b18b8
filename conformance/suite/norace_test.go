//go:build !race

package suite_test

// raced are the cases that the race detector stops.
func raced() []string { return nil }
