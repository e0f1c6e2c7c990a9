package github_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/reporter/github"
	"sigs.k8s.io/windows-operational-readiness/reporter/github/githubtest"
)

// TestRefused holds what is said of an answer that no try changes, and that it is asked for once.
func TestRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prepare func(*fixture, *github.Options)
		status  int
		want    string
	}{
		"wrong token":   {func(_ *fixture, o *github.Options) { o.Token = "another" }, 401, "asking whose token it is: GitHub answers 401 Unauthorized: Bad credentials"},
		"may only read": {func(f *fixture, _ *github.Options) { f.AddReader(token, bot) }, 403, "commenting on " + pull + ": GitHub answers 403 Forbidden: Resource not accessible"},
		"not there": {func(f *fixture, _ *github.Options) {
			f.Fail(githubtest.Fault{Path: "/repos/*/*/issues/7/comments", Times: 1, Status: 404, Body: `{"message": "Not Found"}`})
		}, 404, "listing the comments on " + pull + ": GitHub answers 404 Not Found: Not Found"},
		"a proxy that tells secrets": {func(f *fixture, _ *github.Options) {
			f.Fail(githubtest.Fault{Method: "POST", Times: 1, Status: 400, Body: `{"message": "cannot forward Authorization: Bearer ` + token + `"}`})
		}, 400, "cannot forward Authorization: Bearer [token]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			o := f.options()
			test.prepare(f, &o)
			_, err := newClient(t, o).Post(t.Context(), github.PullRequest{Repo: repo(), Number: 7, HeadSHA: head, Open: true}, say("new"))
			var e *github.Error
			if !errors.As(err, &e) || e.Status != test.status || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %d and %q", err, test.status, test.want)
			}
			if err != nil && strings.Contains(err.Error(), token) {
				t.Error("the error tells the token")
			}
			if len(f.slept) > 0 {
				t.Errorf("waited %s", f.slept)
			}
		})
	}
}

// TestTooLong holds GitHub's own bound.
func TestTooLong(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, err := f.client(t).Post(t.Context(), github.PullRequest{Repo: repo(), Number: 7, HeadSHA: head, Open: true}, say(strings.Repeat("x", 65_537)))
	var e *github.Error
	if !errors.As(err, &e) || e.Status != 422 || !strings.Contains(err.Error(), "Body is too long (maximum is 65536 characters)") {
		t.Errorf("error %v", err)
	}
}

// TestRedirects holds that a renamed repository is found, that a token goes to no other host, and that no write becomes a read.
func TestRedirects(t *testing.T) {
	t.Parallel()
	stolen := false
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { stolen = r.Header.Get("Authorization") != "" }))
	defer other.Close()
	for name, test := range map[string]struct {
		fault githubtest.Fault
		want  string
	}{
		"renamed":   {fault: githubtest.Fault{Method: "GET", Path: "/repos/*/*/issues/7/comments", Status: 301, Header: map[string]string{"Location": "/repos/kubernetes-sigs/windows-operational-readiness/issues/7/comments?moved"}}},
		"elsewhere": {fault: githubtest.Fault{Method: "GET", Path: "/user", Status: 302, Header: map[string]string{"Location": other.URL}}, want: "it leads to another host"},
		"a write":   {fault: githubtest.Fault{Method: "POST", Status: 301, Header: map[string]string{"Location": "/user"}}, want: "it redirects a POST request"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			test.fault.Times = 100
			if test.want == "" {
				test.fault.Times = 1
			}
			f.Fail(test.fault)
			_, err := f.client(t).Post(t.Context(), github.PullRequest{Repo: repo(), Number: 7, HeadSHA: head, Open: true}, say("new"))
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
	if stolen {
		t.Error("the token went to another host")
	}
}

// TestOptions holds what is refused before any request.
func TestOptions(t *testing.T) {
	t.Parallel()
	for _, o := range []github.Options{
		{}, {Token: token, App: &github.App{ID: 1}}, {Token: token, Endpoint: "api.github.com"}, {Token: token, Endpoint: "ftp://api.github.com"},
		{Token: token, Endpoint: "https://user:password@api.github.com"}, {Token: token, Endpoint: "https://api.github.com?x"}, {Token: token, Endpoint: ":"},
	} {
		if _, err := github.New(repo(), o); err == nil || strings.Contains(err.Error(), "password") || strings.Contains(err.Error(), token) {
			t.Errorf("%+v gives the error %v", o, err)
		}
	}
}
