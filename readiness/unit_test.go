package readiness_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fsouza/fake-gcs-server/fakestorage"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/readiness"
	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
	"sigs.k8s.io/windows-operational-readiness/reporter/comment"
	"sigs.k8s.io/windows-operational-readiness/reporter/github"
	"sigs.k8s.io/windows-operational-readiness/reporter/github/githubtest"
)

const (
	unitBucket = "kubernetes-ci-logs"
	unitOrg    = "kubernetes-sigs"
	unitRepo   = "windows-testing"
	unitBot    = "op-readiness-bot"
	presubmit  = "pull-windows-op-readiness"
	failing    = "[sig-network] DNS should provide DNS for services [Conformance]"
	oldHead    = "41d2a86f0b9c4e57a3d8826b15fe07c9d4a3b6e2"
)

func headOf(number int) string { return fmt.Sprintf("%040x", number+1<<20) }

// world is a bucket and a GitHub, and the time.
type world struct {
	t       *testing.T
	store   *fakestorage.Server
	github  *githubtest.Server
	url     string
	now     time.Time
	budget  readiness.Budget
	policy  comment.Policy
	mu      sync.Mutex
	objects map[string]int // how often each was asked for
	broken  bool           // the store answers nothing but 503
	news    chan struct{}  // something was asked of the store or of GitHub
}

func (w *world) breakStore(broken bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.broken = broken
}

func (w *world) tell() {
	select {
	case w.news <- struct{}{}:
	default:
	}
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC), objects: map[string]int{}, news: make(chan struct{}, 1)}
	w.policy = comment.Policy{Patience: 6 * time.Hour, EarlyFailure: true}
	store, err := fakestorage.NewServerWithOptions(fakestorage.Options{NoListener: true, InitialObjects: []fakestorage.Object{w.object("other", "")}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Stop)
	w.store = store
	w.github = githubtest.New(func() time.Time { return w.now })
	w.github.AddUser("secret-of-the-bot", unitBot)
	serve := w.github.Handler()
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		serve.ServeHTTP(rw, r)
		w.tell()
	}))
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

func (w *world) object(name, content string) fakestorage.Object {
	return fakestorage.Object{ObjectAttrs: fakestorage.ObjectAttrs{BucketName: unitBucket, Name: name}, Content: []byte(content)}
}

func (w *world) put(name, content string) { w.store.CreateObject(w.object(name, content)) }

func (w *world) delete(prefix string) {
	w.t.Helper()
	list, _, err := w.store.ListObjectsWithOptions(unitBucket, fakestorage.ListOptions{Prefix: prefix})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, o := range list {
		if err := w.store.Client().Bucket(unitBucket).Object(o.Name).Delete(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
	}
}

// RoundTrip counts what is asked of the store.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.objects[strings.TrimPrefix(r.URL.Path, "/"+unitBucket+"/")]++
	broken := w.broken
	w.mu.Unlock()
	w.tell()
	if broken {
		return &http.Response{StatusCode: 503, Body: http.NoBody, Header: http.Header{}, Request: r}, nil
	}
	return w.store.HTTPClient().Transport.RoundTrip(r)
}

// pull opens a pull request.
func (w *world) pull(number int, head string) {
	w.github.SetPull(githubtest.Pull{Owner: unitOrg, Name: unitRepo, Number: number, Head: head, Updated: w.now})
}

// numberAt is the number that Prow gives a build at a time.
func numberAt(at time.Time) string {
	return strconv.FormatInt((at.UnixMilli()-1288834974657)<<22, 10)
}

// buildAt puts a build into the bucket: began and ended hours before now, ended below 0 for one that has not. State is Prow's.
func (w *world) build(number int, job, head, state string, began, ended float64, junit string) (folder string) {
	at := func(hours float64) time.Time { return w.now.Add(-time.Duration(hours * float64(time.Hour))) }
	id := numberAt(at(began))
	folder = fmt.Sprintf("pr-logs/pull/%s_%s/%d/%s/%s", unitOrg, unitRepo, number, job, id)
	w.put(folder+"/prowjob.json", fmt.Sprintf(`{"spec":{"job":%q,"refs":{"org":%q,"repo":%q,"pulls":[{"number":%d,"sha":%q}]}},"status":{"state":%q,"build_id":%q}}`,
		job, unitOrg, unitRepo, number, head, state, id))
	w.put(folder+"/started.json", fmt.Sprintf(`{"timestamp":%d}`, at(began).Unix()))
	if ended >= 0 {
		w.put(folder+"/finished.json", fmt.Sprintf(`{"timestamp":%d,"passed":%t,"result":%q,"metadata":{"revision":"v1.37.2"}}`, at(ended).Unix(), state == "success", strings.ToUpper(state)))
	}
	if junit != "" {
		w.put(folder+"/artifacts/junit_01.xml", junit)
	}
	return folder
}

