package github_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/reporter/github"
	"sigs.k8s.io/windows-operational-readiness/reporter/github/githubtest"
)

// TestCreatesOnce holds that a comment which somebody deletes each time is created once by a client, within a call and in later ones.
func TestCreatesOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.Vanish(bot)
	client := f.client(t)
	for i := range 3 {
		if action := post(t, client, say(fmt.Sprint(i))); !strings.Contains(action.Why, "was deleted") && action.Kind != github.Create {
			t.Errorf("did %+v", action)
		}
	}
	if writes := f.writes(); len(writes) != 1 {
		t.Errorf("wrote %q", writes)
	}
}

// TestNoLogin holds that an account without a name writes nothing: no comment could be told from those of accounts that are gone.
func TestNoLogin(t *testing.T) {
	t.Parallel()
	for path, body := range map[string]string{"/user": `{"login": ""}`, "/graphql": `{"data": {"viewer": {"login": " "}}}`} {
		f := newFixture(t)
		if path == "/graphql" {
			f.AddWorkflow(token)
		}
		f.AddComment(pull, "", said("of an account that is gone"))
		f.Fail(githubtest.Fault{Path: path, Times: 9, Status: 200, Body: body})
		pr := github.PullRequest{Repo: repo(), Number: 7, HeadSHA: head, Open: true}
		if _, err := f.client(t).Post(t.Context(), pr, say("new")); err == nil || !strings.Contains(err.Error(), "GitHub names no account") {
			t.Errorf("%s: error %v", path, err)
		}
		if writes := slices.DeleteFunc(f.writes(), func(r string) bool { return r == "POST /graphql" }); len(writes) > 0 {
			t.Errorf("%s: wrote %q", path, writes)
		}
	}
}

// TestWorkflow holds that the token of a workflow, which may not ask for its user, comments under the name that GraphQL gives it.
func TestWorkflow(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.AddWorkflow(token)
	client := f.client(t)
	post(t, client, say("first"))
	post(t, f.client(t), say("second"))
	if got := f.Bodies(pull, "github-actions[bot]"); !slices.Equal(got, []string{said("second")}) {
		t.Errorf("its comments are %q", got)
	}
}

// TestBot holds that a bot whose name GraphQL tells without its ending is known again by the name that its comments have.
func TestBot(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]int{"Bot": 1, "User": 2} {
		f := newFixture(t)
		f.AddWorkflow(token)
		f.AddComment(pull, "github-actions[bot]", said("of the bot"))
		f.Fail(githubtest.Fault{Path: "/graphql", Times: 1, Status: 200, Body: fmt.Sprintf(`{"data": {"viewer": {"__typename": %q, "login": "github-actions"}}}`, kind)})
		post(t, f.client(t), say("new"))
		if got := f.Bodies(pull, "github-actions[bot]"); len(got) != want {
			t.Errorf("a %s: its comments are %q", kind, got)
		}
	}
}

// TestLag holds that lists which lag behind by seconds cost no second write.
func TestLag(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.AddComment(pull, bot, said("old"))
	if err := f.sleep(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	f.LagTime(5 * time.Second)
	o := f.options()
	o.Settle = time.Second
	f.slept = nil
	if action := post(t, newClient(t, o), say("new")); action.Kind != github.Update {
		t.Errorf("did %+v", action)
	}
	if writes := f.writes(); len(writes) != 1 || f.total() != time.Second {
		t.Errorf("wrote %q, waited %s", writes, f.total())
	}
	f.want(t, said("new"))
}

// TestCutBodies holds that an answer which breaks off is asked for again, whether or not it has an ETag.
func TestCutBodies(t *testing.T) {
	t.Parallel()
	for _, etag := range []bool{true, false} {
		f := newFixture(t)
		cut := map[string]bool{}
		proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			recorder := httptest.NewRecorder()
			f.Handler().ServeHTTP(recorder, r)
			for name, values := range recorder.Header() {
				w.Header()[name] = values
			}
			if !etag {
				w.Header().Del("Etag")
			}
			body := recorder.Body.Bytes()
			if key := r.Method + r.URL.Path; r.Method == http.MethodGet && !cut[key] && len(body) > 0 {
				cut[key] = true
				w.Header().Set("Content-Length", fmt.Sprint(len(body)))
				w.WriteHeader(recorder.Code)
				_, _ = w.Write(body[:len(body)/2])
				panic(http.ErrAbortHandler)
			}
			w.WriteHeader(recorder.Code)
			_, _ = w.Write(body)
		}))
		o := f.options()
		o.Endpoint = proxy.URL
		post(t, newClient(t, o), say("new"))
		proxy.Close()
		f.want(t, said("new"))
		if len(cut) < 3 {
			t.Errorf("only %v were cut", cut)
		}
	}
}

