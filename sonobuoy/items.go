package sonobuoy

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"gopkg.in/yaml.v3"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// The words that Sonobuoy adds up: any other would become a count beside them, and hide a failure.
const (
	passed  = "passed"
	failed  = "failed"
	skipped = "skipped"
)

// Item is a result in Sonobuoy's manual form. Sonobuoy replaces the status of one with items by what these add up to: failed if
// one of them is failed, else passed, even if all are skipped.
type Item struct {
	Name     string            `yaml:"name"`
	Status   string            `yaml:"status"` // passed, failed or skipped
	Metadata map[string]string `yaml:"meta,omitempty"`
	Details  map[string]any    `yaml:"details,omitempty"`
	Items    []Item            `yaml:"items,omitempty"`
}

// Encode writes the item as Sonobuoy reads it.
func (i Item) Encode(w io.Writer) error {
	encoder := yaml.NewEncoder(w)
	encoder.SetIndent(2)
	if err := encoder.Encode(i); err != nil {
		return err
	}
	return encoder.Close()
}

// Ending is how the process of a run ended. The zero value is a good end, with which the summary decides.
type Ending struct {
	Problem  string   // why it came to no verdict, in a line; "": it did
	LastSaid []string // the last lines that it said, with a Problem
}

// The names of items that hold a verdict begin with verdictName.
const (
	verdictName = "Verdict"
	noVerdict   = "could not be reached"
)

const (
	maxName   = 300     // characters of a name
	maxReason = 2000    // characters of a reason
	maxText   = 8 << 10 // bytes of what a failed test said
)

// Items are the results of a run: the verdict, then its categories with their abilities with their tests. Each category and each
// ability has an item for its own verdict, so that what they add up to is passed only if that is, and so that Sonobuoy's list
// of failures has abilities by name. Summary is nil where nothing could be judged. Nothing is passed that was not shown: with a
// Problem no verdict is, and of an ability that nothing failed of and that is not shown no test is.
func Items(s *reporter.Summary, e Ending) Item {
	root := Item{Name: Name, Items: []Item{verdict(s, e)}}
	if s != nil {
		for _, c := range s.Categories {
			root.Items = append(root.Items, category(*s, c, e))
		}
	}
	return root.sum().unmistakable()
}

// unmistakable is the item without texts that look like what Sonobuoy says of the whole: pipelines look for "Status: passed" in what
// `sonobuoy results` prints, where names of tests stand too, and what they said.
func (i Item) unmistakable() Item {
	i.Name = noStatus(i.Name)
	for key, value := range i.Metadata {
		i.Metadata[key] = noStatus(value)
	}
	for key, value := range i.Details {
		if text, ok := value.(string); ok {
			i.Details[key] = noStatus(text)
		}
	}
	for n := range i.Items {
		i.Items[n] = i.Items[n].unmistakable()
	}
	return i
}

func noStatus(text string) string { return strings.ReplaceAll(text, "Status:", "Status -") }

// sum gives an item the status that Sonobuoy gives it.
func (i Item) sum() Item {
	i.Status = passed
	for _, item := range i.Items {
		if item.Status == failed {
			i.Status = failed
		}
	}
	return i
}

// verdict is the item that only a ready run passes.
func verdict(s *reporter.Summary, e Ending) Item {
	item := Item{Name: verdictName + ": " + noVerdict, Status: failed, Details: map[string]any{}}
	if s != nil && !e.contradicts(s.Verdict) {
		item.Name = verdictName + ": " + s.Answer()
		item.Details["headline"] = text(s.Headline(), maxReason)
		list(item.Details, "notes", warnings(s.Incomplete))
		item.Metadata = meta("kubernetes", s.KubernetesVersion, "op-readiness", s.Tool, "spec", s.Spec.String())
	}
	switch {
	case e.Problem != "":
		item.Details["error"] = text(e.Problem, maxReason)
		list(item.Details, "output", e.LastSaid)
	case s != nil && s.Verdict == reporter.Ready:
		item.Status = passed
	}
	return item
}

// contradicts tells whether a run that ended so did not show what is judged of what it left.
func (e Ending) contradicts(v reporter.Verdict) bool { return e.Problem != "" && v == reporter.Ready }

