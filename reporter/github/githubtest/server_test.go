package githubtest_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/reporter/github/githubtest"
)

// TestETags holds that an answer which is known is not given again and does not count, and that one that has changed is.
func TestETags(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	c := f.as(t, "")
	get := func() answer { return c.send(t, "GET", comments+"?per_page=2", "") }
	first := get()
	c.etag = first.header.Get("ETag")
	known := get()
	if known.status != 304 || known.body != nil || known.header.Get("ETag") != c.etag || known.header.Get("Link") != "" {
		t.Errorf("known: %d %v %v", known.status, known.header, known.body)
	}
	if was, is := first.header.Get("X-RateLimit-Remaining"), known.header.Get("X-RateLimit-Remaining"); was != "4999" || is != was {
		t.Errorf("it counts: %s, then %s are left", was, is)
	}
	f.as(t, "").send(t, "PATCH", comment+"1001", `{"body": "new"}`)
	if got := get(); got.status != 200 || got.header.Get("ETag") == c.etag || got.header.Get("X-RateLimit-Remaining") != "4997" {
		t.Errorf("changed: %d %v", got.status, got.header)
	}
	c.etag = "*"
	if got := c.send(t, "POST", comments, `{"body": "x"}`); got.status != 201 {
		t.Errorf("a write: %d", got.status)
	}
}

