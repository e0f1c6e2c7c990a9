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

// TestParseRefuses holds that a summary which is not whole, of another form, or at odds with itself says nothing.
func TestParseRefuses(t *testing.T) {
	t.Parallel()
	const head = `{"schema":"op-readiness.sigs.k8s.io/summary/v1","generation":"g",`
	ready := func(categories string) string { return head + `"verdict":"ready","categories":[` + categories + `]}` }
	const good = `{"name":"A","verdict":"ready","all":3,"whole":1,"inPart":1}`
	for text, want := range map[string]string{
		"":          "there is no summary",
		" \n":       "there is no summary",
		ready(good): "",
		strings.Repeat(" ", 4096-len(ready(good))) + ready(good): "",
		strings.Repeat(" ", 4097-len(ready(good))) + ready(good): "the summary has more than 4096 bytes",
		"nonsense":         "the summary cannot be read: ",
		ready(good) + "{}": "there is more than the summary",
		head + `"more":1,"verdict":"incomplete"}`:                                                                       `the summary cannot be read: json: unknown field "more"`,
		strings.Replace(ready(good), "v1", "v2", 1):                                                                     `the summary is of the form "op-readiness.sigs.k8s.io/summary/v2", and not "op-readiness.sigs.k8s.io/summary/v1"`,
		head + `"problem":"p"}`:                                                                                         "",
		head + `"problem":"p","verdict":"ready"}`:                                                                       "the summary has a verdict although nothing was tested",
		head + `"problem":"p","categories":[` + good + `]}`:                                                             "the summary has a verdict although nothing was tested",
		head + `"generation":"g"}`:                                                                                      `the summary has no verdict: ""`,
		head + `"verdict":"green"}`:                                                                                     `the summary has no verdict: "green"`,
		head + `"verdict":"incomplete"}`:                                                                                "",
		head + `"verdict":"not ready"}`:                                                                                 "",
		head + `"verdict":"ready"}`:                                                                                     "the summary is ready without a category",
		ready(good + "," + good):                                                                                        `the summary has "A" twice`,
		ready(good + `,{"name":"B","verdict":"green","all":1,"whole":1}`):                                               `"B" has no verdict: "green"`,
		ready(good + `,{"name":"B","verdict":"incomplete","all":1}`):                                                    `the summary is ready, and "B" is not`,
		ready(`{"name":"B","verdict":"ready","all":1}`):                                                                 `"B" is ready by its verdict, and not by its numbers`,
		ready(`{"name":"B","verdict":"ready","all":2,"whole":1,"failed":1}`):                                            `"B" is ready by its verdict, and not by its numbers`,
		ready(`{"name":"B","verdict":"ready","all":1,"whole":1}`):                                                       "",
		ready(`{"name":"B","verdict":"ready","all":1,"inPart":1}`):                                                      "",
		ready(`{"name":"B","verdict":"ready","all":1,"whole":1,"inPart":1}`):                                            `the numbers of "B" do not add up`,
		ready(`{"name":"B","verdict":"ready","all":3,"whole":4,"inPart":-1}`):                                           `the numbers of "B" do not add up`,
		ready(`{"name":"B","verdict":"ready","all":3,"whole":-1,"inPart":4}`):                                           `the numbers of "B" do not add up`,
		ready(`{"name":"B","verdict":"ready","all":-1}`):                                                                `the numbers of "B" do not add up`,
		head + `"verdict":"not ready","categories":[{"name":"B","verdict":"not ready","all":1,"failed":1}]}`:            "",
		head + `"verdict":"not ready","categories":[{"name":"B","verdict":"not ready","all":1,"whole":1,"failed":1}]}`:  `the numbers of "B" do not add up`,
		head + `"verdict":"not ready","categories":[{"name":"B","verdict":"not ready","all":1,"inPart":1,"failed":1}]}`: `the numbers of "B" do not add up`,
		head + `"verdict":"not ready","categories":[{"name":"B","verdict":"not ready","all":1,"whole":-1,"failed":2}]}`: `the numbers of "B" do not add up`,
		head + `"verdict":"incomplete","categories":[{"name":"B","verdict":"incomplete","all":1},{"name":"C","verdict":"ready","all":1,"whole":1}]}`: "",
	} {
		_, err := summary.Parse([]byte(text))
		if (err == nil) != (want == "") || err != nil && !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %q", strings.TrimSpace(text), err, want)
		}
	}
}

