package githubtest

import (
	"encoding/base64"
	"fmt"
	"hash/fnv"
	"maps"
	"strings"
	"time"
)

// The objects have every key that GitHub's REST documentation (https://docs.github.com/rest) gives them, so that a client
// in another language, or one that checks a schema, finds what it looks for.

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func nodeID(kind string, id int64) string {
	return base64.StdEncoding.EncodeToString([]byte(fmt.Sprintf("0%d:%s%d", len(kind), kind, id)))
}

// accountID makes an id of a name.
func accountID(login string) int64 {
	h := fnv.New32a()
	h.Write([]byte(login))
	return int64(h.Sum32())
}

func (c *call) userObject(u *user) map[string]any {
	kind := "User"
	if u.bot {
		kind = "Bot"
	}
	at := c.base + "/users/" + u.login
	return map[string]any{
		"login": u.login, "id": accountID(u.login), "node_id": nodeID(kind, accountID(u.login)), "avatar_url": c.base + "/avatars/" + u.login,
		"gravatar_id": "", "url": at, "html_url": c.base + "/" + u.login, "followers_url": at + "/followers",
		"following_url": at + "/following{/other_user}", "gists_url": at + "/gists{/gist_id}", "starred_url": at + "/starred{/owner}{/repo}",
		"subscriptions_url": at + "/subscriptions", "organizations_url": at + "/orgs", "repos_url": at + "/repos",
		"events_url": at + "/events{/privacy}", "received_events_url": at + "/received_events", "type": kind, "user_view_type": "public", "site_admin": false,
	}
}

// privateUser is an account as it sees itself.
func (c *call) privateUser(u *user) map[string]any {
	object := c.userObject(u)
	maps.Copy(object, map[string]any{
		"name": u.login, "company": nil, "blog": "", "location": nil, "email": nil, "hireable": nil, "bio": nil, "twitter_username": nil,
		"notification_email": nil, "public_repos": 0, "public_gists": 0, "followers": 0, "following": 0,
		"created_at": stamp(time.Unix(0, 0)), "updated_at": stamp(time.Unix(0, 0)),
	})
	return object
}

func (c *call) commentURL(x *comment) string {
	p := c.pulls[x.pull]
	return fmt.Sprintf("%s/repos/%s/%s/issues/comments/%d", c.base, p.Owner, p.Name, x.id)
}

func (c *call) commentObject(x *comment) map[string]any {
	p := c.pulls[x.pull]
	at := c.commentURL(x)
	return map[string]any{
		"url": at, "html_url": fmt.Sprintf("%s#issuecomment-%d", c.pageOf(p), x.id), "issue_url": c.issueURL(p), "id": x.id,
		"node_id": nodeID("IssueComment", x.id), "user": c.userObject(x.author), "created_at": stamp(x.created), "updated_at": stamp(x.updated),
		"body": x.body, "author_association": "CONTRIBUTOR", "performed_via_github_app": nil,
		"reactions": map[string]any{
			"url": at + "/reactions", "total_count": 0, "+1": 0, "-1": 0, "laugh": 0, "hooray": 0, "confused": 0, "heart": 0, "rocket": 0, "eyes": 0,
		},
	}
}

func (c *call) pageOf(p *Pull) string {
	return fmt.Sprintf("%s/%s/%s/pull/%d", c.base, p.Owner, p.Name, p.Number)
}

func (c *call) issueURL(p *Pull) string {
	return fmt.Sprintf("%s/repos/%s/%s/issues/%d", c.base, p.Owner, p.Name, p.Number)
}

// pullObject is a pull request in a list.
func (c *call) pullObject(p *Pull) map[string]any {
	at := fmt.Sprintf("%s/repos/%s/%s/pulls/%d", c.base, p.Owner, p.Name, p.Number)
	html, issue := c.pageOf(p), c.issueURL(p)
	statuses := fmt.Sprintf("%s/repos/%s/%s/statuses/%s", c.base, p.Owner, p.Name, p.Head)
	state, closed := "open", any(nil)
	if p.Closed {
		state, closed = "closed", stamp(p.Updated)
	}
	contributor := c.userObject(&user{login: "contributor"})
	link := func(address string) map[string]any { return map[string]any{"href": address} }
	return map[string]any{
		"url": at, "id": p.Number, "node_id": nodeID("PullRequest", int64(p.Number)), "html_url": html, "diff_url": html + ".diff",
		"patch_url": html + ".patch", "issue_url": issue, "number": p.Number, "state": state, "locked": p.Locked, "title": "A change",
		"user": contributor, "body": nil, "created_at": stamp(p.Updated), "updated_at": stamp(p.Updated), "closed_at": closed, "merged_at": nil,
		"merge_commit_sha": nil, "assignee": nil, "assignees": []any{}, "requested_reviewers": []any{}, "requested_teams": []any{}, "labels": []any{},
		"milestone": nil, "draft": false, "commits_url": at + "/commits", "review_comments_url": at + "/comments",
		"review_comment_url": fmt.Sprintf("%s/repos/%s/%s/pulls/comments{/number}", c.base, p.Owner, p.Name), "comments_url": issue + "/comments",
		"statuses_url": statuses, "author_association": "CONTRIBUTOR", "auto_merge": nil, "active_lock_reason": nil,
		"head": c.branch("contributor", p.Name, "change", p.Head), "base": c.branch(p.Owner, p.Name, "main", "0000000000000000000000000000000000000000"),
		"_links": map[string]any{
			"self": link(at), "html": link(html), "issue": link(issue), "comments": link(issue + "/comments"), "review_comments": link(at + "/comments"),
			"review_comment": link(fmt.Sprintf("%s/repos/%s/%s/pulls/comments{/number}", c.base, p.Owner, p.Name)), "commits": link(at + "/commits"), "statuses": link(statuses),
		},
	}
}

