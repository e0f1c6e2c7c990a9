package proof

import (
	"fmt"
	"io"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/termtext"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// WriteTable shows a coverage to a person: a line for each category, then what is missing and why.
func (c Coverage) WriteTable(w io.Writer) error {
	var text strings.Builder
	fmt.Fprintf(&text, "Abilities of %s that tests prove, by Kubernetes version: %s\n\n", c.of(), countLegend)
	fmt.Fprintf(&text, "%-33s  %9s", "CATEGORY", "ABILITIES")
	width := c.width()
	for _, r := range c.Releases {
		fmt.Fprintf(&text, "  %-*s", width, r)
	}
	fmt.Fprintln(&text)
	for _, category := range c.Categories {
		coverageRow(&text, category.Category+" ("+need(category.Required)+")", len(category.Abilities), category.Counts, width)
	}
	coverageRow(&text, "All", c.all(), c.Counts, width)
	legend(&text, c.Releases)
	fmt.Fprintf(&text, "\n%s\n", c.unseen())
	c.list(&text, "Without a test, and why", Unproven)
	c.list(&text, "Missing: the spec names tests that do not exist", Missing)
	c.list(&text, "In part, and what the tests do not show or need", Partial)
	_, err := io.WriteString(w, trimLines(text.String()))
	return err
}

// WriteCounts writes a table of Markdown with a line for each version: what the README shows.
func (c Coverage) WriteCounts(w io.Writer) error {
	var text strings.Builder
	fmt.Fprint(&text, "| Kubernetes | whole | in part | without a test | unseen on Windows |\n| --- | ---: | ---: | ---: | ---: |\n")
	for i, count := range c.Counts {
		fmt.Fprintf(&text, "| %s | %d | %d | %d | %d of %d |\n", markdown(c.Releases[i].String()), count.Whole, count.Partial, count.Unproven,
			count.Unseen, count.Whole+count.Partial)
	}
	_, err := io.WriteString(w, text.String())
	return err
}

// of names the spec without the digest of the program's own, which would change the page with every comment in it.
func (c Coverage) of() string {
	if c.Spec == (specs.Identity{}) || c.Spec.Embedded {
		return specs.KEP
	}
	return c.Spec.String()
}

// unseen says how many of the abilities with tests nobody sees on Windows today.
func (c Coverage) unseen() string {
	texts := make([]string, len(c.Releases))
	for i, count := range c.Counts {
		texts[i] = fmt.Sprintf("%d of %d on %s", count.Unseen, count.Whole+count.Partial, c.Releases[i])
	}
	return "Unseen on Windows, since no job of SIG Windows runs their tests: " + strings.Join(texts, ", ") + "."
}

// width is that of the longest count.
func (c Coverage) width() int {
	width := 0
	for _, count := range c.Counts {
		width = max(width, len(count.text()))
	}
	for _, category := range c.Categories {
		for _, count := range category.Counts {
			width = max(width, len(count.text()))
		}
	}
	return width
}

func coverageRow(text *strings.Builder, name string, abilities int, counts []Count, width int) {
	fmt.Fprintf(text, "%-33s  %9d", name, abilities)
	for _, count := range counts {
		fmt.Fprintf(text, "  %-*s", width, count.text())
	}
	fmt.Fprintln(text)
}

func (c Coverage) all() int {
	all := 0
	for _, category := range c.Categories {
		all += len(category.Abilities)
	}
	return all
}

// list writes the remarks on all abilities that are in a state on some release.
func (c Coverage) list(text *strings.Builder, title string, state State) {
	for _, category := range c.Categories {
		for _, a := range category.Abilities {
			for _, r := range remarks(a, c.Releases) {
				if r.state != state {
					continue
				}
				if title != "" {
					fmt.Fprintf(text, "\n%s:\n", title)
					title = ""
				}
				line := category.Category + " " + a.ID + r.on(c.Releases) + ": " + sentence(r.text)
				fmt.Fprintf(text, "  %s\n", strings.Join(termtext.Wrap(line, 94), "\n      "))
			}
		}
	}
}

// trimLines drops the spaces at the end of lines.
func trimLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n")
}

