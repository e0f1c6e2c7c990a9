package catalog_test

import (
	"slices"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
)

// TestImages holds that it is known which images every test pulls that an ability of KEP-2578 selects, on each version.
func TestImages(t *testing.T) {
	t.Parallel()
	images, err := catalog.OpenImages()
	if err != nil {
		t.Fatal(err)
	}
	catalogs, err := catalog.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	kep, err := specs.Default()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for _, c := range catalogs {
		categories, err := specs.Select(kep, c.Minor)
		if err != nil {
			t.Fatal(err)
		}
		for _, category := range categories {
			assigned, err := specs.Assign(category.TestCases, c.Names)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range assigned {
				for _, at := range a.Tests {
					names, ok := images.Of(c.Names[at])
					if !ok || len(names) == 0 {
						t.Errorf("%s: nobody knows which images %q pulls", c.Version, c.Names[at])
					}
					for _, name := range names {
						all[name] = true
					}
				}
			}
		}
	}
	for _, name := range []string{"agnhost", "busybox", "glibc-dns-testing", "nginx", "nonroot", "pause"} {
		if !all[name] {
			t.Errorf("no test pulls %s", name)
		}
		delete(all, name)
	}
	if len(all) > 0 {
		t.Errorf("other images: %v", all)
	}
	if names, ok := images.Of("[sig-x] something else"); ok {
		t.Errorf("of a test that nobody knows: %q", names)
	}
	if names, _ := images.Of("[sig-windows] [Feature:Windows] GMSA Full [Serial] [Slow] GMSA support works end to end"); !slices.Equal(names, []string{"agnhost", "busybox", "pause"}) {
		t.Errorf("GMSA: %q", names)
	}
}
