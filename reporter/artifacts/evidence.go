package artifacts

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// evidence is all that is known of the build.
func (b *build) evidence() (reporter.Evidence, error) {
	if len(b.contents.junit) == 0 && len(b.contents.records) == 0 && !b.prow() && len(b.unread) == 0 {
		return reporter.Evidence{}, ErrNoResults
	}
	m := parseMetadata(b.contents, b.files)
	e := b.tests.Evidence()
	e.Build = describe(b.at, m)
	e.Build.URL = cmp.Or(b.page, ownPage(m.prowJob.Status.URL, b.prowHost))
	e.End = b.ending(m)
	e.Versions, e.Platforms = b.versions(m), platforms(m, b.run)
	e.Unread = b.notRead()
	e.Nodes = b.nodes
	e.Run, e.Pods, e.Journal = b.run, b.pods, b.journal
	if b.run != nil && e.Build.Started.IsZero() {
		e.Build.Started = b.run.Started
		if b.run.Ended != nil {
			e.Build.Finished = *b.run.Ended
		}
	}
	e.Log = b.cause(m)
	e.Warnings = slices.Concat(b.oddities(m), e.Warnings)
	return e, nil
}

// ownPage is the address of a build's page as its prowjob.json has it, if it is one of the Prow that the config names: anybody
// may have written the file. It is all that is known of the page of a copy.
func ownPage(address, prow string) string {
	if prow == "" || !strings.HasPrefix(address, prow+"/view/") {
		return ""
	}
	return address
}

// maxUnread is how many files that could not be read are named.
const maxUnread = 20

// notRead says what could not be read: over the bounds first, since that ended all reading.
func (b *build) notRead() []reporter.Warning {
	var list []reporter.Warning
	if b.over != "" {
		list = append(list, reporter.Warning{Message: overBounds + b.over})
	}
	list = append(list, b.unread[:min(maxUnread, len(b.unread))]...)
	if more := len(b.unread) - maxUnread; more > 0 {
		list = append(list, reporter.Warning{Message: fmt.Sprintf("%d further files could not be read", more)})
	}
	return list
}

// cause tells why a build without result files likely has none.
func (b *build) cause(m metadata) []reporter.Warning {
	if len(b.contents.junit) > 0 || !b.prow() {
		return nil
	}
	message := "no results: no junit*.xml was uploaded"
	if state := endOf(m.prowJob.Status.State); m.prowJob.Status.Description != "" && state == reporter.Cut {
		message += "; Prow says: " + safetext.Cut(m.prowJob.Status.Description, maxLine)
	}
	log := cmp.Or(b.contents.log, b.contents.cloneLog)
	lines := lastLines(b.files[log])
	if len(lines) > 0 {
		message += "; the log of the build ends like this"
	}
	why := append(notCloned(b.contents.cloned, b.files[b.contents.cloned]), reporter.Warning{Message: message})
	for _, line := range lines {
		why = append(why, reporter.Warning{File: log, Message: line})
	}
	return why
}

// notCloned says which sources the job could not get: then nothing of it ran
// (https://github.com/kubernetes-sigs/prow, pkg/pod-utils/clone).
func notCloned(name string, data []byte) []reporter.Warning {
	var records []struct {
		Refs     refs `json:"refs"`
		Failed   bool `json:"failed"`
		Commands []struct {
			Command string `json:"command"`
			Output  string `json:"output"`
			Error   string `json:"error"`
		} `json:"commands"`
	}
	if json.Unmarshal(data, &records) != nil {
		return nil // nothing that can be understood
	}
	var why []reporter.Warning
	for _, r := range records {
		if !r.Failed || len(why) == maxLines {
			continue
		}
		message := fmt.Sprintf("%s/%s could not be cloned", r.Refs.Org, r.Refs.Repo)
		for _, c := range r.Commands {
			if c.Error != "" {
				message += ": " + c.Command + ": " + strings.TrimSpace(strings.TrimSpace(c.Output)+" "+c.Error)
				break
			}
		}
		why = append(why, reporter.Warning{File: name, Message: safetext.Cut(message, maxLine)})
	}
	return why
}

// oddities tells what is not as Prow leaves it, and what was not looked into.
func (b *build) oddities(m metadata) []reporter.Warning {
	odd := slices.Concat(b.odd, b.recordless(), b.leftOut(), m.odd)
	if b.prow() && b.contents.prowJob == "" {
		odd = append(odd, reporter.Warning{Message: "there is no prowjob.json: the job's name is not known"})
	}
	if pulls := m.source().Pulls; len(pulls) > 1 {
		odd = append(odd, reporter.Warning{Message: batch(pulls)})
	}
	return odd
}
