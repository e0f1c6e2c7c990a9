package artifacts_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
)

func TestReadLocal(t *testing.T) {
	t.Parallel()
	reader := artifacts.New(artifacts.Options{})
	for name, test := range map[string]struct {
		files      map[string]string
		source     string
		incomplete []string
		tests      int
	}{
		"report folder":    {map[string]string{"junit_01.xml": suite("A passed", "B passed"), "metadata.json": `{"revision":"v1.36.3"}`}, "", nil, 2},
		"one file":         {map[string]string{"results.xml": suite("A passed")}, "results.xml", nil, 1},
		"downloaded build": {with(nil), "", nil, 1},
		"a running build":  {with(map[string]string{"finished.json": ""}), "", []string{"the build is still running, or was lost: there is no finished.json"}, 1},
		"without any result": {with(map[string]string{"artifacts/junit_01.xml": "", "build-log.txt": strings.Repeat("x\n", 1<<16) + "a\nb"}), "", []string{
			"no results: no junit*.xml was uploaded; the log of the build ends like this",
			"build-log.txt: x", "build-log.txt: x", "build-log.txt: x", "build-log.txt: a", "build-log.txt: b",
		}, 0},
	} {
		folder := write(t, test.files)
		results, err := reader.Read(t.Context(), at(t, filepath.Join(folder, test.source)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(test.incomplete, texts(results.Incomplete)); diff != "" || len(results.Tests) != test.tests {
			t.Errorf("%s: %d tests, %s", name, len(results.Tests), diff)
		}
	}
}

func write(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		file := filepath.Join(folder, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestReadErrors(t *testing.T) {
	t.Parallel()
	reader, wire := serve(t, object("logs/job/1/other.txt", ""))
	wire.fault = func(name string, _ int) error {
		if strings.HasPrefix(name, "list secret") {
			return httpError(403)
		}
		return nil
	}
	empty := write(t, map[string]string{"build-log.txt": "plain"})
	for source, want := range map[string]error{
		filepath.Join(empty, "gone"):        artifacts.ErrNotFound,
		empty:                               artifacts.ErrNoResults,
		"gs://" + bucket + "/logs/job/2":    artifacts.ErrNotFound,
		"gs://" + bucket + "/logs/job/1":    artifacts.ErrNoResults,
		"gs://no-such-bucket/logs/job/1":    artifacts.ErrNotFound,
		"gs://" + bucket + "/secret/logs/1": artifacts.ErrDenied,
	} {
		if _, err := reader.Read(t.Context(), at(t, source)); !errors.Is(err, want) || !strings.Contains(err.Error(), source) {
			t.Errorf("%s: %v", source, err)
		}
	}
}

// TestReadVersion holds that the version is what a job says of itself, and that a commit is none.
func TestReadVersion(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		`{"revision":"v1.36.3-12+0123abc"}`:              "v1.36.3-12+0123abc",
		`{"metadata":{"revision":"v1.36.3-12+0123abc"}}`: "v1.36.3-12+0123abc",
		`{"revision":"6a5f0e1"}`:                         "",
		`{"revision":1}`:                                 "",
		`<html>`:                                         "",
	} {
		folder := write(t, map[string]string{"junit_01.xml": suite("A passed"), "metadata.json": said})
		results, err := artifacts.New(artifacts.Options{}).Read(t.Context(), at(t, folder))
		if err != nil || results.KubernetesVersion != want || results.Files != 1 {
			t.Errorf("%s: version %q, %v; want %q", said, results.KubernetesVersion, err, want)
		}
	}
}
