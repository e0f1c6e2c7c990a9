package artifacts

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// prow tells whether this is a build of Prow's, not just a folder with results in it: by its files, or by its layout.
func (b *build) prow() bool {
	uploaded := func(name string) bool { return strings.HasPrefix(name, "artifacts/") }
	layout := isBuildID(path.Base(b.at.address())) && slices.ContainsFunc(b.contents.junit, uploaded)
	return b.contents.isBuild() || b.contents.log != "" || layout
}

// ending says how the job of the build ended. Only a finished.json tells: Prow uploads it behind the results. One that
// others contradict tells nothing.
func (b *build) ending(m metadata) reporter.End {
	data, read := b.files[b.contents.finished]
	told := m.finished.end()
	state := endOf(m.prowJob.Status.State)
	said := func(words string) reporter.End { return reporter.End{Words: words} }
	switch {
	case !b.prow():
		return reporter.End{State: reporter.NoJob}
	case b.contents.finished == "":
		return unfinished(m, state)
	case !read:
		return said("finished.json could not be read")
	case len(strings.TrimSpace(string(data))) == 0:
		return said("finished.json is empty")
	case m.finishedErr != nil:
		return said("finished.json is odd: " + safetext.Line(m.finishedErr.Error()))
	case told == reporter.EndUnknown && m.finished.Result == "":
		return said("finished.json does not say whether the job passed")
	case told == reporter.EndUnknown || told == reporter.Running:
		return said(fmt.Sprintf("finished.json says %q", m.finished.word()))
	case isLater(m.started, m.finished):
		return said("started.json is later than finished.json: the job began once more under the same number")
	case state != reporter.EndUnknown && state != reporter.Running && state != told:
		return said(fmt.Sprintf("finished.json says %s, prowjob.json %s", m.finished.word(), m.prowJob.Status.State))
	}
	return b.ended(m, told, data)
}

func isLater(s started, f finished) bool {
	ended := date(f.Timestamp)
	return !ended.IsZero() && date(s.Timestamp).After(ended)
}

// unfinished says what is known of a job without a finished.json, by the state of its ProwJob.
func unfinished(m metadata, state reporter.EndState) reporter.End {
	const missing = "there is no finished.json"
	switch state {
	case reporter.Running:
		return reporter.End{State: reporter.Running, Words: missing}
	case reporter.Cut:
		return reporter.End{State: reporter.Cut, Words: described(strings.ToUpper(m.prowJob.Status.State), m)}
	case reporter.EndUnknown:
		return reporter.End{Words: "it still runs, or was lost: " + missing}
	}
	return reporter.End{Words: fmt.Sprintf("%s, though prowjob.json says %s", missing, m.prowJob.Status.State)}
}

// ended says how a job ended of which finished.json tells.
func (b *build) ended(m metadata, state reporter.EndState, data []byte) reporter.End {
	words := m.finished.word()
	switch {
	case m.finished.Passed != nil && *m.finished.Passed != (endOf(words) == reporter.Succeeded):
		words = fmt.Sprintf("%s, though passed is %t", words, *m.finished.Passed)
	case state == reporter.Cut:
		words = described(words, m)
	}
	if state != reporter.FailedJob {
		return reporter.End{State: state, Words: words}
	}
	if why := evicted(b.files[b.contents.podInfo]); why != "" {
		return reporter.End{State: reporter.Cut, Words: words + ": " + why}
	}
	if uploader(data) == "crier" { // the job's own sidecar uploaded nothing any more
		return reporter.End{State: reporter.Cut, Words: words + ", which the job could not tell itself"}
	}
	return reporter.End{State: state, Words: words}
}

// described adds what Prow says of an end to its word.
func described(word string, m metadata) string {
	if text := safetext.Cut(m.prowJob.Status.Description, maxLine); text != "" {
		return word + ": " + text
	}
	return word
}

// evicted says why the job's pod was ended from outside, "" if it was not, or nothing tells. A pod has a reason only then
// (https://kubernetes.io/docs/concepts/workloads/pods/disruptions/).
func evicted(podInfo []byte) string {
	var info struct {
		Pod struct {
			Status struct {
				Reason     string `json:"reason"`
				Message    string `json:"message"`
				Containers []struct {
					Name  string `json:"name"`
					State struct {
						Terminated struct {
							Reason string `json:"reason"`
						} `json:"terminated"`
					} `json:"state"`
				} `json:"containerStatuses"`
			} `json:"status"`
		} `json:"pod"`
	}
	if json.Unmarshal(podInfo, &info) != nil {
		return "" // nothing that can be understood
	}
	status := info.Pod.Status
	if status.Reason != "" {
		return fmt.Sprintf("the pod was ended: %s", safetext.Cut(strings.TrimSpace(status.Reason+" "+status.Message), maxLine))
	}
	for _, c := range status.Containers {
		if c.State.Terminated.Reason == "OOMKilled" {
			return fmt.Sprintf("container %s was ended: out of memory", safetext.Cut(c.Name, maxWord))
		}
	}
	return ""
}
