// Package audit holds what a run wrote down of its tests' pods against the audit log of the API server, for tests on the
// clusters of test/cluster. The log is what the policy audit.yaml lets it keep: the namespaces and pods that were made, and
// where each pod was bound. Requests of Kubernetes' tests carry the name of the test in their user agent, so the log and the
// record come to the same by two ways that have nothing in common.
package audit

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
)

// Log is what an audit log says of the namespaces and pods that were made.
type Log struct {
	Tests map[string]string            // by namespace: the test that made it, "" if no test did
	Pods  map[string]map[string]string // by namespace: the node of each pod, by UID; "" if it was bound to none
}

// event is a line of an audit log (https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/), what counts of it.
type event struct {
	Verb      string `json:"verb"`
	URI       string `json:"requestURI"`
	UserAgent string `json:"userAgent"`
	ObjectRef struct{ Resource, Subresource, Namespace, Name, UID string }
	Status    struct{ Code int } `json:"responseStatus"`
	Request   struct {
		Target struct{ Name string }
	} `json:"requestObject"`
	Response struct {
		Metadata struct{ Name, UID string }
		Spec     struct{ NodeName string }
	} `json:"responseObject"`
}

// Read reads an audit log. Requests that were refused, or that only asked, made nothing.
func Read(name string) (Log, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return Log{}, err
	}
	l := Log{Tests: map[string]string{}, Pods: map[string]map[string]string{}}
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 16<<20)
	for number := 1; lines.Scan(); number++ {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return Log{}, fmt.Errorf("%s:%d: %w", name, number, err)
		}
		if e.Verb == "create" && e.Status.Code < 300 && !strings.Contains(e.URI, "dryRun") {
			l.add(e)
		}
	}
	return l, lines.Err()
}

func (l Log) add(e event) {
	ref := e.ObjectRef
	if ref.Resource == "namespaces" {
		_, test, _ := strings.Cut(e.UserAgent, " -- ")
		l.Tests[e.Response.Metadata.Name] = test
		return
	}
	pods := l.Pods[ref.Namespace]
	if pods == nil {
		pods = map[string]string{}
		l.Pods[ref.Namespace] = pods
	}
	switch ref.Subresource {
	case "":
		if _, bound := pods[e.Response.Metadata.UID]; !bound { // a request is logged when it is answered, and binding may be faster
			pods[e.Response.Metadata.UID] = e.Response.Spec.NodeName
		}
	case "binding":
		pods[ref.UID] = e.Request.Target.Name
	}
}

// Without is what a log has that it did not have before.
func (l Log) Without(before Log) Log {
	now := Log{Tests: maps.Clone(l.Tests), Pods: maps.Clone(l.Pods)}
	for namespace := range before.Tests {
		delete(now.Tests, namespace)
		delete(now.Pods, namespace)
	}
	return now
}

// Line is what a run wrote down of the pods of an attempt of a test, what counts of it.
type Line struct {
	Test       string
	Invocation int
	Namespaces []string
	Joined     string
	Gap        string
	Pods       []Pod
}

// Pod is a pod in a record.
type Pod struct{ UID, Name, Node, OS, Pinned string }

// Lines reads the record of pods in a report directory.
func Lines(report string) ([]Line, error) {
	name := filepath.Join(report, reportdir.Pods)
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var all []Line
	for text := range strings.Lines(string(data)) {
		var l Line
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, len(all)+1, err)
		}
		all = append(all, l)
	}
	return all, nil
}

// Compare says all in which a record differs from the log of the same time, nil if it is equal: each test has its namespaces
// and no other, each namespace its pods, on their nodes, and no namespace of a test is in no line.
func (l Log) Compare(lines []Line) error {
	var errs []error
	known := map[string]bool{}
	for _, line := range lines {
		want, got := map[string]string{}, map[string]string{}
		for _, namespace := range line.Namespaces {
			known[namespace] = true
			maps.Copy(want, l.Pods[namespace])
			if l.Tests[namespace] != line.Test {
				errs = append(errs, fmt.Errorf("namespace %s of %q is, by the audit log, that of %q", namespace, line.Test, l.Tests[namespace]))
			}
		}
		for _, pod := range line.Pods {
			got[pod.UID] = pod.Node
		}
		if !maps.Equal(want, got) || line.Gap != "" || line.Joined != "namespace" {
			errs = append(errs, fmt.Errorf("%+v, and by the audit log %v", line, want))
		}
	}
	for _, namespace := range slices.Sorted(maps.Keys(l.Tests)) {
		if test := l.Tests[namespace]; test != "" && !known[namespace] {
			errs = append(errs, fmt.Errorf("namespace %s of %q is in no line of the record", namespace, test))
		}
	}
	return errors.Join(errs...)
}
