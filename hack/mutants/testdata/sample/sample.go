// Package sample is code whose tests notice some changes and miss others: which, its golden says.
package sample

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

const (
	most  = 1000
	title = "states"
)

// State counts with iota, so its values are no matter.
type State uint8

const (
	Good State = iota
	Bad
	Late
)

type row struct {
	word, colour string
	weight       int
}

func table() []row {
	return []row{
		{"good", "green", 1},
		{"bad", "red", 2},
		{word: "late", colour: "grey", weight: 3},
	}
}

// letters is keyed by constants.
var letters = [...]string{Good: "G", Bad: "B", Late: "L"}

// Colour is tested for its first two states only, and nobody asks for the weights.
func (s State) Colour() string { return table()[s].colour }

// Letter returns the letter of a state.
func (s State) Letter() string { return letters[s] }

// Word is tested for one state.
func (s State) Word() string {
	switch s {
	case Good:
		return "good"
	case Bad:
		return "bad"
	}
	return "late"
}

// Clamp is tested on both sides of its limits, and not at them.
func Clamp(n int) int {
	if n < 0 {
		return 0
	}
	return min(n, most)
}

// Both is tested for (true, true) and (false, true).
func Both(a, b bool) bool { return a && b }

// Sum has a loop with all there is to leave out.
func Sum(numbers ...int) (sum, skipped int) {
	for _, n := range numbers {
		if n < 0 {
			skipped++
			continue
		}
		if n == 99 {
			break
		}
		sum += n
	}
	return sum, skipped
}

// Kind is asked for "txt" only.
func Kind(name string) string {
	_, ending, _ := strings.Cut(name, ".")
	switch ending {
	case "txt", "md":
		return "text"
	default:
		return title
	}
}

// Half is tested.
func Half(n int) (int, error) {
	if n%2 != 0 {
		return 0, errors.New("odd")
	}
	return n / 2, nil
}

// Quarter is tested with numbers that have one; that Half may fail, nobody looks at.
func Quarter(n int) (int, error) {
	half, err := Half(n)
	if err != nil {
		return 0, fmt.Errorf("quarter: %w", err)
	}
	return Half(half)
}

// Twice is called by no test.
func Twice(n int) int { return 2 * n }

// Wide holds what does not type-check when it is changed: the number would be too large.
func Wide() uint16 { return 60_000 }

// Write writes with permissions, which are left alone, and closes, which is left alone too.
func Write(name string, list *[]string) {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return
	}
	defer file.Close()
	for _, text := range []string{"a", "b"} {
		fmt.Fprintln(file, text)
		*list = append(*list, text)
	}
}

// Wait loops for ever if it is changed.
func Wait(n int) int {
	turns := 0
	for n > 0 {
		n--
		turns++
	}
	return turns
}
