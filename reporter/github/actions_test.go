package github_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sigs.k8s.io/windows-operational-readiness/reporter/github"
	"sigs.k8s.io/windows-operational-readiness/reporter/github/githubtest"
)

// TestActions holds what is said to have been done, and by which requests it was, however lists lag behind and answers are lost.
func TestActions(t *testing.T) {
	t.Parallel()
	const all = "/repos/*/*/issues/7/comments"
	read, list, create, update := "GET /repos/kubernetes-sigs/windows-operational-readiness/pulls/7", "GET /repos/kubernetes-sigs/windows-operational-readiness/issues/7/comments",
		"POST /repos/kubernetes-sigs/windows-operational-readiness/issues/7/comments", "PATCH /repos/kubernetes-sigs/windows-operational-readiness/issues/comments/1001"
	look, remove := "GET /repos/kubernetes-sigs/windows-operational-readiness/issues/comments/1001", "DELETE /repos/kubernetes-sigs/windows-operational-readiness/issues/comments/1002"
	for name, test := range map[string]struct {
		set   func(f *fixture)
		want  github.Action
		asked []string
	}{
		"created":            {func(*fixture) {}, github.Action{Kind: github.Create}, []string{list, read, create, list}},
		"created, lists lag": {func(f *fixture) { f.Lag(1) }, github.Action{Kind: github.Create}, []string{list, read, create, list, look}},
		"created, answer lost": {func(f *fixture) {
			f.Fail(githubtest.Fault{Method: "POST", Path: all, Times: 1, Status: 502, Late: true})
		}, github.Action{Kind: github.Create}, []string{list, read, create, list}},
		"created, answer lost, lists lag": {func(f *fixture) {
			f.LagTime(5 * time.Second)
			f.Fail(githubtest.Fault{Method: "POST", Path: all, Times: 1, Drop: true, Late: true})
		}, github.Action{Kind: github.Create}, []string{list, read, create, list}},
		"updated": {func(f *fixture) { f.AddComment(pull, bot, said("old")) }, github.Action{Kind: github.Update}, []string{list, read, update, list}},
		"updated, lists lag": {func(f *fixture) {
			f.AddComment(pull, bot, said("old"))
			f.now = f.now.Add(time.Hour)
			f.LagTime(5 * time.Second)
		}, github.Action{Kind: github.Update}, []string{list, read, update, list, look}},
		"nothing": {func(f *fixture) { f.AddComment(pull, bot, said("new")) }, github.Action{Why: "the comment says so already"}, []string{list}},
		"a second one": {func(f *fixture) {
			f.AddComment(pull, bot, said("new"))
			f.AddComment(pull, bot, said("new"))
		}, github.Action{Delete: []int64{1002}, Why: "the comment says so already"}, []string{list, read, remove, list}},
		"closed": {func(f *fixture) {
			f.SetPull(githubtest.Pull{Owner: repo().Owner, Name: repo().Name, Number: 7, Head: head, Closed: true})
		}, github.Action{Why: "the pull request is closed"}, nil},
		"gone meanwhile": {func(f *fixture) { f.Vanish(bot) }, github.Action{Why: "our comment was deleted, and is not created again"}, []string{list, read, create, list, look}},
		"locked": {func(f *fixture) {
			f.SetPull(githubtest.Pull{Owner: repo().Owner, Name: repo().Name, Number: 7, Head: head, Locked: true})
		}, github.Action{Why: "the conversation is locked, and this account may not write there"}, []string{list, read, create}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			test.set(f)
			client := f.client(t)
			pr, err := client.Pull(t.Context(), 7)
			if err != nil {
				t.Fatal(err)
			}
			f.Requests()
			action, err := client.Post(t.Context(), pr, say("new"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, action, cmpopts.IgnoreFields(github.Action{}, "ID", "URL", "Body")); diff != "" {
				t.Errorf("done (-want +got):\n%s", diff)
			}
			if there := test.want.Why == "" || test.want.Why == "the comment says so already"; there != (action.ID == 1001 && strings.HasSuffix(action.URL, "#issuecomment-1001")) {
				t.Errorf("it is comment %d, %s", action.ID, action.URL)
			}
			asked := slices.DeleteFunc(f.Requests(), func(r string) bool { return r == "GET /user" })
			if diff := cmp.Diff(test.asked, asked); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
		})
	}
}

