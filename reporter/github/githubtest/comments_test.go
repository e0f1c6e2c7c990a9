package githubtest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/reporter/github/githubtest"
)

const (
	comments = "/repos/owner/name/issues/7/comments"
	comment  = "/repos/owner/name/issues/comments/"
)

// field returns a field of an answer, by its path.
func (a answer) field(path string) any {
	value := a.body
	for _, name := range strings.Split(path, ".") {
		object, _ := value.(map[string]any)
		value = object[name]
	}
	return value
}

// bodies are those of a list of comments.
func (a answer) bodies() []string {
	var bodies []string
	list, _ := a.body.([]any)
	for _, item := range list {
		bodies = append(bodies, fmt.Sprint(answer{body: item}.field("body")))
	}
	return bodies
}

// TestComment holds the life of a comment: it is written, read, changed and deleted, and all the others stay.
func TestComment(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	c := f.as(t, "")
	created := c.send(t, "POST", comments, `{"body": "six"}`)
	if created.status != 201 || created.field("user.login") != "somebody" || created.field("body") != "six" || created.field("id") != 1006.0 {
		t.Fatalf("created: %d %v", created.status, created.body)
	}
	f.now = f.now.Add(time.Minute)
	changed := c.send(t, "PATCH", comment+"1006", `{"body": "seven"}`)
	if changed.status != 200 || changed.field("body") != "seven" || changed.field("created_at") != "2026-01-02T03:04:05Z" || changed.field("updated_at") != "2026-01-02T03:05:05Z" {
		t.Errorf("changed: %d %v", changed.status, changed.body)
	}
	if read := c.send(t, "GET", comment+"1006", ""); !cmp.Equal(read.body, changed.body) {
		t.Errorf("read: %v, want %v", read.body, changed.body)
	}
	if diff := cmp.Diff([]string{"one", "two", "three", "four", "five", "seven"}, c.send(t, "GET", comments, "").bodies()); diff != "" {
		t.Errorf("list (-want +got):\n%s", diff)
	}
	if deleted := c.send(t, "DELETE", comment+"1006", ""); deleted.status != 204 || deleted.body != nil {
		t.Errorf("deleted: %d %v", deleted.status, deleted.body)
	}
	for _, method := range []string{"GET", "PATCH", "DELETE"} {
		if gone := c.send(t, method, comment+"1006", `{"body": "x"}`); gone.status != 404 {
			t.Errorf("%s of a deleted comment: %d", method, gone.status)
		}
	}
	if diff := cmp.Diff([]string{"one", "two", "three", "four", "five"}, f.Bodies(pull, "somebody")); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
	if f.Bodies(pull, "other") != nil || f.Bodies("owner/name#8", "somebody") != nil {
		t.Error("comments of others, or on another pull request")
	}
}

// TestCommentRefused holds who may write what, and that nothing that was refused was done.
func TestCommentRefused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, as, method, path, body string
		status                       int
		message                      string
	}{
		{"by a token that may only read", "reader", "POST", comments, `{"body": "x"}`, 403, "Resource not accessible by personal access token"},
		{"on a pull request that is locked", "", "POST", "/repos/owner/name/issues/8/comments", `{"body": "x"}`, 403, "Unable to create comment because issue is locked."},
		{"on no pull request", "", "POST", "/repos/owner/name/issues/9/comments", `{"body": "x"}`, 404, "Not Found"},
		{"in another repository", "", "POST", "/repos/owner/other/issues/7/comments", `{"body": "x"}`, 404, "Not Found"},
		{"without JSON", "", "POST", comments, `body`, 400, "Problems parsing JSON"},
		{"without a body", "", "POST", comments, `{}`, 422, "Validation Failed"},
		{"blank", "", "POST", comments, `{"body": " \n"}`, 422, "Validation Failed"},
		{"too long", "", "PATCH", comment + "1001", `{"body": "` + strings.Repeat("é", 65_537) + `"}`, 422, "Validation Failed"},
		{"that of another", "other", "PATCH", comment + "1001", `{"body": "x"}`, 403, "Must have admin rights to Repository."},
		{"that of another, to be deleted", "other", "DELETE", comment + "1001", "", 403, "Must have admin rights to Repository."},
		{"one of another repository", "", "PATCH", "/repos/owner/other/issues/comments/1001", `{"body": "x"}`, 404, "Not Found"},
		{"in a place that is none", "", "POST", "/repos/owner/name/issues/7/labels", `{"body": "x"}`, 404, "Not Found"},
		{"by a method that is none", "", "PUT", comments, `{"body": "x"}`, 404, "Not Found"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			got := f.as(t, test.as).send(t, test.method, test.path, test.body)
			if got.status != test.status || got.field("message") != test.message || got.field("status") != fmt.Sprint(test.status) {
				t.Errorf("%d %v", got.status, got.body)
			}
			if diff := cmp.Diff([]string{"one", "two", "three", "four", "five"}, f.as(t, "").send(t, "GET", comments, "").bodies()); diff != "" {
				t.Errorf("comments (-want +got):\n%s", diff)
			}
		})
	}
}

// TestCommentLongest holds that the limit counts letters, not bytes, and that names are the same in capitals.
func TestCommentLongest(t *testing.T) {
	t.Parallel()
	got := newFixture(t).as(t, "").send(t, "POST", "/repos/OWNER/Name/issues/7/comments", `{"body": "`+strings.Repeat("é", 65_536)+`"}`)
	if got.status != 201 {
		t.Errorf("%d %v", got.status, got.body)
	}
}

