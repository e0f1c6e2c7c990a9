package reporter

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/templates"
)

// WriteHTML shows builds on one page that needs nothing else: one build in full, several as a matrix of abilities and
// builds with the details below. The page reads the same without its script, which only filters.
//
// It may be shown by Deck inside its own origin, so nothing from a build reaches the page but through inert or plain.
func WriteHTML(w io.Writer, summaries []Summary) error {
	if len(summaries) == 0 {
		return errors.New("no build to show")
	}
	t, err := template.New("page.html.tmpl").Funcs(template.FuncMap{"text": inert}).ParseFS(templates.ReportHTML, "report/*.html.tmpl")
	if err != nil {
		return fmt.Errorf("parsing the HTML template: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, newPage(summaries)); err != nil {
		return fmt.Errorf("filling the HTML template: %w", err)
	}
	_, err = b.WriteTo(w)
	return err
}

// inert escapes text so that it stays text when it is unescaped once more. Deck's html lens puts a page into an
// attribute and escapes its quotes but not its ampersands, so a page's "&lt;b" is read as "<b" there
// (https://github.com/kubernetes-sigs/prow/blob/main/pkg/spyglass/lenses/html/html.go). A <wbr> behind each "<" and "&"
// keeps them from beginning anything, and is no part of the text. It holds between tags only: no text from a build may
// stand in an attribute.
func inert(text string) template.HTML {
	var lines []string
	for _, line := range strings.Split(strings.ReplaceAll(text, "\t", "    "), "\n") {
		lines = append(lines, visible(strings.TrimRight(line, " \r")))
	}
	escaped := template.HTMLEscapeString(strings.Join(lines, "\n"))
	return template.HTML(strings.NewReplacer("&lt;", "&lt;<wbr>", "&amp;", "&amp;<wbr>").Replace(escaped))
}

// plain keeps what has no meaning in HTML at all, for the title: Deck shows it unescaped.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= utf8.RuneSelf || strings.ContainsRune("<>&\"'`", r) {
			return -1
		}
		return r
	}, visible(text))
}

// page is what the template shows.
type page struct {
	Title, Description, Policy string
	Style                      template.CSS
	Script                     template.JS
	Class, Word, Subject       string // the verdict over several builds
	Builds                     []buildView
	Several                    bool // more than one build
	Groups                     []matrixGroup
	Filters                    []filterView
}

type filterView struct {
	State State
	Class string
	Count int
}

func newPage(summaries []Summary) page {
	p := page{Several: len(summaries) > 1, Style: template.CSS(templates.ReportCSS), Script: template.JS(templates.ReportScript)}
	p.Policy = policy(templates.ReportCSS, templates.ReportScript)
	for i, s := range summaries {
		p.Builds = append(p.Builds, newBuildView(s, i+1, p.Several))
	}
	p.Word, p.Class, p.Subject = judgeBuilds(p.Builds)
	p.Groups = newMatrix(p.Builds)
	p.Filters = filters(p.Groups)
	p.Title = plain("Windows operational readiness: " + p.Word + versions(summaries))
	p.Description = p.Subject
	if !p.Several {
		p.Description = summaries[0].Coverage()
	}
	return p
}

// filters lists the states that occur, with the number of abilities that have them in a build.
func filters(groups []matrixGroup) []filterView {
	var views []filterView
	for _, state := range worstFirst() {
		count := 0
		for _, g := range groups {
			for _, row := range g.Rows {
				if slices.Contains(strings.Fields(row.States), class(state)) {
					count++
				}
			}
		}
		if count > 0 {
			views = append(views, filterView{state, class(state), count})
		}
	}
	return views
}

// policy allows the page its own style and script and nothing else.
func policy(style, script string) string {
	hash := func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return fmt.Sprintf("default-src 'none'; style-src %s; script-src %s; img-src data:; base-uri 'none'; form-action 'none'", hash(style), hash(script))
}

func versions(summaries []Summary) string {
	var names []string
	for _, s := range summaries {
		names = append(names, s.KubernetesVersion)
	}
	if names = nonEmpty(names...); len(names) == 0 {
		return ""
	}
	return ", Kubernetes " + strings.Join(slices.Compact(names), ", ")
}

