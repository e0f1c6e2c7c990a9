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
	revoked  func(token string) bool // tells that a token is none any more, and whether there is another; nil: there is none

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
	resp, token, err := a.send(req)
	if err != nil || resp.StatusCode != http.StatusUnauthorized || a.revoked == nil || req.Body != nil && req.GetBody == nil || !a.revoked(token) {
		return resp, err
	}
	discard(resp)
	again := req.Clone(req.Context())
	if req.GetBody != nil {
		if again.Body, err = req.GetBody(); err != nil {
			return nil, err
		}
	}
	resp, _, err = a.send(again)
	return resp, err
}

// send sends a request with the token that there is now.
func (a *auth) send(req *http.Request) (*http.Response, string, error) {
	token, err := a.token(req.Context())
	if err != nil {
		return nil, "", err
	}
	a.remember(token)
	req = req.Clone(req.Context())
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := a.next.RoundTrip(req)
	return resp, token, err
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
