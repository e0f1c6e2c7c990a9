package readiness

import (
	"encoding/json"
	"fmt"
	"path"
	"strconv"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/reporter/github"
)

// Command is what somebody writes into a comment, on a line of its own, to have the results of a pull request shown at once.
const Command = "/op-readiness report"

// Call is what an event of GitHub asks for: a look at a pull request. Whatever the event says otherwise is not believed: the look finds
// out.
type Call struct {
	Repo   github.Repo
	Number int // 0: nothing is to be looked at
	Event  Event
	Why    string // with the number 0: why not
}

// payload is what is read of an event of GitHub (https://docs.github.com/webhooks/webhook-events-and-payloads).
type payload struct {
	Repository struct {
		FullName string `json:"full_name"`
	} `json:"repository"`
	State     string `json:"state"` // of a status
	Context   string `json:"context"`
	TargetURL string `json:"target_url"`
	Action    string `json:"action"` // of a comment
	Comment   struct {
		Body string `json:"body"`
	} `json:"comment"`
	Issue struct {
		Number int             `json:"number"`
		Pull   json.RawMessage `json:"pull_request"`
	} `json:"issue"`
}

// CallOf says what an event asks for: a status of one of the jobs, whose target_url on Prow's own pages names the pull request, or
// a comment with the Command. A status of Prow itself names no pull request.
func CallOf(kind string, data []byte, jobs Jobs, to coordinates.Addresses) (Call, error) {
	var p payload
	if err := json.Unmarshal(data, &p); err != nil {
		return Call{}, fmt.Errorf("reading an event of GitHub: %w", err)
	}
	owner, name, _ := strings.Cut(p.Repository.FullName, "/")
	repo, err := jobs.repository(github.Repo{Owner: owner, Name: name})
	if err != nil {
		return Call{Why: err.Error()}, nil
	}
	call := Call{Repo: github.Repo{Owner: repo.Org, Name: repo.Repo}}
	switch kind {
	case "status":
		call.Event = OnEnd
		call.Number, call.Why = p.ofStatus(jobs, to)
	case "issue_comment":
		call.Event = OnAsk
		call.Number, call.Why = p.ofComment()
	default:
		call.Why = fmt.Sprintf("events of the kind %q ask for nothing", kind)
	}
	return call, nil
}

func (p payload) ofStatus(jobs Jobs, to coordinates.Addresses) (number int, why string) {
	if _, ok := jobs.ByName[p.Context]; !ok {
		return 0, fmt.Sprintf("the status %q is of no job of the config", p.Context)
	}
	if p.State == "pending" {
		return 0, "the job has not ended"
	}
	if number = pullOfPage(p.TargetURL, p.Context, to); number == 0 {
		return 0, fmt.Sprintf("the address %q is no page of a build of %s for a pull request", p.TargetURL, p.Context)
	}
	return number, ""
}

// pullOfPage is the number of the pull request in the address of a build's page, .../pr-logs/pull/[repository/]7/<job>/<build>, 0 if it
// is none of the configured Prow and bucket.
func pullOfPage(address, job string, to coordinates.Addresses) int {
	root := to.BuildPage("gs://" + to.Bucket + "/")
	at, ok := strings.CutPrefix(address, root)
	if s3 := to.BuildPage("s3://" + to.Bucket + "/"); !ok {
		if at, ok = strings.CutPrefix(address, s3); !ok || s3 == "" {
			return 0
		}
	}
	_, place, found := strings.Cut("/"+at, "/pr-logs/pull/")
	parts := strings.Split(strings.Trim(place, "/"), "/")
	if root == "" || !found || len(parts) < 3 || len(parts) > 4 || path.Clean(at) != at || parts[len(parts)-2] != job {
		return 0
	}
	number, err := strconv.Atoi(parts[len(parts)-3])
	if err != nil || number < 1 {
		return 0
	}
	return number
}

func (p payload) ofComment() (number int, why string) {
	if p.Action != "created" || len(p.Issue.Pull) == 0 || string(p.Issue.Pull) == "null" {
		return 0, "it is no new comment on a pull request"
	}
	for line := range strings.Lines(p.Comment.Body) {
		if strings.TrimSpace(line) == Command {
			return max(p.Issue.Number, 0), ""
		}
	}
	return 0, "nobody has asked for it"
}
