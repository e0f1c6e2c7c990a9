package runner_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

const planSpec = `testCases:
- {category: Core.Network, id: dns, description: d, focus: [DNS], skip: [slow]}
- {category: Core.Network, id: all, description: d, focus: ['works$']}
- {category: Core.Network, id: none, description: d, unproven: no test}
- {category: Core.Storage, id: reboot, description: d, focus: [reboot], skipProviders: [azure]}
- {category: Core.Storage, id: serial, description: d, focus: [alone]}
`

var planTests = []string{"[sig-a] DNS works", "[sig-a] DNS slow works", "[sig-b] reboot [Disruptive]", "[sig-b] alone [Serial]", "[sig-c] other"}

func plan(t *testing.T, o runner.PlanOptions) runner.Plan {
	t.Helper()
	p, err := runner.NewPlan(parse(t, planSpec), planTests, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// show is a plan in short: for each invocation its number and tests, then for each ability not run why.
func show(p runner.Plan) []string {
	var lines []string
	for _, inv := range p.Invocations {
		lines = append(lines, strings.Repeat("!", map[bool]int{true: 1}[inv.Disruptive])+string(rune('0'+inv.Number))+
			" "+strings.Join(inv.Abilities, ",")+": "+strings.Join(inv.Tests, ", "))
	}
	for _, a := range p.Abilities {
		if a.NotRun != "" {
			lines = append(lines, a.ID+" not run: "+a.NotRun)
		}
	}
	return lines
}

func TestNewPlan(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		options runner.PlanOptions
		want    []string
	}{
		{"as few calls as there can be, disruptive tests last, each test once", runner.PlanOptions{}, []string{
			"1 dns,all,serial: [sig-a] DNS slow works, [sig-a] DNS works, [sig-b] alone [Serial]",
			"!2 reboot: [sig-b] reboot [Disruptive]",
			"none not run: unproven: no test",
		}},
		{"a call for each ability", runner.PlanOptions{Isolate: true, FirstNumber: 3}, []string{
			"3 dns: [sig-a] DNS works",
			"4 all: [sig-a] DNS slow works, [sig-a] DNS works",
			"5 serial: [sig-b] alone [Serial]",
			"!6 reboot: [sig-b] reboot [Disruptive]",
			"none not run: unproven: no test",
		}},
		{"left out", runner.PlanOptions{SkipDisruptive: true, SkipSerial: true}, []string{
			"1 dns,all: [sig-a] DNS slow works, [sig-a] DNS works",
			"none not run: unproven: no test",
			"reboot not run: left out by --skip-disruptive",
			"serial not run: left out by --skip-serial",
		}},
		{"exempt", runner.PlanOptions{Provider: "azure", SkipSerial: true}, []string{
			"1 dns,all: [sig-a] DNS slow works, [sig-a] DNS works",
			"none not run: unproven: no test",
			`reboot not run: exempt: the spec leaves it out on provider "azure"`,
			"serial not run: left out by --skip-serial",
		}},
		{"some have a result", runner.PlanOptions{Have: map[runner.Task]bool{{Test: "[sig-a] DNS works"}: true, {Test: "[sig-b] reboot [Disruptive]"}: true}}, []string{
			"1 all,serial: [sig-a] DNS slow works, [sig-b] alone [Serial]",
			"dns not run: has a result already",
			"none not run: unproven: no test",
			"reboot not run: has a result already",
		}},
		{"only some", runner.PlanOptions{Only: map[runner.Task]bool{{Test: "[sig-a] DNS works"}: true}}, []string{
			"1 dns,all: [sig-a] DNS works",
			"none not run: unproven: no test",
			"reboot not run: not among the tests to run again",
			"serial not run: not among the tests to run again",
		}},
		{"none at all", runner.PlanOptions{Only: map[runner.Task]bool{}, SkipSerial: true}, []string{
			"dns not run: not among the tests to run again",
			"all not run: not among the tests to run again",
			"none not run: unproven: no test",
			"reboot not run: not among the tests to run again",
			"serial not run: left out by --skip-serial",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, show(plan(t, test.options))); diff != "" {
				t.Errorf("plan (-want +got):\n%s", diff)
			}
		})
	}
}

