//go:build unix

package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/fsouza/fake-gcs-server/fakestorage"
	prowgithub "sigs.k8s.io/prow/pkg/github"

	"sigs.k8s.io/windows-operational-readiness/reporter/github/githubtest"
)

// serverKills is how often the server is killed by TestServeKilled.
var serverKills = flag.Int("server-kills", 3, "how often TestServeKilled kills the server") //nolint:gochecknoglobals // flags of a test are

// plugin is op-readiness serve as a process, with all that is around it.
type plugin struct {
	tb      testing.TB
	hub     *githubtest.Server
	args    []string
	env     []string
	process *exec.Cmd
	url     string
	written chan struct{} // something was asked of GitHub
}

// newPlugin has pull requests whose one job has failed. What is in front of the bucket may answer in its place; nil: nothing is.
func newPlugin(tb testing.TB, pulls int, front func(http.Handler) http.Handler) *plugin {
	tb.Helper()
	p := &plugin{tb: tb, hub: githubtest.New(nil), written: make(chan struct{}, 1)}
	p.hub.AddUser(botToken, botLogin)
	p.hub.SetRate(10_000_000, time.Now().Add(24*time.Hour))
	var objects []fakestorage.Object
	put := func(name, content string) {
		objects = append(objects, fakestorage.Object{ObjectAttrs: fakestorage.ObjectAttrs{BucketName: "kubernetes-ci-logs", Name: name}, Content: []byte(content)})
	}
	for number := 1; number <= pulls; number++ {
		p.hub.SetPull(githubtest.Pull{Owner: "kubernetes-sigs", Name: "windows-testing", Number: number, Head: headSHA})
		folder := fmt.Sprintf("pr-logs/pull/kubernetes-sigs_windows-testing/%d/pull-windows-op-readiness/20", number)
		put(folder+"/prowjob.json", fmt.Sprintf(`{"spec":{"job":"pull-windows-op-readiness","refs":{"org":"kubernetes-sigs","repo":"windows-testing","pulls":[{"number":%d,"sha":%q}]}},"status":{"state":"failure"}}`, number, headSHA))
		put(folder+"/finished.json", `{"timestamp":1718003600,"passed":false,"result":"FAILURE"}`)
	}
	fake, err := fakestorage.NewServerWithOptions(fakestorage.Options{NoListener: true, PublicHost: "127.0.0.1", InitialObjects: objects})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(fake.Stop)
	bucket := fake.HTTPHandler()
	if front != nil {
		bucket = front(bucket)
	}
	store := httptest.NewServer(bucket)
	tb.Cleanup(store.Close)
	serve := p.hub.Handler()
	hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		serve.ServeHTTP(w, r)
		select {
		case p.written <- struct{}{}:
		default:
		}
	}))
	tb.Cleanup(hub.Close)
	dir := tb.TempDir()
	for name, text := range map[string]string{"token": botToken, "hmac": "secret"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	p.args = []string{
		"serve", "--listen", "127.0.0.1:0", "--hmac-secret-file", filepath.Join(dir, "hmac"), "--github-token-file", filepath.Join(dir, "token"),
		"--github-endpoint", hub.URL,
	}
	p.env = append(os.Environ(), "STORAGE_EMULATOR_HOST="+store.URL, "GOMAXPROCS=2")
	return p
}

// start starts the process, and waits until it listens.
func (p *plugin) start(ctx context.Context, binary string) {
	p.tb.Helper()
	p.process = exec.CommandContext(ctx, binary, p.args...)
	p.process.Env = p.env
	talk, err := p.process.StderrPipe()
	if err != nil {
		p.tb.Fatal(err)
	}
	if err := p.process.Start(); err != nil {
		p.tb.Fatal(err)
	}
	lines := bufio.NewScanner(talk)
	for lines.Scan() {
		if at, ok := strings.CutPrefix(lines.Text(), "listening on "); ok {
			p.url = "http://" + at
			go func() { _, _ = io.Copy(io.Discard, talk) }()
			return
		}
	}
	p.tb.Fatalf("it does not listen: %v", p.process.Wait())
}

