// Package record is what a run writes down of itself, for whoever judges it: the run in one document (reportdir.Record), and
// the pods of each test in a line of another (reportdir.Pods). A run writes both with Encode; a report, which may come years
// later and from a bucket, reads them with ParseRun and ParsePods.
//
// A record is a statement of the program that ran the tests, and as such evidence. It judges nothing: package reporter does.
// Within a version of a schema keys are only ever added; docs/run.md documents them.
package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"sigs.k8s.io/windows-operational-readiness/specs"
)

// The schemas of the two documents.
const (
	RunSchema  = "op-readiness.run/v1"
	PodsSchema = "op-readiness.pods/v1"
)

// Run is a run into one report directory, with all that went on before in it. It is written before e2e.test is called and
// again at the end.
type Run struct {
	Schema            string          `json:"schema"`
	Tool              string          `json:"tool"` // version of op-readiness
	Started           time.Time       `json:"started"`
	Ended             *time.Time      `json:"ended,omitempty"`      // absent: the run did not come to its end
	EndedBy           string          `json:"endedBy,omitempty"`    // how the last run ended, an Ending* or ""; "" without Ended
	Categories        []string        `json:"categories,omitempty"` // chosen by name; absent: all
	Abilities         []string        `json:"abilities,omitempty"`  // chosen by id; absent: all of the categories
	Spec              specs.Identity  `json:"spec,omitzero"`        // absent in the records of earlier programs
	KubernetesVersion string          `json:"kubernetesVersion"`
	Platform          string          `json:"platform,omitempty"` // the Windows version that the nodes were to have, such as "ltsc2022"; absent: any
	Provider          string          `json:"provider"`
	E2ETest           Binary          `json:"e2eTest"`
	Cluster           *Cluster        `json:"cluster,omitempty"`    // nil: it was not looked at
	Pin               *Pin            `json:"pin,omitempty"`        // of the last run into this folder; nil: nobody asked for it
	Witnessed         bool            `json:"witnessed,omitempty"`  // the last run into this folder writes down the pods of each test
	Plan              Plan            `json:"plan"`                 // of the last run into this folder
	Expected          []string        `json:"expected,omitempty"`   // the tests of e2e.test that the abilities of all runs into this folder select, sorted
	Calls             []Call          `json:"invocations"`          // of e2e.test, of all runs into this folder
	Away              []Outage        `json:"away,omitempty"`       // when the API server did not answer, of all runs into this folder
	LeftBehind        []string        `json:"leftBehind,omitempty"` // namespaces of tests that e2e.test did not remove
	Pretended         bool            `json:"pretended,omitempty"`  // in one of the runs into this folder a node of the cluster pretended to be Windows
	Summary           json.RawMessage `json:"summary,omitempty"`    // the judgement then, in the form of view.JSON
}

// Verdict is the verdict of the judgement then, in the words of view.JSON, "" if the run did not come to judge. A run whose
// verdict is not "ready" exits with a code above 0.
func (r Run) Verdict() string {
	var summary struct {
		Verdict string `json:"verdict"`
	}
	if json.Unmarshal(r.Summary, &summary) != nil {
		return "" // nothing that can be understood
	}
	return summary.Verdict
}

// Pin is how pods that choose no operating system were sent to one.
type Pin struct {
	Mode   string `json:"mode"`             // as in --pin, or "taint-linux"
	Active bool   `json:"active,omitempty"` // it was seen to work before the first test
	ID     string `json:"id,omitempty"`     // of the run: its namespaces, policies and taints carry it
	Why    string `json:"why,omitempty"`    // why it is not active
}

// How a run ended.
const (
	EndingComplete    = "complete"    // every call of e2e.test ended by itself
	EndingInterrupted = "interrupted" // its user, or whoever started it, ended it
	EndingTimeout     = "timeout"     // it took longer than it may
	EndingLost        = "lost"        // a call of e2e.test died, or could not be started
	EndingStalled     = "stalled"     // a call of e2e.test stood still, and was ended
)

// Binary is the e2e.test that ran.
type Binary struct {
	Path    string `json:"path"`
	Release string `json:"release,omitempty"` // "" if it does not tell
	Tests   int    `json:"tests"`             // that it holds
}

