package github_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/reporter/github"
)

func TestPlan(t *testing.T) {
	t.Parallel()
	mine := func(id int64, text string) github.Comment {
		return github.Comment{ID: id, Author: bot, Body: said(text), URL: "https://example.com"}
	}
	for name, test := range map[string]struct {
		comments []github.Comment
		body     github.Body
		want     github.Action
	}{
		"nothing there": {
			comments: []github.Comment{{ID: 1, Author: "contributor", Body: "hello"}},
			body:     github.Body{Text: said("new")}, want: github.Action{Kind: github.Create, Body: said("new")},
		},
		"nothing to say": {comments: []github.Comment{mine(1, "old")}, want: github.Action{Why: "there are no results"}},
		"not worth a comment": {
			body: github.Body{Text: said("new"), UpdateOnly: true}, want: github.Action{Why: "there are no results at the head"},
		},
		"worth an update": {
			comments: []github.Comment{mine(1, "old")}, body: github.Body{Text: said("new"), UpdateOnly: true},
			want: github.Action{Kind: github.Update, ID: 1, Body: said("new"), URL: "https://example.com"},
		},
		"unchanged, as GitHub stores it": {
			comments: []github.Comment{{ID: 1, Author: "Op-Readiness-Bot", Body: marker + "\r\nnew"}},
			body:     github.Body{Text: said("new")}, want: github.Action{ID: 1, Body: said("new"), Why: "the comment says so already"},
		},
		"the oldest of three, in any order": {
			comments: []github.Comment{mine(5, "new"), mine(3, "old"), mine(4, "older")}, body: github.Body{Text: said("new")},
			want: github.Action{Kind: github.Update, ID: 3, Body: said("new"), Delete: []int64{4, 5}, URL: "https://example.com"},
		},
		"of somebody else, quoted, and without the marker": {
			comments: []github.Comment{
				{ID: 1, Author: "contributor", Body: said("new")}, {ID: 2, Author: bot, Body: "> " + said("new")}, {ID: 3, Author: bot, Body: "new"},
			},
			body: github.Body{Text: said("new")}, want: github.Action{Kind: github.Create, Body: said("new")},
		},
		"a body without a marker": {
			comments: []github.Comment{{ID: 1, Author: bot, Body: "written by hand"}},
			body:     github.Body{Text: " \n"}, want: github.Action{Kind: github.Create, Body: " \n"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, github.Plan(test.comments, bot, test.body)); diff != "" {
				t.Errorf("plan (-want +got):\n%s", diff)
			}
		})
	}
}
