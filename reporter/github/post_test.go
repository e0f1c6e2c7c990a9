package github_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/reporter/github"
	"sigs.k8s.io/windows-operational-readiness/reporter/github/githubtest"
)

// TestPost holds the life of a comment: created once, updated in place, left alone when nothing has changed.
func TestPost(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.AddComment(pull, "contributor", said("a copy"))
	client := f.client(t)
	if action := post(t, client, say("first")); action.Kind != github.Create || action.ID == 0 || !strings.Contains(action.URL, "/pull/7#issuecomment-") {
		t.Errorf("did %+v", action)
	}
	f.want(t, said("first"))
	f.Requests()
	if action := post(t, f.client(t), say("first")); action.Kind != github.None || action.Why == "" {
		t.Errorf("did %+v", action)
	}
	if writes := f.writes(); len(writes) > 0 {
		t.Errorf("wrote %q although nothing has changed", writes)
	}
	if action := post(t, client, say("second")); action.Kind != github.Update {
		t.Errorf("did %+v", action)
	}
	f.want(t, said("second"))
	if writes := f.writes(); len(writes) != 1 {
		t.Errorf("wrote %q, want one update", writes)
	}
}

// TestPostPages holds that our comment is found behind many others, duplicates too, and that a page that a cache knows
// does not hide the next one.
func TestPostPages(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	client := f.client(t)
	for range 100 {
		f.AddComment(pull, "contributor", "hello")
	}
	if action, err := client.Plan(t.Context(), github.PullRequest{Repo: repo(), Number: 7, HeadSHA: head, Open: true}, say("x")); err != nil || action.Kind != github.Create {
		t.Fatalf("plan %+v, %v", action, err)
	}
	for range 150 {
		f.AddComment(pull, "contributor", "hello")
	}
	f.AddComment(pull, bot, said("old"))
	f.AddComment(pull, bot, said("older duplicate"))
	action := post(t, client, say("new"))
	if action.Kind != github.Update || len(action.Delete) != 1 {
		t.Errorf("did %+v", action)
	}
	f.want(t, said("new"))
}

// TestPostHead holds that what is written speaks of the head that the pull request has, and that a closed one is left alone.
func TestPostHead(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	moved := false
	render := func(_ context.Context, pr github.PullRequest) (github.Body, error) {
		if !moved { // somebody pushes while we look at the results
			moved = true
			f.SetPull(githubtest.Pull{Owner: repo().Owner, Name: repo().Name, Number: 7, Head: strings.Repeat("b", 40)})
		}
		return github.Body{Text: said(pr.HeadSHA)}, nil
	}
	post(t, f.client(t), render)
	f.want(t, said(strings.Repeat("b", 40)))
	f.SetPull(githubtest.Pull{Owner: repo().Owner, Name: repo().Name, Number: 7, Head: head, Closed: true})
	if action := post(t, f.client(t), say("late")); action.Kind != github.None || action.Why != "the pull request is closed" {
		t.Errorf("did %+v", action)
	}
	f.want(t, said(strings.Repeat("b", 40)))
}

// TestPostLocked holds that a locked conversation, which is no fault of anybody's, is told and left alone.
func TestPostLocked(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.SetPull(githubtest.Pull{Owner: repo().Owner, Name: repo().Name, Number: 7, Head: head, Locked: true})
	if action := post(t, f.client(t), say("new")); action.Kind != github.None || !strings.Contains(action.Why, "locked") {
		t.Errorf("did %+v", action)
	}
	f.want(t)
}

// TestPostLag holds that a list that does not have our comment yet makes no second one.
func TestPostLag(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.Lag(1)
	post(t, f.client(t), say("new"))
	f.want(t, said("new"))
}

// TestPostUnanswered holds that a comment is created once, whether or not GitHub did it before the connection failed.
func TestPostUnanswered(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]githubtest.Fault{
		"502 before": {Status: 502}, "502 behind": {Status: 502, Late: true}, "cut before": {Drop: true}, "cut behind": {Drop: true, Late: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			fault.Method, fault.Path, fault.Times = "POST", "/repos/*/*/issues/7/comments", 1
			f.Fail(fault)
			post(t, f.client(t), say("new"))
			f.want(t, said("new"))
			if writes := f.writes(); fault.Late && len(writes) != 1 || len(writes) > 2 {
				t.Errorf("wrote %q", writes)
			}
		})
	}
}

// TestPostGone holds that a comment that is deleted while we update it is made anew, and that Post gives up on one that
// never stays.
func TestPostGone(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.AddComment(pull, bot, said("old"))
	f.AddComment(pull, bot, said("duplicate"))
	f.Fail(githubtest.Fault{Method: "PATCH", Path: "/repos/*/*/issues/comments/*", Times: 1, Status: 404, Body: `{"message": "Not Found"}`})
	f.Fail(githubtest.Fault{Method: "DELETE", Path: "/repos/*/*/issues/comments/*", Times: 1, Status: 404, Late: true})
	post(t, f.client(t), say("new"))
	f.want(t, said("new"))

	n := 0
	restless := func(context.Context, github.PullRequest) (github.Body, error) {
		n++
		return github.Body{Text: said(fmt.Sprint(n))}, nil
	}
	pr, err := f.client(t).Pull(t.Context(), 7)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.client(t).Post(t.Context(), pr, restless); err == nil || !strings.Contains(err.Error(), "somebody else keeps writing it") {
		t.Errorf("error %v", err)
	}
}

// TestPostNothing holds that a pull request without results costs no request, and that an error of the results is passed on.
func TestPostNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	pr := github.PullRequest{Repo: repo(), Number: 7, HeadSHA: head, Open: true}
	none := func(context.Context, github.PullRequest) (github.Body, error) { return github.Body{}, nil }
	if action, err := f.client(t).Post(t.Context(), pr, none); err != nil || !action.Idle() {
		t.Errorf("did %+v, %v", action, err)
	}
	broken := errors.New("the store is down")
	fails := func(context.Context, github.PullRequest) (github.Body, error) { return github.Body{}, broken }
	if _, err := f.client(t).Post(t.Context(), pr, fails); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	if diff := cmp.Diff([]string(nil), f.Requests()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

// TestSettle holds that the comments are read again only after a pause.
func TestSettle(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	o := f.options()
	o.Settle = 2 * time.Second
	post(t, newClient(t, o), say("new"))
	if f.total() != 2*time.Second {
		t.Errorf("waited %s", f.total())
	}
}
