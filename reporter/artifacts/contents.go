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
	podInfo                    string   // what became of the job's pod
	cloned, cloneLog           string   // what came of getting the sources
	metadata                   string   // in which the job tells its version
	revision                   string   // deeper in the build, what may tell a version if nothing else does
	records, pods, journals    []string // what runs of ours say of themselves
	log                        string   // of the test's container
	server, nodes              string   // of the cluster, as Sonobuoy asked for it
	errors                     []string // why a plugin of Sonobuoy has no results, or not all of them
	items                      []string // what was handed over to Sonobuoy of runs of ours
	others                     []string // plugins of Sonobuoy whose results are left out
}

// isBuild tells whether Prow had a hand in the folder.
func (c contents) isBuild() bool {
	return c.prowJob != "" || c.started != "" || c.finished != "" || c.podInfo != "" || c.cloned != "" || c.cloneLog != ""
}

// isEmpty tells whether there is nothing that a report needs.
func (c contents) isEmpty() bool { return len(c.needed())+len(c.spare()) == 0 }

// needed returns the names of the files that are read in any case.
func (c contents) needed() []string {
	return slices.Concat(named(c.prowJob, c.started, c.finished, c.metadata, c.server, c.nodes), c.errors, c.items, c.records, c.pods, c.journals, c.junit)
}

// spare returns the names of those that are read only if others do not tell all.
func (c contents) spare() []string { return named(c.podInfo, c.cloned, c.cloneLog, c.revision, c.log) }

// named leaves out those that are not there.
func named(names ...string) []string {
	return slices.DeleteFunc(names, func(name string) bool { return name == "" })
}

// matters tells whether a report may need a file of that name.
func matters(name string) bool { return !sortOut([]string{name}).isEmpty() }

// sortOut picks the files that a report needs out of all of a build.
func sortOut(names []string) contents {
	names = slices.SortedFunc(slices.Values(names), natural)
	var c contents
	for _, name := range names {
		switch base := path.Base(name); {
		case c.sonobuoy(name):
		case junit.IsFile(name) && base != reportdir.View:
			c.junit = append(c.junit, name)
		case base == reportdir.Record:
			c.records = append(c.records, name)
		case base == reportdir.Items:
			c.items = append(c.items, name)
		case base == reportdir.Pods:
			c.pods = append(c.pods, name)
		case base == reportdir.Journal:
			c.journals = append(c.journals, name)
		case name == "prowjob.json":
			c.prowJob = name
		case name == "started.json":
			c.started = name
		case name == "finished.json":
			c.finished = name
		case name == "podinfo.json":
			c.podInfo = name
		case name == "clone-records.json":
			c.cloned = name
		case name == "clone-log.txt":
			c.cloneLog = name
		case name == reportdir.Metadata || name == "artifacts/"+reportdir.Metadata:
			c.metadata = shallower(c.metadata, name)
		case base == reportdir.Metadata || base == "finished.json":
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

// withoutDoubles leaves out links to result files that are in the list under a name of their own, or behind another link.
func (c contents) withoutDoubles(l listing) contents {
	target := map[string]string{}
	for _, f := range l.files {
		if f.target != "" {
			target[f.name] = f.target
		}
	}
	seen := map[string]bool{}
	for _, name := range c.junit {
		if target[name] == "" {
			seen[name] = true
		}
	}
	c.junit = slices.DeleteFunc(c.junit, func(name string) bool {
		to := target[name]
		double := to != "" && seen[to]
		seen[to] = true
		return double
	})
	return c
}
