package artifacts

import (
	"fmt"
	"os"
	"path"
	"strings"

	prowapi "sigs.k8s.io/prow/pkg/apis/prowjobs/v1"
	"sigs.k8s.io/prow/pkg/pod-utils/downwardapi"
	prowgcs "sigs.k8s.io/prow/pkg/pod-utils/gcs"
)

// UploadAddress returns where Prow will keep an artifact of the job that this program runs in, such as
// "gs://bucket/logs/job/1/artifacts/op-readiness.html". It is "" outside of a job, and in one that does not tell.
func UploadAddress(artifact string) (string, error) {
	if os.Getenv(downwardapi.JobSpecEnv) == "" {
		return "", nil
	}
	spec, err := downwardapi.ResolveSpecFromEnv()
	if err != nil {
		return "", fmt.Errorf("reading where Prow keeps this build: %w", err)
	}
	return uploadAddress(spec, artifact), nil
}

// InPeriodic tells whether this program runs in a periodic of Prow.
func InPeriodic() (bool, error) {
	if os.Getenv(downwardapi.JobSpecEnv) == "" {
		return false, nil
	}
	spec, err := downwardapi.ResolveSpecFromEnv()
	if err != nil {
		return false, fmt.Errorf("reading which kind of job this is: %w", err)
	}
	return spec.Type == prowapi.PeriodicJob, nil
}

func uploadAddress(spec *downwardapi.JobSpec, artifact string) string {
	if spec.DecorationConfig == nil || spec.DecorationConfig.GCSConfiguration == nil {
		return ""
	}
	c := spec.DecorationConfig.GCSConfiguration
	strategy := prowgcs.NewLegacyRepoPathBuilder(c.DefaultOrg, c.DefaultRepo)
	switch c.PathStrategy {
	case "explicit":
		strategy = prowgcs.NewExplicitRepoPathBuilder()
	case "single":
		strategy = prowgcs.NewSingleDefaultRepoPathBuilder(c.DefaultOrg, c.DefaultRepo)
	}
	bucket := c.Bucket
	if !strings.Contains(bucket, "://") {
		bucket = "gs://" + bucket
	}
	return bucket + "/" + path.Join(c.PathPrefix, prowgcs.PathForSpec(spec, strategy), "artifacts", artifact)
}
