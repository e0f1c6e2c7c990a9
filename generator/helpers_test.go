package generator

import (
	"flag"
	"os"
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

var update = flag.Bool("update", false, "write the files in testdata that are held against output anew")

// configWith returns the config of the tests after replacements of its text, which come in pairs.
func configWith(tb testing.TB, replacements ...string) config.Config {
	tb.Helper()
	data, err := os.ReadFile("../config/testdata/op-readiness.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	text := string(data)
	for i := 0; i < len(replacements); i += 2 {
		if !strings.Contains(text, replacements[i]) {
			tb.Fatalf("%q is not in the config of the tests", replacements[i])
		}
		text = strings.Replace(text, replacements[i], replacements[i+1], 1)
	}
	cfg, err := config.Parse("config.yaml", []byte(text))
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

// fixtureCategories returns the specs of the tests.
func fixtureCategories(tb testing.TB) []specs.Category {
	tb.Helper()
	data, err := os.ReadFile("testdata/specs.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	return categoriesOf(tb, string(data))
}
