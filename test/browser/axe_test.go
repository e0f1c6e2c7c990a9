package browser

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// npm returns a file of a package from npm, as package-lock.json pins it.
func npm(t *testing.T, elements ...string) string {
	t.Helper()
	name := filepath.Join("node_modules", filepath.Join(elements...))
	if _, err := os.Stat(name); err != nil {
		if out, err := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund").CombinedOutput(); err != nil {
			t.Fatalf("npm ci: %v\n%s", err, out)
		}
	}
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// axe is the script of axe-core, the checker of accessibility.
func axe(t *testing.T) string { return npm(t, "axe-core", "axe.min.js") }

// violations runs axe-core with every rule of WCAG 2.2 A and AA, and its own good practices.
const violations = `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then((r) =>
	r.violations.map((v) => v.id + ": " + v.help + ": " + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(" | ")))`

// TestAccessibility holds pages against axe-core, contrast among its rules.
func TestAccessibility(t *testing.T) {
	browser, script := chromium(t), axe(t)
	for name, address := range map[string]string{
		"single": write(t, mixed(t)), "recorded": write(t, recorded(t)), "matrix": write(t, several(t)...), "many": write(t, many(t)...),
	} {
		views := []view{{width: 360}, {width: 1400}, {width: 1400, dark: true}}
		if name == "many" {
			views = views[1:2] // the same elements, thirty times
		}
		for _, v := range views {
			t.Run(name+"-"+v.String(), func(t *testing.T) {
				tab := open(t, browser, address, v)
				click(t, tab, "#unfold")
				evaluate[bool](t, tab, script+"; true")
				found, err := chromedp.Run(tab, chromedp.Evaluate[[]string](violations, chromedp.EvalAwaitPromise))
				if err != nil {
					t.Fatal(err)
				}
				for _, violation := range found {
					t.Error(violation)
				}
			})
		}
	}
	tab := open(t, browser, write(t, mixed(t)), view{width: 1400})
	evaluate[bool](t, tab, script+`; true`)
	found, err := chromedp.Run(tab, chromedp.Evaluate[[]string](`(document.documentElement.removeAttribute("lang"), `+violations+`)`, chromedp.EvalAwaitPromise))
	if err != nil || !strings.Contains(strings.Join(found, " "), "html-has-lang") {
		t.Errorf("axe-core finds nothing wrong with a page without a language: %q, %v", found, err)
	}
}
