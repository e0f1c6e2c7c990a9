package runner

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFailureReader holds what is told of failures, from what e2e.test really said and from what it may say, in any portions.
func TestFailureReader(t *testing.T) {
	t.Parallel()
	log, err := os.ReadFile("testdata/e2e-v1.36.3.log")
	if err != nil {
		t.Fatal(err)
	}
	const hostProcess = "[sig-windows] [Feature:WindowsHostProcessContainers] HostProcess containers should run as a process on the host/node"
	const head = "• [FAILED] [1.000 seconds]\n[sig-a] one [It] should work [sig-a, Serial]\nk8s.io/a.go:1\n\n"
	rule := strings.Repeat("-", 30) + "\n"
	for name, test := range map[string]struct {
		text  string
		tests []string
		want  []string
	}{
		"what e2e.test said":   {string(log), []string{hostProcess, "[sig-windows] [Feature:Windows] GMSA Full [Serial] [Slow] GMSA support works end to end"}, nil}, // the test of HostProcess was stopped, with the suite
		"out of its own time":  {head + "  [TIMEDOUT] A node timeout occurred\n" + rule, []string{"[sig-a] one should work"}, []string{"[sig-a] one should work: [TIMEDOUT] A node timeout occurred"}},
		"several lines":        {head + "  [FAILED] expected\n      <int>: 1\n\n  to be 2\n  In [It] at: k8s.io/a.go:1\n\n  [FAILED] more\n" + rule, []string{"[sig-a] one should work"}, []string{"[sig-a] one should work: [FAILED] expected | <int>: 1 | to be 2"}},
		"more than are told":   {head + strings.Repeat("  x\n", 9) + rule, []string{"[sig-a] one should work"}, []string{"[sig-a] one should work: x | x | x | x | x | x"}},
		"no words":             {strings.TrimSuffix(head, "\n") + rule, []string{"[sig-a] one should work"}, []string{"[sig-a] one should work: "}},
		"cut short":            {head + "  [PANICKED] oh\n", []string{"[sig-a] one should work"}, []string{"[sig-a] one should work: [PANICKED] oh"}},
		"one upon the other":   {head + "  a\n" + head + "  b\n" + rule, []string{"[sig-a] one should work"}, []string{"[sig-a] one should work: a", "[sig-a] one should work: b"}},
		"of several processes": {head + "  Timeline >>\n  STEP: a\n  In [x] y\n\n  [FAILED] earlier\n  << Timeline\n\n  [FAILED] b\n  In [It] at: k8s.io/a.go:1\n" + rule, []string{"[sig-a] one should work"}, []string{"[sig-a] one should work: [FAILED] b"}},
		"cut in what it said":  {head + "  Timeline >>\n  STEP: a\n", []string{"[sig-a] one should work"}, []string{"[sig-a] one should work: "}},
		"a name that is all":   {strings.ReplaceAll(head, " [sig-a, Serial]", "") + "  a\n" + rule, []string{"[sig-a] one should work"}, []string{"[sig-a] one should work: a"}},
		"a blank line within":  {head + "\n  a\n" + rule, []string{"[sig-a] one should work"}, []string{"[sig-a] one should work: a"}},
		"a place of two lines": {strings.Replace(head, "a.go:1\n", "a.go:1\nk8s.io/b.go:2\n", 1) + "  a\n" + rule, []string{"[sig-a] one should work"}, []string{"[sig-a] one should work: a"}},
		"words of a timeline":  {head + "  a\n  Timeline >>\n  b\n" + rule, []string{"[sig-a] one should work"}, []string{"[sig-a] one should work: a | Timeline >> | b"}},
		"a rule for a place":   {strings.Join(strings.Split(head, "\n")[:2], "\n") + "\n" + rule + "\n  of another\n", []string{"[sig-a] one should work"}, []string{"[sig-a] one should work: "}},
		"somebody else's":      {head + "  a\n" + rule, []string{"[sig-a] two"}, nil},
		"a skip":               {strings.ReplaceAll(head, "FAILED", "SKIPPED") + "  a\n" + rule, []string{"[sig-a] one should work"}, nil},
	} {
		for _, portion := range []int{1, 7, len(test.text)} {
			var got []string
			r := newFailureReader(test.tests, func(test string, said []string) { got = append(got, test+": "+strings.Join(said, " | ")) })
			for part := range slices.Chunk([]byte(test.text), portion) {
				if n, err := r.Write(part); n != len(part) || err != nil {
					t.Fatal(n, err)
				}
			}
			r.end()
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s, in portions of %d (-want +got):\n%s", name, portion, diff)
			}
		}
	}
}
