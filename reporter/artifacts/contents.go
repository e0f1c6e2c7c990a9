package artifacts

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/fvbommel/sortorder"

	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/reporter/junit"
)

// contents are the files of a build that a report needs. A name is "" if there is no such file.
type contents struct {
	junit                      []string // in the order of their names, numbers in them as numbers
	prowJob, started, finished string   // what Prow tells
	revision                   string   // what may tell the version if finished.json does not
	log                        string   // of the test's container
}

// isBuild tells whether Prow had a hand in the folder.
func (c contents) isBuild() bool { return c.prowJob != "" || c.started != "" || c.finished != "" }

// metadata returns the names of the files that Prow wrote about the build.
func (c contents) metadata() []string {
	return slices.DeleteFunc([]string{c.prowJob, c.started, c.finished}, func(name string) bool { return name == "" })
}

// sortOut picks the files that a report needs out of all of a build.
func sortOut(names []string) contents {
	names = slices.SortedFunc(slices.Values(names), natural)
	var c contents
	for _, name := range names {
		switch base := path.Base(name); {
		case junit.IsFile(name) && base != reportdir.View:
			c.junit = append(c.junit, name)
		case name == "prowjob.json":
			c.prowJob = name
		case name == "started.json":
			c.started = name
		case name == "finished.json":
			c.finished = name
		case base == "metadata.json" || base == "finished.json":
			c.revision = shallower(c.revision, name)
		case isLog(name):
			c.log = betterLog(c.log, name)
		}
	}
	return c
}

// shallower returns the name that lies less deep, first if both do. The one that a job writes for Prow lies at the top
// of its artifacts; others may belong to anything that the job tested.
func shallower(first, next string) string {
	if first == "" || strings.Count(next, "/") < strings.Count(first, "/") {
		return next
	}
	return first
}

// isLog tells whether the file is the log of a container. A build with several containers has one for each.
func isLog(name string) bool {
	return name == "build-log.txt" || strings.HasSuffix(name, "-build-log.txt") && !strings.Contains(name, "/")
}

// betterLog prefers the log of the only container, then that of the one that Prow calls test.
func betterLog(first, next string) string {
	for _, name := range []string{"build-log.txt", "test-build-log.txt"} {
		if first == name || next == name {
			return name
		}
	}
	return cmp.Or(first, next)
}

// natural compares names with numbers in them as numbers: junit_2 is before junit_10.
func natural(a, b string) int {
	switch {
	case a == b:
		return 0
	case sortorder.NaturalLess(a, b):
		return -1
	}
	return 1
}
