package github

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// auth puts a token into requests to GitHub's API, and only those: a redirect elsewhere gets none.
type auth struct {
	endpoint *url.URL
	next     http.RoundTripper
	token    func(context.Context) (string, error)

	mu   sync.Mutex
	used []string
}

func newAuth(endpoint *url.URL, next http.RoundTripper, token func(context.Context) (string, error)) *auth {
	return &auth{endpoint: endpoint, next: next, token: token}
}

// RoundTrip sends a request with the token.
func (a *auth) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Scheme != a.endpoint.Scheme || req.URL.Host != a.endpoint.Host {
		return nil, &Error{Doing: "following a redirect", Message: fmt.Sprintf("it leads to another host, %q", req.URL.Host)}
	}
	token, err := a.token(req.Context())
	if err != nil {
		return nil, err
	}
	a.remember(token)
	req = req.Clone(req.Context())
	req.Header.Set("Authorization", "Bearer "+token)
	return a.next.RoundTrip(req)
}

func (a *auth) remember(token string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !slices.Contains(a.used, token) {
		a.used = append(a.used, token)
	}
}

// redact takes every token out of a text. GitHub does not send them back; a proxy in between may.
func (a *auth) redact(text string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, token := range a.used {
		text = strings.ReplaceAll(text, token, "[token]")
	}
	return text
}
