package githubtest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// recorded is an answer of GitHub's, see testdata/README.md.
type recorded struct {
	Request struct {
		Method, Path, As string
		Body             any
	}
	Status  int
	Header  map[string]string
	Partial bool
	Body    any
}

func readRecorded(t *testing.T, name string) recorded {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var r recorded
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return r
}

// TestRecorded holds each answer against a recorded one to the same request.
func TestRecorded(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("testdata/*.json")
	if err != nil || len(names) < 15 {
		t.Fatalf("%d recorded answers, %v", len(names), err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			want := readRecorded(t, name)
			got := newFixture(t).as(t, want.Request.As).send(t, want.Request.Method, want.Request.Path, bodyOf(want))
			if got.status != want.Status {
				t.Fatalf("status %d, want %d: %v", got.status, want.Status, got.body)
			}
			if diff := cmp.Diff(kinds(want.Header), got.kinds(want)); want.Header != nil && diff != "" {
				t.Errorf("headers (-GitHub +ours):\n%s", diff)
			}
			if want.Body == nil {
				return
			}
			for _, problem := range compare("", want.Body, got.body) {
				t.Error(problem)
			}
			compareDecoded(t, name, want.Body, got.body)
		})
	}
}

// bodyOf is what a request sends; a long text is not in the file.
func bodyOf(r recorded) string {
	data, err := json.Marshal(r.Request.Body)
	if err != nil || r.Request.Body == nil {
		return ""
	}
	return strings.ReplaceAll(string(data), `\u003c65537 letters\u003e`, strings.Repeat("x", 65_537))
}

// said are the headers that say something of an answer's content or of limits.
func said() []string {
	return []string{
		"Content-Type", "ETag", "Cache-Control", "Link", "Location", "Retry-After", "X-GitHub-Media-Type", "X-RateLimit-Limit", "X-RateLimit-Remaining",
	}
}

// kinds are headers without what differs from one answer to another.
func kinds(header map[string]string) map[string]string {
	all := map[string]string{}
	for _, name := range said() {
		if value, ok := header[name]; ok {
			all[name] = kindOf(name, value)
		}
	}
	return all
}

// addressOf is a repository in the address of a header, by its name or its id.
var addressOf = regexp.MustCompile(`https?://[^/]+/(repos/owner/name|repositories/2001)`)

func kindOf(name, value string) string {
	switch name {
	case "ETag":
		return regexp.MustCompile(`[0-9a-f]{32,64}`).ReplaceAllString(strings.TrimPrefix(value, "W/"), "hash")
	case "Location":
		return regexp.MustCompile(`[0-9]+$`).ReplaceAllString(addressOf.ReplaceAllString(value, "REPO"), "ID")
	case "Link":
		var links []string
		for _, link := range strings.Split(value, ", ") {
			address, rel, _ := strings.Cut(strings.TrimPrefix(link, "<"), ">; ")
			path, query, _ := strings.Cut(addressOf.ReplaceAllString(address, "REPO"), "?")
			parts := strings.Split(query, "&")
			slices.Sort(parts)
			links = append(links, rel+" "+path+" "+strings.Join(parts, " "))
		}
		slices.Sort(links)
		return strings.Join(links, ", ")
	case "X-GitHub-Media-Type":
		return regexp.MustCompile(` param=[a-z-]+;`).ReplaceAllString(value, "")
	case "X-RateLimit-Limit":
		return "number"
	case "X-RateLimit-Remaining":
		if value != "0" {
			return "number above 0"
		}
	}
	return value
}

// answer is what was answered here.
type answer struct {
	status int
	header http.Header
	body   any
}

// kinds are the headers as those of a recorded answer, and no others than it has if it is partial.
func (a answer) kinds(r recorded) map[string]string {
	header := map[string]string{}
	for _, name := range said() {
		if value := a.header.Get(name); value != "" && (!r.Partial || r.Header[name] != "") {
			header[name] = value
		}
	}
	return kinds(header)
}

func (c *caller) send(t *testing.T, method, path, body string) answer {
	t.Helper()
	req := httptest.NewRequest(method, "http://github.test"+path, strings.NewReader(body))
	req.Header.Set("Authorization", c.authorization)
	if c.etag != "" {
		req.Header.Set("If-None-Match", c.etag)
	}
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, req)
	got := answer{status: w.Code, header: w.Header()}
	data, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if len(data) > 0 {
		if err := json.Unmarshal(data, &got.body); err != nil {
			t.Fatalf("%s %s: %v: %q", method, path, err, data)
		}
	}
	return got
}
