package readiness

import (
	"context"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
)

// Images are what nodes pull for the chosen tests.
type Images struct {
	Images  []Image  `json:"images"`  // by name
	Unknown []string `json:"unknown"` // the tests of which it is not known which images they pull: for them all of e2e.test are listed
}

// Image is one image.
type Image struct {
	Name  string   `json:"name"`            // where it comes from, such as registry.k8s.io/pause:3.10.2
	Pull  string   `json:"pull"`            // where nodes pull it: the same, or its place in the user's registry
	Tests []string `json:"tests,omitempty"` // that need it, sorted; none: it is only pulled before the first test
}

// publicRegistry is where images of tests are for everybody. Those of other registries are for tests of registries.
const publicRegistry = "registry.k8s.io/"

// ListImages finds out which images the nodes pull for the tests of a plan. Of an image that a test needs all versions are
// listed that the e2e.test knows: some tests go from the one to the next.
func ListImages(ctx context.Context, o Options) (Images, error) {
	o.Purpose = ToShow
	f, err := lookHere(ctx, o)
	if err != nil {
		return Images{}, err
	}
	plan, err := NewPlan(o, f)
	if err != nil {
		return Images{}, err
	}
	known, err := catalog.OpenImages()
	if err != nil {
		return Images{}, err
	}
	origins, err := runner.ListImages(ctx, f.E2E.Path, "")
	if err != nil {
		return Images{}, err
	}
	pulled := origins
	if f.RepoList != "" {
		if pulled, err = runner.ListImages(ctx, f.E2E.Path, f.RepoList); err != nil {
			return Images{}, err
		}
	}
	needs, unknown := neededBy(plan.Tests, known)
	list := Images{Images: []Image{}, Unknown: unknown}
	for _, origin := range origins {
		base, _, _ := strings.Cut(path.Base(origin), ":")
		first := o.Prepull && slices.Contains(catalog.PulledFirst(), base)
		if !strings.HasPrefix(origin, publicRegistry) || needs[base] == nil && !first && len(unknown) == 0 {
			continue
		}
		list.Images = append(list.Images, Image{Name: origin, Pull: placeOf(origin, pulled), Tests: needs[base]})
	}
	return list, nil
}

// neededBy are the tests of a plan by the names of the images that they need, and those of which nobody knows.
func neededBy(plan runner.Plan, known catalog.Images) (needs map[string][]string, unknown []string) {
	needs, unknown = map[string][]string{}, []string{}
	for _, inv := range plan.Invocations {
		for _, test := range inv.Tests {
			names, ok := known.Of(test)
			if !ok && !slices.Contains(unknown, test) {
				unknown = append(unknown, test)
			}
			for _, name := range names {
				if !slices.Contains(needs[name], test) {
					needs[name] = append(needs[name], test)
				}
			}
		}
	}
	for _, tests := range needs {
		slices.Sort(tests)
	}
	slices.Sort(unknown)
	return needs, unknown
}

// placeOf is where an image is pulled from: what has its name and version among those that e2e.test pulls, first of all the very
// same.
func placeOf(origin string, pulled []string) string {
	if slices.Contains(pulled, origin) {
		return origin
	}
	for _, image := range pulled {
		if path.Base(image) == path.Base(origin) && !strings.HasPrefix(image, publicRegistry) {
			return image
		}
	}
	return origin
}