// TestOf holds what is told of a judgement, how much of it, and in which order.
func TestOf(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 300)
	judgement := reporter.Summary{Tool: long, Verdict: reporter.Incomplete, Incomplete: []reporter.Warning{{Message: long}}, Spec: specs.Identity{Embedded: true}}
	judgement.Nodes = []record.Node{{OS: "windows", Kubelet: "v2"}, {OS: "windows", Kubelet: "v1"}, {OS: "windows", Kubelet: "v2"}, {OS: "windows", Kubelet: strings.Repeat("v", 50)}}
	c := reporter.Category{Name: "A"}
	for _, state := range []reporter.State{reporter.Passed, reporter.Exempt, reporter.Unconfirmed, reporter.NotRun, reporter.Skipped, reporter.Failed} {
		c.Abilities = append(c.Abilities, reporter.Ability{TestCase: specs.TestCase{ID: state.String()}, State: state, Reasons: []string{"since"}})
	}
	c.Abilities = append(c.Abilities, reporter.Ability{TestCase: specs.TestCase{ID: "no reason"}, State: reporter.Unconfirmed})
	judgement.Categories = []reporter.Category{c}
	s := summary.Of(judgement, "g")
	want := summary.Summary{
		Schema: summary.Schema, Generation: "g", Verdict: "incomplete", Tool: long[:200] + "…", Kubelets: []string{"v1", "v2", strings.Repeat("v", 40) + "…"},
		Categories: []summary.Category{{Name: "A", Verdict: "incomplete", All: 7, Whole: 1, Failed: 1, Which: []string{"failed"}}},
		Reasons:    []string{long[:200] + "…", "unconfirmed: since", "not run: since"},
	}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	judgement.Incomplete, judgement.Categories[0].Abilities[3].Reasons = nil, nil
	if s := summary.Of(judgement, "g"); !cmp.Equal(s.Reasons, []string{"unconfirmed: since", "skipped: since"}) {
		t.Errorf("reasons %q", s.Reasons)
	}
	if s := summary.Failed(errors.New(long+long), "g"); len([]rune(s.Problem)) != 401 {
		t.Errorf("a problem of %d characters", len([]rune(s.Problem)))
	}
}

// TestEncodeShortens holds what is left out first: reasons, then the ids of what failed, then all categories; and that what was
// to be written stays as it is.
func TestEncodeShortens(t *testing.T) {
	t.Parallel()
	of := func(reasons, ids, categories int) summary.Summary {
		s := summary.Summary{Schema: summary.Schema, Verdict: "not ready", Kubelets: []string{"v1"}, Reasons: []string{strings.Repeat("r", reasons)}}
		for i := range categories {
			s.Categories = append(s.Categories, summary.Category{Name: fmt.Sprintf("A%d", i), Verdict: "not ready", All: 1, Failed: 1, Which: []string{strings.Repeat("i", ids)}})
		}
		return s
	}
	for name, test := range map[string]struct {
		from                       summary.Summary
		reasons, which, categories bool
	}{
		"nothing":    {of(10, 10, 1), true, true, true},
		"reasons":    {of(4000, 10, 1), false, true, true},
		"ids too":    {of(10, 4000, 1), false, false, true},
		"everything": {of(10, 10, 100), false, false, false},
	} {
		back, err := summary.Parse(encode(t, test.from))
		if err != nil {
			t.Fatal(err)
		}
		which := len(back.Categories) > 0 && len(back.Categories[0].Which) > 0
		if len(back.Reasons) > 0 != test.reasons || which != test.which || len(back.Categories) > 0 != test.categories || back.Cut == test.categories || len(test.from.Categories[0].Which) != 1 {
			t.Errorf("%s: %+v", name, back)
		}
	}
	just := of(1, 1, 1)
	just.Reasons[0] += strings.Repeat("r", summary.MaxBytes-len(encode(t, just)))
	if data := encode(t, just); len(data) != summary.MaxBytes {
		t.Errorf("%d bytes, where there is room for all", len(data))
	}
	just.Reasons, just.Problem = nil, strings.Repeat("p", summary.MaxBytes)
	if data, err := just.Encode(); data != nil || err == nil {
		t.Errorf("%d bytes, %v", len(data), err)
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
