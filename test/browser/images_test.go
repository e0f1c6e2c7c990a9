package browser

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
)

// images is the folder of the pictures in the documentation.
var images = flag.String("images", "", "make the pictures of the documentation anew, in this folder")

// commentWidth is the width that GitHub gives a comment's frame at most, in pixels: 1280 for the page, of which 64 are its margins, 296 the
// sidebar, 24 the gap before it, and 56 the author's picture.
const commentWidth = 840

// commentStyle is what GitHub has around the Markdown of a comment, whose text is smaller than that of a file.
const commentStyle = `
body { margin: 0; padding: 16px; background: #fff; font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; }
.comment { box-sizing: border-box; max-width: 840px; border: 1px solid #d1d9e0; border-radius: 6px; }
.head { padding: 8px 16px; background: #f6f8fa; border-bottom: 1px solid #d1d9e0; border-radius: 6px 6px 0 0; color: #59636e; }
.markdown-body { padding: 16px; font-size: 14px; }
`

// writeComment writes a comment as GitHub shows it, by its own style of Markdown (github-markdown-css), and returns its address.
func writeComment(t *testing.T, name string) string {
	t.Helper()
	comment, err := os.ReadFile(filepath.Join("../../reporter/comment/testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	markdown := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe(), html.WithHardWraps()))
	if err := markdown.Convert(comment, &body); err != nil {
		t.Fatal(err)
	}
	shown := body.String()
	text := "<!DOCTYPE html><html lang=en><meta charset=utf-8><title>comment</title><style>" + npm(t, "github-markdown-css", "github-markdown-light.css") + commentStyle +
		"</style><div class=comment><div class=head><b>op-readiness-bot</b> commented, edited</div><div class=markdown-body>" + shown + "</div></div>\n"
	file := filepath.Join(t.TempDir(), "comment.html")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return "file://" + file
}

// TestComments holds that a comment fits the width that GitHub gives it at most, and so does each table in it, folded or not, and keeps
// pictures of all.
func TestComments(t *testing.T) {
	files, err := filepath.Glob("../../reporter/comment/testdata/*.md")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d comments, %v", len(files), err)
	}
	browser := chromium(t)
	for _, file := range files {
		tab := open(t, browser, writeComment(t, filepath.Base(file)), view{width: commentWidth + 32})
		if width := evaluate[int64](t, tab, "document.documentElement.scrollWidth"); width > commentWidth+32 {
			t.Errorf("%s is %d pixels wide", file, width)
		}
		const over = "(() => { document.querySelectorAll('details').forEach(d => d.open = true); return Math.max(0, ...[...document.querySelectorAll('table')].map(t => t.scrollWidth - t.clientWidth)) })()"
		if width := evaluate[int64](t, tab, over); width > 0 {
			t.Errorf("a table of %s has to be scrolled by %d pixels", file, width)
		}
		evaluate[bool](t, tab, "(() => { document.querySelectorAll('details').forEach(d => d.open = false); return true })()")
		picture(t, tab, "comment-"+strings.TrimSuffix(filepath.Base(file), ".md"))
	}
}

// TestImages makes the pictures of the documentation anew: a part of a page, and one of a comment.
func TestImages(t *testing.T) {
	if *images == "" {
		t.Skip("without -images")
	}
	browser := chromium(t)
	for name, part := range map[string]struct {
		address       string
		width, height int64
	}{
		"report.png":  {write(t, mixed(t)), 1280, 1240},
		"comment.png": {writeComment(t, "three-jobs.md"), commentWidth + 32, 1040},
	} {
		tab := open(t, browser, part.address, view{width: part.width})
		if err := os.WriteFile(filepath.Join(*images, name), top(t, tab, part.width, part.height), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// top is a picture of the beginning of a page.
func top(t *testing.T, tab context.Context, width, height int64) []byte {
	t.Helper()
	clip := &page.Viewport{Width: float64(width), Height: float64(height), Scale: 1}
	result, err := chromedp.Call(tab, page.CaptureScreenshot, page.CaptureScreenshotParams{Clip: clip, CaptureBeyondViewport: ptr(true)})
	if err != nil {
		t.Fatal(err)
	}
	return result.Data
}
