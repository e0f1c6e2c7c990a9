package generator

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/config"
)

const own1 = headerLine + "\na: 1\n"

// write puts files into a new folder.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		full := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// read returns all files of a folder, and its empty folders with a slash at the end.
func read(t *testing.T, folder string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(folder, func(name string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(folder, name)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if entries, err := os.ReadDir(name); err != nil || len(entries) == 0 && rel != "." {
				files[filepath.ToSlash(rel)+"/"] = ""
			}
			return err
		}
		data, err := os.ReadFile(name)
		files[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// The folders of the profile of the tests.
const (
	jobsFolder       = "jobs/kubernetes-sigs/windows-operational-readiness"
	dashboardsFolder = "testgrids/kubernetes/sig-windows"
)

func testInfra(t *testing.T) config.Profile {
	t.Helper()
	return configWith(t).Profile
}

func jobFile(name, text string) File { return File{Path: jobsFolder + "/" + name, Data: []byte(text)} }

func TestCompareAndApply(t *testing.T) {
	t.Parallel()
	folder := write(t, map[string]string{
		jobsFolder + "/windows-op-readiness-same.yaml":       own1,
		jobsFolder + "/windows-op-readiness-stale.yaml":      headerLine + "\na: 0\n",
		jobsFolder + "/windows-op-readiness-left.yaml":       own1,
		jobsFolder + "/hand.yaml":                            "a: 1\n",
		jobsFolder + "/README.md":                            own1,
		dashboardsFolder + "/windows-op-readiness-left.yaml": own1,
		"jobs/other/left.yaml":                               own1,
	})
	wanted := []File{jobFile("windows-op-readiness-same.yaml", own1), jobFile("windows-op-readiness-stale.yaml", own1), jobFile("windows-op-readiness-new.yaml", own1)}
	changes, err := Compare(wanted, folder, testInfra(t))
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, c := range changes.Files {
		kinds = append(kinds, c.Kind()+" "+c.Path)
	}
	want := []string{
		"left over " + jobsFolder + "/windows-op-readiness-left.yaml", "missing " + jobsFolder + "/windows-op-readiness-new.yaml", "stale " + jobsFolder + "/windows-op-readiness-stale.yaml",
		"left over " + dashboardsFolder + "/windows-op-readiness-left.yaml",
	}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Error(diff)
	}
	if changes.Present != 4 {
		t.Errorf("got %d generated files in the folder, want 4: two that stay and two that are left over", changes.Present)
	}
	if err := changes.Apply(); err != nil {
		t.Fatal(err)
	}
	wantFiles := map[string]string{
		jobsFolder + "/windows-op-readiness-same.yaml":  own1,
		jobsFolder + "/windows-op-readiness-stale.yaml": own1,
		jobsFolder + "/windows-op-readiness-new.yaml":   own1,
		jobsFolder + "/hand.yaml":                       "a: 1\n",
		jobsFolder + "/README.md":                       own1,
		dashboardsFolder + "/":                          "",
		"jobs/other/left.yaml":                          own1,
	}
	if diff := cmp.Diff(wantFiles, read(t, folder)); diff != "" {
		t.Error(diff)
	}
	again, err := Compare(wanted, folder, testInfra(t))
	if err != nil || len(again.Files) > 0 {
		t.Errorf("a second run would change %v, error %v", again.Files, err)
	}
}

func TestCompareRefusesForeignFiles(t *testing.T) {
	t.Parallel()
	folder := write(t, map[string]string{jobsFolder + "/windows-op-readiness-a.yaml": "a: 1\n", jobsFolder + "/windows-op-readiness-b.yaml": "\n" + own1})
	_, err := Compare([]File{jobFile("windows-op-readiness-a.yaml", own1), jobFile("windows-op-readiness-b.yaml", own1)}, folder, testInfra(t))
	if err == nil {
		t.Fatal("no error")
	}
	for _, name := range []string{"windows-op-readiness-a.yaml", "windows-op-readiness-b.yaml"} {
		want := filepath.Join(folder, filepath.FromSlash(jobsFolder), name) + ": not written by op-readiness generate"
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got:\n%v\nwant:\n%s", err, want)
		}
	}
}

func TestWriteDiff(t *testing.T) {
	t.Parallel()
	changes := Changes{Folder: "config", Files: []Change{
		{Path: "jobs/a.yaml", Old: []byte("a: 1\nb: 2\n"), New: []byte("a: 1\nb: 3\n")},
		{Path: "jobs/b.yaml", New: []byte("b: 1\n")},
		{Path: "jobs/c.yaml", Old: []byte("c: 1\n")},
	}}
	var got strings.Builder
	if err := changes.WriteDiff(&got); err != nil {
		t.Fatal(err)
	}
	want := `stale: config/jobs/a.yaml
diff config/jobs/a.yaml config/jobs/a.yaml
--- config/jobs/a.yaml
+++ config/jobs/a.yaml
@@ -1,2 +1,2 @@
 a: 1
-b: 2
+b: 3
missing: config/jobs/b.yaml
diff /dev/null config/jobs/b.yaml
--- /dev/null
+++ config/jobs/b.yaml
@@ -0,0 +1,1 @@
+b: 1
left over: config/jobs/c.yaml
diff config/jobs/c.yaml /dev/null
--- config/jobs/c.yaml
+++ /dev/null
@@ -1,1 +0,0 @@
-c: 1
`
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Error(diff)
	}
}

