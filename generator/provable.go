package generator

import (
	"errors"
	"fmt"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
	"sigs.k8s.io/windows-operational-readiness/specs/proof"
)

// Provable returns an error for each required ability whose test a version of the config does not have, by the names that
// the catalogs hold: a job there would not run it, at the cost of a cluster. A version without a catalog is held against
// the newest one below it.
//
// A release without a catalog is refused unless the config says that it is assumed, and master if it is more than one minor
// version ahead of the newest catalog: by then too many tests have other names.
func Provable(categories []specs.Category, cfg config.Config, catalogs []catalog.Catalog) error {
	var versions []specs.Version
	for _, v := range cfg.Versions {
		version, err := specs.ParseVersion(v.Name)
		if err != nil {
			return err
		}
		versions = append(versions, version)
	}
	if err := catalogued(cfg.Versions, versions, catalogs); err != nil {
		return err
	}
	report, err := proof.Verify(categories, versions, catalogs)
	if err != nil {
		return err
	}
	if err := report.RequiredErr(); err != nil {
		return fmt.Errorf("no jobs for versions in which a required ability cannot be proven:\n%w", err)
	}
	return nil
}

// catalogued holds that the names of the tests of each version are known, as far as they can be.
func catalogued(configured []config.Version, versions []specs.Version, catalogs []catalog.Catalog) error {
	newestCatalog, newestRelease := specs.Version{}, specs.Version{}
	known := map[specs.Version]bool{}
	for _, c := range catalogs {
		known[c.Minor] = true
		if c.Minor.Compare(newestCatalog) > 0 {
			newestCatalog = c.Minor
		}
	}
	var errs []error
	for i, v := range versions {
		if v == specs.Master() {
			continue
		}
		if v.Compare(newestRelease) > 0 {
			newestRelease = v
		}
		if !known[v] && !configured[i].Assumed {
			errs = append(errs, fmt.Errorf("%s: no catalog has the names of the tests of Kubernetes %s: make release-day gets it, or assumed: true goes by those of %s",
				configured[i].At, v, newestCatalog))
		}
	}
	for i, v := range versions {
		if v == specs.Master() && len(catalogs) > 0 && newestRelease.Compare(newestCatalog) > 0 {
			errs = append(errs, fmt.Errorf("%s: master is more than one minor version ahead of the newest catalog, that of Kubernetes %s, since %s is released",
				configured[i].At, newestCatalog, newestRelease))
		}
	}
	return errors.Join(errs...)
}
