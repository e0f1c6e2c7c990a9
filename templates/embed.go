// Package templates holds every text with holes in it. It has layout and no logic: what goes into the holes, and how
// often, is decided by the packages that fill them.
//
// Each folder beside this file belongs to one provider of clusters and holds the templates of its Prow jobs.
package templates

import "embed"

// Jobs holds the templates of the Prow jobs: a folder for each provider, in it periodic.yaml.tmpl, presubmit.yaml.tmpl
// and what they share. Each gives one job from the fields of generator.Job. Beside Go's own functions there are quote,
// which makes one YAML text of its arguments, json, which writes a map or list on one line, and join.
//
//go:embed capv capz kubeconfig
var Jobs embed.FS
