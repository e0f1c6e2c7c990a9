package specs

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/nearest"
	"sigs.k8s.io/windows-operational-readiness/internal/yamlfile"
)

// rawFile is a spec file as written: one category, or, with a category on each test case, several.
type rawFile struct {
	Category           string    `yaml:"category"`
	Required           *bool     `yaml:"required"`
	KubernetesVersions []string  `yaml:"kubernetesVersions"`
	TestCases          []rawCase `yaml:"testCases"`
}

type rawCase struct {
	Category           string      `yaml:"category"`
	ID                 string      `yaml:"id"`
	Description        string      `yaml:"description"`
	Focus              []string    `yaml:"focus"`
	AnyOf              [][]string  `yaml:"anyOf"`
	Skip               []string    `yaml:"skip"`
	KubernetesVersions []string    `yaml:"kubernetesVersions"`
	SkipProviders      []string    `yaml:"skipProviders"`
	Unproven           string      `yaml:"unproven"`
	Candidates         []string    `yaml:"candidates"`
	Partial            bool        `yaml:"partial"`
	Notes              string      `yaml:"notes"`
	MaxTests           int         `yaml:"maxTests"`
	Shared             bool        `yaml:"shared"`
	Placement          any         `yaml:"placement"` // a word, or roles
	Seen               string      `yaml:"seen"`
	Evidence           []Condition `yaml:"evidence"`
	// Two keys of the older single-file form that describe images and select nothing.
	LinuxImage   any `yaml:"linux_image"`
	WindowsImage any `yaml:"windows_image"`
}

