package artifacts

import (
	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// labelled is the source of what the labels of a job say.
const labelled = "the label of prowjob.json"

// versions are what the sources say of the Kubernetes version under test, the most trusted first: the record of our own run,
// which asked the cluster; what the job told Prow; what the job wrote; what the job is for.
func (b *build) versions(m metadata) []reporter.Claim {
	claims := claim(b.recordedVersions(), b.server, b.contents.server)
	for _, name := range []string{b.contents.finished, b.contents.metadata, b.contents.revision} {
		claims = claim(claims, revision(b.files[name]), name)
	}
	label := m.prowJob.tag(coordinates.KubernetesVersion)
	if label == specs.Master().String() || isVersion(label) {
		claims = claim(claims, label, labelled)
	}
	return claims
}

// recordedVersions are what the record of a run says: the version whose specs it went by, and that of the cluster.
func (b *build) recordedVersions() []reporter.Claim {
	if b.run == nil {
		return nil
	}
	var claims []reporter.Claim
	if isVersion(b.run.KubernetesVersion) {
		claims = claim(claims, b.run.KubernetesVersion, b.contents.records[0])
	}
	if cluster := b.run.Cluster; cluster != nil && isVersion(cluster.Version) && cluster.Version != b.run.KubernetesVersion {
		claims = claim(claims, cluster.Version, "the cluster")
	}
	return claims
}

// platforms are what the sources say of the Windows version of the nodes.
func platforms(m metadata, run *record.Run) []reporter.Claim {
	claims := claim(nil, m.prowJob.tag(coordinates.Platform), labelled)
	if run == nil {
		return claims
	}
	return claim(claims, run.Platform, reportdir.Record)
}

// claim adds what a source says, if it says anything.
func claim(claims []reporter.Claim, value, source string) []reporter.Claim {
	if value == "" {
		return claims
	}
	return append(claims, reporter.Claim{Value: value, Source: source})
}
