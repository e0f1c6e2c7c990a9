package view_test

import (
	"encoding/csv"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/reportertest"
	"sigs.k8s.io/windows-operational-readiness/reporter/view"
)

// greens are what a form shows as good: categories by their names, abilities by their descriptions, and the verdict.
type greens struct {
	verdict bool
	names   []string
}

// greenOf reads what each form shows as good, as its reader does.
func greenOf(t *testing.T) map[string]func(text string) greens {
	t.Helper()
	return map[string]func(string) greens{
		"table": func(text string) greens {
			return greens{strings.Contains(text, "\x1b[32mREADY: "), submatches(text,
				`(?m)^  \x1b\[32m\w+ *\x1b\[0m  [^:\n]+: ([^\n]+)`, `(?m)^(\S+) +\x1b\[32mready`, `(?m)^\x1b\[32m(\S+)\x1b\[0m \(`)}
		},
		"markdown": func(text string) greens {
			return greens{strings.Contains(text, "✅ **"), submatches(text, `(?m)^\| ([^|\n]+?)(?: \(optional\))? \| (?:✅|passed|flaky)`, `<summary>([^:\n]+): ready`)}
		},
		"lens": func(text string) greens {
			return greens{strings.HasPrefix(text, "## ✅"), submatches(text, `(?m)^\| ([^|\n]+?)(?: \(optional\))? \| ✅`)}
		},
		"html": func(text string) greens {
			return greens{strings.Contains(text, `class="verdict ready"`), submatches(text,
				`<tr data-states="(?:passed|flaky)"[^>]*>\n<td><span class="state (?:passed|flaky)">[^\n]*\n<td>\n<p data-find>([^<]+)</p>`,
				`<span data-name>([^<]+)</span> <span class="state ready">`, `<a href="#[^"]+">([^<]+)</a></th>\n<td>\w+</td>\n<td><span class="state ready">`)}
		},
		"table of builds": func(text string) greens {
			return greens{strings.Contains(text, "\x1b[32mready"), submatches(text, `(?m)^ *([A-Za-z]\S+) +\x1b\[32m`)}
		},
		"html of builds": greenMatrix,
		"json":           func(text string) greens { return greenData(t, json.Unmarshal, text) },
		"yaml":           func(text string) greens { return greenData(t, yaml.Unmarshal, text) },
		"csv":            func(text string) greens { return greenCSV(t, text) },
		"junit":          func(text string) greens { return greenJUnit(t, text) },
	}
}

// greenMatrix reads the page of several builds.
func greenMatrix(text string) greens {
	_, matrix, _ := strings.Cut(text, `<table class="matrix`)
	matrix, _, _ = strings.Cut(matrix, "</table>")
	g := greens{verdict: strings.Contains(text, `class="verdict ready"`)}
	for _, row := range strings.Split(matrix, "<tr")[1:] {
		if strings.Contains(row, `class="state passed`) || strings.Contains(row, `class="state flaky`) || strings.Contains(row, `class="state ready`) {
			g.names = append(g.names, submatches(row, `<(?:p data-find|span data-name)>([^<]+)<`)...)
		}
	}
	return g
}

// submatches are what the first groups of patterns hold.
func submatches(text string, patterns ...string) []string {
	var list []string
	for _, p := range patterns {
		for _, m := range regexp.MustCompile(p).FindAllStringSubmatch(text, -1) {
			list = append(list, m[1])
		}
	}
	return list
}

func greenData(t *testing.T, unmarshal func([]byte, any) error, text string) greens {
	t.Helper()
	var s struct {
		Verdict    string
		Headline   string
		Categories []struct {
			Name, Verdict string
			Abilities     []struct{ Description, State string }
		}
	}
	if err := unmarshal([]byte(text), &s); err != nil {
		t.Fatal(err)
	}
	g := greens{verdict: s.Verdict == "ready" || strings.HasPrefix(s.Headline, "READY")}
	for _, c := range s.Categories {
		if c.Verdict == "ready" {
			g.names = append(g.names, c.Name)
		}
		for _, a := range c.Abilities {
			if a.State == "passed" || a.State == "flaky" {
				g.names = append(g.names, a.Description)
			}
		}
	}
	return g
}

