package templates

import "embed"

// SummaryMarkdown is the Markdown form of a reporter.Summary.
//
//go:embed report/summary.md.tmpl
var SummaryMarkdown string

// ReportHTML holds the page that shows one reporter.Summary or several: page.html.tmpl and the parts that it is made of.
//
//go:embed report/*.html.tmpl
var ReportHTML embed.FS

// ReportCSS is the style of the page, ReportScript its script. Both stand in the page as they are, and the page's
// policy names their hashes.
var (
	//go:embed report/report.css
	ReportCSS string
	//go:embed report/report.js
	ReportScript string
)

// Comment is the comment on a pull request.
//
//go:embed report/comment.md.tmpl
var Comment string
