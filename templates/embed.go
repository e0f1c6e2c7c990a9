// Package templates holds every text with holes in it. It has layout and no logic: what goes into the holes, and how
// often, is decided by the packages that fill them.
//
// Each folder beside this file belongs to one provider of clusters and holds the templates of its Prow jobs.
package templates

import "embed"

// Jobs holds the templates of the Prow jobs: a folder for each provider.
//
//go:embed capz
var Jobs embed.FS
