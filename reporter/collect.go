package reporter

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter/junit"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// Collector gathers the JUnit files of one build. The zero value keeps the results of every test.
type Collector struct {
	Names Names // resolves the names of rows; the zero value takes them as they are
	// Unpacked and Kept bound what a hostile file can do. The one is told of each piece that is read how many bytes it has,
	// decompressed, the other of what is kept about how many bytes it takes. Add gives up on an error of theirs, and returns
	// it in its own. Nil: nobody is told.
	Unpacked, Kept func(n int) error
	Row            func() error // is told of each row in the same way

	suites []Suite
	others []Failure
	odd    []Warning
	files  int
	rows   int
}

const (
	maxOthers  = 20      // failures of other suites that are kept: they explain, and prove nothing
	maxOdd     = 100     // oddities that are kept
	maxWords   = 300     // characters of what a suite says of itself
	suiteSize  = 1 << 10 // bytes that a suite takes, about
	testSize   = 1 << 8  // likewise a test, without its texts
	failedSize = 1 << 6  // likewise the name of one that failed
)

// Add reads one JUnit file. What is wrong with the file becomes evidence; the error is that of r, or of a bound. The view by ability that
// a run writes beside its results is left out: with it every test would count twice.
func (c *Collector) Add(name string, r io.Reader) error {
	if path.Base(name) == reportdir.View {
		return nil
	}
	b := builder{collector: c, file: name, suites: map[int]*Suite{}, failed: map[failedTest]int{}}
	file, err := junit.Read(r, junit.Options{Unpacked: c.Unpacked}, b.row)
	if err != nil {
		return fmt.Errorf("reading %q: %w", name, err)
	}
	next := Collector{suites: b.finish(file), others: b.others, files: 1, rows: file.Rows}
	for _, w := range file.Warnings {
		next.odd = append(next.odd, Warning{File: name, Line: w.Line, Message: w.Message})
	}
	if err := c.keep(len(next.suites) * suiteSize); err != nil {
		return fmt.Errorf("reading %q: %w", name, err)
	}
	c.Append(&next)
	return nil
}

// keep tells whoever wants to know that n more bytes are kept.
func (c *Collector) keep(n int) error {
	if c.Kept == nil {
		return nil
	}
	return c.Kept(n)
}

// Append adds what next gathered from files that were written after those of c.
func (c *Collector) Append(next *Collector) {
	c.files += next.files
	c.rows += next.rows
	c.suites = append(c.suites, next.suites...)
	c.odd = append(c.odd, next.odd[:min(len(next.odd), max(0, maxOdd-len(c.odd)))]...)
	c.others = append(c.others, next.others[:min(len(next.others), max(0, maxOthers-len(c.others)))]...)
}

// Evidence returns what was gathered: suites in the order of their time, where all tell it, else of their files.
func (c *Collector) Evidence() Evidence {
	e := Evidence{Files: c.files, Rows: c.rows, Others: c.others, Warnings: c.odd, Suites: slices.Clone(c.suites)}
	if !slices.ContainsFunc(e.Suites, func(s Suite) bool { return s.Start.IsZero() }) {
		slices.SortStableFunc(e.Suites, func(a, b Suite) int { return a.Start.Compare(b.Start) })
	}
	return e
}

// builder makes suites of the rows of one file.
type builder struct {
	collector *Collector
	file      string
	suites    map[int]*Suite // by their places in the file
	failed    map[failedTest]int
	others    []Failure
}

// failedTest is a test that failed in a suite, by its place in the file and the hash of its name: rows of tests that nobody selects
// are not kept.
type failedTest struct {
	suite int
	name  uint64
}

func (b *builder) row(row *junit.Row) error {
	if tell := b.collector.Row; tell != nil {
		if err := tell(); err != nil {
			return err
		}
	}
	test := Test{
		Name: row.Name, Status: row.Status, Message: row.Message, File: b.file, Line: row.Line,
		Duration: time.Duration(row.Seconds * float64(time.Second)),
	}
	if row.Seconds < 0 || test.Duration < 0 {
		test.Duration = 0
	}
	if !isE2E(row) {
		if row.Outcome == junit.Failed && len(b.others) < maxOthers {
			b.others = append(b.others, Failure{Suite: cmp.Or(row.Suite, row.Class), Test: test.as(Failed)})
		}
		return nil
	}
	s := b.suite(row.In)
	if node, ok := junit.SetupNode(row.Name); ok {
		if row.Outcome == junit.Failed {
			test.Name = node
			s.Around = append(s.Around, test.as(Failed))
			return b.collector.keep(test.size())
		}
		return nil
	}
	if err := b.count(s, row); err != nil {
		return err
	}
	if !s.add(b.collector.Names, row, test) {
		return nil
	}
	return b.collector.keep(test.size())
}

