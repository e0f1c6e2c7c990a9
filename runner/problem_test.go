package runner_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
)

const problemSpec = `testCases:
- {category: Core.Network, id: well, description: d, focus: [one$], placement: self}
- {category: Core.Network, id: renamed, description: d, focus: ['^Kubernetes e2e suite \[sig-a\] works well$']}
- {category: Core.Network, id: half, description: d, focus: [two$, 'nothing like it', three$]}
- {category: Core.Network, id: either, description: d, anyOf: [['nothing like it'], [one$]]}
- {category: Core.Network, id: neither, description: d, anyOf: [[two$, gone, lost], ['nothing like it', three$]]}
- {category: Core.Network, id: skips, description: d, focus: [one$], skip: [sig-a]}
- {category: Core.Network, id: exempt, description: d, focus: [gone], skipProviders: [azure]}
- {category: Core.Storage, id: broad, description: d, focus: [many]}
- {category: Core.Storage, id: meant, description: d, focus: [many], maxTests: 6}
- {category: Core.Storage, id: linux, description: d, focus: [LinuxOnly]}
`

var problemTests = []string{
	"[sig-a] three", "[sig-a] two", "[sig-a] one", "[sig-a] works well [Conformance]", "[sig-a] one", "[sig-a] tested [LinuxOnly]",
	"many 1", "many 2", "many 3", "many 4", "many 5 [Serial]", "many 6 [Serial]",
}