// WriteMarkdown writes a coverage as a page of the documentation.
func (c Coverage) WriteMarkdown(w io.Writer) error {
	var text strings.Builder
	fmt.Fprintf(&text, markdownHead, markdown(c.of()), countLegend)
	fmt.Fprintf(&text, "\n| Category | Abilities |%s\n| --- | ---: |%s\n", c.columns(func(r Release) string { return r.String() }), c.columns(func(Release) string { return "---" }))
	for _, category := range c.Categories {
		fmt.Fprintf(&text, "| [%s](#%s) (%s) | %d |%s\n", category.Category, anchor(category.Category), need(category.Required),
			len(category.Abilities), countColumns(category.Counts))
	}
	fmt.Fprintf(&text, "| **All** | %d |%s\n", c.all(), countColumns(c.Counts))
	fmt.Fprintf(&text, "\n%s\n", markdown(c.unseen()))
	for _, r := range c.Releases {
		if r.Assumed {
			fmt.Fprintf(&text, "\n%s: assumed; no catalog of its own yet, held against the tests of %s.\n", markdown(r.String()), r.Catalog)
		}
	}
	for _, category := range c.Categories {
		c.section(&text, category)
	}
	_, err := io.WriteString(w, text.String())
	return err
}

const markdownHead = `<!-- Generated by: op-readiness specs coverage -o markdown. Do not edit. -->
# Coverage

How many abilities the e2e tests of Kubernetes can prove, by category and Kubernetes version. The spec is %s.
It says what can be proven at all, not what a cluster has shown: that is the readiness report of a run.

- whole: tests show the ability;
- in part: tests show a part of it, and the remark says what is missing, and what makes it whole if a record of the pods can;
- without a test: no test exists, and the remark says why;
- unseen on Windows: no job of SIG Windows runs all of its tests, so nobody knows that they pass there.

Placement is where the pods must run for a result to speak of Windows: see [specs.md](specs.md#placement). Numbers are
%s.
`

func (c Coverage) columns(cell func(Release) string) string {
	var text strings.Builder
	for _, r := range c.Releases {
		fmt.Fprintf(&text, " %s |", markdown(cell(r)))
	}
	return text.String()
}

func countColumns(counts []Count) string {
	var text strings.Builder
	for _, count := range counts {
		fmt.Fprintf(&text, " %s |", count.text())
	}
	return text.String()
}

// section writes the abilities of a category: their states, then the remarks on them.
func (c Coverage) section(text *strings.Builder, category CategoryCoverage) {
	fmt.Fprintf(text, "\n## %s\n\n| Ability | Description | Placement |%s\n| --- | --- | --- |%s\n", category.Category,
		c.columns(func(r Release) string { return r.String() }), c.columns(func(Release) string { return "---" }))
	for _, a := range category.Abilities {
		fmt.Fprintf(text, "| `%s` | %s | %s |", a.ID, markdown(a.Description), a.placement())
		for _, p := range a.On {
			fmt.Fprintf(text, " %s |", p.state())
		}
		fmt.Fprintln(text)
	}
	fmt.Fprintln(text)
	for _, a := range category.Abilities {
		for _, r := range remarks(a, c.Releases) {
			fmt.Fprintf(text, "- `%s`, %s%s: %s\n", a.ID, r.state, markdown(r.on(c.Releases)), markdown(sentence(r.text)))
		}
	}
}

// anchor is the fragment that GitHub gives to a heading.
func anchor(heading string) string {
	return strings.ReplaceAll(strings.ToLower(heading), ".", "")
}

// markdown keeps a text from being read as markup.
func markdown(text string) string {
	return strings.NewReplacer("\n", " ", `\`, `\\`, "|", `\|`, "<", "&lt;", "*", `\*`, "`", "\\`", "[", `\[`).Replace(text)
}