// count counts the failed rows of a suite. Those of a test that passes later explain no failure of the suite: Ginkgo itself calls
// such a test passed.
func (b *builder) count(s *Suite, row *junit.Row) error {
	hash := fnv.New64a()
	_, _ = io.WriteString(hash, row.Name) // never fails
	test := failedTest{row.In, hash.Sum64()}
	switch row.Outcome {
	case junit.Failed:
		s.Failures++
		b.failed[test]++
		return b.collector.keep(failedSize)
	case junit.Passed:
		s.Failures -= b.failed[test]
		delete(b.failed, test)
	}
	return nil
}

// size is about how many bytes the test takes.
func (t Test) size() int { return testSize + len(t.Name) + len(t.Message) + len(t.Status) }

func (b *builder) suite(place int) *Suite {
	if b.suites[place] == nil {
		b.suites[place] = &Suite{File: b.file}
	}
	return b.suites[place]
}

// isE2E tells whether a row is of Kubernetes' e2e suite: as the name of its suite or class says, or, where files were merged,
// its own.
func isE2E(row *junit.Row) bool {
	return row.Class == specs.Suite || row.Suite == specs.Suite || strings.HasSuffix(row.Suite, "."+specs.Suite) ||
		strings.HasPrefix(row.Name, specs.Suite)
}

func (t Test) as(state State) Test {
	t.State = state
	return t
}

// add adds the row of a test, if an ability selects it, and what any row says of the suite. It tells whether it was added.
func (s *Suite) add(names Names, row *junit.Row, test Test) bool {
	var selected bool
	test.Name, selected = names.Resolve(test.Name)
	s.Worked = s.Worked || test.Duration > 0 && row.Outcome != junit.Skipped
	s.flag(row, test.Name)
	switch row.Outcome {
	case junit.Passed:
		test.State = Passed
		if row.Retries > 0 {
			test.State = Flaky
		}
	case junit.Failed:
		test.State = Failed
	case junit.Skipped:
		test.State = Skipped
	default:
		return false
	}
	if selected {
		s.Results = append(s.Results, Result{Test: test, Retries: row.Retries})
	}
	return selected
}

// Words with which e2e.test leaves a test out that is not for the nodes (kubernetes' test/e2e/framework/skipper).
const (
	onlyForWindows = "Only supported for node OS distro [windows] (not "
	notForWindows  = "Not supported for node OS distro [windows] (is windows)"
)

// flag takes from a row what it says of --node-os-distro: the tests of SIG Windows run with that of Windows only.
func (s *Suite) flag(row *junit.Row, name string) {
	skipped := row.Outcome == junit.Skipped
	switch {
	case skipped && strings.Contains(row.Message, onlyForWindows):
		if s.Windows.Contradicted == "" {
			s.Windows.Contradicted = safetext.Cut(row.Message, maxWords)
		}
	case skipped && strings.Contains(row.Message, notForWindows), !skipped && strings.HasPrefix(name, "[sig-windows]"):
		s.Windows.Shown = true
	}
}

// finish gives each suite of Kubernetes' e2e tests what its element says, and the elements around it.
func (b *builder) finish(file junit.File) []Suite {
	for place, element := range file.Suites {
		if element.Name == specs.Suite || strings.HasSuffix(element.Name, "."+specs.Suite) {
			b.suite(place) // one without rows of its own says something too
		}
	}
	var list []Suite
	for place, element := range file.Suites {
		s := b.suites[place]
		if s == nil {
			continue
		}
		s.Line, s.Rows, s.Seconds = element.Line, element.Rows, element.Seconds
		s.tell(file, place)
		s.Cut = file.Incomplete // what else the file held, of these tests too, is not known
		list = append(list, *s)
	}
	if file.Incomplete != "" && len(list) == 0 {
		list = append(list, Suite{File: b.file, Line: file.IncompleteLine, Cut: file.Incomplete})
	}
	return list
}

// tell takes what the element at a place of the file says, and what those around it do; of two that disagree the worse.
func (s *Suite) tell(file junit.File, place int) {
	for at := place; at >= 0; at = file.Suites[at].Outer {
		element := file.Suites[at]
		properties := element.Properties
		s.DryRun = s.DryRun || properties[junit.DryRun] == "true"
		s.Special = cmp.Or(s.Special, safetext.Cut(properties[junit.SpecialReason], maxWords))
		if said := properties[junit.SuiteSucceeded]; s.Succeeded == "" || said == "false" {
			s.Succeeded = cmp.Or(said, s.Succeeded)
		}
		if n, err := strconv.Atoi(properties[junit.ParallelTotal]); err == nil && s.Parallel == 0 {
			s.Parallel = n
		}
		if s.Start.IsZero() {
			s.Start = parseTime(element.Timestamp)
		}
	}
}

// parseTime reads a timestamp of JUnit, which often has no zone; zero if it is none.
func parseTime(text string) time.Time {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", time.DateTime} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
