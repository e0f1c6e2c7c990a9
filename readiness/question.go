package readiness

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
)

// scope is what a build is judged for.
type scope struct {
	categories []string // by name; none: all
	abilities  []string // by id; none: all of the categories
	chosen     bool     // somebody chose them: all of them count
}

// scopeOf is what the user asks for, else what the run was for, else what the job of the build runs.
func (r Report) scopeOf(e reporter.Evidence) scope {
	switch {
	case len(r.Categories) > 0:
		return scope{categories: r.Categories, chosen: true}
	case e.Run != nil:
		return scope{e.Run.Categories, e.Run.Abilities, len(e.Run.Categories)+len(e.Run.Abilities) > 0}
	case r.Specs == "" && !isAll(e.Build.ChosenOnly):
		return scope{categories: e.Build.ChosenOnly, chosen: len(e.Build.ChosenOnly) > 0}
	}
	return scope{}
}

// isAll tells whether a job that names its categories runs all of them, so that nothing was chosen.
func isAll(names []string) bool {
	return !slices.ContainsFunc(specs.Names(), func(name string) bool { return !slices.Contains(names, name) })
}

// question is what a build is asked, by what is known of it. What the user says contradicts the evidence, or holds besides,
// goes into the evidence.
func (j judge) question(e *reporter.Evidence) (reporter.Question, error) {
	version, err := j.version(e)
	if err != nil {
		return reporter.Question{}, err
	}
	if e.Run != nil && j.Specs == "" && e.Run.Spec != (specs.Identity{}) && !e.Run.Spec.Embedded {
		return reporter.Question{}, usererror.WithHint(fmt.Errorf("the run in %q was by %s", e.Build.Source, e.Run.Spec),
			fmt.Sprintf("name them again: --test-directory %q", e.Run.Spec.Path))
	}
	of := j.scopeOf(*e)
	spec, err := j.specs.open(j.Specs, version, of.categories)
	if err != nil {
		return reporter.Question{}, err
	}
	whole := countAbilities(spec.Categories)
	if spec.Categories, err = chooseAbilities(spec.Categories, of.abilities); err != nil {
		return reporter.Question{}, err
	}
	if countAbilities(spec.Categories) == whole {
		of.abilities = nil // all were chosen, one by one
	}
	q := reporter.Question{Spec: spec, Version: version, Provider: j.Provider, Chosen: of.chosen, Picked: of.abilities, Declared: j.Declared}
	q.Tests, q.Assumed, err = testsOf(j.catalogs, version)
	if e.Run != nil {
		if len(e.Run.Expected) > 0 && (j.Specs != "" || q.Assumed) { // it asked its e2e.test, which no catalog knows
			q.Tests, q.Assumed = e.Run.Expected, false
		}
		q.Provider = cmp.Or(j.Provider, e.Run.Provider)
		e.Unread = append(e.Unread, j.disagreements(*e, spec.Identity)...)
	}
	return q, err
}

func countAbilities(categories []specs.Category) int {
	n := 0
	for _, c := range categories {
		n += len(c.TestCases)
	}
	return n
}

// version is the Kubernetes version by whose specs a build is judged. What the user says of it is one claim more.
func (r Report) version(e *reporter.Evidence) (string, error) {
	if r.Version != "" {
		e.Versions = slices.Insert(slices.Clone(e.Versions), 0, reporter.Claim{Value: r.Version, Source: "--kubernetes-version"})
	}
	switch {
	case len(e.Versions) > 0:
		return e.Versions[0].Value, nil
	case e.Files == 0:
		return specs.Master().String(), nil // nothing ran, on any version
	}
	return "", usererror.WithHint(fmt.Errorf("the results in %q do not tell the Kubernetes version of their run", e.Build.Source),
		"name it with --kubernetes-version, such as 1.36")
}

// disagreements are what is judged otherwise than the run was: then its results may not mean what they did.
func (r Report) disagreements(e reporter.Evidence, judged specs.Identity) []reporter.Warning {
	var list []reporter.Warning
	if e.Run.Spec.Digest != "" && e.Run.Spec.Digest != judged.Digest {
		list = append(list, reporter.Warning{File: reportdir.Record, Message: fmt.Sprintf("the run was by %s, and is judged by %s", e.Run.Spec, judged)})
	}
	if r.Provider != "" && e.Run.Provider != "" && r.Provider != e.Run.Provider {
		list = append(list, reporter.Warning{Message: fmt.Sprintf(
			"the provider is not known: --provider says %s, %s says %s", r.Provider, reportdir.Record, e.Run.Provider)})
	}
	return list
}

// testsOf are the tests that an e2e.test of a version has; assumed if they are those of the nearest version that is known.
func testsOf(catalogs []catalog.Catalog, version string) (names []string, assumed bool, err error) {
	v, err := specs.ParseVersion(version)
	if err != nil {
		return nil, false, err
	}
	if len(catalogs) == 0 {
		return nil, false, errors.New("the program carries no catalog of e2e tests")
	}
	c, assumed, err := catalog.For(catalogs, v)
	if err != nil { // older than all of them
		return slices.MinFunc(catalogs, catalog.Catalog.Compare).Names, true, nil
	}
	return c.Names, assumed, nil
}

// namesOf resolves the names of tests in results: those that the categories select, in any version, and the known ones.
func namesOf(categories []specs.Category, catalogs []catalog.Catalog) (reporter.Names, error) {
	var known []string
	for _, c := range catalogs {
		known = append(known, c.Names...)
	}
	return reporter.NewNames(categories, known)
}
