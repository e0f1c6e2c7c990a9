// Package browser holds the HTML report against a real browser: headless Chromium, driven by the DevTools protocol.
//
// It looks at what no parser can tell: that a page fits narrow screens, that its filters and folds work by mouse and
// keyboard, that its colours have contrast, that its own policy lets it do all it does and nothing more, and that it
// stays inert inside the html lens of Prow's Deck. It is a module of its own, so that nobody else needs its tools.
//
//	cd test/browser && go test . [-screenshots=FOLDER]
//
// needs Debian's package chromium, or another Chromium in PATH; without one the tests fail.
package browser
