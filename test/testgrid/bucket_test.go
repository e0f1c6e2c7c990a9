package testgrid

import (
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fsouza/fake-gcs-server/fakestorage"

	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/reportertest"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// kind is what becomes of a build.
type kind string

const (
	passed     kind = "passed"
	failed     kind = "failed"     // one test failed
	flaky      kind = "flaky"      // one test failed and passed when it was tried again
	skipped    kind = "skipped"    // tests skipped themselves, each with its reason
	notRun     kind = "not run"    // e2e.test was there and ran none of the tests
	cut        kind = "cut"        // killed on the way, before it wrote a report
	noCluster  kind = "no cluster" // ended before there was anything to test
	renamed    kind = "renamed"    // a test has another name now
	noCommand  kind = "no command" // ended before its first command: no pod, or no sources
	emptyGreen kind = "empty"      // ended well, says Prow, and left nothing: not even what it wrote first
)

// bucket is the store that Prow uploads to and TestGrid keeps its state in.
type bucket struct {
	*fakestorage.Server
	name string
}

const state = "testgrid" // the bucket of TestGrid's own

func (b bucket) put(name string, data []byte) {
	b.CreateObject(fakestorage.Object{ObjectAttrs: fakestorage.ObjectAttrs{BucketName: b.name, Name: name}, Content: data})
}

// job is a generated job with a history of builds, the newest last.
type job struct {
	name       string
	version    string // of Kubernetes: "1.36"
	platform   string
	categories []string // that have a row
	history    []kind
	every      time.Duration // between two builds
}

// releases are the versions under test of each minor version.
func releases() map[string]string {
	return map[string]string{"master": "v1.37.2", "1.37": "v1.37.2", "1.36": "v1.36.3", "1.35": "v1.35.4"}
}

// upload puts the builds of a job into the bucket, the newest an hour ago, and has the program write the
// JUnit form of those that came to their end.
func (b bucket) upload(t *testing.T, program string, j job) {
	t.Helper()
	for i, k := range j.history {
		started := time.Now().Add(-time.Hour - time.Duration(len(j.history)-1-i)*j.every).UTC().Truncate(time.Second)
		at := coordinates.Results(j.name) + fmt.Sprintf("/%d", 1000+i)
		b.uploadBuild(t, j, k, at, started)
		switch k {
		case cut, noCluster, noCommand, emptyGreen:
			continue
		}
		b.put(path.Join(at, "artifacts", reportdir.View), report(t, program, "junit", "gs://"+b.name+"/"+at))
	}
}

func (b bucket) uploadBuild(t *testing.T, j job, k kind, at string, started time.Time) {
	t.Helper()
	ended, result := started.Add(50*time.Minute), map[kind]string{passed: "SUCCESS", flaky: "SUCCESS", emptyGreen: "SUCCESS", cut: "ABORTED"}[k]
	if result == "" {
		result = "FAILURE"
	}
	asJSON := func(name string, value any) {
		data, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		b.put(path.Join(at, name), data)
	}
	version := releases()[j.version]
	metadata := map[string]any{"revision": version}
	asJSON("started.json", map[string]any{"timestamp": started.Unix()})
	asJSON("finished.json", map[string]any{"timestamp": ended.Unix(), "result": result, "passed": result == "SUCCESS", "metadata": metadata})
	labels := map[string]string{coordinates.KubernetesVersion: j.version, coordinates.Platform: j.platform, coordinates.Categories: coordinates.All}
	annotations := maps.Clone(labels)
	annotations[coordinates.Categories] = strings.Join(specs.Names(), ",")
	asJSON("prowjob.json", map[string]any{
		"metadata": map[string]any{"labels": labels, "annotations": annotations},
		"spec":     map[string]any{"job": j.name, "type": "periodic"},
		"status": map[string]any{
			"state": map[string]string{"SUCCESS": "success", "FAILURE": "failure", "ABORTED": "aborted"}[result], "build_id": path.Base(at),
			"startTime": started, "completionTime": ended,
		},
	})
	if k == emptyGreen || k == noCommand {
		return
	}
	b.put(path.Join(at, "artifacts", reportdir.View), begun(t, j.categories))
	if k != noCluster {
		b.results(t, k, at, started, j)
	}
}

// begun is the JUnit that a job writes at its beginning.
func begun(t *testing.T, categories []string) []byte {
	t.Helper()
	folder := t.TempDir()
	cmd := exec.Command("../../hack/prow-job.sh", strings.Join(categories, ","), "true")
	cmd.Env = append(os.Environ(), "ARTIFACTS="+folder)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	data, err := os.ReadFile(filepath.Join(folder, reportdir.View))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// results are what a run of ours left: e2e.test's JUnit and the record.
func (b bucket) results(t *testing.T, k kind, at string, started time.Time, j job) {
	t.Helper()
	e := reportertest.Proved(t, reporter.Build{ID: path.Base(at), Started: started}, reportertest.Question(t, releases()[j.version]))
	if j.platform == "ltsc2025" {
		onto2025(&e)
	}
	rows := e.Suites[0].Results
	var text strings.Builder
	fmt.Fprintf(&text, "<testsuites>\n<testsuite name=%q timestamp=%q time=\"600\">\n<properties><property name=\"SuiteSucceeded\" value=\"%t\"></property></properties>\n",
		specs.Suite, started.Format("2006-01-02T15:04:05"), k != failed)
	for i, r := range rows {
		text.WriteString(row(k, i, r.Name))
	}
	text.WriteString(`<testcase name="[It] [sig-windows] not selected" classname="` + specs.Suite + `" status="skipped" time="0"><skipped message="skipped"></skipped></testcase>` + "\n")
	whole := text.String() + "</testsuite></testsuites>\n"
	if k == cut {
		whole = whole[:len(whole)/2]
		e.Run.Ended, e.Run.EndedBy = nil, ""
	}
	b.put(path.Join(at, "artifacts", "junit_e2e-001_01.xml"), []byte(whole))
	b.record(t, at, e)
}

// onto2025 moves a run to nodes of Windows Server 2025.
func onto2025(e *reporter.Evidence) {
	const build = "10.0.26100.4000"
	for i := range e.Run.Cluster.Nodes {
		if n := &e.Run.Cluster.Nodes[i]; n.OS == string(specs.Windows) {
			n.Build = build
		}
	}
	for _, line := range e.Pods {
		for i := range line.Pods {
			if p := &line.Pods[i]; p.OS == string(specs.Windows) {
				p.Build = build
			}
		}
	}
}

// row is what e2e.test writes of a test. What befalls single tests befalls every fifth.
func row(k kind, i int, name string) string {
	case_ := func(status, seconds, child string) string {
		return fmt.Sprintf("<testcase name=\"[It] %s\" classname=%q status=%q time=%q>%s</testcase>\n", html.EscapeString(name), specs.Suite, status, seconds, child)
	}
	some := i%5 == 2
	switch {
	case k == failed && some:
		return case_("failed", "12.5", `<failure message="it broke" type="failed">it broke</failure>`)
	case k == flaky && some:
		return case_("failed", "12.5", `<failure message="it broke" type="failed">it broke</failure>`) + case_("passed", "12.5", "")
	case k == skipped && some:
		return case_("skipped", "0.1", `<skipped message="skipped - no node has a GMSA credential spec"></skipped>`)
	case k == notRun:
		return case_("skipped", "0", `<skipped message="skipped"></skipped>`)
	case k == renamed && some:
		return strings.Replace(case_("passed", "12.5", ""), "[It] ", "[It] once ", 1)
	}
	return case_("passed", "12.5", "")
}

// record writes the record of the run of a build.
func (b bucket) record(t *testing.T, at string, e reporter.Evidence) {
	t.Helper()
	var run, pods strings.Builder
	spec, err := specs.Open("")
	if err != nil {
		t.Fatal(err)
	}
	e.Run.Spec = spec.Identity
	e.Run.Calls = []record.Call{{Number: 1, Command: []string{"e2e.test", "--node-os-distro=windows"}, Ending: record.Completed, JUnit: []string{"junit_e2e-001_01.xml"}}}
	for _, r := range e.Suites[0].Results {
		e.Run.Expected = append(e.Run.Expected, r.Name)
	}
	if err := e.Run.Encode(&run); err != nil {
		t.Fatal(err)
	}
	for _, line := range e.Pods {
		line.Schema = record.PodsSchema
		if err := line.Encode(&pods); err != nil {
			t.Fatal(err)
		}
	}
	b.put(path.Join(at, "artifacts", reportdir.Record), []byte(run.String()))
	b.put(path.Join(at, "artifacts", reportdir.Pods), []byte(pods.String()))
}
