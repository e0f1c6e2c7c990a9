// Package testinfra holds what every Prow and every TestGrid calls and limits. What one of them allows besides, such as that of
// kubernetes/test-infra, stands in config/profiles.
package testinfra

// MaxJobName is the length of a label's value: Prow selects jobs by the label prow.k8s.io/job and cuts a longer name.
const MaxJobName = 63

// PresetPrefix is how the name of every preset begins.
const PresetPrefix = "preset-"

// IncludeFilter is the key of a tab's options that leaves rows out whose name does not match; see BaseOptions in
// testgrid/pb/config.
const IncludeFilter = "include-filter-by-regex"
