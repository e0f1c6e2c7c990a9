//go:build unix

package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/fsouza/fake-gcs-server/fakestorage"

	"sigs.k8s.io/windows-operational-readiness/reporter/github/githubtest"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
)

// What the sweep of the benchmark meets.
const (
	sweepPulls    = 300
	sweepComments = 120 // on each
	sweepLatency  = 50 * time.Millisecond
	sweepPast     = 15 // builds of each periodic
)

// BenchmarkSweep sweeps over many pull requests in which nothing has happened, as a process of its own, with what the sweep before
// remembered, and once more without. It reports the seconds, the most memory of the
// process, and the requests to GitHub for each pull request.
func BenchmarkSweep(b *testing.B) {
	binary := buildProgram(b)
	token := filepath.Join(b.TempDir(), "token")
	if err := os.WriteFile(token, []byte(botToken), 0o600); err != nil {
		b.Fatal(err)
	}
	store := sweepStore(b)
	hub, asked, fake := sweepGitHub(b)
	cache := b.TempDir()
	var said, told string
	sweep := func(args ...string) (time.Duration, int64) {
		b.Helper()
		cmd := exec.Command(binary, append([]string{"report", "--post", "kubernetes-sigs/windows-testing", "--github-token-file", token, "--github-endpoint", hub, "--timeout", "30m"}, args...)...)
		cmd.Env = append(os.Environ(), "STORAGE_EMULATOR_HOST="+store, "GOMAXPROCS=2")
		began := time.Now()
		var out, talk strings.Builder
		cmd.Stdout, cmd.Stderr = &out, &talk
		if err := cmd.Run(); err != nil {
			b.Fatalf("%v: %s", err, talk.String())
		}
		said, told = out.String(), talk.String()
		usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
		if !ok {
			b.Skip("this system does not tell how much memory a process took")
		}
		return time.Since(began), usage.Maxrss
	}
	sweep("--dry-run") // says what it would create, a second apart: that is done here
	for _, text := range strings.Split(said, "create kubernetes-sigs/windows-testing#")[1:] {
		number, body, _ := strings.Cut(text, "\n\n")
		fake.AddComment("kubernetes-sigs/windows-testing#"+number, botLogin, body)
	}
	sweep("--cache-dir", cache)
	if !strings.Contains(told, fmt.Sprintf("%d open pull requests: 0 changed, 0 failed", sweepPulls)) {
		b.Fatalf("the comments are not those of a sweep: %s%.2000s", told, said)
	}
	asked.Store(0)
	for b.Loop() {
		took, memory := sweep("--cache-dir", cache)
		b.ReportMetric(took.Seconds(), "s/sweep")
		b.ReportMetric(float64(memory>>10), "MiB")
		b.ReportMetric(float64(asked.Swap(0))/sweepPulls, "requests/pull")
		took, memory = sweep()
		b.ReportMetric(took.Seconds(), "s/sweep-that-remembers-nothing")
		b.ReportMetric(float64(memory>>10), "MiB-that-remembers-nothing")
		b.ReportMetric(float64(asked.Swap(0))/sweepPulls, "requests/pull-that-remembers-nothing")
	}
}

// sweepGitHub has the pull requests with their comments. Each answer takes its time.
func sweepGitHub(b *testing.B) (address string, asked *atomic.Int64, fake *githubtest.Server) {
	b.Helper()
	fake = githubtest.New(nil)
	fake.AddUser(botToken, botLogin)
	fake.SetRate(1_000_000, time.Now().Add(24*time.Hour))
	for number := 1; number <= sweepPulls; number++ {
		fake.SetPull(githubtest.Pull{Owner: "kubernetes-sigs", Name: "windows-testing", Number: number, Head: fmt.Sprintf("%040x", number)})
		for i := range sweepComments {
			fake.AddComment(fmt.Sprintf("kubernetes-sigs/windows-testing#%d", number), "contributor", fmt.Sprintf("comment %d: %s", i, strings.Repeat("words ", 50)))
		}
	}
	asked = &atomic.Int64{}
	serve := fake.Handler()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		<-time.After(sweepLatency)
		serve.ServeHTTP(w, r)
	}))
	b.Cleanup(server.Close)
	return server.URL, asked, fake
}