func (c *call) branch(owner, name, ref, sha string) map[string]any {
	return map[string]any{
		"label": owner + ":" + ref, "ref": ref, "sha": sha, "user": c.userObject(&user{login: owner}), "repo": c.repoObject(owner, name),
	}
}

// fullPullObject is a pull request alone, which says more.
func (c *call) fullPullObject(p *Pull) map[string]any {
	comments, key := 0, p.key()
	for _, x := range c.comments {
		if x.pull == key {
			comments++
		}
	}
	object := c.pullObject(p)
	maps.Copy(object, map[string]any{
		"merged": false, "mergeable": true, "rebaseable": true, "mergeable_state": "clean", "merged_by": nil, "comments": comments,
		"review_comments": 0, "maintainer_can_modify": true, "commits": 1, "additions": 1, "deletions": 1, "changed_files": 1,
	})
	return object
}

// repoObject is a repository. Most of its keys are addresses below its own.
func (c *call) repoObject(owner, name string) map[string]any {
	at := c.base + "/repos/" + owner + "/" + name
	html := c.base + "/" + owner + "/" + name
	id := accountID(owner + "/" + name)
	object := map[string]any{
		"id": id, "node_id": nodeID("Repository", id), "name": name, "full_name": owner + "/" + name, "private": false,
		"owner": c.userObject(&user{login: owner}), "html_url": html, "description": nil, "fork": false, "url": at,
		"git_url": "git:" + html[len("http:"):] + ".git", "ssh_url": "git@" + c.r.Host + ":" + owner + "/" + name + ".git", "clone_url": html + ".git", "svn_url": html,
		"homepage": nil, "size": 1, "stargazers_count": 0, "watchers_count": 0, "language": nil, "has_issues": true, "has_projects": true,
		"has_downloads": true, "has_wiki": true, "has_pages": false, "has_discussions": false, "forks_count": 0, "mirror_url": nil, "archived": strings.EqualFold(c.archived, owner+"/"+name),
		"disabled": false, "open_issues_count": 0, "license": nil, "allow_forking": true, "is_template": false, "web_commit_signoff_required": false,
		"topics": []any{}, "visibility": "public", "forks": 0, "open_issues": 0, "watchers": 0, "default_branch": "main",
		"created_at": stamp(time.Unix(0, 0)), "updated_at": stamp(time.Unix(0, 0)), "pushed_at": stamp(time.Unix(0, 0)),
	}
	for key, path := range map[string]string{
		"forks_url": "forks", "keys_url": "keys{/key_id}", "collaborators_url": "collaborators{/collaborator}", "teams_url": "teams", "hooks_url": "hooks",
		"issue_events_url": "issues/events{/number}", "events_url": "events", "assignees_url": "assignees{/user}", "branches_url": "branches{/branch}",
		"tags_url": "tags", "blobs_url": "git/blobs{/sha}", "git_tags_url": "git/tags{/sha}", "git_refs_url": "git/refs{/sha}", "trees_url": "git/trees{/sha}",
		"statuses_url": "statuses/{sha}", "languages_url": "languages", "stargazers_url": "stargazers", "contributors_url": "contributors",
		"subscribers_url": "subscribers", "subscription_url": "subscription", "commits_url": "commits{/sha}", "git_commits_url": "git/commits{/sha}",
		"comments_url": "comments{/number}", "issue_comment_url": "issues/comments{/number}", "contents_url": "contents/{+path}",
		"compare_url": "compare/{base}...{head}", "merges_url": "merges", "archive_url": "{archive_format}{/ref}", "downloads_url": "downloads",
		"issues_url": "issues{/number}", "pulls_url": "pulls{/number}", "milestones_url": "milestones{/number}",
		"notifications_url": "notifications{?since,all,participating}", "labels_url": "labels{/name}", "releases_url": "releases{/id}", "deployments_url": "deployments",
	} {
		object[key] = at + "/" + path
	}
	return object
}
