package junit

import (
	"bytes"
	"testing"
)

// FuzzRead holds what must be true of all bytes: no panic, the same in whatever pieces they come, bounded, and, where
// TestGrid's parser can read them, the same rows.
func FuzzRead(f *testing.F) {
	for _, name := range recorded(f) {
		data := load(f, name)
		f.Add(data[:min(len(data), 3<<10)])
	}
	for _, tt := range outcomeTests() {
		f.Add([]byte(tt.text()))
	}
	for _, tt := range oddityTests() {
		if len(tt.text) < 4<<10 {
			f.Add([]byte(tt.text))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		checkChunks(t, data)
		checkBounds(t, data)
		compareWithTestGrid(t, data)
	})
}

func checkBounds(t *testing.T, data []byte) {
	t.Helper()
	const limit = 100
	file, rows := readAll(t, bytes.NewReader(data), Options{MaxMessage: limit})
	if len(rows) > file.Rows-file.Unselected || (file.Incomplete == "") != (file.IncompleteLine == 0) {
		t.Errorf("%d rows of %d, %d unselected; incomplete %q, line %d", len(rows), file.Rows, file.Unselected, file.Incomplete, file.IncompleteLine)
	}
	if len(file.Warnings) > maxWarnings+1 {
		t.Errorf("%d warnings", len(file.Warnings))
	}
	for _, row := range rows {
		if len(row.Message) > limit || row.Outcome == Unselected || row.Line < 1 || row.Offset < 0 {
			t.Errorf("%+v", row)
		}
	}
}
