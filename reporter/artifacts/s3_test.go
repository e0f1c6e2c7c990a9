package artifacts_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
)

// s3Bucket answers as an S3 service does for a bucket with these objects, as far as reading goes.
type s3Bucket map[string]string

func (b s3Bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Has("list-type") {
		b.list(w, r.URL.Query().Get("prefix"), r.URL.Query().Get("delimiter"))
		return
	}
	text, ok := b[strings.TrimPrefix(r.URL.Path, "/prow/")]
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `<Error><Code>NoSuchKey</Code></Error>`)
		return
	}
	if strings.HasPrefix(text, "\x1f\x8b") {
		w.Header().Set("Content-Encoding", "gzip")
	}
	http.ServeContent(w, r, "", time.Unix(1718000000, 0), strings.NewReader(text))
}

func (b s3Bucket) list(w http.ResponseWriter, prefix, delimiter string) {
	folders := map[string]bool{}
	var lines []string
	for name := range b {
		rest, ok := strings.CutPrefix(name, prefix)
		folder, _, deep := strings.Cut(rest, "/")
		switch {
		case !ok || delimiter != "" && deep && folders[folder]:
		case delimiter != "" && deep:
			folders[folder] = true
			lines = append(lines, "<CommonPrefixes><Prefix>"+prefix+folder+"/</Prefix></CommonPrefixes>")
		default:
			lines = append(lines, fmt.Sprintf(
				"<Contents><Key>%s</Key><Size>%d</Size><ETag>x</ETag><LastModified>2024-06-10T00:00:00Z</LastModified></Contents>", name, len(b[name])))
		}
	}
	slices.Sort(lines)
	fmt.Fprintf(w, "<ListBucketResult>%s</ListBucketResult>", strings.Join(lines, ""))
}

// s3Reader returns a Reader of the bucket s3://prow.
func s3Reader(t *testing.T, b http.Handler) *artifacts.Reader {
	t.Helper()
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	credentials, err := json.Marshal(map[string]any{
		"region": "nowhere", "endpoint": server.URL, "insecure": true, "s3_force_path_style": true, "access_key": "a", "secret_key": "b",
	})
	if err != nil {
		t.Fatal(err)
	}
	folder := write(t, map[string]string{"credentials.json": string(credentials)})
	return artifacts.New(artifacts.Options{S3CredentialsFile: filepath.Join(folder, "credentials.json")})
}

func TestS3(t *testing.T) {
	t.Setenv("STORAGE_EMULATOR_HOST", "127.0.0.1:1") // so that no credentials of Google's are looked for
	b := s3Bucket{}
	for name, text := range with(map[string]string{"artifacts/junit_1 +#.xml": zip(t, suite("B passed"))}) {
		b["logs/ci-job/7/"+name] = text
	}
	b["logs/ci-job/7/prowjob.json"] = zip(t, prowJobJSON)
	b["logs/ci-job/8/started.json"] = "{}"
	reader := s3Reader(t, b)
	builds, err := reader.Builds(t.Context(), at(t, "s3://prow/logs/ci-job"), 1)
	if diff := cmp.Diff([]string{"logs/ci-job/7"}, addresses(builds)); diff != "" || err != nil {
		t.Fatal(err, diff)
	}
	results, err := reader.Read(t.Context(), builds[0])
	if err != nil || len(results.Unread) > 0 || len(results.Warnings) > 0 {
		t.Fatalf("%v, %v, %v", err, results.Unread, results.Warnings)
	}
	if len(testNames(results)) != 2 || results.Build.ID != "1001" || results.Build.Source != "s3://prow/logs/ci-job/7" {
		t.Errorf("%+v", results)
	}
}

func TestS3NoResults(t *testing.T) {
	t.Setenv("STORAGE_EMULATOR_HOST", "127.0.0.1:1")
	log := strings.Repeat("noise\n", 1<<16) + "the end"
	for name, text := range map[string]string{"plain": log, "compressed": zip(t, log)} {
		reader := s3Reader(t, s3Bucket{"logs/ci-job/7/finished.json": "{}", "logs/ci-job/7/build-log.txt": text})
		results, err := reader.Read(t.Context(), at(t, "s3://prow/logs/ci-job/7"))
		if err != nil || len(results.Log) != 6 || results.Log[5].Message != "the end" {
			t.Errorf("%s: %+v, %v", name, results.Log, err)
		}
	}
}

// TestS3CutConnection holds that a lost connection is not taken for the end of the file.
func TestS3CutConnection(t *testing.T) {
	t.Setenv("STORAGE_EMULATOR_HOST", "127.0.0.1:1")
	text := suite("A passed", "B passed")
	b := s3Bucket{"logs/ci-job/7/finished.json": finishedJSON, "logs/ci-job/7/junit_01.xml": text}
	tries := 0
	reader := s3Reader(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, ".xml") {
			b.ServeHTTP(w, r)
			return
		}
		if tries++; tries == 1 {
			w.Header().Set("Content-Length", fmt.Sprint(len(text)))
			fmt.Fprint(w, text[:len(text)-40])
			return
		}
		b.ServeHTTP(w, r)
	}))
	results, err := reader.Read(t.Context(), at(t, "s3://prow/logs/ci-job/7"))
	if err != nil || len(results.Unread) > 0 || len(testNames(results)) != 2 || tries != 2 {
		t.Errorf("%d tries: %+v, %v", tries, results, err)
	}
}
