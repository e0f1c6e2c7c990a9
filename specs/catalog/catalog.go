// Package catalog holds the names of the e2e tests of Kubernetes releases: what a focus can select at all.
//
// A catalog is text: a header of "# key: value" lines, then one name a line, sorted. Parse and Catalog.Text turn it to a
// value and back, Read and Embedded load it, List asks an e2e.test for its names, and For finds the catalog that speaks
// for a version of Kubernetes. The package knows no abilities; whether they are proven is package proof's matter.
package catalog

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/version"

	"sigs.k8s.io/windows-operational-readiness/internal/textfile"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// Catalog is the names of the e2e tests of one Kubernetes release.
type Catalog struct {
	Version string        // the release, such as "v1.36.3"
	Minor   specs.Version // the minor version of Version
	Date    string        // the day of the release, such as "2026-07-22"
	Names   []string      // sorted by bytes, each once; as in a JUnit report, without specs.Suite
}

// New makes a catalog of names in any order.
func New(release, date string, names []string) (Catalog, error) {
	c, err := header(release, date)
	if err != nil {
		return Catalog{}, err
	}
	c.Names = slices.Compact(slices.Sorted(slices.Values(names)))
	for _, name := range c.Names {
		if err := checkName(name); err != nil {
			return Catalog{}, err
		}
	}
	return c, nil
}

// header makes a catalog without names.
func header(release, date string) (Catalog, error) {
	if _, err := version.ParseSemantic(release); err != nil || !strings.HasPrefix(release, "v") {
		return Catalog{}, fmt.Errorf("%q is no Kubernetes release such as v1.36.3", release)
	}
	if _, err := time.Parse(time.DateOnly, date); err != nil {
		return Catalog{}, fmt.Errorf("%q is no date such as 2026-07-22", date)
	}
	minor, err := specs.ParseVersion(release)
	return Catalog{Version: release, Minor: minor, Date: date}, err
}

func checkName(name string) error {
	if name == "" || name != strings.TrimSpace(name) || strings.ContainsAny(name, "\r\n") || strings.HasPrefix(name, comment) {
		return fmt.Errorf("%q is no test name", name)
	}
	return nil
}

// Text returns the catalog as text: what Parse reads.
func (c Catalog) Text() string {
	var text strings.Builder
	fmt.Fprintf(&text, "# The e2e tests of Kubernetes: what e2e.test --list-tests prints, sorted.\n")
	fmt.Fprintf(&text, "# %s: %s\n# %s: %s\n", versionKey, c.Version, dateKey, c.Date)
	for _, name := range c.Names {
		text.WriteString(name)
		text.WriteByte('\n')
	}
	return text.String()
}

const (
	comment    = "# "
	versionKey = "version"
	dateKey    = "date"
)

// Parse reads the text form of a catalog; name is the file's, for errors, each "file:line: message".
func Parse(name string, text []byte) (Catalog, error) {
	lines := strings.Split(strings.TrimSuffix(textfile.LF(string(text)), "\n"), "\n")
	head := 0
	keys := map[string]string{}
	for head < len(lines) && strings.HasPrefix(lines[head], comment) {
		if key, value, ok := strings.Cut(strings.TrimPrefix(lines[head], comment), ": "); ok {
			keys[key] = value
		}
		head++
	}
	c, err := header(keys[versionKey], keys[dateKey])
	if err != nil {
		return Catalog{}, fmt.Errorf("%s:1: header of a catalog: %w", name, err)
	}
	c.Names = lines[head:]
	return c, checkNames(name, head+1, c.Names)
}

// checkNames holds that names stand in order, each once; first is the line of the first one.
func checkNames(file string, first int, names []string) error {
	if len(names) == 0 {
		return fmt.Errorf("%s: the catalog holds no test", file)
	}
	var errs []error
	for i, name := range names {
		err := checkName(name)
		if err == nil && i > 0 && names[i-1] >= name {
			err = fmt.Errorf("%q does not stand in order", name)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s:%d: %w", file, first+i, err))
		}
	}
	return errors.Join(errs...)
}

// Compare orders catalogs by their release, the oldest first.
func (c Catalog) Compare(other Catalog) int {
	a, errA := version.ParseSemantic(c.Version)
	b, errB := version.ParseSemantic(other.Version)
	if errA != nil || errB != nil {
		return strings.Compare(c.Version, other.Version) // a value that neither New nor Parse made
	}
	switch {
	case a.LessThan(b):
		return -1
	case b.LessThan(a):
		return +1
	}
	return 0
}

// For returns the catalog that speaks for a version of Kubernetes: the newest that is not above it. If that is the
// catalog of an earlier minor version, what it says of v is assumed.
func For(catalogs []Catalog, v specs.Version) (c Catalog, assumed bool, err error) {
	if len(catalogs) == 0 {
		return Catalog{}, false, errors.New("no catalog of e2e tests")
	}
	sorted := slices.SortedFunc(slices.Values(catalogs), Catalog.Compare)
	for _, c := range slices.Backward(sorted) {
		if c.Minor.Compare(v) <= 0 {
			return c, c.Minor != v, nil
		}
	}
	return Catalog{}, false, fmt.Errorf("no catalog of e2e tests for Kubernetes %s: the oldest is of %s", v, sorted[0].Version)
}