// TestNewPlanProcs holds which tests several processes share: those that need not have the cluster for themselves, and by no
// more processes than there are tests.
func TestNewPlanProcs(t *testing.T) {
	t.Parallel()
	serial := []string{"alone, 0: [sig-b] alone [Serial]", "alone, 0: [sig-b] reboot [Disruptive]"}
	all := []string{"alone, 0: [sig-a] DNS slow works, [sig-a] DNS works, [sig-b] alone [Serial]", serial[1]}
	few := []string{"alone, 0: [sig-a] DNS works, [sig-b] alone [Serial]", serial[1]}
	for _, test := range []struct {
		procs int
		only  []string
		want  []string
	}{
		{0, planTests, all},
		{1, planTests, all},
		{2, planTests, append([]string{"shared, 2: [sig-a] DNS slow works, [sig-a] DNS works"}, serial...)},
		{9, planTests, append([]string{"shared, 2: [sig-a] DNS slow works, [sig-a] DNS works"}, serial...)},
		{2, append([]string{planTests[0]}, planTests[2:]...), append([]string{"alone, 0: [sig-a] DNS works"}, serial...)},
		{1, append([]string{planTests[0]}, planTests[2:]...), few},
	} {
		only := map[runner.Task]bool{}
		for _, name := range test.only {
			only[runner.Task{Test: name}] = true
		}
		var got []string
		for _, inv := range plan(t, runner.PlanOptions{Procs: test.procs, Only: only}).Invocations {
			got = append(got, fmt.Sprintf("%s, %d: %s", map[bool]string{true: "shared", false: "alone"}[inv.Procs > 0], inv.Procs, strings.Join(inv.Tests, ", ")))
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%d processes, %q (-want +got):\n%s", test.procs, test.only, diff)
		}
	}
}

