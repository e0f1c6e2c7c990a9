package main

import (
	"os"
	"slices"
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"
	"gopkg.in/yaml.v3"

	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
)

// renamed is the script command "renamed ABILITY": the stand-in for e2e.test has all the tests of the newest catalog, of which
// those of one ability have new names, the cluster has its version, and all tests pass. $PLANNED and $OTHERS are the numbers
// of tests and abilities that are left of the shipped spec.
func renamed(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: renamed ABILITY")
	}
	catalogs, err := catalog.Embedded()
	ts.Check(err)
	newest := slices.MaxFunc(catalogs, catalog.Catalog.Compare)
	shipped, err := specs.Default()
	ts.Check(err)
	selected, err := specs.Select(shipped, newest.Minor)
	ts.Check(err)
	plan, err := runner.NewPlan(selected, newest.Names, runner.PlanOptions{})
	ts.Check(err)
	gone, left, others := map[string]bool{}, map[string]bool{}, 0
	for _, a := range plan.Abilities {
		into := left
		if a.ID == args[0] {
			into = gone
		} else if a.NotRun == "" {
			others++
		}
		for _, test := range a.Tests {
			into[test] = true
		}
	}
	s := scenario{Release: newest.Version}
	for _, name := range newest.Names {
		if gone[name] {
			name += " [Feature:Renamed]"
		}
		s.Tests = append(s.Tests, fakeTest{Name: name, Does: "pass"})
	}
	data, err := yaml.Marshal(s)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.Getenv("FAKE_E2E"), data, 0o644))
	ts.Check(os.WriteFile(ts.MkAbs("version"), []byte(newest.Version), 0o644))
	ts.Setenv("PLANNED", strconv.Itoa(len(left)))
	ts.Setenv("OTHERS", strconv.Itoa(others))
}
