// Package testinfra holds what kubernetes/test-infra, and the Prow and TestGrid that it configures, allow and call
// things. A config is held against these facts before anything is generated, and what was generated again, with the rest
// of the rules, by generator/accept.
//
// Source: https://github.com/kubernetes/test-infra/tree/master/config/tests, which holds all jobs and dashboards against
// the same.
package testinfra

import "strings"

// Where files go below test-infra's folder config.
const (
	JobsFolder     = "jobs"
	TestGridFolder = "testgrids"
	// TrustedFolder is the only folder for jobs that hold credentials. Its administrators approve every change there
	// (config/tests/jobs, TestK8sInfraTrusted).
	TrustedFolder = JobsFolder + "/kubernetes/sig-k8s-infra/trusted"
)

// Limits of jobs and of their results.
const (
	MaxCPU    = "7"    // of one container
	MaxMemory = "27Gi" // of one container
	// MaxJobName is the length of a label's value: Prow selects jobs by the label prow.k8s.io/job and cuts a longer name.
	MaxJobName          = 63
	MinPresubmitColumns = 20 // of a presubmit's test group
)

// PresetPrefix is how the name of every preset begins.
const PresetPrefix = "preset-"

// IncludeFilter is the key of a tab's options that leaves rows out whose name does not match; see BaseOptions in
// testgrid/pb/config.
const IncludeFilter = "include-filter-by-regex"

// TrustedClusters returns the build clusters for jobs that hold credentials.
func TrustedClusters() []string { return []string{"k8s-infra-prow-build-trusted"} }

// BuildClusters returns the build clusters that run community jobs. The trusted ones are not among them: they are
// refused to all other jobs.
func BuildClusters() []string {
	return []string{
		"eks-prow-build-cluster",
		"k8s-infra-aks-prow-build",
		"k8s-infra-kops-prow-build",
		"k8s-infra-ppc64le-prow-build",
		"k8s-infra-prow-build",
		"k8s-infra-s390x-prow-build",
	}
}

// AllowsDashboard tells whether a dashboard or dashboard group may have that name.
func AllowsDashboard(name string) bool {
	prefixes := []string{
		"conformance", "minikube", "cluster-api", "kops", "presubmits", "sig", "wg", "provider", "kubernetes-clients",
		"amazon", "cos", "containerd", "istio", "google", "redhat", "ibm", "vmware", "gardener", "jetstack", "kubevirt",
		"lambda", "nvidia",
	}
	for _, prefix := range prefixes {
		if strings.HasPrefix(name, prefix+"-") || name == prefix {
			return true
		}
	}
	return false
}
