package artifacts_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
)

// prowJobOf is the prowjob.json of a presubmit.
func prowJobOf(org, repo string, number int, sha string) string {
	return fmt.Sprintf(`{"spec":{"job":"pull-job","refs":{"org":%q,"repo":%q,"pulls":[{"number":%d,"sha":%q}]}}}`, org, repo, number, sha)
}

// TestPullBuilds holds that the builds of a pull request are found in each of Prow's path strategies, and that those of
// another repository with the same number, or in the same folder, are not.
func TestPullBuilds(t *testing.T) {
	t.Parallel()
	reader, _ := serve(t,
		object("pr-logs/pull/123/pull-job/1/prowjob.json", prowJobOf("kubernetes", "kubernetes", 123, "aaa")),
		object("pr-logs/pull/123/pull-job/12/prowjob.json", prowJobOf("kubernetes", "kubernetes", 123, "bbb")),
		object("pr-logs/pull/123/pull-job/11/started.json", `{"pull":"123","repos":{"kubernetes/kubernetes":"master:x,123:bbb"}}`),
		object("pr-logs/pull/test-infra/123/pull-job/13/prowjob.json", prowJobOf("kubernetes", "test-infra", 123, "ccc")),
		object("pr-logs/pull/a_b_c/123/pull-job/14/prowjob.json", prowJobOf("a", "b_c", 123, "ddd")),
		object("pr-logs/pull/a_b_c/123/pull-job/15/prowjob.json", prowJobOf("a_b", "c", 123, "eee")),
		object("pr-logs/pull/batch/pull-job/16/prowjob.json", prowJobOf("kubernetes", "kubernetes", 123, "fff")),
		object("pr-logs/pull/123/pull-job/17/build-log.txt", "whose this is, nobody can tell"),
		object("pr-logs/pull/123/other-job/18/prowjob.json", prowJobOf("kubernetes", "kubernetes", 123, "bbb")),
		object("pr-logs/pull/kubernetes_forged/123/pull-job/22/prowjob.json", strings.Replace(prowJobOf("kubernetes", "forged", 123, "ggg"), "pull-job", "another", 1)),
		object("pr-logs/pull/kubernetes_forged/123/pull-job/23/prowjob.json", strings.Replace(prowJobOf("kubernetes", "forged", 123, "ggg"), `{"spec"`, `{"status":{"build_id":"24"},"spec"`, 1)),
		object("pr-logs/pull/kubernetes_forged/123/pull-job/21/prowjob.json", prowJobOf("kubernetes", "forged", 123, "ggg")),
		object("prefix/pr-logs/pull/o_r/5/pull-job/21/prowjob.json", prowJobOf("o", "r", 5, "hhh")),
	)
	for name, test := range map[string]struct {
		pull artifacts.Pull
		want []string
	}{
		"default repository": {artifacts.Pull{Org: "kubernetes", Repo: "kubernetes", Last: 9}, []string{
			"pr-logs/pull/123/pull-job/12", "pr-logs/pull/123/pull-job/11", "pr-logs/pull/123/pull-job/1",
		}},
		"last":                 {artifacts.Pull{Org: "Kubernetes", Repo: "kubernetes"}, []string{"pr-logs/pull/123/pull-job/12"}},
		"head":                 {artifacts.Pull{Org: "kubernetes", Repo: "kubernetes", SHA: "aa"}, []string{"pr-logs/pull/123/pull-job/1"}},
		"default organization": {artifacts.Pull{Org: "kubernetes", Repo: "test-infra"}, []string{"pr-logs/pull/test-infra/123/pull-job/13"}},
		"explicit":             {artifacts.Pull{Org: "a", Repo: "b_c", Last: 9}, []string{"pr-logs/pull/a_b_c/123/pull-job/14"}},
		"same path":            {artifacts.Pull{Org: "a_b", Repo: "c", Last: 9}, []string{"pr-logs/pull/a_b_c/123/pull-job/15"}},
		"of another job":       {artifacts.Pull{Org: "kubernetes", Repo: "forged", Last: 9}, []string{"pr-logs/pull/kubernetes_forged/123/pull-job/21"}},
		"prefix": {artifacts.Pull{Bucket: "gs://" + bucket + "/prefix/", Org: "o", Repo: "r", Number: 5}, []string{
			"prefix/pr-logs/pull/o_r/5/pull-job/21",
		}},
	} {
		p := test.pull
		p.Job = "pull-job"
		if p.Bucket == "" {
			p.Bucket, p.Number = bucket, 123
		}
		got, err := reader.PullBuilds(t.Context(), p)
		if diff := cmp.Diff(test.want, addresses(got)); diff != "" || err != nil {
			t.Errorf("%s: %v, %s", name, err, diff)
		}
	}
}

func TestPullBuildsErrors(t *testing.T) {
	t.Parallel()
	reader, wire := serve(t, object("pr-logs/pull/r/1/other/1/prowjob.json", prowJobOf("another", "r", 1, "aaa")))
	wire.fault = func(name string, _ int) error {
		if strings.HasPrefix(name, "list pr-logs/pull/o_r/1/secret") {
			return httpError(403)
		}
		return nil
	}
	got := map[string]string{}
	for _, p := range []artifacts.Pull{
		{Bucket: bucket, Job: "job"}, {Bucket: bucket, Job: "other"}, {Bucket: bucket, Job: "secret"}, {Bucket: "file://x", Job: "job"}, {Bucket: "s3://", Job: "job"},
	} {
		p.Org, p.Repo, p.Number = "o", "r", 1
		_, err := reader.PullBuilds(t.Context(), p)
		got[p.Bucket+" "+p.Job] = fmt.Sprint(err)
	}
	const head = `looking for builds of job %q on o/r#1 in %q: `
	want := map[string]string{
		bucket + " job":    fmt.Sprintf(head, "job", bucket) + "nothing is there",
		bucket + " other":  fmt.Sprintf(head, "other", bucket) + "nothing is there",
		bucket + " secret": fmt.Sprintf(head, "secret", bucket) + "the store denies access (HTTP 403)",
		"file://x job":     fmt.Sprintf(head, "job", "file://x") + `unknown scheme "file"; known are gs, s3`,
		"s3:// job":        fmt.Sprintf(head, "job", "s3://") + "no bucket is named",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
