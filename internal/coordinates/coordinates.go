// Package coordinates names the labels and annotations by which a generated job says where it stands in the matrix of
// category set, Kubernetes version and platform. The generator writes them; the reporter reads them from a prowjob.json,
// so that neither has to parse a job name.
//
// A label is short and can be selected by (kubectl get prowjobs -l); the annotation of the same name holds the whole.
package coordinates

// The keys, the same for label and annotation.
const (
	// KubernetesVersion is the minor version under test, such as "1.36" or "master".
	KubernetesVersion = "windows-op-readiness.sigs.k8s.io/kubernetes-version"
	// Platform is the Windows version under test, such as "ltsc2022".
	Platform = "windows-op-readiness.sigs.k8s.io/platform"
	// Categories is, as a label, All, Required or the slug of one category, such as "core-network"; as an annotation, the
	// names of all categories that run, separated by commas.
	Categories = "windows-op-readiness.sigs.k8s.io/categories"
)

// Values of the label Categories that are not the slug of one category.
const (
	All      = "all"
	Required = "required"
)
