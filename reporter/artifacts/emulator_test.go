package artifacts_test

import (
	"strings"
	"testing"

	"github.com/fsouza/fake-gcs-server/fakestorage"
	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
)

// TestEmulator reads over a true connection, found as Google's own library finds a store that is not Google's. It holds
// that a compressed object is unpacked, and that one that was cut short before it was uploaded is read as far as it
// goes, and asked for once.
func TestEmulator(t *testing.T) {
	whole, text := zip(t, suite("B passed")), zip(t, suite("C passed", strings.Repeat("long ", 100)+" passed"))
	all := objects(periodic, with(map[string]string{"artifacts/junit_01.xml": "", "prowjob.json": zip(t, prowJobJSON)}))
	all = append(all, object(periodic+"/artifacts/junit_02.xml", whole), object(periodic+"/artifacts/junit_03.xml", text[:len(text)-20]))
	for i := range all {
		if strings.HasPrefix(string(all[i].Content), "\x1f\x8b") {
			all[i].ContentEncoding = "gzip"
		}
	}
	var log strings.Builder
	options := fakestorage.Options{Scheme: "http", InitialObjects: all, PublicHost: "127.0.0.1", Writer: &log}
	server, err := fakestorage.NewServerWithOptions(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("STORAGE_EMULATOR_HOST", server.URL())
	results, err := artifacts.New(artifacts.Options{Parallelism: 1}).Read(t.Context(), at(t, "gs://"+bucket+"/"+periodic))
	server.Stop()
	if err != nil || results.Files != 2 || results.Build.ID != "1001" {
		t.Errorf("%+v, %v", results, err)
	}
	var cut []string
	for _, s := range results.Suites {
		cut = append(cut, s.File+" "+s.Cut)
	}
	want := []string{"artifacts/junit_02.xml ", "artifacts/junit_03.xml the file is cut off in a tag inside of <testsuite>"}
	if diff := cmp.Diff(want, cut); diff != "" {
		t.Error(diff)
	}
	if n := strings.Count(log.String(), "junit_03.xml"); n != 1 {
		t.Errorf("the file cut short was asked for %d times:\n%s", n, &log)
	}
}
