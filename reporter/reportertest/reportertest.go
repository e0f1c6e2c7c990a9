// Package reportertest makes summaries for tests: of rows of JUnit, of recorded runs, and of results.
package reportertest

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/junit"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// Children of a row.
const (
	Failure    = `<failure message="" type="failed">it broke</failure>`
	Unselected = `<skipped message="skipped"></skipped>`
	SelfSkip   = `<skipped message="skipped - no GMSA here"></skipped>`
)

// Row is a testcase of Kubernetes' suite with a status, "" for none, and a child element, "" for none.
func Row(name, status, child string) string {
	if status != "" {
		status = ` status="` + status + `"`
	}
	return `<testcase name="` + name + `" classname="` + specs.Suite + `"` + status + `>` + child + `</testcase>`
}

// Suite is a JUnit file with these rows.
func Suite(rows ...string) string {
	return `<testsuites><testsuite name="` + specs.Suite + `">` + strings.Join(rows, "\n") + "</testsuite></testsuites>"
}

// One is a build of one JUnit file with these rows.
func One(rows ...string) map[string]string {
	return map[string]string{"artifacts/junit_01.xml": Suite(rows...)}
}

// Run judges JUnit files, in the order of their names, by one category of three abilities: "a" is shown by the tests A and
// B, "b" by C, unless the provider is azure, "c" by none.
func Run(t *testing.T, files map[string]string, provider string) reporter.Summary {
	t.Helper()
	categories, err := specs.Parse([]specs.File{{Name: "spec.yaml", Data: []byte(`category: Core.Network
testCases:
- {id: a, description: Ability a, focus: ['^Kubernetes e2e suite (A|B)$']}
- {id: b, description: Ability b, focus: ['^Kubernetes e2e suite C$'], skipProviders: [azure]}
- {id: c, description: Ability c, unproven: no test}
`)}})
	if err != nil {
		t.Fatal(err)
	}
	dir := fstest.MapFS{}
	for name, text := range files {
		dir[name] = &fstest.MapFile{Data: []byte(text)}
	}
	summary, err := reporter.Summarize(categories, Collect(t, dir), provider)
	if err != nil {
		t.Fatal(err)
	}
	return summary
}

// Collect reads every JUnit file of a folder, in the order of their names.
func Collect(t *testing.T, dir fs.FS) reporter.Results {
	t.Helper()
	var c reporter.Collector
	err := fs.WalkDir(dir, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !junit.IsFile(name) {
			return err
		}
		file, err := dir.Open(name)
		if err != nil {
			return err
		}
		defer file.Close()
		return c.Add(name, file)
	})
	if err != nil {
		t.Fatal(err)
	}
	return c.Results()
}

// Recorded judges a recorded run, a folder below reporter/testdata, by the specs that the program carries. Package is the
// path from the test's package to reporter, such as "..".
func Recorded(t *testing.T, pkg, folder, version string) reporter.Summary {
	t.Helper()
	results := Collect(t, os.DirFS(pkg+"/testdata/"+folder))
	results.KubernetesVersion = version
	return Judge(t, results)
}

// Judge judges results by the specs that the program carries.
func Judge(t *testing.T, results reporter.Results) reporter.Summary {
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
