package proof_test

import (
	"testing"

	"sigs.k8s.io/windows-operational-readiness/specs/proof"
)

func TestCover(t *testing.T) {
	t.Parallel()
	categories, catalogs := small(t)
	coverage, err := proof.Cover(categories, versions(catalogs), catalogs)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "coverage.txt", coverage.WriteTable)
	golden(t, "coverage.md", coverage.WriteMarkdown)
	golden(t, "counts.md", coverage.WriteCounts)
}

// TestCoverShipped holds that every ability is counted once on each release, and that the sums are the categories'.
func TestCoverShipped(t *testing.T) {
	t.Parallel()
	categories, catalogs := shipped(t)
	coverage, err := proof.Cover(categories, proof.Versions(catalogs), catalogs)
	if err != nil {
		t.Fatal(err)
	}
	for i, release := range coverage.Releases {
		var sum proof.Count
		for _, c := range coverage.Categories {
			n := c.Counts[i]
			sum.All += n.All
			sum.Whole += n.Whole
			sum.Partial += n.Partial
			sum.Unproven += n.Unproven
			sum.Missing += n.Missing
			sum.Unseen += n.Unseen
		}
		if sum != coverage.Counts[i] || sum.All != 46 || sum.Whole+sum.Partial+sum.Unproven != 46 {
			t.Errorf("%s: %+v, the sum of the categories is %+v", release, coverage.Counts[i], sum)
		}
	}
}
