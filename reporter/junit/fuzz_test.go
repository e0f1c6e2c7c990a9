package junit

import (
	"bytes"
	"testing"
)

// FuzzRead holds what must be true of all bytes: no panic, the same in whatever pieces they come, bounded, nothing better
// for being cut off, and, where TestGrid's parser can read them, the same rows.
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
		checkCut(t, data)
		compareWithTestGrid(t, data)
	})
}

// checkCut holds that the beginning of a file says nothing that the whole of it does not.
func checkCut(t *testing.T, data []byte) {
	t.Helper()
	_, whole := readAll(t, bytes.NewReader(data), Options{AllRows: true})
	_, cut := readAll(t, bytes.NewReader(data[:len(data)*3/4]), Options{AllRows: true})
	if len(cut) > len(whole) {
		t.Fatalf("%d rows, but %d in the whole file", len(cut), len(whole))
	}
	for i, row := range cut {
		if row.Offset != whole[i].Offset || row.Outcome != whole[i].Outcome {
			t.Errorf("row %d: %+v, in the whole file %+v", i, row, whole[i])
		}
	}
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
