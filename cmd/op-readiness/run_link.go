package main

import (
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"sigs.k8s.io/prow/pkg/pod-utils/downwardapi"
	"sigs.k8s.io/prow/pkg/pod-utils/gcs"
)

// The readiness report as a page, and the link to it in the form that Spyglass's links lens shows: prow.k8s.io does not
// show pages themselves (https://docs.prow.k8s.io/docs/spyglass/, links).
const (
	pageFile = "op-readiness.html"
	linkFile = "op-readiness.link.txt"
)

// writeLink writes the link to the page in a Prow job, which knows where its artifacts will be; elsewhere there is none.
func writeLink(dir string) error {
	if os.Getenv(downwardapi.JobSpecEnv) == "" {
		return nil
	}
	spec, err := downwardapi.ResolveSpecFromEnv()
	if err != nil {
		return fmt.Errorf("reading where Prow keeps this build: %w", err)
	}
	address := pageAddress(spec)
	if address == "" {
		return nil
	}
	return writeWith(filepath.Join(dir, linkFile), func(w io.Writer) error {
		_, err := fmt.Fprintln(w, address)
		return err
	})
}

// pageAddress is where Prow will upload the page to, "" if the job does not tell.
func pageAddress(spec *downwardapi.JobSpec) string {
	if spec.DecorationConfig == nil || spec.DecorationConfig.GCSConfiguration == nil {
		return ""
	}
	c := spec.DecorationConfig.GCSConfiguration
	strategy := gcs.NewLegacyRepoPathBuilder(c.DefaultOrg, c.DefaultRepo)
	switch c.PathStrategy {
	case "explicit":
		strategy = gcs.NewExplicitRepoPathBuilder()
	case "single":
		strategy = gcs.NewSingleDefaultRepoPathBuilder(c.DefaultOrg, c.DefaultRepo)
	}
	bucket := c.Bucket
	if !strings.Contains(bucket, "://") {
		bucket = "gs://" + bucket
	}
	return bucket + "/" + path.Join(c.PathPrefix, gcs.PathForSpec(spec, strategy), "artifacts", pageFile)
}