// TestPages holds which part of a list a page has, and which links lead to the others.
func TestPages(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for i := range 145 { // 150 in all
		f.AddComment(pull, "somebody", fmt.Sprint(i))
	}
	for _, test := range []struct {
		query string
		items int
		rels  []string // with the page
	}{
		{"", 30, []string{"next 2", "last 5"}},
		{"?page=2", 30, []string{"prev 1", "first 1", "next 3", "last 5"}},
		{"?page=5", 30, []string{"prev 4", "first 1"}},
		{"?page=6", 0, []string{"prev 5", "first 1"}},
		{"?per_page=100", 100, []string{"next 2", "last 2"}},
		{"?per_page=101&page=2", 50, []string{"prev 1", "first 1"}},
		{"?per_page=1&page=150", 1, []string{"prev 149", "first 1"}},
		{"?per_page=0&page=0", 30, []string{"next 2", "last 5"}},
		{"?per_page=x&page=-1", 30, []string{"next 2", "last 5"}},
	} {
		got := f.as(t, "").send(t, "GET", comments+test.query, "")
		list, _ := got.body.([]any)
		if len(list) != test.items {
			t.Errorf("%q: %d items, want %d", test.query, len(list), test.items)
		}
		if diff := cmp.Diff(test.rels, rels(got.header.Get("Link"))); diff != "" {
			t.Errorf("%q: links (-want +got):\n%s", test.query, diff)
		}
	}
	if got := newFixture(t).as(t, "").send(t, "GET", comments+"?per_page=5", ""); got.header.Get("Link") != "" || len(got.bodies()) != 5 {
		t.Errorf("one page: %q", got.header.Get("Link"))
	}
}

// rels are the links of a header: which, and to which page.
func rels(header string) []string {
	var list []string
	for _, link := range strings.Split(header, ", ") {
		address, rel, _ := strings.Cut(strings.TrimPrefix(link, "<"), ">; ")
		_, page, _ := strings.Cut(address, "&page=")
		if page == "" {
			_, page, _ = strings.Cut(address, "?page=")
		}
		page, _, _ = strings.Cut(page, "&")
		list = append(list, strings.Trim(strings.TrimPrefix(rel, "rel="), `"`)+" "+page)
	}
	return list
}

// TestLag holds that lists of comments may be without the newest ones, which are there all the same.
func TestLag(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	c := f.as(t, "")
	for lag, want := range map[int][]string{0: {"one", "two", "three", "four", "five"}, 2: {"one", "two", "three"}, 9: nil} {
		f.Lag(lag)
		if diff := cmp.Diff(want, c.send(t, "GET", comments, "").bodies()); diff != "" {
			t.Errorf("a lag of %d (-want +got):\n%s", lag, diff)
		}
		if got := c.send(t, "GET", comment+"1005", ""); got.field("body") != "five" {
			t.Errorf("a lag of %d: %d %v", lag, got.status, got.body)
		}
	}
}

// TestPulls holds which pull requests a list has, and in which order.
func TestPulls(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.SetPull(githubtest.Pull{Owner: "owner", Name: "name", Number: 3, Head: "c", Updated: f.now.Add(time.Hour)})
	f.SetPull(githubtest.Pull{Owner: "owner", Name: "name", Number: 9, Head: "d", Closed: true, Updated: f.now.Add(-time.Hour)})
	f.SetPull(githubtest.Pull{Owner: "owner", Name: "other", Number: 1, Head: "e"})
	for query, want := range map[string][]int{
		"":                              {8, 7, 3},
		"?state=open&direction=asc":     {3, 7, 8},
		"?state=closed":                 {9},
		"?state=all":                    {9, 8, 7, 3},
		"?state=all&sort=updated":       {9, 7, 8, 3},
		"?sort=updated&direction=desc":  {3, 8, 7},
		"?sort=created":                 {8, 7, 3},
		"?sort=created&direction=asc":   {3, 7, 8},
		"?state=all&per_page=2&page=2":  {7, 3},
		"?state=all&per_page=2&page=99": nil,
	} {
		got := f.as(t, "").send(t, "GET", "/repos/owner/name/pulls"+query, "")
		var numbers []int
		list, _ := got.body.([]any)
		for _, item := range list {
			number, _ := answer{body: item}.field("number").(float64)
			numbers = append(numbers, int(number))
		}
		if !slices.Equal(numbers, want) {
			t.Errorf("%q: %v, want %v", query, numbers, want)
		}
	}
	if got := f.as(t, "").send(t, "GET", "/repos/owner/none/pulls", ""); got.status != 404 {
		t.Errorf("no such repository: %d", got.status)
	}
}

// TestPull holds what a pull request says of itself.
func TestPull(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	c := f.as(t, "")
	get := func(number int) answer {
		return c.send(t, "GET", fmt.Sprintf("/repos/owner/name/pulls/%d", number), "")
	}
	if got := get(7); got.field("state") != "open" || got.field("locked") != false || got.field("closed_at") != nil || got.field("comments") != 5.0 ||
		got.field("head.sha") != "07374fe73aff1c2024a8d4114b32406c7a8e89b7" || got.field("base.repo.full_name") != "owner/name" {
		t.Errorf("an open one: %v", got.body)
	}
	if got := get(locked); got.field("locked") != true || got.field("comments") != 0.0 {
		t.Errorf("a locked one: %v", got.body)
	}
	f.SetPull(githubtest.Pull{Owner: "owner", Name: "name", Number: 7, Head: "f", Closed: true})
	if got := get(7); got.field("state") != "closed" || got.field("closed_at") != "2026-01-02T03:04:05Z" || got.field("head.sha") != "f" {
		t.Errorf("a closed one: %v", got.body)
	}
}
