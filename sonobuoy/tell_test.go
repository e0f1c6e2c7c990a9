package sonobuoy

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
)

// TestTell holds that progress is told when there is some, and not again until there is more.
func TestTell(t *testing.T) {
	t.Parallel()
	posts := 0
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { posts++ }))
	defer server.Close()
	s := Session{Dir: t.TempDir(), Progress: server.URL}
	if err := os.Mkdir(Folder(s.Dir), 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(name string, encode func(*os.File) error) {
		file, err := os.Create(filepath.Join(Folder(s.Dir), name))
		if err == nil {
			err = encode(file)
		}
		if err != nil {
			t.Fatal(err)
		}
		file.Close()
	}
	told := s.tell(t.Context(), Progress{})
	if posts != 0 || told.Message != "" {
		t.Errorf("told before it begins: %+v", told)
	}
	run := record.Run{Schema: record.RunSchema, Plan: record.Plan{Invocations: []record.Invocation{{Number: 1, Tests: []string{"one"}}}}}
	write(reportdir.Record, func(file *os.File) error { return run.Encode(file) })
	for range 3 {
		told = s.tell(t.Context(), told)
	}
	if posts != 1 {
		t.Errorf("told %d times", posts)
	}
	write(reportdir.Journal, func(file *os.File) error {
		return record.Event{Invocation: 1, Test: "one", State: record.Failed}.Encode(file)
	})
	if told = s.tell(t.Context(), told); posts != 2 || len(told.Failures) != 1 {
		t.Errorf("told %d times, at last %+v", posts, told)
	}
}
