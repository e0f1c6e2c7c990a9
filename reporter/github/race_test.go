package github_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/reporter/github"
	"sigs.k8s.io/windows-operational-readiness/reporter/github/githubtest"
)

// store is where builds leave their results, each before it is posted.
type store struct {
	mu      sync.Mutex
	results map[string]bool
}

func (s *store) add(result string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.results[result] = true
}

func (s *store) render(context.Context, github.PullRequest) (github.Body, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return github.Body{Text: said(strings.Join(slices.Sorted(maps.Keys(s.results)), " "))}, nil
}

// TestRace holds that writers at once come to one comment with the results of all. In each round they see different
// results, and their requests of one kind are held until all have sent theirs.
func TestRace(t *testing.T) {
	t.Parallel()
	for _, race := range []struct{ method, path string }{
		{"GET", "/repos/*/*/issues/7/comments"}, {"POST", "/repos/*/*/issues/7/comments"}, {"PATCH", "/repos/*/*/issues/comments/*"}, {"GET", "/repos/*/*/pulls/7"},
	} {
		for _, writers := range []int{2, 5} {
			t.Run(fmt.Sprintf("%d at %s %s", writers, race.method, race.path), func(t *testing.T) {
				t.Parallel()
				for round := range 25 {
					racers(t, writers, round, race.method, race.path)
				}
			})
		}
	}
}

// racers lets writers post at once. Every third round there is a comment already, and in every fourth a duplicate.
func racers(t *testing.T, writers, round int, method, path string) {
	t.Helper()
	f := newFixture(t)
	there := round%3 == 0 || method == "PATCH"
	if there {
		f.AddComment(pull, bot, said("old"))
	}
	if round%4 == 0 && there {
		f.AddComment(pull, bot, said("duplicate"))
	}
	held := writers
	if method == "POST" && there {
		held = 0 // nobody creates
	}
	if held > 0 {
		f.Hold(method, path, held)
	}
	s := &store{results: map[string]bool{}}
	var all []string
	var posting sync.WaitGroup
	for i := range writers {
		name := fmt.Sprint("job-", i)
		all = append(all, name)
		posting.Go(func() {
			s.add(name)
			pr := github.PullRequest{Repo: repo(), Number: 7, HeadSHA: head, Open: true}
			if _, err := newClient(t, f.options()).Post(t.Context(), pr, s.render); err != nil {
				t.Error(err)
			}
		})
	}
	posting.Wait()
	f.want(t, said(strings.Join(all, " ")))
}

// TestRaceFaults holds the same where every third answer to a write is lost.
func TestRaceFaults(t *testing.T) {
	t.Parallel()
	for range 20 {
		f := newFixture(t)
		f.Fail(githubtest.Fault{Method: "POST", Path: "/repos/*/*/issues/7/comments", Times: 1, Skip: 1, Status: 502, Late: true})
		f.Fail(githubtest.Fault{Method: "PATCH", Times: 2, Skip: 1, Drop: true, Late: true})
		f.Fail(githubtest.Fault{Method: "DELETE", Times: 1, Status: 500, Late: true})
		f.Hold("POST", "/repos/*/*/issues/7/comments", 2)
		s := &store{results: map[string]bool{}}
		var posting sync.WaitGroup
		for _, name := range []string{"job-0", "job-1"} {
			posting.Go(func() {
				pr := github.PullRequest{Repo: repo(), Number: 7, HeadSHA: head, Open: true}
				client := newClient(t, f.options())
				if _, err := client.Post(t.Context(), pr, func(ctx context.Context, pr github.PullRequest) (github.Body, error) {
					defer s.add(name) // what a writer knows first is not what the other knows
					return s.render(ctx, pr)
				}); err != nil {
					t.Error(err)
				}
			})
		}
		posting.Wait()
		f.want(t, said("job-0 job-1"))
	}
}
