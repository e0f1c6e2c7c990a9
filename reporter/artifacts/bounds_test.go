package artifacts_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/fsouza/fake-gcs-server/fakestorage"
	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
	"sigs.k8s.io/windows-operational-readiness/reporter/reportertest"
)

// TestBounds holds that a build that is over a bound says which file is over which, and keeps no other from being read.
func TestBounds(t *testing.T) {
	t.Parallel()
	long := suite("A passed", "B "+strings.Repeat("x", 5000), "C failed")
	files := with(map[string]string{"artifacts/junit_02.xml": long, "artifacts/junit_03.xml.gz": zip(t, suite(strings.Repeat("D", 100_000)+" passed"))})
	const over = "not readable within its bounds: "
	for name, test := range map[string]struct {
		bounds artifacts.Bounds
		want   []string
	}{
		"none":     {artifacts.Bounds{}, nil},
		"exactly":  {artifacts.Bounds{Files: len(files)}, nil},
		"files":    {artifacts.Bounds{Files: len(files) - 1}, []string{fmt.Sprintf("%smore than %d files", over, len(files)-1)}},
		"packed":   {artifacts.Bounds{Packed: 4 << 10}, []string{over + "artifacts/junit_02.xml: more than 4 KiB to read"}},
		"unpacked": {artifacts.Bounds{Unpacked: 64 << 10}, []string{over + "artifacts/junit_03.xml.gz: more than 64 KiB of results, decompressed"}},
		"kept":     {artifacts.Bounds{Kept: 100_000}, []string{over + "artifacts/junit_03.xml.gz: more than 100000 bytes of results of tests that matter"}},
	} {
		all := objects("logs/job/1", files)
		all = append(all, objects("logs/job/2", map[string]string{"finished.json": finishedJSON})...)
		server, err := fakestorage.NewServerWithOptions(fakestorage.Options{NoListener: true, InitialObjects: all})
		if err != nil {
			t.Fatal(err)
		}
		reader := artifacts.New(artifacts.Options{HTTPClient: server.HTTPClient(), Bounds: test.bounds, Parallelism: 1})
		builds := []artifacts.Location{at(t, "gs://"+bucket+"/logs/job/1"), at(t, "gs://"+bucket+"/logs/job/2")}
		if test.bounds.Files == 0 { // of a local one folders count as well
			builds = append(builds, at(t, write(t, files)))
		}
		got, err := reader.ReadAll(t.Context(), builds)
		server.Stop()
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range [][]string{test.want, nil, test.want}[:len(builds)] {
			if diff := cmp.Diff(want, texts(got[i].Unread)); diff != "" {
				t.Errorf("%s, %s: %s", name, builds[i], diff)
			}
			if job := got[i].Build.Job; i != 1 && name != "files" && job != "pull-windows-op-readiness" {
				t.Errorf("%s, %s: of job %q: what is small is read first", name, builds[i], job)
			}
		}
	}
}

// TestLocalFilesAreBounded holds that folders count as well: a tree of them alone would be walked without end.
func TestLocalFilesAreBounded(t *testing.T) {
	t.Parallel()
	folder := write(t, map[string]string{"junit_01.xml": suite("A passed"), "a/b/c/d/e/file": ""})
	for most, want := range map[int][]string{7: nil, 6: {"not readable within its bounds: more than 6 files"}} {
		e, err := artifacts.New(artifacts.Options{Bounds: artifacts.Bounds{Files: most}}).Read(t.Context(), at(t, folder))
		if diff := cmp.Diff(want, texts(e.Unread)); diff != "" || err != nil {
			t.Errorf("%d: %v, %s", most, err, diff)
		}
	}
}

// TestTimeIsBounded holds that a store that answers slowly is given up, and that the user's own end of all is an error.
func TestTimeIsBounded(t *testing.T) {
	t.Parallel()
	_, wire := serve(t, objects(presubmit, with(nil))...)
	wire.latency = 30 * time.Millisecond
	client := server(wire)
	for name, bound := range map[string]time.Duration{"before it is listed": 40 * time.Millisecond, "before it is read": 50 * time.Millisecond} {
		reader := artifacts.New(artifacts.Options{HTTPClient: client, Bounds: artifacts.Bounds{Time: bound}, Parallelism: 1, Backoff: []time.Duration{time.Hour}})
		wire.setFault(func(asked string, _ int) error {
			if name == "before it is listed" && strings.HasPrefix(asked, "list") {
				return httpError(503)
			}
			return nil
		})
		e, err := reader.Read(t.Context(), at(t, "gs://"+bucket+"/"+presubmit))
		if err != nil || len(e.Unread) != 1 || !strings.HasSuffix(e.Unread[0].Message, fmt.Sprintf("reading takes longer than %s", bound)) {
			t.Errorf("%s: %v, %v", name, e.Unread, err)
		}
	}
}