// sweepStore has three builds for each pull request, one of which failed, each with the results of a whole run of e2e.test, and the
// periodics of their versions. Each answer takes its time.
func sweepStore(b *testing.B) string {
	b.Helper()
	catalogs, err := catalog.Embedded()
	if err != nil {
		b.Fatal(err)
	}
	results := sweepResults(catalogs[len(catalogs)-1].Names)
	began := time.Now().Add(-5 * time.Hour)
	id := func(at time.Time) string { return strconv.FormatInt((at.UnixMilli()-1288834974657)<<22, 10) }
	var objects []fakestorage.Object
	put := func(name, content string) {
		objects = append(objects, fakestorage.Object{ObjectAttrs: fakestorage.ObjectAttrs{BucketName: "kubernetes-ci-logs", Name: name}, Content: []byte(content)})
	}
	build := func(folder, job, refs string, at time.Time) {
		folder += "/" + id(at)
		put(folder+"/prowjob.json", fmt.Sprintf(`{"spec":{"job":%q%s},"status":{"state":"failure","build_id":%q}}`, job, refs, id(at)))
		put(folder+"/started.json", fmt.Sprintf(`{"timestamp":%d}`, at.Unix()))
		put(folder+"/finished.json", fmt.Sprintf(`{"timestamp":%d,"passed":false,"result":"FAILURE"}`, at.Add(time.Hour).Unix()))
		put(folder+"/artifacts/junit_01.xml", "")
	}
	for number := 1; number <= sweepPulls; number++ {
		for _, job := range []string{"pull-windows-op-readiness", "pull-windows-op-readiness-1-36", "pull-windows-op-readiness-optional"} {
			refs := fmt.Sprintf(`,"refs":{"org":"kubernetes-sigs","repo":"windows-testing","pulls":[{"number":%d,"sha":"%040x"}]}`, number, number)
			build(fmt.Sprintf("pr-logs/pull/kubernetes-sigs_windows-testing/%d/%s", number, job), job, refs, began.Add(time.Duration(number)*time.Second))
		}
	}
	for i := range sweepPast {
		build("logs/ci-windows-op-readiness-1-37-ltsc2022", "ci-windows-op-readiness-1-37-ltsc2022", "", began.Add(-24*time.Duration(i+1)*time.Hour))
	}
	fake, err := fakestorage.NewServerWithOptions(fakestorage.Options{NoListener: true, InitialObjects: objects, PublicHost: "127.0.0.1"})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(fake.Stop)
	serve := fake.HTTPHandler()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		<-time.After(sweepLatency)
		if strings.HasSuffix(r.URL.Path, "/junit_01.xml") {
			_, _ = w.Write(results)
			return
		}
		serve.ServeHTTP(w, r)
	}))
	b.Cleanup(server.Close)
	return server.URL
}

// sweepResults are those of a run that was interrupted by nothing: all tests were left out but a few, one of which failed. They have
// the size that such files have, 2.4 MB.
func sweepResults(names []string) []byte {
	var text strings.Builder
	text.WriteString(`<testsuites><testsuite name="Kubernetes e2e suite">` + "\n")
	for i := 0; text.Len() < 2_400_000; i++ {
		name := strings.NewReplacer("&", "&amp;", "<", "&lt;", `"`, "&quot;").Replace(names[i%len(names)])
		if i >= len(names) {
			name += fmt.Sprintf(" once more %d", i)
		}
		inner, status := `<skipped message="skipped"></skipped>`, "skipped"
		switch {
		case strings.Contains(name, "DNS should provide DNS for services"):
			inner, status = `<failure message="" type="failed">it broke</failure>`, "failed"
		case strings.Contains(name, "Services should"):
			inner, status = "", "passed"
		}
		fmt.Fprintf(&text, `<testcase name="[It] %s" classname="Kubernetes e2e suite" status=%q time="1.5">%s</testcase>`+"\n", name, status, inner)
	}
	return []byte(text.String() + `</testsuite></testsuites>`)
}
