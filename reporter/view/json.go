package view

import (
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// Schema names the form of JSON. Within a version keys are only ever added.
const Schema = "op-readiness.summary/v1"

// JSON is a reporter.Summary for programs.
type JSON struct {
	Schema            string          `json:"schema"`          // Schema
	Build             *JSONBuild      `json:"build,omitempty"` // absent: results of no build that is known
	End               JSONEnd         `json:"end"`
	KubernetesVersion string          `json:"kubernetesVersion"` // of the cluster under test
	Assumed           bool            `json:"assumed,omitempty"` // no catalog of tests is of that version: those of the nearest were expected
	Provider          string          `json:"provider,omitempty"`
	Declared          string          `json:"declared,omitempty"`  // the placement of pods that the user declared
	Pretended         bool            `json:"pretended,omitempty"` // its Windows nodes pretended: nothing is shown of Windows
	Spec              *specs.Identity `json:"spec,omitempty"`      // by which it was judged
	Tool              string          `json:"tool,omitempty"`      // version of op-readiness that ran the tests
	Nodes             []record.Node   `json:"nodes,omitempty"`
	Verdict           string          `json:"verdict"`          // "ready", "not ready" or "incomplete"
	Headline          string          `json:"headline"`         // the verdict in a sentence
	Whole             bool            `json:"whole"`            // the verdict is about the cluster: every required category was judged
	Chosen            bool            `json:"chosen,omitempty"` // the categories were chosen: the verdict is about all of them
	Proven            int             `json:"proven"`           // abilities that were shown, whole or in part
	ShownWhole        int             `json:"shownWhole"`
	ShownInPart       int             `json:"shownInPart"`
	Abilities         int             `json:"abilities"`
	Counts            map[string]int  `json:"counts"` // abilities by state
	Ledger            JSONLedger      `json:"ledger"`
	Baseline          int             `json:"baseline,omitempty"` // builds of the base branch that it was compared with
	Categories        []JSONCategory  `json:"categories"`
	Setup             []JSONTest      `json:"setup,omitempty"`      // failed nodes around the tests
	Others            []JSONOther     `json:"others,omitempty"`     // failures of other suites
	Incomplete        []string        `json:"incomplete,omitempty"` // what stands against every result
	Reasons           []string        `json:"reasons,omitempty"`    // why the proof is not whole, each once
	Warnings          []string        `json:"warnings,omitempty"`
}

// JSONBuild is a Build.
type JSONBuild struct {
	Source   string     `json:"source,omitempty"`
	Job      string     `json:"job,omitempty"`
	ID       string     `json:"id,omitempty"`
	Org      string     `json:"org,omitempty"`
	Repo     string     `json:"repo,omitempty"`
	Pull     int        `json:"pull,omitempty"`
	SHA      string     `json:"sha,omitempty"`
	Platform string     `json:"platform,omitempty"`
	URL      string     `json:"url,omitempty"`
	Started  *time.Time `json:"started,omitempty"`
	Finished *time.Time `json:"finished,omitempty"`
}

// JSONEnd is an End.
type JSONEnd struct {
	State string `json:"state"`           // "succeeded", "failed", "cut short", "running", "end not known" or "no job"
	Words string `json:"words,omitempty"` // what tells it, such as "SUCCESS"
}

// JSONLedger is a Ledger.
type JSONLedger struct {
	Files    int `json:"files"`
	Rows     int `json:"rows"`
	Suite    int `json:"suite"`
	Selected int `json:"selected"`
	Expected int `json:"expected"`
	Missing  int `json:"missing"`
}

// JSONCategory is a Category.
type JSONCategory struct {
	Name        string         `json:"name"`
	Required    bool           `json:"required"`
	Verdict     string         `json:"verdict"`
	Counts      map[string]int `json:"counts"` // abilities by state
	ShownWhole  int            `json:"shownWhole"`
	ShownInPart int            `json:"shownInPart"`
	Abilities   []JSONAbility  `json:"abilities"`
}

// JSONAbility is an Ability.
type JSONAbility struct {
	ID          string      `json:"id"`
	Description string      `json:"description"`
	State       string      `json:"state"`            // "passed", "flaky", "failed", "unconfirmed", "skipped", "not run", "exempt" or "unproven"
	InPart      bool        `json:"inPart,omitempty"` // what was shown, or could be, is a part of the ability; see notes
	Reason      string      `json:"reason,omitempty"` // all reasons in a line
	Reasons     []string    `json:"reasons,omitempty"`
	Standing    string      `json:"standing,omitempty"` // of a failure, against the base branch: "new", "also failing", "flaky there" or "unclear"
	Partial     bool        `json:"partial,omitempty"`  // its tests show a part of it, unless the record of pods shows the rest
	Notes       string      `json:"notes,omitempty"`
	Tests       []JSONTest  `json:"tests,omitempty"`   // those with a result
	Missing     []string    `json:"missing,omitempty"` // those without one
	Ran         []JSONPlace `json:"ran,omitempty"`     // where its pods ran
}

// JSONTest is a Test.
type JSONTest struct {
	Name    string  `json:"name"`
	State   string  `json:"state"`            // "passed", "flaky", "failed" or "skipped"
	Status  string  `json:"status,omitempty"` // Ginkgo's word
	Message string  `json:"message,omitempty"`
	Seconds float64 `json:"seconds"` // 0: not known
	File    string  `json:"file"`
	Line    int     `json:"line,omitempty"`
}

// JSONOther is a Failure.
type JSONOther struct {
	Suite string   `json:"suite,omitempty"`
	Test  JSONTest `json:"test"`
}

// JSONPlace is a Place.
type JSONPlace struct {
	OS        string   `json:"os,omitempty"`
	Pretended bool     `json:"pretended,omitempty"`
	Build     string   `json:"build,omitempty"`
	Runtime   string   `json:"runtime,omitempty"`
	Nodes     []string `json:"nodes"`
}

// NewJSON returns a summary in its form for programs. Texts of the build are without what steers a terminal.
func NewJSON(s reporter.Summary) JSON {
	counts := s.Counts()
	j := JSON{
		Schema: Schema, Build: jsonBuild(s.Build), End: JSONEnd{s.End.State.String(), safetext.Document(s.End.Words)},
		KubernetesVersion: safetext.Document(s.KubernetesVersion), Assumed: s.Assumed, Provider: s.Provider, Declared: s.Declared, Pretended: s.Pretended,
		Tool: safetext.Document(s.Tool), Nodes: jsonNodes(s.Nodes), Verdict: s.Verdict.String(), Headline: s.Headline(), Whole: s.Whole, Chosen: s.Chosen,
		Proven: counts.Shown(), ShownWhole: counts.Whole, ShownInPart: counts.InPart, Abilities: counts.All(), Counts: byState(counts),
		Ledger: JSONLedger(s.Ledger), Baseline: s.Baseline, Categories: []JSONCategory{}, Setup: jsonTests(s.Setup),
		Incomplete: documents(reporter.Lines(s.Incomplete)), Reasons: documents(s.Why()), Warnings: documents(reporter.Lines(s.Warnings)),
	}
	if s.Spec != (specs.Identity{}) {
		j.Spec = &s.Spec
	}
	for _, other := range s.Others {
		j.Others = append(j.Others, JSONOther{safetext.Document(other.Suite), jsonTest(other.Test)})
	}
	for _, c := range s.Categories {
		j.Categories = append(j.Categories, jsonCategory(c))
	}
	return j
}

// documents are texts as a document for programs holds them.
func documents(texts []string) []string {
	var list []string
	for _, text := range texts {
		list = append(list, safetext.Document(text))
	}
	return list
}

func jsonBuild(b reporter.Build) *JSONBuild {
	j := JSONBuild{
		Source: safetext.Document(b.Source), Job: safetext.Document(b.Job), ID: safetext.Document(b.ID), Org: safetext.Document(b.Org),
		Repo: safetext.Document(b.Repo), Pull: b.Pull, SHA: safetext.Document(b.SHA), Platform: safetext.Document(b.Platform),
		URL: safetext.Address(b.URL), Started: known(b.Started), Finished: known(b.Finished),
	}
	if j == (JSONBuild{}) {
		return nil
	}
	return &j
}

// jsonNodes are the nodes, whose texts came with the results.
func jsonNodes(nodes []record.Node) []record.Node {
	var list []record.Node
	for _, n := range nodes {
		for _, text := range []*string{&n.Name, &n.OS, &n.OSImage, &n.Build, &n.Runtime, &n.Kubelet} {
			*text = safetext.Document(*text)
		}
		n.Taints, n.Addresses = documents(n.Taints), documents(n.Addresses)
		list = append(list, n)
	}
	return list
}

// known is a time, nil if it is zero.
func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func jsonCategory(c reporter.Category) JSONCategory {
	counts := c.Counts()
	j := JSONCategory{
		Name: c.Name, Required: c.Required, Verdict: c.Verdict.String(), Counts: byState(counts),
		ShownWhole: counts.Whole, ShownInPart: counts.InPart, Abilities: []JSONAbility{},
	}
	for _, a := range c.Abilities {
		j.Abilities = append(j.Abilities, jsonAbility(a))
	}
	return j
}

// byState are the counts of the states that occur.
func byState(counts reporter.Counts) map[string]int {
	m := map[string]int{}
	for _, state := range reporter.WorstFirst() {
		if n := counts.Of(state); n > 0 {
			m[state.String()] = n
		}
	}
	return m
}

func jsonAbility(a reporter.Ability) JSONAbility {
	j := JSONAbility{
		ID: a.ID, Description: a.Description, State: a.State.String(), InPart: a.InPart, Reason: safetext.Document(a.Reason()),
		Reasons: documents(a.Reasons), Standing: a.Standing.Kind.String(), Partial: a.Partial, Notes: a.Notes, Tests: jsonTests(a.Tests),
		Missing: documents(a.Missing),
	}
	for _, p := range a.Ran {
		j.Ran = append(j.Ran, JSONPlace{safetext.Document(p.OS), p.Pretended, safetext.Document(p.Build), safetext.Document(p.Runtime), documents(p.Nodes)})
	}
	return j
}

func jsonTests(tests []reporter.Test) []JSONTest {
	var list []JSONTest
	for _, t := range tests {
		list = append(list, jsonTest(t))
	}
	return list
}

func jsonTest(t reporter.Test) JSONTest {
	return JSONTest{
		Name: safetext.Document(t.Name), State: t.State.String(), Status: safetext.Document(t.Status), Message: safetext.Document(t.Message),
		Seconds: t.Took().Seconds(), File: safetext.Document(t.File), Line: t.Line,
	}
}