func nonEmpty(texts ...string) []string {
	return slices.DeleteFunc(texts, func(text string) bool { return text == "" })
}

// judgeBuilds gives the worst verdict, and how many builds have which.
func judgeBuilds(builds []buildView) (word, class, subject string) {
	var parts []string
	for _, v := range []Verdict{NotReady, Incomplete, Ready} {
		n := 0
		for _, b := range builds {
			if b.Verdict != v {
				continue
			}
			if n++; word == "" {
				word, class = b.Word, b.Class
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v))
		}
	}
	return word, class, fmt.Sprintf("%d builds: %s.", len(builds), strings.Join(parts, ", "))
}

// class is the CSS class of a state or verdict.
func class(word fmt.Stringer) string { return specs.Slug(word.String()) }

// boundedLines and boundedBytes are how much of a failure text the page shows.
const (
	boundedLines = 200
	boundedBytes = 32 << 10
)

// bounded cuts a failure text in two: what is shown, and what is left out.
func bounded(text string) (shown, rest string) {
	end, lines := min(len(text), boundedBytes), 0
	for i := range end {
		if text[i] != '\n' {
			continue
		}
		if lines++; lines == boundedLines {
			end = i + 1
			break
		}
	}
	for end > 0 && end < len(text) && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end], text[end:]
}

// duration is how long the build took, "" if it is not known.
func (b Build) duration() string {
	if b.Started.IsZero() || !b.Finished.After(b.Started) {
		return ""
	}
	return b.Finished.Sub(b.Started).Round(time.Second).String()
}

// link is a text that leads somewhere, or, without a URL, a text.
type link struct{ Name, Text, URL string }

// facts are what is known about a build.
func facts(s Summary) []link {
	b := s.Build
	all := []link{
		{"Kubernetes", s.KubernetesVersion, ""},
		{"Provider", s.Provider, ""},
		{"Windows", b.Platform, ""},
		{"Job", b.Job, ""},
		{"Build", cmp.Or(b.ID, b.URL, b.Source), httpURL(b.URL)},
		pullLink(b),
		{"Commit", b.SHA[:min(12, len(b.SHA))], repositoryURL(b, "commit", b.SHA)},
		{"Duration", b.duration(), ""},
		{"Result of the job", b.Result, ""},
		dashboard(s),
	}
	return slices.DeleteFunc(all, func(l link) bool { return l.Text == "" })
}

func pullLink(b Build) link {
	if b.Pull == 0 {
		return link{}
	}
	number := fmt.Sprint(b.Pull)
	return link{"Pull request", "#" + number, repositoryURL(b, "pull", number)}
}

// testGrid is the beginning of the addresses of the project's dashboards, one for each version and category.
const testGrid = "https://testgrid.k8s.io/sig-windows-op-readiness-"

func dashboard(s Summary) link {
	v, err := specs.ParseVersion(s.KubernetesVersion)
	if err != nil {
		return link{}
	}
	return link{"TestGrid", "dashboard of " + v.String(), testGrid + v.String()}
}

// httpURL returns the address if it is one that may stand in a link.
func httpURL(address string) string {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		return ""
	}
	return u.String()
}

var repositoryPart = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)

func repositoryURL(b Build, kind, name string) string {
	for _, part := range []string{b.Org, b.Repo, name} {
		if !repositoryPart.MatchString(part) {
			return ""
		}
	}
	return "https://github.com/" + b.Org + "/" + b.Repo + "/" + kind + "/" + name
}

var (
	// e2eSource is a place in Kubernetes' e2e tests as a stack names it: below the module with or without its version,
	// below a GOPATH, or from the root of the repository.
	e2eSource = regexp.MustCompile(`(?:^|[\s(]|k8s\.io/kubernetes(?:@([^/\s]+))?/)(test/e2e(?:/[A-Za-z0-9_-]+)+\.go):([0-9]+)\b`)
	// releaseTag is a version that is a tag of Kubernetes' repository.
	releaseTag = regexp.MustCompile(`^v[0-9]+\.[0-9]+\.[0-9]+(?:-(?:alpha|beta|rc)\.[0-9]+)?$`)
	// beforeBranch is a version that was built before its release branch was cut.
	beforeBranch = regexp.MustCompile(`^v?[0-9]+\.[0-9]+\.0-(?:alpha|beta)\.`)
)

