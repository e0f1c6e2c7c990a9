package artifacts_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
)

const headSHA = "9c1f0e3b7d5a46288e1f90c2ab34cd56ef780912"

// jobOfPull is the prowjob.json of a build of o/r#7.
func jobOfPull(job, id, sha string) string {
	return fmt.Sprintf(`{"spec":{"job":%q,"refs":{"org":"o","repo":"r","pulls":[{"number":7,"sha":%q}]}},"status":{"state":"failure","build_id":%q}}`, job, sha, id)
}

// TestFind holds which builds are those of a pull request's head: by the place and by what prowjob.json says, and never by
// the one alone.
func TestFind(t *testing.T) {
	t.Parallel()
	const place, legacy = "pr-logs/pull/o_r/7/", "pr-logs/pull/7/"
	other := strings.Replace(jobOfPull("a", "4", headSHA), `"r"`, `"another"`, 1)
	batch := strings.Replace(jobOfPull("a", "5", headSHA), `[{`, `[{"number":8,"sha":"x"},{`, 1)
	reader, _ := serve(t,
		object(place+"a/1/prowjob.json", jobOfPull("a", "1", headSHA)), object(place+"a/1/finished.json", "{}"),
		object(place+"a/2/prowjob.json", jobOfPull("a", "2", "0000")),
		object(legacy+"a/3/prowjob.json", jobOfPull("a", "3", strings.ToUpper(headSHA))),
		object(legacy+"a/4/prowjob.json", other),
		object(place+"a/5/prowjob.json", batch),
		object(place+"a/6/prowjob.json", jobOfPull("b", "6", headSHA)),
		object(place+"a/7/prowjob.json", jobOfPull("a", "6", headSHA)),
		object(place+"a/8/prowjob.json", jobOfPull("a", "8", "")),
		object(place+"a/9/started.json", `{"pull":"7","repos":{"o/r":"main:x,7:`+headSHA+`"}}`),
		object(place+"a/10/prowjob.json", "{"),
		object(place+"unknown/11/prowjob.json", jobOfPull("unknown", "11", headSHA)),
		object(place+"b/12/prowjob.json", jobOfPull("b", "12", "1111")),
		object(place+"b/13/prowjob.json", jobOfPull("b", "13", "2222")),
	)
	found, err := reader.Find(t.Context(), artifacts.Search{Bucket: bucket, Org: "o", Repo: "r", Number: 7, SHA: headSHA, Jobs: []string{"a", "b", "c"}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range found.Head {
		got = append(got, fmt.Sprintf("head %s ended=%t %s", f.At.Path, f.Ended, f.End))
	}
	for _, f := range found.Older {
		got = append(got, fmt.Sprintf("older %s", f.At.Path))
	}
	for _, w := range found.Refused {
		got = append(got, w.String())
	}
	want := []string{
		"head pr-logs/pull/7/a/3 ended=false failed", "head pr-logs/pull/o_r/7/a/1 ended=true failed", "older pr-logs/pull/o_r/7/b/13",
		"build 10 of a does not count: its prowjob.json is odd: unexpected end of JSON input",
		"build 9 of a does not count: it has no prowjob.json, which says what it is of",
		"build 8 of a does not count: its prowjob.json names no commit",
		"build 7 of a does not count: its prowjob.json is of another job or build",
		"build 6 of a does not count: its prowjob.json is of another job or build",
		"build 5 of a does not count: its prowjob.json does not name #7 alone",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestFindBound holds that a folder with more than its share is an error that says so, before all of it is listed.
func TestFindBound(t *testing.T) {
	t.Parallel()
	all := objects("pr-logs/pull/o_r/7/a", map[string]string{})
	for i := range 30 {
		all = append(all, object(fmt.Sprintf("pr-logs/pull/o_r/7/a/%d/prowjob.json", i+1), jobOfPull("a", fmt.Sprint(i+1), headSHA)))
	}
	reader, _ := serve(t, all...)
	s := artifacts.Search{Bucket: bucket, Org: "o", Repo: "r", Number: 7, SHA: headSHA, Jobs: []string{"a"}}
	_, err := reader.Within(artifacts.Bounds{Files: 20}).Find(t.Context(), s)
	if artifacts.OverBound(err) != "more than 20 files" {
		t.Errorf("error %v", err)
	}
	found, err := reader.Find(t.Context(), s)
	if err != nil || len(found.Head) != 30 || artifacts.OverBound(err) != "" {
		t.Errorf("%d builds, %v", len(found.Head), err)
	}
}

// TestStamp holds that a finding changes whenever Prow writes something.
func TestStamp(t *testing.T) {
	t.Parallel()
	s := artifacts.Search{Bucket: bucket, Org: "o", Repo: "r", Number: 7, SHA: headSHA, Jobs: []string{"a"}}
	seen := map[string]string{}
	job := object("pr-logs/pull/o_r/7/a/1/prowjob.json", jobOfPull("a", "1", headSHA))
	longer, ended := job, object("pr-logs/pull/o_r/7/a/1/finished.json", "{}")
	longer.Content = append(longer.Content, ' ')
	longer.Updated = job.Updated.Add(time.Second)
	for name, all := range map[string][]string{"one": {"job"}, "ended": {"job", "ended"}, "another": {"longer"}, "none": nil} {
		reader, _ := serve(t)
		switch {
		case len(all) == 2:
			reader, _ = serve(t, job, ended)
		case name == "another":
			reader, _ = serve(t, longer)
		case name == "one":
			reader, _ = serve(t, job)
		}
		found, err := reader.Find(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if before, ok := seen[found.Stamp()]; ok {
			t.Errorf("%s has the stamp of %s", name, before)
		}
		seen[found.Stamp()] = name
	}
}

// TestBuildTime holds the time in Prow's numbers.
func TestBuildTime(t *testing.T) {
	t.Parallel()
	if got, want := artifacts.BuildTime("1991001002003004416"), time.Date(2025, 11, 19, 4, 42, 44, 0, time.UTC); got.Truncate(time.Hour*24) != want.Truncate(time.Hour*24) {
		t.Errorf("%s", got)
	}
	for _, id := range []string{"", "20", "x", "-1991001002003004416"} {
		if got := artifacts.BuildTime(id); !got.IsZero() {
			t.Errorf("%q is of %s", id, got)
		}
	}
}

// TestRowsAndFiles holds the bounds of rows and of files that are read, and that the same file is named each time.
func TestRowsAndFiles(t *testing.T) {
	t.Parallel()
	files := map[string]string{"finished.json": `{"passed":true,"timestamp":1}`, "prowjob.json": jobOfPull("a", "1", headSHA)}
	for i := range 40 {
		files[fmt.Sprintf("artifacts/junit_%02d.xml", i)] = suite("A passed", "B passed", "C passed")
	}
	reader, _ := serve(t, objects("pr-logs/pull/o_r/7/a/1", files)...)
	for want, bounds := range map[string]artifacts.Bounds{
		"artifacts/junit_18.xml: more than 20 files to read": {Read: 20},
		"artifacts/junit_03.xml: more than 10 rows":          {Rows: 10},
	} {
		for range 10 {
			e, err := reader.Within(bounds).Read(t.Context(), at(t, "gs://"+bucket+"/pr-logs/pull/o_r/7/a/1"))
			if err != nil || len(e.Unread) != 1 || !strings.HasSuffix(e.Unread[0].Message, ": "+want) {
				t.Fatalf("%v, %v, want %q", e.Unread, err, want)
			}
		}
	}
}