// TestProblems holds what is told of abilities whose tests a binary lacks, or has too many of, and that no other ability
// suffers for it.
func TestProblems(t *testing.T) {
	t.Parallel()
	categories := parse(t, problemSpec)
	p, err := runner.NewPlan(categories, problemTests, runner.PlanOptions{Provider: "azure"})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"well: self, tests [[sig-a] one]",
		"renamed: windows, tests [], missing [^Kubernetes e2e suite \\[sig-a\\] works well$], not run: not in this e2e.test: its focus matches no test; " +
			"did you mean '^Kubernetes e2e suite \\[sig-a\\] works well \\[Conformance\\]$'?",
		"half: windows, tests [[sig-a] three [sig-a] two], missing [nothing like it]",
		"either: windows, tests [[sig-a] one]",
		"neither: windows, tests [[sig-a] three [sig-a] two], missing [nothing like it]",
		"skips: windows, tests [], missing [one$], not run: not in this e2e.test: its skip leaves out the one test that its focus matches",
		`exempt: windows, tests [], not run: exempt: the spec leaves it out on provider "azure"`,
		"broad: windows, tests [many 1 many 2 many 3 many 4 many 5 [Serial] many 6 [Serial]]",
		"meant: windows, tests [many 1 many 2 many 3 many 4 many 5 [Serial] many 6 [Serial]]",
		"linux: windows, tests [[sig-a] tested [LinuxOnly]]",
	}
	if diff := cmp.Diff(want, abilities(p)); diff != "" {
		t.Errorf("abilities (-want +got):\n%s", diff)
	}
	want = []string{
		"missing spec.yaml:3: ability \"renamed\": its focus matches no test\n" +
			"    did you mean '^Kubernetes e2e suite \\[sig-a\\] works well \\[Conformance\\]$'?",
		`missing spec.yaml:4: ability "half": one of its focus strings matches no test: "nothing like it"`,
		`missing spec.yaml:6: ability "neither": one of its focus strings matches no test: "nothing like it"`,
		`missing spec.yaml:7: ability "skips": its skip leaves out the one test that its focus matches`,
		"broad spec.yaml:9: ability \"broad\": its focus matches 6 tests, more than maxTests: 4\n" +
			"    name the tests that prove it, or set maxTests if all of them do",
		"broad spec.yaml:11: ability \"linux\": its focus matches 1 test for Linux only, which proves nothing of Windows\n" +
			"    look at \"[sig-a] tested [LinuxOnly]\"",
	}
	if diff := cmp.Diff(want, problems(p)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

// TestProblemsOfWhatRuns holds that an ability is too broad by what it selects, however little of it is left to run, and
// not if nothing is.
func TestProblemsOfWhatRuns(t *testing.T) {
	t.Parallel()
	categories := parse(t, "testCases:\n- {category: Core.Storage, id: broad, description: d, focus: [many]}\n")
	for _, test := range []struct {
		options runner.PlanOptions
		want    int
	}{
		{runner.PlanOptions{}, 1},
		{runner.PlanOptions{Only: map[runner.Task]bool{{Test: "many 1"}: true}}, 1},
		{runner.PlanOptions{Only: map[runner.Task]bool{}}, 0},
	} {
		p, err := runner.NewPlan(categories, problemTests, test.options)
		if err != nil || len(p.Problems) != test.want {
			t.Errorf("%+v: problems %q, %v; want %d", test.options, problems(p), err, test.want)
		}
	}
}

// TestRename renames, one at a time, the tests that the shipped spec selects, each on one of the releases: all abilities
// without it are planned as ever, the others lack it, and have its new name for a hint.
func TestRename(t *testing.T) {
	t.Parallel()
	catalogs, err := catalog.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for at, c := range catalogs {
		t.Run(c.Version, func(t *testing.T) {
			t.Parallel()
			all, err := specs.Default()
			if err != nil {
				t.Fatal(err)
			}
			categories, err := specs.Select(all, c.Minor)
			if err != nil {
				t.Fatal(err)
			}
			before, err := runner.NewPlan(categories, c.Names, runner.PlanOptions{})
			if err != nil || len(before.Problems) != 0 {
				t.Fatalf("problems %q, %v", problems(before), err)
			}
			if len(before.Invocations) == 0 {
				t.Fatal("nothing is planned")
			}
			for i, test := range before.Invocations[0].Tests {
				if i%len(catalogs) != at {
					continue // to plan takes a moment
				}
				renamed := slices.Clone(c.Names)
				renamed[slices.Index(renamed, test)] = test + " [Feature:Renamed]"
				after, err := runner.NewPlan(categories, renamed, runner.PlanOptions{})
				if err != nil {
					t.Fatal(err)
				}
				holdRename(t, test, before, after)
			}
		})
	}
}

// holdRename holds the plan after a test was renamed against the one before.
func holdRename(t *testing.T, test string, before, after runner.Plan) {
	t.Helper()
	hurt := 0
	for i, a := range before.Abilities {
		b := after.Abilities[i]
		if !slices.Contains(a.Tests, test) {
			if diff := cmp.Diff(a, b); diff != "" {
				t.Errorf("%q renamed: (-before +after):\n%s", test, diff)
			}
			continue
		}
		hurt++
		rest := slices.DeleteFunc(slices.Clone(a.Tests), func(name string) bool { return name == test })
		if !slices.Equal(rest, b.Tests) || !slices.Equal(b.Missing, []string{specs.Exactly(test)}) || (b.NotRun != "") != (len(rest) == 0) {
			t.Errorf("%q renamed: %+v", test, b)
		}
	}
	hint := strings.ReplaceAll(specs.Exactly(test+" [Feature:Renamed]"), "'", "''") // as YAML has it
	told := slices.DeleteFunc(problems(after), func(text string) bool { return !strings.Contains(text, hint) })
	if hurt == 0 || len(told) != hurt || len(after.Problems) != hurt {
		t.Errorf("%q renamed: %d abilities have it, problems %q", test, hurt, problems(after))
	}
}

func parse(t *testing.T, text string) []specs.Category {
	t.Helper()
	categories, err := specs.Parse([]specs.File{{Name: "spec.yaml", Data: []byte(text)}})
	if err != nil {
		t.Fatal(err)
	}
	return categories
}

// abilities are those of a plan, a line each.
func abilities(p runner.Plan) []string {
	var lines []string
	for _, a := range p.Abilities {
		line := fmt.Sprintf("%s: %s, tests %v", a.ID, a.Placement, a.Tests)
		if len(a.Missing) > 0 {
			line += fmt.Sprintf(", missing %v", a.Missing)
		}
		if a.NotRun != "" {
			line += ", not run: " + a.NotRun
		}
		lines = append(lines, line)
	}
	return lines
}

func problems(p runner.Plan) []string {
	var lines []string
	for _, problem := range p.Problems {
		lines = append(lines, string(problem.Kind)+" "+problem.String())
	}
	return lines
}