// Cluster is the cluster under test.
type Cluster struct {
	ID       string     `json:"id,omitempty"`       // UID of its namespace kube-system; "" if it did not tell
	Server   string     `json:"server"`             // address of the API server
	Version  string     `json:"version"`            // such as v1.36.3
	Nodes    []Node     `json:"nodes"`              // at the start, Windows first, then by name
	Webhooks []string   `json:"webhooks,omitempty"` // mutating webhooks that see pods when they are made
	Policies []string   `json:"policies,omitempty"` // mutating admission policies that do
	Unlisted []Unlisted `json:"unlisted,omitempty"` // what the API server did not list at the start, so that nothing is known of it
	Changes  []Change   `json:"changes,omitempty"`  // of nodes, in the order of time
	Watched  bool       `json:"watched,omitempty"`  // nodes were watched from the first to the last minute, so that Changes has all
}

// After is a cluster as it was from the start of an earlier run on, which knew it so (nil: nobody looked), with what is known
// of it from the start of the next one on. It was watched if it was in both runs: between them no test ran.
func (c Cluster) After(before *Cluster, from time.Time) Cluster {
	if before == nil {
		c.Watched = false
		return c
	}
	changes := slices.Clone(before.Changes)
	for _, n := range c.Nodes {
		changes = append(changes, Change{Time: from, Node: n})
	}
	c.Nodes, c.Changes, c.Watched = before.Nodes, append(changes, c.Changes...), c.Watched && before.Watched
	return c
}

// Is tells whether two clusters are the same: by their ids, else by the addresses of their API servers.
func (c Cluster) Is(other Cluster) bool {
	if c.ID != "" && other.ID != "" {
		return c.ID == other.ID
	}
	return c.Server == other.Server
}

// Unlisted is a kind of objects that the API server did not list.
type Unlisted struct {
	What string `json:"what"` // Nodes, Webhooks or Policies
	Why  string `json:"why"`  // in the words of the API server
}

// What a run asks for besides the version of the cluster. It does without an answer.
const (
	Nodes    = "nodes"
	Webhooks = "mutating webhooks"
	Policies = "mutating admission policies"
)

// Known tells whether the objects of a kind were listed.
func Known(unlisted []Unlisted, what string) bool {
	return !slices.ContainsFunc(unlisted, func(u Unlisted) bool { return u.What == what })
}

// Node is a node with what decides which pods it takes.
type Node struct {
	Name        string   `json:"name"`
	OS          string   `json:"os"`                  // "windows" or "linux"
	Pretended   bool     `json:"pretended,omitempty"` // it says that it is Windows and is not: a Linux node, by a label on it or by the word of its kubelet
	OSImage     string   `json:"osImage"`             // such as "Windows Server 2022 Datacenter"
	Build       string   `json:"build"`               // kernel version; on Windows its build, such as 10.0.20348.2700
	Runtime     string   `json:"runtime"`             // such as containerd://2.0.4
	Kubelet     string   `json:"kubelet"`
	Ready       bool     `json:"ready"`
	Schedulable bool     `json:"schedulable"` // ready, not cordoned, and without a taint that e2e.test waits for
	Cordoned    bool     `json:"cordoned,omitempty"`
	Taints      []string `json:"taints,omitempty"`    // those that keep pods without a toleration away
	Addresses   []string `json:"addresses,omitempty"` // IP addresses of the node
}

// PretendedLabel with the value "true" is the mark of a Linux node that pretends to be Windows, so that tests for Windows
// run on it: they show nothing of Windows. Without it a node pretends if its kubelet says that it runs on Linux, and its
// label that it is Windows.
const PretendedLabel = "op-readiness.sigs.k8s.io/pretended-windows"

// Closed tells whether the node takes no pod that tolerates nothing.
func (n Node) Closed() bool { return n.Cordoned || len(n.Taints) > 0 }

// Change is a node as it is from a time on; Gone: it is no node of the cluster any more.
type Change struct {
	Time time.Time `json:"time"`
	Gone bool      `json:"gone,omitempty"`
	Node Node      `json:"node"`
}