// rows are a result file.
func rows(failed ...string) string {
	var b strings.Builder
	b.WriteString(`<testsuites><testsuite name="Kubernetes e2e suite">`)
	fmt.Fprintf(&b, `<testcase name="[It] [sig-network] Services should serve a basic endpoint from pods [Conformance]" classname="Kubernetes e2e suite" status="passed" time="1"></testcase>`)
	for _, name := range failed {
		fmt.Fprintf(&b, `<testcase name="[It] %s" classname="Kubernetes e2e suite" status="failed" time="1"><failure message="" type="failed">it broke</failure></testcase>`, name)
	}
	return b.String() + `</testsuite></testsuites>`
}

func (w *world) results() *readiness.Bucket {
	w.t.Helper()
	cfg, err := config.Default()
	if err != nil {
		w.t.Fatal(err)
	}
	jobs, err := readiness.PresubmitsOf(cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	report := readiness.Report{Now: func() time.Time { return w.now }}
	report.Read = artifacts.Options{HTTPClient: &http.Client{Transport: w}, Backoff: []time.Duration{0}, Addresses: cfg.Addresses()}
	return report.FromBucket(unitBucket, jobs, w.budget)
}

func (w *world) poster() readiness.Poster {
	w.t.Helper()
	cfg, err := config.Default()
	if err != nil {
		w.t.Fatal(err)
	}
	sleep := func(ctx context.Context, d time.Duration) error { return ctx.Err() }
	client, err := github.New(github.Repo{Owner: unitOrg, Name: unitRepo}, github.Options{
		Endpoint: w.url, Token: "secret-of-the-bot", Clock: github.Clock{Now: func() time.Time { return w.now }, Sleep: sleep},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return readiness.Poster{
		Client: client, Results: w.results(), Policy: w.policy, Addresses: cfg.Addresses(), Now: func() time.Time { return w.now }, Pause: sleep,
	}
}

// post does one pull request, and returns our comment, "" for none.
func (w *world) post(number int) string {
	w.t.Helper()
	if _, _, err := w.poster().Number(w.t.Context(), number, readiness.OnEnd); err != nil {
		w.t.Fatal(err)
	}
	return w.said(number)
}

// said is our one comment.
func (w *world) said(number int) string {
	w.t.Helper()
	bodies := w.github.Bodies(fmt.Sprintf("%s/%s#%d", unitOrg, unitRepo, number), unitBot)
	if len(bodies) > 1 {
		w.t.Errorf("%d comments on #%d", len(bodies), number)
	}
	return strings.Join(bodies, "")
}

func (w *world) want(text string, parts ...string) {
	w.t.Helper()
	for _, part := range parts {
		if never, ok := strings.CutPrefix(part, "never "); ok {
			if strings.Contains(text, never) {
				w.t.Errorf("it has %q:\n%s", never, text)
			}
		} else if !strings.Contains(text, part) {
			w.t.Errorf("it lacks %q:\n%s", part, text)
		}
	}
}

// TestUnitSpeaksOnce holds the first word on a pull request, through what a head lives through.
func TestUnitSpeaksOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pull(7, headOf(7))
	w.build(7, presubmit, headOf(7), "pending", 1, -1, "")
	if said := w.post(7); said != "" {
		t.Errorf("it speaks of what runs:\n%s", said)
	}
	w.build(7, presubmit+"-1-36", headOf(7), "failure", 2, 1, rows(failing))
	w.want(w.post(7), "### ❌", "1 failed test", "1 still running: `pull-windows-op-readiness`", failing, "it broke")
}

// TestUnitEarlier holds that failures before a pass at the same commit are told.
func TestUnitEarlier(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pull(7, headOf(7))
	for i, state := range []string{"failure", "failure", "failure", "success"} {
		w.build(7, presubmit, headOf(7), state, 9-2*float64(i), 8-2*float64(i), rows())
	}
	w.want(w.post(7), "Before this build of `pull-windows-op-readiness`, at the same commit: 3 failed.", ", after 3 failed")
}

// TestUnitAbsence holds that no results are never taken for those that were there.
func TestUnitAbsence(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pull(7, headOf(7))
	folder := w.build(7, presubmit, headOf(7), "failure", 2, 1, rows(failing))
	w.want(w.post(7), "### ❌", "at commit `"+headOf(7)[:7])
	w.pull(7, oldHead)
	w.want(w.post(7), "no results at this commit", "Results of older commits, which do not count here: 1", "never ### ❌")
	w.pull(7, headOf(7)) // forced back
	w.want(w.post(7), "### ❌", "never older commits")
	w.build(7, presubmit, oldHead, "success", 0.5, 0.1, rows()) // a newer build, of the other commit
	w.want(w.post(7), "### ❌", "never older commits")
	w.delete(folder[:strings.LastIndex(folder, "/")])
	w.want(w.post(7), "no results at this commit", "No op-readiness job has results at commit", "never ❌", "never older commits")
}

// TestUnitLost holds that a build which never ended is lost after a day, and running before.
func TestUnitLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pull(7, headOf(7))
	w.build(7, presubmit, headOf(7), "pending", 23, -1, "")
	w.want(w.post(7)+".", ".", "never running")
	w.now = w.now.Add(2 * time.Hour)
	said := w.post(7)
	w.want(said, "### ⚠️ Windows operational readiness: incomplete", "end not known", "never running")
	w.now = w.now.Add(2 * time.Hour)
	if again := w.post(7); again != said {
		t.Errorf("time alone changes it:\n%s", again)
	}
}

// TestUnitBudget holds that what is over a bound costs its own pull request, which is told, and no other.
func TestUnitBudget(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		budget readiness.Budget
		spoil  func(w *world, folder string)
		want   string
	}{
		"files": {readiness.Budget{Files: 60}, func(w *world, folder string) {
			for i := range 80 {
				w.put(fmt.Sprintf("%s/artifacts/junit_%02d.xml", folder, i), rows())
			}
		}, "more than 60 files"},
		"builds": {readiness.Budget{Files: 60}, func(w *world, folder string) {
			for i := range 80 {
				w.put(fmt.Sprintf("%s/%d/prowjob.json", folder[:strings.LastIndex(folder, "/")], i+1), "{}")
			}
		}, "more than 60 files"},
		"requests": {readiness.Budget{Requests: 20}, func(w *world, folder string) {
			for i := range 30 {
				w.put(fmt.Sprintf("%s/artifacts/junit_%02d.xml", folder, i), rows())
			}
		}, "junit_17.xml: more than 20 files to read"},
		"bytes": {readiness.Budget{Unpacked: 100_000}, func(w *world, folder string) {
			w.put(folder+"/artifacts/junit_01.xml", rows(strings.Repeat("x", 200_000)))
		}, "junit_01.xml: more than 100000 bytes of results, decompressed"},
		"rows": {readiness.Budget{Rows: 10}, func(w *world, folder string) {
			w.put(folder+"/artifacts/junit_01.xml", rows(slices.Repeat([]string{"a"}, 20)...))
		}, "junit_01.xml: more than 10 rows"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.budget = test.budget
			for number := 1; number <= 3; number++ {
				w.pull(number, headOf(number))
				folder := w.build(number, presubmit, headOf(number), "failure", 2, 1, rows(failing))
				if number == 2 {
					test.spoil(w, folder)
				}
			}
			tour, err := w.poster().Sweep(t.Context(), nil)
			if err != nil || len(tour.Done) != 3 || len(tour.Unreached) > 0 {
				t.Fatalf("%+v, %v", tour, err)
			}
			w.want(w.said(1), "### ❌")
			w.want(w.said(2), "### ⚠️", test.want)
			w.want(w.said(3), "### ❌")
			before := w.said(2)
			if _, err := w.poster().Sweep(t.Context(), nil); err != nil || w.said(2) != before {
				t.Errorf("the next time it says, %v:\n%s", err, w.said(2))
			}
		})
	}
}

// TestUnitStoreFails holds that trouble of the store is no result: nothing is written, and later all is.
func TestUnitStoreFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pull(7, headOf(7))
	w.build(7, presubmit, headOf(7), "failure", 2, 1, rows(failing))
	w.breakStore(true)
	if _, _, err := w.poster().Number(t.Context(), 7, readiness.OnEnd); err == nil || w.said(7) != "" {
		t.Errorf("error %v, it says:\n%s", err, w.said(7))
	}
	w.breakStore(false)
	w.want(w.post(7), "### ❌")
}
