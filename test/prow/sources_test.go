package prow

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// sources are the repositories that a job checks out, as GitHub has them: ours as it stands in this tree, with a pull request, and
// stand-ins of the others.
type sources struct {
	root       string // root/<org>/<repo>.git
	base, head string // commits of our main branch and of the pull request
}

// newSources makes the repositories.
func newSources(t *testing.T) sources {
	t.Helper()
	s := sources{root: t.TempDir()}
	own := filepath.Join(s.root, org, ours+".git")
	for _, name := range strings.Split(git(t, "../..", "ls-files", "-z", "--cached", "--others", "--exclude-standard"), "\x00") {
		from := filepath.Join("../..", name)
		info, err := os.Stat(from)
		if name == "" || os.IsNotExist(err) {
			continue // the end of the list, or a file that was removed and not yet committed
		}
		text, errRead := os.ReadFile(from)
		if err != nil || errRead != nil {
			t.Fatal(err, errRead)
		}
		if err := os.Chmod(write(t, string(text), own, name), info.Mode().Perm()); err != nil {
			t.Fatal(err)
		}
	}
	s.base = publish(t, own, "main")
	write(t, "A change.\n", own, "CHANGE.md")
	git(t, own, "checkout", "-q", "--detach")
	s.head = commit(t, own)
	git(t, own, "update-ref", "refs/pull/7/head", s.head)
	git(t, own, "checkout", "-q", "main")
	testing := filepath.Join(s.root, org, "windows-testing.git")
	write(t, script, testing, "capz", "run-capz-e2e.sh")
	publish(t, testing, "master")
	for name, branch := range map[string]string{"cluster-api-provider-azure": "main", "cloud-provider-azure": "master"} {
		folder := filepath.Join(s.root, org, name+".git")
		write(t, "A stand-in.\n", folder, "README.md")
		publish(t, folder, branch)
	}
	return s
}

// script stands for windows-testing's, which makes a cluster on Azure, says where it is and what it runs, and runs the command there.
const script = `#!/usr/bin/env bash
set -o errexit -o nounset -o pipefail
echo "a cluster for ${KUBERNETES_VERSION}"
export KUBECONFIG=${STAND_IN_KUBECONFIG} CI_VERSION=${STAND_IN_VERSION} E2E_TEST=${STAND_IN_E2E_TEST} ARTIFACTS
"$@"
`

// publish makes a repository of a folder, from which any commit may be fetched.
func publish(t *testing.T, folder, branch string) string {
	t.Helper()
	git(t, folder, "init", "-q", "-b", branch)
	git(t, folder, "config", "uploadpack.allowAnySHA1InWant", "true")
	return commit(t, folder)
}

func commit(t *testing.T, folder string) string {
	t.Helper()
	git(t, folder, "add", "-A")
	git(t, folder, "-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "-q", "-m", "test")
	return strings.TrimSpace(git(t, folder, "rev-parse", "HEAD"))
}

// git runs git as on a machine without settings, and outside of any repository that a hook may have named.
func git(t *testing.T, folder string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = folder
	cmd.Env = append(withoutGit(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %q: %v\n%s", args, err, said.String())
	}
	return string(out)
}

func withoutGit() []string {
	var kept []string
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "GIT_") {
			kept = append(kept, variable)
		}
	}
	return kept
}

// image is the environment of the job's image: its runner.sh, Go and its caches, and a git that finds GitHub's repositories here.
func (p *prow) image() []string {
	p.t.Helper()
	stands := p.t.TempDir()
	write(p.t, "#!/bin/sh\nexec \"$@\"\n", stands, "runner.sh")
	config := write(p.t, "[url \"file://"+p.sources.root+"/\"]\n\tinsteadOf = https://github.com/\n\tinsteadOf = "+p.web.url+"/\n", stands, "gitconfig")
	env := []string{
		"PATH=" + stands + ":" + os.Getenv("PATH"), "HOME=" + stands, "GIT_CONFIG_GLOBAL=" + config, "GIT_CONFIG_SYSTEM=" + os.DevNull,
		"STAND_IN_KUBECONFIG=" + p.kubeconfig, "STAND_IN_VERSION=" + release, "STAND_IN_E2E_TEST=" + filepath.Join(p.kubernetes, "e2e.test"),
	}
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPROXY", "GOSUMDB", "GOTOOLCHAIN"} {
		env = append(env, name+"="+strings.TrimSpace(execute(p.t, "go", "env", name)))
	}
	return append(env, p.storeEnv()...)
}
