package specs

import (
	"regexp"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/yamlfile"
)

// label is a word between brackets as the names of e2e tests have them, such as [sig-windows], [Serial] or
// [Feature:Windows]. In a regular expression it is a class that matches one letter. What stands before it is kept, to see
// whether the bracket is escaped.
var label = regexp.MustCompile(`(^|[^\\])\[(sig-[a-z-]+|[A-Z][a-z]{3,}[A-Za-z]*(:[A-Za-z0-9.-]+)?)\]`)

// checkExpression reports an expression that does not compile, or one that is the name of a test, or a part of it, and no
// expression for it. It tells whether the expression may be used.
func checkExpression(f *yamlfile.File, at, expr string) bool {
	if m := label.FindStringSubmatch(expr); m != nil {
		f.Problemf(at, "[%s] matches one letter, not the label of a test: write %s", m[2], quoted(Escape(expr)))
		return false
	}
	if _, err := regexp.Compile(expr); err != nil {
		f.Problemf(at, "%v%s", err, syntaxHint(expr))
		return false
	}
	return true
}

// syntaxHint says how to mean the text itself that is refused as an expression.
func syntaxHint(expr string) string {
	if operators.MatchString(expr) {
		return ""
	}
	return ": for the text itself write " + quoted(regexp.QuoteMeta(expr))
}

// operators are what an expression has that is more than the text of a name.
var operators = regexp.MustCompile(`[\\|^$*+?]`)

// Escape returns the expression that was meant by one that is written like a test's name: that selects the very test, if
// it is a whole name, which begins with the label of a SIG; else the same with its labels escaped.
func Escape(expr string) string {
	name := strings.TrimPrefix(expr, Suite+" ")
	if strings.HasPrefix(name, "[sig-") && !operators.MatchString(name) {
		return Exactly(name)
	}
	return label.ReplaceAllString(expr, `$1\[$2\]`)
}

// Exactly returns the expression that selects the test with this name and no other.
func Exactly(name string) string { return "^" + Suite + " " + regexp.QuoteMeta(name) + "$" }

// quoted writes an expression as YAML reads it literally.
func quoted(expr string) string { return "'" + strings.ReplaceAll(expr, "'", "''") + "'" }
