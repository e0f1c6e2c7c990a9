package junit

import (
	"math"
	"strconv"
	"strings"
)

// parseSeconds also makes a number, though not a clean one, of what a producer wrote for people: "1,234.5" or
// "1.234,5".
func parseSeconds(text string) (seconds float64, clean bool) {
	text = strings.TrimSpace(text)
	seconds, err := strconv.ParseFloat(text, 64)
	clean = err == nil
	if strings.Contains(text, ",") {
		seconds, err = strconv.ParseFloat(plainNumber(text), 64)
	}
	if err != nil || math.IsNaN(seconds) || math.IsInf(seconds, 0) || seconds < 0 {
		return 0, false
	}
	return seconds, clean
}

// plainNumber takes commas for separators of thousands if they can be that, as Maven Surefire means them, and
// otherwise for the decimal one.
func plainNumber(text string) string {
	whole, _, _ := strings.Cut(text, ".")
	groups := strings.Split(whole, ",")
	thousands := len(groups) > 1 && groups[0] != "0" && groups[0] != ""
	for _, group := range groups[1:] {
		thousands = thousands && len(group) == 3
	}
	if thousands {
		return strings.ReplaceAll(text, ",", "")
	}
	return strings.ReplaceAll(strings.ReplaceAll(text, ".", ""), ",", ".")
}