// TestNewPlanAlone holds that no processes share tests that need the cluster for themselves, however many there are.
func TestNewPlanAlone(t *testing.T) {
	t.Parallel()
	categories := parse(t, "testCases:\n- {category: Core.Storage, id: all, description: d, focus: [x], maxTests: 9}\n")
	tests := []string{"x 1 [Serial]", "x 2 [Serial]", "x 3 [Disruptive]", "x 4 [Disruptive]", "x 5", "x 6"}
	p, err := runner.NewPlan(categories, tests, runner.PlanOptions{Procs: 4})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, inv := range p.Invocations {
		got = append(got, fmt.Sprintf("%d: %s", inv.Procs, strings.Join(inv.Tests, ", ")))
	}
	if diff := cmp.Diff([]string{"2: x 5, x 6", "0: x 1 [Serial], x 2 [Serial]", "0: x 3 [Disruptive], x 4 [Disruptive]"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if p, err = runner.NewPlan(categories, tests, runner.PlanOptions{SkipSerial: true, SkipDisruptive: true}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(tests[:4], p.Abilities[0].LeftOut); diff != "" {
		t.Errorf("left out (-want +got):\n%s", diff)
	}
	if p, err = runner.NewPlan(categories, tests, runner.PlanOptions{Only: map[runner.Task]bool{}}); err != nil || p.Abilities[0].Tests == nil {
		t.Errorf("no list of no tests: %+v, %v", p.Abilities, err)
	}
}

// TestNewPlanSend holds that tests run once for each place to which their abilities need pods sent, and that what cannot be
// sent there is left out.
func TestNewPlanSend(t *testing.T) {
	t.Parallel()
	client := func(os specs.OS) specs.Placement {
		return specs.Placement{Kind: specs.PlacementRoles, Roles: []specs.Role{{Name: specs.Client, Pods: "^client$", OS: os}}}
	}
	ability := func(id string, p specs.Placement, tests ...string) specs.TestCase {
		tc := specs.TestCase{ID: id, Description: id, Placement: p, Shared: true, MaxTests: 9}
		for _, test := range tests {
			tc.Focus = append(tc.Focus, specs.Exactly(test))
		}
		return tc
	}
	categories := []specs.Category{{Name: "C", TestCases: []specs.TestCase{
		ability("to-windows", client(specs.Windows), "service"), ability("to-linux", client(specs.Linux), "service"),
		ability("any", specs.Placement{Kind: specs.PlacementSelf}, "service", "other"),
	}}}
	for name, test := range map[string]struct {
		options runner.PlanOptions
		want    []string
	}{
		"nowhere":    {runner.PlanOptions{}, []string{"1 to-windows,to-linux,any: other, service"}},
		"both":       {runner.PlanOptions{Send: []specs.OS{specs.Windows, specs.Linux}}, []string{"1 windows to-windows,any: other, service", "2 linux to-linux: service"}},
		"to Windows": {runner.PlanOptions{Send: []specs.OS{specs.Windows}}, []string{"1 windows to-windows,any: other, service", "to-linux not run: left out by --pin: its pods would have to be sent to linux"}},
		"to Linux":   {runner.PlanOptions{Send: []specs.OS{specs.Linux}}, []string{"1 linux to-linux,any: other, service", "to-windows not run: left out by --pin: its pods would have to be sent to windows"}},
		"one half has a result": {runner.PlanOptions{Send: []specs.OS{specs.Windows, specs.Linux}, Have: map[runner.Task]bool{runner.TaskOf("service", specs.Windows): true}},
			[]string{"1 windows any: other", "2 linux to-linux: service", "to-windows not run: has a result already"}},
		"only the other failed": {runner.PlanOptions{Send: []specs.OS{specs.Windows, specs.Linux}, Only: map[runner.Task]bool{runner.TaskOf("service", specs.Linux): true}},
			[]string{"1 linux to-linux: service", "to-windows not run: not among the tests to run again", "any not run: not among the tests to run again"}},
		"nowhere, where it had been sent to Windows": {runner.PlanOptions{Have: map[runner.Task]bool{runner.TaskOf("service", specs.Windows): true}},
			[]string{"1 any: other", "to-windows not run: has a result already", "to-linux not run: has a result already"}},
	} {
		p, err := runner.NewPlan(categories, []string{"service", "other"}, test.options)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, inv := range p.Invocations {
			got = append(got, strings.TrimSpace(fmt.Sprintf("%d %s", inv.Number, inv.Send))+" "+strings.Join(inv.Abilities, ",")+": "+strings.Join(inv.Tests, ", "))
		}
		for _, a := range p.Abilities {
			if a.NotRun != "" {
				got = append(got, a.ID+" not run: "+a.NotRun)
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestNewPlanProvider holds that a provider is the one that a spec leaves out, and none is none.
func TestNewPlanProvider(t *testing.T) {
	t.Parallel()
	categories := []specs.Category{{Name: "Core.Network", TestCases: []specs.TestCase{{ID: "a", Focus: []string{"DNS"}, SkipProviders: []string{"", "azure"}}}}}
	for provider, want := range map[string]string{"": "", "azure": `exempt: the spec leaves it out on provider "azure"`, "local": ""} {
		p, err := runner.NewPlan(categories, planTests, runner.PlanOptions{Provider: provider})
		if err != nil || p.Abilities[0].NotRun != want {
			t.Errorf("%q: %+v, %v", provider, p.Abilities, err)
		}
	}
}

// TestNewPlanBadFocus holds that a focus that is no expression is told with its category.
func TestNewPlanBadFocus(t *testing.T) {
	t.Parallel()
	categories := []specs.Category{{Name: "Core.Network", TestCases: []specs.TestCase{{ID: "a", Focus: []string{"("}}}}}
	if p, err := runner.NewPlan(categories, planTests, runner.PlanOptions{}); err == nil || !strings.HasPrefix(err.Error(), `category "Core.Network": `) || p.Abilities != nil {
		t.Errorf("%+v, %v", p, err)
	}
}

// TestFocusForm holds the form of a focus, and that one is filled before another begins: two names of 25,000 bytes, of
// which each character may need a second one, fit into 100 KiB, and three do not.
func TestFocusForm(t *testing.T) {
	t.Parallel()
	if got, want := runner.Focus([]string{"[sig-a] one", "two."}), []string{`^Kubernetes e2e suite (?:\[sig-a\] one|two\.)$`}; !cmp.Equal(got, want) {
		t.Errorf("focus %q, want %q", got, want)
	}
	name := func(size int) string { return strings.Repeat("x", size) }
	for _, test := range []struct {
		sizes []int
		want  []int // bytes of each focus, of what stands around the names 27, and a bar between two
	}{
		{[]int{25_000, 25_000}, []int{50_028}},
		{[]int{25_000, 25_000, 25_000}, []int{50_028, 25_027}},
		{[]int{25_600, 25_599}, []int{51_227}},
		{[]int{25_600, 25_600}, []int{25_627, 25_627}}, // 100 KiB are too much
		{[]int{60_000, 10}, []int{60_027, 37}},
		{[]int{10, 60_000, 10}, []int{37, 60_027, 37}},
	} {
		var tests []string
		for _, size := range test.sizes {
			tests = append(tests, name(size))
		}
		var got []int
		for _, focus := range runner.Focus(tests) {
			got = append(got, len(focus))
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", test.sizes, diff)
		}
	}
}

// TestFocus holds that the focus of some tests selects these and nothing else, however many there are.
func TestFocus(t *testing.T) {
	t.Parallel()
	var many []string
	for i := range 3000 {
		many = append(many, fmt.Sprintf("[sig-a] test %d (of many) [Feature:%s]", i, strings.Repeat("x", 40)))
	}
	for _, tests := range [][]string{planTests[:1], planTests, many} {
		list := runner.Focus(tests)
		m, err := specs.NewMatcher(list, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, focus := range list {
			if len(focus) > 128<<10 {
				t.Errorf("a focus of %d bytes", len(focus))
			}
		}
		for _, test := range tests {
			if !m.Match(test) || m.Match(test+" more") || m.Match("more "+test) {
				t.Fatalf("the focus of %d tests matches other tests than %q", len(tests), test)
			}
		}
	}
	if len(runner.Focus(many)) < 2 || runner.Focus(nil) != nil {
		t.Error("many tests are not spread over several expressions, or none make one")
	}
}
