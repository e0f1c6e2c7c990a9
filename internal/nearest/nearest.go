// Package nearest finds the names that a user may have meant.
package nearest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// Names returns at most n of known, those with the fewest edits from name first, ties in alphabetical order. Names
// that share less than half of their letters with name are no help and are left out.
func Names(name string, known []string, n int) []string {
	type candidate struct {
		name string
		far  int
	}
	var near []candidate
	for _, k := range known {
		longest := max(len(name), len(k))
		if abs(len(name)-len(k)) > longest/2 {
			continue
		}
		if far := levenshtein.ComputeDistance(strings.ToLower(name), strings.ToLower(k)); far <= longest/2 {
			near = append(near, candidate{name: k, far: far})
		}
	}
	slices.SortFunc(near, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.far, b.far), cmp.Compare(a.name, b.name))
	})
	names := make([]string, 0, n)
	for _, c := range near[:min(n, len(near))] {
		names = append(names, c.name)
	}
	return names
}

// Hint returns ` (did you mean "x"?)` for the nearest known name, or "" if none is near.
func Hint(name string, known []string) string {
	if near := Names(name, known, 1); len(near) == 1 {
		return fmt.Sprintf(" (did you mean %q?)", near[0])
	}
	return ""
}

func abs(n int) int { return max(n, -n) }
