package github_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/reporter/github"
	"sigs.k8s.io/windows-operational-readiness/reporter/github/githubtest"
)

const (
	token = "token-of-the-bot"
	bot   = "op-readiness-bot"
	pull  = "kubernetes-sigs/windows-operational-readiness#7"
	head  = "9c1f0e3b7d5a46288e1f90c2ab34cd56ef780912"
)

const marker = "<!-- a comment of ours -->"

func repo() github.Repo {
	return github.Repo{Owner: "kubernetes-sigs", Name: "windows-operational-readiness"}
}

// fixture is a GitHub with one pull request, and a clock that nobody waits for.
type fixture struct {
	*githubtest.Server
	url string

	mu    sync.Mutex
	now   time.Time
	slept []time.Duration
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{now: time.Now()}
	f.Server = githubtest.New(f.Now)
	f.AddUser(token, bot)
	f.SetPull(githubtest.Pull{Owner: repo().Owner, Name: repo().Name, Number: 7, Head: head})
	server := httptest.NewServer(f.Handler())
	t.Cleanup(server.Close)
	f.url = server.URL
	return f
}

func (f *fixture) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

func (f *fixture) sleep(ctx context.Context, d time.Duration) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
	f.slept = append(f.slept, d)
	return ctx.Err()
}

// total is how long was waited in all.
func (f *fixture) total() time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	var sum time.Duration
	for _, d := range f.slept {
		sum += d
	}
	return sum
}

func (f *fixture) options() github.Options {
	return github.Options{Endpoint: f.url, Token: token, Clock: github.Clock{Now: f.Now, Sleep: f.sleep}}
}

func (f *fixture) client(t *testing.T) *github.Client {
	t.Helper()
	return newClient(t, f.options())
}

func newClient(t *testing.T, o github.Options) *github.Client {
	t.Helper()
	client, err := github.New(repo(), o)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// writes are the requests so far that change something.
func (f *fixture) writes() []string {
	return slices.DeleteFunc(f.Requests(), func(r string) bool { return strings.HasPrefix(r, "GET ") })
}

// say is a Render that always says the same.
func say(text string) github.Render {
	return func(context.Context, github.PullRequest) (github.Body, error) {
		return github.Body{Text: marker + "\n" + text + "\n"}, nil
	}
}

func said(text string) string { return marker + "\n" + text + "\n" }

// post reads the pull request and posts.
func post(t *testing.T, client *github.Client, render github.Render) github.Action {
	t.Helper()
	pr, err := client.Pull(t.Context(), 7)
	if err != nil {
		t.Fatal(err)
	}
	action, err := client.Post(t.Context(), pr, render)
	if err != nil {
		t.Fatal(err)
	}
	return action
}

// want holds what our comments say.
func (f *fixture) want(t *testing.T, bodies ...string) {
	t.Helper()
	if got := f.Bodies(pull, bot); !slices.Equal(got, bodies) {
		t.Errorf("our comments are %s, want %s", fmt.Sprintf("%q", got), fmt.Sprintf("%q", bodies))
	}
}
