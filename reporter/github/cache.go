package github

import (
	"bytes"
	"io"
	"net/http"
	"sync"
)

// cacheSize is how many bytes of answers are kept.
const cacheSize = 16 << 20

// cache asks GitHub only for what has changed: an answer "304 Not Modified" to an ETag does not count against the rate
// limit (https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api).
type cache struct {
	next http.RoundTripper
	disk disk

	mu      sync.Mutex
	answers map[string]answer
	order   []string // of the keys, the oldest first
	size    int
}

// answer is what GitHub last said to a request.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func newCache(next http.RoundTripper, d disk) *cache {
	return &cache{next: next, disk: d, answers: map[string]answer{}}
}

// RoundTrip sends the ETag of the last answer, and gives that answer again if it still holds.
func (c *cache) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method != http.MethodGet {
		return c.next.RoundTrip(req)
	}
	key := req.URL.String() + " " + req.Header.Get("Accept")
	known, ok := c.get(key)
	if ok {
		req = req.Clone(req.Context())
		req.Header.Set("If-None-Match", known.header.Get("Etag"))
	}
	resp, err := c.next.RoundTrip(req)
	switch {
	case err != nil:
		return nil, err
	case ok && resp.StatusCode == http.StatusNotModified:
		return known.again(resp), nil
	case resp.StatusCode == http.StatusOK && resp.Header.Get("Etag") != "":
		return c.keep(key, resp)
	}
	return resp, nil
}

// again is the answer with what is new in the headers: a list may have got a further page.
func (a answer) again(fresh *http.Response) *http.Response {
	fresh.Body.Close()
	header := a.header.Clone()
	for name, values := range fresh.Header {
		header[name] = values
	}
	header.Del("Content-Length")
	fresh.StatusCode, fresh.Status, fresh.Header = a.status, http.StatusText(a.status), header
	fresh.Body, fresh.ContentLength = io.NopCloser(bytes.NewReader(a.body)), int64(len(a.body))
	return fresh
}

func (c *cache) get(key string) (answer, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known, ok := c.answers[key]
	if !ok {
		known, ok = c.disk.get(key)
	}
	return known, ok
}

func (c *cache) keep(key string, resp *http.Response) (*http.Response, error) {
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		return nil, err
	}
	fresh := answer{status: resp.StatusCode, header: resp.Header.Clone(), body: body}
	c.put(key, fresh)
	c.disk.put(key, fresh)
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// put keeps an answer in the place of the oldest ones.
func (c *cache) put(key string, a answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if old, ok := c.answers[key]; ok {
		c.size -= len(old.body)
	} else {
		c.order = append(c.order, key)
	}
	c.answers[key] = a
	c.size += len(a.body)
	for c.size > cacheSize {
		c.size -= len(c.answers[c.order[0]].body)
		delete(c.answers, c.order[0])
		c.order = c.order[1:]
	}
}
