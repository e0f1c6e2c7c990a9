package runner_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/runner"
)

func TestReadJournal(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), reportdir.Journal)
	if events, err := runner.ReadJournal(name); err != nil || events != nil {
		t.Errorf("no journal: %v, %v", events, err)
	}
	const whole = `{"time":"2026-01-02T03:04:05Z","invocation":1,"test":"[sig-a] one","state":"passed"}` + "\n" +
		`{"time":"2026-01-02T03:04:06Z","invocation":1,"test":"[sig-a] two","state":"failed"}` + "\n"
	for text, want := range map[string]int{whole: 2, whole + `{"time":"2026-`: 2, whole[:len(whole)-1]: 1, "": 0} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		events, err := runner.ReadJournal(name)
		if err != nil || len(events) != want {
			t.Errorf("%q: %d events, %v; want %d", text, len(events), err, want)
		}
	}
	if err := os.WriteFile(name, []byte(whole+"no event\n"+whole), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := runner.ReadJournal(name); err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "line 3: ") {
		t.Errorf("a line that is no event: %v", err)
	}
}
