// Package browser holds the HTML report against a real browser: headless Chromium, driven by the DevTools protocol.
//
// It looks at what no parser can tell: that a page fits narrow screens, that its filters and folds work by mouse and
// keyboard, that no word is broken where there is room for it, on screens and on paper, that axe-core finds nothing wrong
// with it, that its own policy lets it do all it does and nothing more, and that it stays inert inside the html lens of
// Prow's Deck. It is a module of its own, so that nobody else needs its tools.
//
//	cd test/browser && go test . [-screenshots=FOLDER] [-images=FOLDER]
//
// needs Debian's package chromium, or another Chromium in PATH, and npm, from which it takes axe-core and GitHub's style of Markdown
// (package-lock.json); without them the tests fail. -images makes the pictures of the documentation anew (make screenshots).
package browser
