// Package summary is what a run in a pod says of itself to whoever started it: a few kilobytes, since that is what a pod can
// leave behind without any right in a cluster (its termination message,
// https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/).
//
//	reporter.Summary --Of--> Summary --Encode--> at most MaxBytes --Parse--> Summary
//
// It is a claim and no proof: it names no cluster, and whoever reads it must know from elsewhere whose it is. Parse takes nothing
// that is not whole, of another form, or at odds with itself.
package summary

import (
	"encoding/json"
	"fmt"
	"slices"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// Schema is the form of a summary. A reader takes no other.
const Schema = "op-readiness.sigs.k8s.io/summary/v1"

// MaxBytes is what a container's termination message may hold (kubernetes' pkg/kubelet/container, MaxContainerTerminationMessageLength).
const MaxBytes = 4096

const (
	maxReasons = 3   // that are told
	maxReason  = 200 // characters of one
	maxVersion = 40
)

// Summary is the judgement on a run, in short.
type Summary struct {
	Schema     string `json:"schema"`
	Generation string `json:"generation"` // of what was tested, as the run was told it

	// Problem says why nothing was tested; "" if there is a verdict.
	Problem string `json:"problem,omitempty"`

	Verdict           Verdict    `json:"verdict,omitempty"` // "" with a Problem
	KubernetesVersion string     `json:"kubernetesVersion,omitempty"`
	Tool              string     `json:"tool,omitempty"`       // that ran the tests
	Kubelets          []string   `json:"kubelets,omitempty"`   // versions of those of the Windows nodes, each once
	Pretended         bool       `json:"pretended,omitempty"`  // Windows nodes were Linux nodes that pretend
	Picked            bool       `json:"picked,omitempty"`     // not all abilities of the categories were judged
	Specs             string     `json:"specs,omitempty"`      // the spec, if it is not the program's own
	Cut               bool       `json:"cut,omitempty"`        // there are more categories than could be told
	Categories        []Category `json:"categories,omitempty"` // each once
	Reasons           []string   `json:"reasons,omitempty"`    // some of what stands against readiness
}

// Category is the judgement on one category, in short.
type Category struct {
	Name    string   `json:"name"`
	Verdict Verdict  `json:"verdict"`
	All     int      `json:"all"`              // abilities
	Whole   int      `json:"whole,omitempty"`  // of these, shown whole
	InPart  int      `json:"inPart,omitempty"` // shown in part
	Failed  int      `json:"failed,omitempty"`
	Which   []string `json:"which,omitempty"` // ids of those that failed, as far as there is room
}

// Verdict is one of reporter, by its word.
type Verdict string

func verdictOf(v reporter.Verdict) Verdict { return Verdict(v.String()) }

// Is tells whether it is that verdict.
func (v Verdict) Is(verdict reporter.Verdict) bool { return v == verdictOf(verdict) }

// known tells whether there is such a verdict.
func (v Verdict) known() bool {
	return slices.ContainsFunc([]reporter.Verdict{reporter.Incomplete, reporter.NotReady, reporter.Ready}, v.Is)
}

// Of is the summary of a judgement, on what has a generation.
func Of(s reporter.Summary, generation string) Summary {
	short := Summary{
		Schema: Schema, Generation: generation, Verdict: verdictOf(s.Verdict), KubernetesVersion: s.KubernetesVersion, Tool: safetext.Cut(s.Tool, maxReason),
		Pretended: s.Pretended, Picked: len(s.Picked) > 0,
	}
	if !s.Spec.Embedded {
		short.Specs = safetext.Cut(s.Spec.String(), maxReason)
	}
	for _, n := range s.Nodes {
		if n.OS == string(specs.Windows) {
			short.Kubelets = append(short.Kubelets, safetext.Cut(n.Kubelet, maxVersion))
		}
	}
	slices.Sort(short.Kubelets)
	short.Kubelets = slices.Compact(short.Kubelets)
	for _, c := range s.Categories {
		short.Categories = append(short.Categories, categoryOf(c))
	}
	for _, text := range against(s) {
		if len(short.Reasons) < maxReasons {
			short.Reasons = append(short.Reasons, safetext.Cut(text, maxReason))
		}
	}
	return short
}

func categoryOf(c reporter.Category) Category {
	counts := c.Counts()
	short := Category{Name: c.Name, Verdict: verdictOf(c.Verdict), All: counts.All(), Whole: counts.Whole, InPart: counts.InPart, Failed: counts.Of(reporter.Failed)}
	for _, a := range c.Abilities {
		if a.State == reporter.Failed {
			short.Which = append(short.Which, a.ID)
		}
	}
	return short
}

// against is what keeps a run from being ready, but for failures: what stands against all of it, then what against its abilities.
func against(s reporter.Summary) []string {
	reasons := append(reporter.Lines(s.Incomplete), s.Around()...)
	for _, c := range s.Categories {
		for _, a := range c.Abilities {
			if slices.Contains([]reporter.State{reporter.Unconfirmed, reporter.NotRun, reporter.Skipped}, a.State) && a.Reason() != "" {
				reasons = append(reasons, a.ID+": "+a.Reason())
			}
		}
	}
	return reasons
}

// Failed is the summary of a run that tested nothing.
func Failed(problem error, generation string) Summary {
	return Summary{Schema: Schema, Generation: generation, Problem: safetext.Cut(problem.Error(), 2*maxReason)}
}

// Encode writes the summary in at most MaxBytes. What there is no room for is left out, the least needed first; without
// its categories the summary says that it is cut, and is never ready.
func (s Summary) Encode() ([]byte, error) {
	s.Categories = slices.Clone(s.Categories)
	for _, shorten := range []func(){
		func() {},
		func() { s.Reasons = nil },
		func() {
			for i := range s.Categories {
				s.Categories[i].Which = nil
			}
		},
		func() { s.Categories, s.Kubelets, s.Cut = nil, nil, true },
	} {
		shorten()
		data, err := json.Marshal(s)
		if err != nil || len(data) <= MaxBytes {
			return data, err
		}
	}
	return nil, fmt.Errorf("the summary has more than %d bytes", MaxBytes)
}
