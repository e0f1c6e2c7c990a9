package githubtest_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	gogithub "github.com/google/go-github/v50/github"
)

// later are fields that GitHub has added since the answers were recorded: of accounts in 2024, of repositories in 2022, of
// errors in 2024 (https://github.blog/changelog/label/api).
func later(path string) bool {
	name := path[strings.LastIndex(path, ".")+1:]
	return slices.Contains([]string{"user_view_type", "has_discussions", "notification_email", "status", "documentation_url"}, name)
}

// compare tells where an answer has other fields than GitHub's, or a field of another kind. An empty field may have any.
func compare(path string, want, got any) []string {
	if want == nil || got == nil {
		return nil
	}
	var problems []string
	switch want := want.(type) {
	case map[string]any:
		got, ok := got.(map[string]any)
		if !ok {
			return []string{path + ": no object"}
		}
		if strings.HasSuffix(path, ".permissions") {
			return nil // each App has others
		}
		for key, value := range want {
			inner, ok := got[key]
			if !ok {
				problems = append(problems, path+"."+key+": missing")
			}
			problems = append(problems, compare(path+"."+key, value, inner)...)
		}
		for key := range got {
			if _, ok := want[key]; !ok && !later(path+"."+key) {
				problems = append(problems, path+"."+key+": GitHub does not have it")
			}
		}
	case []any:
		got, ok := got.([]any)
		if !ok {
			return []string{path + ": no list"}
		}
		if len(want) > 0 && len(got) > 0 {
			problems = compare(path+"[]", want[0], got[0])
		}
	default:
		problems = compareValue(path, want, got)
	}
	return problems
}

func compareValue(path string, want, got any) []string {
	if reflect.TypeOf(want) != reflect.TypeOf(got) {
		return []string{fmt.Sprintf("%s: %T, want %T", path, got, want)}
	}
	text, ok := want.(string)
	if !ok {
		return nil
	}
	switch name := path[strings.LastIndex(path, ".")+1:]; {
	case name == "message" && !strings.HasPrefix(got.(string), text), // GitHub's own words, which programs look for
		slices.Contains([]string{"resource", "code", "field"}, name) && got != want:
		return []string{fmt.Sprintf("%s: %q, want %q", path, got, want)}
	case strings.HasSuffix(name, "_at"):
		if _, err := time.Parse(time.RFC3339, got.(string)); err != nil {
			return []string{fmt.Sprintf("%s: %v", path, err)}
		}
	case strings.HasSuffix(name, "url") && !elsewhere(path, text) && plainAddress(got.(string)) != plainAddress(text):
		return []string{fmt.Sprintf("%s: %q, want one like %q", path, got, text)}
	}
	return nil
}

// elsewhere tells whether an address is another one here: where GitHub explains an error, pictures, and the page of an
// installation, which was one of a user.
func elsewhere(path, address string) bool {
	name := path[strings.LastIndex(path, ".")+1:]
	return name == "documentation_url" || name == "avatar_url" || strings.Contains(address, "/settings/")
}

// plainAddress is an address without what differs from one object to another: hosts, accounts, ids and commits.
func plainAddress(address string) string {
	for _, change := range []struct{ from, to string }{
		{`^(https?|git)://(api\.)?github\.(com|test)`, "HOST"},
		{`^git@github\.(com|test)`, "HOST"},
		{`([:/])(somebody|contributor|owner)\b`, "${1}LOGIN"},
		{`[0-9a-f]{40}`, "SHA"},
		{`[0-9]+`, "N"},
		{`/issues/N#`, "/pull/N#"}, // the recorded comment is on an issue
	} {
		address = regexp.MustCompile(change.from).ReplaceAllString(address, change.to)
	}
	return address
}

// compareDecoded holds what go-github understands of both answers against each other: no field of its types may be filled
// by one and not by the other.
func compareDecoded(t *testing.T, name string, want, got any) {
	t.Helper()
	decode := func(answer any) any {
		target := typeOf(name)
		data, err := json.Marshal(answer)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, target); err != nil {
			t.Fatalf("go-github cannot read it: %v", err)
		}
		if data, err = json.Marshal(target); err != nil {
			t.Fatal(err)
		}
		var fields any
		if err := json.Unmarshal(data, &fields); err != nil {
			t.Fatal(err)
		}
		return fields
	}
	for _, problem := range compareKeys("", decode(want), decode(got)) {
		t.Error("by go-github: ", problem)
	}
}

func typeOf(name string) any {
	switch strings.TrimSuffix(filepath.Base(name), ".json") {
	case "comment-created":
		return new(gogithub.IssueComment)
	case "pull":
		return new(gogithub.PullRequest)
	case "user":
		return new(gogithub.User)
	case "installation":
		return new(gogithub.Installation)
	case "installation-token":
		return new(gogithub.InstallationToken)
	}
	return new(gogithub.ErrorResponse)
}

// mayBeEmpty tells whether a field is filled or not as the case is, not as the API is.
func mayBeEmpty(path string) bool {
	name := path[strings.LastIndex(path, ".")+1:]
	return later(path) || slices.Contains([]string{
		"bio", "body", "company", "email", "twitter_username", "description", "homepage", "language", "mergeable", "rebaseable", "permissions", "closed_at",
	}, name)
}

func compareKeys(path string, want, got any) []string {
	wanted, ok1 := want.(map[string]any)
	had, ok2 := got.(map[string]any)
	if !ok1 || !ok2 {
		return nil
	}
	var problems []string
	for key, value := range wanted {
		inner, ok := had[key]
		if !ok && !mayBeEmpty(path+"."+key) {
			problems = append(problems, path+"."+key+": missing")
		}
		if key != "permissions" {
			problems = append(problems, compareKeys(path+"."+key, value, inner)...)
		}
	}
	for key := range had {
		if _, ok := wanted[key]; !ok && !mayBeEmpty(path+"."+key) {
			problems = append(problems, path+"."+key+": GitHub does not fill it")
		}
	}
	return problems
}
