package dirlock_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/dirlock"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
)

// TestTake holds that a folder has one holder at a time, who is named, and that one who left no longer counts.
func TestTake(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	since := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	if _, held, err := dirlock.HolderOf(dir); held || err != nil {
		t.Errorf("nobody holds it: %t, %v", held, err)
	}
	lock, err := dirlock.Take(dir, since)
	if err != nil {
		t.Fatal(err)
	}
	h, held, err := dirlock.HolderOf(dir)
	if !held || err != nil || h.PID != os.Getpid() || !h.Since.Equal(since) || h.Host == "" {
		t.Errorf("%+v, %t, %v", h, held, err)
	}
	var other dirlock.HeldError
	if _, err := dirlock.Take(dir, since); !errors.As(err, &other) || other.Holder.PID != os.Getpid() || !strings.Contains(err.Error(), "since 2026-01-02T03:04:05Z") {
		t.Errorf("taken twice: %v", err)
	}
	if err := lock.Release(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, reportdir.Lock)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("left behind: %v", err)
	}
	if _, held, err := dirlock.HolderOf(dir); held || err != nil {
		t.Errorf("still held: %t, %v", held, err)
	}
}

// TestTakeLeft holds that the file of a process that was killed is in nobody's way, whatever it holds.
func TestTakeLeft(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "nonsense", `{"pid": 1, "host": "h"}`} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, reportdir.Lock), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, held, err := dirlock.HolderOf(dir); held || err != nil {
			t.Errorf("%q is held: %t, %v", text, held, err)
		}
		lock, err := dirlock.Take(dir, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if h, held, err := dirlock.HolderOf(dir); !held || h.PID != os.Getpid() || err != nil {
			t.Errorf("%q: %+v, %t, %v", text, h, held, err)
		}
		if err := lock.Release(); err != nil {
			t.Error(err)
		}
	}
	if _, err := dirlock.Take(filepath.Join(t.TempDir(), "nowhere"), time.Now()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}
