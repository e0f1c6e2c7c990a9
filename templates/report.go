package templates

import _ "embed"

// SummaryMarkdown is the Markdown form of a reporter.Summary.
//
//go:embed report/summary.md.tmpl
var SummaryMarkdown string
