package artifacts

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// metadata is what the files of a build tell about it.
type metadata struct {
	prowJob     prowJob
	started     started
	finished    finished
	finishedErr error              // why finished.json cannot be understood: what it says of the end does not count then
	odd         []reporter.Warning // what of the others cannot be understood
}

// parseMetadata reads what there is. Of a file with an odd field the other fields count.
func parseMetadata(c contents, files map[string][]byte) metadata {
	var m metadata
	if data, read := files[c.finished]; read {
		m.finishedErr = json.Unmarshal(data, &m.finished)
	}
	for _, file := range []struct {
		name string
		into any
	}{{c.prowJob, &m.prowJob}, {c.started, &m.started}} {
		data, read := files[file.name]
		if !read {
			continue
		}
		if err := json.Unmarshal(data, file.into); err != nil {
			m.odd = append(m.odd, reporter.Warning{File: file.name, Message: "it is odd: " + safetext.Line(err.Error())})
		}
	}
	return m
}

// describe says which build it is.
func describe(at Location, m metadata) reporter.Build {
	job := m.prowJob
	source := m.source()
	b := reporter.Build{
		Source:     at.String(),
		Job:        job.Spec.Job,
		ID:         cmp.Or(job.Status.BuildID, job.tag("prow.k8s.io/build-id")),
		Org:        source.Org,
		Repo:       source.Repo,
		SHA:        cmp.Or(source.BaseSHA, m.started.Commit),
		Version:    job.tag(coordinates.KubernetesVersion),
		Platform:   job.tag(coordinates.Platform),
		Started:    date(m.started.Timestamp),
		Finished:   date(m.finished.Timestamp),
		Result:     m.finished.word(),
		ChosenOnly: list(job.Metadata.Annotations[coordinates.Categories]),
	}
	if len(source.Pulls) == 1 {
		b.Pull, b.SHA = source.Pulls[0].Number, source.Pulls[0].SHA
	}
	return b
}

// source returns what is under test: as the ProwJob says, else as started.json does.
func (m metadata) source() refs {
	spec := m.prowJob.Spec
	switch {
	case spec.Refs.Org != "":
		return spec.Refs
	case len(spec.ExtraRefs) > 0:
		return spec.ExtraRefs[0] // a periodic
	}
	source := m.started.source()
	source.Pulls = m.started.pulls()
	return source
}

// list splits a text at its commas.
func list(text string) []string {
	var items []string
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

// batch says that a build tests several pull requests together.
func batch(pulls []pull) string {
	var names []string
	for _, p := range pulls {
		names = append(names, fmt.Sprintf("#%d", p.Number))
	}
	return "a batch: it tests the pull requests " + strings.Join(names, ", ") + " together"
}