// TestRate holds that requests count, even wrong ones, that none is answered when none is left, and that a new hour begins.
func TestRate(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.SetRate(2, f.now.Add(time.Minute))
	want := []string{"200 1", "401 0", "403 0", "403 0", "200 4999"}
	var got []string
	for i, who := range []string{"", "nobody", "", "nobody", ""} {
		if i == 4 {
			f.now = f.now.Add(time.Minute + time.Second)
		}
		c := f.as(t, who)
		a := c.send(t, "GET", "/user", "")
		got = append(got, fmt.Sprint(a.status, " ", a.header.Get("X-RateLimit-Remaining")))
		if reset := a.header.Get("X-RateLimit-Reset"); i < 4 && reset != "1767323105" || i == 4 && reset != "1767326705" {
			t.Errorf("request %d: the hour ends at %s", i+1, reset)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	if f.send401(t, "Basic x") != 401 || f.send401(t, "token token-of-somebody") != 200 {
		t.Error("the word before a token does not matter")
	}
}

func (f *fixture) send401(t *testing.T, authorization string) int {
	t.Helper()
	return (&caller{handler: f.Handler(), authorization: authorization}).send(t, "GET", "/user", "").status
}

// TestApp holds which JSON Web Tokens are an App's, and that neither they nor a limit are those of users.
func TestApp(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	now := f.now.Unix()
	f.SetRate(0, f.now.Add(time.Hour))
	for _, test := range []struct {
		name   string
		claims claims
		status int
	}{
		{"as it should be", claims{Iss: "6001", Iat: now, Exp: now + 600}, 200},
		{"from a clock that is a minute behind", claims{Iss: "6001", Iat: now - 60, Exp: now + 540}, 200},
		{"of another App", claims{Iss: "6002", Iat: now, Exp: now + 600}, 401},
		{"for too long", claims{Iss: "6001", Iat: now, Exp: now + 601}, 401},
		{"over", claims{Iss: "6001", Iat: now - 600, Exp: now}, 401},
		{"from a clock that is ahead", claims{Iss: "6001", Iat: now + 1, Exp: now + 500}, 401},
	} {
		c := &caller{handler: f.Handler(), authorization: "Bearer " + f.sign(t, test.claims)}
		for _, path := range []string{"/app", "/repos/owner/name/installation"} {
			if got := c.send(t, "GET", path, ""); got.status != test.status {
				t.Errorf("%s: %d %v", test.name, got.status, got.body)
			}
		}
	}
	right := f.as(t, "app").authorization
	if other, err := rsa.GenerateKey(rand.Reader, 1024); err != nil {
		t.Fatal(err)
	} else if f.AddApp(appID, "an-app", &other.PublicKey, "owner/name"); f.sendApp(t, right) != 401 {
		t.Error("signed with another key")
	}
	for _, token := range []string{"", "Bearer x", "Bearer a.b.c", right + "x", strings.Replace(right, "Bearer eyJ", "Bearer fyJ", 1)} {
		if got := f.sendApp(t, token); got != 401 {
			t.Errorf("%q: %d", token, got)
		}
	}
}

func (f *fixture) sendApp(t *testing.T, authorization string) int {
	t.Helper()
	return (&caller{handler: f.Handler(), authorization: authorization}).send(t, "GET", "/app", "").status
}

// TestInstallation holds that an installation's token lasts an hour, is that of the App's account, and reaches one
// repository only.
func TestInstallation(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.SetPull(githubtest.Pull{Owner: "owner", Name: "other", Number: 7, Head: "g"})
	app := f.as(t, "app")
	if got := app.send(t, "GET", "/repos/owner/other/installation", ""); got.status != 404 {
		t.Errorf("where it is not installed: %d", got.status)
	}
	if got := app.send(t, "POST", "/app/installations/1/access_tokens", ""); got.status != 404 {
		t.Errorf("no such installation: %d", got.status)
	}
	id := app.send(t, "GET", "/repos/Owner/Name/installation", "").field("id")
	created := app.send(t, "POST", fmt.Sprintf("/app/installations/%v/access_tokens", id), "")
	if created.status != 201 || created.field("expires_at") != "2026-01-02T04:04:05Z" {
		t.Fatalf("token: %d %v", created.status, created.body)
	}
	bot := &caller{handler: f.Handler(), authorization: fmt.Sprintf("token %v", created.field("token"))}
	if got := bot.send(t, "POST", comments, `{"body": "x"}`); got.status != 201 || got.field("user.login") != "an-app[bot]" || got.field("user.type") != "Bot" {
		t.Errorf("a comment: %d %v", got.status, got.body)
	}
	for _, path := range []string{"/repos/owner/other/pulls/7", "/repos/owner/other/pulls"} {
		if got := bot.send(t, "GET", path, ""); got.status != 404 {
			t.Errorf("%s of another repository: %d", path, got.status)
		}
		if got := f.as(t, "").send(t, "GET", path, ""); got.status != 200 {
			t.Errorf("%s by a user: %d", path, got.status)
		}
	}
	if second := app.send(t, "POST", fmt.Sprintf("/app/installations/%v/access_tokens", id), ""); second.field("token") == created.field("token") {
		t.Error("the same token again")
	}
}

// TestFaults holds which requests a fault strikes, how often, and whether what was asked for is done.
func TestFaults(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	c := f.as(t, "")
	f.Fail(githubtest.Fault{Method: "POST", Path: "/repos/*/*/issues/7/comments", Times: 2, Skip: 1, Status: 502, Header: map[string]string{"Retry-After": "3"}, Body: `"bad"`})
	f.Fail(githubtest.Fault{Path: "/user", Times: 1, Status: 500})
	f.Fail(githubtest.Fault{Method: "PATCH", Times: 1, Status: 503, Late: true})
	var got []int
	for i := range 4 {
		a := c.send(t, "POST", comments, fmt.Sprintf(`{"body": "post %d"}`, i))
		if struck := a.status == 502; struck != (a.header.Get("Retry-After") == "3") || struck != (a.body == "bad") {
			t.Errorf("post %d: %d %v %v", i, a.status, a.header, a.body)
		}
		got = append(got, a.status, c.send(t, "GET", comments, "").status)
	}
	got = append(got, c.send(t, "GET", "/user", "").status, c.send(t, "GET", "/user", "").status)
	got = append(got, c.send(t, "PATCH", comment+"1001", `{"body": "late"}`).status, c.send(t, "PATCH", comment+"1002", `{"body": "well"}`).status)
	if want := []int{201, 200, 502, 200, 502, 200, 201, 200, 500, 200, 503, 200}; !slices.Equal(got, want) {
		t.Errorf("answers %v, want %v", got, want)
	}
	if diff := cmp.Diff([]string{"late", "well", "three", "four", "five", "post 0", "post 3"}, f.Bodies(pull, "somebody")); diff != "" {
		t.Errorf("comments (-want +got):\n%s", diff)
	}
}

// TestDrop holds that a fault may cut the connection without an answer, and that requests are told and forgotten.
func TestDrop(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	server := httptest.NewServer(f.Handler())
	defer server.Close()
	f.Fail(githubtest.Fault{Times: 1, Drop: true})
	if resp, err := server.Client().Post(server.URL+comments, "application/json", strings.NewReader("{}")); err == nil {
		resp.Body.Close()
		t.Errorf("an answer: %d", resp.StatusCode)
	}
	resp, err := server.Client().Get(server.URL + "/nowhere?x=y")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != 401 || !strings.Contains(string(body), "Bad credentials") {
		t.Errorf("without a token: %d %s %v", resp.StatusCode, body, err)
	}
	if diff := cmp.Diff([]string{"POST " + comments, "GET /nowhere"}, f.Requests()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if again := f.Requests(); again != nil {
		t.Errorf("requests again: %q", again)
	}
}

// TestHold holds that requests of a kind wait for each other, as many as are asked for, and no others.
func TestHold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.Hold("GET", "/user", 3)
		c := f.as(t, "")
		done := make(chan int, 3)
		for range 2 {
			go func() { done <- c.send(t, "GET", "/user", "").status }()
		}
		if got := c.send(t, "GET", comments, ""); got.status != 200 {
			t.Errorf("another request: %d", got.status)
		}
		synctest.Wait()
		if len(done) > 0 {
			t.Error("a request did not wait")
		}
		for range 2 { // the third, and one that comes later
			if got := c.send(t, "GET", "/user", ""); got.status != 200 {
				t.Errorf("status %d", got.status)
			}
		}
		for range 2 {
			if status := <-done; status != 200 {
				t.Errorf("status %d", status)
			}
		}
	})
}

// TestHoldEnds holds that a request that is given up waits no longer.
func TestHoldEnds(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.Hold("", "", 2)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	req := httptest.NewRequest(http.MethodGet, "http://github.test/user", nil).WithContext(ctx)
	req.Header.Set("Authorization", f.as(t, "").authorization)
	f.Handler().ServeHTTP(httptest.NewRecorder(), req) // comes back
	if got := f.as(t, "").send(t, "GET", "/user", ""); got.status != 200 {
		t.Errorf("the second one: %d", got.status)
	}
}
