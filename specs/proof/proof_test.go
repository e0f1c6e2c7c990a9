package proof_test

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
	"sigs.k8s.io/windows-operational-readiness/specs/proof"
)

var update = flag.Bool("update", false, "rewrite the goldens in testdata")

// small is the spec in testdata, with one ability for each thing that can be wrong.
func small(t *testing.T) ([]specs.Category, []catalog.Catalog) {
	t.Helper()
	catalogs := []catalog.Catalog{readCatalog(t, "testdata/v1.35.1.txt"), readCatalog(t, "testdata/v1.36.2.txt")}
	return parseFile(t, "testdata/spec.yaml"), catalogs
}

// parseFile parses a spec that is named without its folder in what is written of it.
func parseFile(t *testing.T, name string) []specs.Category {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	categories, err := specs.Parse([]specs.File{{Name: filepath.Base(name), Data: data}})
	if err != nil {
		t.Fatal(err)
	}
	return categories
}

func readCatalog(t *testing.T, name string) catalog.Catalog {
	t.Helper()
	c, err := catalog.Read(name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// shipped is what the program carries.
func shipped(t testing.TB) ([]specs.Category, []catalog.Catalog) {
	t.Helper()
	categories, err := specs.Default()
	if err != nil {
		t.Fatal(err)
	}
	catalogs, err := catalog.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return categories, catalogs
}

// versions are those of the catalogs, and master.
func versions(catalogs []catalog.Catalog) []specs.Version {
	return append(proof.Versions(catalogs), specs.Master())
}

// golden holds what write writes against a file in testdata.
func golden(t *testing.T, name string, write func(io.Writer) error) {
	t.Helper()
	var got bytes.Buffer
	if err := write(&got); err != nil {
		t.Fatal(err)
	}
	name = filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(name, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("%s (-want +got), rewrite it with -update:\n%s", name, diff)
	}
}
