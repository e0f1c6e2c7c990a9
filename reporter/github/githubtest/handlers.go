package githubtest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

func (c *call) getUser() {
	if c.user.workflow {
		c.fail(http.StatusForbidden, "Resource not accessible by integration")
		return
	}
	c.send(http.StatusOK, c.privateUser(c.user))
}

// graphql answers the one query that the server knows: who asks.
func (c *call) graphql() {
	var request struct {
		Query string `json:"query"`
	}
	if err := json.NewDecoder(c.r.Body).Decode(&request); err != nil {
		c.fail(http.StatusBadRequest, "Problems parsing JSON")
		return
	}
	if strings.Join(strings.Fields(request.Query), " ") != "query { viewer { __typename login } }" {
		field := "query"
		if found := firstField.FindStringSubmatch(request.Query); found != nil {
			field = found[1]
		}
		c.send(http.StatusOK, map[string]any{"errors": []any{map[string]any{
			"path": []any{"query", field}, "extensions": map[string]any{"code": "undefinedField", "typeName": "Query", "fieldName": field},
			"locations": []any{map[string]any{"line": 1, "column": 1}}, "message": fmt.Sprintf("Field '%s' doesn't exist on type 'Query'", field),
		}}})
		return
	}
	c.send(http.StatusOK, map[string]any{"data": map[string]any{"viewer": map[string]any{"__typename": "User", "login": c.user.login}}})
}

// firstField is what a query asks for first.
var firstField = regexp.MustCompile(`\{\s*(\w+)`)

func (c *call) listPulls() {
	query := c.r.URL.Query()
	state := cmp.Or(query.Get("state"), "open")
	var list []*Pull
	known := false
	for _, p := range c.pulls {
		if c.sees(p.Owner, p.Name) && c.inRepo(p) {
			known = true
			if state == "all" || (state == "closed") == p.Closed {
				list = append(list, p)
			}
		}
	}
	if !known {
		c.fail(http.StatusNotFound, "Not Found")
		return
	}
	slices.SortFunc(list, pullOrder(query.Get("sort"), query.Get("direction")))
	page(c, list, func(p *Pull) any { return c.pullObject(p) })
}

// inRepo tells whether the pull request belongs to the repository of the path, where case does not matter.
func (c *call) inRepo(p *Pull) bool {
	return strings.EqualFold(p.Owner, c.r.PathValue("owner")) && strings.EqualFold(p.Name, c.r.PathValue("name"))
}

// pullOrder is the order of a list. Without a word it is by creation, the newest first; by a chosen key the lowest first.
func pullOrder(by, direction string) func(a, b *Pull) int {
	key := func(p *Pull) int64 { return int64(p.Number) }
	if by == "updated" {
		key = func(p *Pull) int64 { return p.Updated.UnixNano() }
	}
	sign := 1
	if direction == "desc" || direction == "" && (by == "" || by == "created") {
		sign = -1
	}
	return func(a, b *Pull) int {
		return sign * cmp.Or(cmp.Compare(key(a), key(b)), cmp.Compare(a.Number, b.Number))
	}
}

func (c *call) getPull() {
	if p := c.pull(); p != nil {
		c.send(http.StatusOK, c.fullPullObject(p))
	}
}

// pull returns the pull request of the path, or answers that there is none.
func (c *call) pull() *Pull {
	for _, p := range c.pulls {
		if c.inRepo(p) && strconv.Itoa(p.Number) == c.r.PathValue("number") && c.sees(p.Owner, p.Name) {
			return p
		}
	}
	c.fail(http.StatusNotFound, "Not Found")
	return nil
}

// sees tells whether the token reaches a repository: that of an installation reaches its own only.
func (c *call) sees(owner, name string) bool {
	return c.user.scope == "" || strings.EqualFold(c.user.scope, owner+"/"+name)
}

// issues serves the paths issues/7/comments and issues/comments/7, which patterns cannot tell apart.
func (c *call) issues() {
	first, second := c.r.PathValue("first"), c.r.PathValue("second")
	c.r.SetPathValue("number", first)
	kind := c.r.Method + " of a pull request"
	if first == "comments" {
		c.r.SetPathValue("id", second)
		kind = c.r.Method
	} else if second != "comments" {
		kind = ""
	}
	serve, ok := map[string]func(){
		"GET of a pull request": c.listComments, "POST of a pull request": c.createComment,
		"GET": c.getComment, "PATCH": c.updateComment, "DELETE": c.deleteComment,
	}[kind]
	if !ok {
		serve = func() { c.fail(http.StatusNotFound, "Not Found") }
	}
	serve()
}

func (c *call) listComments() {
	p := c.pull()
	if p == nil {
		return
	}
	var list []*comment
	key := p.key()
	for _, x := range c.comments {
		late := c.now().Sub(x.updated) < c.lagTime
		switch {
		case x.pull != key || late && x.before == "":
		case late:
			old := *x
			old.body = x.before
			list = append(list, &old)
		default:
			list = append(list, x)
		}
	}
	page(c, list[:max(0, len(list)-c.lag)], func(x *comment) any { return c.commentObject(x) })
}

