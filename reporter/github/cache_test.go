package github

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// pages is a server of pages with ETags, and keeps which requests came with one. A page whose name begins with a 4 is
// not there; one whose name begins with a 0 has no ETag.
type pages struct {
	size    int               // of each page
	version map[string]string // of a page, by path; "": the first
	known   []bool            // whether each request had an If-None-Match
}

func (p *pages) RoundTrip(req *http.Request) (*http.Response, error) {
	etag := `W/"` + req.URL.Path + p.version[req.URL.Path] + `"`
	given, known := req.Header["If-None-Match"]
	p.known = append(p.known, known)
	header := http.Header{"Link": {fmt.Sprintf("of request %d", len(p.known))}, "Content-Length": {fmt.Sprint(p.size)}}
	if req.URL.Path[1] != '0' {
		header.Set("ETag", etag)
	}
	status := http.StatusOK
	switch {
	case known && given[0] == etag:
		header.Set("Content-Length", "0")
		return &http.Response{StatusCode: http.StatusNotModified, Header: header, Body: http.NoBody, Request: req}, nil
	case req.URL.Path[1] == '4':
		status = http.StatusNotFound
	}
	body := io.NopCloser(bytes.NewReader(bytes.Repeat([]byte(req.URL.Path[1:2]), p.size)))
	return &http.Response{StatusCode: status, Header: header, Body: body, ContentLength: int64(p.size), Request: req}, nil
}

// get gets a page through the cache and holds that it is whole, from wherever it came. It tells whether it was known.
func (p *pages) get(t *testing.T, c *cache, path, accept string) bool {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://api.github.test"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", accept)
	resp, err := c.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil || (resp.StatusCode == http.StatusOK) == (path[1] == '4') || string(body) != strings.Repeat(path[1:2], p.size) {
		t.Errorf("%s: status %d, %d bytes, %v", path, resp.StatusCode, len(body), err)
	}
	if length := resp.Header.Get("Content-Length"); resp.ContentLength != int64(p.size) || length != "" && length != fmt.Sprint(p.size) {
		t.Errorf("%s: the length is said to be %d and %q", path, resp.ContentLength, length)
	}
	if got, want := resp.Header.Get("Link"), fmt.Sprintf("of request %d", len(p.known)); got != want {
		t.Errorf("%s: the header is %q, want the fresh %q", path, got, want)
	}
	if req.Header.Get("If-None-Match") != "" {
		t.Errorf("%s: the caller's request was changed", path)
	}
	return p.known[len(p.known)-1]
}

// TestCacheSize holds that 16 MiB of answers are kept, that the oldest make room for new ones, and only as many as must.
func TestCacheSize(t *testing.T) {
	t.Parallel()
	p := &pages{size: 1 << 20}
	c := newCache(p, disk{})
	names := strings.Split("abcdefghijklmnop", "") // 16 MiB, and no byte more
	all := func(names []string, want bool) {
		t.Helper()
		for _, name := range names {
			if known := p.get(t, c, "/"+name, ""); known != want {
				t.Errorf("page %s: known %t, want %t", name, known, want)
			}
		}
	}
	all(names, false)
	all(names, true)
	all([]string{"q"}, false)              // in the place of a
	all(append(names[1:16:16], "q"), true) // the others are there
	all([]string{"a"}, false)              // in the place of b
	all(append(names[2:16:16], "q", "a"), true)
	p.size += 1
	p.version = map[string]string{"/c": "new"}
	all([]string{"c"}, true) // asked with the old ETag; its new answer is a byte too much
	p.size -= 1
	all([]string{"d"}, true)
	all([]string{"b"}, false)
}

// TestCacheReplaces holds that an answer that changes takes the place of the old one, and no more room than that.
func TestCacheReplaces(t *testing.T) {
	t.Parallel()
	p := &pages{size: 8 << 20, version: map[string]string{}}
	c := newCache(p, disk{})
	p.get(t, c, "/a", "")
	for i := range 5 {
		p.version["/b"] = fmt.Sprint(i)
		if known := p.get(t, c, "/b", ""); known != (i > 0) {
			t.Errorf("version %d: known %t", i, known)
		}
	}
	if !p.get(t, c, "/a", "") || !p.get(t, c, "/b", "") {
		t.Error("an answer is gone although there is room for both")
	}
	p.size = 16<<20 + 1
	p.get(t, c, "/large", "")
	if p.get(t, c, "/large", "") {
		t.Error("an answer is kept that is larger than all that may be kept")
	}
}

// TestCacheKeys holds that an answer is given again to the same request only, and that one without an ETag, or of a page
// that is not there, is not given again.
func TestCacheKeys(t *testing.T) {
	t.Parallel()
	p := &pages{size: 10}
	c := newCache(p, disk{})
	p.get(t, c, "/a", "application/json")
	if p.get(t, c, "/a", "text/html") || p.get(t, c, "/a?page=2", "application/json") {
		t.Error("an answer is given for another request")
	}
	for _, path := range []string{"/0", "/4"} {
		p.get(t, c, path, "")
		if p.get(t, c, path, "") {
			t.Errorf("the answer %s is kept", path)
		}
	}
	if !p.get(t, c, "/a", "application/json") {
		t.Error("an answer is not known again")
	}
}
