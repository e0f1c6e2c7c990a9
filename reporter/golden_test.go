package reporter_test

import (
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

var update = flag.Bool("update", false, "write the golden files anew")

// summarize judges a folder of testdata by the embedded spec.
func summarize(t *testing.T, folder, version string) reporter.Summary {
	t.Helper()
	results, err := reporter.ReadDir(os.DirFS(folder))
	if err != nil {
		t.Fatal(err)
	}
	results.KubernetesVersion = version
	return judge(t, results)
}

func judge(t *testing.T, results reporter.Results) reporter.Summary {
	t.Helper()
	categories, err := specs.Default()
	if err != nil {
		t.Fatal(err)
	}
	v, err := specs.ParseVersion(results.KubernetesVersion)
	if err != nil {
		t.Fatal(err)
	}
	if categories, err = specs.Select(categories, v); err != nil {
		t.Fatal(err)
	}
	summary, err := reporter.Summarize(categories, results, "")
	if err != nil {
		t.Fatal(err)
	}
	return summary
}

// TestGolden shows real runs in both formats.
func TestGolden(t *testing.T) {
	t.Parallel()
	for folder, version := range map[string]string{
		"ginkgo1": "1.20", "conformance": "1.30", "conformance-one-failed": "1.30",
		"nothing-selected": "v1.36.3", "simulated-cluster": "v1.36.3",
	} {
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			folder := filepath.Join("testdata", folder)
			summary := summarize(t, folder, version)
			if summary.Verdict == reporter.Ready {
				t.Error("ready, but none of these runs tested everything that is required")
			}
			var table, markdown strings.Builder
			if err := reporter.WriteTable(&table, summary, reporter.TableOptions{}); err != nil {
				t.Fatal(err)
			}
			if err := reporter.WriteMarkdown(&markdown, summary); err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join(folder, "table.golden"), table.String())
			golden(t, filepath.Join(folder, "markdown.golden"), markdown.String())
			if folder == filepath.Join("testdata", "simulated-cluster") {
				goldenViews(t, folder, summary)
			}
		})
	}
}

// goldenViews shows a summary in the forms for programs, and several beside each other.
func goldenViews(t *testing.T, folder string, summary reporter.Summary) {
	t.Helper()
	for name, write := range map[string]func(io.Writer) error{
		"json.golden":  func(w io.Writer) error { return reporter.WriteJSON(w, summary) },
		"junit.golden": func(w io.Writer) error { return reporter.WriteJUnit(w, summary) },
		"csv.golden":   func(w io.Writer) error { return reporter.WriteCSV(w, []reporter.Summary{summary}) },
		"grid.golden": func(w io.Writer) error {
			return reporter.WriteMatrix(w, []reporter.Summary{summary, summary}, reporter.TableOptions{})
		},
	} {
		var text strings.Builder
		if err := write(&text); err != nil {
			t.Fatal(err)
		}
		golden(t, filepath.Join(folder, name), text.String())
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}
