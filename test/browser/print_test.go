package browser

import (
	"context"
	"encoding/base64"
	"regexp"
	"strconv"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// brokenWords lists the words that stand on two lines. Behind a hyphen and a slash a line may end.
const brokenWords = `(() => {
	const broken = new Set();
	const unseen = (e) => { for (; e; e = e.parentElement) if (getComputedStyle(e).clipPath === "inset(50%)") return true; return false; };
	const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let node = texts.nextNode(); node; node = texts.nextNode()) {
		const e = node.parentElement;
		if (e.closest("script, pre, .upright") || !e.checkVisibility() || unseen(e)) continue;
		for (const word of node.data.matchAll(/[^\s\-\/?]+/g)) {
			const range = document.createRange();
			range.setStart(node, word.index);
			range.setEnd(node, word.index + word[0].length);
			const tops = new Set([...range.getClientRects()].map((r) => Math.round(r.top / 4)));
			if (tops.size > 1) broken.add(word[0] + " in " + e.tagName + " " + e.className);
		}
	}
	return [...broken];
})()`

// paper shows a page as it is printed, on paper so many pixels wide.
func paper(t *testing.T, tab context.Context, width int64) {
	t.Helper()
	call(t, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	call(t, tab, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 900, DeviceScaleFactor: 1})
}

func ptr[T any](value T) *T { return &value }

// TestWholeWords holds that no word is broken where there is room for it: on screens of a tablet, and on paper.
func TestWholeWords(t *testing.T) {
	browser := chromium(t)
	for name, address := range map[string]string{"single": write(t, mixed(t)), "matrix": write(t, several(t)...), "many": write(t, many(t)...)} {
		for _, width := range []int64{641, 800, 960, 961} {
			t.Run(name+"-"+strconv.FormatInt(width, 10), func(t *testing.T) {
				tab := open(t, browser, address, view{width: width})
				for _, word := range evaluate[[]string](t, tab, brokenWords) {
					t.Error(word)
				}
				click(t, tab, "#unfold")
				for _, word := range evaluate[[]string](t, tab, brokenWords) {
					t.Error("unfolded: " + word)
				}
			})
		}
		t.Run(name+"-paper", func(t *testing.T) {
			width := int64(1047) // A4 across
			if name == "single" {
				width = 718 // and upright
			}
			tab := open(t, browser, address, view{width: width})
			paper(t, tab, width)
			for _, word := range evaluate[[]string](t, tab, brokenWords) {
				t.Error(word)
			}
			if got := evaluate[int64](t, tab, "document.documentElement.scrollWidth"); got > width {
				t.Errorf("it is %d pixels wide", got)
			}
			picture(t, tab, name+"-paper")
		})
	}
	tab := open(t, browser, write(t, mixed(t)), view{width: 700})
	script(t, tab, `document.querySelector(".standing").textContent = "x".repeat(2000)`)
	if len(evaluate[[]string](t, tab, brokenWords)) != 1 {
		t.Error("a word that is longer than a line is not found")
	}
}

// TestPrinted holds that several builds are printed across the paper, and one upright.
func TestPrinted(t *testing.T) {
	browser := chromium(t)
	for _, test := range []struct {
		name, address string
		across        bool
	}{{"single", write(t, mixed(t)), false}, {"many", write(t, many(t)...), true}} {
		tab := open(t, browser, test.address, view{width: 1400})
		result, err := chromedp.Call(tab, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: ptr(true)})
		if err != nil {
			t.Fatal(err)
		}
		pdf, err := base64.StdEncoding.DecodeString(string(result.Data))
		if err != nil {
			pdf = []byte(result.Data)
		}
		box := regexp.MustCompile(`/MediaBox ?\[0 0 ([0-9.]+) ([0-9.]+)\]`).FindSubmatch(pdf)
		if box == nil {
			t.Fatal("a PDF without a page")
		}
		width, _ := strconv.ParseFloat(string(box[1]), 64)
		height, _ := strconv.ParseFloat(string(box[2]), 64)
		if (width > height) != test.across {
			t.Errorf("%s is printed on paper of %g by %g", test.name, width, height)
		}
	}
}

// TestManyBuilds holds that the matrix of a month stands first and whole on a screen, and that its marks have words.
func TestManyBuilds(t *testing.T) {
	tab := open(t, chromium(t), write(t, many(t)...), view{width: 1400})
	const columns = `[...document.querySelectorAll(".matrix thead th")]`
	if n := evaluate[int](t, tab, columns+`.length`); n != 31 {
		t.Fatalf("%d columns", n)
	}
	if right := evaluate[float64](t, tab, `Math.max(...`+columns+`.map((e) => e.getBoundingClientRect().right))`); right > 1400 {
		t.Errorf("the last column ends at %g", right)
	}
	if overflow := evaluate[bool](t, tab, `(() => { const e = document.querySelector(".scroll"); return e.scrollWidth > e.clientWidth; })()`); overflow {
		t.Error("the matrix must be scrolled sideways")
	}
	if first := evaluate[bool](t, tab, `document.querySelector(".matrix").getBoundingClientRect().top < 400`); !first {
		t.Error("the matrix is not on the first screen")
	}
	const mute = `[...document.querySelectorAll(".matrix tbody td")].filter((e) => e.title === "" || !e.textContent.trim() || !e.textContent.includes(e.title.split(/[:,]/)[0])).length`
	if n := evaluate[int](t, tab, mute); n > 0 {
		t.Errorf("%d cells have no word for a mouse or for a screen reader", n)
	}
	const heads = columns + `.slice(1).filter((e) => !/\d{4}-\d\d-\d\d/.test(e.textContent)).length`
	if n := evaluate[int](t, tab, heads); n > 0 {
		t.Errorf("%d columns have no day", n)
	}
	script(t, tab, `document.querySelector(".matrix thead a.number").click()`)
	if target := evaluate[string](t, tab, `location.hash`); target != "#row-1" {
		t.Errorf("the head of a column leads to %q", target)
	}
}
