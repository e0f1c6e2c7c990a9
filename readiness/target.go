package readiness

import (
	"fmt"
	"regexp"
	"strconv"
)

// Target is a pull request, or, with the number 0, a repository with all its pull requests.
type Target struct {
	Org, Repo string
	Number    int
}

// String returns what a user calls it: "org/repo#7" or "org/repo".
func (t Target) String() string {
	if t.Number == 0 {
		return t.Org + "/" + t.Repo
	}
	return fmt.Sprintf("%s/%s#%d", t.Org, t.Repo, t.Number)
}

// targets has GitHub's rules for the names of accounts and repositories.
var targets = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9-]*)/([A-Za-z0-9._-]+?)(?:#([1-9][0-9]{0,9}))?$`)

// ParseTarget reads "org/repo#7" or "org/repo".
func ParseTarget(text string) (Target, error) {
	m := targets.FindStringSubmatch(text)
	if m == nil || m[2] == "." || m[2] == ".." {
		return Target{}, fmt.Errorf("%q is neither a pull request, such as org/repo#7, nor a repository, such as org/repo", text)
	}
	t := Target{Org: m[1], Repo: m[2]}
	if m[3] == "" {
		return t, nil
	}
	var err error
	if t.Number, err = strconv.Atoi(m[3]); err != nil {
		return Target{}, fmt.Errorf("the number of the pull request %q: %w", text, err)
	}
	return t, nil
}

// ParsePull reads "org/repo#7".
func ParsePull(text string) (Target, error) {
	t, err := ParseTarget(text)
	if err != nil || t.Number == 0 {
		return Target{}, fmt.Errorf("%q is no pull request, such as org/repo#7", text)
	}
	return t, nil
}
