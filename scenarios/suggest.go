package scenarios

import (
	"slices"
	"strings"
)

// Suggest returns the candidate that was probably meant by word, or "". The
// command line gives the same hints for its verbs and flags as a scenario's
// errors give for keys.
func Suggest(word string, candidates []string) string { return suggest(word, candidates) }

// suggest returns the candidate that was probably meant by word: one within an
// edit distance of a third of its length, the closest, then the first by name.
// Empty when nothing is close.
func suggest(word string, candidates []string) string {
	if word == "" || len(word) > 64 {
		return ""
	}
	sorted := slices.Sorted(slices.Values(candidates))
	low := strings.ToLower(word)
	best, bestAt := "", max(1, len(low)/3)+1
	for _, c := range sorted {
		if abs(len(c)-len(low)) >= bestAt {
			continue
		}
		if d := distance(low, strings.ToLower(c)); d < bestAt && d < len(c) {
			best, bestAt = c, d
		}
	}
	if best == word {
		return ""
	}
	return best
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// distance counts the octets to insert, delete, replace or swap with their
// neighbour to make b from a (optimal string alignment).
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
