package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"slices"
	"strconv"
	"strings"
	"time"
)

// found is what is found out of one target.
type found struct {
	results []result // by place
	files   []string // of the package whose code was changed
	notices []string
}

// examine examines one target. The function is told of each result, by place, as soon as it is known.
func (m module) examine(ctx context.Context, t target, o options, tell func(*result)) (found, error) {
	p, err := m.load(ctx, t.code)
	if err != nil {
		return found{}, err
	}
	mark := "mutants-" + rand.Text()
	mutants, restore, err := instrument(p, mark)
	if err != nil {
		return found{}, err
	}
	mutants = slices.DeleteFunc(mutants, func(m mutant) bool { return !o.at.has(m) })
	f, err := m.try(ctx, t, o, trials{mark: mark, mutants: mutants, tell: tell})
	for _, s := range p.files {
		f.files = append(f.files, s.name)
	}
	return f, cmp.Or(err, restore())
}

// trials are the mutants of a package with switches.
type trials struct {
	mark    string // in programs that have them
	mutants []mutant
	tell    func(*result)
}

// try tries the mutants on the tests of a target.
func (m module) try(ctx context.Context, t target, o options, all trials) (found, error) {
	var f found
	var suites []suite
	workers := make([][]*program, max(1, o.jobs)) // of each the clones of the programs
	for _, pattern := range t.tests {
		p, err := m.build(ctx, pattern, all.mark)
		if err != nil {
			return f, err
		}
		var clones []*program
		for i := range workers {
			clone, err := p.clone(strconv.Itoa(i))
			if err != nil {
				return f, err
			}
			clones = append(clones, clone)
			workers[i] = append(workers[i], clone)
		}
		s, err := measure(ctx, p, clones)
		s.patience = o.patience
		if err != nil {
			return f, err
		}
		suites = append(suites, s)
		f.notices = append(f.notices, s.notices...)
	}
	f.results = make([]result, len(all.mutants))
	q := queue{tell: all.tell, results: f.results, known: make([]bool, len(all.mutants))}
	err := each(workers, len(all.mutants), func(clones []*program, i int) error {
		r := result{mutant: all.mutants[i]}
		err := r.try(ctx, suites, clones)
		q.put(i, r)
		return err
	})
	return f, err
}

// try runs the tests that reach a mutant until one fails.
func (r *result) try(ctx context.Context, suites []suite, clones []*program) error {
	for i, s := range suites {
		tests := s.reaching(r.id)
		r.tests += len(tests)
		if err := clones[i].set(record{id: r.id}); err != nil {
			return err
		}
		for _, batch := range batches(tests) {
			o, err := clones[i].run(ctx, s.patience+batch.takes(10), "-test.failfast", "-test.run", batch.pattern())
			if err != nil {
				return err
			}
			if !o.passed {
				r.killer = cmp.Or(o.failed(), batch[0].name)
				return nil
			}
		}
	}
	return nil
}

// reaching are the tests that reach a switch, the quick ones first.
func (s suite) reaching(id int) []test {
	var tests []test
	for _, t := range s.tests {
		if t.reaches[id] {
			tests = append(tests, t)
		}
	}
	slices.SortStableFunc(tests, func(a, b test) int { return cmp.Compare(a.took, b.took) })
	return tests
}

// batch is tests that are run in one call.
type batch []test

// batches puts quick tests together. A slow one is for itself, and runs only if those before it notice nothing.
func batches(tests []test) []batch {
	const enough = time.Second
	var list []batch
	sum := enough
	for _, t := range tests {
		if sum+t.took > enough {
			list, sum = append(list, nil), 0
		}
		list[len(list)-1] = append(list[len(list)-1], t)
		sum += t.took
	}
	return list
}

func (b batch) pattern() string {
	var patterns []string
	for _, t := range b {
		patterns = append(patterns, t.pattern())
	}
	return strings.Join(patterns, "|")
}

// takes is how long the tests take, so many times: far more than once on a machine that does other work too.
func (b batch) takes(times time.Duration) time.Duration {
	sum := time.Duration(0)
	for _, t := range b {
		sum += times * t.took
	}
	return sum
}
