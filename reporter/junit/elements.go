package junit

import (
	"bytes"
	"unicode/utf8"
)

const (
	maxDepth     = 256     // of elements
	maxPath      = 1 << 20 // bytes of the names of all open suites together
	maxSuites    = 10_000  // of one file
	maxSuiteText = 4 << 20 // bytes of what is kept of all suites of one file; a name counts in each suite inside of it too
)

// kind is what an element is to us.
type kind uint8

const (
	other kind = iota
	suites
	suite
	testcase
	failed   // failure, error
	skipped  // skipped
	retried  // an attempt that failed before
	output   // of any size and content: nothing in it is looked at
	propItem // property
)

// frame is an open element.
type frame struct {
	kind  kind
	into  sink
	muted bool // inside of output
	name  int  // where its name begins in reader.names
	path  int  // length of reader.path without it
}

// sink is where character data goes.
type sink uint8

const (
	nowhere sink = iota
	intoMessage
	intoReason
	intoProperty
)

// kindOf knows elements by their names, with a prefix or without.
func kindOf(name []byte) kind {
	k := kindOfLocal(name)
	if k == other {
		if _, local, found := bytes.Cut(name, []byte(":")); found {
			return kindOfLocal(local)
		}
	}
	return k
}

func kindOfLocal(name []byte) kind {
	switch string(name) {
	case "testcase":
		return testcase
	case "skipped":
		return skipped
	case "failure", "error":
		return failed
	case "system-out", "system-err":
		return output
	case "testsuite":
		return suite
	case "testsuites":
		return suites
	case "property":
		return propItem
	case "flakyFailure", "flakyError", "rerunFailure", "rerunError":
		return retried
	default:
		return other
	}
}

// sink returns where the character data of the innermost element goes, nil if nowhere.
func (r *reader) sink() *message {
	switch r.stack[len(r.stack)-1].into {
	case intoMessage:
		return &r.test.message
	case intoReason:
		return &r.test.reason
	case intoProperty:
		return &r.props.text
	default:
		return nil
	}
}

// inText tells whether the innermost element holds text for people, such as a failure or an output. There a "<" that
// its producer forgot to escape is no reason to give up.
func (r *reader) inText() bool {
	if len(r.stack) == 0 {
		return false
	}
	f := r.stack[len(r.stack)-1]
	return f.into != nowhere || f.muted || f.kind == output
}

func (r *reader) topName() []byte { return r.names[r.stack[len(r.stack)-1].name:] }

// open opens the element of the tag at hand, and closes it if it is empty.
func (r *reader) open() error {
	name := r.tag.name()
	f := frame{kind: kindOf(name), name: len(r.names), path: len(r.path)}
	if err := r.admit(&f); err != nil {
		return err
	}
	if r.tag.repeated {
		r.warn(r.tag.at, "%s has an attribute twice, the last one counts", element(name))
	}
	if err := r.enter(&f); err != nil {
		return err
	}
	r.names = append(r.names, name...)
	r.stack = append(r.stack, f)
	r.win.pos += r.tag.size
	if r.tag.closed {
		return r.leave()
	}
	return nil
}

// admit tells whether an element may be where it is, and what it inherits from the one around it.
func (r *reader) admit(f *frame) error {
	switch {
	case len(r.tag.name()) > maxName:
		return r.refuse("the name of an element is longer than %d bytes", maxName)
	case len(r.stack) == 0:
		return r.root(f.kind)
	case len(r.stack) == maxDepth:
		return r.refuse("elements are nested deeper than %d", maxDepth)
	}
	up := &r.stack[len(r.stack)-1]
	f.into, f.muted = up.into, up.muted || up.kind == output
	if f.muted {
		if f.kind == testcase {
			r.warn(r.tag.at, "a <testcase> inside of %s is no test case", element(r.topName()))
		}
		f.kind = other
	}
	return nil
}

// root looks at an element that is in no other.
func (r *reader) root(k kind) error {
	name := r.tag.name()
	switch {
	case bytes.EqualFold(name, []byte("html")):
		return r.refuse(htmlPage)
	case k != suites && k != suite:
		return r.refuse("no JUnit file: its root element is %s, not <testsuites> or <testsuite>", element(name))
	}
	r.roots++
	if r.roots > 1 {
		r.warn(r.tag.at, "another root element, as if files had been joined")
	}
	return nil
}

const htmlPage = "no JUnit file, but an HTML page"

// enter does what the beginning of an element asks for.
func (r *reader) enter(f *frame) error {
	switch f.kind {
	case testcase:
		return r.startCase()
	case suites, suite:
		return r.startSuite(f.kind)
	case failed, retried, skipped:
		r.startResult(f)
	case output:
		f.into = nowhere
	case propItem:
		r.startProperty(f)
	}
	return nil
}

// leave closes the innermost element.
func (r *reader) leave() error {
	last := len(r.stack) - 1
	f := r.stack[last]
	r.stack, r.names, r.path = r.stack[:last], r.names[:f.name], r.path[:f.path]
	switch f.kind {
	case testcase:
		return r.endCase()
	case suites, suite:
		r.endSuite()
	case failed:
		r.test.failed = true
	case propItem:
		r.endProperty(f)
	}
	return nil
}

// startSuite also opens the testsuites element, whose name is not part of the names of suites.
func (r *reader) startSuite(k kind) error {
	switch {
	case r.test.open:
		return r.refuse("a %s inside of a <testcase>", element(r.tag.name()))
	case len(r.file.Suites) == maxSuites:
		return r.refuse("there are more than %d suites", maxSuites)
	}
	name := r.attr(&r.tag, attrName)
	if k == suites && r.file.Name == "" && len(r.stack) == 0 {
		r.file.Name = string(name)
	}
	if k == suite {
		if len(r.path) > 0 && len(name) > 0 {
			r.path = append(r.path, '.')
		}
		if r.path = append(r.path, name...); len(r.path) > maxPath {
			return r.refuse("the names of nested suites are longer than %d bytes", maxPath)
		}
	}
	s := Suite{
		Name: string(r.path), Outer: r.suite, Timestamp: string(r.attr(&r.tag, attrTimestamp)), Seconds: r.seconds(&r.tag),
		Line: r.win.locate(r.tag.at).line,
	}
	if r.suiteText += len(s.Name) + len(s.Timestamp); r.suiteText > maxSuiteText {
		return r.refuse("the names of suites are longer than %d bytes", maxSuiteText)
	}
	r.file.Suites = append(r.file.Suites, s)
	r.suite = len(r.file.Suites) - 1
	return nil
}

// endSuite goes back to the element around it.
func (r *reader) endSuite() {
	r.file.Suites[r.suite].Whole = true
	r.suite = r.file.Suites[r.suite].Outer
}

const notUTF8 = "not UTF-8: bytes replaced by U+FFFD"

// attr returns what an attribute means, as valid UTF-8, until the next call.
func (r *reader) attr(t *tag, a attribute) []byte {
	value := t.value(a)
	if plainPrefix(value) < len(value) {
		var odd oddities
		src := value
		r.scratch, _, odd = appendText(r.scratch[:0], src, true)
		value = r.scratch
		if odd.control > 0 {
			r.warn(t.at, "an attribute with a character that XML does not allow")
		}
		if odd.reference > 0 {
			r.warn(t.at, unknownReference, quote(referenceAt(src, odd.reference-1)))
		}
	}
	if !utf8.Valid(value) {
		r.warn(t.at, notUTF8)
		value = bytes.ToValidUTF8(value, []byte(string(utf8.RuneError)))
	}
	return value
}
