package readiness_test

import (
	"cmp"
	"fmt"
	"os"
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/readiness"
	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// falseGreen is a folder on which a report could be greener than what it shows, or hide why it is not, and the right answer.
type falseGreen struct {
	folder     string
	categories []string // none: Core.Concurrent; "all": those of the job
	version    string   // "": 1.36; "none": what the folder tells
	verdicts   string   // of the builds, newest first
	states     string   // of the abilities, "id state, ..."; those that are told
	declared   string   // the same with a declaration, if they differ; "": they do not
	said       []string // among the reasons of the first build
}

// falseGreens are such folders. Each stands for a kind of fault.
func falseGreens() []falseGreen {
	const ended = "how the job ended is not known: "
	return []falseGreen{
		{folder: "linux-only-concurrent", verdicts: "incomplete", states: "reschedule-deployment-50-times unconfirmed, cluster-ip-ten-pods unconfirmed",
			said: []string{"place not shown: no record of pods shows where they ran"}},
		{folder: "linux-only-netpol", categories: []string{"Extend.NetworkPolicy"}, verdicts: "incomplete", states: "network-policy-pods unconfirmed, network-policy-namespaces unconfirmed",
			said: []string{"place not shown: nothing shows that e2e.test was called with --node-os-distro=windows"}},
		{folder: "or-not-and", categories: []string{"all"}, verdicts: "incomplete",
			states: "excess-requests-stay-pending unconfirmed, shared-files-three-containers unconfirmed, custom-dns unconfirmed, host-volumes not run",
			said:   []string{"it did not run for Windows: Only supported for node OS distro [windows] (not debian)"}},
		{folder: "all-pass", categories: []string{"all"}, verdicts: "incomplete", states: "external-dns passed, hostpath-read passed, host-volumes unconfirmed, internal-dns unconfirmed",
			said: []string{"3 shown whole, 2 in part, 19 not shown, 1 without a test, of 25 required"}},
		{folder: "b04-k8s-136126", verdicts: "incomplete", states: "reschedule-deployment-50-times unconfirmed", said: []string{"junit_01.xml:3: ReportAfterSuite failed"}},
		{folder: "b05-ginkgo-520", verdicts: "incomplete", states: "reschedule-deployment-50-times unconfirmed", said: []string{"the suite says that it failed, and does not say why"}},
		{folder: "b13-k8s-18225", version: "none", verdicts: "incomplete", states: "reschedule-deployment-50-times not run", said: []string{"kubetest2", "Up", "error running get status"}},
		{folder: "b20-test-infra-19036", version: "none", verdicts: "incomplete", states: "reschedule-deployment-50-times unconfirmed",
			said: []string{ended + "started.json is later than finished.json: the job began once more under the same number"}},
		{folder: "b27-contrib-1046", verdicts: "incomplete", states: "reschedule-deployment-50-times not run, cluster-ip-ten-pods not run, nodeport-ten-pods not run",
			said: []string{"SynchronizedBeforeSuite failed"}},
		{folder: "b29-ginkgo-1041", verdicts: "not ready", states: "reschedule-deployment-50-times failed, cluster-ip-ten-pods unconfirmed",
			declared: "reschedule-deployment-50-times failed, cluster-ip-ten-pods passed", said: []string{"boom happened"}},
		{folder: "b30-ginkgo-merge", verdicts: "incomplete", states: "reschedule-deployment-50-times unconfirmed", said: []string{"junit.xml:16: the run was cut short: Suite Timeout Elapsed"}},
		{folder: "c02-local-job-folder", version: "none", verdicts: "incomplete, not ready", states: "reschedule-deployment-50-times unconfirmed"},
		{folder: "c03-core-and-extend-chosen", categories: []string{"Core.Concurrent", "Extend.NetworkPolicy"}, verdicts: "not ready", states: "network-policy-pods failed",
			said: []string{"NOT READY: Extend.NetworkPolicy is not ready", "boom happened"}},
		{folder: "c04-aborted-and-unrelated-failure", version: "none", verdicts: "incomplete", states: "reschedule-deployment-50-times unconfirmed",
			said: []string{ended + "finished.json says ABORTED, prowjob.json success"}},
		{folder: "c06-order-by-name", verdicts: "not ready", states: "reschedule-deployment-50-times failed", said: []string{"boom happened"}},
		{folder: "c08-one-test-of-five", categories: []string{"Core.Storage"}, verdicts: "incomplete", states: "shared-files-three-containers unconfirmed, host-volumes not run",
			said: []string{`no result of "[sig-windows] [Feature:Windows] Windows volume mounts check volume mount permissions container should have readOnly permissions on emptyDir"`}},
		{folder: "c11-finished-json-empty", version: "none", verdicts: "incomplete", states: "reschedule-deployment-50-times unconfirmed", said: []string{ended + "finished.json is empty"}},
		{folder: "c15-version-contradicted", version: "1.35", verdicts: "incomplete", states: "reschedule-deployment-50-times unconfirmed",
			said: []string{"the Kubernetes version is not known: --kubernetes-version says 1.35, finished.json says v1.36.3"}},
		{folder: "c16-dry-run-without-properties", verdicts: "incomplete", states: "reschedule-deployment-50-times not run", said: []string{"no test took any time, as in a dry run"}},
	}
}

const falseGreenFolder = "testdata/false-green"

func (f falseGreen) report() readiness.Report {
	r := readiness.Report{Categories: f.categories, Version: f.version}
	if len(f.categories) == 0 {
		r.Categories = []string{"Core.Concurrent"}
	} else if f.categories[0] == "all" {
		r.Categories = nil
	}
	switch f.version {
	case "":
		r.Version = "1.36"
	case "none":
		r.Version = ""
	}
	return r
}

// TestFalseGreen holds the right answer to each folder, and that no folder of them is without one. What is declared of
// placement makes no other fault good.
func TestFalseGreen(t *testing.T) {
	t.Parallel()
	left := map[string]bool{}
	entries, err := os.ReadDir(falseGreenFolder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		left[entry.Name()] = true
	}
	for _, f := range falseGreens() {
		delete(left, f.folder)
		t.Run(f.folder, func(t *testing.T) {
			t.Parallel()
			f.holds(t, f.report())
			if strings.HasPrefix(f.folder, "linux-only") || f.folder == "all-pass" || f.folder == "c02-local-job-folder" {
				return // where the placement is all that is not shown
			}
			declared := f.report()
			declared.Declared = "windows"
			f.states = cmp.Or(f.declared, f.states)
			f.holds(t, declared)
		})
	}
	if len(left) > 0 {
		t.Errorf("without an answer: %v", left)
	}
}

func (f falseGreen) holds(t *testing.T, r readiness.Report) {
	t.Helper()
	summaries, err := r.Summaries(t.Context(), readiness.Sources{Named: []string{falseGreenFolder + "/" + f.folder}, Last: 9})
	if err != nil {
		t.Fatal(err)
	}
	var verdicts []string
	for _, s := range summaries {
		verdicts = append(verdicts, s.Verdict.String())
	}
	if got := strings.Join(verdicts, ", "); got != f.verdicts {
		t.Errorf("declared %q: %s, want %s", r.Declared, got, f.verdicts)
	}
	states := statesOf(summaries[0])
	for want := range strings.SplitSeq(f.states, ", ") {
		id, state, _ := strings.Cut(want, " ")
		if states[id] != state {
			t.Errorf("declared %q: %s is %q, want %q", r.Declared, id, states[id], state)
		}
	}
	text := told(summaries[0])
	for _, words := range f.said {
		if !strings.Contains(text, words) {
			t.Errorf("declared %q: not said: %s; but\n%s", r.Declared, words, text)
		}
	}
}

func statesOf(s reporter.Summary) map[string]string {
	states := map[string]string{}
	for _, c := range s.Categories {
		for _, a := range c.Abilities {
			states[a.ID] = a.State.String()
		}
	}
	return states
}

// told is all that a summary says in words.
func told(s reporter.Summary) string {
	var b strings.Builder
	fmt.Fprintln(&b, s.Headline(), s.Coverage())
	for _, w := range append(s.Incomplete, s.Warnings...) {
		fmt.Fprintln(&b, w)
	}
	for _, f := range s.Others {
		fmt.Fprintln(&b, f.Suite, f.Test.Name, f.Test.Message)
	}
	for _, c := range s.Categories {
		for _, a := range c.Abilities {
			fmt.Fprintln(&b, a.ID, a.Reason())
			for _, test := range a.Tests {
				fmt.Fprintln(&b, test.Message)
			}
		}
	}
	return b.String()
}
