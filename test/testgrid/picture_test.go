package testgrid

import (
	"cmp"
	"flag"
	"fmt"
	"html"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// images is the folder of the pictures in the documentation.
var images = flag.String("images", "", "make the picture of a tab anew, in this folder; it needs chromium") //nolint:gochecknoglobals // flags of a test are

const gridStyle = `
body { margin: 0; padding: 16px; background: #fff; color: #202124; font: 13px/1.4 Roboto, "Noto Sans", Helvetica, Arial, sans-serif; }
h1 { font-size: 16px; margin: 0 0 4px; }
p { margin: 0 0 12px; color: #5f6368; }
table { border-collapse: collapse; }
th { font-weight: normal; text-align: left; padding: 2px 12px 2px 0; max-width: 640px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
thead th { color: #5f6368; padding: 2px 6px; text-align: center; }
td { width: 44px; height: 20px; border: 1px solid #fff; text-align: center; color: #fff; }
.green { background: #188038; } .red { background: #c5221f; } .flaky { background: #8430ce; }
`

// picture draws a tab as TestGrid's api tells it: a column a build, the newest first. TestGrid's own front end is not part of it.
func picture(t *testing.T, a api, dashboard, tab string) {
	t.Helper()
	state := ask(t, a, dashboard, tab)
	rows := map[string]bool{}
	for _, cells := range state.cells {
		for name := range cells {
			rows[name] = true
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<!DOCTYPE html><meta charset=utf-8><title>tab</title><style>%s</style><h1>%s / %s: %s</h1><p>As TestGrid's api tells it. A column a build, the newest first.</p><table><thead><tr><th></th>",
		gridStyle, html.EscapeString(dashboard), html.EscapeString(tab), state.status)
	for _, build := range state.builds {
		fmt.Fprintf(&b, "<th>%s</th>", html.EscapeString(build))
	}
	b.WriteString("</tr></thead>")
	marks := map[string]string{"green": "✓", "red": "✗", "flaky": "F"}
	names := slices.SortedFunc(maps.Keys(rows), func(a, b string) int { // verdicts first
		return cmp.Or(strings.Compare(b[:1], a[:1]), strings.Compare(a, b))
	})
	for _, name := range names {
		fmt.Fprintf(&b, "<tr><th>%s</th>", html.EscapeString(name))
		for _, build := range state.builds {
			how := state.cells[build][name]
			fmt.Fprintf(&b, "<td class=%q>%s</td>", how, marks[how])
		}
		b.WriteString("</tr>")
	}
	page := filepath.Join(t.TempDir(), "tab.html")
	if err := os.WriteFile(page, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--user-data-dir="+t.TempDir(),
		fmt.Sprintf("--window-size=1280,%d", 110+24*len(rows)), "--screenshot="+filepath.Join(*images, "testgrid.png"), "file://"+page).CombinedOutput()
	if err != nil {
		t.Fatalf("chromium: %v\n%s", err, out)
	}
}
