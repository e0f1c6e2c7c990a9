package browser

import (
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestLayout holds that pages fit the screen, fold, and have contrast (WCAG 2.2, 1.4.3 and 1.4.10), in every scheme.
func TestLayout(t *testing.T) {
	browser := chromium(t)
	pages := map[string]string{
		"single": write(t, mixed(t)), "recorded": write(t, recorded(t)), "matrix": write(t, several(t)...), "many": write(t, many(t)...),
		"hostile": write(t, hostile(t)),
	}
	for name, address := range pages {
		for _, v := range []view{{width: 360}, {width: 360, dark: true}, {width: 800}, {width: 1400}, {width: 1400, dark: true}} {
			t.Run(name+"-"+v.String(), func(t *testing.T) {
				tab := open(t, browser, address, v)
				picture(t, tab, name+"-"+v.String())
				click(t, tab, "#unfold")
				picture(t, tab, name+"-"+v.String()+"-unfolded")
				if width := evaluate[int64](t, tab, "document.documentElement.scrollWidth"); width > v.width {
					t.Errorf("the page is %d pixels wide", width)
				}
				for _, text := range evaluate[[]string](t, tab, lowContrast) {
					t.Errorf("too little contrast: %s", text)
				}
			})
		}
	}
}

// lowContrast lists the texts whose colour differs from the background behind it by less than 4.5 to 1.
const lowContrast = `(() => {
	const channels = (color) => color.match(/[\d.]+/g).map(Number);
	const luminance = (color) => {
		const [r, g, b] = channels(color).map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const behind = (element) => {
		for (let e = element; e; e = e.parentElement) {
			const color = getComputedStyle(e).backgroundColor;
			if (channels(color)[3] !== 0) return color;
		}
		return "rgb(255, 255, 255)";
	};
	const low = new Set();
	for (const e of document.body.querySelectorAll("*")) {
		if (e.closest("script") || !e.checkVisibility()) continue;
		if (![...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim())) continue;
		const [a, b] = [luminance(getComputedStyle(e).color), luminance(behind(e))].sort((x, y) => y - x);
		const ratio = (a + 0.05) / (b + 0.05);
		if (ratio < 4.5) low.add(e.tagName + " " + e.className + " " + ratio.toFixed(2) + " " + e.textContent.slice(0, 40));
	}
	return [...low];
})()`

// shown counts the abilities that are to be seen.
const shown = `document.querySelectorAll("#abilities [data-states]:not([hidden])").length`

func TestFilters(t *testing.T) {
	browser := chromium(t)
	for name, address := range map[string]string{"single": write(t, mixed(t)), "matrix": write(t, several(t)...)} {
		t.Run(name, func(t *testing.T) {
			tab := open(t, browser, address, view{width: 1280})
			all := evaluate[int](t, tab, shown)
			said := func() string { return evaluate[string](t, tab, `document.getElementById("shown").textContent`) }
			if all < 40 || said() != "46 of 46 abilities shown" {
				t.Fatalf("%d abilities are shown at first, the page says %q", all, said())
			}
			enter(t, tab, "#find", "HOSTPATH volume")
			found := evaluate[int](t, tab, shown)
			if found == 0 || found >= all || !strings.HasPrefix(said(), string(rune('0'+found))+" of 46") {
				t.Errorf("%d abilities are shown for a text, the page says %q", found, said())
			}
			if groups := evaluate[int](t, tab, `[...document.querySelectorAll("#abilities [data-group]")].filter((g) => !g.hidden).length`); groups >= 9 {
				t.Error("categories without a match are shown")
			}
			click(t, tab, "#show-all")
			if again := evaluate[int](t, tab, shown); again != all {
				t.Errorf("%d abilities are shown after \"Show all\"", again)
			}
			click(t, tab, "#not-green")
			wrong := `[...document.querySelectorAll("#abilities [data-states]")].filter((r) => r.hidden !== (r.dataset.states.split(" ").every((s) => s === "passed"))).length`
			if n := evaluate[int](t, tab, wrong); n > 0 {
				t.Errorf("%d abilities are wrongly shown or hidden by \"Only what is not green\"", n)
			}
			click(t, tab, `#filters input[value=failed]`)
			if n := evaluate[int](t, tab, `document.querySelectorAll("#abilities [data-states=failed]:not([hidden])").length`); n > 0 {
				t.Errorf("%d failed abilities are shown without their checkbox", n)
			}
		})
	}
}

// TestAnchors holds that a link to an ability which a filter hides shows it.
func TestAnchors(t *testing.T) {
	tab := open(t, chromium(t), write(t, several(t)...), view{width: 1280})
	enter(t, tab, "#find", "NetworkPolicy")
	script(t, tab, `document.querySelector(".matrix tr:not([hidden]) td a").dataset.test = "1"`)
	target := evaluate[string](t, tab, `document.querySelector("[data-test]").hash`)
	script(t, tab, `document.querySelector("#find").value = "xyzzy"; document.querySelector("#find").dispatchEvent(new Event("input"))`)
	if evaluate[int](t, tab, shown) != 0 {
		t.Fatal("a text that nothing holds shows abilities")
	}
	script(t, tab, `document.querySelector("[data-test]").click()`)
	if !evaluate[bool](t, tab, `document.querySelector("`+target+`").checkVisibility()`) {
		t.Error("a link does not show what it leads to")
	}
}

// TestKeyboard holds that the filters and the folds are reached in order and work without a mouse.
func TestKeyboard(t *testing.T) {
	tab := open(t, chromium(t), write(t, mixed(t)), view{width: 1280})
	focus := func() string {
		return evaluate[string](t, tab, `(() => { const e = document.activeElement; return e.id || e.className || e.value || e.tagName; })()`)
	}
	var order []string
	for range 40 {
		run(t, tab, chromedp.KeyEvent(kb.Tab))
		order = append(order, focus())
		if order[len(order)-1] == "SUMMARY" && slices.Contains(order, "unfold") {
			break
		}
	}
	at := 0
	for _, stop := range []string{"skip", "find", "not-green", "show-all", "unfold", "SUMMARY"} {
		next := slices.Index(order[at:], stop)
		if next < 0 {
			t.Fatalf("%s is out of order in %q", stop, order)
		}
		at += next
	}
	fold := `document.activeElement.parentElement.open`
	before := evaluate[bool](t, tab, fold)
	run(t, tab, chromedp.KeyEvent(kb.Enter))
	if evaluate[bool](t, tab, fold) == before {
		t.Error("Enter does not fold")
	}
	if outline := evaluate[string](t, tab, `getComputedStyle(document.activeElement).outlineStyle`); outline == "none" {
		t.Error("the focus cannot be seen")
	}
	script(t, tab, `document.querySelector(".skip").focus()`)
	run(t, tab, chromedp.KeyEvent(kb.Enter))
	if focus() != "abilities" {
		t.Errorf("the skip link leads to %s", focus())
	}
	script(t, tab, `document.querySelector("#filters input").focus()`)
	run(t, tab, chromedp.KeyEvent(" "))
	if evaluate[int](t, tab, shown) == 46 {
		t.Error("the space bar does not use a checkbox")
	}
}

// TestWithoutScript holds that the page says everything without its script.
func TestWithoutScript(t *testing.T) {
	tab := open(t, chromium(t), write(t, mixed(t)), view{width: 1280, static: true})
	if evaluate[bool](t, tab, `document.getElementById("filters").checkVisibility()`) {
		t.Error("filters are shown that do nothing")
	}
	if n := evaluate[int](t, tab, `[...document.querySelectorAll("[data-states]")].filter((r) => r.checkVisibility()).length`); n != 46 {
		t.Errorf("%d abilities are shown", n)
	}
}
