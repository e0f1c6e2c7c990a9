package artifacts_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fsouza/fake-gcs-server/fakestorage"
	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
)

// addresses returns builds without the bucket.
func addresses(builds []artifacts.Location) []string {
	var all []string
	for _, b := range builds {
		all = append(all, b.Path)
	}
	return all
}

// alias is the object by which Prow lets all builds of a presubmit be found in one folder.
func alias(job, id, target string) fakestorage.Object {
	o := object("pr-logs/directory/"+job+"/"+id+".txt", target+"\n")
	o.Metadata = map[string]string{"x-goog-meta-link": target}
	return o
}

// job returns a job with these builds, of which those with a minus are not finished.
func job(folder string, ids ...string) []fakestorage.Object {
	all := []fakestorage.Object{object(folder+"/latest-build.txt", "9")}
	for _, id := range ids {
		id, running := strings.CutSuffix(id, "-")
		all = append(all, object(folder+"/"+id+"/started.json", "{}"), object(folder+"/"+id+"/artifacts/junit_01.xml", suite("A passed")))
		if !running {
			all = append(all, object(folder+"/"+id+"/finished.json", `{"passed":true}`))
		}
	}
	return all
}

func TestBuildsOfJob(t *testing.T) {
	t.Parallel()
	all := job("logs/ci-job", "8", "9", "10", "1800000000000000011-", "1800000000000000012-")
	for last, want := range map[int][]string{
		0: {"logs/ci-job/10"}, 1: {"logs/ci-job/10"}, 2: {"logs/ci-job/10", "logs/ci-job/9"},
		9: {"logs/ci-job/10", "logs/ci-job/9", "logs/ci-job/8"},
	} {
		reader, wire := serve(t, all...)
		got, err := reader.Builds(t.Context(), at(t, "gs://"+bucket+"/logs/ci-job/"), last)
		if diff := cmp.Diff(want, addresses(got)); diff != "" || err != nil {
			t.Errorf("%d: %v, %s", last, err, diff)
		}
		for name := range wire.requests {
			if !strings.HasPrefix(name, "list ") {
				t.Errorf("%d: %s was read", last, name)
			}
		}
	}
}

func TestBuildsOfBuild(t *testing.T) {
	t.Parallel()
	all := append(job("logs/ci-job", "8"), object("logs/plain/junit_01.xml", suite()), object("logs/other/file", ""))
	all = append(all, job("pr-logs/pull/o_r/7/pull-job", "1001")...)
	all = append(all, alias("pull-job", "1001", "gs://"+bucket+"/pr-logs/pull/o_r/7/pull-job/1001"))
	reader, _ := serve(t, all...)
	for source, want := range map[string]string{
		"gs://" + bucket + "/logs/ci-job/8":                                          "logs/ci-job/8",
		"gs://" + bucket + "/logs/plain":                                             "logs/plain",
		"gs://" + bucket + "/logs/other":                                             "logs/other",
		"gs://" + bucket + "/a/junit_01.xml":                                         "a/junit_01.xml",
		"https://prow.k8s.io/view/gs/" + bucket + "/pr-logs/directory/pull-job/1001": "pr-logs/pull/o_r/7/pull-job/1001",
	} {
		got, err := reader.Builds(t.Context(), at(t, source), 5)
		if diff := cmp.Diff([]string{want}, addresses(got)); diff != "" || err != nil {
			t.Errorf("%s: %v, %s", source, err, diff)
		} else if got[0].String() != source {
			t.Errorf("%s is called %s", source, got[0])
		}
	}
}

