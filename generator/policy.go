package generator

import (
	"strings"
)

// What test-infra allows: https://github.com/kubernetes/test-infra/tree/master/config/tests holds all jobs and
// dashboards against these.
const (
	maxCPU              = "7"
	maxMemory           = "27Gi"
	minPresubmitColumns = 20
	// maxJobName is the length of a label's value: Prow selects jobs by the label prow.k8s.io/job and cuts a longer name.
	maxJobName   = 63
	presetPrefix = "preset-"
	minTabName   = 3 // TestGrid's own rule
)

// trustedClusters returns the build clusters for jobs that hold credentials. kubernetes/test-infra admits such jobs in one
// folder only, whose every change its administrators approve (config/tests/jobs, TestK8sInfraTrusted).
func trustedClusters() []string { return []string{"k8s-infra-prow-build-trusted"} }

const trustedFolder = "jobs/kubernetes/sig-k8s-infra/trusted"

// buildClusters returns the build clusters that run community jobs. The trusted ones are not among them: they are for
// jobs that hold credentials and are refused to all others.
func buildClusters() []string {
	return []string{
		"eks-prow-build-cluster",
		"k8s-infra-aks-prow-build",
		"k8s-infra-kops-prow-build",
		"k8s-infra-ppc64le-prow-build",
		"k8s-infra-prow-build",
		"k8s-infra-s390x-prow-build",
	}
}

// allowedDashboardPrefix tells whether test-infra takes a dashboard or dashboard group of that name.
func allowedDashboardPrefix(name string) bool {
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

// annotationForm is what the value of an annotation for TestGrid's configurator must be.
type annotationForm string

const (
	isText   annotationForm = "text"
	isInt    annotationForm = "a whole number"
	isFloat  annotationForm = "a number"
	isBool   annotationForm = "true or false"
	isEmails annotationForm = "e-mail addresses"
	isFilter annotationForm = "TestGrid options such as include-filter-by-regex=..."
)

// annotationForms returns the annotations that TestGrid's configurator knows
// (test-infra/testgrid/pkg/configurator/prow/prow.go). It ignores every other one without a word.
func annotationForms() map[string]annotationForm {
	return map[string]annotationForm{
		"testgrid-alert-email":               isEmails,
		"testgrid-alert-stale-results-hours": isInt,
		"testgrid-base-options":              isFilter,
		"testgrid-broken-column-threshold":   isFloat,
		"testgrid-create-test-group":         isBool,
		"testgrid-dashboards":                isText,
		"testgrid-days-of-results":           isInt,
		"testgrid-disable-prowjob-analysis":  isBool,
		"testgrid-in-cell-metric":            isText,
		"testgrid-num-columns-recent":        isInt,
		"testgrid-num-failures-to-alert":     isInt,
		"testgrid-tab-name":                  isText,
	}
}
