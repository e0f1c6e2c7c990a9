package capi

import (
	"fmt"
	"slices"
	"strings"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
)

// VersionInImage is what in the name of an image stands for the Kubernetes version of a cluster, such as v1.36.3: the e2e.test in
// it is to be of that.
const VersionInImage = "{version}"

const (
	// grace is how long e2e.test may clean up after a signal.
	grace = 2 * time.Minute
	// readyTime is how long a pod may take before its run begins: for its image, above all.
	readyTime = 30 * time.Minute
	user      = 65532 // that of the image
)

// Template says how Jobs are made.
type Template struct {
	Image        string        // VersionInImage in it stands for the version
	ResultsClaim string        // PersistentVolumeClaim in the Cluster's namespace that gets the report directories; "": they go with the pod
	Timeout      time.Duration // of a run, above 0
	RunArgs      []string      // further flags of op-readiness run
}

// Job is the Job of a Cluster for what is to be tested.
func (t Template) Job(c *clusterv1.Cluster, s Start) *batchv1.Job {
	labels := map[string]string{
		GenerationLabel: s.Subject.Generation, clusterv1.ClusterNameLabel: c.Name, "app.kubernetes.io/name": "op-readiness-run",
	}
	return &batchv1.Job{
		ObjectMeta: metav1.ObjectMeta{
			Name: jobName(c.Name, s.Subject.Generation, s.Attempt), Namespace: c.Namespace, Labels: labels,
			OwnerReferences: []metav1.OwnerReference{{
				APIVersion: clusterv1.GroupVersion.String(), Kind: "Cluster", Name: c.Name, UID: c.UID, Controller: ptr.To(true),
			}},
		},
		Spec: batchv1.JobSpec{
			BackoffLimit:          ptr.To[int32](0), // one pod: what it showed counts, or its absence
			ActiveDeadlineSeconds: ptr.To(int64((readyTime + t.Timeout + 2*grace).Seconds())),
			Template:              corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: t.pod(c, s)},
		},
	}
}

// pod is one at the restricted level of Pod Security, without a token of the management cluster.
func (t Template) pod(c *clusterv1.Cluster, s Start) corev1.PodSpec {
	results := corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}
	var subPath string
	if t.ResultsClaim != "" {
		results = corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: t.ResultsClaim}}
		subPath = c.Name + "/" + jobName(c.Name, s.Subject.Generation, s.Attempt)
	}
	return corev1.PodSpec{
		RestartPolicy: corev1.RestartPolicyNever, AutomountServiceAccountToken: ptr.To(false), EnableServiceLinks: ptr.To(false),
		NodeSelector: map[string]string{corev1.LabelOSStable: string(corev1.Linux)}, TerminationGracePeriodSeconds: ptr.To(int64((grace + time.Minute).Seconds())),
		SecurityContext: &corev1.PodSecurityContext{
			RunAsNonRoot: ptr.To(true), RunAsUser: ptr.To[int64](user), RunAsGroup: ptr.To[int64](user), FSGroup: ptr.To[int64](user),
			SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
		},
		Containers: []corev1.Container{{
			Name: container, Image: t.image(s.Subject.Version), Command: []string{"/app/op-readiness"}, Args: t.args(s.Subject), WorkingDir: "/tmp",
			Env:                    []corev1.EnvVar{{Name: "HOME", Value: "/tmp"}},
			TerminationMessagePath: summaryFile, TerminationMessagePolicy: corev1.TerminationMessageReadFile,
			Resources: corev1.ResourceRequirements{
				Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("500m"), corev1.ResourceMemory: resource.MustParse("1Gi")},
				Limits:   corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("4Gi")},
			},
			SecurityContext: &corev1.SecurityContext{
				AllowPrivilegeEscalation: ptr.To(false), ReadOnlyRootFilesystem: ptr.To(true), Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
			},
			VolumeMounts: []corev1.VolumeMount{
				{Name: "kubeconfig", MountPath: "/kubeconfig", ReadOnly: true}, {Name: "results", MountPath: "/results", SubPath: subPath}, {Name: "tmp", MountPath: "/tmp"},
			},
		}},
		Volumes: []corev1.Volume{
			{Name: "kubeconfig", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{
				SecretName: c.Name + "-kubeconfig", Items: []corev1.KeyToPath{{Key: "value", Path: "value"}}, DefaultMode: ptr.To[int32](0o440),
			}}},
			{Name: "results", VolumeSource: results},
			{Name: "tmp", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
		},
	}
}

const summaryFile = "/dev/termination-log"

func (t Template) args(s subject) []string {
	args := []string{
		"run", "--e2e-binary=/app/e2e.test", "--kubeconfig=/kubeconfig/value", "--report-dir=/results", "--summary-file=" + summaryFile,
		"--summary-generation=" + s.Generation, "--timeout=" + t.Timeout.String(), "--grace-period=" + grace.String(),
	}
	for _, c := range s.Categories {
		args = append(args, "--category="+c)
	}
	return append(args, t.RunArgs...)
}

// image is the one for a version. A tag holds no plus sign, which the registries' builds write as an underscore.
func (t Template) image(version string) string {
	return strings.ReplaceAll(t.Image, VersionInImage, strings.ReplaceAll(version, "+", "_"))
}

// runFlags are the flags of op-readiness run that may be added to those of a Job: none of them changes what is tested, by which
// specs, or where the results go.
func runFlags() []string {
	return []string{
		"extra-arg", "flake-attempts", "pin", "platform", "prepull-images", "procs", "provider", "skip-disruptive", "skip-serial", "stall-timeout", "taint-linux", "verbose",
	}
}

// CheckRunFlag refuses a flag that is none of runFlags.
func CheckRunFlag(name string) error {
	if slices.Contains(runFlags(), name) {
		return nil
	}
	return fmt.Errorf("--%s is none of the flags that a Job's run may have: --%s", name, strings.Join(runFlags(), ", --"))
}
