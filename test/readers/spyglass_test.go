package readers

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"sigs.k8s.io/prow/pkg/config"
	"sigs.k8s.io/prow/pkg/spyglass/api"
	"sigs.k8s.io/prow/pkg/spyglass/lenses/junit"

	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// artifact is a file as Deck reads it.
type artifact struct {
	api.Artifact // the rest is not asked for
	data         []byte
}

func (a artifact) ReadAll() ([]byte, error) { return a.data, nil }
func (a artifact) CanonicalLink() string    { return "https://example.org/junit_op-readiness.xml" }
func (a artifact) JobPath() string          { return "artifacts/junit_op-readiness.xml" }

// TestSpyglass holds what the JUnit lens shows on the page of a build: which rows it says passed, and that it says of every
// other one why not.
func TestSpyglass(t *testing.T) {
	module, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/prow").Output()
	if err != nil {
		t.Fatal(err)
	}
	resources := filepath.Join(strings.TrimSpace(string(module)), "pkg/spyglass/lenses/junit")
	for fault, s := range summaries(t) {
		body := junit.Lens{}.Body([]api.Artifact{artifact{data: []byte(xml(t, s))}}, resources, "", json.RawMessage(nil), config.Spyglass{})
		if silent, passedLater := strings.Count(body, "&lt;nil&gt;"), s.Counts().Of(reporter.Flaky); silent != passedLater {
			t.Errorf("%s: of %d rows nothing is said, %d are the second of a flaky one", fault, silent, passedLater)
		}
		root, err := html.Parse(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		rows := map[string]shown{}
		for id, how := range map[string]shown{"failed-tbody": red, "passed-tbody": green, "flaky-tbody": neither, "skipped-tbody": neither} {
			for _, row := range rowsBelow(root, id) {
				rows[row] = how
				if id == "skipped-tbody" {
					t.Errorf("%s: %q is folded away as skipped", fault, row)
				}
			}
		}
		check(t, fault, s, rows)
	}
}

// rowsBelow are the rows "class.name" in the part of the lens with this id.
func rowsBelow(root *html.Node, id string) []string {
	var rows []string
	for part := range root.Descendants() {
		if part.Data != "tbody" || attribute(part, "id") != id {
			continue
		}
		for n := range part.Descendants() {
			if n.Data != "td" || !strings.Contains(attribute(n, "class"), "test-name") || n.FirstChild == nil {
				continue
			}
			class, name, ok := strings.Cut(strings.TrimSpace(strings.ReplaceAll(n.FirstChild.Data, "\u00a0", " ")), ": ")
			if ok && !strings.HasPrefix(class, "Run #") {
				rows = append(rows, class+"."+name)
			}
		}
	}
	return rows
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}
