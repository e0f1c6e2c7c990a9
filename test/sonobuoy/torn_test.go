package sonobuoy

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/vmware-tanzu/sonobuoy/pkg/client/results"
	"github.com/vmware-tanzu/sonobuoy/pkg/plugin/driver/job"
	"github.com/vmware-tanzu/sonobuoy/pkg/plugin/manifest"

	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/reportertest"
	"sigs.k8s.io/windows-operational-readiness/sonobuoy"
)

// TestTorn holds that no beginning of results that have failed is passed, such as what an upload that broke off leaves.
func TestTorn(t *testing.T) {
	s := reportertest.Mixed(t)
	for name, item := range map[string]sonobuoy.Item{
		"not ready": sonobuoy.Items(&s, sonobuoy.Ending{}), "killed": sonobuoy.Items(&s, sonobuoy.Ending{Problem: "it was killed", LastSaid: []string{"one", "two"}}),
		"nothing": sonobuoy.Items(nil, sonobuoy.Ending{Problem: "it was killed"}), "a ready one, killed": sonobuoy.Items(&reporter.Summary{Verdict: reporter.Ready}, sonobuoy.Ending{Problem: "it was killed"}),
	} {
		var b bytes.Buffer
		if err := item.Encode(&b); err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		folder := filepath.Join(dir, results.PluginsDir, sonobuoy.Name, results.ResultsDir, "global")
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		p := job.NewPlugin(manifest.Manifest{SonobuoyConfig: manifest.SonobuoyConfig{PluginName: sonobuoy.Name, ResultFormat: results.ResultFormatManual, ResultFiles: []string{reportdir.Items}}}, "ns", "image", "Always", "", nil)
		for n := range min(b.Len(), 1500) {
			if err := os.WriteFile(filepath.Join(folder, reportdir.Items), b.Bytes()[:n], 0o644); err != nil {
				t.Fatal(err)
			}
			got, _ := results.PostProcessPlugin(p, dir) // errors are logged, and what there is counts
			if got.Status == results.StatusPassed {
				t.Errorf("%s: of its first %d bytes it is passed:\n%s", name, n, b.Bytes()[:n])
			}
		}
	}
}
