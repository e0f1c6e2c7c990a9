package github

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"sync"
	"time"

	gogithub "github.com/google/go-github/v50/github"
)

// App is a GitHub App, which gets its tokens by signing for them.
type App struct {
	ID  int64
	Key *rsa.PrivateKey
}

// ParseKey reads the private key of an App as GitHub gives it out. Its errors say nothing of what is in the text.
func ParseKey(text []byte) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("it is no PEM file")
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("it holds no private key")
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("its key is no RSA key")
	}
	return key, nil
}

// signature is a JSON Web Token by which GitHub knows the App for ten minutes at most. It is dated back a minute, since
// clocks differ (https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app).
func (a App) signature(now time.Time) (string, error) {
	claims, err := json.Marshal(map[string]any{
		"iat": now.Add(-time.Minute).Unix(), "exp": now.Add(8 * time.Minute).Unix(), "iss": strconv.FormatInt(a.ID, 10),
	})
	if err != nil {
		return "", err
	}
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + encode(claims)
	digest := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, a.Key, crypto.SHA256, digest[:])
	if err != nil {
		return "", fmt.Errorf("signing as a GitHub App: %w", err)
	}
	return signed + "." + encode(signature), nil
}

// appTokens gets the tokens of an App's installation on one repository. A token lasts an hour.
type appTokens struct {
	repo  Repo
	clock Clock
	api   *gogithub.Client // as the App itself
	auth  *auth

	mu      sync.Mutex
	current string
	expires time.Time
	renewed bool // the current one is in the place of one that was revoked, which happens once
}

func newAppTokens(o Options, endpoint *url.URL, repo Repo) *appTokens {
	t := &appTokens{repo: repo, clock: o.Clock}
	t.auth = newAuth(endpoint, o.Transport, func(context.Context) (string, error) { return o.App.signature(o.Clock.Now()) })
	limits := &limiter{clock: o.Clock}
	t.api = newAPI(endpoint, limits.over(t.auth))
	return t
}

// login is the name under which the App comments.
func (t *appTokens) login(ctx context.Context) (Login, error) {
	app, _, err := t.api.Apps.Get(ctx, "")
	if err != nil {
		return "", t.auth.failed("asking for the name of the GitHub App", err)
	}
	return Login(app.GetSlug() + "[bot]"), nil
}

// forget lets the next request ask for a new token, if this one is no good any more: it may be revoked before its hour is over. Of
// one that is new itself it says that there is no other.
func (t *appTokens) forget(token string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if token != t.current || t.renewed {
		return token != t.current
	}
	t.current, t.expires, t.renewed = "", time.Time{}, true
	return true
}

// token returns a token that lasts for some minutes at least. It is good for the one repository only.
func (t *appTokens) token(ctx context.Context) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.expires.Sub(t.clock.Now()) > 5*time.Minute {
		return t.current, nil
	}
	if t.current != "" {
		t.renewed = false // its hour is over
	}
	installation, _, err := t.api.Apps.FindRepositoryInstallation(ctx, t.repo.Owner, t.repo.Name)
	if err != nil {
		return "", t.auth.failed("looking for the GitHub App on "+t.repo.String(), err)
	}
	token, _, err := t.api.Apps.CreateInstallationToken(ctx, installation.GetID(), &gogithub.InstallationTokenOptions{Repositories: []string{t.repo.Name}})
	if err != nil {
		return "", t.auth.failed("asking for a token for "+t.repo.String(), err)
	}
	t.current, t.expires = token.GetToken(), token.GetExpiresAt().Time
	return t.current, nil
}
