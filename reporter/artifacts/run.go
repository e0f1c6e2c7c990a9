package artifacts

import (
	"fmt"
	"path"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// parseRun reads what a run of ours says of itself. What cannot be understood is not known. Two runs in one build cannot
// both be what its results are of.
func (b *build) parseRun() {
	switch names := b.contents.records; len(names) {
	case 0:
	case 1:
		if data, read := b.files[names[0]]; read {
			run, err := record.ParseRun(data)
			if err != nil {
				b.unread = append(b.unread, unread(names[0], err))
				return
			}
			b.run = &run
			b.parsePods(path.Dir(names[0]))
			b.parseJournal(path.Dir(names[0]))
		}
	default:
		message := fmt.Sprintf("there are the records of %d runs (%s): name the folder of one", len(names), strings.Join(names, ", "))
		b.unread = append(b.unread, reporter.Warning{Message: safetext.Cut(message, maxLine)})
	}
}

// parsePods reads what the run in a folder says of its pods. Results of another run are of no use beside it.
func (b *build) parsePods(dir string) {
	for _, name := range b.contents.junit {
		if _, ours := reportdir.Invocation(name); ours && path.Dir(name) != dir {
			b.unread = append(b.unread, reporter.Warning{File: name, Message: "it is of a run of which there is no record"})
			break
		}
	}
	for _, name := range b.contents.pods {
		data, read := b.files[name]
		if !read || path.Dir(name) != dir {
			continue
		}
		var err error
		if b.pods, err = record.ParsePods(data); err != nil {
			b.unread = append(b.unread, unread(name, err))
		}
	}
}

// parseJournal reads what e2e.test told in the run in a folder, while it went on. That of another run is of no use.
func (b *build) parseJournal(dir string) {
	for _, name := range b.contents.journals {
		data, read := b.files[name]
		if !read || path.Dir(name) != dir {
			continue
		}
		var err error
		if b.journal, err = record.ParseJournal(data); err != nil {
			b.unread = append(b.unread, unread(name, err))
		}
	}
}

// recordless says of records of pods that lie beside no record of a run that they do not count.
func (b *build) recordless() []reporter.Warning {
	var odd []reporter.Warning
	for _, file := range b.contents.pods {
		if len(b.contents.records) != 1 || path.Dir(file) != path.Dir(b.contents.records[0]) {
			message := fmt.Sprintf("there is no %s beside it: it is not used", reportdir.Record)
			odd = append(odd, reporter.Warning{File: safetext.Line(file), Message: message})
		}
	}
	return odd
}
