package catalog

import (
	"bytes"
	_ "embed"
	"fmt"
	"regexp"
	"slices"

	"gopkg.in/yaml.v3"
)

//go:embed images.yaml
var imagesFile []byte

// Images knows which images tests pull.
type Images struct{ entries []imageEntry }

type imageEntry struct {
	Tests  string   `yaml:"tests"`
	Images []string `yaml:"images"`
	match  *regexp.Regexp
}

// OpenImages reads what the program knows of images.
func OpenImages() (Images, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(imagesFile))
	decoder.KnownFields(true)
	var images Images
	if err := decoder.Decode(&images.entries); err != nil {
		return Images{}, fmt.Errorf("reading images.yaml: %w", err)
	}
	for i := range images.entries {
		e := &images.entries[i]
		var err error
		if e.match, err = regexp.Compile(e.Tests); err != nil {
			return Images{}, fmt.Errorf("reading images.yaml: %w", err)
		}
	}
	return images, nil
}

// Of returns the names of the images that a test pulls for Windows nodes, sorted, such as "agnhost"; ok is false for a test of
// which that is not known.
func (i Images) Of(test string) (names []string, ok bool) {
	for _, e := range i.entries {
		if e.match.MatchString(test) {
			names, ok = append(names, e.Images...), true
		}
	}
	slices.Sort(names)
	return slices.Compact(names), ok
}

// PulledFirst are the names of the images that e2e.test has all nodes pull before the first test with --prepull-images, for
// Windows nodes (kubernetes' test/e2e/common/util.go, WindowsPrePulledImages).
func PulledFirst() []string { return []string{"agnhost", "busybox", "nginx"} }
