package proof_test

import (
	"io"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/specs/proof"
)

func TestShow(t *testing.T) {
	t.Parallel()
	categories, catalogs := small(t)
	golden(t, "show.txt", func(w io.Writer) error {
		for _, id := range []string{"right", "ahead", "late", "half-gone", "in-part", "alternatives", "arrived"} {
			sheet, err := proof.Show(categories, versions(catalogs), catalogs, id)
			if err != nil {
				return err
			}
			if id == "in-part" {
				sheet.Spec = specs.Identity{Path: "spec.yaml", Digest: "sha256:0123456789abcdef"}
			}
			if err := sheet.WriteTable(w); err != nil {
				return err
			}
			if _, err := io.WriteString(w, "----\n"); err != nil {
				return err
			}
		}
		return nil
	})
	_, err := proof.Show(categories, versions(catalogs), catalogs, "rigth")
	if want := `unknown ability "rigth" (did you mean "right"?)`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
