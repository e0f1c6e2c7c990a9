package main

import (
	"cmp"
	"compress/gzip"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestFakeJUnit holds the form of what the stand-in for e2e.test writes against a file of the real one: each of its lines,
// without values and texts, is one of that file too.
func TestFakeJUnit(t *testing.T) {
	t.Parallel()
	s := scenario{Tests: []fakeTest{{Name: "[sig-a] it's \"one\""}, {Name: "two"}, {Name: "three"}, {Name: "four"}}}
	fake := s.junit(fakeResults{of: map[string]fakeResult{"two": {status: "timedout", message: "slow\n<b>"}, "three": {status: "skipped", message: "why"}, "four": {status: "passed"}}}, false)
	real := realJUnit(t)
	lines := func(text string) []string {
		text = regexp.MustCompile(`"[^"]*"`).ReplaceAllString(text, `""`)
		return strings.Split(regexp.MustCompile(`>[^<>\n]+</`).ReplaceAllString(text, "></"), "\n")
	}
	known := lines(real)
	for i, line := range lines(fake) {
		if !slices.Contains(known, line) {
			t.Errorf("line %d: e2e.test does not write %q", i+1, line)
		}
	}
	for _, name := range regexp.MustCompile(`<property name="[^"]*"`).FindAllString(fake, -1) {
		if !strings.Contains(real, name) {
			t.Errorf("e2e.test does not write %s", name)
		}
	}
	for _, text := range []string{
		`<skipped message="skipped"></skipped>`, `<failure message="" type="timedout">[TIMEDOUT] `, `&#xA;In [It] at: `, `name="[SynchronizedBeforeSuite]"`,
	} {
		if !strings.Contains(real, text) || !strings.Contains(fake, text) {
			t.Errorf("%q is not in both", text)
		}
	}
	if name := `name="[It] [sig-a] it&#39;s &#34;one&#34;"`; !strings.Contains(fake, name) {
		t.Errorf("%s is missing in:\n%s", name, fake)
	}
}

func realJUnit(t *testing.T) string {
	t.Helper()
	file, err := os.Open("../../reporter/testdata/simulated-cluster/artifacts/junit_01.xml.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(unzipped)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// junit is the text of the JUnit file, as Kubernetes 1.36 writes it: a row for each test of the program, also for those
// that were not selected, and for what is run around them.
func (s scenario) junit(results fakeResults, dry bool) string {
	around := []string{"[ReportBeforeSuite]", "[SynchronizedBeforeSuite]", "[ReportAfterSuite] Kubernetes e2e suite report"}
	if dry {
		around = slices.Delete(around, 1, 2)
	}
	failures, skipped := results.failures(), len(s.Tests)
	for _, result := range results.of {
		if result.status != "skipped" {
			skipped--
		}
	}
	var b strings.Builder
	counts := fmt.Sprintf(`errors="0" failures="%d" time="%d.095146712"`, failures, len(results.of))
	rows := len(around) + len(s.Tests)
	fmt.Fprintln(&b, `<?xml version="1.0" encoding="UTF-8"?>`)
	fmt.Fprintf(&b, "  <testsuites tests=\"%d\" disabled=\"%d\" %s>\n", rows, skipped, counts)
	fmt.Fprintf(&b, "      <testsuite name=\"%s\" package=\"/workspace\" tests=\"%d\" disabled=\"0\" skipped=\"%d\" %s timestamp=\"2026-11-22T06:43:13\">\n",
		fakeSuite, rows, skipped, counts)
	fmt.Fprintln(&b, "          <properties>")
	for _, property := range [][2]any{
		{"SuiteSucceeded", failures == 0 && results.reason == "" && s.Around == "" && !s.Denies}, {"SuiteHasProgrammaticFocus", false}, {"SpecialSuiteFailureReason", results.reason},
		{"SuiteLabels", "[]"}, {"RandomSeed", 1795329792}, {"DryRun", dry}, {"ParallelTotal", 1},
	} {
		fmt.Fprintf(&b, "              <property name=\"%v\" value=\"%s\"></property>\n", property[0], escaped(fmt.Sprint(property[1])))
	}
	fmt.Fprintln(&b, "          </properties>")
	for _, name := range around {
		writeRow(&b, name, "passed", "7.1035e-05", "")
	}
	if s.Around != "" {
		writeRow(&b, s.Around, "failed", "1.5", fakeResult{status: "failed", message: "it broke"}.child())
	}
	for _, test := range s.Tests {
		if results.of[test.Name].retried {
			writeRow(&b, "[It] "+test.Name, "failed", "1", fakeResult{status: "failed", message: "it broke"}.child())
		}
		writeRow(&b, "[It] "+test.Name, cmp.Or(results.of[test.Name].status, "skipped"), secondsOf(results.of[test.Name], dry), results.of[test.Name].child())
	}
	b.WriteString("      </testsuite>\n  </testsuites>")
	return b.String()
}

func writeRow(b *strings.Builder, name, status, seconds, child string) {
	fmt.Fprintf(b, "          <testcase name=\"%s\" classname=\"%s\" status=\"%s\" time=\"%s\">%s</testcase>\n", escaped(name), fakeSuite, status, seconds, child)
}

// secondsOf is how long a test took: each that ran, a second.
func secondsOf(r fakeResult, dry bool) string {
	if dry || r.status == "" {
		return "0"
	}
	return "1.000000001"
}

// child is what a row holds for its end.
func (r fakeResult) child() string {
	const indent = "\n              "
	switch r.status {
	case "passed":
		return ""
	case "":
		return indent + `<skipped message="skipped"></skipped>` + "\n          "
	case "pending":
		return indent + `<skipped message="pending"></skipped>` + "\n          "
	case "skipped":
		return indent + `<skipped message="skipped - ` + escaped(r.message) + `"></skipped>` + "\n          "
	}
	word := "[" + strings.ToUpper(r.status) + "] "
	return indent + `<failure message="" type="` + r.status + `">` + escaped(word+r.message+"\nIn [It] at: test/e2e/fake.go:1 @ 11/22/26 06:48:26.207\n") + `</failure>` +
		indent + `<system-err>` + escaped("> Enter [It] works - fake.go:1 @ 11/22/26 06:48:26.207\n") + "</system-err>\n          "
}

func escaped(text string) string {
	var b strings.Builder
	check(xml.EscapeText(&b, []byte(text)))
	return b.String()
}
