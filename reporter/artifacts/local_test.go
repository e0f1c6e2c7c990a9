package artifacts_test

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
)

// write makes a folder of files. A text that begins with "-> " is the target of a link.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		file := filepath.Join(folder, filepath.FromSlash(name))
		err := os.MkdirAll(filepath.Dir(file), 0o755)
		if target, isLink := strings.CutPrefix(text, "-> "); isLink {
			err = errors.Join(err, os.Symlink(target, file))
		} else {
			err = errors.Join(err, os.WriteFile(file, []byte(text), 0o644))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// readLocal reads a local build, which lies in a folder by that name.
func readLocal(t *testing.T, name string, files map[string]string) reporter.Evidence {
	t.Helper()
	named := map[string]string{}
	for file, text := range files {
		named[name+"/"+file] = text
	}
	e, err := artifacts.New(artifacts.Options{}).Read(t.Context(), at(t, filepath.Join(write(t, named), filepath.FromSlash(name))))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestReadLocal(t *testing.T) {
	t.Parallel()
	reader := artifacts.New(artifacts.Options{})
	for name, test := range map[string]struct {
		files  map[string]string
		source string
		end    reporter.EndState
		tests  []string
	}{
		"report folder":    {map[string]string{"junit_01.xml": suite("A passed", "B passed")}, "", reporter.NoJob, []string{"A junit_01.xml", "B junit_01.xml"}},
		"one file":         {map[string]string{"results.xml": suite("A passed"), "junit_01.xml": suite("B passed")}, "results.xml", reporter.NoJob, []string{"A results.xml"}},
		"downloaded build": {with(nil), "", reporter.Succeeded, []string{"A artifacts/junit_01.xml"}},
		"a running build":  {with(map[string]string{"finished.json": "", "prowjob.json": ""}), "", reporter.EndUnknown, []string{"A artifacts/junit_01.xml"}},
	} {
		e, err := reader.Read(t.Context(), at(t, filepath.Join(write(t, test.files), test.source)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if test.end == reporter.NoJob && len(e.Warnings) != 0 {
			t.Errorf("%s: %v", name, e.Warnings)
		}
		if diff := cmp.Diff(test.tests, testNames(e)); diff != "" || e.End.State != test.end || len(e.Unread) != 0 {
			t.Errorf("%s: %+v, %v, %s", name, e.End, e.Unread, diff)
		}
	}
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
	empty := write(t, map[string]string{"other.txt": "plain", "name/junit_dir.xml/file": ""})
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

// TestLinks holds that links are followed within the source, count once, and never show what lies elsewhere.
func TestLinks(t *testing.T) {
	t.Parallel()
	elsewhere := write(t, map[string]string{"junit_secret.xml": suite("S passed"), "finished.json": finishedJSON})
	folder := write(t, map[string]string{
		"junit_01.xml":          suite("A passed"),
		"junit_02.xml":          "-> junit_01.xml", // a double
		"junit_03.xml":          "-> deep/results-b",
		"junit_04.xml":          "-> nowhere",
		"junit_05.xml":          "-> " + filepath.Join(elsewhere, "junit_secret.xml"),
		"junit_06.xml":          "-> junit_06.xml",
		"deep/results-b":        suite("B passed"),
		"deep/junit_07.xml":     suite("C passed"),
		"finished.json":         "-> deep/end",
		"deep/end":              finishedJSON,
		"deep/around":           "-> ..",
		"deep/deeper/around":    "-> ../../deep",
		"again":                 "-> deep",
		"outside":               "-> " + elsewhere,
		"other.txt":             "-> " + filepath.Join(elsewhere, "finished.json"),
		"deep/junit_double.xml": "-> ../junit_03.xml",
	})
	e, err := artifacts.New(artifacts.Options{}).Read(t.Context(), at(t, folder))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"A junit_01.xml", "B deep/junit_double.xml", "C deep/junit_07.xml"}, sorted(testNames(e))); diff != "" {
		t.Error(diff)
	}
	if e.End.State != reporter.Succeeded {
		t.Errorf("end: %+v", e.End)
	}
	const unread = ": it could not be read: "
	want := []string{
		"junit_04.xml" + unread + "nothing is there", "junit_05.xml" + unread + "it is a link that leads out of the source",
		"junit_06.xml" + unread + "it is a link that leads in a circle",
	}
	if diff := cmp.Diff(want, texts(e.Unread)); diff != "" {
		t.Errorf("not read: %s", diff)
	}
	want = []string{
		"deep/around: not followed: it is a link that leads in a circle", "deep/deeper/around: not followed: it is a link that leads in a circle",
		"outside: not followed: it is a link that leads out of the source", "there is no prowjob.json: the job's name is not known",
	}
	if diff := cmp.Diff(want, texts(e.Warnings)); diff != "" {
		t.Errorf("not followed: %s", diff)
	}
	// A link that the user names is followed, whether to a folder or to a file.
	for _, source := range []string{"", "junit_01.xml"} {
		link := filepath.Join(t.TempDir(), "link")
		if err := os.Symlink(filepath.Join(folder, source), link); err != nil {
			t.Fatal(err)
		}
		if e, err := artifacts.New(artifacts.Options{}).Read(t.Context(), at(t, link)); err != nil || e.Files == 0 {
			t.Errorf("%q: %d files, %v", source, e.Files, err)
		}
	}
}

// TestManyOddities holds that not all are told of very many.
func TestManyOddities(t *testing.T) {
	t.Parallel()
	elsewhere := write(t, map[string]string{"file": ""})
	files := map[string]string{}
	for i := range 30 {
		files[fmt.Sprintf("folder-%02d", i)] = "-> " + elsewhere
		files[fmt.Sprintf("junit_%02d.xml", i)] = "-> nowhere"
	}
	e, err := artifacts.New(artifacts.Options{}).Read(t.Context(), at(t, write(t, files)))
	if err != nil || len(e.Warnings) != 20 || len(e.Unread) != 21 || e.Unread[20].Message != "10 further files could not be read" {
		t.Errorf("%d warnings, %d not read, %v", len(e.Warnings), len(e.Unread), err)
	}
	delete(files, "junit_29.xml")
	for i := range 9 {
		delete(files, fmt.Sprintf("junit_%02d.xml", i))
	}
	if e, err = artifacts.New(artifacts.Options{}).Read(t.Context(), at(t, write(t, files))); err != nil || len(e.Unread) != 20 {
		t.Errorf("%v, %v", e.Unread, err)
	}
}

// TestSpecialFiles holds that what would be waited for without end is never opened.
func TestSpecialFiles(t *testing.T) {
	t.Parallel()
	folder := write(t, map[string]string{"junit_01.xml": suite("A passed")})
	pipe, socket := filepath.Join(folder, "junit_02.xml"), filepath.Join(folder, "junit_03.xml")
	if err := makePipe(pipe); err != nil {
		t.Skip(err)
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	reader := artifacts.New(artifacts.Options{})
	for source, want := range map[string]string{pipe: "a named pipe", socket: "a socket", os.DevNull: "a device"} {
		want = "it is " + want + ", and not opened"
		if _, err := reader.Read(t.Context(), at(t, source)); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: %v", source, err)
		}
		if _, err := reader.Builds(t.Context(), at(t, source), 1); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: %v", source, err)
		}
	}
	e, err := reader.Read(t.Context(), at(t, folder))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"junit_02.xml: it could not be read: it is a named pipe, and not opened",
		"junit_03.xml: it could not be read: it is a socket, and not opened",
	}
	if diff := cmp.Diff(want, texts(e.Unread)); diff != "" || len(testNames(e)) != 1 {
		t.Errorf("%v, %s", testNames(e), diff)
	}
}

// TestUnlistedFolder holds that results that may lie in a folder that nobody may look into are not taken for none.
func TestUnlistedFolder(t *testing.T) {
	t.Parallel()
	folder := write(t, map[string]string{"junit_01.xml": suite("A passed"), "closed/junit_02.xml": suite("B failed")})
	closed := filepath.Join(folder, "closed")
	if err := os.Chmod(closed, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(closed, 0o755) }) // so that it can be removed
	if _, err := os.ReadDir(closed); err == nil {
		t.Skip("this user may look into every folder")
	}
	e, err := artifacts.New(artifacts.Options{}).Read(t.Context(), at(t, folder))
	if err != nil || len(e.Unread) != 1 || !strings.HasPrefix(e.Unread[0].String(), "closed: it could not be listed: ") {
		t.Errorf("%v, %v", e.Unread, err)
	}
}
