package comment_test

import (
	"bytes"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	goldhtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/comment"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// hostile are texts that have broken comments of other tools, or could.
func hostile() []string {
	return []string{
		"@contributor please look", "cc @kubernetes-sigs/owners", "fixes #123", "closes kubernetes/kubernetes#1", "GH-1 and 9c1f0e3b7d5a46288e1f90c2ab34cd56ef780912",
		"&#64;contributor &#35;1 &commat;contributor &amp;#64;x", "`@contributor`", "``` \n@contributor\n```\n", "a ` b `` c ``` d", "`", "``", "~~~\n~~~", "a | b || c \\| d \\", "x\n| --- |\n| y |",
		"<script>alert(1)</script>", "</details></summary><img src=x onerror=y>", "<!-- -->", "-->", "</code><img src=x>", "</code></summary></details>", "<a href=\"https://example.com\">", "![image](https://example.com/x.png)", "[link](https://example.com)", "[link]: https://example.com",
		"https://example.com www.example.com ftp://example.com someone@example.com mailto:someone@example.com", "http&#58;//example.com www&#46;example.com",
		"/close", "\n/lgtm\n", "/test all\r\n/approve", "a\u2028/close\u2029/close", "# Heading\n===\n---", "- item\n1. item\n> quote\n    code",
		"\u202eright to left\u202c \u200bzero\u200d width\ufeff \u2066x\u2069", "\u00ad\u034f\u115f\u3164\ufe0f\U000e0041", "\x00\x1b[31mred\x1b[0m\x7f\u0085", "\xff\xfe", "$x^2$ :tada: *a* _b_ **c** ~~d~~", "&lt;b&gt;", strings.Repeat("`", 500), strings.Repeat("x", 10_000),
		"<!-- op-readiness: summary -->", "<!-- test report -->", "<\u200b!-- test report -->", "<!<!----", "\t \t", "", " ", "\\", "\\`", "]", ")", "](https://example.com)", "&copy; &nosuch;",
	}
}

// hostileSummary has text wherever something can come from a file of a build.
func hostileSummary(text string, failures int) reporter.Summary {
	s := reporter.Summary{
		Build: reporter.Build{
			Source: text, Job: text, ID: text, Org: text, Repo: text, SHA: text, Platform: text, URL: text, Result: "FAILURE",
			Started: time.Unix(1, 0), Finished: time.Unix(2, 0),
		},
		KubernetesVersion: text, Provider: text, Verdict: reporter.NotReady, Baseline: 3,
		Setup:      []reporter.Test{{Name: text, State: reporter.Failed, Status: text, Message: text, File: text, Line: 1}},
		Incomplete: []reporter.Warning{{Message: text}, {File: text, Line: 3, Message: text}, {Message: text}},
		Warnings:   []reporter.Warning{{File: text, Message: text}},
	}
	ability := func(state reporter.State, tests ...reporter.Test) reporter.Ability {
		return reporter.Ability{
			TestCase: specs.TestCase{Description: text, Partial: true, Notes: text}, InPart: true, State: state, Reasons: []string{text, text + "2"}, Tests: tests,
			Standing: reporter.Standing{Kind: reporter.AlsoFailing, Since: text, Of: 3},
		}
	}
	c := reporter.Category{Name: "Core.Network", Required: true, Verdict: reporter.NotReady}
	for i := range failures {
		c.Abilities = append(c.Abilities, ability(reporter.Failed, reporter.Test{
			Name: fmt.Sprintf("%s%d", text, i), State: reporter.Failed, Status: text, Message: text, File: text,
		}))
	}
	for _, state := range []reporter.State{reporter.NotRun, reporter.Passed, reporter.Flaky, reporter.Skipped, reporter.Exempt, reporter.Unproven, reporter.Unconfirmed} {
		c.Abilities = append(c.Abilities, ability(state))
	}
	s.Categories = []reporter.Category{c}
	return s
}

// FuzzComment holds that no text of a build can do anything in a comment but be read: the comment has the same parts
// as with a harmless text, and within its bounds.
func FuzzComment(f *testing.F) {
	for i, text := range hostile() {
		f.Add(text, uint8(i*7), uint16(2000+1500*i))
	}
	f.Fuzz(func(t *testing.T, text string, failures uint8, limit uint16) {
		o := comment.Options{SHA: text, TestGrid: map[string]string{text: text}, Addresses: shownAt(), Limit: max(2000, int(limit))}
		of := func(job reporter.Summary) comment.Content {
			c := jobsOf(job)
			c.Older = []reporter.Summary{job}
			for range 3 {
				c.Refused = append(c.Refused, job.Incomplete[1])
			}
			return c
		}
		job := hostileSummary(text, int(failures))
		said := comment.Render(of(job), o)
		checkComment(t, said, nil)
		if over := comment.Render(comment.Content{Over: text}, o); len(over) <= o.Limit {
			checkComment(t, over, nil)
		}
		if len(said) > o.Limit {
			t.Errorf("%d bytes, want %d at most", len(said), o.Limit)
		}
		o.Limit = 10_000_000 // so that both have all their parts
		job, harmless := hostileSummary(text, 3), hostileSummary(harmlessLike(text), 3)
		for _, s := range []*reporter.Summary{&job, &harmless} {
			s.Build.URL, s.Build.Job, s.Build.SHA = "", strings.Repeat("/", 2), ""
		}
		o.SHA, o.TestGrid = "", nil
		want := nodeKinds(comment.Render(of(harmless), o))
		got := nodeKinds(comment.Render(of(job), o))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the text changes the structure (-want +got):\n%s", diff)
		}
	})
}