// Plan is what was to run.
type Plan struct {
	Abilities   []Ability    `json:"abilities"`
	Invocations []Invocation `json:"invocations"`
	Problems    []Problem    `json:"problems,omitempty"` // of the specs with e2e.test
}

// Ability is an ability with the tests that were to run for it.
type Ability struct {
	ID        string          `json:"id"`
	Category  string          `json:"category"`
	Placement specs.Placement `json:"placement,omitzero"`
	Send      specs.OS        `json:"send,omitempty"` // as in Invocation
	Tests     []string        `json:"tests"`
	LeftOut   []string        `json:"leftOut,omitempty"` // that it has besides, and that an option left out
	Missing   []string        `json:"missing,omitempty"` // focus strings that select no test of e2e.test
	NotRun    string          `json:"notRun,omitempty"`  // why nothing was to run
}

// Problem is what was wrong with the specs of an ability for this e2e.test.
type Problem struct {
	Kind    string   `json:"kind"` // "missing" or "broad"
	Ability string   `json:"ability"`
	File    string   `json:"file"`
	Line    int      `json:"line"`
	Message string   `json:"message"`
	Hints   []string `json:"hints,omitempty"`
}

// Invocation is one planned call of e2e.test.
type Invocation struct {
	Number     int      `json:"number"`
	Abilities  []string `json:"abilities"`
	Tests      []string `json:"tests"`
	Disruptive bool     `json:"disruptive,omitempty"`
	Send       specs.OS `json:"send,omitempty"`  // where pods that choose no operating system are sent; "": nowhere
	Procs      int      `json:"procs,omitempty"` // processes that share the tests, from 2; 0: one
}

