package readers

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/vmware-tanzu/sonobuoy/pkg/client/results"
)

// TestSonobuoy holds what Sonobuoy makes of the file as the result of a plugin. It has no word for flaky: that is failed.
func TestSonobuoy(t *testing.T) {
	dir := t.TempDir()
	for fault, s := range summaries(t) {
		name := filepath.Join(dir, "junit_op-readiness.xml")
		if err := os.WriteFile(name, []byte(xml(t, s)), 0o644); err != nil {
			t.Fatal(err)
		}
		file, err := results.JunitProcessFile(dir, name)
		if err != nil {
			t.Fatal(err)
		}
		rows := map[string]shown{}
		for _, suite := range file.Items {
			if len(suite.Items) == 0 {
				t.Errorf("%s: the suite %q counts as a test", fault, suite.Name)
			}
			for _, test := range suite.Items {
				row := suite.Name + "." + test.Name
				if how, there := rows[row]; there && how == red {
					continue // the second row of a flaky ability
				}
				rows[row] = red
				if test.Status == results.StatusPassed {
					rows[row] = green
				}
				if test.Status == results.StatusSkipped {
					t.Errorf("%s: %q is skipped, which does not count", fault, row)
				}
			}
		}
		check(t, fault, s, rows)
		whole := results.AggregateStatus(false, file.Items...)
		if s.Verdict.String() != "ready" && !results.IsFailureStatus(whole) {
			t.Errorf("%s: the plugin is %s", fault, whole)
		}
	}
}
