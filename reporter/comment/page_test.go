package comment_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
)

var pages = flag.String("pages", "", "a folder to write the golden comments to as pages for a browser")

// commentStyle shows HTML about as GitHub shows it in a comment.
const commentStyle = `
body { margin: 0; padding: 16px; background: #fff; color: #1f2328; font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; }
.comment { max-width: 880px; border: 1px solid #d1d9e0; border-radius: 6px; }
.head { padding: 8px 16px; background: #f6f8fa; border-bottom: 1px solid #d1d9e0; border-radius: 6px 6px 0 0; color: #59636e; }
.head b { color: #1f2328; }
.body { padding: 16px; overflow-wrap: break-word; }
.body > :first-child { margin-top: 0; }
h3 { font-size: 1.25em; margin: 0 0 16px; }
p, table, pre, details, ul { margin: 0 0 16px; }
a { color: #0969da; text-decoration: underline; }
table { border-collapse: collapse; display: block; width: max-content; max-width: 100%; overflow: auto; }
th, td { border: 1px solid #d1d9e0; padding: 6px 13px; }
tr:nth-child(2n) td { background: #f6f8fa; }
code { font: 85% ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; background: #818b981f; padding: .2em .4em; border-radius: 6px; }
pre { background: #f6f8fa; padding: 16px; overflow: auto; border-radius: 6px; line-height: 1.45; }
pre code { background: none; padding: 0; }
summary { cursor: default; }
details > summary { margin-bottom: 8px; }
`

// TestCommentPages writes the golden comments as GitHub would show them, to be looked at. Of each the first folded part
// that is about a failure is open.
func TestCommentPages(t *testing.T) {
	if *pages == "" {
		t.Skip("without -pages")
	}
	files, err := filepath.Glob("testdata/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		comment, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var body bytes.Buffer
		page := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe(), html.WithHardWraps()))
		if err := page.Convert(comment, &body); err != nil {
			t.Fatal(err)
		}
		shown := body.String()
		if at := strings.Index(shown, "What failed"); at >= 0 {
			shown = shown[:at] + strings.Replace(shown[at:], "<details>", "<details open>", 1)
		}
		text := "<!DOCTYPE html><meta charset=utf-8><title>comment</title><style>" + commentStyle +
			"</style><div class=comment><div class=head><b>op-readiness-bot</b> commented, edited</div><div class=body>" + shown + "</div></div>\n"
		name := strings.TrimSuffix(filepath.Base(file), ".md") + ".html"
		if err := os.WriteFile(filepath.Join(*pages, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