// Outage is a time in which the API server did not answer: from the last answer before it to the first after it.
type Outage struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`           // the end of the run, if it did not answer again
	Words string    `json:"words,omitempty"` // what it said instead
}

// Overlaps tells whether a part of the time from one moment to another lies in the outage.
func (o Outage) Overlaps(from, until time.Time) bool {
	return !until.Before(o.From) && !from.After(o.Until)
}

// Together are outages in the order of time, as one where two overlap: several who ask lose the same API server.
func Together(list []Outage) []Outage {
	var all []Outage
	for _, o := range slices.SortedStableFunc(slices.Values(list), func(a, b Outage) int { return a.From.Compare(b.From) }) {
		last := len(all) - 1
		if last < 0 || !all[last].Overlaps(o.From, o.Until) {
			all = append(all, o)
		} else if o.Until.After(all[last].Until) {
			all[last].Until = o.Until
		}
	}
	return all
}

// Call is what became of one invocation.
type Call struct {
	Number   int      `json:"number"`
	Rerun    bool     `json:"rerun,omitempty"`  // it ran failed tests once more: what passes in it is flaky
	Send     specs.OS `json:"send,omitempty"`   // as in Invocation
	Redone   bool     `json:"redone,omitempty"` // it was cut short, and what passed in it was set aside to run again in a later call
	Tests    []string `json:"tests,omitempty"`  // that it was to run, sorted; absent in the records of earlier programs
	Procs    int      `json:"procs,omitempty"`  // processes that shared the tests, from 2; 0: one
	Command  []string `json:"command"`
	Ending   string   `json:"ending"`   // one of those below
	ExitCode int      `json:"exitCode"` // -1 if it was not started or died by a signal
	Seconds  float64  `json:"seconds"`
	JUnit    []string `json:"junit"` // names of the files that it wrote
	Told     int      `json:"told"`  // tests whose end it told while it ran
	Problem  string   `json:"problem,omitempty"`
	LastSaid []string `json:"lastSaid,omitempty"`
}

// How a call of e2e.test ended.
const (
	Completed   = "completed" // e2e.test itself brought it about
	TimedOut    = "timed out"
	Interrupted = "interrupted"
	Died        = "died"
	Stalled     = "stalled" // it said nothing and no pod changed for as long as it may, and was ended
	NotStarted  = "not started"
	NotBegun    = "not begun" // the run ended before it came to the call
	Unknown     = "unknown"   // the run was killed while the call was under way
)

// TestPods are the pods of one attempt of a test in one invocation.
type TestPods struct {
	Schema     string    `json:"schema"`
	Test       string    `json:"test"` // as in e2e.test --list-tests
	Invocation int       `json:"invocation"`
	Attempt    int       `json:"attempt,omitempty"` // from 1, the last one is that of the result; 0: there was but one
	Began      time.Time `json:"began"`
	Ended      time.Time `json:"ended"`
	Namespaces []string  `json:"namespaces,omitempty"`
	Joined     string    `json:"joined"`        // how pods and test were joined: JoinedByNamespace or JoinedByTime
	Gap        string    `json:"gap,omitempty"` // why pods may be missing; "" if all are there
	Pods       []Pod     `json:"pods"`
}

// How the pods of a test were found.
const (
	JoinedByNamespace = "namespace" // e2e.test named the namespaces that it made for the test
	JoinedByTime      = "time"      // they were there while the test ran, as far as is known
)

// Pod is one pod of a test. All times are those of the clock of whoever watched, as it was told, and so can be compared. A
// time that is absent never came.
type Pod struct {
	Namespace     string     `json:"namespace"`
	Name          string     `json:"name"`
	UID           string     `json:"uid"`
	Owner         string     `json:"owner,omitempty"` // kind and name of its controller
	Node          string     `json:"node,omitempty"`
	OS            string     `json:"os,omitempty"` // of the node
	Build         string     `json:"build,omitempty"`
	Runtime       string     `json:"runtime,omitempty"`
	RuntimeClass  string     `json:"runtimeClass,omitempty"`
	HostProcess   bool       `json:"hostProcess,omitempty"`
	HostNetwork   bool       `json:"hostNetwork,omitempty"`
	Pinned        string     `json:"pinned,omitempty"`    // what chose its operating system: "test", "run" (by op-readiness) or ""
	Started       *time.Time `json:"started,omitempty"`   // its first container
	Ready         *time.Time `json:"ready,omitempty"`     // the first time
	Deleted       *time.Time `json:"deleted,omitempty"`   // somebody asked for its end
	Gone          *time.Time `json:"gone,omitempty"`      // it ended, or was removed
	Addresses     []string   `json:"addresses,omitempty"` // IP addresses of the pod
	NodeAddresses []string   `json:"nodeAddresses,omitempty"`
	Restarts      int        `json:"restarts,omitempty"`
	Images        []Image    `json:"images,omitempty"`
}

// Image is the image of a container.
type Image struct {
	Name   string `json:"name"`
	Digest string `json:"digest,omitempty"`
}

// Encode writes a document for people and programs.
func (r Run) Encode(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(r)
}

// ParseRun reads a Run. A document of another schema is an error; where the document is at fault, it names the line.
func ParseRun(data []byte) (Run, error) {
	var r Run
	if err := json.Unmarshal(data, &r); err != nil {
		return Run{}, atLine(data, err)
	}
	if r.Schema != RunSchema {
		return Run{}, fmt.Errorf("schema %q is not %q: it is of another version of op-readiness, or of none", r.Schema, RunSchema)
	}
	return r, nil
}

// atLine adds to an error of decoding the line of the document where that stopped, if it is known.
func atLine(data []byte, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	var offset int64
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
	default:
		return err
	}
	return fmt.Errorf("line %d: %w", 1+bytes.Count(data[:min(int(offset), len(data))], []byte("\n")), err)
}

// Encode writes the pods of a test as one line.
func (t TestPods) Encode(w io.Writer) error {
	t.Schema = PodsSchema
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(t)
}

// ParsePods reads the lines of all tests. A last line that was cut short is left out, since a run may have been killed while
// it wrote; any other line that cannot be read is an error that names it.
func ParsePods(data []byte) ([]TestPods, error) {
	var all []TestPods
	for number := 1; ; number++ {
		line, rest, whole := bytes.Cut(data, []byte("\n"))
		if !whole {
			return all, nil
		}
		data = rest
		var t TestPods
		if err := json.Unmarshal(line, &t); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		if t.Schema != PodsSchema {
			return nil, fmt.Errorf("line %d: schema %q is not %q", number, t.Schema, PodsSchema)
		}
		all = append(all, t)
	}
}
