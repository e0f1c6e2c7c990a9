package main

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/types"
	"os"
	"path/filepath"
	"slices"
)

// switchName is the name of the file that is added to a package.
const switchName = "mutants_switch.go"

// instrument writes the package with its switches into the copy, and returns the mutants, by place. The function puts the
// package back.
func instrument(p *pkg, mark string) ([]mutant, func() error, error) {
	mutants := find(p)
	added := switchFile(p.types.Name(), mark, len(mutants))
	rendered, err := p.settle(added)
	if err != nil {
		return nil, nil, err
	}
	rendered[filepath.Join(p.dir, switchName)] = added
	for name, text := range rendered {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			return nil, nil, err
		}
	}
	return p.switched(mutants), p.restore, nil
}

func (p *pkg) restore() error {
	err := os.Remove(filepath.Join(p.dir, switchName))
	for _, s := range p.files {
		err = errors.Join(err, os.WriteFile(s.path, []byte(s.text), 0o644))
	}
	return err
}

// switched are the mutants that have a switch in the code, by place.
func (p *pkg) switched(mutants []mutant) []mutant {
	has := map[int]bool{}
	for _, s := range p.files {
		for _, w := range s.wraps {
			for _, id := range w.ids {
				has[id] = has[id] || !w.dropped
			}
		}
	}
	mutants = slices.DeleteFunc(mutants, func(m mutant) bool { return !has[m.id] })
	slices.SortStableFunc(mutants, func(a, b mutant) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line))
	})
	return mutants
}

// settle renders the files, and drops switches until they type-check: the last few that no rule foresees.
func (p *pkg) settle(added string) (map[string]string, error) {
	for {
		rendered := map[string]string{}
		spans := map[string]map[int][2]int{}
		for _, s := range p.files {
			rendered[s.path], spans[s.path] = s.render()
		}
		problems, err := p.recheck(rendered, added)
		if err != nil {
			return nil, err
		}
		if len(problems) == 0 {
			return rendered, nil
		}
		if !p.dropAll(problems, spans) {
			return nil, fmt.Errorf("with switches: %w", problems[0])
		}
	}
}

// dropAll drops the switches around problems, and tells whether there was any.
func (p *pkg) dropAll(problems []types.Error, spans map[string]map[int][2]int) bool {
	dropped := false
	for _, problem := range problems {
		at := problem.Fset.Position(problem.Pos)
		for _, s := range p.files {
			if s.path == at.Filename && s.drop(at.Offset, spans[s.path]) {
				dropped = true
			}
		}
	}
	return dropped
}

// recheck type-checks the rendered files.
func (p *pkg) recheck(rendered map[string]string, added string) ([]types.Error, error) {
	rendered = withFile(rendered, filepath.Join(p.dir, switchName), added)
	var files []*ast.File
	for name, text := range rendered {
		file, err := parser.ParseFile(p.fset, name, text, parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("with switches: %w", err)
		}
		files = append(files, file)
	}
	var problems []types.Error
	config := types.Config{Importer: p.config.Importer, Error: func(err error) {
		var problem types.Error
		if errors.As(err, &problem) {
			problems = append(problems, problem)
		}
	}}
	_, _ = config.Check(p.path, p.fset, files, nil) // its error is the first of those that were told
	return problems, nil
}

func withFile(files map[string]string, name, text string) map[string]string {
	more := map[string]string{name: text}
	for name, text := range files {
		more[name] = text
	}
	return more
}
