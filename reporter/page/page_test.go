package page_test

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/internal/golden"
	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/page"
	"sigs.k8s.io/windows-operational-readiness/reporter/reportertest"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

func htmlPage(t *testing.T, summaries ...reporter.Summary) string {
	t.Helper()
	var b strings.Builder
	if err := page.Write(&b, summaries, addresses()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// addresses are those of the config that the program carries, as the goldens show them.
func addresses() coordinates.Addresses {
	return coordinates.Addresses{TestGrid: "https://testgrid.k8s.io", Prow: "https://prow.k8s.io", Group: "sig-windows-op-readiness"}
}

func parse(t *testing.T, page string) []*html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return slices.Collect(root.Descendants())
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// deckFrame returns what Deck's html lens lets a browser read in its frame: the page between two elements of its own,
// its quotes escaped, its ampersands not.
func deckFrame(t *testing.T, page string) string {
	t.Helper()
	framed := `<iframe srcdoc="` + strings.ReplaceAll(`<div id="wrapper">`+page+`</div>`, `"`, "&quot;") + `" sandbox="allow-scripts"></iframe>`
	for _, n := range parse(t, framed) {
		if n.Data == "iframe" {
			return attribute(n, "srcdoc")
		}
	}
	t.Fatal("no frame")
	return ""
}

func TestHTMLGolden(t *testing.T) {
	t.Parallel()
	recorded := reportertest.Recorded(t, "..", "simulated-cluster", "v1.36.3")
	golden.Check(t, filepath.Join("testdata", "single.html"), htmlPage(t, recorded))
	mixed := reportertest.Mixed(t)
	golden.Check(t, filepath.Join("testdata", "mixed.html"), htmlPage(t, mixed))
	golden.Check(t, filepath.Join("testdata", "matrix.html"), htmlPage(t, recorded, mixed))
	golden.Check(t, filepath.Join("testdata", "many.html"), htmlPage(t, slices.Repeat([]reporter.Summary{recorded, mixed}, 3)...))
	if err := page.Write(&strings.Builder{}, nil, addresses()); err == nil {
		t.Error("a page of no build")
	}
}

// TestHTMLContained holds that the page's policy names its own style and script, that the page loads nothing, and that
// its inner links lead somewhere.
func TestHTMLContained(t *testing.T) {
	t.Parallel()
	recorded := reportertest.Recorded(t, "..", "simulated-cluster", "v1.36.3")
	for _, page := range []string{htmlPage(t, recorded), htmlPage(t, recorded, reportertest.Recorded(t, "..", "conformance", "1.30"))} {
		policy, ids, inner := "", map[string]int{}, []string{}
		for _, n := range parse(t, page) {
			switch {
			case n.Data == "meta" && attribute(n, "http-equiv") != "":
				policy = attribute(n, "content")
			case n.Data == "style" || n.Data == "script":
				sum := sha256.Sum256([]byte(n.FirstChild.Data))
				if want := n.Data + "-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(policy, want+";") {
					t.Errorf("the policy %q lacks %s", policy, want)
				}
				if html.UnescapeString(n.FirstChild.Data) != n.FirstChild.Data {
					t.Errorf("the %s changes inside Deck's frame", n.Data)
				}
			}
			for _, a := range n.Attr {
				checkAttribute(t, n, a)
			}
			ids[attribute(n, "id")]++
			if target, ok := strings.CutPrefix(attribute(n, "href"), "#"); ok {
				inner = append(inner, target)
			}
		}
		delete(ids, "")
		for id, n := range ids {
			if n > 1 {
				t.Errorf("id %q stands %d times", id, n)
			}
		}
		for _, target := range inner {
			if ids[target] == 0 {
				t.Errorf("a link leads to %q, which is not there", target)
			}
		}
	}
}

func checkAttribute(t *testing.T, n *html.Node, a html.Attribute) {
	t.Helper()
	switch {
	case a.Key == "style" || a.Key == "src" || strings.HasPrefix(a.Key, "on"):
		t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
	case a.Key == "href" && strings.HasPrefix(a.Val, "#"):
	case a.Key == "href":
		if u, err := url.Parse(a.Val); err != nil || u.Scheme != "https" || n.Data != "a" || attribute(n, "rel") != "noopener noreferrer" {
			t.Errorf("<%s href=%q>", n.Data, a.Val)
		}
	}
}

// everywhere is a summary with a text in each place that a build can fill.
func everywhere(t *testing.T, text string) reporter.Summary {
	t.Helper()
	s := reportertest.Run(t, reportertest.One(reportertest.Row("[It] A", "failed", reportertest.Failure), reportertest.Row("[It] C", "skipped", reportertest.SelfSkip)), "")
	s.KubernetesVersion, s.Provider, s.Declared, s.Tool = text, text, text, text
	s.End, s.Spec = reporter.End{State: reporter.Cut, Words: text}, specs.Identity{Path: text, Digest: text}
	s.Nodes = []record.Node{{Name: text, OS: text, Build: text, Runtime: text, Kubelet: text, Taints: []string{text, text}}}
	s.Others = []reporter.Failure{{Suite: text, Test: reporter.Test{Name: text, Message: text, File: text}}}
	s.Build = reporter.Build{Source: text, Job: text, ID: text, Org: text, Repo: text, Pull: 1, SHA: text, Platform: text, URL: "javascript:" + text, Result: text}
	s.Setup = []reporter.Test{{Name: text, State: reporter.Failed, Message: text, File: text, Status: text}}
	s.Incomplete = []reporter.Warning{{File: text, Line: 1, Message: text}}
	s.Warnings = s.Incomplete
	c := &s.Categories[0]
	c.Name = text
	for i := range c.Abilities {
		a := &c.Abilities[i]
		a.ID, a.Description, a.Reasons, a.Notes, a.InPart = fmt.Sprint(i, text), text, []string{text, text}, text, true
		a.Ran = []reporter.Place{{OS: text, Build: text, Runtime: text, Nodes: []string{text}}}
		a.Standing = reporter.Standing{Kind: reporter.AlsoFailing, Since: text}
		for j := range a.Tests {
			// The second line lets the page link a source, the third is behind what it shows.
			a.Tests[j] = reporter.Test{
				Name: text, State: a.Tests[j].State, Status: text, File: text,
				Message: text + "\ntest/e2e/windows/x.go:5\n" + strings.Repeat("\n", 300) + text,
			}
		}
	}
	return s
}

// TestHTMLHostile holds that no text of a build makes an element or an attribute, neither on the page nor inside Deck.
func TestHTMLHostile(t *testing.T) {
	t.Parallel()
	for _, hostile := range []string{
		`<script>alert(1)</script>`, `</script><img src=x onerror=alert(1)>`, `</pre></details></td></tr></table><b>`, `"><svg/onload=alert(1)>`,
		`" onfocus=alert(1) autofocus x="`, `' onfocus=alert(1) x='`, "` onfocus=alert(1)", `&lt;img src=x onerror=alert(1)&gt;`, `&quot; onfocus=alert(1) &quot;`,
		`&#60;b&#62;`, `&#34; x=`, `<!--`, `-->`, `<![CDATA[`, `]]>`, `<?x`, `</title><b>`, `</style><b>`, `{{.}}`, "a\x00b<\x00b>", "\u202e<b>\u2066", "\xff\xfe<b>",
		`javascript:alert(1)`, `https://example.com/" onclick="x`, "a\r\nb", `&ampltb`, `<<b>>`, `&`, `<`, "\u00ad<\u00adb>", "\uff1cb\uff1e",
	} {
		for _, several := range []bool{false, true} {
			page, plain := []reporter.Summary{everywhere(t, hostile)}, []reporter.Summary{everywhere(t, "quite harmless")}
			if several {
				page, plain = append(page, page[0]), append(plain, plain[0])
			}
			got, want := htmlPage(t, page...), htmlPage(t, plain...)
			if diff := cmp.Diff(skeleton(t, want), skeleton(t, got)); diff != "" {
				t.Errorf("%q makes elements (-want +got):\n%s", hostile, diff)
			}
			if diff := cmp.Diff(skeleton(t, deckFrame(t, want)), skeleton(t, deckFrame(t, got))); diff != "" {
				t.Errorf("%q makes elements inside Deck (-want +got):\n%s", hostile, diff)
			}
		}
	}
}

// skeleton is a page without its texts: elements with their attributes. What the title and the description say, which
// Deck shows unescaped, is there if it could mean anything.
func skeleton(t *testing.T, page string) []string {
	t.Helper()
	var lines []string
	for _, n := range parse(t, page) {
		switch {
		case n.Type == html.CommentNode:
			lines = append(lines, "a comment")
		case n.Type != html.ElementNode || n.Data == "wbr":
		case n.Data == "title" && strings.ContainsAny(n.FirstChild.Data, "<>&\"'`"):
			lines = append(lines, n.FirstChild.Data)
		case n.Data == "a" && strings.HasPrefix(attribute(n, "href"), "https://testgrid.k8s.io/sig-windows-op-readiness-"):
			lines = append(lines, "a link to a dashboard, whose name is a slug")
		default:
			lines = append(lines, fmt.Sprint(n.Data, n.Attr))
		}
	}
	return lines
}

// TestHTMLText holds that what a build says is shown as it is, but for what could hide or reorder it.
func TestHTMLText(t *testing.T) {
	t.Parallel()
	const said = `<a href="x">&lt;b&gt; & 'c' "d"` + "\n\tif x < y && z"
	s := reportertest.Run(t, reportertest.One(reportertest.Row("[It] A", "failed", reportertest.Failure)), "")
	s.Categories[0].Abilities[0].Tests[0].Message = said + "\u202e\x1b\x00"
	page := htmlPage(t, s)
	for _, text := range []string{page, deckFrame(t, page)} {
		var shown strings.Builder
		for _, n := range parse(t, text) {
			if n.Type == html.TextNode {
				shown.WriteString(n.Data)
			}
		}
		if want := strings.ReplaceAll(said, "\t", "    "); !strings.Contains(shown.String(), want) {
			t.Errorf("the page does not show %q", want)
		}
	}
}

// TestHTMLBounded holds that the page shows the beginning of a long text and says where the rest is.
func TestHTMLBounded(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, last, left string }{
		{strings.Repeat("line\n", 199) + "last", "last</pre>", ""},
		{strings.Repeat("line\n", 199) + "last\none\ntwo", "last\n</pre>", "2 more lines (7 bytes) are not shown here; the whole text is in artifacts/junit_01.xml, line 1"},
		{"x" + strings.Repeat("é", 20<<10), "éé</pre>", "1 more lines (8194 bytes)"},
	} {
		s := reportertest.Run(t, reportertest.One(reportertest.Row("[It] A", "failed", reportertest.Failure)), "")
		s.Categories[0].Abilities[0].Tests[0].Message = test.text
		page := htmlPage(t, s)
		if !strings.Contains(page, test.last) || !strings.Contains(page, test.left) || strings.Contains(page, "are not shown here") != (test.left != "") {
			t.Errorf("a text of %d bytes: want %q and %q", len(test.text), test.last, test.left)
		}
	}
}