func greenCSV(t *testing.T, text string) greens {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := func(row []string, column string) string { return row[slices.Index(rows[0], column)] }
	g := greens{}
	for _, row := range rows[1:] {
		if at(row, "state") == "passed" || at(row, "state") == "flaky" {
			g.names = append(g.names, at(row, "description"))
		}
		if at(row, "categoryVerdict") == "ready" {
			g.names = append(g.names, at(row, "category"))
		}
		g.verdict = g.verdict || at(row, "verdict") == "ready"
	}
	return g
}

func greenJUnit(t *testing.T, text string) greens {
	t.Helper()
	g := greens{}
	for _, row := range shownBy(t, text) {
		suite, name, _ := strings.Cut(row, ".")
		if strings.HasPrefix(row, "Core.") || strings.HasPrefix(row, "Extend.") {
			_, name, _ = strings.Cut(name, ".")
		}
		switch {
		case strings.Contains(row, " failure ") || strings.HasSuffix(row, " error"):
		case suite == "Verdict" && (name == "The cluster is operationally ready" || name == "The judged categories are ready"):
			g.verdict = true
		default:
			g.names = append(g.names, name)
		}
	}
	return g
}

// shownGood are what the judge says is good.
func shownGood(s reporter.Summary) map[string]bool {
	good := map[string]bool{}
	for _, c := range s.Categories {
		if c.Verdict == reporter.Ready {
			good[c.Name] = true
		}
		for _, a := range c.Abilities {
			if a.State == reporter.Passed || a.State == reporter.Flaky {
				good[a.Description], good[a.ID] = true, true
			}
		}
	}
	return good
}

// renderForm is render, twice the same build for a form "of builds".
func renderForm(t *testing.T, form string, o view.Options, s reporter.Summary) string {
	t.Helper()
	if one, ok := strings.CutSuffix(form, " of builds"); ok {
		return render(t, one, o, s, s)
	}
	return render(t, form, o, s)
}

// TestNoFormIsGreener does every single fault to a ready build, and holds that no form shows as good what the judge does not.
func TestNoFormIsGreener(t *testing.T) {
	t.Parallel()
	forms := greenOf(t)
	options := view.Options{Color: true, Details: true, Width: 1000, Addresses: coordinates.Addresses{}}
	check := func(name string, s reporter.Summary) {
		good := shownGood(s)
		for form, read := range forms {
			g := read(renderForm(t, form, options, s))
			if g.verdict != (s.Verdict == reporter.Ready) {
				t.Errorf("%s: %s shows a verdict as good: %t, the judge says %s", name, form, g.verdict, s.Verdict)
			}
			for _, shown := range g.names {
				if !good[shown] {
					t.Errorf("%s: %s shows %q as good", name, form, shown)
				}
			}
		}
	}
	e, q := reportertest.ReadyBuild(t)
	ready := reportertest.Answer(t, e, q)
	check("no fault", ready)
	for form, read := range forms {
		g := read(renderForm(t, form, options, ready))
		want := slices.Collect(maps.Keys(shownGood(ready)))
		ids := form == "table of builds" // has ids where the others have descriptions
		want = slices.DeleteFunc(want, func(name string) bool {
			return !strings.Contains(name, ".") && ids == strings.HasPrefix(name, "Ability")
		})
		if form == "lens" { // abilities do not stand there
			want = slices.DeleteFunc(want, func(name string) bool { return strings.HasPrefix(name, "Ability") })
		}
		if strings.HasPrefix(form, "table") { // where what is flaky is yellow
			want = slices.DeleteFunc(want, func(name string) bool {
				return strings.Contains(name, "again") || strings.Contains(name, "retry") || name == "rerun" || name == "retried"
			})
		}
		for _, name := range want {
			if !slices.Contains(g.names, name) {
				t.Errorf("the test does not see that %s shows %q as good", form, name)
			}
		}
	}
	for _, f := range reportertest.Faults() {
		e, q := reportertest.ReadyBuild(t)
		f.Do(&e, &q)
		check(f.Name, reportertest.Answer(t, e, q))
	}
}