// harmlessLike is a text without syntax that is as empty as another.
func harmlessLike(text string) string {
	switch {
	case text == "":
		return ""
	case strings.TrimSpace(text) == "":
		return " "
	}
	return "x"
}

func markdown() goldmark.Markdown {
	return goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(goldhtml.WithUnsafe()))
}

// nodeKinds lists the kinds of all nodes but the text, each as deep as it stands.
func nodeKinds(comment string) []string {
	var kinds []string
	depth := 0
	root := markdown().Parser().Parse(text.NewReader([]byte(comment)))
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch {
		case n.Kind() == ast.KindText || n.Kind() == ast.KindString:
		case entering:
			kinds = append(kinds, strings.Repeat(" ", depth)+n.Kind().String())
			depth++
		default:
			depth--
		}
		return ast.WalkContinue, nil
	})
	return kinds
}

var (
	tags    = regexp.MustCompile(`<[^>]*>`)
	tagsOK  = regexp.MustCompile(`^</?(details|summary|code|pre|h3|p|table|thead|tbody|tr|th|td|strong|ul|li|br)>$|^<t[hd] style="text-align:right">$|^<br>$|^<code class="language-text">$|^<!-- op-readiness: summary -->$`)
	codes   = regexp.MustCompile(`(?s)<pre>.*?</pre>|<code>.*?</code>`)
	anchor  = regexp.MustCompile(`<a href="([^"]*)">|</a>`)
	mention = regexp.MustCompile(`@[A-Za-z0-9]`)
	command = regexp.MustCompile(`(?m)^\s*/`)
	// What GitHub makes something of in text: mentions, references, addresses, math, emoji.
	alive = regexp.MustCompile(`(?i)@[a-z0-9]|#[0-9]|://|www\.|\bGH-[0-9]|\b[0-9a-f]{7,40}\b|:[a-z0-9_+-]+:`)
)

// checkComment holds of any comment that only we have put syntax into it. The only addresses are ours, and those of
// input that are addresses and nothing else.
func checkComment(t *testing.T, said string, addresses []string) {
	t.Helper()
	if !strings.HasPrefix(said, comment.Marker+"\n### ") {
		t.Errorf("it does not begin with the marker and the verdict:\n%.200s", said)
	}
	if !utf8.ValidString(said) || len(utf16.Encode([]rune(said))) > 65_536 {
		t.Error("it is no UTF-8, or too long")
	}
	if found := command.FindString(said); found != "" {
		t.Errorf("a line begins with a command:\n%s", said)
	}
	if n := strings.Count(said, "<!--"); n != 1 {
		t.Errorf("it has the beginnings of %d HTML comments:\n%s", n, said)
	}
	if found := mention.FindString(said); found != "" {
		t.Errorf("a bot that reads the source may see the mention %q", found)
	}
	for _, r := range said {
		if r != '\n' && r != '\u2060' && r != '\ufe0f' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)) {
			t.Errorf("it has the invisible %U", r)
		}
	}
	var page bytes.Buffer
	if err := markdown().Convert([]byte(said), &page); err != nil {
		t.Fatal(err)
	}
	for _, code := range codes.FindAllString(page.String(), -1) {
		inside := strings.NewReplacer("<pre>", "", `<code class="language-text">`, "", "<code>", "", "</code>", "", "</pre>", "").Replace(code)
		if strings.ContainsAny(inside, "<>") {
			t.Errorf("code has HTML in it:\n%s", code)
		}
	}
	outside := codes.ReplaceAllString(page.String(), "")
	outside = anchor.ReplaceAllStringFunc(outside, func(a string) string {
		if m := anchor.FindStringSubmatch(a); m[1] != "" && !strings.HasPrefix(m[1], "https://prow.k8s.io/view/") &&
			!strings.HasPrefix(m[1], "https://testgrid.k8s.io/") && !slices.Contains(addresses, html.UnescapeString(m[1])) {
			t.Errorf("it links to %q", m[1])
		}
		return ""
	})
	for _, tag := range tags.FindAllString(outside, -1) {
		if !tagsOK.MatchString(tag) {
			t.Errorf("it has the HTML %q", tag)
		}
	}
	if found := alive.FindString(html.UnescapeString(tags.ReplaceAllString(outside, " "))); found != "" {
		t.Errorf("GitHub makes something of %q:\n%s", found, outside)
	}
}