// testSource links the first place in a failure text that is in a test, and not in the framework below it, to its
// source in Kubernetes. The version is that of the cluster; a version in the text, which is e2e.test's own, goes first.
func testSource(version, text string) *link {
	found := e2eSource.FindAllStringSubmatch(text, -1)
	if len(found) == 0 {
		return nil
	}
	at := max(0, slices.IndexFunc(found, func(m []string) bool { return !strings.HasPrefix(m[2], "test/e2e/framework/") }))
	own, file, line := found[at][1], found[at][2], found[at][3]
	if !releaseTag.MatchString(own) {
		own = version
	}
	return &link{"", file + ":" + line, "https://github.com/kubernetes/kubernetes/blob/" + gitRef(own) + "/" + file + "#L" + line}
}

// gitRef is the tag of a release, else the branch that the version was built from.
func gitRef(version string) string {
	v, err := specs.ParseVersion(version)
	switch {
	case releaseTag.MatchString(version):
		return version
	case err != nil || v == specs.Master() || beforeBranch.MatchString(version):
		return "master"
	}
	return "release-" + v.String()
}

// buildView, categoryView, abilityView and testView add to their values what the page says about them.
type buildView struct {
	Summary
	Number               int
	Name, Which          string // the version, and which build of it
	Class, Word, Subject string
	Judged, Proven       string
	Told                 bool // beside other builds it has details
	Bar                  []segment
	Facts                []link
	Categories, Details  []categoryView // Details are those that are shown in full
	Failed               []abilityView
	Doubts, Remarks      []string
	Setup                []testView
}

type categoryView struct {
	Category
	Class, Anchor, Need, Proven, TestGrid string
	Bar                                   []segment
	Abilities                             []abilityView
}

// segment is a part of a bar of states.
type segment struct {
	Class        string
	Start, Count int
}

type abilityView struct {
	Ability
	Class, Anchor, Compared, Tested string // Anchor is "" for one without details
	Open                            bool   // its tests are shown at once
	Tests                           []testView
}

type testView struct {
	Test
	Class, First, Text, Left string
	Source                   *link // nil if the failure text names none
}

// newBuildView takes the builds' number from 1. Beside others a build shows only the abilities with something to tell.
func newBuildView(s Summary, number int, beside bool) buildView {
	counts := s.Counts()
	b := buildView{
		Summary: s, Number: number, Name: cmp.Or(s.KubernetesVersion, fmt.Sprintf("build %d", number)), Class: class(s.Verdict),
		Judged: "the cluster", Proven: fmt.Sprintf("%d of %d", counts.Proven(), counts.All()), Bar: bar(counts),
		Facts: facts(s), Doubts: s.whyIncomplete(), Remarks: warningLines(s.Warnings),
	}
	if !s.Whole {
		b.Judged = "a part"
	}
	b.Word, b.Subject, _ = strings.Cut(s.Headline(), ": ")
	b.Which = strings.Join(nonEmpty(s.Build.Platform, cmp.Or(s.Build.ID, s.Build.Source)), ", ")
	b.Setup = testViews(s, s.Setup)
	for i, c := range s.Categories {
		view := newCategoryView(s, c, fmt.Sprintf("b%d-c%d", number, i+1))
		detailed := view
		detailed.Abilities = nil
		for j := range view.Abilities {
			a := &view.Abilities[j]
			if beside && !a.tells() {
				continue
			}
			a.Anchor = fmt.Sprintf("%s-a%d", view.Anchor, j+1)
			detailed.Abilities = append(detailed.Abilities, *a)
			if a.State == Failed {
				b.Failed = append(b.Failed, *a)
			}
		}
		b.Categories = append(b.Categories, view)
		if len(detailed.Abilities) > 0 || !beside {
			b.Details = append(b.Details, detailed)
		}
	}
	b.Told = len(b.Details)+len(b.Doubts)+len(b.Setup)+len(b.Remarks) > 0
	return b
}

