package runner

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// follow returns what a follower tells of some output, read in portions of a size.
func follow(output string, tests []string, size int) []string {
	var told []string
	f := &follower{
		tests: map[string]bool{},
		began: func(test string) { told = append(told, "began "+test) },
		ended: func(test string, s State, _ time.Duration) { told = append(told, string(s)+" "+test) },
		spoke: func(Spoken) {},
	}
	for _, test := range tests {
		f.tests[test] = true
	}
	for part := range slices.Chunk([]byte(output), size) {
		_, _ = f.Write(part)
	}
	f.close()
	return told
}

// TestFollowRecorded follows the real e2e.test of Kubernetes 1.36.3.
func TestFollowRecorded(t *testing.T) {
	t.Parallel()
	output, err := os.ReadFile("testdata/e2e-v1.36.3.log")
	if err != nil {
		t.Fatal(err)
	}
	const (
		gmsa   = "[sig-windows] [Feature:Windows] GMSA Full [Serial] [Slow] GMSA support works end to end"
		memory = "[sig-windows] [Feature:Windows] Memory Limits [Serial] [Slow] attempt to deploy past allocatable memory limits should fail deployments of pods once there isn't enough memory"
		host   = "[sig-windows] [Feature:WindowsHostProcessContainers] HostProcess containers should run as a process on the host/node"
	)
	want := []string{"began " + gmsa, "skipped " + gmsa, "began " + memory, "passed " + memory, "began " + host} // the last was stopped, with the suite
	for _, size := range []int{1, 7, len(output)} {
		if diff := cmp.Diff(want, follow(string(output), []string{gmsa, memory, host}, size)); diff != "" {
			t.Errorf("in portions of %d bytes (-want +got):\n%s", size, diff)
		}
	}
}

