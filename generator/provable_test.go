package generator

import (
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
)

func TestProvable(t *testing.T) {
	t.Parallel()
	newCatalog := func(release string, names ...string) catalog.Catalog {
		c, err := catalog.New(release, "2026-01-01", names)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	whole := []catalog.Catalog{newCatalog("v1.34.0", "should resolve", "should mount"), newCatalog("v1.36.0", "should resolve", "should mount")}
	renamed := []catalog.Catalog{whole[0], newCatalog("v1.36.0", "should resolve", "should attach")}
	categories, cfg := fixtureCategories(t), configWith(t)
	if err := Provable(categories, cfg, whole); err != nil {
		t.Errorf("an optional ability without its test is no reason: %v", err)
	}
	err := Provable(categories, cfg, renamed)
	if err == nil || !strings.Contains(err.Error(), `ability "mount": its focus matches no test (Kubernetes master*, 1.36)`) {
		t.Errorf("got %v", err)
	}
	if err := Provable(categories, cfg, whole[1:]); err == nil || !strings.Contains(err.Error(), "1.34") {
		t.Errorf("without a catalog for 1.34: got %v", err)
	}
}