// TestLimitsOfNothing holds that a limit which is over already, by its own word, is no reason to ask again at once.
func TestLimitsOfNothing(t *testing.T) {
	t.Parallel()
	past := map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": fmt.Sprint(time.Now().Add(-time.Hour).Unix())}
	for _, header := range []map[string]string{{"Retry-After": "0"}, {"Retry-After": "Thu, 01 Jan 2015 00:00:00 GMT"}, past} {
		f := newFixture(t)
		f.Fail(githubtest.Fault{Method: "GET", Times: 4, Status: 403, Header: header, Body: `{"message": "You have exceeded a secondary rate limit"}`})
		post(t, f.client(t), say("new"))
		if f.total() < 10*time.Second {
			t.Errorf("%v: waited %s for four refusals", header, f.slept)
		}
	}
}

// TestPagesWithoutEnd holds that a list which never ends is given up.
func TestPagesWithoutEnd(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	page := "[" + strings.Repeat(`{"id": 1, "number": 1},`, 99) + `{"id": 1, "number": 1}]`
	f.Fail(githubtest.Fault{Path: "/repos/*/*/issues/7/comments", Times: 1000, Status: 200, Body: page})
	f.Fail(githubtest.Fault{Path: "/repos/*/*/pulls", Times: 1000, Status: 200, Body: page})
	client := f.client(t)
	_, errOpen := client.Open(t.Context())
	_, errPost := client.Post(t.Context(), github.PullRequest{Repo: repo(), Number: 7, HeadSHA: head, Open: true}, say("new"))
	for _, err := range []error{errOpen, errPost} {
		if err == nil || !strings.Contains(err.Error(), "more than 100 pages") {
			t.Errorf("error %v", err)
		}
	}
}

// TestRevoked holds that an App whose token is revoked in the midst of it gets one new one, and not a third.
func TestRevoked(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	f := newFixture(t)
	f.AddApp(42, "op-readiness", &key.PublicKey, repo().String())
	o := f.options()
	o.Token, o.App = "", &github.App{ID: 42, Key: key}
	client := newClient(t, o)
	post(t, client, say("first"))
	f.Revoke()
	post(t, client, say("second"))
	if got := f.Bodies(pull, "op-readiness[bot]"); !slices.Equal(got, []string{said("second")}) {
		t.Errorf("the App's comments are %q", got)
	}
	f.Revoke()
	f.Requests()
	var e *github.Error
	if _, err := client.Pull(t.Context(), 7); !errors.As(err, &e) || e.Status != 401 || github.Fatal(err) == nil {
		t.Errorf("error %v", err)
	}
	if n := len(f.Requests()); n != 1 {
		t.Errorf("sent %d requests", n)
	}
}

// TestVersionHeader holds that every request says which version of the API it means.
func TestVersionHeader(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.AddWorkflow(token)
	missing := 0
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Github-Api-Version") != "2022-11-28" {
			missing++
		}
		f.Handler().ServeHTTP(w, r)
	}))
	defer proxy.Close()
	o := f.options()
	o.Endpoint = proxy.URL
	post(t, newClient(t, o), say("new"))
	if missing > 0 {
		t.Errorf("%d requests did not", missing)
	}
}

// TestCrier holds that crier's comment of the same account is never touched, whatever it begins with, and that ours is none of
// crier's.
func TestCrier(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	crier := said("a table") + "<!-- test report -->"
	f.AddComment(pull, bot, crier)
	if action := post(t, f.client(t), say("new")); action.Kind != github.Create || len(action.Delete) > 0 {
		t.Errorf("did %+v", action)
	}
	f.want(t, crier, said("new"))
}

// TestDisk holds that answers are kept from run to run, for the same account only, without its token, and that a broken file does no
// harm.
func TestDisk(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.AddUser("another", "somebody")
	o := f.options()
	o.CacheDir = t.TempDir()
	left := func(o github.Options) int {
		f.SetRate(100, time.Now().Add(time.Hour))
		if _, err := newClient(t, o).Pull(t.Context(), 7); err != nil {
			t.Fatal(err)
		}
		return f.Left()
	}
	if first, second := left(o), left(o); first != 99 || second != 100 {
		t.Errorf("of 100 requests %d and then %d are left", first, second)
	}
	other := o
	other.Token = "another"
	if n := left(other); n != 99 {
		t.Errorf("another account gets the same answer: %d are left", n)
	}
	files, err := filepath.Glob(filepath.Join(o.CacheDir, "github", "*"))
	if err != nil || len(files) != 2 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil || strings.Contains(string(data)+file, token) {
			t.Errorf("%s tells the token, %v", file, err)
		}
		if err := os.WriteFile(file, data[:len(data)/2], 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if n := left(o); n != 99 {
		t.Errorf("a broken file is used: %d are left", n)
	}
}
