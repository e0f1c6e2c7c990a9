package specs

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/nearest"
	"sigs.k8s.io/windows-operational-readiness/internal/yamlfile"
)

// checkProof holds that a test case either names its tests or says why there are none.
func checkProof(f *yamlfile.File, at string, tc TestCase) {
	tests := len(tc.Expressions()) > 0
	switch {
	case !tests && tc.Unproven == "" && !f.Wrong(at+".focus") && !f.Wrong(at+".anyOf"):
		f.Problemf(at, "neither focus nor unproven: name the tests, or the reason why there are none")
	case tests && tc.Unproven != "":
		f.Problemf(at+".unproven", "both focus and unproven: an ability with tests is not unproven")
	case tests && len(tc.Candidates) > 0:
		f.Problemf(at+".candidates", "candidates are for an unproven ability")
	}
	if tc.Unproven == "" || tests {
		return
	}
	for _, key := range []string{"skip", "partial", "shared", "placement", "seen", "evidence", "maxTests"} {
		if f.Has(at + "." + key) {
			f.Problemf(at+"."+key, "%s is for an ability with tests", key)
		}
	}
}

// checkShown holds what a test case says of how its tests show the ability.
func checkShown(f *yamlfile.File, at string, tc TestCase) {
	if tc.Partial && tc.Notes == "" {
		f.Problemf(at+".partial", "partial without notes: say what the tests do not show")
	}
	if seen := []string{SeenParallel, SeenSerial}; tc.Seen != "" && !slices.Contains(seen, tc.Seen) {
		f.Problemf(at+".seen", "unknown job %q of SIG Windows: it is parallel or serial, or seen is left out", tc.Seen)
	}
	if len(tc.Evidence) > 0 && !tc.Partial && tc.Proven() {
		f.Problemf(at+".evidence", "evidence without partial: it is what makes a partial ability whole")
	}
	for i, c := range tc.Evidence {
		checkCondition(f, fmt.Sprintf("%s.evidence[%d]", at, i), c)
	}
}

func conditionKinds() []string {
	return []string{string(DistinctAddresses), string(ReadyEndpoints), string(ReplacedPods), string(NodeAddress)}
}

func checkCondition(f *yamlfile.File, at string, c Condition) {
	known := conditionKinds()
	switch {
	case c.Kind == "":
		f.Problemf(at, "kind is missing; known are %s", strings.Join(known, ", "))
	case !slices.Contains(known, string(c.Kind)):
		f.Problemf(at+".kind", "unknown kind %q%s; known are %s", c.Kind, nearest.Hint(string(c.Kind), known), strings.Join(known, ", "))
	}
	if c.Count < 1 {
		f.Problemf(at+".count", "count is missing or below 1")
	}
	checkExpression(f, at+".pods", c.Pods)
}