func TestHTMLFacts(t *testing.T) {
	t.Parallel()
	s := reportertest.Run(t, reportertest.One(reportertest.Row("[It] A", "failed", reportertest.Failure), reportertest.Row("[It] C", "passed", "")), "")
	s.KubernetesVersion = "v1.36.3"
	start := time.Date(2026, 7, 1, 6, 0, 0, 0, time.UTC)
	s.Build = reporter.Build{
		ID: "17", Org: "kubernetes", Repo: "kubernetes", Pull: 42, SHA: "0123456789abcdef", URL: "https://prow.k8s.io/view/gs/b/17",
		Started: start, Finished: start.Add(2*time.Hour + 41*time.Minute), Job: "ci-windows-op-readiness-1-36-ltsc2022", Version: "1.36", Platform: "ltsc2022",
	}
	s.Nodes = []record.Node{{Name: "w1", OS: "windows", Build: "10.0.20348.2700", Runtime: "containerd://2.0.5"}, {Name: "w2", OS: "windows", Build: "10.0.20348.2700", Runtime: "containerd://2.0.5"}}
	s.Spec, s.Tool = specs.Identity{Embedded: true, Digest: "sha256:0123456789abcdef"}, "v1.2.3"
	s.Categories[0].Abilities[1].Ran = []reporter.Place{{OS: "windows", Build: "10.0.20348.2700", Runtime: "containerd://2.0.5", Nodes: []string{"w1", "w2"}}}
	s.Baseline = 10
	s.Categories[0].Abilities[0].Standing = reporter.Standing{Kind: reporter.FlakyThere, Failed: 2, Of: 10}
	page := htmlPage(t, s)
	for _, want := range []string{
		`<title>Windows operational readiness: NOT READY, Kubernetes v1.36.3</title>`,
		`<meta name="description" content="1 shown whole, 0 in part, 1 failed, 1 without a test, of 3 required.">`,
		`href="https://prow.k8s.io/view/gs/b/17" target="_blank" rel="noopener noreferrer">17</a>`,
		`href="https://github.com/kubernetes/kubernetes/pull/42"`,
		`href="https://github.com/kubernetes/kubernetes/commit/0123456789abcdef" target="_blank" rel="noopener noreferrer">0123456789ab</a>`,
		`<dt>Duration</dt><dd>2h41m0s</dd>`,
		`<dt>Windows</dt><dd>10.0.20348.2700 (ltsc2022)</dd>`, `<dt>Runtime</dt><dd>containerd 2.0.5</dd>`, `<dt>Nodes</dt><dd>2 Windows</dd>`,
		`<dt>Judged by</dt><dd>KEP-2578 (sha256:0123456789ab)</dd>`, `<dt>Run by</dt><dd>op-readiness v1.2.3</dd>`,
		`ran on 2 nodes, 10.0.20348.2700, containerd 2.0.5`,
		`href="https://testgrid.k8s.io/sig-windows-op-readiness-1.36#ltsc2022"`,
		`href="https://testgrid.k8s.io/sig-windows-op-readiness-core-network"`,
		`flaky on the base branch: it failed in 2 of 10 builds`, `Need the author&#39;s attention: 0 of 1 failures`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

// TestHTMLTestGrid holds that only results of a job of ours lead to TestGrid, which has no history of others.
func TestHTMLTestGrid(t *testing.T) {
	t.Parallel()
	for job, want := range map[string]int{
		"ci-windows-op-readiness-1-36-ltsc2022": 2, "pull-windows-op-readiness-core-network": 2,
		"": 0, "ci-kubernetes-e2e-capz-1-36-windows": 0, "ci-windows-op-readiness-1-35-ltsc2022": 0,
	} {
		s := reportertest.Run(t, reportertest.One(reportertest.Row("[It] A", "passed", "")), "")
		s.KubernetesVersion, s.Build = "v1.36.3", reporter.Build{Job: job, Version: "1.36", Platform: "ltsc2022"}
		if got := strings.Count(htmlPage(t, s), `href="https://testgrid.k8s.io/`); got != want {
			t.Errorf("%q: %d links to TestGrid, want %d", job, got, want)
		}
	}
}

// TestHTMLAddress holds that only what a browser fetches is a link.
func TestHTMLAddress(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"https://prow.k8s.io/view/gs/b/17": true, "http://localhost:8080/view": true, "HTTPS://prow.k8s.io/": true,
		"javascript://example.com/%0aalert(1)": false, "data:text/html,x": false, "file:///etc/passwd": false, "//example.com/": false, "/view": false, "": false,
	} {
		s := reportertest.Run(t, reportertest.One(reportertest.Row("[It] A", "passed", "")), "")
		s.Build.URL, s.Build.ID = address, "17"
		if got := strings.Contains(htmlPage(t, s), ">17</a>"); got != want {
			t.Errorf("%q is a link: %t", address, got)
		}
	}
}

// TestHTMLSource holds that a failure is linked to its source in the tag or branch of its version.
func TestHTMLSource(t *testing.T) {
	t.Parallel()
	const at, blob = "In [It] at: ", "https://github.com/kubernetes/kubernetes/blob/"
	for _, test := range []struct{ version, text, want string }{
		{"v1.36.3", at + "test/e2e/windows/x.go:52 @ 11/22/26", "v1.36.3/test/e2e/windows/x.go#L52"},
		{"1.35", at + "k8s.io/kubernetes@v1.36.3/test/e2e/windows/x.go:52", "v1.36.3/test/e2e/windows/x.go#L52"},
		{"v1.36.3", "/go/src/k8s.io/kubernetes/_output/dockerized/go/src/k8s.io/kubernetes/test/e2e/apps/daemon_set.go:134 +0x5a", "v1.36.3/test/e2e/apps/daemon_set.go#L134"},
		{"1.36", at + "test/e2e/windows/x.go:52", "release-1.36/test/e2e/windows/x.go#L52"},
		{"v1.36.4-12+0123abc", at + "test/e2e/windows/x.go:52", "release-1.36/test/e2e/windows/x.go#L52"},
		{"v1.37.0-alpha.2", at + "test/e2e/windows/x.go:52", "v1.37.0-alpha.2/test/e2e/windows/x.go#L52"},
		{"v1.37.0-alpha.2.55+0123abc", at + "test/e2e/windows/x.go:52", "master/test/e2e/windows/x.go#L52"},
		{"master", at + "test/e2e/windows/x.go:52", "master/test/e2e/windows/x.go#L52"},
		{"", at + "test/e2e/windows/x.go:52", "master/test/e2e/windows/x.go#L52"},
		{"v1.36.3", at + "test/e2e/framework/pod/wait.go:1\ntest/e2e/windows/x.go:52", "v1.36.3/test/e2e/windows/x.go#L52"},
		{"v1.36.3", at + "test/e2e/framework/pod/wait.go:1", "v1.36.3/test/e2e/framework/pod/wait.go#L1"},
		{"v1.36.3", at + "example.com/other/test/e2e/windows/x.go:52", ""},
		{"v1.36.3", at + "test/e2e/../../x.go:52", ""},
		{"v1.36.3", "it broke", ""},
	} {
		s := reportertest.Run(t, reportertest.One(reportertest.Row("[It] A", "failed", reportertest.Failure)), "")
		s.KubernetesVersion = test.version
		s.Categories[0].Abilities[0].Tests[0].Message = test.text
		got := ""
		for _, n := range parse(t, htmlPage(t, s)) {
			if address := attribute(n, "href"); strings.HasPrefix(address, blob) {
				got = strings.TrimPrefix(address, blob)
			}
		}
		if got != test.want {
			t.Errorf("%q of %q: linked to %q, want %q", test.text, test.version, got, test.want)
		}
	}
}
