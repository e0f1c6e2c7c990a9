package sonobuoy

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vmware-tanzu/sonobuoy/pkg/client/results"
	"github.com/vmware-tanzu/sonobuoy/pkg/plugin/driver/job"
	"github.com/vmware-tanzu/sonobuoy/pkg/plugin/manifest"
	"github.com/vmware-tanzu/sonobuoy/pkg/tarball"
	"github.com/vmware-tanzu/sonobuoy/pkg/worker"
	"gopkg.in/yaml.v2"

	"sigs.k8s.io/windows-operational-readiness/readiness"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/sonobuoy"
)

// recorded has the report directory of a run on a real cluster, packed.
const recorded = "../e2ecluster/testdata/open"

// unpacked is the recorded report directory.
func unpacked(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	names, err := filepath.Glob(recorded + "/*.gz")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	for _, name := range names {
		file, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		r, err := gzip.NewReader(file)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, strings.TrimSuffix(filepath.Base(name), ".gz")), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// judge judges what is in a folder or tarball.
func judge(t *testing.T, source string) reporter.Summary {
	t.Helper()
	return judgeAs(t, readiness.Report{Baseline: []string{"none"}}, source)
}

// judgeAs does so by what a report is told besides.
func judgeAs(t *testing.T, report readiness.Report, source string) reporter.Summary {
	t.Helper()
	summaries, err := report.Summaries(t.Context(), readiness.Sources{Named: []string{source}})
	if err != nil || len(summaries) != 1 {
		t.Fatalf("%d summaries, %v", len(summaries), err)
	}
	return summaries[0]
}

// handedOver runs a session whose run copies a recorded one, and returns the folder that Sonobuoy waits in.
func handedOver(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	s := sonobuoy.Session{
		Dir: dir, Command: []string{"/bin/sh", "sh", "-c", `cp -R "$0/." "$1" && exit 1`, unpacked(t), sonobuoy.Folder(dir)}, Output: io.Discard, Talk: os.Stderr, Grace: time.Minute, Every: time.Second,
		Judge: func(_ context.Context, folder string) (reporter.Summary, error) { return judge(t, folder), nil },
	}
	if outcome, err := s.Run(t.Context()); err != nil || outcome.Ready {
		t.Fatalf("%+v, %v", outcome, err)
	}
	return dir
}

// TestWorker hands the results of a run to Sonobuoy's own worker, unpacks them as its aggregator does, and lets its command and
// our report read the tarball: all say what the report of the folder says.
func TestWorker(t *testing.T) {
	dir, home := handedOver(t), t.TempDir()
	plugin := filepath.Join(home, results.PluginsDir, sonobuoy.Name)
	unpack := filepath.Join(plugin, results.ResultsDir, "global")
	if err := os.MkdirAll(unpack, 0o755); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Content-Type"); r.Method != http.MethodPut || got != "application/gzip" {
			t.Errorf("%s of %q", r.Method, got)
		}
		if err := tarball.DecodeTarball(r.Body, unpack); err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()
	if err := worker.GatherResults(filepath.Join(dir, "done"), server.URL, server.Client(), nil); err != nil {
		t.Fatal(err)
	}
	p := job.NewPlugin(manifest.Manifest{SonobuoyConfig: loaded(t, sonobuoy.Plugin{Categories: []string{"Core.Network"}, Timeout: time.Hour}).SonobuoyConfig}, "ns", "image", "Always", "", nil)
	item, errs := results.PostProcessPlugin(p, home)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	data, err := yaml.Marshal(item)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(plugin, results.PostProcessedResultsFile), data, 0o600); err != nil {
		t.Fatal(err)
	}
	archive := filepath.Join(t.TempDir(), "202611251200_sonobuoy_1.tar.gz")
	pack(t, home, archive)

	folder, read, extracted := judge(t, sonobuoy.Folder(dir)), judge(t, archive), judge(t, home)
	if folder.Headline() != read.Headline() || folder.Headline() != extracted.Headline() || folder.Verdict == reporter.Ready || len(folder.Categories) != len(read.Categories) {
		t.Errorf("the folder: %s\nthe tarball: %s\nunpacked: %s", folder.Headline(), read.Headline(), extracted.Headline())
	}
	said := command(t, "results", archive, "--plugin", sonobuoy.Name, "--mode", "report")
	if !strings.Contains(said, "\nStatus: failed\n") || !strings.Contains(said, "\nVerdict: "+folder.Answer()+"\n") {
		t.Errorf("sonobuoy says:\n%s", said)
	}
	detailed := command(t, "results", archive, "--plugin", sonobuoy.Name, "--mode", "detailed")
	for _, c := range folder.Categories {
		for _, a := range c.Abilities {
			name := c.Name + ": " + a.Description
			bad := a.State == reporter.Failed || a.State == reporter.NotRun || a.State == reporter.Unconfirmed || a.State == reporter.Skipped
			if strings.Contains(said, "\n"+name+"\n") != bad {
				t.Errorf("%s is %s, and among the failures: %t", name, a.State, !bad)
			}
			if bad && !strings.Contains(detailed, `"name":"`+name) {
				t.Errorf("%s is not in the details", name)
			}
		}
	}
}

// command runs Sonobuoy's command.
func command(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"tool", "sonobuoy"}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("sonobuoy %v: %v\n%s", args, err, out)
	}
	return "\n" + string(out)
}

// pack packs a folder as Sonobuoy's aggregator does.
func pack(t *testing.T, dir, to string) {
	t.Helper()
	file, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	packed := gzip.NewWriter(file)
	w := tar.NewWriter(packed)
	if err := w.AddFS(os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := packed.Close(); err != nil {
		t.Fatal(err)
	}
}
