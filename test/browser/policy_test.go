package browser

import (
	"fmt"
	"strings"
	"testing"
)

// TestPolicy holds that the page's policy keeps out what is not the page's own.
func TestPolicy(t *testing.T) {
	browser := chromium(t)
	address := write(t, mixed(t))
	for name, intruder := range map[string]string{
		"script":  `const e = document.createElement("script"); e.textContent = "pwned = 1"; document.body.append(e)`,
		"handler": `document.body.setAttribute("onclick", "pwned = 1"); document.body.click()`,
		"style":   `document.body.setAttribute("style", "color: red")`,
		"image":   `document.body.append(Object.assign(new Image(), {src: "https://example.com/x.png"}))`,
		"base":    `document.head.append(Object.assign(document.createElement("base"), {href: "https://example.com/"}))`,
	} {
		t.Run(name, func(t *testing.T) {
			tab, said := openLoud(t, browser, address, view{width: 1280})
			script(t, tab, intruder)
			if evaluate[bool](t, tab, `"pwned" in window`) {
				t.Error("it ran")
			}
			if lines := fmt.Sprint(said.take()); !strings.Contains(lines, "Content Security Policy") {
				t.Errorf("it was not refused: %s", lines)
			}
		})
	}
}

// TestHostile holds that what a build says is text and nothing else, on the page itself and inside Deck, which unescapes
// it once more.
func TestHostile(t *testing.T) {
	browser := chromium(t)
	for _, address := range []string{write(t, hostile(t)), write(t, hostile(t), hostile(t))} {
		tab := open(t, browser, address, view{width: 1280})
		checkInert(t, evaluate[bool](t, tab, `"pwned" in window`), evaluate[string](t, tab, `document.body.textContent`))
	}
	tab, _ := openLoud(t, browser, deck(t, hostile(t)), view{width: 1280})
	settled(t, tab)
	checkInert(t, evaluate[bool](t, tab, `"pwned" in window`), evaluate[string](t, tab, `document.body.textContent`))
	checkInert(t, evaluate[bool](t, tab, inFrame(`"pwned" in window`)), evaluate[string](t, tab, inFrame(`document.body.textContent`)))
}

func checkInert(t *testing.T, pwned bool, text string) {
	t.Helper()
	if pwned {
		t.Error("a build's text ran as script")
	}
	if strings.Contains(text, "not ready") && !strings.Contains(text, `<script>pwned=1</script><img src=x onerror=pwned=1>&lt;img`) {
		t.Error("a build's text is not shown as it is")
	}
}
