package githubtest

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// installationID is the id of the App's one installation.
const installationID = 4711

// signed tells whether a JSON Web Token is the App's, and of now: it may last ten minutes at most.
func (a *app) signed(token string, now time.Time) bool {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return false
	}
	header, err1 := base64.RawURLEncoding.DecodeString(parts[0])
	claims, err2 := base64.RawURLEncoding.DecodeString(parts[1])
	signature, err3 := base64.RawURLEncoding.DecodeString(parts[2])
	var algorithm struct{ Alg string }
	var said struct {
		Iat, Exp int64
		Iss      string
	}
	if err1 != nil || err2 != nil || err3 != nil || json.Unmarshal(header, &algorithm) != nil || json.Unmarshal(claims, &said) != nil {
		return false
	}
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	return algorithm.Alg == "RS256" && rsa.VerifyPKCS1v15(a.key, crypto.SHA256, digest[:], signature) == nil &&
		said.Iss == strconv.FormatInt(a.id, 10) && said.Iat <= now.Unix() && said.Exp > now.Unix() && said.Exp <= now.Unix()+600
}

func appPermissions() map[string]any {
	return map[string]any{"metadata": "read", "pull_requests": "write"}
}

func (c *call) appObject() map[string]any {
	a := c.Server.app
	return map[string]any{
		"id": a.id, "slug": a.slug, "client_id": "Iv1.0000000000000000", "node_id": nodeID("App", a.id), "owner": c.userObject(&user{login: "apps"}),
		"name": a.slug, "description": "", "external_url": "https://example.com", "html_url": c.base + "/apps/" + a.slug,
		"created_at": stamp(c.now()), "updated_at": stamp(c.now()), "permissions": appPermissions(), "events": []any{}, "installations_count": 1,
	}
}

func (c *call) installationObject() map[string]any {
	a := c.Server.app
	owner, _, _ := strings.Cut(a.repo, "/")
	return map[string]any{
		"id": installationID, "account": c.userObject(&user{login: owner}), "repository_selection": "selected",
		"access_tokens_url": c.base + "/app/installations/" + strconv.Itoa(installationID) + "/access_tokens",
		"repositories_url":  c.base + "/installation/repositories", "html_url": c.base + "/organizations/" + owner + "/settings/installations/" + strconv.Itoa(installationID),
		"app_id": a.id, "app_slug": a.slug, "target_id": accountID(owner), "target_type": "Organization", "permissions": appPermissions(), "events": []any{},
		"created_at": stamp(c.now()), "updated_at": stamp(c.now()), "single_file_name": nil, "has_multiple_single_files": false,
		"single_file_paths": []any{}, "suspended_by": nil, "suspended_at": nil,
	}
}