func TestBuildsByAlias(t *testing.T) {
	t.Parallel()
	all := append(job("pr-logs/pull/1/pull-job", "1001", "1003-"), job("pr-logs/pull/kubernetes-sigs_x/2/pull-job", "1002")...)
	all = append(all, object("pr-logs/directory/pull-job/latest-build.txt", "1003"))
	for id, folder := range map[string]string{"1001": "1", "1003": "1", "1002": "kubernetes-sigs_x/2"} {
		all = append(all, alias("pull-job", id, fmt.Sprintf("gs://%s/pr-logs/pull/%s/pull-job/%s", bucket, folder, id)))
	}
	reader, _ := serve(t, all...)
	got, err := reader.Builds(t.Context(), at(t, "gs://"+bucket+"/pr-logs/directory/pull-job"), 2)
	want := []string{"pr-logs/pull/kubernetes-sigs_x/2/pull-job/1002", "pr-logs/pull/1/pull-job/1001"}
	if diff := cmp.Diff(want, addresses(got)); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

func TestBuildsErrors(t *testing.T) {
	t.Parallel()
	all := append(job("logs/running", "8-", "9-"), alias("pull-job", "1", "nowhere://x"))
	reader, wire := serve(t, all...)
	wire.fault = func(name string, _ int) error {
		if strings.HasPrefix(name, "list secret") {
			return httpError(401)
		}
		return nil
	}
	got := map[string]string{}
	for _, path := range []string{"logs/running", "logs/gone", "secret/job", "pr-logs/directory/pull-job"} {
		_, err := reader.Builds(t.Context(), at(t, "gs://b/"+path), 1)
		if err == nil {
			t.Errorf("%s: no error", path)
		}
		_, err = reader.Builds(t.Context(), at(t, "gs://"+bucket+"/"+path), 1)
		got[path] = fmt.Sprint(err)
	}
	const in = ` in "gs://` + bucket
	want := map[string]string{
		"logs/running":               "looking for builds" + in + `/logs/running": none of its 2 is finished`,
		"logs/gone":                  "looking for builds" + in + `/logs/gone": nothing is there`,
		"secret/job":                 "looking for builds" + in + `/secret/job": the store denies access (HTTP 401)`,
		"pr-logs/directory/pull-job": "looking for builds" + in + `/pr-logs/directory/pull-job": none of its 1 is finished`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestReadAll holds that evidence is in the order of the sources, that one request per file and list is enough, and that a
// build that cannot be read says so, and keeps no other from being read.
func TestReadAll(t *testing.T) {
	t.Parallel()
	var all []fakestorage.Object
	var builds []artifacts.Location
	for i := range 20 {
		folder := fmt.Sprintf("logs/ci-job/%d", i)
		all = append(all, objects(folder, with(map[string]string{"artifacts/junit_02.xml": suite(fmt.Sprintf("T%d passed", i))}))...)
		builds = append(builds, at(t, "gs://"+bucket+"/"+folder))
	}
	reader, wire := serve(t, all...)
	gone := at(t, "gs://"+bucket+"/logs/ci-job/gone")
	got, err := reader.ReadAll(t.Context(), append(slices.Clone(builds), gone))
	if err != nil || len(got) != len(builds)+1 {
		t.Fatalf("%d results, %v", len(got), err)
	}
	for i := range builds {
		if want := fmt.Sprintf("T%d artifacts/junit_02.xml", i); testNames(got[i])[1] != want || got[i].Build.Source != builds[i].Source {
			t.Errorf("build %d: %+v", i, got[i])
		}
	}
	want := reporter.Evidence{
		Build:  reporter.Build{Source: gone.Source, URL: "https://prow.k8s.io/view/gs/" + bucket + "/logs/ci-job/gone"},
		End:    reporter.End{Words: "the build could not be read"},
		Unread: []reporter.Warning{{Message: "it could not be read: nothing is there"}},
	}
	if diff := cmp.Diff(want, got[20]); diff != "" {
		t.Error(diff)
	}
	if n := len(wire.requests); n != 20*6+1 {
		t.Errorf("%d names were asked for", n)
	}
	for name, n := range wire.requests {
		if n != 1 {
			t.Errorf("%s was asked for %d times", name, n)
		}
	}
	if got, err := reader.ReadAll(t.Context(), []artifacts.Location{gone, gone}); !errors.Is(err, artifacts.ErrNotFound) || got != nil {
		t.Errorf("none can be read: %v, %v", got, err)
	}
}

// TestLocalBuilds holds that a local folder goes through the same steps as one of a bucket.
func TestLocalBuilds(t *testing.T) {
	t.Parallel()
	elsewhere := write(t, with(nil))
	files := map[string]string{
		"job/latest-build.txt": "10", "job/latest": "-> 10", "job/7": "-> " + elsewhere, "job/README": "",
		"plain/a/junit_01.xml": suite("A passed"), "plain/b/7/junit_01.xml": suite(),
		"jobs/ci-a/1/finished.json": "{}", "jobs/ci-b/latest-build.txt": "1", "jobs/other/file": "",
		"mine/artifacts/junit_01.xml": suite(), "mine/finished.txt": "", "run/op-readiness.json": "{}", "moved/finished.json": "{}", "moved/artifacts": "-> data", "moved/data/junit_01.xml": suite(),
		"mixed/finished.json": "{}", "mixed/7/finished.json": "{}", "named/9": "a file", "named/x/junit_01.xml": suite(), "more/ci-c/latest-build.txt": "1", "more/a-link": "-> " + elsewhere, "more/b/7": "-> " + elsewhere,
		"packed/artifacts/7/finished.json": "{}", "packed/8/finished.json": "{}",
		"elsewhere/finished.json": "{}", "elsewhere/artifacts": "-> " + elsewhere,
	}
	for _, id := range []string{"8", "9", "10", "11"} {
		for name, text := range with(nil) {
			if id != "11" || name != "finished.json" {
				files["job/"+id+"/"+name] = text
			}
		}
	}
	root := write(t, files)
	reader := artifacts.New(artifacts.Options{})
	for source, want := range map[string]string{
		"job": "job/10", "job/9": "job/9", "job/9/artifacts": "job/9", "job/9/artifacts/": "job/9", "job/9/finished.json": "job/9", "job/9/build-log.txt": "job/9",
		"job/11": "job/11", "plain": "plain", "job/8/artifacts/junit_01.xml": "job/8/artifacts/junit_01.xml",
		"mine/artifacts": "mine/artifacts", "run/op-readiness.json": "run", "moved/artifacts": "moved/artifacts", "mixed": "mixed", "named": "named", "packed": "packed", "elsewhere/artifacts": "elsewhere/artifacts", "jobs/ci-a": "jobs/ci-a/1",
	} {
		got, err := reader.Builds(t.Context(), at(t, root+"/"+source), 1)
		if err != nil || len(got) != 1 || filepath.Clean(got[0].Path) != filepath.Join(root, want) {
			t.Errorf("%s: %v, %v", source, got, err)
		}
	}
	got, err := reader.Builds(t.Context(), at(t, root+"/job"), 9)
	if diff := cmp.Diff([]string{root + "/job/10", root + "/job/9", root + "/job/8", root + "/job/7"}, addresses(got)); diff != "" || err != nil {
		t.Error(err, diff)
	}
	all, err := reader.ReadAll(t.Context(), got)
	if err != nil || len(all) != 4 || len(all[2].Unread) != 0 || all[0].End.State != reporter.Succeeded {
		t.Fatalf("%v, %v", all, err)
	}
	if diff := cmp.Diff([]string{"it could not be read: it is a link that leads out of the source"}, texts(all[3].Unread)); diff != "" {
		t.Error(diff)
	}
	empty := t.TempDir()
	if got, err := reader.Builds(t.Context(), at(t, empty), 1); err != nil || len(got) != 1 || got[0].Path != empty {
		t.Errorf("an empty folder: %v, %v", got, err)
	}
	if _, err = reader.Builds(t.Context(), at(t, root+"/more"), 1); !errors.Is(err, artifacts.ErrJobs) {
		t.Errorf("a job that names its latest build: %v", err)
	}
	_, err = reader.Builds(t.Context(), at(t, root+"/jobs"), 1)
	if want := "it holds jobs, not builds: ci-a, ci-b, other"; !errors.Is(err, artifacts.ErrJobs) || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("jobs: %v", err)
	}
}

// TestFolderOfJobs holds that a prefix of a bucket that holds jobs is not read as one build of millions of files.
func TestFolderOfJobs(t *testing.T) {
	t.Parallel()
	var all []fakestorage.Object
	for i := range 30 {
		all = append(all, job(fmt.Sprintf("logs/ci-job-%02d", i), "1")...)
	}
	all = append(all, object("pr-logs/pull/7/pull-a/1/started.json", "{}"), object("pr-logs/pull/7/pull-b/2/started.json", "{}"))
	reader, wire := serve(t, all...)
	for prefix, want := range map[string]string{
		"logs": "it holds jobs, not builds: ci-job-00, ci-job-01, ", "pr-logs/pull/7": "it holds jobs, not builds: pull-a, pull-b",
	} {
		_, err := reader.Builds(t.Context(), at(t, "gs://"+bucket+"/"+prefix), 1)
		if !errors.Is(err, artifacts.ErrJobs) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", prefix, err)
		}
		if prefix == "logs" && !strings.HasSuffix(fmt.Sprint(err), "ci-job-19 and 10 more") {
			t.Errorf("%s: %v", prefix, err)
		}
	}
	if n := len(wire.requests); n > 6 {
		t.Errorf("%d requests: %v", n, wire.asked())
	}
}

// TestAliasAstray holds that an alias, which anybody may have written, leads nowhere but to its own build in its own bucket.
func TestAliasAstray(t *testing.T) {
	t.Parallel()
	all := append(job("pr-logs/pull/o_r/7/pull-job", "1001", "1002"), job("logs/ci-job", "1001")...)
	all = append(all, job("pr-logs/pull/o_r/7/other-job", "1001")...)
	const good = "gs://" + bucket + "/pr-logs/pull/o_r/7/pull-job/1001"
	for _, target := range []string{
		"gs://" + bucket + "/logs/ci-job/1001", "gs://" + bucket + "/pr-logs/pull/o_r/7/pull-job/1002", "gs://" + bucket + "/pr-logs/pull/o_r/7/other-job/1001",
		"gs://another/pr-logs/pull/o_r/7/pull-job/1001", "s3://" + bucket + "/pr-logs/pull/o_r/7/pull-job/1001", "/etc/passwd", t.TempDir() + "/pull-job/1001", "",
		"https://example.com/view/gs/another/pr-logs/pull/o_r/7/pull-job/1001", "gs://" + bucket + "/pr-logs/pull/../../logs/x/pull-job/1001", "file:///etc/passwd",
	} {
		reader, _ := serve(t, append(slices.Clone(all), alias("pull-job", "1001", target))...)
		for _, source := range []string{"/pr-logs/directory/pull-job", "/pr-logs/directory/pull-job/1001"} {
			if got, err := reader.Builds(t.Context(), at(t, "gs://"+bucket+source), 1); err == nil {
				t.Errorf("an alias of %s leads from %s to %v", target, source, addresses(got))
			}
		}
	}
	reader, _ := serve(t, append(slices.Clone(all), alias("pull-job", "1001", good))...)
	if got, err := reader.Builds(t.Context(), at(t, "gs://"+bucket+"/pr-logs/directory/pull-job"), 1); err != nil || len(got) != 1 {
		t.Errorf("a good one leads to %v, %v", addresses(got), err)
	}
}
