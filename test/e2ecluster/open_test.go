package e2ecluster

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/readiness"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// recorded are the abilities whose tests all passed in testdata/open, wherever their pods ran.
func recorded() []string {
	return []string{
		"endpointslice-routing", "internal-dns", "linux-pod-ip-from-windows", "recreated-service-load-balancing",
		"reschedule-deployment-50-times", "windows-pod-ip-from-linux",
	}
}

// unpack writes the files of testdata/open, those that are asked for, into a new folder.
func unpack(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		packed, err := os.Open(filepath.Join("testdata/open", name+".gz"))
		if err != nil {
			t.Fatal(err)
		}
		defer packed.Close()
		text, err := gzip.NewReader(packed)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// renewSpec makes a record one of a run by the specs of today: words of theirs may have changed since.
func renewSpec(t *testing.T, name string) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	run, err := record.ParseRun(data)
	if err != nil {
		t.Fatal(err)
	}
	spec, err := specs.Open("")
	if err != nil {
		t.Fatal(err)
	}
	run.Spec = spec.Identity
	var text bytes.Buffer
	if err := run.Encode(&text); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, text.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func judge(t *testing.T, r readiness.Report, dir string) reporter.Summary {
	t.Helper()
	summaries, err := r.Summaries(t.Context(), readiness.Sources{Named: []string{dir}})
	if err != nil || len(summaries) != 1 {
		t.Fatalf("%d builds, %v", len(summaries), err)
	}
	return summaries[0]
}

const (
	junitFile  = "junit_e2e-001_01.xml"
	recordFile = "op-readiness.json"
)

// TestOpenCluster holds the right answer to a run in which every test passed and nothing shows where its pods ran, though
// nodes of both operating systems were open to them: no ability is shown, for that reason alone, and the nodes pretended.
func TestOpenCluster(t *testing.T) {
	t.Parallel()
	dir := unpack(t, junitFile, recordFile)
	renewSpec(t, filepath.Join(dir, recordFile))
	s := judge(t, readiness.Report{}, dir)
	const want = "INCOMPLETE: The chosen abilities internal-dns, endpointslice-routing, recreated-service-load-balancing and 3 more of Core.Network, Core.Concurrent " +
		"are not all shown to be ready on pretended Windows nodes."
	if got := s.Headline(); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	var seen []string
	for _, c := range s.Categories {
		for _, a := range c.Abilities {
			seen = append(seen, a.ID)
			if a.State != reporter.Unconfirmed || len(a.Tests) == 0 {
				t.Errorf("%s is %s, by %d tests", a.ID, a.State, len(a.Tests))
			}
			for _, test := range a.Tests {
				if test.State != reporter.Passed {
					t.Errorf("%s: %s is %s: then it is no case of this", a.ID, test.Name, test.State)
				}
			}
			for _, reason := range a.Reasons {
				if !strings.HasPrefix(reason, "place not shown: no record of pods shows where they ran") {
					t.Errorf("%s: %s", a.ID, reason)
				}
			}
		}
	}
	if slices.Sort(seen); !slices.Equal(seen, recorded()) {
		t.Errorf("judged were %q", seen)
	}
	if len(s.Incomplete) > 0 {
		t.Errorf("against every result stands %v", s.Incomplete)
	}
}

// TestOpenClusterWithoutRecord holds the same of the JUnit file alone, as it comes from others, and that no test of the six is
// taken for one that shows its place by itself.
func TestOpenClusterWithoutRecord(t *testing.T) {
	t.Parallel()
	s := judge(t, readiness.Report{Version: "1.36"}, unpack(t, junitFile))
	shown := 0
	for _, c := range s.Categories {
		for _, a := range c.Abilities {
			if a.State == reporter.Passed || a.State == reporter.Flaky {
				t.Errorf("%s is %s", a.ID, a.State)
			}
			if slices.Contains(recorded(), a.ID) {
				shown++
				if a.State != reporter.Unconfirmed {
					t.Errorf("%s is %s", a.ID, a.State)
				}
			}
		}
	}
	if shown != len(recorded()) || s.Verdict != reporter.Incomplete {
		t.Errorf("%d abilities: %s", shown, s.Headline())
	}
}

// TestOpenClusterOnLinux holds that the hole is one: pods of a test that passed did run on Linux nodes, by the log of e2e.test.
func TestOpenClusterOnLinux(t *testing.T) {
	t.Parallel()
	log, err := os.ReadFile(filepath.Join(unpack(t, "e2e.log"), "e2e.log"))
	if err != nil {
		t.Fatal(err)
	}
	_, test, found := strings.Cut(string(log), "[sig-apps] Deployment iterative rollouts should eventually progress")
	if !found {
		t.Fatal("the log does not have the test")
	}
	test, _, _ = strings.Cut(test, "\n------------------------------\n")
	nodes := map[string]bool{}
	for _, m := range regexp.MustCompile(`NodeName: \(string\) \(len=\d+\) "([a-z]+)-\d"`).FindAllStringSubmatch(test, -1) {
		nodes[m[1]] = true
	}
	if !nodes["linux"] || !nodes["windows"] {
		t.Errorf("its pods ran on %v", nodes)
	}
}
