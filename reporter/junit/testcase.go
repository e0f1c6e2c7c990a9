package junit

import (
	"bytes"
	"strings"
)

// testCase is the testcase element at hand.
type testCase struct {
	open    bool
	tag     tag  // its start tag; the window holds what it is made of
	failed  bool // a failure or error element was read to its end
	skipped bool // there is a skipped element
	told    bool // and its message attribute is a reason
	retries int
	message message
	reason  message
}

func (r *reader) startCase() error {
	t := &r.test
	if t.open {
		return r.refuse("a <testcase> inside of the <testcase> that begins in line %d", r.win.locate(t.tag.at).line)
	}
	r.file.Rows++
	r.file.Suites[r.suite].Rows++
	t.open, t.tag = true, r.tag
	t.failed, t.skipped, t.told, t.retries = false, false, false, 0
	t.message.reset()
	t.reason.reset()
	r.win.hold(t.tag.size)
	return nil
}

// startResult begins one of the elements that say how a test went.
func (r *reader) startResult(f *frame) {
	f.into = nowhere
	r.noted = noted{}
	switch {
	case !r.test.open:
		text := r.attr(&r.tag, attrMessage)
		r.warn(r.tag.at, "a %s that belongs to no test case: %s", element(r.tag.name()), quote(text))
	case f.kind == skipped:
		f.into = intoReason
		r.startSkipped()
	default:
		f.into = intoMessage
		if f.kind == retried {
			r.test.retries++
		}
		r.test.message.part()
		r.test.message.write(r.attr(&r.tag, attrMessage))
		r.test.message.part()
	}
}

// Ginkgo writes message="skipped" for a spec that was not selected, and the reason behind a dash for one that was.
const (
	skippedWord   = "skipped"
	skippedPrefix = "skipped - "
)

func (r *reader) startSkipped() {
	t := &r.test
	t.skipped = true
	t.reason.part()
	if value := r.tag.value(attrMessage); len(value) > 0 && string(value) != skippedWord {
		t.told = true
		t.reason.write(bytes.TrimPrefix(r.attr(&r.tag, attrMessage), []byte(skippedPrefix)))
		t.reason.part()
	}
}

func (r *reader) endCase() error {
	r.test.tag.raw = r.win.held()
	outcome := r.outcome()
	if outcome == Unselected {
		r.file.Unselected++
		if !r.opt.AllRows {
			r.test.open = false
			return nil
		}
	}
	return r.deliver(outcome)
}

// outcome weighs what the test case says. In doubt it is the worse.
func (r *reader) outcome() Outcome {
	t := &r.test
	status := t.tag.value(attrStatus)
	said := saidBy(status)
	switch {
	case t.failed || said == saidFailed:
		return Failed
	case said == saidPending:
		return Skipped
	case t.skipped && (t.told || !t.reason.empty()):
		return Skipped
	case t.skipped:
		return Unselected
	case said == saidSkipped:
		return Skipped
	case said == saidPassed:
		return Passed
	default:
		r.warn(t.tag.at, "unknown status %s, taken as failed", quote(status))
		return Failed
	}
}

// said is what a status attribute means.
type said uint8

const (
	saidNothing said = iota // that we know
	saidPassed
	saidFailed
	saidSkipped
	saidPending
)

// saidBy also understands a status in capitals.
func saidBy(status []byte) said {
	if s := saidByWord(status); s != saidNothing {
		return s
	}
	return saidByWord(bytes.ToLower(bytes.TrimSpace(status)))
}

// saidByWord knows the words of Ginkgo, of googletest (run, notrun) and others that producers have been seen to use.
func saidByWord(status []byte) said {
	switch string(status) {
	case "", "passed", "success", "run", "completed":
		return saidPassed
	case "skipped", "disabled", "ignored", "notrun":
		return saidSkipped
	case "pending":
		return saidPending
	case "failed", "failure", "error", "timedout", "panicked", "interrupted", "aborted":
		return saidFailed
	default:
		return saidNothing
	}
}

// deliver hands out the row of the test case.
func (r *reader) deliver(outcome Outcome) error {
	t, row := &r.test, &r.row
	t.open = false
	at := r.win.locate(t.tag.at)
	row.Outcome, row.Retries, row.In, row.Line, row.Offset = outcome, t.retries, r.suite, at.line, at.source
	set(&row.Suite, r.path)
	set(&row.Name, r.attr(&t.tag, attrName))
	if row.Name == "" {
		r.warn(t.tag.at, "a <testcase> without a name")
	}
	set(&row.Class, r.attr(&t.tag, attrClass))
	set(&row.Status, r.attr(&t.tag, attrStatus))
	row.Seconds = r.seconds(&t.tag)
	row.Message = r.said(outcome)
	return r.emit(row)
}

// set spares the copy of a text that is the same in row after row, as suites, classes and states are.
func set(s *string, b []byte) {
	if *s != string(b) {
		*s = string(b)
	}
}

// said returns the text that goes with the outcome.
func (r *reader) said(outcome Outcome) string {
	m := &r.test.message
	if outcome == Skipped || outcome == Unselected {
		m = &r.test.reason
	}
	text, valid := m.text()
	if !valid {
		r.warn(r.test.tag.at, notUTF8)
	}
	if outcome != Skipped {
		return text
	}
	text = strings.TrimPrefix(text, skippedPrefix)
	if text == "" && saidBy(r.test.tag.value(attrStatus)) == saidPending {
		return "pending"
	}
	return text
}

// seconds returns the time attribute of a tag, 0 if there is none.
func (r *reader) seconds(t *tag) float64 {
	if !t.has(attrTime) {
		return 0
	}
	text := string(r.attr(t, attrTime))
	seconds, clean := parseSeconds(text)
	if !clean {
		r.warn(t.at, "time=%s is no number of seconds, taken as %v", quote([]byte(text)), seconds)
	}
	return seconds
}