// Parse turns files into categories: those of KEP-2578 in its order, then those of one's own in the order of the files. It is strict: an unknown key, a value that means nothing,
// or an ability that no one can tell how to prove is an error, and all errors of all files are returned joined, each
// "file:line: message".
func Parse(files []File) ([]Category, error) {
	p := parser{categories: map[string]*Category{}, required: map[string]string{}}
	var errs []error
	for _, file := range files {
		errs = append(errs, p.file(file))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	var categories []Category
	for _, name := range slices.Concat(Names(), p.own) {
		if c := p.categories[name]; c != nil {
			categories = append(categories, *c)
		}
	}
	return categories, nil
}

type parser struct {
	categories map[string]*Category
	own        []string          // categories that KEP-2578 does not have, in the order of first use
	required   map[string]string // where a category's "required" was given
	cases      []located         // of all files, for what must be unique
}

// located is a test case with its category.
type located struct {
	TestCase
	category string
}

func (p *parser) file(file File) error {
	var raw rawFile
	f := yamlfile.Decode(file.Name, file.Data, &raw)
	if f.Err() != nil && len(raw.TestCases) == 0 && raw.Category == "" {
		return f.Err()
	}
	if !f.Has("testCases") {
		f.Problemf("", "testCases is missing")
	}
	if raw.Category != "" || len(raw.TestCases) == 0 {
		p.fileCategory(f, raw)
	}
	if raw.Required != nil {
		p.setRequired(f, raw)
	}
	versions := parseVersions(f, "kubernetesVersions", raw.KubernetesVersions)
	for i, rc := range raw.TestCases {
		at := fmt.Sprintf("testCases[%d]", i)
		c := p.caseCategory(f, at, raw, rc)
		tc := parseCase(f, at, rc)
		tc.File = file.Name
		if len(tc.KubernetesVersions) == 0 {
			tc.KubernetesVersions = versions
		}
		if c == nil {
			continue
		}
		if tc.ID == "" {
			tc.ID = Slug(c.Name + " " + tc.Description)
		}
		p.unique(f, at, located{TestCase: tc, category: c.Name})
		c.TestCases = append(c.TestCases, tc)
	}
	return f.Err()
}

// caseCategory returns the category of a test case: its own, or the file's.
func (p *parser) caseCategory(f *yamlfile.File, at string, raw rawFile, rc rawCase) *Category {
	switch {
	case rc.Category == "" && raw.Category == "":
		f.Problemf(at, "category is missing, here and at the top of the file")
		return nil
	case rc.Category == "":
		return p.categories[raw.Category]
	case raw.Category != "" && rc.Category != raw.Category:
		f.Problemf(at+".category", "category %q stands in a file for %q", rc.Category, raw.Category)
		return nil
	}
	return p.category(f, at+".category", rc.Category)
}

// fileCategory makes the category at the top of a file known: one of KEP-2578, or one of the user's own, which the file
// says is not required.
func (p *parser) fileCategory(f *yamlfile.File, raw rawFile) {
	name := raw.Category
	if name == "" || raw.Required == nil || *raw.Required || p.categories[name] != nil || kepName(name) != "" {
		p.category(f, "category", name)
		return
	}
	if !categoryForm.MatchString(name) {
		f.Problemf("category", "category %q is not of words such as Acme.Storage", name)
		return
	}
	p.categories[name] = &Category{Name: name}
	p.own = append(p.own, name)
}

// categoryForm is what a category of one's own may be called: its name becomes a part of the names of jobs and files.
var categoryForm = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*(\.[A-Z][A-Za-z0-9]*)*$`)

// kepName returns the name of KEP-2578 that a category has but for the case of its letters, or "".
func kepName(name string) string {
	for _, known := range Names() {
		if strings.EqualFold(name, known) {
			return known
		}
	}
	return ""
}

// category returns the category of that name, made on first use, or nil if it is neither of KEP-2578 nor known as the
// user's own.
func (p *parser) category(f *yamlfile.File, at, name string) *Category {
	switch {
	case name == "":
		f.Problemf(at, "category is missing")
	case p.categories[name] != nil:
	case slices.Contains(Names(), name):
		p.categories[name] = &Category{Name: name, Required: strings.HasPrefix(name, "Core.")}
	default:
		f.Problemf(at, "unknown category %q%s: one that is not of KEP-2578 stands at the top of a file with required: false",
			name, nearest.Hint(name, Names()))
	}
	return p.categories[name]
}

func (p *parser) setRequired(f *yamlfile.File, raw rawFile) {
	c := p.categories[raw.Category]
	if raw.Category == "" {
		f.Problemf("required", "required needs a category at the top of the file")
	}
	if c == nil {
		return
	}
	if first, ok := p.required[c.Name]; ok && c.Required != *raw.Required {
		f.Problemf("required", "required differs from %s for the same category", first)
	}
	p.required[c.Name] = fmt.Sprintf("%s:%d", f.Name(), f.Line("required"))
	c.Required = *raw.Required
}

var idForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func parseCase(f *yamlfile.File, at string, rc rawCase) TestCase {
	tc := TestCase{
		ID:                 rc.ID,
		Description:        strings.TrimSpace(rc.Description),
		Focus:              regexps(f, at+".focus", rc.Focus),
		AnyOf:              alternatives(f, at+".anyOf", rc.AnyOf),
		Skip:               regexps(f, at+".skip", rc.Skip),
		KubernetesVersions: parseVersions(f, at+".kubernetesVersions", rc.KubernetesVersions),
		SkipProviders:      slices.DeleteFunc(rc.SkipProviders, func(s string) bool { return s == "" }),
		Unproven:           strings.TrimSpace(rc.Unproven),
		Candidates:         regexps(f, at+".candidates", rc.Candidates),
		Partial:            rc.Partial,
		Notes:              strings.TrimSpace(rc.Notes),
		MaxTests:           rc.MaxTests,
		Shared:             rc.Shared,
		Placement:          parsePlacement(f, at+".placement", rc.Placement),
		Seen:               rc.Seen,
		Evidence:           rc.Evidence,
		Line:               f.Line(at),
	}
	if tc.Description == "" {
		f.Problemf(at+".description", "description is missing")
	}
	if tc.ID != "" && !idForm.MatchString(tc.ID) {
		f.Problemf(at+".id", "id %q is not of lower-case letters and digits joined by single hyphens", tc.ID)
	}
	if tc.MaxTests < 0 {
		f.Problemf(at+".maxTests", "maxTests is negative")
	}
	if tc.Proven() && !tc.Placement.Known() {
		tc.Placement.Kind = PlacementWindows
	}
	checkProof(f, at, tc)
	checkShown(f, at, tc)
	return tc
}

// regexps returns the strings that are not empty; an empty one would match every test.
func regexps(f *yamlfile.File, at string, exprs []string) []string {
	var kept []string
	for i, expr := range exprs {
		if expr != "" && checkExpression(f, fmt.Sprintf("%s[%d]", at, i), expr) {
			kept = append(kept, expr)
		}
	}
	return kept
}

// alternatives returns the lists of anyOf that are not empty.
func alternatives(f *yamlfile.File, at string, lists [][]string) [][]string {
	var kept [][]string
	for i, list := range lists {
		exprs := regexps(f, fmt.Sprintf("%s[%d]", at, i), list)
		if len(list) == 0 {
			f.Problemf(fmt.Sprintf("%s[%d]", at, i), "an alternative without focus strings would always be shown")
		}
		if len(exprs) > 0 {
			kept = append(kept, exprs)
		}
	}
	return kept
}

func parseVersions(f *yamlfile.File, at string, texts []string) []Version {
	var versions []Version
	for i, text := range texts {
		v, err := ParseVersion(text)
		if err != nil {
			f.Problemf(fmt.Sprintf("%s[%d]", at, i), "%v", err)
			continue
		}
		versions = append(versions, v)
	}
	return versions
}

// unique holds a new test case against those before it: the same ID is for the same ability and other versions only.
func (p *parser) unique(f *yamlfile.File, at string, tc located) {
	for _, first := range p.cases {
		if first.ID != tc.ID {
			continue
		}
		where := fmt.Sprintf("%s:%d", first.File, first.Line)
		switch {
		case first.category != tc.category:
			f.Problemf(at+".id", "duplicate id %q: %s has it in %s", tc.ID, where, first.category)
		case first.Description != tc.Description:
			f.Problemf(at+".description", "id %q has another description on %s", tc.ID, where)
		case sameVersions(first.KubernetesVersions, tc.KubernetesVersions):
			f.Problemf(at+".id", "duplicate id %q: %s has it for the same Kubernetes versions", tc.ID, where)
		}
	}
	p.cases = append(p.cases, tc)
}

// sameVersions tells whether some version is claimed by both, or all versions are.
func sameVersions(a, b []Version) bool {
	return len(a)+len(b) == 0 || slices.ContainsFunc(a, func(v Version) bool { return slices.Contains(b, v) })
}
