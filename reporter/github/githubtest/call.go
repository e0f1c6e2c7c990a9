package githubtest

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
)

// docs is where GitHub's errors point to.
const docs = "https://docs.github.com/rest"

// call is one request with its answer.
type call struct {
	*Server
	w    http.ResponseWriter
	r    *http.Request
	user *user  // nil for the App itself
	base string // of the addresses in answers
}

// serve wraps what all requests have: faults, limits, and who asks.
func (s *Server) serve(answer func(*call)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.await(r)
		recorder := httptest.NewRecorder()
		fault := s.answer(recorder, r, answer)
		if fault != nil && fault.Drop {
			panic(http.ErrAbortHandler) // the connection ends without an answer
		}
		for name, values := range recorder.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(recorder.Code)
		_, _ = w.Write(recorder.Body.Bytes())
	}
}

// answer writes the answer to a request and returns the fault that struck, if any.
func (s *Server) answer(w *httptest.ResponseRecorder, r *http.Request, answer func(*call)) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r.Method+" "+r.URL.Path)
	c := &call{Server: s, w: w, r: r, base: "http://" + r.Host}
	fault := s.fault(r)
	if fault != nil && !fault.Late {
		fault.write(w)
		return fault
	}
	if c.admit() {
		answer(c)
	}
	if fault != nil {
		*w = *httptest.NewRecorder()
		fault.write(w)
	}
	return fault
}

// admit finds out who asks and holds the request against the limit. The App itself has none, and no other answers either.
func (c *call) admit() bool {
	token, ok := strings.CutPrefix(c.r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		token, ok = strings.CutPrefix(c.r.Header.Get("Authorization"), "token ")
	}
	if strings.HasPrefix(c.r.URL.Path, "/app") || strings.HasSuffix(c.r.URL.Path, "/installation") {
		if c.app == nil || !c.app.signed(token, c.now()) {
			c.fail(http.StatusUnauthorized, "A JSON web token could not be decoded")
			return false
		}
		return true
	}
	if !c.count() {
		return false
	}
	if c.user = c.users[token]; !ok || c.user == nil {
		c.fail(http.StatusUnauthorized, "Bad credentials")
		return false
	}
	return true
}

// count counts the request against the limit, or refuses it.
func (c *call) count() bool {
	if c.now().After(c.rate.reset) {
		c.rate.remaining, c.rate.reset = c.rate.limit, c.rate.reset.Add(3600e9)
	}
	if c.rate.remaining == 0 {
		c.rateHeaders()
		c.failTo(http.StatusForbidden, "API rate limit exceeded for user ID 1.", docs+"/overview/rate-limits-for-the-rest-api")
		return false
	}
	c.rate.remaining--
	c.rateHeaders()
	return true
}

func (c *call) rateHeaders() {
	h := c.w.Header()
	h.Set("X-RateLimit-Limit", strconv.Itoa(c.rate.limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(c.rate.remaining))
	h.Set("X-RateLimit-Used", strconv.Itoa(c.rate.limit-c.rate.remaining))
	h.Set("X-RateLimit-Reset", strconv.FormatInt(c.rate.reset.Unix(), 10))
	h.Set("X-RateLimit-Resource", "core")
}

// send writes JSON, or, to a request that knows it already, that nothing has changed, which does not count.
func (c *call) send(status int, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	h := c.w.Header()
	if status < http.StatusBadRequest && c.unchanged(body) {
		if c.user != nil {
			c.rate.remaining++
			c.rateHeaders()
		}
		h.Del("Link") // a client must not need it again
		c.w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("X-GitHub-Media-Type", "github.v3; format=json")
	c.w.WriteHeader(status)
	_, _ = c.w.Write(body)
}

// unchanged says how long the answer holds, and tells whether the request knows it.
func (c *call) unchanged(body []byte) bool {
	h := c.w.Header()
	etag := fmt.Sprintf(`"%x"`, sha256.Sum256(body))
	if c.r.Method == http.MethodGet {
		etag = "W/" + etag
	}
	h.Set("ETag", etag)
	h.Set("Cache-Control", "private, max-age=60, s-maxage=60")
	h.Set("Vary", "Accept, Authorization, Cookie, X-GitHub-OTP, Accept-Encoding, X-Requested-With")
	if c.user == nil {
		h.Set("Cache-Control", "public, max-age=60, s-maxage=60")
		h.Set("Vary", "Accept, Accept-Encoding, X-Requested-With")
	}
	return c.r.Method == http.MethodGet && c.r.Header.Get("If-None-Match") == etag
}

func (c *call) fail(status int, message string) { c.failTo(status, message, docs) }

func (c *call) failTo(status int, message, address string) {
	c.send(status, map[string]any{"message": message, "documentation_url": address, "status": strconv.Itoa(status)})
}

// invalid is how GitHub refuses what a field says.
func (c *call) invalid(field, message string) {
	c.send(http.StatusUnprocessableEntity, map[string]any{
		"message": "Validation Failed", "documentation_url": docs + "/issues/comments#create-an-issue-comment", "status": "422",
		"errors": []any{map[string]any{"resource": "IssueComment", "code": "unprocessable", "field": field, "message": message}},
	})
}

// page sends one page of a list, with the links to the others.
func page[T any](c *call, items []T, object func(T) any) {
	query := c.r.URL.Query()
	size := number(query.Get("per_page"), 30, 100)
	at := number(query.Get("page"), 1, 1<<30)
	last := max(1, (len(items)+size-1)/size)
	var links []string
	link := func(page int, rel string) {
		query.Set("page", strconv.Itoa(page))
		links = append(links, fmt.Sprintf(`<%s%s?%s>; rel="%s"`, c.base, c.r.URL.Path, query.Encode(), rel))
	}
	if at > 1 {
		link(at-1, "prev")
		link(1, "first")
	}
	if at < last {
		link(at+1, "next")
		link(last, "last")
	}
	if len(links) > 0 {
		c.w.Header().Set("Link", strings.Join(links, ", "))
	}
	objects := []any{}
	for _, item := range items[min(len(items), (at-1)*size):min(len(items), at*size)] {
		objects = append(objects, object(item))
	}
	c.send(http.StatusOK, objects)
}

// number reads a number of a query as GitHub does: what is none, or too small, is the usual.
func number(text string, usual, most int) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return usual
	}
	return min(n, most)
}
