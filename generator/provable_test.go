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
	middle := newCatalog("v1.35.0", "should resolve", "should mount")
	whole := []catalog.Catalog{newCatalog("v1.34.0", "should resolve", "should mount"), middle, newCatalog("v1.36.0", "should resolve", "should mount")}
	renamed := []catalog.Catalog{whole[0], middle, newCatalog("v1.36.0", "should resolve", "should attach")}
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
	for _, test := range []struct{ with, want string }{
		{"", "config.yaml:4: no catalog has the names of the tests of Kubernetes 1.37: make release-day gets it, or assumed: true goes by those of 1.36"},
		{"\n  assumed: true", "config.yaml:10: master is more than one minor version ahead of the newest catalog, that of Kubernetes 1.36, since 1.37 is released"},
	} {
		next := configWith(t, "versions:\n", "versions:\n- name: \"1.37\"\n  branch: release-1.37\n  marker: latest-1.37\n  image: \"1.37\"\n  tier: weekly"+test.with+"\n")
		if err := Provable(categories, next, whole); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("got %v, want %s", err, test.want)
		}
		next.Versions = next.Versions[:1]
		if err := Provable(categories, next, whole); (err == nil) != (test.with != "") {
			t.Errorf("without master: %v", err)
		}
	}
}
