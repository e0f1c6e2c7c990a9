package github_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/reporter/github"
	"sigs.k8s.io/windows-operational-readiness/reporter/github/githubtest"
)

// TestSweep holds that every open pull request with results gets its comment, and that a second sweep costs a request
// for each of them and writes nothing.
func TestSweep(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for number := 8; number <= 150; number++ {
		f.SetPull(githubtest.Pull{Owner: repo().Owner, Name: repo().Name, Number: number, Head: fmt.Sprintf("%040x", number), Closed: number == 140})
	}
	render := func(_ context.Context, pr github.PullRequest) (github.Body, error) {
		body := github.Body{Text: said("the results of " + pr.HeadSHA)}
		switch {
		case pr.Number == 130:
			return github.Body{}, errors.New("the store is down")
		case pr.Number == 120:
			body.UpdateOnly = true // only of an older commit
		case pr.Number%10 != 0:
			return github.Body{}, nil
		}
		return body, nil
	}
	client := f.client(t)
	sweep := func(client *github.Client) map[int]string {
		did := map[int]string{}
		all, err := client.Sweep(t.Context(), func(ctx context.Context, pr github.PullRequest) (github.Action, error) {
			return client.Post(ctx, pr, render)
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range all {
			if s.Err != nil {
				did[s.Pull.Number] = s.Err.Error()
			} else if !s.Action.Idle() {
				did[s.Pull.Number] = s.Action.Kind.String()
			}
		}
		return did
	}
	want := map[int]string{130: "the store is down"}
	for _, number := range []int{10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 150} {
		want[number] = "create"
	}
	if diff := cmp.Diff(want, sweep(client)); diff != "" {
		t.Errorf("did (-want +got):\n%s", diff)
	}
	if f.total() != 12*time.Second {
		t.Errorf("waited %s between 12 writes", f.total())
	}
	f.Requests()
	if diff := cmp.Diff(map[int]string{130: "the store is down"}, sweep(f.client(t))); diff != "" {
		t.Errorf("the second sweep did (-want +got):\n%s", diff)
	}
	if n := len(f.Requests()); n != 1+2+13 {
		t.Errorf("the second sweep sent %d requests, want who we are, 2 pages and 13 lists of comments", n)
	}
}

// TestSweepEnds holds that a sweep does not go on when no request can succeed.
func TestSweepEnds(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.SetPull(githubtest.Pull{Owner: repo().Owner, Name: repo().Name, Number: 8, Head: head})
	f.Fail(githubtest.Fault{Path: "/user", Times: 10, Status: 401, Body: `{"message": "Bad credentials"}`})
	client := f.client(t)
	all, err := client.Sweep(t.Context(), func(ctx context.Context, pr github.PullRequest) (github.Action, error) {
		return client.Post(ctx, pr, say("new"))
	})
	if err == nil || len(all) != 1 {
		t.Errorf("%d pull requests, error %v", len(all), err)
	}
}
