package config

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/nearest"
	"sigs.k8s.io/windows-operational-readiness/internal/yamlfile"
)

// checker holds a decoded config against what its values mean, and adds every problem to the file.
type checker struct {
	*yamlfile.File
	cfg Config
}

func (c checker) all() {
	c.versions()
	c.tiers()
	c.platforms()
	c.repositories()
	c.extraRefs()
	c.job()
	c.presets()
	c.summaries()
	c.publish()
	c.addresses()
	c.testgrid()
}

var (
	slugForm     = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	releaseForm  = regexp.MustCompile(`^v1\.[0-9]+\.[0-9]+(-[a-z0-9.]+)?$`)
	tagForm      = regexp.MustCompile(`^[A-Za-z0-9_.-]+$`)
	bucketForm   = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]+$`)
	storeForm    = regexp.MustCompile(`^((gs|s3)://)?[a-z0-9][a-z0-9._-]+$`)
	imageForm    = regexp.MustCompile(`^[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._-]+)+(:[A-Za-z0-9._-]+)?(@sha256:[0-9a-f]{64})?$`)
	variableForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	nameForm     = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)
)

// need reports a value that is absent, or not of its form; example shows what is meant.
func (c checker) need(at, value string, form *regexp.Regexp, example string) bool {
	switch {
	case value == "":
		c.Problemf(at, "%s is missing, such as %q", lastKey(at), example)
	case !form.MatchString(value):
		c.Problemf(at, "%s %q is not of the form %s, such as %q", lastKey(at), value, form, example)
	default:
		return true
	}
	return false
}

// known reports a name that is not among those that are defined.
func (c checker) known(at, what, name string, defined []string) {
	if !slices.Contains(defined, name) {
		c.Problemf(at, "unknown %s %q%s; known are %q", what, name, nearest.Hint(name, defined), defined)
	}
}

// unique reports the places of names that were used before.
func (c checker) unique(what string, names []string, at func(i int) string) {
	first := map[string]int{}
	for i, name := range names {
		if j, ok := first[name]; ok {
			c.Problemf(at(i), "duplicate %s %q, first on line %d", what, name, c.Line(at(j)))
			continue
		}
		first[name] = i
	}
}

func (c checker) atLeast(at string, n, least int) {
	if n < least {
		c.Problemf(at, "%s is %d, or missing: it must be at least %d", lastKey(at), n, least)
	}
}

func lastKey(at string) string { return cmp.Or(at[strings.LastIndex(at, ".")+1:], at) }
