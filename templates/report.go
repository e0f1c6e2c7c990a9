package templates

import (
	_ "embed"

	"sigs.k8s.io/windows-operational-readiness/internal/textfile"
)

// The texts as the checkout has them, with its line ends.
var (
	//go:embed report/summary.md.tmpl
	summaryMarkdown string
	//go:embed report/lens.md.tmpl
	lensMarkdown string
	//go:embed report/comment.md.tmpl
	comment string
	//go:embed report/page.html.tmpl
	pageHTML string
	//go:embed report/build.html.tmpl
	buildHTML string
	//go:embed report/matrix.html.tmpl
	matrixHTML string
	//go:embed report/report.css
	reportCSS string
	//go:embed report/report.js
	reportScript string
)

// SummaryMarkdown is the Markdown form of a reporter.Summary.
func SummaryMarkdown() string { return textfile.LF(summaryMarkdown) }

// LensMarkdown is the Markdown form of a reporter.Summary for Spyglass's markdown lens, without HTML.
func LensMarkdown() string { return textfile.LF(lensMarkdown) }

// Comment is the comment on a pull request.
func Comment() string { return textfile.LF(comment) }

// ReportHTML is the page that shows one reporter.Summary or several: the page itself, then the files that define its
// parts.
func ReportHTML() []string {
	return []string{textfile.LF(pageHTML), textfile.LF(buildHTML), textfile.LF(matrixHTML)}
}

// ReportCSS is the style of the page. It stands in the page as it is, and the page's policy names its hash, which a
// browser takes over lines that end in "\n".
func ReportCSS() string { return textfile.LF(reportCSS) }

// ReportScript is the script of the page, of which the same holds.
func ReportScript() string { return textfile.LF(reportScript) }
