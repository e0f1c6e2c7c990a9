package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
	"sigs.k8s.io/windows-operational-readiness/reporter/comment"
	"sigs.k8s.io/windows-operational-readiness/reporter/github"
	"sigs.k8s.io/windows-operational-readiness/reporter/github/githubtest"
)

const (
	botToken = "token-of-the-bot"
	botLogin = "op-readiness-bot"
	headSHA  = "9c1f0e3b7d5a46288e1f90c2ab34cd56ef780912"
)

// setupGitHub gives a script three GitHubs, each with the same pull requests: $GITHUB, $GITHUB_LIMITED, which takes no
// request for an hour, and $GITHUB_SICK, which loses the answer to the first comment. GitHub App 42 signs with app.pem.
func setupGitHub(env *testscript.Env) error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	if err := os.WriteFile(filepath.Join(env.WorkDir, "app.pem"), text, 0o600); err != nil {
		return err
	}
	limited, sick := fakeGitHub(&key.PublicKey), fakeGitHub(&key.PublicKey)
	limited.SetRate(0, time.Now().Add(time.Hour))
	sick.Fail(githubtest.Fault{Method: "POST", Times: 1, Status: 502, Late: true})
	for variable, fake := range map[string]*githubtest.Server{"GITHUB": fakeGitHub(&key.PublicKey), "GITHUB_LIMITED": limited, "GITHUB_SICK": sick} {
		server := httptest.NewServer(fake.Handler())
		env.Defer(server.Close)
		env.Setenv(variable, server.URL)
	}
	return nil
}

// fakeGitHub has kubernetes-sigs/windows-testing with pull request 7, 8, which is closed, 9, which is locked, and 10, on
// which many have commented, we twice.
func fakeGitHub(app *rsa.PublicKey) *githubtest.Server {
	const owner, name = "kubernetes-sigs", "windows-testing"
	s := githubtest.New(nil)
	s.AddUser(botToken, botLogin)
	s.AddReader("token-of-a-reader", "reader")
	s.AddApp(42, "op-readiness", app, owner+"/"+name)
	for number := 7; number <= 10; number++ {
		s.SetPull(githubtest.Pull{Owner: owner, Name: name, Number: number, Head: headSHA, Closed: number == 8, Locked: number == 9})
	}
	for range 120 {
		s.AddComment("kubernetes-sigs/windows-testing#10", "contributor", comment.Marker+"\nnot ours")
	}
	for range 2 {
		s.AddComment("kubernetes-sigs/windows-testing#10", botLogin, comment.Marker+"\nold")
	}
	return s
}

// resultsFunc are results of which only the last step matters.
type resultsFunc func(context.Context, github.PullRequest) ([]reporter.Summary, error)

func (f resultsFunc) Find(context.Context, github.PullRequest) (artifacts.Finding, error) {
	return artifacts.Finding{}, nil
}

func (f resultsFunc) Judge(ctx context.Context, pr github.PullRequest, _ artifacts.Finding) (comment.Content, error) {
	summaries, err := f(ctx, pr)
	return comment.AtHead(summaries, pr.HeadSHA), err
}

