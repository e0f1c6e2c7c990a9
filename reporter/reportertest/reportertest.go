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
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
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
	return `<testcase name="` + name + `" classname="` + specs.Suite + `" time="1.5"` + status + `>` + child + `</testcase>`
}

// Suite is a JUnit file with these rows.
func Suite(rows ...string) string {
	return `<testsuites><testsuite name="` + specs.Suite + `">` + strings.Join(rows, "\n") + "</testsuite></testsuites>"
}

// One is a build of one JUnit file with these rows.
func One(rows ...string) map[string]string {
	return map[string]string{"artifacts/junit_01.xml": Suite(rows...)}
}

// Abilities is a spec of one category of three abilities: "a" is shown by the tests A and B, "b" by C, unless the provider
// is azure, "c" by none. The tests choose Windows themselves.
const Abilities = `category: Core.Network
testCases:
- {id: a, description: Ability a, focus: ['^Kubernetes e2e suite A$', '^Kubernetes e2e suite B$'], placement: self}
- {id: b, description: Ability b, focus: ['^Kubernetes e2e suite C$'], skipProviders: [azure], placement: self}
- {id: c, description: Ability c, unproven: no test}
`

// Ask is the question for the abilities of a spec, of an e2e.test with these tests.
func Ask(t testing.TB, spec string, tests ...string) reporter.Question {
	t.Helper()
	categories, err := specs.Parse([]specs.File{{Name: "spec.yaml", Data: []byte(spec)}})
	if err != nil {
		t.Fatal(err)
	}
	return reporter.Question{Spec: specs.Spec{Categories: categories}, Version: "v1.36.3", Tests: tests}
}

// Run judges JUnit files, in the order of their names, by Abilities: as results of one's own, of no job.
func Run(t testing.TB, files map[string]string, provider string) reporter.Summary {
	t.Helper()
	dir := fstest.MapFS{}
	for name, text := range files {
		dir[name] = &fstest.MapFile{Data: []byte(text)}
	}
	q := Ask(t, Abilities, "A", "B", "C")
	q.Provider = provider
	return Answer(t, Collect(t, dir), q)
}

// Answer judges evidence.
func Answer(t testing.TB, e reporter.Evidence, q reporter.Question) reporter.Summary {
	t.Helper()
	summary, err := reporter.Judge(e, q)
	if err != nil {
		t.Fatal(err)
	}
	return summary
}

// Collect reads every JUnit file of a folder, in the order of their names, as results of no job.
func Collect(t testing.TB, dir fs.FS) reporter.Evidence {
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
	e := c.Evidence()
	e.End.State = reporter.NoJob
	return e
}

// Recorded judges a recorded run, a folder below reporter/testdata, by the specs that the program carries. Package is the
// path from the test's package to reporter, such as "..".
func Recorded(t testing.TB, pkg, folder, version string) reporter.Summary {
	t.Helper()
	e := Collect(t, os.DirFS(pkg+"/testdata/"+folder))
	return Answer(t, e, Question(t, version))
}

// Question asks for all that the specs have that the program carries.
func Question(t testing.TB, version string) reporter.Question {
	t.Helper()
	spec, err := specs.Open("")
	if err != nil {
		t.Fatal(err)
	}
	v, err := specs.ParseVersion(version)
	if err != nil {
		t.Fatal(err)
	}
	if spec.Categories, err = specs.Select(spec.Categories, v); err != nil {
		t.Fatal(err)
	}
	q := reporter.Question{Spec: spec, Version: version}
	catalogs, err := catalog.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	if c, assumed, err := catalog.For(catalogs, v); err == nil {
		q.Tests, q.Assumed = c.Names, assumed
	}
	return q
}
