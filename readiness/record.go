package readiness

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/atomicfile"
	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
	"sigs.k8s.io/windows-operational-readiness/reporter/view"
	"sigs.k8s.io/windows-operational-readiness/runner"
)

// readRun returns the record of a report directory, nil if there is none.
func readRun(dir string) (*record.Run, error) {
	name := filepath.Join(dir, reportdir.Record)
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var run record.Run
	if err == nil {
		run, err = record.ParseRun(data)
	}
	if err != nil {
		return nil, damaged(fmt.Errorf("reading the record of the run: %q: %w", name, err))
	}
	return &run, nil
}

// damaged gives an error that what a run wrote of itself cannot be read its hint.
func damaged(err error) error {
	return usererror.WithHint(err, "op-readiness report shows what its results still say; a new run needs another --report-dir")
}

func writeRun(dir string, run record.Run) error {
	return atomicfile.Render(filepath.Join(dir, reportdir.Record), run.Encode)
}

// newRun is the record of a run that begins. What went on in the folder before stays part of it.
func (p Plan) newRun(now time.Time) (record.Run, error) {
	o, e2e := p.options, p.facts.E2E
	run := record.Run{
		Schema: record.RunSchema, Tool: o.Tool, Started: now.UTC(), Categories: o.Categories, Abilities: o.Abilities, Spec: p.Spec,
		KubernetesVersion: p.Version, Platform: o.Platform, Provider: o.Provider, Cluster: recordCluster(p.facts.Cluster), Plan: recordPlan(p.Tests),
		Expected: expected(p.Tests), Calls: []record.Call{},
		E2ETest: record.Binary{Path: e2e.Path, Release: e2e.Release, Tests: len(e2e.Tests)},
	}
	run.Pretended = run.Cluster != nil && slices.ContainsFunc(run.Cluster.Nodes, func(n record.Node) bool { return n.Pretended })
	before := p.facts.earlier.record
	if before == nil {
		return run, nil
	}
	run.Pretended = run.Pretended || before.Pretended
	run.Calls, run.Away = p.callsBefore(*before), before.Away
	run.Expected = sortedUnion(before.Expected, run.Expected)
	return run, p.widen(&run, *before)
}

// callsBefore are the calls of earlier runs. Of one that was under way when its run was killed nothing is known. When the run
// is resumed, calls that did not come to a good end are done again, and their files have the names that they have now.
func (p Plan) callsBefore(before record.Run) []record.Call {
	calls := slices.Clone(before.Calls)
	for _, inv := range before.Plan.Invocations {
		if !slices.ContainsFunc(calls, func(c record.Call) bool { return c.Number == inv.Number }) {
			calls = append(calls, record.Call{
				Number: inv.Number, Send: inv.Send, Tests: inv.Tests, Procs: inv.Procs, Command: []string{}, JUnit: []string{}, Ending: record.Unknown, ExitCode: -1,
				Problem: "the run was killed before it ended",
			})
		}
	}
	if !p.options.Resume {
		return calls
	}
	for i := range calls {
		c := &calls[i]
		c.Redone = c.Redone || p.facts.earlier.unsound[c.Number]
		c.JUnit = slices.DeleteFunc(slices.Clone(c.JUnit), func(name string) bool { return c.Redone && slices.Contains(p.facts.earlier.lost, name) })
		for j, name := range c.JUnit {
			if slices.Contains(p.facts.earlier.cut, name) {
				c.JUnit[j] = reportdir.Cut(name)
			}
		}
	}
	return calls
}

// widen makes the scope of a record that of two runs. A choice of abilities of the one and all of a category of the other is
// a choice of abilities.
func (p Plan) widen(run *record.Run, before record.Run) error {
	if len(run.Abilities) > 0 || len(before.Abilities) > 0 {
		now, err := p.abilitiesOf(*run)
		if err != nil {
			return err
		}
		then, err := p.abilitiesOf(before)
		if err != nil {
			return err
		}
		run.Abilities = sortedUnion(then, now)
	}
	run.Categories = union(before.Categories, run.Categories)
	return nil
}

// abilitiesOf are the ids of the abilities that a run was for.
func (p Plan) abilitiesOf(run record.Run) ([]string, error) {
	if len(run.Abilities) > 0 {
		return run.Abilities, nil
	}
	categories, err := SelectSpecs(p.options.Specs, p.Version, run.Categories)
	var ids []string
	for _, c := range categories {
		for _, tc := range c.TestCases {
			ids = append(ids, tc.ID)
		}
	}
	return ids, err
}

// union joins two choices, of which an empty one means all.
func union(a, b []string) []string {
	if len(a) == 0 || len(b) == 0 {
		return nil
	}
	joined := slices.Clone(a)
	for _, item := range b {
		if !slices.Contains(joined, item) {
			joined = append(joined, item)
		}
	}
	return joined
}

func sortedUnion(a, b []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(slices.Concat(a, b))))
}

// expected are the tests that the abilities of a plan select, also those that will not run now, sorted.
func expected(plan runner.Plan) []string {
	var tests []string
	for _, a := range plan.Abilities {
		tests = slices.Concat(tests, a.Tests, a.LeftOut)
	}
	return sortedUnion(tests, nil)
}

