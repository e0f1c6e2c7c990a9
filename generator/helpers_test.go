package generator

import (
	"strconv"
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// lineOf returns the number of the first line of text that contains part.
func lineOf(tb testing.TB, text, part string) string {
	tb.Helper()
	before, _, found := strings.Cut(text, part)
	if !found {
		tb.Fatalf("%q is not in the text", part)
	}
	return strconv.Itoa(strings.Count(before, "\n") + 1)
}

// configWith returns the shipped config after replacements of its text, which come in pairs.
func configWith(tb testing.TB, replacements ...string) Config {
	tb.Helper()
	text := string(config.Data())
	for i := 0; i < len(replacements); i += 2 {
		if !strings.Contains(text, replacements[i]) {
			tb.Fatalf("%q is not in the shipped config", replacements[i])
		}
		text = strings.Replace(text, replacements[i], replacements[i+1], 1)
	}
	cfg, err := ParseConfig("config.yaml", []byte(text))
	if err != nil {
		tb.Fatal(err)
	}
	return cfg
}

// categoriesOf parses one spec.
func categoriesOf(tb testing.TB, text string) []specs.Category {
	tb.Helper()
	categories, err := specs.Parse([]specs.File{{Name: "spec.yaml", Data: []byte(text)}})
	if err != nil {
		tb.Fatal(err)
	}
	return categories
}
