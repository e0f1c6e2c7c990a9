package e2ecluster

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// TestOutcomesAreComplete holds the table against the specs: an ability that gains a test needs a row.
func TestOutcomesAreComplete(t *testing.T) {
	t.Parallel()
	categories, err := specs.Default()
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, category := range categories {
		for _, c := range category.TestCases {
			if len(c.Focus)+len(c.AnyOf) > 0 && !slices.Contains(want, c.ID) {
				want = append(want, c.ID)
			}
		}
	}
	var got []string
	for _, o := range outcomes() {
		got = append(got, o.ability)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the abilities of the table are\n%q\nthose with a test in the specs are\n%q", got, want)
	}
}

// TestNodesSayThatTheyPretend holds that the real cluster's nodes carry the mark by which a run knows them.
func TestNodesSayThatTheyPretend(t *testing.T) {
	t.Parallel()
	policy, err := os.ReadFile("../cluster/real/windows.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if mark := `jsonpatch.escapeKey("` + runner.PretendedLabel + `"),` + "\n" + `           value: "true"}`; !strings.Contains(string(policy), mark) {
		t.Errorf("the policy does not put %q on nodes:\n%s", mark, policy)
	}
}

// TestTablesOfReadme holds that the cluster's README has the tables as they are tested.
func TestTablesOfReadme(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../cluster/README.md")
	if err != nil {
		t.Fatal(err)
	}
	list := func(ids []string) string {
		var coded []string
		for _, id := range ids {
			coded = append(coded, "`"+id+"`")
		}
		return strings.Join(coded, ", ")
	}
	cannot := "| ability | why its tests cannot pass |\n| --- | --- |\n"
	for _, o := range outcomes() {
		if o.cannot != "" {
			cannot += fmt.Sprintf("| `%s` | %s |\n", o.ability, o.cannot)
		}
	}
	faults := "| fault | turns red | leaves green |\n| --- | --- | --- |\n"
	for _, i := range injuries() {
		faults += fmt.Sprintf("| `%s` | %s | %s |\n", i.fault, list(i.red), list(i.green))
	}
	survivors := "| fault | of a red ability, tests that pass in spite of it |\n| --- | --- |\n"
	for _, i := range injuries() {
		if len(i.survivors) > 0 {
			survivors += fmt.Sprintf("| `%s` | %s |\n", i.fault, strings.Join(i.survivors, "; "))
		}
	}
	for _, want := range []string{cannot, faults, survivors} {
		if !strings.Contains(string(readme), "\n"+want+"\n") {
			t.Errorf("README.md lacks\n%s", want)
		}
	}
}

// TestEachProofIsTried says that what passes on the cluster is also seen to fail there.
func TestEachProofIsTried(t *testing.T) {
	t.Parallel()
	var red []string
	can := passing()
	for _, i := range injuries() {
		red = append(red, i.red...)
		for _, id := range append(slices.Clone(i.red), i.green...) {
			if !slices.Contains(can, id) {
				t.Errorf("the fault %s is tried with %s, which does not pass without it", i.fault, id)
			}
			if slices.Contains(i.red, id) && slices.Contains(i.green, id) {
				t.Errorf("the fault %s expects %s both to fail and to pass", i.fault, id)
			}
		}
	}
	for _, o := range outcomes() {
		if tried := slices.Contains(red, o.ability); o.cannot == "" && tried == (o.untried != "") {
			t.Errorf("%s is turned red by a fault: %v; the table says it is untried because: %q", o.ability, tried, o.untried)
		}
	}
}
