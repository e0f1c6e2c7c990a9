package runner

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// ListImages asks the e2e.test at path for the images of all of its tests, sorted. RepoList is as in Settings.
func ListImages(ctx context.Context, path, repoList string) ([]string, error) {
	var out, talk bytes.Buffer
	cmd := exec.CommandContext(ctx, path, "--list-images")
	cmd.Stdout, cmd.Stderr = &out, &talk
	cmd.Env = append(os.Environ(), RepoListVariable+"="+repoList) // the last one counts
	if err := cmd.Run(); err != nil {
		last := strings.Split(strings.TrimSpace(talk.String()), "\n")
		return nil, fmt.Errorf("asking %q for its images: %w: %s", path, err, last[0])
	}
	images := strings.Fields(out.String())
	slices.Sort(images)
	return slices.Compact(images), nil
}

// RepoListVariable is the variable of the environment in which e2e.test looks for the registries that stand for those of its tests.
const RepoListVariable = "KUBE_TEST_REPO_LIST"
