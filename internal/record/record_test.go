package record_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

func run() record.Run {
	started := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	ended := started.Add(time.Hour)
	return record.Run{
		Schema: record.RunSchema, Tool: "v2", Started: started, Ended: &ended, EndedBy: record.EndingComplete,
		Categories: []string{"Core.Network"}, Abilities: []string{"one"}, Spec: specs.Identity{Embedded: true, Digest: "sha256:00", HoldsRequired: true},
		KubernetesVersion: "v1.36.3", Provider: "<local>", E2ETest: record.Binary{Path: "/e2e.test", Release: "v1.36.3", Tests: 2},
		Cluster: &record.Cluster{Server: "https://c", Version: "v1.36.3", Nodes: []record.Node{{Name: "w", OS: "windows", Taints: []string{"os=windows:NoSchedule"}}},
			Changes: []record.Change{{Time: started, Gone: true, Node: record.Node{Name: "w"}}}, Watched: true},
		Plan: record.Plan{Abilities: []record.Ability{{ID: "one", Category: "Core.Network", Tests: []string{"A"}}},
			Invocations: []record.Invocation{{Number: 1, Abilities: []string{"one"}, Tests: []string{"A"}}}},
		Expected: []string{"A"}, Calls: []record.Call{{Number: 1, Rerun: true, Command: []string{"e2e.test"}, Ending: record.Completed, JUnit: []string{"junit_e2e-001_01.xml"}}},
	}
}

func pods(test string) record.TestPods {
	ready := time.Date(2026, 1, 2, 3, 4, 6, 0, time.UTC)
	return record.TestPods{
		Schema: record.PodsSchema, Test: test, Invocation: 1, Namespaces: []string{"a-1"}, Joined: record.JoinedByNamespace,
		Pods: []record.Pod{{Namespace: "a-1", Name: "<p>", UID: "u", Node: "w", OS: "windows", Pinned: "run", Ready: &ready, Addresses: []string{"10.0.0.1"}, Images: []record.Image{{Name: "agnhost"}}}},
	}
}

// TestRun holds that a record is read as it was written, and that one of another schema is refused.
func TestRun(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := run().Encode(&b); err != nil {
		t.Fatal(err)
	}
	if text := b.String(); !strings.HasPrefix(text, "{\n  \"schema\": ") || !strings.Contains(text, `"provider": "<local>"`) {
		t.Errorf("it is not for people to read:\n%s", text)
	}
	got, err := record.ParseRun(b.Bytes())
	if diff := cmp.Diff(run(), got); diff != "" || err != nil {
		t.Errorf("%v, %s", err, diff)
	}
	for _, text := range []string{"", "null", "[]", `{"schema":"op-readiness.run/v2"}`, `{"schema":"op-readiness.run/v1","started":7}`, b.String()[:b.Len()/2]} {
		if r, err := record.ParseRun([]byte(text)); err == nil || r.Tool != "" {
			t.Errorf("%q is a run: %+v", text, r)
		}
	}
}

