package readiness_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	prowgithub "sigs.k8s.io/prow/pkg/github"
	"sigs.k8s.io/prow/pkg/pluginhelp"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/readiness"
	"sigs.k8s.io/windows-operational-readiness/readiness/serve"
	"sigs.k8s.io/windows-operational-readiness/reporter/github"
	"sigs.k8s.io/windows-operational-readiness/reporter/github/githubtest"
)

// plugin is a server of the world, and hook, which sends it events.
type plugin struct {
	*world
	*serve.Server
	url    string
	secret atomic.Value // string
	guid   atomic.Int64
}

func (w *world) plugin(ctx context.Context) *plugin {
	w.t.Helper()
	cfg, err := config.Default()
	if err != nil {
		w.t.Fatal(err)
	}
	jobs, err := readiness.PresubmitsOf(cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	p := &plugin{world: w}
	p.secret.Store("secret")
	p.Server = serve.New(serve.Options{
		Posters: map[github.Repo]readiness.Poster{{Owner: unitOrg, Name: unitRepo}: w.poster()}, Jobs: jobs, Addresses: cfg.Addresses(),
		HMAC: func() []byte { return []byte(p.secret.Load().(string)) }, Resync: time.Hour, Log: slog.New(slog.DiscardHandler),
	})
	web := httptest.NewServer(p.Handler())
	w.t.Cleanup(web.Close)
	p.url = web.URL
	done := make(chan struct{})
	ctx, cancel := context.WithCancel(ctx)
	go func() { defer close(done); p.Run(ctx) }()
	w.t.Cleanup(func() { cancel(); <-done })
	return p
}

// send sends an event, signed with a key, and returns the status and the text of the answer.
func (p *plugin) send(kind, payload, key string) (int, string) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.url, strings.NewReader(payload))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-GitHub-Event", kind)
	r.Header.Set("X-GitHub-Delivery", fmt.Sprint(p.guid.Add(1)))
	r.Header.Set("X-Hub-Signature", prowgithub.PayloadSignature([]byte(payload), []byte(key)))
	return p.answer(r)
}

func (p *plugin) answer(r *http.Request) (int, string) {
	p.t.Helper()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func (p *plugin) get(path string) string {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.url+path, http.NoBody)
	if err != nil {
		p.t.Fatal(err)
	}
	_, text := p.answer(r)
	return text
}

func statusOf(number int, job string) string {
	return fmt.Sprintf(`{"repository":{"full_name":"%s/%s"},"context":%q,"state":"failure","target_url":"https://prow.k8s.io/view/gs/%s/pr-logs/pull/%s_%s/%d/%s/1"}`,
		unitOrg, unitRepo, job, unitBucket, unitOrg, unitRepo, number, job)
}

// until waits for what a worker is about to do. It looks again after each request to GitHub or the store.
func (p *plugin) until(what string, is func() bool) {
	p.t.Helper()
	end := time.After(time.Minute)
	for !is() {
		select {
		case <-p.news:
		case <-end:
			p.t.Fatalf("in a minute not: %s", what)
		}
	}
}

// TestServe holds that a status of a job, and nothing else, brings the comment of its pull request, and a command that of what there
// is.
func TestServe(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.plugin(t.Context())
	w.pull(7, headOf(7))
	w.build(7, presubmit, headOf(7), "failure", 2, 1, rows(failing))
	for range 20 {
		if code, text := p.send("status", statusOf(7, presubmit), "secret"); code != http.StatusOK || !strings.Contains(text, "Event received") {
			t.Errorf("%d %s", code, text)
		}
	}
	p.until("a comment", func() bool { return strings.Contains(w.said(7), "### ❌") })
	if code, text := p.send("status", statusOf(8, "pull-other"), "secret"); code != http.StatusOK || !strings.Contains(text, "Nothing to do") {
		t.Errorf("%d %s", code, text)
	}
	w.pull(9, headOf(9))
	w.build(9, presubmit, headOf(9), "success", 1, 0.5, rows())
	w.build(9, presubmit+"-1-36", headOf(9), "pending", 1, -1, "")
	ask := fmt.Sprintf(`{"repository":{"full_name":"%s/%s"},"action":"created","issue":{"number":9,"pull_request":{}},"comment":{"body":"/op-readiness report"}}`, unitOrg, unitRepo)
	p.send("issue_comment", ask, "secret")
	p.until("an answer", func() bool { return strings.Contains(w.said(9), "1 still running") })
	metrics := p.get("/metrics")
	for _, want := range []string{"op_readiness_webhooks_total 22", "op_readiness_webhooks_called_total 21", "op_readiness_webhooks_refused_total 0", "# TYPE op_readiness_queue gauge"} {
		if !strings.Contains(metrics, want) {
			t.Errorf("the metrics lack %q:\n%s", want, metrics)
		}
	}
}

