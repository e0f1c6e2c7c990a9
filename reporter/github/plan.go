package github

import (
	"cmp"
	"slices"
	"strings"
)

// Comment is a comment on a pull request.
type Comment struct {
	ID     int64
	Author Login
	Body   string
	URL    string // its page
}

// Login is the name of an account. Case does not matter.
type Login string

// Body is what a comment should be.
type Body struct {
	Text       string // "": there is nothing to say; its first line is the marker by which we know our comments again
	UpdateOnly bool   // a comment that is there is to say this, but none is worth being made for it
}

// Kind is what to do with the comment.
type Kind int

// The kinds. The zero value does nothing.
const (
	None Kind = iota
	Create
	Update
)

// String returns the word that --dry-run prints.
func (k Kind) String() string { return [...]string{"none", "create", "update"}[k] }

// Action is a plan, and, as Post returns it, what was done.
type Action struct {
	Kind   Kind
	ID     int64   // of the comment that is kept; 0 if there is none
	URL    string  // of the comment that is kept
	Body   string  // what it is to be
	Delete []int64 // our other comments
	Why    string  // with None: why nothing is to be done
}

// Idle tells whether there is nothing to do.
func (a Action) Idle() bool { return a.Kind == None && len(a.Delete) == 0 }

// Plan says what makes one comment of self, with that body, of the comments that are there.
func Plan(comments []Comment, self Login, body Body) Action {
	if body.Text == "" {
		return Action{Why: "there are no results"}
	}
	marker, _, _ := strings.Cut(normal(body.Text), "\n")
	ours := slices.DeleteFunc(slices.Clone(comments), func(c Comment) bool { return !c.ours(self, marker) })
	slices.SortFunc(ours, func(a, b Comment) int { return cmp.Compare(a.ID, b.ID) })
	if len(ours) == 0 {
		if body.UpdateOnly {
			return Action{Why: "there are no results at the head"}
		}
		return Action{Kind: Create, Body: body.Text}
	}
	action := Action{Kind: Update, ID: ours[0].ID, URL: ours[0].URL, Body: body.Text}
	if normal(ours[0].Body) == normal(body.Text) {
		action.Kind, action.Why = None, "the comment says so already"
	}
	for _, c := range ours[1:] {
		action.Delete = append(action.Delete, c.ID)
	}
	return action
}

// crierMarker is in the comment of Prow's crier, which takes every comment of its account with it for its own
// (https://github.com/kubernetes-sigs/prow, pkg/github/report).
const crierMarker = "<!-- test report -->"

// ours tells whether self wrote the comment, and as this program. A quotation of such a comment does not begin with the
// marker, a copy of one has another author, and crier, which may have the same, its own marker. Without a marker none is.
func (c Comment) ours(self Login, marker string) bool {
	return marker != "" && self != "" && !strings.Contains(c.Body, crierMarker) && strings.EqualFold(string(c.Author), string(self)) && strings.HasPrefix(normal(c.Body), marker)
}

// normal is a body without what GitHub may change when it stores it.
func normal(body string) string {
	return strings.TrimSpace(strings.ReplaceAll(body, "\r\n", "\n"))
}