// category is the item of a category: its verdict, then its abilities.
func category(s reporter.Summary, c reporter.Category, e Ending) Item {
	required := "no"
	if c.Required {
		required = "yes"
	}
	own := Item{Name: verdictName + ": " + c.Name + ": " + c.Verdict.String() + s.Pretence(), Status: failed}
	switch {
	case e.contradicts(c.Verdict):
		own.Name = verdictName + ": " + c.Name + ": " + noVerdict
	case c.Verdict == reporter.Ready:
		own.Status = passed
	}
	item := Item{Name: c.Name, Metadata: meta("required", required, "verdict", c.Verdict.String()), Items: []Item{own}}
	for _, a := range c.Abilities {
		item.Items = append(item.Items, ability(c, a))
	}
	return item.sum()
}

// ability is the item of an ability: its state, then its tests. One that no test is for has no items.
func ability(c reporter.Category, a reporter.Ability) Item {
	own := Item{Name: text(c.Name+": "+a.Description, maxName), Status: statusOf(a.State), Details: map[string]any{"state": a.State.String()}}
	list(own.Details, "reasons", a.Reasons)
	if a.InPart {
		own.Details["partial"] = text(cmp.Or(a.Notes, "yes"), maxReason)
	}
	if where := a.Where(); where != "" {
		own.Details["ran"] = text(where, maxReason)
	}
	about := meta("id", a.ID, "ability", a.Description, "state", a.State.String())
	if len(a.Tests) == 0 || own.Status == skipped {
		own.Metadata = about
		return own // what skipped items add up to is passed
	}
	item := Item{Name: a.ID, Metadata: about, Items: []Item{own}}
	for _, t := range a.Tests {
		item.Items = append(item.Items, test(a, t))
	}
	return item.sum()
}

// statusOf is what a state is for Sonobuoy, which has no word for what is not shown. Only what no test is for is skipped.
func statusOf(s reporter.State) string {
	switch s {
	case reporter.Passed, reporter.Flaky:
		return passed
	case reporter.Exempt, reporter.Unproven:
		return skipped
	}
	return failed
}

// test is the item of a test. One that passed for an ability that is not shown, though nothing failed, is skipped: what stands
// against the ability stands against it.
func test(a reporter.Ability, t reporter.Test) Item {
	item := Item{Name: text(t.Name, maxName), Status: statusOf(t.State), Details: map[string]any{"state": t.State.String()}}
	switch {
	case t.State == reporter.Skipped:
		item.Status = skipped
	case item.Status == passed && statusOf(a.State) != passed && a.State != reporter.Failed:
		item.Status = skipped
		item.Details["note"] = "it passed, and its ability is " + a.State.String()
	}
	if t.Message != "" {
		key := "output"
		if item.Status == failed {
			key = "failure"
		}
		item.Details[key] = lines(t.Message)
	}
	if t.File != "" {
		item.Details["result"] = text(fmt.Sprintf("%s:%d", t.File, t.Line), maxName)
	}
	return item
}

// text is one line of at most n characters, "" for none.
func text(s string, n int) string { return safetext.Cut(s, n) }

// lines is what a test said, without what may steer a terminal, and not without end.
func lines(s string) string {
	s = safetext.Document(s)
	if len(s) <= maxText {
		return s
	}
	return strings.ToValidUTF8(s[:maxText], "") + "\n[cut]"
}

// list puts lines into details, if there are any.
func list(details map[string]any, key string, from []string) {
	var kept []string
	for _, line := range from {
		if line = text(line, maxReason); line != "" {
			kept = append(kept, line)
		}
	}
	if len(kept) > 0 {
		details[key] = strings.Join(kept, "\n")
	}
}

func warnings(from []reporter.Warning) []string {
	var texts []string
	for _, w := range from {
		texts = append(texts, w.String())
	}
	return texts
}

// meta is metadata of keys and values in turns, without those of no value.
func meta(pairs ...string) map[string]string {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		if value := text(pairs[i+1], maxReason); value != "" {
			m[pairs[i]] = value
		}
	}
	return m
}