// TestServeRefuses holds that no event is taken but those that are signed, with any secret that holds now.
func TestServeRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.plugin(t.Context())
	if code, _ := p.send("status", statusOf(7, presubmit), "guess"); code != http.StatusForbidden {
		t.Errorf("a wrong signature: %d", code)
	}
	p.secret.Store("'*':\n- value: old\n  created_at: 2026-01-01T00:00:00Z\n- value: new\n  created_at: 2026-05-01T00:00:00Z\n")
	for key, want := range map[string]int{"old": 200, "new": 200, "secret": 403, "": 403} {
		if code, _ := p.send("status", statusOf(7, presubmit), key); code != want {
			t.Errorf("signed with %q: %d, want %d", key, code, want)
		}
	}
	if code, _ := p.send("status", "{", "new"); code != http.StatusForbidden && code != http.StatusBadRequest {
		t.Errorf("half a payload: %d", code)
	}
	if code, _ := p.send("status", `{"x":"`+strings.Repeat("x", 26<<20)+`"}`, "new"); code < 400 {
		t.Errorf("too much: %d", code)
	}
	if text := p.get("/"); !strings.Contains(text, "405") {
		t.Errorf("a GET: %s", text)
	}
	p.secret.Store("")
	if code, _ := p.send("status", statusOf(7, presubmit), ""); code != http.StatusForbidden {
		t.Errorf("without a secret: %d", code)
	}
	if text := p.get("/healthz/ready"); !strings.Contains(text, "no HMAC secret") {
		t.Errorf("ready without a secret: %s", text)
	}
}

// TestServeHelp holds what Prow's pages show.
func TestServeHelp(t *testing.T) {
	t.Parallel()
	p := newWorld(t).plugin(t.Context())
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.url+"/help", bytes.NewReader([]byte(`[{"Org":"kubernetes-sigs","Repo":"windows-testing"}]`)))
	if err != nil {
		t.Fatal(err)
	}
	_, text := p.answer(r)
	var help pluginhelp.PluginHelp
	if err := json.Unmarshal([]byte(text), &help); err != nil || len(help.Commands) != 1 || help.Commands[0].Usage != "/op-readiness report" || help.Description == "" {
		t.Errorf("%v: %s", err, text)
	}
	if p.get("/healthz") != "OK\n" || p.get("/healthz/ready") != "OK\n" {
		t.Error("it is not well")
	}
}

// TestServeStarts holds that what happened while nobody listened is found at the start.
func TestServeStarts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for number := 1; number <= 10; number++ {
		w.pull(number, headOf(number))
		w.build(number, presubmit, headOf(number), "failure", 2, 1, rows(failing))
	}
	p := w.plugin(t.Context())
	p.until("ten comments", func() bool {
		for number := 1; number <= 10; number++ {
			if !strings.Contains(w.said(number), "### ❌") {
				return false
			}
		}
		return true
	})
}

// TestServeTrouble holds that a store and a GitHub which fail for a while cost time, and nothing else.
func TestServeTrouble(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pull(7, headOf(7))
	w.build(7, presubmit, headOf(7), "failure", 2, 1, rows(failing))
	w.breakStore(true)
	w.github.Fail(githubtest.Fault{Status: 502, Times: 12})
	p := w.plugin(t.Context())
	p.send("status", statusOf(7, presubmit), "secret")
	p.until("a look that fails", func() bool { return !strings.Contains(p.get("/metrics"), "op_readiness_looks_failed_total 0") })
	w.breakStore(false)
	p.until("a comment", func() bool { return strings.Contains(w.said(7), "### ❌") })
}