func TestFollow(t *testing.T) {
	t.Parallel()
	const rule = "------------------------------\n"
	tests := []string{"[sig-a] one", "[sig-a] one more", "[sig-a] two [Slow]"}
	for _, test := range []struct {
		name, output string
		want         []string
	}{
		{"without labels", rule + "[sig-a] one\n• [1.000 seconds]\n", []string{"began [sig-a] one", "passed [sig-a] one"}},
		{"the longest name", rule + "[sig-a] one more [sig-a]\n• [1.000 seconds]\n", []string{"began [sig-a] one more", "passed [sig-a] one more"}},
		{"each way to fail", rule + "[sig-a] one\n• [FAILED] [1.000 seconds]\n" + rule + "[sig-a] one more\n• [PANICKED!] [1.000 seconds]\n" +
			rule + "[sig-a] two [Slow]\n• [TIMEDOUT] [1.000 seconds]\n", []string{"began [sig-a] one", "failed [sig-a] one",
			"began [sig-a] one more", "failed [sig-a] one more", "began [sig-a] two [Slow]", "failed [sig-a] two [Slow]"}},
		{"out of its own time", rule + "[sig-a] one\n• [TIMEDOUT] [1.000 seconds]\n[sig-a] [It] one\nx.go:1\n\n  [TIMEDOUT] A node timeout occurred\n" + rule, []string{"began [sig-a] one", "failed [sig-a] one"}},
		{"out of the suite's time", rule + "[sig-a] one\n• [TIMEDOUT] [1.000 seconds]\n[sig-a] [It] one\nx.go:1\n\n  [TIMEDOUT] A suite timeout occurred\n" + rule, []string{"began [sig-a] one"}},
		{"out of the suite's time, with processes", rule + "• [TIMEDOUT] [1.000 seconds]\n[sig-a] [It] one\nx.go:1\n\n  Timeline >>\n  [TIMEDOUT] in [It] - x.go:1\n  << Timeline\n\n  [TIMEDOUT] A suite timeout occurred\n" + rule, nil},
		{"passed after a failure", rule + "[sig-a] one\n↺ [FLAKEY TEST - TOOK 2 ATTEMPTS TO PASS] [1.000 seconds]\n", []string{"began [sig-a] one", "passed [sig-a] one"}},
		{"stopped", rule + "[sig-a] one\n• [INTERRUPTED] [1.000 seconds]\n" + rule + "[sig-a] one more\n• [ABORTED] [1.000 seconds]\n",
			[]string{"began [sig-a] one", "began [sig-a] one more"}},
		{"several processes: the name follows", rule + "• [2.000 seconds]\n[sig-a] one [sig-a]\nx.go:1\n" + rule + "S [SKIPPED] [0.1 seconds]\n[sig-a] [It] one more [sig-a]\n",
			[]string{"passed [sig-a] one", "skipped [sig-a] one more"}},
		{"what a test says", rule + "[sig-a] one\n  • [1.000 seconds]\n• maybe\n[sig-a] one more\n• [FAILED] [1.000 seconds]\n",
			[]string{"began [sig-a] one", "failed [sig-a] one"}},
		{"another's test", rule + "[sig-b] other\n• [1.000 seconds]\n[sig-b] other\n", nil},
		{"a very long line", strings.Repeat("S", 3<<20) + "\n" + rule + "[sig-a] one\r\n• [1.000 seconds]\r\n", []string{"began [sig-a] one", "passed [sig-a] one"}},
		{"a rule of ten hyphens", "----------\n[sig-a] one\n• [1.000 seconds]\n", []string{"began [sig-a] one", "passed [sig-a] one"}},
		{"no rule", "---------\n[sig-a] one\n• [1.000 seconds]\n", nil},
		{"no rule of two kinds", "-----~~~~~\n[sig-a] one\n• [1.000 seconds]\n", nil},
		{"no rule either", "-------------x\n[sig-a] one\n• [1.000 seconds]\n", nil},
		{"a rule before the name that follows its end", rule + "• [1.000 seconds]\n" + rule + "[sig-a] one\n• [1.000 seconds]\n",
			[]string{"began [sig-a] one", "passed [sig-a] one"}},
		{"a name that follows its end is no beginning", rule + "• [1.000 seconds]\n[sig-a] one\n" + rule + "[sig-a] one\n• [FAILED] [1.000 seconds]\n",
			[]string{"passed [sig-a] one", "began [sig-a] one", "failed [sig-a] one"}},
		{"two ends in a row", rule + "[sig-a] one\n• [1.000 seconds]\n• [FAILED] [1.000 seconds]\n[sig-a] one more\n",
			[]string{"began [sig-a] one", "passed [sig-a] one", "failed [sig-a] one more"}},
		{"an end behind a rule", rule + "[sig-a] one\n" + rule + "• [1.000 seconds]\n", []string{"began [sig-a] one", "passed [sig-a] one"}},
		{"blank lines", "\n\n" + rule + "[sig-a] one\n\n\n• [1.000 seconds]\n", []string{"began [sig-a] one", "passed [sig-a] one"}},
		{"the longest line", rule + "[sig-a] one [" + strings.Repeat("x", 8<<10) + "]\n• [1.000 seconds]\n", []string{"began [sig-a] one", "passed [sig-a] one"}},
		{"cut", rule + "[sig-a] one\n• [1.000 sec", []string{"began [sig-a] one"}},
	} {
		if diff := cmp.Diff(test.want, follow(test.output, tests, 4096)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// spoken returns what a follower tells of whole tests, read in portions of a size.
func spoken(output string, tests []string, size int) []Spoken {
	var told []Spoken
	f := &follower{tests: map[string]bool{}, began: func(string) {}, ended: func(string, State, time.Duration) {}, spoke: func(s Spoken) { told = append(told, s) }}
	for _, test := range tests {
		f.tests[test] = true
	}
	for part := range slices.Chunk([]byte(output), size) {
		_, _ = f.Write(part)
	}
	f.close()
	return told
}

// TestSpoken holds which namespaces a test is said to have had, with e2e.test alone, where it names the test before it speaks,
// and with several processes, where it does so afterwards.
func TestSpoken(t *testing.T) {
	t.Parallel()
	const (
		dual  = "[sig-network] [Feature:IPv6DualStack] should create pod, add ipv6 and ipv4 ip to pod ips"
		mem   = "[sig-windows] [Feature:Windows] Memory Limits [Serial] [Slow] attempt to deploy past allocatable memory limits should fail deployments of pods once there isn't enough memory"
		gmsa  = "[sig-windows] [Feature:Windows] GMSA Full [Serial] [Slow] GMSA support works end to end"
		limit = "[sig-scheduling] SchedulerPredicates [Serial] validates resource limits of pods that are allowed to run [Conformance]"
	)
	tests := []string{dual, mem, gmsa, limit}
	for file, want := range map[string][]Spoken{
		"testdata/retries-v1.36.3.log": {
			{gmsa, Skipped, 91 * time.Millisecond, [][]string{{"gmsa-full-test-windows-4889"}}},
			{dual, Failed, 2231 * time.Millisecond, [][]string{{"dualstack-4171"}, {"dualstack-1059"}}},
			{limit, Passed, 3365 * time.Millisecond, [][]string{{"sched-pred-3931"}}},
		},
		"testdata/parallel-v1.36.3.log": {
			{dual, Failed, 2087 * time.Millisecond, [][]string{{"dualstack-5466"}}},
			{mem, Passed, 123 * time.Millisecond, [][]string{{"memory-limit-test-windows-8801"}}},
			{gmsa, Skipped, 98 * time.Millisecond, [][]string{{"gmsa-full-test-windows-6665"}}},
			{limit, Passed, 9266 * time.Millisecond, [][]string{{"sched-pred-8150"}}},
		},
	} {
		output, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range []int{1, 7, len(output)} {
			if diff := cmp.Diff(want, spoken(string(output), tests, size)); diff != "" {
				t.Errorf("%s in portions of %d bytes (-want +got):\n%s", file, size, diff)
			}
		}
	}
	const rule = "------------------------------\n"
	for name, test := range map[string]struct {
		output string
		want   []Spoken
	}{
		"killed":                   {rule + gmsa + "\n  STEP: Building\n", []Spoken{{gmsa, "", 0, [][]string{{}}}}},
		"stopped, with processes":  {rule + "! [INTERRUPTED] [1.5 seconds]\n" + gmsa + "\n  STEP: Destroying namespace \"a-1\" for this suite.\n", []Spoken{{gmsa, "", 1500 * time.Millisecond, [][]string{{"a-1"}}}}},
		"without a namespace":      {rule + gmsa + "\n• [1.000 seconds]\n" + rule, []Spoken{{gmsa, Passed, time.Second, [][]string{{}}}}},
		"a namespace twice":        {rule + gmsa + strings.Repeat("\n  STEP: Destroying namespace \"a-1\" for this suite. @ 1", 2) + "\n", []Spoken{{gmsa, "", 0, [][]string{{"a-1"}}}}},
		"a retry that made none":   {rule + gmsa + "\n  Attempt #1 Failed.  Retrying ↺ @ 1\n  STEP: Destroying namespace \"a-1\" for this suite.\n", []Spoken{{gmsa, "", 0, [][]string{{}, {"a-1"}}}}},
		"of another test":          {rule + "[sig-x] y\n  STEP: Destroying namespace \"a-1\" for this suite.\n" + rule + gmsa + "\n", []Spoken{{gmsa, "", 0, [][]string{{}}}}},
		"between tests":            {rule + gmsa + "\n" + rule + "  STEP: Destroying namespace \"a-1\" for this suite.\n", []Spoken{{gmsa, "", 0, [][]string{{}}}}},
		"not a step of the test's": {rule + gmsa + "\nSTEP: Destroying namespace \"a-1\" for this suite.\n", []Spoken{{gmsa, "", 0, [][]string{{}}}}},
	} {
		if diff := cmp.Diff(test.want, spoken(test.output, tests, 4096)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestFollowLongest holds that a name that goes on in brackets is not taken for a shorter one with labels.
func TestFollowLongest(t *testing.T) {
	t.Parallel()
	const output = "----------\n[sig-a] one [Slow] [sig-a, Slow]\n• [1.000 seconds]\n"
	want := []string{"began [sig-a] one [Slow]", "passed [sig-a] one [Slow]"}
	for range 30 { // the tests come in another order each time
		if got := follow(output, []string{"[sig-a] one", "[sig-a] one [Slow]", "[sig-a]"}, 100); !slices.Equal(got, want) {
			t.Fatalf("told %q, want %q", got, want)
		}
	}
}

// TestFollowBounded holds that of a line that never ends only 8 KiB are kept.
func TestFollowBounded(t *testing.T) {
	t.Parallel()
	f := &follower{}
	for range 100 {
		if n, err := f.Write(bytes.Repeat([]byte("S"), 1000)); n != 1000 || err != nil {
			t.Fatalf("wrote %d, %v", n, err)
		}
	}
	if len(f.lines.line) != 8192 {
		t.Errorf("kept %d bytes", len(f.lines.line))
	}
	if n, err := f.Write([]byte("S\nabc")); n != 5 || err != nil || string(f.lines.line) != "abc" {
		t.Errorf("then: %d, %v, %q", n, err, f.lines.line)
	}
}

func FuzzFollow(f *testing.F) {
	f.Add("------------------------------\n[sig-a] one\n• [1.000 seconds]\n", 3)
	f.Add("• [2.000 seconds]\n[sig-a] [It] one [x]\n", 1)
	f.Fuzz(func(t *testing.T, output string, size int) {
		tests := []string{"[sig-a] one", "[sig-a] one more"}
		whole := follow(output, tests, max(1, len(output)))
		if diff := cmp.Diff(whole, follow(output, tests, 1+max(0, size)%64)); diff != "" {
			t.Errorf("portions change what is told:\n%s", diff)
		}
	})
}