// TestApplyRollsBack lets the last step of several fail: nothing of the others may be left.
func TestApplyRollsBack(t *testing.T) {
	t.Parallel()
	before := map[string]string{
		"jobs/a.yaml":       "old a",
		"jobs/gone.yaml":    "old gone",
		"jobs/z.yaml/x.txt": "z.yaml is a folder",
	}
	changes := []Change{
		{Path: "jobs/a.yaml", Old: []byte("old a"), New: []byte("new a")},
		{Path: "jobs/gone.yaml", Old: []byte("old gone")},
		{Path: "new/folder/b.yaml", New: []byte("new b")},
	}
	for _, last := range []Change{
		{Path: "jobs/z.yaml", New: []byte("new z")},          // cannot be put in place
		{Path: "jobs/z.yaml", Old: []byte("old z")},          // cannot be removed
		{Path: "jobs/a.yaml/below.yaml", New: []byte("new")}, // its folder cannot be made
	} {
		folder := write(t, before)
		err := Changes{Folder: folder, Files: append(changes[:3:3], last)}.Apply()
		if err == nil {
			t.Fatalf("%s: no error", last.Path)
		}
		if strings.Count(err.Error(), "\n") > 0 {
			t.Errorf("%s: rolling back failed too: %v", last.Path, err)
		}
		if diff := cmp.Diff(before, read(t, folder)); diff != "" {
			t.Errorf("%s: %s", last.Path, diff)
		}
	}
}

// TestCompareLineEnds holds that a checkout with "\r\n" is neither stale nor disowned, and that what differs there shows
// as what it is.
func TestCompareLineEnds(t *testing.T) {
	t.Parallel()
	crlf := func(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }
	folder := write(t, map[string]string{
		jobsFolder + "/windows-op-readiness-same.yaml":  crlf(own1),
		jobsFolder + "/windows-op-readiness-stale.yaml": crlf(headerLine + "\na: 0\nb: 1\n"),
		jobsFolder + "/windows-op-readiness-left.yaml":  crlf(own1),
	})
	changes, err := Compare([]File{jobFile("windows-op-readiness-same.yaml", own1), jobFile("windows-op-readiness-stale.yaml", headerLine+"\na: 1\nb: 1\n")}, folder, testInfra(t))
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	if err := changes.WriteDiff(&got); err != nil {
		t.Fatal(err)
	}
	name := filepath.ToSlash(folder) + "/" + jobsFolder
	for _, want := range []string{"left over: " + name + "/windows-op-readiness-left.yaml\n", "stale: " + name + "/windows-op-readiness-stale.yaml\n", "\n-a: 0\n+a: 1\n b: 1\n"} {
		if !strings.Contains(got.String(), want) {
			t.Errorf("the diff lacks %q:\n%s", want, got.String())
		}
	}
	if len(changes.Files) != 2 {
		t.Errorf("%d changes, want 2", len(changes.Files))
	}
}

// TestCompareMoved holds that what was moved in a checkout stays where it is, with what comes to it, and is never there twice.
func TestCompareMoved(t *testing.T) {
	t.Parallel()
	const moved = "jobs/kubernetes/sig-windows"
	folder := write(t, map[string]string{moved + "/windows-op-readiness-a.yaml": own1})
	files := []File{jobFile("windows-op-readiness-a.yaml", own1+"b: 2\n"), jobFile("windows-op-readiness-new.yaml", own1), {Path: jobsFolder + "/OWNERS", Data: []byte("approvers:\n"), Once: true}}
	changes, err := Compare(files, folder, testInfra(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := changes.Apply(); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		moved + "/windows-op-readiness-a.yaml": own1 + "b: 2\n", moved + "/windows-op-readiness-new.yaml": own1, moved + "/OWNERS": "approvers:\n",
	}
	if diff := cmp.Diff(want, read(t, folder)); diff != "" {
		t.Error(diff)
	}
	if err := os.WriteFile(filepath.Join(folder, moved, "OWNERS"), []byte("approvers: [me]\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if again, err := Compare(files, folder, testInfra(t)); err != nil || len(again.Files) > 0 {
		t.Errorf("a second run would change %v, error %v", again.Files, err)
	}
	twice := write(t, map[string]string{moved + "/windows-op-readiness-a.yaml": own1, jobsFolder + "/windows-op-readiness-a.yaml": own1})
	if _, err := Compare(files, twice, testInfra(t)); err == nil || !strings.Contains(err.Error(), "remove all but one") {
		t.Errorf("two copies: %v", err)
	}
}

// TestCompareAfterKill holds that what a generate left that was killed is seen, said and removed.
func TestCompareAfterKill(t *testing.T) {
	t.Parallel()
	folder := write(t, map[string]string{
		jobsFolder + "/windows-op-readiness-a.yaml":      own1,
		jobsFolder + "/.windows-op-readiness-b.yaml.123": own1[:20],
		jobsFolder + "/.OWNERS.7":                        "",
		jobsFolder + "/.hidden.yaml":                     "somebody's",
	})
	files := []File{jobFile("windows-op-readiness-a.yaml", own1), jobFile("windows-op-readiness-b.yaml", own1)}
	changes, err := Compare(files, folder, testInfra(t))
	if err != nil || len(changes.Strays) != 2 {
		t.Fatalf("%q, %v", changes.Strays, err)
	}
	if err := changes.Apply(); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		jobsFolder + "/windows-op-readiness-a.yaml": own1, jobsFolder + "/windows-op-readiness-b.yaml": own1, jobsFolder + "/.hidden.yaml": "somebody's",
	}
	if diff := cmp.Diff(want, read(t, folder)); diff != "" {
		t.Error(diff)
	}
}
