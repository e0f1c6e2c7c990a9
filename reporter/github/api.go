package github

import (
	"context"
	"fmt"

	gogithub "github.com/google/go-github/v50/github"
)

// maxPages is how many pages of a list are read: a list without end is none.
const maxPages = 100

// perPage is the most that GitHub puts on a page.
const perPage = 100

// Pull returns a pull request as it is now.
func (c *Client) Pull(ctx context.Context, number int) (PullRequest, error) {
	pull, _, err := c.api.PullRequests.Get(ctx, c.repo.Owner, c.repo.Name, number)
	pr := PullRequest{Repo: c.repo, Number: number}
	if err != nil {
		return pr, c.auth.failed("reading "+pr.String(), err)
	}
	return c.pullRequest(pull), nil
}

func (c *Client) pullRequest(pull *gogithub.PullRequest) PullRequest {
	return PullRequest{
		Repo: c.repo, Number: pull.GetNumber(), HeadSHA: pull.GetHead().GetSHA(), Open: pull.GetState() == "open", Locked: pull.GetLocked(),
		Updated: pull.GetUpdatedAt().Time,
	}
}

// Open lists the open pull requests, the last touched first. One that is touched meanwhile may be missed; the next
// sweep sees it.
func (c *Client) Open(ctx context.Context) ([]PullRequest, error) {
	var list []PullRequest
	known := map[int]bool{}
	o := gogithub.PullRequestListOptions{State: "open", Sort: "updated", Direction: "desc", ListOptions: gogithub.ListOptions{PerPage: perPage, Page: 1}}
	for {
		pulls, resp, err := c.api.PullRequests.List(ctx, c.repo.Owner, c.repo.Name, &o)
		if err != nil {
			return nil, c.auth.failed("listing the pull requests of "+c.repo.String(), err)
		}
		for _, pull := range pulls {
			if pr := c.pullRequest(pull); !known[pr.Number] {
				known[pr.Number] = true
				list = append(list, pr)
			}
		}
		if !more(resp, len(pulls)) {
			return list, nil
		}
		if o.Page++; o.Page > maxPages {
			return nil, tooMany("listing the pull requests of " + c.repo.String())
		}
	}
}

func tooMany(doing string) error {
	return &Error{Doing: doing, Message: fmt.Sprintf("there are more than %d pages of it", maxPages)}
}

// more tells whether there is a further page. A full page may come from a cache that does not know of it yet.
func more(resp *gogithub.Response, items int) bool { return resp.NextPage > 0 || items == perPage }

// comments lists all comments on a pull request, but those on lines of its code.
func (c *Client) comments(ctx context.Context, pr PullRequest) ([]Comment, error) {
	var list []Comment
	o := gogithub.IssueListCommentsOptions{ListOptions: gogithub.ListOptions{PerPage: perPage, Page: 1}}
	for {
		comments, resp, err := c.api.Issues.ListComments(ctx, c.repo.Owner, c.repo.Name, pr.Number, &o)
		if err != nil {
			return nil, c.auth.failed("listing the comments on "+pr.String(), err)
		}
		for _, comment := range comments {
			list = append(list, commentOf(comment))
		}
		if !more(resp, len(comments)) {
			return list, nil
		}
		if o.Page++; o.Page > maxPages {
			return nil, tooMany("listing the comments on " + pr.String())
		}
	}
}

// comment returns one comment; found tells whether it is there.
func (c *Client) comment(ctx context.Context, id int64) (comment Comment, found bool, err error) {
	read, _, err := c.api.Issues.GetComment(ctx, c.repo.Owner, c.repo.Name, id)
	switch {
	case status(err) == 404:
		return Comment{}, false, nil
	case err != nil:
		return Comment{}, false, c.auth.failed("reading our comment", err)
	}
	return commentOf(read), true, nil
}

func commentOf(comment *gogithub.IssueComment) Comment {
	return Comment{ID: comment.GetID(), Author: Login(comment.GetUser().GetLogin()), Body: comment.GetBody(), URL: comment.GetHTMLURL()}
}

func (c *Client) create(ctx context.Context, pr PullRequest, body string) (Comment, error) {
	comment, _, err := c.api.Issues.CreateComment(ctx, c.repo.Owner, c.repo.Name, pr.Number, &gogithub.IssueComment{Body: &body})
	if err != nil {
		return Comment{}, c.auth.failed("commenting on "+pr.String(), err)
	}
	return commentOf(comment), nil
}

// update writes a comment anew. One that is gone meanwhile is no error: what is there is read again anyway.
func (c *Client) update(ctx context.Context, pr PullRequest, comment Comment) error {
	_, _, err := c.api.Issues.EditComment(ctx, c.repo.Owner, c.repo.Name, comment.ID, &gogithub.IssueComment{Body: &comment.Body})
	if err != nil && status(err) != 404 {
		return c.auth.failed("updating our comment on "+pr.String(), err)
	}
	return nil
}

// remove deletes a comment. One that is gone already is no error.
func (c *Client) remove(ctx context.Context, pr PullRequest, id int64) error {
	_, err := c.api.Issues.DeleteComment(ctx, c.repo.Owner, c.repo.Name, id)
	if err != nil && status(err) != 404 {
		return c.auth.failed("deleting our second comment on "+pr.String(), err)
	}
	return nil
}
