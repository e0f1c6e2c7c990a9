package junit

import (
	"errors"
	"fmt"
	"io"
)

// Outcome is what a file says about one test case.
type Outcome int

// The outcomes.
const (
	Unselected Outcome = iota // not selected by focus, skip or label filter: says nothing about the test
	Passed
	Failed  // a failure or error element, or a status attribute that means failure
	Skipped // skipped at run time, or pending
)

// String returns the outcome as a word for people.
func (o Outcome) String() string {
	switch o {
	case Unselected:
		return "unselected"
	case Passed:
		return "passed"
	case Failed:
		return "failed"
	case Skipped:
		return "skipped"
	default:
		return fmt.Sprintf("Outcome(%d)", int(o))
	}
}

// Row is one testcase element.
type Row struct {
	Suite   string  // names of the enclosing suites, joined by "."; those without a name are left out
	In      int     // place of the innermost of them in File.Suites
	Name    string  // as written, e.g. "[It] [sig-windows] ..."
	Class   string  // the classname attribute
	Outcome Outcome // see the package documentation
	Status  string  // the status attribute as written, e.g. passed, failed, timedout; "" in Ginkgo 1
	Message string  // the failures and retries, first to last, or why it was skipped; see Options.MaxMessage
	Retries int     // rerunFailure, flakyFailure, flakyError and rerunError elements: attempts that failed before
	Seconds float64 // the time attribute; 0 without one
	Line    int     // of the element, from 1
	Offset  int64   // of its "<", in bytes of the decompressed file
}

// Warning is an oddity that was tolerated.
type Warning struct {
	Line    int   // from 1
	Offset  int64 // in bytes of the decompressed file
	Message string
}

// String returns the warning behind its line.
func (w Warning) String() string { return fmt.Sprintf("line %d: %s", w.Line, w.Message) }

// Options bound what Read keeps, and say which rows it delivers. The zero value is what a summary needs.
type Options struct {
	MaxMessage int  // bytes of text kept per row, the beginning and the end of what is longer; 0: 64 KiB
	AllRows    bool // call row for Unselected rows too; otherwise they are only counted, and not looked into
	// Unpacked is told of each piece of the file how many bytes it has, decompressed. Its error ends reading, and Read
	// returns it in its own: a small compressed file may be of any size. Nil: nobody is told.
	Unpacked func(n int) error
}

// File is what was read beside the rows.
type File struct {
	Name           string    // name attribute of the root testsuites element, "" if it has none
	Suites         []Suite   // in the order in which they begin
	Rows           int       // testcase elements seen, of every outcome, one that was cut off included
	Unselected     int       // testcase elements of that outcome
	Incomplete     string    // why the file was not read to its end; "" if it was read whole
	IncompleteLine int       // where reading stopped, from 1; 0 if the file was read whole
	Warnings       []Warning // at most 20, then one that says how many more there are
}

// Suite is a testsuite or testsuites element.
type Suite struct {
	Name       string            // as in Row.Suite
	Outer      int               // place in File.Suites of the element around it; -1 for a root
	Timestamp  string            // as written; "" if there is none
	Seconds    float64           // the time attribute; 0 without one
	Properties map[string]string // its own, not those of the elements around it or of tests; of two with one name the first
	Rows       int               // testcase elements in it, not in a suite inside of it
	Whole      bool              // its end was read
	Line       int               // of the element, from 1
}

// defaultMaxMessage is far more than a view shows, and little enough to keep for thousands of failures.
const defaultMaxMessage = 64 << 10

// Read calls row for each test case as soon as it is read. The Row is valid only during the call; its strings may be
// kept. A malformed file is no error but File.Incomplete. There is an error only if r fails, or if row returns one,
// which is returned as it is, or Options.Unpacked; File then holds what was read until there, and is Incomplete too.
func Read(r io.Reader, opt Options, row func(*Row) error) (File, error) {
	if opt.MaxMessage <= 0 {
		opt.MaxMessage = defaultMaxMessage
	}
	in := &input{r: r}
	rd := newReader(in, opt, row)
	err := rd.sniff()
	if err == nil {
		err = rd.meter(in)
	}
	if err == nil {
		err = rd.run()
	}
	return rd.finish(in, err)
}

// meter lets Options.Unpacked know what is read from here on, and what is at hand.
func (r *reader) meter(in *input) error {
	if r.opt.Unpacked == nil {
		return nil
	}
	r.win.told = func(n int) error {
		err := r.opt.Unpacked(n)
		if err != nil {
			in.err = err // no more is to be had
		}
		return err
	}
	if r.win.told(len(r.win.rest())) != nil {
		return errEnd
	}
	return nil
}

// finish tells apart the ways in which reading ends: at the end of a whole file, in the middle of a file, because the
// file cannot be understood, because r failed, and because row did.
func (r *reader) finish(in *input, err error) (File, error) {
	var refused *refusal
	switch {
	case errors.Is(err, errEnd) && in.err != nil:
		err = fmt.Errorf("reading JUnit: %w", in.err)
		r.incomplete(err.Error())
	case errors.Is(err, errEnd):
		err = r.end()
	case errors.As(err, &refused):
		r.incomplete(refused.reason)
		err = r.salvage()
	default:
		r.incomplete("stopped by the caller: " + err.Error())
	}
	r.file.Warnings = r.warnings.list()
	return r.file, err
}
