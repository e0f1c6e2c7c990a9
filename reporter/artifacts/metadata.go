package artifacts

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// prowJob is what a report needs of a prowjob.json: the ProwJob as it was when it last changed.
type prowJob struct {
	Metadata struct {
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
	} `json:"metadata"`
	Spec struct {
		Job       string `json:"job"`
		Refs      refs   `json:"refs"`
		ExtraRefs []refs `json:"extra_refs"`
	} `json:"spec"`
	Status struct {
		State       string `json:"state"`
		Description string `json:"description"`
		URL         string `json:"url"`
		BuildID     string `json:"build_id"`
	} `json:"status"`
}

// refs are a repository and what of it is tested.
type refs struct {
	Org     string `json:"org"`
	Repo    string `json:"repo"`
	BaseSHA string `json:"base_sha"`
	Pulls   []pull `json:"pulls"`
}

type pull struct {
	Number int    `json:"number"`
	SHA    string `json:"sha"`
}

// tag returns what a label or the annotation of the same name says; the annotation is the one that is never cut.
func (j prowJob) tag(key string) string {
	if text := j.Metadata.Annotations[key]; text != "" {
		return text
	}
	return j.Metadata.Labels[key]
}

// started is a started.json. Prow's pod utilities write the number of the pull request and, for each repository, what
// was checked out; the older bootstrap wrote the latter for both
// (https://docs.prow.k8s.io/docs/metadata-artifacts/).
type started struct {
	Timestamp json.Number       `json:"timestamp"`
	Pull      string            `json:"pull"`
	Repos     map[string]string `json:"repos"`
	Commit    string            `json:"repo-commit"`
}

// finished is a finished.json. Prow's sidecar writes its result in capitals; crier, which writes the file for a pod that
// could not, the state of the ProwJob in lower case.
type finished struct {
	Timestamp json.Number `json:"timestamp"`
	Passed    *bool       `json:"passed"`
	Result    string      `json:"result"`
}

// end returns the worse of what the two fields say.
func (f finished) end() reporter.EndState {
	state := endOf(f.Result)
	switch {
	case f.Passed == nil:
		return state
	case f.Result == "" && *f.Passed:
		return reporter.Succeeded
	case f.Result == "", state == reporter.Succeeded && !*f.Passed:
		return reporter.FailedJob
	}
	return state
}

// endOf is how a job ended by the word of Prow, in capitals or not.
func endOf(word string) reporter.EndState {
	switch strings.ToLower(word) {
	case "success":
		return reporter.Succeeded
	case "failure":
		return reporter.FailedJob
	case "aborted", "error":
		return reporter.Cut
	case "triggered", "pending", "scheduling":
		return reporter.Running
	}
	return reporter.EndUnknown
}

// word returns Prow's word for the end.
func (f finished) word() string {
	if f.Result != "" {
		return safetext.Cut(strings.ToUpper(f.Result), maxWord)
	}
	return map[reporter.EndState]string{reporter.Succeeded: "SUCCESS", reporter.FailedJob: "FAILURE"}[f.end()]
}

// maxWord is how many characters are shown of what should be one word.
const maxWord = 40

// uploader returns who wrote a finished.json, if it says so: crier does
// (https://github.com/kubernetes-sigs/prow, pkg/crier/reporters/gcs/util).
func uploader(data []byte) string {
	var file struct {
		Metadata struct {
			Uploader string `json:"uploader"`
		} `json:"metadata"`
	}
	if json.Unmarshal(data, &file) != nil {
		return ""
	}
	return file.Metadata.Uploader
}

// date returns the time that a number of seconds since 1970 means, zero for none.
func date(seconds json.Number) time.Time {
	n, err := strconv.ParseFloat(string(seconds), 64)
	if err != nil || n <= 0 || n > 1e11 {
		return time.Time{}
	}
	return time.Unix(int64(n), 0).UTC()
}

// source returns the repository under test as a started.json tells it: the one of which a pull request is checked out,
// else the only one.
func (s started) source() refs {
	for _, name := range slices.Sorted(maps.Keys(s.Repos)) {
		if r := repository(name, s.Repos[name]); len(r.Pulls) > 0 || len(s.Repos) == 1 {
			return r
		}
	}
	return refs{}
}

// pulls returns the pull requests, which bootstrap wrote in the place of their number.
func (s started) pulls() []pull {
	if found := s.source().Pulls; len(found) > 0 {
		return found
	}
	if n, err := strconv.Atoi(s.Pull); err == nil && n > 0 {
		return []pull{{Number: n}}
	}
	return repository("", s.Pull).Pulls
}

// repository reads what was checked out of a repository, such as "master:1a2b,1234:3c4d": the branch, then the pull
// requests. Bootstrap named repositories by their import path.
func repository(name, checkedOut string) refs {
	var r refs
	name = strings.Replace(strings.Replace(name, "sigs.k8s.io/", "kubernetes-sigs/", 1), "k8s.io/", "kubernetes/", 1)
	r.Org, r.Repo, _ = strings.Cut(strings.TrimPrefix(name, "github.com/"), "/")
	for i, part := range strings.Split(checkedOut, ",") {
		ref, sha, _ := strings.Cut(part, ":")
		number, err := strconv.Atoi(ref)
		switch {
		case i == 0:
			r.BaseSHA = sha
		case err == nil:
			r.Pulls = append(r.Pulls, pull{Number: number, SHA: sha})
		}
	}
	return r
}

// revision returns the Kubernetes version that a job states: windows-testing's run-capz-e2e.sh writes it to
// artifacts/metadata.json, Prow's sidecar copies it to the metadata of finished.json
// (https://docs.prow.k8s.io/docs/metadata-artifacts/). What is no version, such as a commit, is not returned.
func revision(data []byte) string {
	var file struct {
		Revision string `json:"revision"`
		Metadata struct {
			Revision string `json:"revision"`
		} `json:"metadata"`
	}
	if json.Unmarshal(data, &file) != nil {
		return "" // somebody else's file of that name
	}
	for _, text := range []string{file.Revision, file.Metadata.Revision} {
		if isVersion(text) {
			return text
		}
	}
	return ""
}

// isVersion tells whether a text is the version of a release, or of a commit behind one. A word such as "master" is none.
func isVersion(text string) bool {
	_, err := specs.ParseVersion(text)
	return err == nil && strings.Contains(text, ".") && len(text) <= maxWord
}
