package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// accepted are survivors that may live, from a table in a Markdown file: the code's file, its line, the change, and why
// it may go unnoticed. A line is known by its text, so that it may move; where a file has it twice, each is a row.
type accepted struct {
	name    string // of the Markdown file
	entries []entry
}

// entry is one row of the table.
type entry struct {
	line                     int // in the Markdown file
	file, code, what, reason string
}

// header is the first row of the table.
const header = "| File | Line | Change | Reason |"

func loadAccepted(name string) (*accepted, error) {
	if name == "" {
		return &accepted{}, nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return parseAccepted(name, string(data))
}

// parseAccepted reads the table. A row without a reason is an error.
func parseAccepted(name, text string) (*accepted, error) {
	a := &accepted{name: name}
	var errs []error
	inside := false
	for i, line := range strings.Split(text, "\n") {
		switch {
		case strings.TrimSpace(line) == header:
			inside = true
		case !strings.HasPrefix(line, "|"):
			inside = false
		case inside && strings.Trim(line, "|- ") != "":
			e, err := parseEntry(line)
			if err != nil {
				errs = append(errs, fmt.Errorf("%s:%d: %w", name, i+1, err))
			}
			e.line = i + 1
			a.entries = append(a.entries, e)
		}
	}
	return a, errors.Join(errs...)
}

func parseEntry(line string) (entry, error) {
	cells := cellsOf(line)
	if len(cells) != 4 || slices.Contains(cells, "") {
		return entry{}, errors.New("want a file, a line, a change and a reason")
	}
	return entry{file: cells[0], code: cells[1], what: cells[2], reason: cells[3]}, nil
}

// cellsOf returns the cells of a row, without the marks of code around them.
func cellsOf(line string) []string {
	line = strings.ReplaceAll(strings.Trim(strings.TrimSpace(line), "|"), `\|`, "\x00")
	var cells []string
	for _, cell := range strings.Split(line, "|") {
		cell = strings.TrimSpace(strings.ReplaceAll(cell, "\x00", "|"))
		if quoted, ok := strings.CutPrefix(cell, "`` "); ok {
			cell = strings.TrimSuffix(quoted, " ``")
		}
		cells = append(cells, cell)
	}
	return cells
}

// row is the table's row for a mutant, for somebody to add the reason.
func row(m mutant) string {
	cell := func(text string) string { return "`` " + strings.ReplaceAll(text, "|", `\|`) + " ``" }
	return fmt.Sprintf("| %s | %s | %s | |", m.file, cell(m.code), cell(m.what))
}

// take takes the entry of a survivor out, and tells whether there was one.
func (a *accepted) take(m mutant) bool {
	i := slices.IndexFunc(a.entries, func(e entry) bool { return e.file == m.file && e.code == m.code && e.what == m.what })
	if i < 0 {
		return false
	}
	a.entries = slices.Delete(a.entries, i, i+1)
	return true
}

// left are the entries that were not taken, of files that were examined, or that are no more.
func (a *accepted) left(root string, files []string) []string {
	var list []string
	for _, e := range a.entries {
		_, err := os.Stat(filepath.Join(root, filepath.FromSlash(e.file)))
		if errors.Is(err, fs.ErrNotExist) || slices.Contains(files, e.file) {
			list = append(list, fmt.Sprintf("%s:%d: no such change survives in %s: %s", a.name, e.line, e.file, e.what))
		}
	}
	return list
}
