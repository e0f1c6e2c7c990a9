package reporter_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/reportertest"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// TestInPart holds what the record of pods must show for a partial ability to be whole.
func TestInPart(t *testing.T) {
	t.Parallel()
	later := func(t *time.Time, by time.Duration) *time.Time { moved := t.Add(by); return &moved }
	for _, test := range []struct {
		name string
		test string // whose pods change
		do   func(pods []record.Pod)
		want string // the ability that is in part then, "" for none
	}{
		{"two have an address in common", "[sig-windows] addresses", func(p []record.Pod) { p[1].Addresses = p[0].Addresses }, "addresses"},
		{"one that is not ready has the address of another", "[sig-windows] addresses", func(p []record.Pod) {
			p[1].Addresses, p[1].Ready = p[0].Addresses, nil
		}, "addresses"},
		{"one has no address", "[sig-windows] addresses", func(p []record.Pod) { p[2].Addresses = nil }, "addresses"},
		{"one is on another node", "[sig-windows] addresses", func(p []record.Pod) { p[0].Node = "windows-2" }, "addresses"},
		{"one was gone before", "[sig-windows] addresses", func(p []record.Pod) { p[0].Gone = p[2].Ready }, "addresses"},
		{"one is on Linux", "[sig-windows] addresses", func(p []record.Pod) { p[0].OS = string(specs.Linux) }, "addresses"},
		{"one is never ready", "[sig-network] endpoints", func(p []record.Pod) { p[0].Ready = nil }, "endpoints"},
		{"one was gone before the others were ready", "[sig-network] endpoints", func(p []record.Pod) { p[0].Gone = p[2].Ready }, "endpoints"},
		{"they are on several nodes", "[sig-network] endpoints", func(p []record.Pod) { p[0].Node = "windows-2" }, ""},
		{"the last has another name", "[sig-apps] replaced", func(p []record.Pod) { p[2].Name = "db" }, "replaced"},
		{"the last is in another namespace", "[sig-apps] replaced", func(p []record.Pod) { p[2].Namespace = "e2e-2" }, "replaced"},
		{"the last was ready before", "[sig-apps] replaced", func(p []record.Pod) { p[2].Ready = later(p[1].Gone, -time.Second) }, "replaced"},
		{"one comes for two", "[sig-apps] replaced", func(p []record.Pod) { p[1].Ready = nil }, "replaced"},
		{"one is still there", "[sig-apps] replaced", func(p []record.Pod) { p[0].Gone = nil }, "replaced"},
		{"none has the address of its node", "[sig-windows] optional", func(p []record.Pod) { p[0].Addresses = []string{"another"} }, "optional"},
	} {
		e, q := reportertest.ReadyBuild(t)
		for _, line := range e.Pods {
			if line.Test == test.test {
				test.do(line.Pods)
			}
		}
		want := []string{"in-part"}
		if test.want != "" {
			want = append(want, test.want)
		}
		if diff := cmp.Diff(want, inPart(reportertest.Answer(t, e, q), green)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestInPartUnshown holds that what is not shown is marked by what its tests can show.
func TestInPartUnshown(t *testing.T) {
	t.Parallel()
	e, q := reportertest.ReadyBuild(t)
	e.End.State = reporter.Cut
	unconfirmed := func(s reporter.State) bool { return s == reporter.Unconfirmed }
	if diff := cmp.Diff([]string{"in-part", "addresses", "endpoints", "replaced", "optional"}, inPart(reportertest.Answer(t, e, q), unconfirmed)); diff != "" {
		t.Error(diff)
	}
}

// inPart are the ids of the abilities in such a state that are marked in part, in order.
func inPart(s reporter.Summary, is func(reporter.State) bool) []string {
	var ids []string
	for _, c := range s.Categories {
		for _, a := range c.Abilities {
			if a.InPart && is(a.State) {
				ids = append(ids, a.ID)
			}
		}
	}
	return slices.Clip(ids)
}
