package github_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/reporter/github"
)

func newKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// TestApp holds that a GitHub App comments under its own name, with one token for an hour.
func TestApp(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	key := newKey(t)
	f.AddApp(42, "op-readiness", &key.PublicKey, repo().String())
	o := f.options()
	o.Token, o.App = "", &github.App{ID: 42, Key: key}
	client := newClient(t, o)
	post(t, client, say("first"))
	post(t, client, say("second"))
	if got := f.Bodies(pull, "op-readiness[bot]"); !slices.Equal(got, []string{said("second")}) {
		t.Errorf("the App's comments are %q", got)
	}
	tokens := func() int {
		return len(slices.DeleteFunc(f.Requests(), func(r string) bool { return !strings.HasSuffix(r, "/access_tokens") }))
	}
	if n := tokens(); n != 1 {
		t.Errorf("asked for %d tokens, want 1", n)
	}
	if err := f.sleep(t.Context(), 2*time.Hour); err != nil {
		t.Fatal(err)
	}
	post(t, client, say("third"))
	if n := tokens(); n != 1 {
		t.Errorf("asked for %d tokens after two hours, want 1", n)
	}
}

// TestAppRefused holds what is said of an App that is not installed, or signs with another key.
func TestAppRefused(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	for name, test := range map[string]struct {
		repo   string
		signed *rsa.PrivateKey
		status int
		want   string
	}{
		"not installed": {"kubernetes-sigs/windows-testing", key, 404, "looking for the GitHub App on " + repo().String()},
		"another key":   {repo().String(), newKey(t), 401, "A JSON web token could not be decoded"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.AddApp(42, "op-readiness", &key.PublicKey, test.repo)
			o := f.options()
			o.Token, o.App = "", &github.App{ID: 42, Key: test.signed}
			_, err := newClient(t, o).Pull(t.Context(), 7)
			var e *github.Error
			if !errors.As(err, &e) || e.Status != test.status || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v", err)
			}
			if n := len(f.Requests()); n != 1 {
				t.Errorf("sent %d requests, want 1", n)
			}
		})
	}
}

func TestParseKey(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{
		"PKCS 1": pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}),
		"PKCS 8": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}),
	} {
		if got, err := github.ParseKey(text); err != nil || !got.Equal(key) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, text := range []string{"", "secret", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("secret")}))} {
		if _, err := github.ParseKey([]byte(text)); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q gives the error %v", text, err)
		}
	}
}