// TestTriesAreNotAdded holds that what a try read that failed is not counted beside that of the next one.
func TestTriesAreNotAdded(t *testing.T) {
	t.Parallel()
	text := suite("A "+strings.Repeat("x", 2000), "B passed")
	for _, broken := range []string{"junit_01.xml", "finished.json", "build-log.txt"} {
		files := with(map[string]string{"artifacts/junit_01.xml": text, "build-log.txt": strings.Repeat("line\n", 400), "finished.json": finishedJSON + strings.Repeat(" ", 2000)})
		if broken == "build-log.txt" {
			delete(files, "artifacts/junit_01.xml")
		}
		_, wire := serve(t, objects(presubmit, files)...)
		client := &http.Client{Transport: cutting{wire, 3, broken, 1500}}
		bounds := artifacts.Bounds{Packed: 8000, Unpacked: 3000, Kept: 4000}
		reader := artifacts.New(artifacts.Options{HTTPClient: client, Backoff: []time.Duration{0, 0, 0}, Bounds: bounds})
		e, err := reader.Read(t.Context(), at(t, "gs://"+bucket+"/"+presubmit))
		if err != nil || len(e.Unread) != 0 {
			t.Errorf("%s: %v, %v", broken, e.Unread, err)
		}
	}
}

// TestLogIsReadFromItsEnd holds that the size of a log is no matter.
func TestLogIsReadFromItsEnd(t *testing.T) {
	t.Parallel()
	files := with(map[string]string{"artifacts/junit_01.xml": "", "build-log.txt": strings.Repeat("line\n", 100_000) + "the end"})
	_, wire := serve(t, objects(presubmit, files)...)
	reader := artifacts.New(artifacts.Options{Bounds: artifacts.Bounds{Packed: 100_000}, HTTPClient: server(wire)})
	for _, source := range []string{write(t, files), "gs://" + bucket + "/" + presubmit} {
		e, err := reader.Read(t.Context(), at(t, source))
		if err != nil || len(e.Unread) != 0 || e.Log[len(e.Log)-1].Message != "the end" {
			t.Errorf("%s: %v, %v, %v", source, e.Unread, e.Log, err)
		}
	}
}

// TestMemory holds that a small compressed file of much text that no ability selects takes little memory. Not parallel: it
// looks at the heap.
func TestMemory(t *testing.T) {
	folder := t.TempDir()
	writeRows(t, filepath.Join(folder, "junit_01.xml.gz"), 20_000, 60_000)
	q := reportertest.Ask(t, reportertest.Abilities, "A", "B", "C")
	names, err := reporter.NewNames(q.Spec.Categories, q.Tests)
	if err != nil {
		t.Fatal(err)
	}
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	before := stats.HeapAlloc
	done, most := make(chan bool), make(chan uint64)
	go func() {
		var peak uint64
		for {
			select {
			case <-done:
				most <- peak
				return
			case <-time.After(5 * time.Millisecond):
				var stats runtime.MemStats
				runtime.ReadMemStats(&stats)
				peak = max(peak, stats.HeapAlloc-min(before, stats.HeapAlloc))
			}
		}
	}()
	e, err := artifacts.New(artifacts.Options{Names: names}).Read(t.Context(), at(t, folder))
	done <- true
	if peak := <-most; peak > 64<<20 {
		t.Errorf("%d MiB of heap, want at most 64", peak>>20)
	}
	if err != nil || e.Rows != 20_000 || len(e.Unread) != 0 || len(testNames(e)) != 0 {
		t.Errorf("%d rows, %d kept, %v, %v", e.Rows, len(testNames(e)), e.Unread, err)
	}
}

// writeRows writes a compressed result file of failed tests that nobody knows, each with so much text: one member of gzip,
// again and again.
func writeRows(t *testing.T, name string, rows, size int) {
	t.Helper()
	const each = 100
	text := strings.Repeat("B", size)
	var b strings.Builder
	for i := range each {
		fmt.Fprintf(&b, `<testcase name="n%d" classname="Kubernetes e2e suite" status="failed"><failure>%s</failure></testcase>`+"\n", i, text)
	}
	data := zip(t, `<testsuites><testsuite name="Kubernetes e2e suite">`) + strings.Repeat(zip(t, b.String()), rows/each) + zip(t, `</testsuite></testsuites>`)
	if err := os.WriteFile(name, []byte(data), 0o644); err != nil {
		t.Fatal(err)
	}
}