// TestClosedPlan holds that a closed pull request has no plan, and costs no request.
func TestClosedPlan(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	action, err := f.client(t).Plan(t.Context(), github.PullRequest{Repo: repo(), Number: 7, HeadSHA: head}, say("new"))
	if err != nil || action.Why != "the pull request is closed" || len(f.Requests()) > 0 {
		t.Errorf("%+v, %v", action, err)
	}
}

// TestKind holds the words of --dry-run.
func TestKind(t *testing.T) {
	t.Parallel()
	if got := fmt.Sprint(github.None, github.Create, github.Update); got != "none create update" {
		t.Error(got)
	}
}

// TestFatal holds which errors end a sweep.
func TestFatal(t *testing.T) {
	t.Parallel()
	for want, errs := range map[bool][]error{
		true: {
			&github.LimitError{}, &github.Error{Status: 401}, &github.Error{Status: 403, Message: "Resource not accessible by integration"},
			&github.Error{Status: 403, Message: "Repository was archived so is read-only and unable to create comment because issue is locked."},
			&github.Error{Status: 403, Message: "Repository has been locked for migration."}, fmt.Errorf("commenting: %w", &github.Error{Status: 401}),
		},
		false: {
			nil, errors.New("the bucket is gone"), &github.Error{}, &github.Error{Status: 404}, &github.Error{Status: 500, Message: "locked"},
			&github.Error{Status: 403, Message: "Unable to create comment because issue is locked."}, context.Canceled,
		},
	} {
		for _, err := range errs {
			if got := github.Fatal(err); want && !errors.Is(got, err) || !want && got != nil {
				t.Errorf("%v: %v", err, got)
			}
		}
	}
}

// TestErrorWords holds what errors say.
func TestErrorWords(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 5, 4, 9, 1, 2, 0, time.UTC)
	for want, err := range map[string]error{
		"GitHub's rate limit is reached, and there is no time to wait until 09:01:02 UTC":           &github.LimitError{Until: at},
		"GitHub's secondary rate limit is reached, and there is no time to wait until 09:01:02 UTC": &github.LimitError{Until: at, Secondary: true},
		"reading: GitHub answers 404 Not Found: none":                                               &github.Error{Doing: "reading", Status: 404, Message: "none"},
		"reading: no route": &github.Error{Doing: "reading", Message: "no route"},
	} {
		if got := err.Error(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestEnterprise holds where GraphQL is asked for: beside the REST API, which on GitHub Enterprise is below /api/v3.
func TestEnterprise(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{"": "/graphql", "/api/v3": "/api/graphql", "/api/v3/": "/api/graphql", "/proxy": "/proxy/graphql"} {
		var asked []string
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked = append(asked, r.URL.Path)
			switch {
			case strings.HasSuffix(r.URL.Path, "/graphql"):
				_, _ = w.Write([]byte(`{"errors": [{"message": "no viewer"}]}`))
			default:
				w.WriteHeader(http.StatusForbidden)
				_, _ = w.Write([]byte(`{"message": "Resource not accessible by integration"}`))
			}
		}))
		t.Cleanup(server.Close)
		client := newClient(t, github.Options{Endpoint: server.URL + path, Token: token})
		_, err := client.Post(t.Context(), github.PullRequest{Repo: repo(), Number: 7, HeadSHA: head, Open: true}, say("new"))
		if err == nil || err.Error() != "asking whose token it is: no viewer" || len(asked) != 2 || asked[1] != want {
			t.Errorf("%s: asked %q, %v", path, asked, err)
		}
	}
}

// TestSelf holds that it is asked once whose token it is, and that one of whom GraphQL knows nothing has the error of REST.
func TestSelf(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	client := f.client(t)
	post(t, client, say("first"))
	post(t, client, say("second"))
	if n := slices.DeleteFunc(f.Requests(), func(r string) bool { return r != "GET /user" }); len(n) != 1 {
		t.Errorf("asked %d times", len(n))
	}
	f = newFixture(t)
	f.AddWorkflow(token)
	f.Fail(githubtest.Fault{Path: "/graphql", Times: 1, Status: 404, Body: `{"message": "Not Found"}`})
	_, err := f.client(t).Post(t.Context(), github.PullRequest{Repo: repo(), Number: 7, HeadSHA: head, Open: true}, say("new"))
	if err == nil || !strings.Contains(err.Error(), "403 Forbidden: Resource not accessible by integration") {
		t.Errorf("error %v", err)
	}
}
