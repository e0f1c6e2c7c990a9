package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// test is a test of a program, or one of its first-level subtests.
type test struct {
	name    string
	took    time.Duration
	reaches map[int]bool // ids of switches; nil: it fails
	failure outcome      // with nil reaches
}

// pattern is the argument for -test.run that selects the test only.
func (t test) pattern() string {
	parts := strings.Split(t.name, "/")
	for i, part := range parts {
		parts[i] = "^" + regexp.QuoteMeta(part) + "$"
	}
	return strings.Join(parts, "/")
}

// long is how long a test may take before its subtests are looked at each for itself.
const long = 500 * time.Millisecond

// baselineTimeout is the time for a test of the code as it is.
const baselineTimeout = 5 * time.Minute

// suite is a program with its tests.
type suite struct {
	*program
	patience time.Duration
	tests    []test
	notices  []string
}

// measure runs each test of the code as it is. Those that fail, since they look at the code itself, are left out.
func measure(ctx context.Context, p *program, workers []*program) (suite, error) {
	s := suite{program: p}
	names, err := p.names(ctx)
	if err != nil {
		return s, err
	}
	tests, err := measureAll(ctx, workers, names)
	if err != nil {
		return s, err
	}
	for _, t := range tests {
		split, err := splitUp(ctx, p, workers, t)
		if err != nil {
			return s, err
		}
		if t.reaches == nil {
			s.notices = append(s.notices, fmt.Sprintf("%s of %s fails before anything is changed, and was not asked: exit code %d\n%s", t.name, p.pkg, t.failure.code, t.failure.output))
			continue
		}
		s.tests = append(s.tests, split...)
	}
	return s, nil
}

// names are those of the program's tests.
func (p *program) names(ctx context.Context) ([]string, error) {
	if err := p.set(record{}); err != nil {
		return nil, err
	}
	o, err := p.run(ctx, baselineTimeout, "-test.list", ".")
	if err != nil {
		return nil, err
	}
	if !o.passed {
		return nil, fmt.Errorf("listing the tests of %s:\n%s", p.pkg, o.output)
	}
	var names []string
	for _, name := range strings.Fields(o.output) {
		if strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Fuzz") || strings.HasPrefix(name, "Example") {
			names = append(names, name)
		}
	}
	return names, nil
}

// splitUp returns the subtests of a test that takes long, or the test if they do not pass alone.
func splitUp(ctx context.Context, p *program, workers []*program, t test) ([]test, error) {
	if t.took < long || t.reaches == nil {
		return []test{t}, nil
	}
	if err := p.set(record{}); err != nil {
		return nil, err
	}
	o, err := p.run(ctx, baselineTimeout, "-test.v", "-test.run", t.pattern())
	if err != nil {
		return nil, err
	}
	var names []string
	for _, m := range regexp.MustCompile(`(?m)^=== RUN +(\S+)$`).FindAllStringSubmatch(o.output, -1) {
		if strings.HasPrefix(m[1], t.name+"/") && strings.Count(m[1], "/") == 1 {
			names = append(names, m[1])
		}
	}
	if len(names) < 2 {
		return []test{t}, nil
	}
	parts, err := measureAll(ctx, workers, names)
	if err != nil {
		return nil, err
	}
	for _, part := range parts {
		if part.reaches == nil {
			return []test{t}, nil
		}
	}
	return parts, nil
}

// measureAll measures tests, as many at once as there are workers.
func measureAll(ctx context.Context, workers []*program, names []string) ([]test, error) {
	tests := make([]test, len(names))
	err := each(workers, len(names), func(p *program, i int) error {
		var err error
		tests[i], err = p.measure(ctx, names[i])
		return err
	})
	return tests, err
}

// measure runs one test. It reaches nothing, not even no switch (nil), if it fails.
func (p *program) measure(ctx context.Context, name string) (test, error) {
	t := test{name: name}
	trace := filepath.Join(filepath.Dir(p.path), filepath.Base(p.path)+".trace")
	defer os.Remove(trace)
	if err := p.set(record{trace: trace}); err != nil {
		return t, err
	}
	o, err := p.run(ctx, baselineTimeout, "-test.run", t.pattern())
	t.took = o.took
	if err != nil || !o.passed {
		t.failure = o
		return t, err
	}
	data, err := os.ReadFile(trace)
	if err != nil && !os.IsNotExist(err) {
		return t, err
	}
	t.reaches = map[int]bool{}
	for _, line := range strings.Fields(string(data)) {
		id, err := strconv.Atoi(line)
		if err != nil {
			return t, err
		}
		t.reaches[id] = true
	}
	return t, nil
}

// each does n things, one at a time with each worker.
func each[W any](workers []W, n int, do func(W, int) error) error {
	var wait sync.WaitGroup
	var mu sync.Mutex
	var first error
	next := 0
	take := func() (int, bool) {
		mu.Lock()
		defer mu.Unlock()
		next++
		return next - 1, next <= n && first == nil
	}
	for _, w := range workers {
		wait.Go(func() {
			for i, ok := take(); ok; i, ok = take() {
				if err := do(w, i); err != nil {
					mu.Lock()
					first = err
					mu.Unlock()
				}
			}
		})
	}
	wait.Wait()
	return first
}
