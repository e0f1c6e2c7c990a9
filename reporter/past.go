package reporter

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// PastSchema is the schema of a Past as a file (reportdir.Baseline). Within it keys are only ever added.
const PastSchema = "op-readiness.baseline/v1"

// Past is what a build of the base branch says of tests and abilities: all that a failure is compared with, without the rest of its
// results. A periodic writes it down, so that whoever compares many builds with it need not read and judge it each time.
type Past struct {
	ID      string           // of the build, or its source
	Version string           // of Kubernetes
	Began   time.Time        // zero: not known
	Ended   time.Time        // zero: not known
	Useless string           // why nothing can be compared with it; "" if something can
	Tests   map[string]State // by name; those without a result are absent
	Ability map[string]State // by the ability's id
}

// PastOf is what a build says, once it has been judged.
func PastOf(s Summary) Past {
	p := Past{
		ID: cmp.Or(s.Build.ID, s.Build.Source), Version: s.KubernetesVersion, Began: s.Build.Started, Ended: s.Build.Finished,
		Tests: testStates(s), Ability: map[string]State{},
	}
	for _, c := range s.Categories {
		for _, a := range c.Abilities {
			p.Ability[a.ID] = a.State
		}
	}
	if s.Ledger.Suite == 0 {
		p.Useless = "it has no result of Kubernetes' e2e suite"
		if len(s.Incomplete) > 0 {
			p.Useless = s.Incomplete[0].String()
		}
	}
	return p
}

// pastFile is the form of the file.
type pastFile struct {
	Schema    string            `json:"schema"`
	Version   string            `json:"kubernetesVersion"`
	Began     *time.Time        `json:"began,omitempty"`
	Ended     *time.Time        `json:"ended,omitempty"`
	Useless   string            `json:"useless,omitempty"`
	Tests     map[string]string `json:"tests"`
	Abilities map[string]string `json:"abilities"`
}

// Encode writes the file.
func (p Past) Encode(w io.Writer) error {
	words := func(states map[string]State) map[string]string {
		said := map[string]string{}
		for name, state := range states {
			said[name] = state.String()
		}
		return said
	}
	moment := func(t time.Time) *time.Time {
		if t.IsZero() {
			return nil
		}
		t = t.UTC()
		return &t
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", " ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(pastFile{PastSchema, p.Version, moment(p.Began), moment(p.Ended), p.Useless, words(p.Tests), words(p.Ability)})
}

// ParsePast reads the file. It does not say which build it is of: where it lies does.
func ParsePast(data []byte) (Past, error) {
	var f pastFile
	if err := json.Unmarshal(data, &f); err != nil {
		return Past{}, fmt.Errorf("parsing the states of a build: %w", err)
	}
	if f.Schema != PastSchema {
		return Past{}, fmt.Errorf("parsing the states of a build: schema %q is not %q", f.Schema, PastSchema)
	}
	p := Past{Version: f.Version, Useless: f.Useless}
	if f.Began != nil {
		p.Began = *f.Began
	}
	if f.Ended != nil {
		p.Ended = *f.Ended
	}
	var err error
	if p.Tests, err = statesOf(f.Tests); err != nil {
		return Past{}, err
	}
	p.Ability, err = statesOf(f.Abilities)
	return p, err
}

func statesOf(words map[string]string) (map[string]State, error) {
	all := make(map[string]State, len(words))
	for name, word := range words {
		i := slices.IndexFunc(WorstFirst(), func(s State) bool { return strings.EqualFold(s.String(), word) })
		if i < 0 {
			return nil, fmt.Errorf("parsing the states of a build: %q has the state %q, which there is not", name, word)
		}
		all[name] = WorstFirst()[i]
	}
	return all, nil
}
