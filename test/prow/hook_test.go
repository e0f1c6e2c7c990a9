// Package prow holds the project against the real hook of Prow: its trigger plugin with the generated jobs, and its demux, which
// passes the events of GitHub on to op-readiness serve.
package prow

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fsouza/fake-gcs-server/fakestorage"
	"github.com/sirupsen/logrus"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	prowapi "sigs.k8s.io/prow/pkg/apis/prowjobs/v1"
	"sigs.k8s.io/prow/pkg/bugzilla"
	"sigs.k8s.io/prow/pkg/client/clientset/versioned/fake"
	prowconfig "sigs.k8s.io/prow/pkg/config"
	prowgithub "sigs.k8s.io/prow/pkg/github"
	"sigs.k8s.io/prow/pkg/github/fakegithub"
	"sigs.k8s.io/prow/pkg/githubeventserver"
	"sigs.k8s.io/prow/pkg/hook"
	"sigs.k8s.io/prow/pkg/plugins"
	"sigs.k8s.io/prow/pkg/repoowners"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/readiness"
	"sigs.k8s.io/windows-operational-readiness/readiness/serve"
	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
	"sigs.k8s.io/windows-operational-readiness/reporter/comment"
	"sigs.k8s.io/windows-operational-readiness/reporter/github"
	"sigs.k8s.io/windows-operational-readiness/reporter/github/githubtest"
)

const (
	org, repo, number = "kubernetes-sigs", "windows-testing", 7
	ours              = "windows-operational-readiness"
	job               = "pull-windows-op-readiness"
	head              = "9c1f0e3b7d5a46288e1f90c2ab34cd56ef780912"
	secret            = "secret"
)

// rest are the methods of GitHub's client that Prow's own fake lacks; none is called here.
type rest struct{ prowgithub.Client }

// hub is Prow's fake GitHub as a whole client.
type hub struct {
	*fakegithub.FakeClient
	rest
}

// WithFields, ForPlugin and Used are how hook makes a client of its own for each plugin and event, and counts its calls.
func (h hub) WithFields(logrus.Fields) prowgithub.Client { return h }
func (h hub) ForPlugin(string) prowgithub.Client         { return h }
func (h hub) Used() bool                                 { return true }

// owners and bugs are likewise made for each plugin, and asked nothing.
type owners struct{ repoowners.Interface }

func (o owners) WithFields(logrus.Fields) repoowners.Interface           { return o }
func (o owners) WithGitHubClient(prowgithub.Client) repoowners.Interface { return o }
func (o owners) ForPlugin(string) repoowners.Interface                   { return o }
func (o owners) Used() bool                                              { return false }

// stand is hook with the generated jobs, and our plugin behind it.
type stand struct {
	t        *testing.T
	hook     *httptest.Server
	server   *hook.Server
	jobs     *fake.Clientset
	comments *githubtest.Server
	store    *fakestorage.Server
	written  chan struct{} // something was asked of GitHub
}

func newStand(t *testing.T) *stand {
	t.Helper()
	s := &stand{t: t, jobs: fake.NewSimpleClientset(), comments: githubtest.New(nil), written: make(chan struct{}, 1)}
	s.comments.AddUser("token-of-the-bot", "op-readiness-bot")
	s.comments.SetPull(githubtest.Pull{Owner: org, Name: repo, Number: number, Head: head})
	var err error
	if s.store, err = fakestorage.NewServerWithOptions(fakestorage.Options{NoListener: true, InitialObjects: []fakestorage.Object{object("other", "")}}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.store.Stop)
	agent := &prowconfig.Agent{}
	agent.Set(prowConfig(t))
	enabled := &plugins.ConfigAgent{}
	enabled.Set(&plugins.Configuration{
		Plugins:         plugins.Plugins{org + "/" + repo: {Plugins: []string{"trigger"}}},
		ExternalPlugins: map[string][]plugins.ExternalPlugin{org + "/" + repo: {{Name: "op-readiness", Endpoint: s.plugin(), Events: []string{"status", "issue_comment"}}}},
	})
	s.server = &hook.Server{
		ClientAgent: &plugins.ClientAgent{GitHubClient: hub{FakeClient: fakeHub()}, ProwJobClient: s.jobs.ProwV1().ProwJobs("default"), OwnersClient: owners{}, BugzillaClient: &bugzilla.Fake{}},
		Plugins:     enabled, ConfigAgent: agent, TokenGenerator: func() []byte { return []byte(secret) }, Metrics: githubeventserver.NewMetrics(),
		RepoEnabled: func(string, string) bool { return true },
	}
	s.hook = httptest.NewServer(s.server)
	t.Cleanup(s.hook.Close)
	return s
}

