package githubtest_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/reporter/github/githubtest"
)

const (
	pull   = "owner/name#7"
	appID  = 6001
	locked = 8
)

// fixture is a GitHub with a pull request, one that is locked, five comments and an App.
type fixture struct {
	*githubtest.Server
	now time.Time
	key *rsa.PrivateKey
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 1024) // short, to be quick
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), key: key}
	f.Server = githubtest.New(func() time.Time { return f.now })
	f.AddUser("token-of-somebody", "somebody")
	f.AddUser("token-of-other", "other")
	f.AddReader("token-of-reader", "reader")
	f.AddWorkflow("token-of-workflow")
	f.AddApp(appID, "an-app", &key.PublicKey, "owner/name")
	f.SetPull(githubtest.Pull{Owner: "owner", Name: "name", Number: 7, Head: "07374fe73aff1c2024a8d4114b32406c7a8e89b7"})
	f.SetPull(githubtest.Pull{Owner: "owner", Name: "name", Number: locked, Head: "b", Locked: true})
	f.SetPull(githubtest.Pull{Owner: "owner", Name: "old", Number: 3, Head: "c"})
	f.SetPull(githubtest.Pull{Owner: "owner", Name: "old", Number: 4, Head: "d", Locked: true})
	f.Archive("owner/old")
	for _, body := range []string{"one", "two", "three", "four", "five"} {
		f.AddComment(pull, "somebody", body) // ids 1001 to 1005
	}
	return f
}

// caller sends requests as somebody.
type caller struct {
	handler       http.Handler
	authorization string
	etag          string
}

// as returns a caller: a user; "nobody", whose token is wrong; "spent", who has no request left; "again", who has the
// answer to GET /user already; "app", the App itself; "revoked", its installation whose token was revoked; or "reader", "other" and "workflow",
// further users.
func (f *fixture) as(t *testing.T, who string) *caller {
	t.Helper()
	c := &caller{handler: f.Handler(), authorization: "Bearer token-of-somebody"}
	switch who {
	case "nobody":
		c.authorization = "Bearer token-of-nobody"
	case "spent":
		f.SetRate(0, f.now.Add(time.Hour))
	case "again":
		c.etag = c.send(t, http.MethodGet, "/user", "").header.Get("ETag")
	case "app":
		c.authorization = "Bearer " + f.sign(t, claims{Iss: "6001", Iat: f.now.Unix(), Exp: f.now.Unix() + 600})
	case "revoked":
		c.authorization = "Bearer " + f.installationToken(t)
		if got := c.send(t, http.MethodGet, "/repos/owner/name/pulls/7", ""); got.status != http.StatusOK {
			t.Fatalf("before it is revoked: %d", got.status)
		}
		f.Revoke()
	case "reader", "other", "workflow":
		c.authorization = "Bearer token-of-" + who
	}
	return c
}

// installationToken is one of the App.
func (f *fixture) installationToken(t *testing.T) string {
	t.Helper()
	given, ok := f.as(t, "app").send(t, http.MethodPost, "/app/installations/4711/access_tokens", "").body.(map[string]any)
	token, isText := given["token"].(string)
	if !ok || !isText {
		t.Fatalf("an App gets %v", given)
	}
	return token
}

// claims are those of a JSON Web Token.
type claims struct {
	Iss string `json:"iss"`
	Iat int64  `json:"iat"`
	Exp int64  `json:"exp"`
}

// sign makes a JSON Web Token of the App.
func (f *fixture) sign(t *testing.T, c claims) string {
	t.Helper()
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + base64.RawURLEncoding.EncodeToString(data)
	digest := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, f.key, crypto.SHA256, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}