// endedBy says how a run ended, by its calls of e2e.test: the last one tells whether anybody ended it, and one that is
// missing that there was no time left.
func endedBy(plan runner.Plan, results []runner.Result) string {
	lost := func(r runner.Result) bool { return r.Ending == runner.Died || r.Ending == runner.Unstarted }
	switch last := len(results) - 1; {
	case slices.ContainsFunc(results, func(r runner.Result) bool { return r.Ending == runner.Interrupted }):
		return record.EndingInterrupted
	case slices.ContainsFunc(results, lost):
		return record.EndingLost
	case slices.ContainsFunc(results, func(r runner.Result) bool { return r.Ending == runner.Stalled }):
		return record.EndingStalled
	case len(results) < len(plan.Invocations), last >= 0 && results[last].Ending == runner.TimedOut:
		return record.EndingTimeout
	}
	return record.EndingComplete
}

func recordCall(inv runner.Invocation, r runner.Result, rerun bool) record.Call {
	return record.Call{
		Number: r.Number, Rerun: rerun, Send: inv.Send, Tests: inv.Tests, Procs: inv.Procs, Command: r.Command, Ending: string(r.Ending), ExitCode: r.ExitCode, Seconds: r.Seconds, JUnit: r.JUnit,
		Told: r.Told, Problem: r.Problem, LastSaid: r.LastSaid,
	}
}

func recordPlan(plan runner.Plan) record.Plan {
	kept := record.Plan{Abilities: []record.Ability{}, Invocations: []record.Invocation{}}
	for _, a := range plan.Abilities {
		kept.Abilities = append(kept.Abilities, record.Ability{
			ID: a.ID, Category: a.Category, Placement: a.Placement, Send: a.Send, Tests: a.Tests, LeftOut: a.LeftOut, Missing: a.Missing, NotRun: a.NotRun,
		})
	}
	for _, inv := range plan.Invocations {
		kept.Invocations = append(kept.Invocations, record.Invocation{
			Number: inv.Number, Send: inv.Send, Abilities: inv.Abilities, Tests: inv.Tests, Disruptive: inv.Disruptive, Procs: inv.Procs,
		})
	}
	for _, problem := range plan.Problems {
		kept.Problems = append(kept.Problems, record.Problem{
			Kind: string(problem.Kind), Ability: problem.Ability, File: problem.File, Line: problem.Line, Message: problem.Message, Hints: problem.Hints,
		})
	}
	return kept
}

func recordCluster(c *runner.Cluster) *record.Cluster {
	if c == nil {
		return nil
	}
	kept := record.Cluster{ID: c.ID, Server: c.Server, Version: c.Version, Nodes: append([]record.Node{}, c.Nodes...), Webhooks: c.Webhooks, Policies: c.Policies, Unlisted: c.Unlisted}
	return &kept
}

// write writes the judgement in the forms that others read.
func (p Plan) write(run record.Run, summary reporter.Summary) error {
	dir := p.facts.Folder
	judged, err := encodeSummary(summary)
	if err != nil {
		return err
	}
	run.Summary = judged
	form := func(file, name string) error {
		return atomicfile.Render(filepath.Join(dir, file), func(w io.Writer) error {
			return view.Render(w, name, []reporter.Summary{summary}, view.Options{Addresses: p.options.Addresses})
		})
	}
	return errors.Join(
		form(reportdir.View, "junit"),
		form(reportdir.Page, "html"),
		form(reportdir.Lens, "lens"),
		writeLink(dir),
		writeBaseline(dir, summary, run),
		writeRun(dir, run),
		addMetadata(dir, p.Version, summary.Answer()),
	)
}

func encodeSummary(summary reporter.Summary) (json.RawMessage, error) {
	var text bytes.Buffer
	err := encode(&text, view.NewJSON(summary))
	return text.Bytes(), err
}

func encode(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// writeLink writes where the page will be in a Prow job, for Spyglass's links lens: prow.k8s.io does not show pages
// themselves (https://docs.prow.k8s.io/docs/spyglass/, links).
func writeLink(dir string) error {
	address, err := artifacts.UploadAddress(reportdir.Page)
	if err != nil || address == "" {
		return err
	}
	return atomicfile.Write(filepath.Join(dir, reportdir.PageLink), []byte(address+"\n"))
}

// writeBaseline writes what builds of pull requests are compared with, if this is a periodic of Prow.
func writeBaseline(dir string, summary reporter.Summary, run record.Run) error {
	periodic, err := artifacts.InPeriodic()
	if err != nil || !periodic {
		return err
	}
	past := reporter.PastOf(summary)
	past.Began = run.Started
	if run.Ended != nil {
		past.Ended = *run.Ended
	}
	return atomicfile.Render(filepath.Join(dir, reportdir.Baseline), past.Encode)
}

// addMetadata adds to the folder's metadata.json, which Prow copies into finished.json and TestGrid reads for the heads
// of its columns. The revision of whoever made the cluster stays; the other two keys are ours, and say what holds now.
func addMetadata(dir, kubernetesVersion, verdict string) error {
	name := filepath.Join(dir, reportdir.Metadata)
	metadata := map[string]any{}
	data, err := os.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(data, &metadata)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("adding to %q: %w", name, err)
	}
	if _, there := metadata["revision"]; !there {
		metadata["revision"] = kubernetesVersion
	}
	metadata["kubernetes-version"], metadata["op-readiness"] = kubernetesVersion, verdict
	return atomicfile.Render(name, func(w io.Writer) error { return encode(w, metadata) })
}
