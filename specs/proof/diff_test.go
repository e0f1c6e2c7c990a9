package proof_test

import (
	"testing"

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

// TestDiffShipped holds the figures of two real releases, and that the renamed HostProcess tests of 1.35 are seen.
func TestDiffShipped(t *testing.T) {
	t.Parallel()
	categories, catalogs := shipped(t)
	known := map[string]catalog.Catalog{}
	for _, c := range catalogs {
		known[c.Version] = c
	}
	for _, test := range []struct {
		from, to              string
		disappeared, appeared int
		renamed               int
	}{{"v1.34.4", "v1.35.4", 240, 457, 6}, {"v1.35.4", "v1.36.3", 383, 607, 0}} {
		if known[test.from].Version == "" || known[test.to].Version == "" {
			continue // retired
		}
		d, err := proof.Diff(categories, known[test.from], known[test.to])
		if err != nil {
			t.Fatal(err)
		}
		renamed := 0
		for _, c := range d.Changes {
			if c.Kind == proof.Renamed {
				renamed++
			}
		}
		if d.Disappeared != test.disappeared || d.Appeared != test.appeared || renamed != test.renamed || renamed != len(d.Changes) {
			t.Errorf("%s to %s: %d disappeared, %d appeared, %d renamed: %+v", d.From, d.To, d.Disappeared, d.Appeared, renamed, d.Changes)
		}
	}
}
