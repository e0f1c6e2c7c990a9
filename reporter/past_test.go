package reporter_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// TestPast holds that a build says the same in its file, and that a failure compares with the file as with the build.
func TestPast(t *testing.T) {
	t.Parallel()
	before := build(t, "b", 'f')
	before.Build.Started, before.Build.Finished = time.Date(2026, 7, 1, 6, 0, 0, 0, time.UTC), time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)
	var file bytes.Buffer
	want := reporter.PastOf(before)
	if err := want.Encode(&file); err != nil {
		t.Fatal(err)
	}
	got, err := reporter.ParsePast(file.Bytes())
	got.ID = "b"
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v, %s", err, diff)
	}
	now := build(t, "now", 'f')
	byFile, byBuild := reporter.ComparePast(now, []reporter.Past{got, got}), reporter.Compare(now, []reporter.Summary{before, before})
	if diff := cmp.Diff(byBuild, byFile); diff != "" {
		t.Error(diff)
	}
	if useless := reporter.PastOf(reporter.Summary{}); useless.Useless == "" {
		t.Error("a build without results can be compared with")
	}
}

// TestParsePastErrors holds what is no such file.
func TestParsePastErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                        "unexpected end of JSON input",
		`{"schema":"another/v1"}`: `schema "another/v1" is not "op-readiness.baseline/v1"`,
		`{"schema":"op-readiness.baseline/v1","tests":{"A":"green"}}`: `"A" has the state "green", which there is not`,
		`{"schema":"op-readiness.baseline/v1","abilities":{"a":1}}`:   "cannot unmarshal number",
	} {
		if _, err := reporter.ParsePast([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
}

func FuzzParsePast(f *testing.F) {
	f.Add([]byte(`{"schema":"op-readiness.baseline/v1","kubernetesVersion":"v1.36.3","ended":"2026-07-01T06:00:00Z","tests":{"A":"passed","B":"not run"},"abilities":{"a":"flaky"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := reporter.ParsePast(data)
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := p.Encode(&again); err != nil {
			t.Fatal(err)
		}
		q, err := reporter.ParsePast(again.Bytes())
		if diff := cmp.Diff(p, q); diff != "" || err != nil {
			t.Errorf("%v, %s", err, diff)
		}
	})
}