func (p *Pull) key() string { return pullKey(p.Owner, p.Name, p.Number) }

func (c *call) createComment() {
	p := c.pull()
	if p == nil {
		return
	}
	switch {
	case c.isArchived(p) && p.Locked:
		c.fail(http.StatusForbidden, "Repository was archived so is read-only and unable to create comment because issue is locked.")
		return
	case c.isArchived(p):
		c.fail(http.StatusForbidden, archivedMessage)
		return
	case p.Locked:
		c.fail(http.StatusForbidden, "Unable to create comment because issue is locked.")
		return
	}
	body, ok := c.body()
	if !ok {
		return
	}
	created := c.add(p.key(), c.user, body)
	p.Updated = c.now()
	c.w.Header().Set("Location", c.commentURL(created))
	c.send(http.StatusCreated, c.commentObject(created))
	if strings.EqualFold(c.vanish, created.author.login) {
		c.comments = slices.DeleteFunc(c.comments, func(x *comment) bool { return x == created })
	}
}

// body returns the text of a comment, if it may be written.
func (c *call) body() (string, bool) {
	if c.user.read {
		c.fail(http.StatusForbidden, "Resource not accessible by personal access token")
		return "", false
	}
	var request struct {
		Body *string `json:"body"`
	}
	if err := json.NewDecoder(c.r.Body).Decode(&request); err != nil {
		c.fail(http.StatusBadRequest, "Problems parsing JSON")
		return "", false
	}
	switch {
	case request.Body == nil || strings.TrimSpace(*request.Body) == "":
		c.invalid("body", "Body cannot be blank")
	case utf8.RuneCountInString(*request.Body) > 65_536:
		c.invalid("data", "Body is too long (maximum is 65536 characters)")
	default:
		return *request.Body, true
	}
	return "", false
}

// comment returns the comment of the path, or answers that there is none.
func (c *call) found() *comment {
	for _, x := range c.comments {
		p := c.pulls[x.pull]
		if strconv.FormatInt(x.id, 10) == c.r.PathValue("id") && p != nil && c.inRepo(p) && c.sees(p.Owner, p.Name) {
			return x
		}
	}
	c.fail(http.StatusNotFound, "Not Found")
	return nil
}

func (c *call) getComment() {
	if found := c.found(); found != nil {
		c.send(http.StatusOK, c.commentObject(found))
	}
}

func (c *call) updateComment() {
	found := c.own()
	if found == nil {
		return
	}
	body, ok := c.body()
	if !ok {
		return
	}
	found.before, found.body, found.updated = found.body, body, c.now()
	c.send(http.StatusOK, c.commentObject(found))
}

func (c *call) deleteComment() {
	if found := c.own(); found != nil {
		c.comments = slices.DeleteFunc(c.comments, func(x *comment) bool { return x == found })
		c.w.WriteHeader(http.StatusNoContent)
	}
}

// archivedMessage is what GitHub says of each write to an archived repository.
const archivedMessage = "Repository was archived so is read-only."

// isArchived tells whether the repository of a pull request is.
func (c *call) isArchived(p *Pull) bool { return strings.EqualFold(c.archived, p.Owner+"/"+p.Name) }

// own returns the comment of the path, if who asks has written it, and may write.
func (c *call) own() *comment {
	found := c.found()
	if found != nil && c.isArchived(c.pulls[found.pull]) {
		c.fail(http.StatusForbidden, archivedMessage)
		return nil
	}
	if found != nil && found.author.login != c.user.login {
		c.fail(http.StatusForbidden, "Must have admin rights to Repository.")
		return nil
	}
	return found
}

func (c *call) getApp() { c.send(http.StatusOK, c.appObject()) }

func (c *call) installation() {
	if !strings.EqualFold(c.Server.app.repo, c.r.PathValue("owner")+"/"+c.r.PathValue("name")) {
		c.fail(http.StatusNotFound, "Not Found")
		return
	}
	c.send(http.StatusOK, c.installationObject())
}

// accessToken gives out a token for an hour.
func (c *call) accessToken() {
	if c.r.PathValue("id") != strconv.Itoa(installationID) {
		c.fail(http.StatusNotFound, "Not Found")
		return
	}
	c.nextID++
	token := "installation-token-" + strconv.FormatInt(c.nextID, 10)
	c.users[token] = &user{login: c.Server.app.slug + "[bot]", bot: true, scope: c.Server.app.repo}
	owner, name, _ := strings.Cut(c.Server.app.repo, "/")
	c.send(http.StatusCreated, map[string]any{
		"token": token, "expires_at": c.now().Add(time.Hour).UTC().Format(time.RFC3339), "permissions": appPermissions(),
		"repository_selection": "selected", "repositories": []any{c.repoObject(owner, name)},
	})
}
