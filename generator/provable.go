package generator

import (
	"fmt"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
	"sigs.k8s.io/windows-operational-readiness/specs/proof"
)

// Provable returns an error for each required ability whose test a version of the config does not have, by the names that
// the catalogs hold: a job there would not run it, at the cost of a cluster. A version without a catalog is held against
// the newest one below it.
func Provable(categories []specs.Category, cfg config.Config, catalogs []catalog.Catalog) error {
	var versions []specs.Version
	for _, v := range cfg.Versions {
		version, err := specs.ParseVersion(v.Name)
		if err != nil {
			return err
		}
		versions = append(versions, version)
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
