package proof_test

import (
	"bytes"
	"os"
	"slices"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
	"sigs.k8s.io/windows-operational-readiness/specs/proof"
)

func TestDiff(t *testing.T) {
	t.Parallel()
	categories, catalogs := small(t)
	difference, err := proof.Diff(categories, catalogs[0], catalogs[1])
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "diff.txt", difference.WriteTable)
	back, err := proof.Diff(categories, catalogs[1], catalogs[0])
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "diff-back.txt", back.WriteTable)
	same, err := proof.Diff(categories, catalogs[0], catalogs[0])
	if err != nil || len(same.Changes) != 0 || same.Appeared != 0 || same.Disappeared != 0 {
		t.Errorf("a release and itself: %+v, %v", same, err)
	}
}

// TestDiffRenamed holds what a real release did to the tests of some abilities: each is found by its new name, and the
// test cases that follow from it select it.
func TestDiffRenamed(t *testing.T) {
	t.Parallel()
	categories := parseFile(t, "testdata/renamed.yaml")
	older, newer := readCatalog(t, "testdata/part-of-v1.36.3.txt"), readCatalog(t, "testdata/part-of-v1.37.2.txt")
	difference, err := proof.Diff(categories, older, newer)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "renamed.txt", difference.WriteTable)
	golden(t, "renamed-cases.yaml", difference.WriteTestCases)
	for _, c := range difference.Changes {
		if c.Kind != proof.Renamed {
			t.Errorf("%s: %s %q", c.Ability, c.Kind, c.Old)
		}
	}

	// Put together with the older ones, the new test cases are right on both releases.
	added, err := os.ReadFile("testdata/renamed-cases.yaml")
	if err != nil {
		t.Fatal(err)
	}
	original, err := os.ReadFile("testdata/renamed.yaml")
	if err != nil {
		t.Fatal(err)
	}
	categories, err = specs.Parse([]specs.File{{Name: "renamed.yaml", Data: slices.Concat(original, inCategories(added))}})
	if err != nil {
		t.Fatal(err)
	}
	report, err := proof.Verify(categories, []specs.Version{older.Minor, newer.Minor}, []catalog.Catalog{older, newer})
	if err != nil {
		t.Fatal(err)
	}
	if err := report.Strict().Err(); err != nil {
		t.Error(err)
	}
	difference, err = proof.Diff(categories, older, newer)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "renamed-after.txt", difference.WriteTable)
	var none bytes.Buffer
	if err := difference.WriteTestCases(&none); err != nil || none.Len() > 0 {
		t.Errorf("the new test cases are there, and still asked for: %s%v", &none, err)
	}
}

// inCategories gives each test case its category, which a file for several categories needs.
func inCategories(cases []byte) []byte {
	categories := map[string]string{
		"distinct-pod-ips-on-one-node": "Core.Network", "custom-dns": "Core.Network", "resource-limits-honored": "Core.Scheduling",
		"excess-requests-stay-pending": "Core.Scheduling", "gmsa-user": "Extend.ActiveDirectory",
	}
	for id, category := range categories {
		cases = bytes.Replace(cases, []byte("- id: "+id+"\n"), []byte("- id: "+id+"\n  category: "+category+"\n"), 1)
	}
	return cases
}
