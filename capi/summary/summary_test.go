package summary_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/capi/summary"
	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// judged is a judgement with that many categories, one ability of each failed if bad.
func judged(categories int, bad bool) reporter.Summary {
	s := reporter.Summary{KubernetesVersion: "v1.36.3", Tool: "op-readiness v1", Verdict: reporter.Ready, Spec: specs.Identity{Embedded: true}}
	s.Nodes = []record.Node{{OS: "linux", Kubelet: "v1.35.0"}, {OS: "windows", Kubelet: "v1.36.3"}, {OS: "windows", Kubelet: "v1.36.3"}}
	for i := range categories {
		c := reporter.Category{Name: fmt.Sprintf("Core.%d", i), Verdict: reporter.Ready}
		for j := range 12 {
			c.Abilities = append(c.Abilities, reporter.Ability{TestCase: specs.TestCase{ID: fmt.Sprintf("ability-%d-%d", i, j)}, State: reporter.Passed, InPart: j > 4})
		}
		if bad {
			c.Verdict, s.Verdict, c.Abilities[0].State = reporter.NotReady, reporter.NotReady, reporter.Failed
			c.Abilities[1].State, c.Abilities[1].Reasons = reporter.Skipped, []string{"it was\nskipped \x1b[31m"}
		}
		s.Categories = append(s.Categories, c)
	}
	return s
}

func encode(t testing.TB, s summary.Summary) []byte {
	t.Helper()
	data, err := s.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if len(data) > summary.MaxBytes {
		t.Fatalf("%d bytes", len(data))
	}
	return data
}

// TestRound holds that what is read is what was written, and what it says.
func TestRound(t *testing.T) {
	t.Parallel()
	for _, bad := range []bool{false, true} {
		want := summary.Of(judged(2, bad), "0123456789")
		got, err := summary.Parse(encode(t, want))
		if err != nil || !cmp.Equal(got, want) {
			t.Errorf("%v\n%s", err, cmp.Diff(want, got))
		}
	}
	s := summary.Of(judged(1, true), "g")
	want := summary.Category{Name: "Core.0", Verdict: "not ready", All: 12, Whole: 3, InPart: 7, Failed: 1, Which: []string{"ability-0-0"}}
	if !cmp.Equal(s.Categories[0], want) || !cmp.Equal(s.Kubelets, []string{"v1.36.3"}) || len(s.Reasons) != 1 || s.Reasons[0] != "ability-0-1: it was skipped" {
		t.Errorf("%+v", s)
	}
	other := judged(1, false)
	other.Spec, other.Picked, other.Pretended = specs.Identity{Path: "mine", Digest: "sha256:1"}, []string{"ability-0-0"}, true
	if s := summary.Of(other, "g"); !s.Picked || !s.Pretended || !strings.Contains(s.Specs, "mine") {
		t.Errorf("%+v", s)
	}
}

// TestFits holds that any summary fits, and that one whose categories do not is never ready.
func TestFits(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 9, 20, 100, 1000} {
		for _, bad := range []bool{false, true} {
			s, err := summary.Parse(encode(t, summary.Of(judged(n, bad), "0123456789")))
			whole := len(s.Categories) == n
			if whole == s.Cut || whole && err != nil || !whole && !bad && err == nil {
				t.Errorf("%d, %v: %d categories, cut: %v, %v", n, bad, len(s.Categories), s.Cut, err)
			}
		}
	}
	long := summary.Failed(errors.New(strings.Repeat("é\n", 10_000)), "0123456789")
	if s, err := summary.Parse(encode(t, long)); err != nil || s.Problem == "" || s.Verdict != "" {
		t.Errorf("%+v, %v", s, err)
	}
}

// FuzzParse holds that nothing is read as ready but what is ready throughout.
func FuzzParse(f *testing.F) {
	f.Add(encode(f, summary.Of(judged(2, false), "g")))
	f.Add(encode(f, summary.Of(judged(2, true), "g")))
	f.Add([]byte(`{"schema":"op-readiness.sigs.k8s.io/summary/v1","verdict":"ready"}`))
	f.Add([]byte(strings.Repeat(" ", 5000)))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := summary.Parse(data)
		if err != nil || !s.Verdict.Is(reporter.Ready) {
			return
		}
		if s.Schema != summary.Schema || s.Problem != "" || len(s.Categories) == 0 || len(data) > summary.MaxBytes {
			t.Errorf("%q is ready", data)
		}
		for _, c := range s.Categories {
			if !c.Verdict.Is(reporter.Ready) || c.Failed != 0 || c.Whole+c.InPart == 0 {
				t.Errorf("%q is ready", data)
			}
		}
	})
}