// postTo posts to a server as the command does.
func postTo(t *testing.T, server *httptest.Server, o postOptions, results resultsFunc) (out, talk string, err error) {
	t.Helper()
	o.tokenFile = filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(o.tokenFile, []byte(botToken+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	o.endpoint, o.timeout = server.URL, time.Minute
	var outBuf, errBuf bytes.Buffer
	o.pace = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	err = o.run(t.Context(), streams{out: &outBuf, err: &errBuf}, posted{results: results})
	return outBuf.String(), errBuf.String(), err
}

// TestPostSweep holds what the command says of many pull requests, and that one that fails does not stop the others.
func TestPostSweep(t *testing.T) {
	t.Parallel()
	fake := fakeGitHub(nil)
	server := httptest.NewServer(fake.Handler())
	defer server.Close()
	results := func(_ context.Context, pr github.PullRequest) ([]reporter.Summary, error) {
		if pr.Number == 9 {
			return nil, errors.New("the store is down")
		}
		return []reporter.Summary{{Verdict: reporter.Ready, Build: reporter.Build{Job: "pull-windows-op-readiness"}}}, nil
	}
	dry, _, _ := postTo(t, server, postOptions{targets: []string{"kubernetes-sigs/windows-testing"}, dryRun: true}, results)
	if n := len(fake.Bodies("kubernetes-sigs/windows-testing#7", botLogin)); n != 0 || !strings.Contains(dry, comment.Marker) {
		t.Errorf("a dry run wrote %d comments, and printed %q", n, dry)
	}
	out, talk, err := postTo(t, server, postOptions{targets: []string{"kubernetes-sigs/windows-testing"}}, results)
	if err == nil || !strings.Contains(err.Error(), "1 of 3 pull requests") {
		t.Errorf("error %v", err)
	}
	for _, want := range []string{"create kubernetes-sigs/windows-testing#7 http", "update kubernetes-sigs/windows-testing#10 http", "delete kubernetes-sigs/windows-testing#10 comment"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q lacks %q", out, want)
		}
	}
	for _, want := range []string{"error: kubernetes-sigs/windows-testing#9: the store is down\n", "3 open pull requests: 2 changed, 1 failed\n"} {
		if !strings.Contains(talk, want) {
			t.Errorf("%q lacks %q", talk, want)
		}
	}
}

// races is how often two processes meet.
const races = 100

// TestPostTwoProcesses holds that two processes that post to a pull request at once leave one comment with the results
// of both. Each adds its result to a folder before it posts, and GitHub holds their requests until both are there.
func TestPostTwoProcesses(t *testing.T) {
	t.Parallel()
	fake := githubtest.New(nil)
	fake.AddUser(botToken, botLogin)
	for number := 1; number <= races; number++ {
		fake.SetPull(githubtest.Pull{Owner: "org", Name: "repo", Number: number, Head: headSHA})
		method := "GET"
		switch number % 3 {
		case 0:
			fake.AddComment(fmt.Sprintf("org/repo#%d", number), botLogin, comment.Marker+"\nold")
		case 1:
			method = "POST" // both create
		}
		fake.Hold(method, fmt.Sprintf("/repos/org/repo/issues/%d/comments", number), 2)
	}
	server := httptest.NewServer(fake.Handler())
	defer server.Close()
	store := t.TempDir()
	var processes []*exec.Cmd
	for _, job := range []string{"job-a", "job-b"} {
		process := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestPostProcess$")
		process.Env = append(os.Environ(), "POST_STORE="+store, "POST_JOB="+job, "POST_GITHUB="+server.URL)
		process.Stderr = os.Stderr
		if err := process.Start(); err != nil {
			t.Fatal(err)
		}
		processes = append(processes, process)
	}
	for _, process := range processes {
		if err := process.Wait(); err != nil {
			t.Error(err)
		}
	}
	for number := 1; number <= races; number++ {
		bodies := fake.Bodies(fmt.Sprintf("org/repo#%d", number), botLogin)
		if len(bodies) != 1 || !strings.Contains(bodies[0], "job-a") || !strings.Contains(bodies[0], "job-b") {
			t.Errorf("pull request %d has the comments %q", number, bodies)
		}
	}
}

// TestPostProcess is one of the processes of TestPostTwoProcesses.
func TestPostProcess(t *testing.T) {
	store, job := os.Getenv("POST_STORE"), os.Getenv("POST_JOB")
	if store == "" {
		t.Skip("only as a process of TestPostTwoProcesses")
	}
	for number := 1; number <= races; number++ {
		folder := filepath.Join(store, fmt.Sprint(number))
		if err := os.MkdirAll(filepath.Join(folder, job), 0o755); err != nil {
			t.Fatal(err)
		}
		results := func(context.Context, github.PullRequest) ([]reporter.Summary, error) {
			entries, err := os.ReadDir(folder)
			var builds []reporter.Summary
			for _, entry := range entries {
				builds = append(builds, reporter.Summary{Verdict: reporter.Ready, Build: reporter.Build{Job: entry.Name(), SHA: headSHA}})
			}
			return builds, err
		}
		server := &httptest.Server{URL: os.Getenv("POST_GITHUB")}
		if _, _, err := postTo(t, server, postOptions{targets: []string{fmt.Sprintf("org/repo#%d", number)}}, results); err != nil {
			t.Fatal(err)
		}
	}
}
