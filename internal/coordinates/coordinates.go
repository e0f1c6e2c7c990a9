// Package coordinates says what the things of Windows operational readiness are called in Prow and on TestGrid, and where
// they are shown. It is the one owner of
//
//   - the labels and annotations by which a generated job says where it stands in the matrix of category set, Kubernetes
//     version and platform: the generator writes them, the reporter reads them from a prowjob.json, so that neither has to
//     parse a job name;
//   - the names of jobs, dashboards and tabs, with what can be told from a name;
//   - the addresses of dashboards, tabs and builds, made from the hosts that config/op-readiness.yaml names.
//
// Names are part of GitHub's contexts and of TestGrid's history: renaming one loses both. The package reads nothing, and
// it does not know which jobs there are: that is the generator's plan.
package coordinates

// The keys of labels and annotations, the same for both. A label is short and can be selected by (kubectl get prowjobs
// -l); the annotation of the same name holds the whole.
const (
	// KubernetesVersion is the minor version under test, such as "1.36" or "master".
	KubernetesVersion = "windows-op-readiness.sigs.k8s.io/kubernetes-version"
	// Platform is the Windows version under test, such as "ltsc2022".
	Platform = "windows-op-readiness.sigs.k8s.io/platform"
	// Categories is, as a label, All, Required or Optional, or the slug of one category, such as "core-network"; as an annotation, the
	// names of all categories that run, separated by commas.
	Categories = "windows-op-readiness.sigs.k8s.io/categories"
)

// Values of the label Categories that are not the slug of one category.
const (
	All      = "all"
	Required = "required"
	Optional = "optional"
)

// Environment is what a job tests on.
type Environment struct {
	Version  string // the value of KubernetesVersion
	Platform string // the value of Platform
}
