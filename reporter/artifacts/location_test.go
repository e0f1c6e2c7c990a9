package artifacts_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"./artifacts":                                 "  ./artifacts",
		`C:\results\junit_01.xml`:                     `  C:\results\junit_01.xml`,
		"gs://kci/logs/job/123":                       "gs kci logs/job/123",
		"gs://kci/logs/job/123/":                      "gs kci logs/job/123",
		"s3://my-bucket/logs/job":                     "s3 my-bucket logs/job",
		"gs://kci/logs/job/1/artifacts":               "gs kci logs/job/1",
		"gs://kci/logs/job/1/artifacts/a#b/junit.xml": "gs kci logs/job/1/artifacts/a#b/junit.xml",
		"https://prow.k8s.io/view/gs/kci/pr-logs/pull/130000/pull-e2e/1":                    "gs kci pr-logs/pull/130000/pull-e2e/1",
		"https://prow.k8s.io/view/gcs/kci/logs/job/1#1:build-log.txt%3A12":                  "gs kci logs/job/1",
		"https://prow.example.org/view/s3/kci/logs/job/1?lens=junit":                        "s3 kci logs/job/1",
		"https://prow.k8s.io/job-history/gs/kci/logs/job":                                   "gs kci logs/job",
		"https://gcsweb.k8s.io/gcs/kci/logs/job/1/artifacts/":                               "gs kci logs/job/1",
		"https://gcsweb-ci.apps.example.org/s3/kci/logs/job/1/":                             "s3 kci logs/job/1",
		"https://storage.googleapis.com/kci/logs/job/1/build-log.txt":                       "gs kci logs/job/1",
		"https://console.cloud.google.com/storage/browser/kci/logs/job/1;tab=objects?x=y":   "gs kci logs/job/1",
		"https://console.cloud.google.com/storage/browser/kci/logs/job/1/artifacts?prefix=": "gs kci logs/job/1",
	} {
		l, err := artifacts.Parse(source)
		if got := l.Provider + " " + l.Bucket + " " + l.Path; err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", source, got, err, want)
		}
		if l.String() != source {
			t.Errorf("%s is called %q", source, l)
		}
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	got := map[string]string{}
	for _, source := range []string{
		"", "ftp://host/file", "gs://", "gs://kci", "gs://kci/", "gs://kci/artifacts", "https://prow.k8s.io/", "https://%zz/",
		"https://prow.k8s.io/view/prowjob/job/1",
	} {
		if _, err := artifacts.Parse(source); err != nil {
			got[source] = err.Error()
		}
	}
	page := "no page of a build; known are those of Spyglass (/view/gs/...), gcsweb (/gcs/...) and storage.googleapis.com"
	want := map[string]string{
		"":                                       "a source without a name",
		"ftp://host/file":                        `source "ftp://host/file": unknown scheme "ftp"; known are gs, s3, https`,
		"gs://":                                  `source "gs://": it names no build in a bucket`,
		"gs://kci":                               `source "gs://kci": it names no build in a bucket`,
		"gs://kci/":                              `source "gs://kci/": it names no build in a bucket`,
		"gs://kci/artifacts":                     `source "gs://kci/artifacts": it names no build in a bucket`,
		"https://prow.k8s.io/":                   `source "https://prow.k8s.io/": ` + page,
		"https://%zz/":                           `source "https://%zz/": parse "https://%zz/": invalid URL escape "%zz"`,
		"https://prow.k8s.io/view/prowjob/job/1": `source "https://prow.k8s.io/view/prowjob/job/1": ` + page,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
