package browser

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/prow/pkg/config"
	"sigs.k8s.io/prow/pkg/spyglass/api"
	"sigs.k8s.io/prow/pkg/spyglass/lenses/html"

	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// artifact is a report as Deck reads it.
type artifact struct {
	api.Artifact // the rest is not asked for
	data         []byte
}

func (a artifact) ReadAll() ([]byte, error) { return a.data, nil }
func (a artifact) CanonicalLink() string    { return "report.html" }

// deck writes the page that Deck's html lens makes of a report. The lens' own script, which gives the frame the height
// that the frame asks for, stands here in short.
func deck(t *testing.T, summaries ...reporter.Summary) string {
	t.Helper()
	report, err := os.ReadFile(strings.TrimPrefix(write(t, summaries...), "file://"))
	if err != nil {
		t.Fatal(err)
	}
	module, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/prow").Output()
	if err != nil {
		t.Fatal(err)
	}
	resources := filepath.Join(strings.TrimSpace(string(module)), "pkg/spyglass/lenses/html")
	body := html.Lens{}.Body([]api.Artifact{artifact{data: report}}, resources, "", json.RawMessage(nil), config.Spyglass{})
	const grow = `<style>table { width: 100%; }</style><script>addEventListener("message", (e) => { document.querySelector("iframe").style.height = e.data.height + "px"; });</script>`
	name := filepath.Join(t.TempDir(), "deck.html")
	if err := os.WriteFile(name, []byte("<!doctype html><title>Deck</title>"+grow+body), 0o644); err != nil {
		t.Fatal(err)
	}
	return "file://" + name
}

// inFrame runs an expression in the report.
func inFrame(expression string) string {
	return `document.querySelector("iframe").contentWindow.eval(` + string(must(json.Marshal(expression))) + `)`
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// TestDeck holds that a report works inside Deck.
func TestDeck(t *testing.T) {
	tab, _ := openLoud(t, chromium(t), deck(t, mixed(t)), view{width: 1280})
	settled(t, tab)
	picture(t, tab, "deck")
	if n := evaluate[int](t, tab, inFrame(shown)); n != 46 {
		t.Errorf("%d abilities are shown", n)
	}
	before := evaluate[int](t, tab, `document.querySelector("iframe").offsetHeight`)
	script(t, tab, inFrame(`document.getElementById("unfold").click()`))
	settled(t, tab)
	if after := evaluate[int](t, tab, `document.querySelector("iframe").offsetHeight`); after <= before || before < 2000 {
		t.Errorf("the frame is %d pixels high, unfolded %d", before, after)
	}
	script(t, tab, inFrame(`document.querySelector(".overview a").click()`))
	settled(t, tab)
	if n := evaluate[int](t, tab, inFrame(shown)); n != 46 {
		t.Errorf("a link inside the report leads out of it: %d abilities are shown", n)
	}
}