func newCategoryView(s Summary, c Category, anchor string) categoryView {
	view := categoryView{Category: c, Class: class(c.Verdict), Anchor: anchor, Need: "optional", Proven: c.proven(), Bar: bar(c.Counts())}
	if c.Required {
		view.Need = "required"
	}
	for _, a := range c.Abilities {
		view.Abilities = append(view.Abilities, newAbilityView(s, a))
		if a.Proven() { // without a test for any ability there is no dashboard
			view.TestGrid = testGrid + specs.Slug(c.Name)
		}
	}
	return view
}

func bar(counts Counts) []segment {
	var segments []segment
	start := 0
	for _, state := range worstFirst() {
		if counts[state] > 0 {
			segments = append(segments, segment{class(state), start, counts[state]})
			start += counts[state]
		}
	}
	return segments
}

func newAbilityView(s Summary, a Ability) abilityView {
	var counts Counts
	for _, test := range a.Tests {
		counts[test.State]++
	}
	noun := "tests"
	if len(a.Tests) == 1 {
		noun = "test"
	}
	return abilityView{
		Ability: a, Class: class(a.State), Compared: a.Standing.String(), Tested: fmt.Sprintf("%d %s: %s", len(a.Tests), noun, counts.Text()),
		Open: a.State == Failed || a.State == Flaky, Tests: testViews(s, a.Tests),
	}
}

// tells says whether an ability has more to show than its state and what the spec says of it.
func (a abilityView) tells() bool {
	return a.State == Failed || a.State == Flaky || a.State == Skipped || (a.Reason != "" && a.State != Unproven)
}

func testViews(s Summary, tests []Test) []testView {
	var views []testView
	for _, test := range tests {
		view := testView{Test: test, Class: class(test.State)}
		if first, _ := test.excerpt(1); len(first) > 0 {
			view.First = first[0]
		}
		if test.State == Failed || test.State == Flaky {
			var rest string
			if view.Text, rest = bounded(strings.TrimSpace(test.Message)); rest != "" {
				view.Left = fmt.Sprintf("%d more lines (%d bytes) are not shown here; the whole text is in %s, line %d", 1+strings.Count(rest, "\n"), len(rest), test.File, test.Line)
			}
			view.Source = testSource(s.KubernetesVersion, test.Message)
		}
		views = append(views, view)
	}
	return views
}

// matrixGroup is a category in all builds, matrixRow an ability. A cell is nil for a build that was not judged by it.
type matrixGroup struct {
	Name, Need, TestGrid string
	Cells                []*categoryView
	Rows                 []*matrixRow
}

type matrixRow struct {
	abilityView
	States string   // classes of the states that occur
	Why    string   // why it has no test
	Names  []string // of its tests that have a result in a build, sorted
	Cells  []*abilityView
}

func newMatrix(builds []buildView) []matrixGroup {
	var groups []matrixGroup
	for i, b := range builds {
		for j := range b.Categories {
			c := &b.Categories[j]
			at := slices.IndexFunc(groups, func(g matrixGroup) bool { return g.Name == c.Name })
			if at < 0 {
				at = len(groups)
				groups = append(groups, matrixGroup{Name: c.Name, Need: c.Need, Cells: make([]*categoryView, len(builds))})
			}
			groups[at].Cells[i] = c
			groups[at].TestGrid = cmp.Or(groups[at].TestGrid, c.TestGrid)
			groups[at].add(i, len(builds), c.Abilities)
		}
	}
	return groups
}

// add puts one build's abilities into the rows of their ids.
func (g *matrixGroup) add(build, builds int, abilities []abilityView) {
	for i := range abilities {
		a := &abilities[i]
		at := slices.IndexFunc(g.Rows, func(r *matrixRow) bool { return r.ID == a.ID })
		if at < 0 {
			at = len(g.Rows)
			g.Rows = append(g.Rows, &matrixRow{abilityView: *a, Cells: make([]*abilityView, builds)})
		}
		row := g.Rows[at]
		row.Cells[build] = a
		row.Partial = row.Partial || a.Partial
		row.States = strings.TrimSpace(row.States + " " + a.Class)
		if a.State == Unproven {
			row.Why = a.Reason
		}
		for _, test := range a.Tests {
			if at, there := slices.BinarySearch(row.Names, test.Name); !there {
				row.Names = slices.Insert(row.Names, at, test.Name)
			}
		}
	}
}