// send sends the status of the job of a pull request. An error is that of a process which is gone.
func (p *plugin) send(number int) error {
	payload := fmt.Sprintf(`{"repository":{"full_name":"kubernetes-sigs/windows-testing"},"context":"pull-windows-op-readiness","state":"failure","target_url":"https://prow.k8s.io/view/gs/kubernetes-ci-logs/pr-logs/pull/kubernetes-sigs_windows-testing/%d/pull-windows-op-readiness/20"}`, number)
	r, err := http.NewRequest(http.MethodPost, p.url, strings.NewReader(payload))
	if err != nil {
		return err
	}
	for name, value := range map[string]string{
		"Content-Type": "application/json", "X-GitHub-Event": "status", "X-GitHub-Delivery": "guid", "X-Hub-Signature": prowgithub.PayloadSignature([]byte(payload), []byte("secret")),
	} {
		r.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != http.StatusOK {
		return fmt.Errorf("it answers %s, %w", resp.Status, err)
	}
	return nil
}

// missing are pull requests that have not exactly one comment of ours.
func (p *plugin) missing(pulls int) (none, many []int) {
	for number := 1; number <= pulls; number++ {
		switch n := len(p.hub.Bodies(fmt.Sprintf("kubernetes-sigs/windows-testing#%d", number), botLogin)); {
		case n == 0:
			none = append(none, number)
		case n > 1:
			many = append(many, number)
		}
	}
	return none, many
}

// until waits until every pull request has its one comment.
func (p *plugin) until(pulls int, limit time.Duration) {
	p.tb.Helper()
	end := time.After(limit)
	for {
		none, many := p.missing(pulls)
		if len(none)+len(many) == 0 {
			return
		}
		select {
		case <-p.written:
		case <-end:
			p.tb.Fatalf("in %s without a comment: %v, with more than one: %v", limit, none, many)
		}
	}
}

// buildProgram builds the program, since one within the test is not killed as one of its own is.
func buildProgram(tb testing.TB) string {
	tb.Helper()
	binary := filepath.Join(tb.TempDir(), "op-readiness")
	if out, err := exec.CommandContext(tb.Context(), "go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		tb.Fatalf("%v: %s", err, out)
	}
	return binary
}

// TestServeKilled kills the server at random points of its work and starts it again, and holds that in the end there is one comment on
// each pull request. -server-kills 200 takes some minutes.
func TestServeKilled(t *testing.T) {
	t.Parallel()
	const pulls = 6
	p := newPlugin(t, pulls, nil)
	binary := buildProgram(t)
	random := rand.New(rand.NewPCG(1, 2))
	for range *serverKills {
		p.start(t.Context(), binary)
		for range 3 {
			if err := p.send(1 + random.IntN(pulls)); err != nil {
				t.Error(err)
			}
		}
		for range random.IntN(40) { // so many requests to GitHub later
			select {
			case <-p.written:
			case <-time.After(50 * time.Millisecond): // or all is done
			}
		}
		if err := p.process.Process.Signal(syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		_ = p.process.Wait() // it was killed
	}
	p.start(t.Context(), binary)
	p.until(pulls, 2*time.Minute)
	if err := p.process.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.process.Wait(); err != nil {
		t.Errorf("behind SIGTERM: %v", err)
	}
}

// BenchmarkServe sends 2,000 webhooks for 200 pull requests, fifty at a time, and waits until every pull request has its comment. It
// reports how long an answer takes at the 99th percentile, and the most memory of the process.
func BenchmarkServe(b *testing.B) {
	const pulls, webhooks, atOnce = 200, 2000, 50
	binary := buildProgram(b)
	for b.Loop() {
		p := newPlugin(b, pulls, nil)
		p.start(b.Context(), binary)
		took := make([]time.Duration, webhooks)
		places := make(chan struct{}, atOnce)
		var group sync.WaitGroup
		for i := range webhooks {
			places <- struct{}{}
			group.Go(func() {
				defer func() { <-places }()
				began := time.Now()
				if err := p.send(1 + i%pulls); err != nil {
					b.Error(err)
				}
				took[i] = time.Since(began)
			})
		}
		group.Wait()
		slices.Sort(took)
		p.until(pulls, 20*time.Minute)
		b.ReportMetric(float64(took[webhooks*99/100].Milliseconds()), "ms/webhook-p99")
		b.ReportMetric(float64(peak(b, p.process.Process.Pid))/(1<<10), "MiB")
		if err := p.process.Process.Kill(); err != nil {
			b.Error(err)
		}
		_ = p.process.Wait() // it was killed
	}
}

// peak is the most memory that a process has taken, in KiB.
func peak(b *testing.B, pid int) int {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Skip("this system does not tell how much memory a process takes")
	}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "VmHWM:" {
			n, err := strconv.Atoi(fields[1])
			if err != nil {
				b.Fatal(err)
			}
			return n
		}
	}
	return 0
}
