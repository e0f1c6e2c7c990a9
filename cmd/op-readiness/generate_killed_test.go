//go:build unix

package main

import (
	"flag"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// generateKills is how often generate is killed by TestGenerateKilled.
var generateKills = flag.Int("generate-kills", 1, "how often TestGenerateKilled kills generate") //nolint:gochecknoglobals // flags of a test are

// TestGenerateKilled kills generate at random moments, half of them while it writes: each file is an old or a new one, whole, and the
// next generate says what it found and leaves what an undisturbed one leaves.
func TestGenerateKilled(t *testing.T) {
	t.Parallel()
	binary := buildProgram(t)
	whole := t.TempDir()
	began := time.Now()
	generated(t, binary, whole)
	took := time.Since(began)
	want := treeOf(t, whole)
	random := rand.New(rand.NewPCG(1, uint64(*generateKills)))
	partly := 0
	for n := range *generateKills {
		folder := t.TempDir()
		before := aged(t, folder, want)
		cmd := exec.CommandContext(t.Context(), binary, "generate", "--output-dir", folder)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		moment := time.Duration(random.Int64N(int64(took)))
		if n%2 == 0 {
			untilWriting(t, folder)
			moment = time.Duration(random.Int64N(int64(20 * time.Millisecond)))
		}
		timer := time.AfterFunc(moment, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait() // it was killed, or quicker
		timer.Stop()
		stray := ""
		after := treeOf(t, folder)
		for name, text := range after {
			if strings.HasPrefix(filepath.Base(name), ".") {
				stray = name
			} else if text != want[name] && text != before[name] {
				t.Errorf("killed after %s: %s is neither the old nor the new one:\n%s", moment, name, text)
			}
		}
		if !maps.Equal(after, before) && !maps.Equal(after, want) {
			partly++
			if stray == "" {
				t.Errorf("killed after %s: nothing tells that it was", moment)
			}
		}
		if said := generated(t, binary, folder); (stray != "") != strings.Contains(said, "an earlier generate was killed before its end") {
			t.Errorf("killed after %s, which left %q: the next one says\n%s", moment, stray, said)
		}
		if got := treeOf(t, folder); !maps.Equal(got, want) {
			t.Errorf("killed after %s: the next one leaves another tree: %d files, want %d", moment, len(got), len(want))
		}
	}
	t.Logf("%d kills, %d of them while files were put in place", *generateKills, partly)
}

// generated runs generate to its end, and returns what it says.
func generated(t *testing.T, binary, folder string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), binary, "generate", "--output-dir", folder).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

// treeOf is the content of all files by their paths.
func treeOf(t *testing.T, folder string) map[string]string {
	t.Helper()
	tree := map[string]string{}
	err := filepath.WalkDir(folder, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		rel, _ := filepath.Rel(folder, name) // it lies below
		tree[rel] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// aged writes the tree as an earlier generate might have left it: some files are missing, some are stale, one is left over.
func aged(t *testing.T, folder string, tree map[string]string) map[string]string {
	t.Helper()
	old := map[string]string{}
	for name, text := range tree {
		switch {
		case strings.Contains(name, "1-36"):
			continue
		case strings.Contains(name, "periodics"):
			text += "# of an earlier one\n"
			old[strings.Replace(name, "periodics-", "periodics-0-", 1)] = text
		}
		old[name] = text
	}
	for name, text := range old {
		full := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return old
}

// untilWriting waits for the first file under a temporary name, or half a minute.
func untilWriting(t *testing.T, folder string) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		found, err := filepath.Glob(filepath.Join(folder, "jobs", "*", "*", ".*"))
		if err != nil || len(found) > 0 {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("it writes nothing")
		}
	}
}