// TestRunAt holds that what is wrong with a record is told with its line.
func TestRunAt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "line 1: ", "{\n\"schema\": \"op-readiness.run/v1\",\n": "line 3: ", "{\n\"schema\": \"op-readiness.run/v1\",\n\"tool\": 7}": "line 3: ", "\x00\n": "line 1: ",
	} {
		if _, err := record.ParseRun([]byte(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// TestPods holds that each line is read as it was written, that a last line without an end is left out, and that any other
// that is odd is an error.
func TestPods(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	for _, test := range []string{"A", "B"} {
		line := pods(test)
		line.Schema = "" // Encode knows it
		if err := line.Encode(&b); err != nil {
			t.Fatal(err)
		}
	}
	want := []record.TestPods{pods("A"), pods("B")}
	for name, test := range map[string]struct {
		text string
		want []record.TestPods
		err  string
	}{
		"whole":         {b.String(), want, ""},
		"none":          {"", nil, ""},
		"cut short":     {b.String()[:b.Len()-1], want[:1], ""},
		"an odd line":   {"{}\n" + b.String(), nil, `line 1: schema "" is not "op-readiness.pods/v1"`},
		"no JSON":       {b.String() + "<html>\n", nil, "line 3: invalid character '<' looking for beginning of value"},
		"an empty line": {b.String() + "\n", nil, "line 3: unexpected end of JSON input"},
	} {
		got, err := record.ParsePods([]byte(test.text))
		if diff := cmp.Diff(test.want, got); diff != "" || (err == nil) != (test.err == "") || err != nil && err.Error() != test.err {
			t.Errorf("%s: %v, %s", name, err, diff)
		}
	}
	if strings.Contains(b.String(), `\u003c`) {
		t.Error("texts are escaped as for HTML")
	}
}

// TestClosed holds which nodes take no pod that tolerates nothing.
func TestClosed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		node record.Node
		want bool
	}{{record.Node{}, false}, {record.Node{Ready: true, Schedulable: true}, false}, {record.Node{Cordoned: true}, true}, {record.Node{Taints: []string{"a:NoSchedule"}}, true}} {
		if got := test.node.Closed(); got != test.want {
			t.Errorf("%+v is closed: %t", test.node, got)
		}
	}
}

// FuzzParseRun holds that what is read of a record can be written, and is read again as the same.
func FuzzParseRun(f *testing.F) {
	var b bytes.Buffer
	if err := run().Encode(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte(`{"schema":"op-readiness.run/v1","ended":null,"cluster":{},"summary":{"a":[1]},"invocations":[{}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		first, err := record.ParseRun(data)
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := first.Encode(&b); err != nil {
			t.Fatalf("%q: %v", data, err)
		}
		again, err := record.ParseRun(b.Bytes())
		first.Summary, again.Summary = nil, nil // whose white space may differ
		if diff := cmp.Diff(first, again, cmpopts.EquateEmpty()); diff != "" || err != nil {
			t.Errorf("%q: %v, %s", data, err, diff)
		}
	})
}

// FuzzParsePods holds the same of the lines of pods, whatever ends the last one.
func FuzzParsePods(f *testing.F) {
	var b bytes.Buffer
	if err := pods("A").Encode(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte(b.String() + b.String()[:20]))
	f.Add([]byte("\n{}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		first, err := record.ParsePods(data)
		if err != nil {
			if first != nil {
				t.Errorf("%q: %d lines beside an error", data, len(first))
			}
			return
		}
		var b bytes.Buffer
		for _, line := range first {
			if err := line.Encode(&b); err != nil {
				t.Fatalf("%q: %v", data, err)
			}
		}
		again, err := record.ParsePods(b.Bytes())
		if diff := cmp.Diff(first, again, cmpopts.EquateEmpty()); diff != "" || err != nil {
			t.Errorf("%q: %v, %s", data, err, diff)
		}
	})
}

// TestTogether holds that outages which overlap are one, in the order of time.
func TestTogether(t *testing.T) {
	t.Parallel()
	at := func(second int) time.Time { return time.Date(2026, 1, 2, 3, 4, second, 0, time.UTC) }
	list := []record.Outage{
		{From: at(20), Until: at(30), Words: "c"}, {From: at(1), Until: at(5), Words: "a"}, {From: at(4), Until: at(9), Words: "b"}, {From: at(2), Until: at(3)},
		{From: at(30), Until: at(31)}, {From: at(40), Until: at(41), Words: "d"},
	}
	want := []record.Outage{{From: at(1), Until: at(9), Words: "a"}, {From: at(20), Until: at(31), Words: "c"}, {From: at(40), Until: at(41), Words: "d"}}
	if diff := cmp.Diff(want, record.Together(list)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for second, want := range map[int]bool{18: false, 19: true, 20: true, 30: true, 31: false} {
		if got := list[0].Overlaps(at(second), at(second+1)); got != want {
			t.Errorf("from second %d on: overlaps %t", second, got)
		}
	}
	if got := record.Together(nil); got != nil {
		t.Errorf("of none: %v", got)
	}
}

// TestVerdict holds what the verdict of a record is, of one without a judgement and of one that cannot be understood, too.
func TestVerdict(t *testing.T) {
	t.Parallel()
	for summary, want := range map[string]string{`{"verdict":"ready"}`: "ready", `{"verdict":"not ready","x":1}`: "not ready", `{}`: "", ``: "", `{"verdict":7}`: "", `{"verdict":"ready"`: ""} {
		if got := (record.Run{Summary: []byte(summary)}).Verdict(); got != want {
			t.Errorf("%s: %q", summary, got)
		}
	}
}
