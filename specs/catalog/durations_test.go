package catalog_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
)

// TestDurations holds medians, and that the text form is read back as it was.
func TestDurations(t *testing.T) {
	t.Parallel()
	const s = time.Second
	d := catalog.NewDurations(map[string][]time.Duration{"[sig-a] odd": {9 * s, s, 2 * s}, "[sig-a] even": {4 * s, s}, "[sig-a] one": {s}, "[sig-a] none": {}}, true)
	want := catalog.Durations{Pretended: true, Tests: map[string]time.Duration{"[sig-a] odd": 2 * s, "[sig-a] even": 2500 * time.Millisecond, "[sig-a] one": s}}
	if diff := cmp.Diff(want, d); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, d := range []catalog.Durations{want, {Tests: map[string]time.Duration{}}} {
		got, err := catalog.ParseDurations("d.txt", []byte(d.Text()))
		if diff := cmp.Diff(d, got); diff != "" || err != nil {
			t.Errorf("%v, -want +got:\n%s", err, diff)
		}
	}
}

// TestDurationsProblems holds that each problem is named with its line.
func TestDurationsProblems(t *testing.T) {
	t.Parallel()
	_, err := catalog.ParseDurations("d.txt", []byte("# nodes: mac\n1.5 [sig-a] one\nfast [sig-a] two\n-1 [sig-a] three\nNaN [sig-a] four\n2 [sig-a] one\n3\n"))
	for _, want := range []string{"d.txt:3: ", `d.txt:4: "-1" is no number`, `d.txt:5: "NaN" is no number`, `d.txt:6: "[sig-a] one" stands twice`, `d.txt:7: "" is no test name`, `d.txt:1: header of durations: nodes is "mac"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in:\n%v", want, err)
		}
	}
}

// TestEmbeddedDurations holds that the durations which the program carries are of tests that a catalog has.
func TestEmbeddedDurations(t *testing.T) {
	t.Parallel()
	d, err := catalog.OpenDurations()
	if err != nil || len(d.Tests) == 0 {
		t.Fatalf("%d tests, %v", len(d.Tests), err)
	}
	catalogs, err := catalog.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, c := range catalogs {
		for _, name := range c.Names {
			known[name] = true
		}
	}
	for test := range d.Tests {
		if !known[test] {
			t.Errorf("no release has %q", test)
		}
	}
}

func FuzzParseDurations(f *testing.F) {
	d, err := catalog.OpenDurations()
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(d.Text()))
	f.Add([]byte("# nodes: windows\n1e300 a\n0x1p-2 b\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := catalog.ParseDurations("d.txt", text)
		if err != nil {
			return
		}
		for test, took := range d.Tests {
			if took < 0 || took > 24*time.Hour {
				t.Errorf("%q took %s", test, took)
			}
		}
	})
}
