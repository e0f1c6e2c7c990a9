package github_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/reporter/github"
	"sigs.k8s.io/windows-operational-readiness/reporter/github/githubtest"
)

// TestOpen holds which pull requests a sweep is about: all that are open, over several pages, each once, the last touched first.
func TestOpen(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.SetPull(githubtest.Pull{Owner: repo().Owner, Name: repo().Name, Number: 7, Head: head, Closed: true})
	f.SetPull(githubtest.Pull{Owner: "another", Name: "repository", Number: 8, Head: head})
	var want []int
	for number := 100; number < 350; number++ {
		f.SetPull(githubtest.Pull{Owner: repo().Owner, Name: repo().Name, Number: number, Head: head, Updated: f.Now().Add(time.Duration(number) * time.Minute)})
		want = append([]int{number}, want...)
	}
	list, err := f.client(t).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []int
	for _, pr := range list {
		got = append(got, pr.Number)
		if !pr.Open || pr.HeadSHA != head || pr.Repo != repo() || pr.Updated.IsZero() {
			t.Errorf("%+v", pr)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestLists holds what is asked for page by page, that one which is on two of them counts once, and how many pages are read.
func TestLists(t *testing.T) {
	t.Parallel()
	page := func(r *http.Request) string { // the last of each page is the first of the next
		number := 0
		if _, err := fmt.Sscan(r.URL.Query().Get("page"), &number); err != nil {
			t.Error(err)
		}
		var items []string
		for i := range 100 {
			items = append(items, fmt.Sprintf(`{"number": %d, "id": %[1]d, "state": "open"}`, number*99+i))
		}
		return "[" + strings.Join(items, ",") + "]"
	}
	for pages, fails := range map[int]bool{1: false, 99: false, 100: true} { // full ones, behind which is an empty one
		var asked []string
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked = append(asked, r.URL.RawQuery)
			if len(asked) > pages {
				_, _ = w.Write([]byte("[]"))
				return
			}
			_, _ = w.Write([]byte(page(r)))
		}))
		t.Cleanup(server.Close)
		client := newClient(t, github.Options{Endpoint: server.URL, Token: token})
		list, err := client.Open(t.Context())
		if (err != nil) != fails || !fails && len(list) != 99*pages+1 {
			t.Errorf("of %d pages it has %d pull requests, %v", pages, len(list), err)
		}
		if asked[0] != "direction=desc&page=1&per_page=100&sort=updated&state=open" {
			t.Errorf("it asks for %s", asked[0])
		}
	}
}

// TestDoing holds that an error says what was being done, and that a comment which is gone is none.
func TestDoing(t *testing.T) {
	t.Parallel()
	const list, one = "/repos/*/*/issues/7/comments", "/repos/*/*/issues/comments/*"
	for _, test := range []struct {
		fault githubtest.Fault
		want  string
	}{
		{githubtest.Fault{Method: "GET", Path: "/repos/*/*/pulls/7"}, "reading kubernetes-sigs/windows-operational-readiness#7"},
		{githubtest.Fault{Method: "GET", Path: list}, "listing the comments on kubernetes-sigs/windows-operational-readiness#7"},
		{githubtest.Fault{Method: "PATCH", Path: one}, "updating our comment on kubernetes-sigs/windows-operational-readiness#7"},
		{githubtest.Fault{Method: "DELETE", Path: one}, "deleting our second comment on kubernetes-sigs/windows-operational-readiness#7"},
	} {
		for _, status := range []int{400, 404} {
			f := newFixture(t)
			f.AddComment(pull, bot, said("old"))
			f.AddComment(pull, bot, said("another"))
			test.fault.Times, test.fault.Status, test.fault.Body = 1, status, `{"message": "No"}`
			f.Fail(test.fault)
			client := f.client(t)
			pr, err := client.Pull(t.Context(), 7)
			if err == nil {
				_, err = client.Post(t.Context(), pr, say("new"))
			}
			gone := status == 404 && slices.Contains([]string{"PATCH", "DELETE"}, test.fault.Method)
			if gone != (err == nil) || err != nil && !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("%s %d: error %v, want %q", test.fault.Method, status, err, test.want)
			}
		}
	}
	f := newFixture(t)
	f.Fail(githubtest.Fault{Method: "GET", Path: "/repos/*/*/pulls", Times: 1, Status: 400, Body: `{"message": "No"}`})
	if _, err := f.client(t).Open(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "listing the pull requests of kubernetes-sigs/windows-operational-readiness") {
		t.Errorf("error %v", err)
	}
}