func object(name, content string) fakestorage.Object {
	return fakestorage.Object{ObjectAttrs: fakestorage.ObjectAttrs{BucketName: "kubernetes-ci-logs", Name: name}, Content: []byte(content)}
}

// prowConfig is a small Prow with the jobs of config/jobs.
func prowConfig(t *testing.T) *prowconfig.Config {
	t.Helper()
	dir := t.TempDir()
	jobs := filepath.Join(dir, "jobs")
	if err := os.CopyFS(jobs, os.DirFS("../../config/jobs")); err != nil {
		t.Fatal(err)
	}
	text := `prowjob_namespace: default
plank:
  default_decoration_config_entries:
  - config:
      gcs_configuration: {bucket: kubernetes-ci-logs, path_strategy: explicit}
      utility_images: {clonerefs: c, initupload: i, entrypoint: e, sidecar: s}
`
	for name, content := range map[string]string{filepath.Join(jobs, "presets.yaml"): presetsText(t), filepath.Join(dir, "config.yaml"): text} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	loaded, err := prowconfig.Load(filepath.Join(dir, "config.yaml"), jobs, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

// presetsText defines the presets of the config, empty.
func presetsText(t *testing.T) string {
	t.Helper()
	cfg, err := config.Default()
	if err != nil {
		t.Fatal(err)
	}
	var presets strings.Builder
	presets.WriteString("presets:\n")
	names := slices.Concat(cfg.Presets.All, cfg.Presets.Periodic, cfg.Presets.Presubmit)
	for _, p := range cfg.Platforms {
		names = append(names, p.Presets...)
	}
	for _, of := range cfg.Presets.Categories {
		names = append(names, of...)
	}
	for _, name := range names {
		fmt.Fprintf(&presets, "- labels: {%s: \"true\"}\n", name)
	}
	return presets.String()
}

// fakeHub has the pull request, opened by a member.
func fakeHub() *fakegithub.FakeClient {
	c := fakegithub.NewFakeClient()
	c.OrgMembers = map[string][]string{org: {"member"}}
	pr := prowgithub.PullRequest{Number: number, State: "open", User: prowgithub.User{Login: "member"}}
	pr.Base.Ref, pr.Base.Repo = "master", prowgithub.Repo{Owner: prowgithub.User{Login: org}, Name: repo, FullName: org + "/" + repo}
	pr.Head.SHA = head
	c.PullRequests = map[int]*prowgithub.PullRequest{number: &pr}
	c.CombinedStatuses = map[string]*prowgithub.CombinedStatus{head: {}}
	return c
}

// plugin starts op-readiness serve, as the command does, and returns its address.
func (s *stand) plugin() string {
	s.t.Helper()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.comments.Handler().ServeHTTP(w, r)
		select {
		case s.written <- struct{}{}:
		default:
		}
	}))
	s.t.Cleanup(web.Close)
	cfg, err := config.Default()
	if err != nil {
		s.t.Fatal(err)
	}
	jobs, err := readiness.PresubmitsOf(cfg)
	if err != nil {
		s.t.Fatal(err)
	}
	client, err := github.New(github.Repo{Owner: org, Name: repo}, github.Options{Endpoint: web.URL, Token: "token-of-the-bot"})
	if err != nil {
		s.t.Fatal(err)
	}
	report := readiness.Report{Read: artifacts.Options{HTTPClient: s.store.HTTPClient(), Addresses: cfg.Addresses()}}
	poster := readiness.Poster{
		Client: client, Results: report.FromBucket(cfg.Bucket, jobs, readiness.Budget{}), Addresses: cfg.Addresses(), Now: time.Now,
		Policy: comment.Policy{Patience: 6 * time.Hour, EarlyFailure: true},
	}
	server := serve.New(serve.Options{
		Posters: map[github.Repo]readiness.Poster{{Owner: org, Name: repo}: poster}, Jobs: jobs, Addresses: cfg.Addresses(),
		HMAC: func() []byte { return []byte(secret) }, Resync: time.Hour, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	group.Go(func() { server.Run(ctx) })
	s.t.Cleanup(func() { cancel(); group.Wait() })
	ours := httptest.NewServer(server.Handler())
	s.t.Cleanup(ours.Close)
	return ours.URL
}

// send sends an event to hook as GitHub does, and waits until hook has dealt with it.
func (s *stand) send(kind string, event map[string]any) {
	s.t.Helper()
	event["repository"] = map[string]any{"owner": map[string]any{"login": org}, "name": repo, "full_name": org + "/" + repo}
	payload, err := json.Marshal(event)
	if err != nil {
		s.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.hook.URL, strings.NewReader(string(payload)))
	if err != nil {
		s.t.Fatal(err)
	}
	for name, value := range map[string]string{
		"Content-Type": "application/json", "X-GitHub-Event": kind, "X-GitHub-Delivery": "guid", "X-Hub-Signature": prowgithub.PayloadSignature(payload, []byte(secret)),
	} {
		r.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		s.t.Fatalf("hook answers %s", resp.Status)
	}
	s.server.GracefulShutdown() // waits for its handlers
}

// comment is what a member writes.
func (s *stand) comment(body string) {
	s.t.Helper()
	user := map[string]any{"login": "member"}
	s.send("issue_comment", map[string]any{
		"action":  "created",
		"issue":   map[string]any{"number": number, "state": "open", "user": user, "pull_request": map[string]any{"url": "x"}},
		"comment": map[string]any{"body": body, "user": user},
	})
}

// prowJobs are the jobs that there are now.
func (s *stand) prowJobs() []prowapi.ProwJob {
	s.t.Helper()
	list, err := s.jobs.ProwV1().ProwJobs("default").List(s.t.Context(), metav1.ListOptions{})
	if err != nil {
		s.t.Fatal(err)
	}
	return list.Items
}

// TestTrigger holds that a comment starts exactly the job that it names, and that "/test all" starts none of ours.
func TestTrigger(t *testing.T) {
	s := newStand(t)
	s.comment("/test all")
	if jobs := s.prowJobs(); len(jobs) != 0 {
		t.Fatalf("/test all starts %d jobs", len(jobs))
	}
	s.comment("/test " + job)
	jobs := s.prowJobs()
	if len(jobs) != 1 || jobs[0].Spec.Job != job || jobs[0].Spec.Context != job || jobs[0].Spec.RerunCommand != "/test "+job {
		t.Fatalf("%d jobs: %+v", len(jobs), jobs)
	}
	if refs := jobs[0].Spec.Refs; refs == nil || len(refs.Pulls) != 1 || refs.Pulls[0].Number != number || refs.Pulls[0].SHA != head {
		t.Errorf("its refs are %+v", refs)
	}
}

// TestStatus holds that the status of a job's end, through hook's demux, brings our comment: what trigger started, what crier wrote of it,
// and what its pod uploaded.
func TestStatus(t *testing.T) {
	s := newStand(t)
	s.comment("/test " + job)
	started := s.prowJobs()[0]
	const build = "1991001002003004416"
	started.Status.BuildID, started.Status.State = build, prowapi.FailureState
	text, err := json.Marshal(started)
	if err != nil {
		t.Fatal(err)
	}
	folder := fmt.Sprintf("pr-logs/pull/%s_%s/%d/%s/%s", org, repo, number, job, build)
	for name, content := range map[string]string{
		"prowjob.json": string(text), "finished.json": `{"timestamp":1763532000,"passed":false,"result":"FAILURE"}`, "started.json": `{"timestamp":1763527000}`,
		"artifacts/junit_01.xml": `<testsuite name="Kubernetes e2e suite"><testcase name="[It] [sig-network] DNS should provide DNS for services [Conformance]" classname="Kubernetes e2e suite" status="failed" time="1"><failure>it broke</failure></testcase></testsuite>`,
	} {
		s.store.CreateObject(object(folder+"/"+name, content))
	}
	s.send("status", map[string]any{"sha": head, "context": job, "state": "failure", "target_url": "https://prow.k8s.io/view/gs/kubernetes-ci-logs/" + folder})
	pull := fmt.Sprintf("%s/%s#%d", org, repo, number)
	end := time.After(time.Minute)
	for {
		bodies := s.comments.Bodies(pull, "op-readiness-bot")
		if slices.ContainsFunc(bodies, func(b string) bool { return strings.Contains(b, "### ❌") && strings.Contains(b, "it broke") }) {
			return
		}
		select {
		case <-s.written:
		case <-end:
			t.Fatalf("in a minute no comment, but %q", bodies)
		}
	}
}
