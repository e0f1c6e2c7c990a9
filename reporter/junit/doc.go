// Package junit reads JUnit files as a stream: those that Ginkgo writes for a Kubernetes end-to-end run, of which nine
// in ten rows say only that a test was not selected, and what other producers make of the same format, whole or not.
//
// Read goes through a file once, from first byte to last, and calls back for each test case. It needs memory for the
// longest text that it keeps, not for the file or for what a test printed. It has four layers:
//
//	input, charset    find out what the bytes are: gzip, a charset, a byte order mark
//	window            the stretch of the text that is in memory; counts lines only when somebody asks
//	tag, text         pure functions from bytes to a start tag, and from character data to what it means
//	reader            a stack of open elements; from what is in a test case it makes a Row
//
// # Outcomes
//
// A reader of test results must not show green for what did not run, so in doubt an outcome is the worse one. The first
// of these that is true counts:
//
//   - Failed: there is a failure or error element, or the status attribute means failure: failed, timedout, panicked,
//     interrupted, aborted and the like.
//   - Skipped: the status is pending, or there is a skipped element with a reason in its message (without "skipped - ",
//     which Ginkgo puts before it) or in its text.
//   - Unselected: there is a skipped element; it has no text, and its message is missing, empty or "skipped".
//   - Skipped: the status means skipped.
//   - Passed: the status is missing, empty, passed, success, run or completed.
//   - Failed: the status is a word that is not known here. This is warned of.
//
// Elements are counted. The totals in the attributes of suites are ignored: they are wrong too often.
//
// # Oddities
//
// What is odd but clear is read and noted as a Warning with its place: a control character, "&nbsp;" and other
// references that XML does not know (kept as written), text that is not UTF-8 (U+FFFD), another charset than was
// declared, a "<" in a text that was not escaped, several root elements, "1,234.5" seconds. An Unselected row that is not
// delivered is not looked into, so its oddities go unnoticed.
//
// What is not clear ends reading, and File.Incomplete says why: a file that is cut off, an end tag that fits nothing, a
// test case inside of a test case. A test case that was cut off is not delivered, unless a failure in it was already
// read to its end. Entities that a document type declares are never expanded.
//
// Note: the package does not decode into structs as encoding/xml does. That needs memory for a whole file, loses all of
// it for one wrong byte, and takes more than twenty times as long.
package junit
