package sonobuoy

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
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
	var talk bytes.Buffer
	s := Session{Dir: t.TempDir(), Progress: server.URL, Talk: &talk}
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
	told := s.tell(t.Context(), Progress{Message: "as before"})
	if posts != 0 || told.Message != "as before" {
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
	nobody := s
	nobody.Progress = ""
	if again := nobody.tell(t.Context(), Progress{Message: "as before"}); again.Message != "as before" || talk.Len() > 0 {
		t.Errorf("told nobody %+v: %s", again, &talk)
	}
	s.Progress = "http://127.0.0.1:1"
	if s.tell(t.Context(), Progress{}); !strings.HasPrefix(talk.String(), "warning: telling progress: ") || strings.Index(talk.String(), "\n") != talk.Len()-1 {
		t.Errorf("nobody is there, and it says %q", &talk)
	}
}

// TestTail holds what is kept of the end of what a run said, and that all of it is passed on.
func TestTail(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		said  []string
		lines int // that are kept
		last  string
	}{
		"nothing":        {nil, 0, ""},
		"white space":    {[]string{" \n"}, 0, ""},
		"a line":         {[]string{"one\n"}, 1, "one"},
		"in two parts":   {[]string{"on", "e\ntwo"}, 2, "two"},
		"as many lines":  {[]string{strings.Repeat("x\n", 20)}, 20, "x"},
		"more lines":     {[]string{"first\n", strings.Repeat("x\n", 20)}, 20, "x"},
		"as many bytes":  {[]string{strings.Repeat("x", 8192)}, 1, strings.Repeat("x", 8192)},
		"more bytes":     {[]string{strings.Repeat("x", 8192), "y"}, 1, strings.Repeat("x", 8191) + "y"},
		"far more bytes": {[]string{strings.Repeat("x", 20_000), strings.Repeat("y", 20_000)}, 1, strings.Repeat("y", 8192)},
	} {
		var passed bytes.Buffer
		out := &tail{w: &passed}
		for _, part := range test.said {
			if n, err := out.Write([]byte(part)); n != len(part) || err != nil {
				t.Errorf("%s: %d, %v", name, n, err)
			}
		}
		lines := out.lines()
		if len(lines) != test.lines || test.lines > 0 && lines[len(lines)-1] != test.last {
			t.Errorf("%s: %q", name, lines)
		}
		if passed.String() != strings.Join(test.said, "") {
			t.Errorf("%s: %d bytes were passed on", name, passed.Len())
		}
	}
}
