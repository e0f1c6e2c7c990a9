package coordinates

import (
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/slug"
)

const (
	periodicPrefix = "ci-windows-op-readiness"
	presubmitName  = "pull-windows-op-readiness"
)

// ReportJob is the name of the job that writes results to pull requests. It tests nothing itself.
const ReportJob = periodicPrefix + "-report"

// PublishJob is the name of the job that publishes the image. It tests nothing either.
const PublishJob = "post-windows-op-readiness-push-images"

// Periodic returns the name of the job that tests all categories in the environment again and again, such as
// "ci-windows-op-readiness-1-36-ltsc2022".
func (e Environment) Periodic() string {
	return periodicPrefix + "-" + slug.Of(e.Version) + "-" + slug.Of(e.Platform)
}

// Presubmit returns the name of the job that tests part of it on a pull request: a category, such as "Core.Network" or
// its slug, or the required categories of a Kubernetes version, such as "1.36"; for "", those of the newest release.
func Presubmit(part string) string {
	if part == "" {
		return presubmitName
	}
	return presubmitName + "-" + slug.Of(part)
}

// IsPresubmit tells whether Presubmit may have made the name.
func IsPresubmit(job string) bool {
	return job == presubmitName || strings.HasPrefix(job, presubmitName+"-")
}

// Results returns the folder of Prow's bucket that lists all builds of a job (prow/pkg/pod-utils/gcs, RootForSpec): for a
// presubmit the files there lead to the builds of each pull request.
func Results(job string) string {
	if IsPresubmit(job) {
		return "pr-logs/directory/" + job
	}
	return "logs/" + job
}
