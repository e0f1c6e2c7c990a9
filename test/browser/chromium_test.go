package browser

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// screenshots is the folder that the pages' pictures are written to.
var screenshots = flag.String("screenshots", "", "keep screenshots in this folder (default: make none)")

// view is what a page is looked at with.
type view struct {
	width  int64
	dark   bool
	static bool // without scripts
}

func (v view) String() string {
	scheme := "light"
	if v.dark {
		scheme = "dark"
	}
	return fmt.Sprintf("%d-%s", v.width, scheme)
}

// chromium starts a browser that ends with the test.
func chromium(t *testing.T) context.Context {
	t.Helper()
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(executable(t)), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-component-update", true))
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	run(t, ctx)
	return ctx
}

func executable(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			return found
		}
	}
	t.Fatal("no chromium in PATH: these tests need the Debian package chromium or the like")
	return ""
}

// run does things in a tab.
func run(t *testing.T, tab context.Context, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(tab, actions...); err != nil {
		t.Fatal(err)
	}
}

// call gives a command of the protocol to a tab.
func call[P any](t *testing.T, tab context.Context, command cdp.Command[P, cdp.Empty], params P) {
	t.Helper()
	if _, err := chromedp.Call(tab, command, params); err != nil {
		t.Fatal(err)
	}
}

func click(t *testing.T, tab context.Context, selector string) {
	t.Helper()
	run(t, tab, chromedp.Click(chromedp.CSS(selector)))
}

func enter(t *testing.T, tab context.Context, selector, text string) {
	t.Helper()
	run(t, tab, chromedp.SendKeys(chromedp.CSS(selector), text))
}

// evaluate returns the value of an expression in the page.
func evaluate[T any](t *testing.T, tab context.Context, expression string) T {
	t.Helper()
	value, err := chromedp.Run(tab, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// script runs statements in the page.
func script(t *testing.T, tab context.Context, statements string) {
	t.Helper()
	evaluate[int](t, tab, statements+"; 0")
}

// open shows a page in a tab of its own. What the page says on the console, a refusal of its policy among it, and what
// it asks the network for are errors of the test.
func open(t *testing.T, browser context.Context, address string, v view) context.Context {
	t.Helper()
	tab, said := openLoud(t, browser, address, v)
	t.Cleanup(func() {
		for _, line := range said.take() {
			t.Error(line)
		}
	})
	return tab
}

// openLoud is open for a test that judges itself what is said.
func openLoud(t *testing.T, browser context.Context, address string, v view) (context.Context, *talk) {
	t.Helper()
	tab, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	said := &talk{}
	if err := chromedp.Listen(tab, said.listen); err != nil {
		t.Fatal(err)
	}
	scheme := "light"
	if v.dark {
		scheme = "dark"
	}
	call(t, tab, network.Enable, network.EnableParams{})
	call(t, tab, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: v.width, Height: 900, DeviceScaleFactor: 1})
	call(t, tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: v.static})
	call(t, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
	run(t, tab, chromedp.Navigate(address))
	return tab, said
}

// talk gathers what should not be said.
type talk struct {
	mu    sync.Mutex
	lines []string
}

func (k *talk) listen(event any) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		k.lines = append(k.lines, fmt.Sprintf("console: %s: %s", e.Entry.Level, e.Entry.Text))
	case *runtime.EventConsoleAPICalled:
		k.lines = append(k.lines, fmt.Sprintf("console: %s", e.Type))
	case *runtime.EventExceptionThrown:
		k.lines = append(k.lines, "exception: "+e.ExceptionDetails.Text)
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(e.Request.URL, "file://") {
			k.lines = append(k.lines, "request: "+e.Request.URL)
		}
	}
}

// take returns what was said and forgets it.
func (k *talk) take() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	lines := k.lines
	k.lines = nil
	return lines
}

// picture keeps a screenshot of the whole page, if somebody wants to look at it.
func picture(t *testing.T, tab context.Context, name string) {
	t.Helper()
	folder := *screenshots
	if folder == "" {
		return
	}
	png, err := chromedp.Run(tab, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// settled waits until the frame has the height of its content.
func settled(t *testing.T, tab context.Context) {
	t.Helper()
	run(t, tab, chromedp.Poll[chromedp.Void](`(() => {
		const frame = document.querySelector("iframe");
		const content = frame.contentDocument.getElementById("wrapper");
		return content && frame.clientHeight === content.offsetHeight;
	})()`, chromedp.WithPollingTimeout(10*time.Second)))
}
