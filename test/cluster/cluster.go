// Package cluster starts, uses, breaks and ends a real cluster on this machine, for tests: Kubernetes' own control plane,
// and nodes with containerd, kubelet and kube-proxy in namespaces of their own. Some of its nodes pretend to be Windows,
// so what passes on it shows Kubernetes' machinery and ours, and never Windows. It is a thin layer above the scripts of
// the folder real, which README.md tells of: it needs root, and what `make real-cluster-deps` installs.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Options say which cluster to start.
type Options struct {
	// Scripts is the folder of up.sh and the rest: test/cluster/real of this repository.
	Scripts string
	// Dir is where the cluster lives, a new or empty folder.
	Dir string
	// Profile is open (two Linux and two Windows nodes without taints) or tainted (one Linux node, with the taint of a
	// control plane, and two Windows nodes); empty is open.
	Profile string
	// KubernetesVersion is a release such as v1.36.3; empty is that of the Makefile.
	KubernetesVersion string
}

// Cluster is a real cluster that is up.
type Cluster struct {
	options  Options
	programs string
}

// Fault is one thing that can be broken; fault.sh without arguments lists them.
type Fault struct {
	// Name is that of the fault, such as kube-proxy.
	Name string
	// Node is where it is; empty is the whole cluster.
	Node string
}

// Up builds what the cluster runs, unless it was built before, and starts it. The cluster is ready when it returns, and
// stays until Down. An error means that nothing of it is left but logs in Dir.
func Up(ctx context.Context, options Options) (*Cluster, error) {
	c := &Cluster{options: options}
	built, err := c.script(ctx, "build.sh")
	if err != nil {
		return nil, err
	}
	c.programs = strings.TrimSpace(built)
	if _, err := c.script(ctx, "up.sh", options.Dir); err != nil {
		return nil, err
	}
	return c, nil
}

// Kubeconfig is the path of an administrator's kubeconfig. Its address can be reached by what Command and NodeCommand
// start, and by nothing else on this machine.
func (c *Cluster) Kubeconfig() string { return filepath.Join(c.options.Dir, "kubeconfig") }

// Programs is the folder that holds kubectl and the other programs of the cluster's Kubernetes release.
func (c *Cluster) Programs() string { return c.programs }

// E2E is the path of the release's e2e.test.
func (c *Cluster) E2E() string { return filepath.Join(c.programs, "e2e.test") }

// Command returns a command that will run in the network of the control plane, with this machine's files, and with the
// cluster's KUBECONFIG and programs.
func (c *Cluster) Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	return c.command(ctx, "exec.sh", append([]string{"--dir", c.options.Dir, name}, args...)...)
}

// NodeCommand returns a command that will run on a node, in all its namespaces.
func (c *Cluster) NodeCommand(ctx context.Context, node, name string, args ...string) *exec.Cmd {
	return c.command(ctx, "exec.sh", append([]string{"--dir", c.options.Dir, "--node", node, name}, args...)...)
}

// LoadImage gives the image of a docker or OCI archive to every node.
func (c *Cluster) LoadImage(ctx context.Context, archive string) error {
	_, err := c.script(ctx, "load.sh", "--dir", c.options.Dir, archive)
	return err
}

// Inject breaks one thing, until Heal. An error may leave it half broken; Down ends that too.
func (c *Cluster) Inject(ctx context.Context, fault Fault) error {
	return c.fault(ctx, "inject", fault)
}

// Heal mends what Inject broke, and returns when it works again.
func (c *Cluster) Heal(ctx context.Context, fault Fault) error { return c.fault(ctx, "heal", fault) }

func (c *Cluster) fault(ctx context.Context, action string, fault Fault) error {
	args := []string{action, "--dir", c.options.Dir, fault.Name}
	if fault.Node != "" {
		args = append(args, fault.Node)
	}
	_, err := c.script(ctx, "fault.sh", args...)
	return err
}

// Down ends the cluster and removes all of it. It is no error if it has ended already.
func (c *Cluster) Down(ctx context.Context) error {
	_, err := c.script(ctx, "down.sh", c.options.Dir)
	return err
}

func (c *Cluster) command(ctx context.Context, script string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(c.options.Scripts, script), args...)
	cmd.Env = os.Environ()
	if v := c.options.KubernetesVersion; v != "" {
		cmd.Env = append(cmd.Env, "KUBERNETES_VERSION="+v)
	}
	if p := c.options.Profile; p != "" {
		cmd.Env = append(cmd.Env, "PROFILE="+p)
	}
	return cmd
}

// script runs a script to its end and returns what it printed.
func (c *Cluster) script(ctx context.Context, script string, args ...string) (string, error) {
	out, err := c.command(ctx, script, args...).Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return "", fmt.Errorf("%s of the real cluster: %w\n%s", script, err, exit.Stderr)
	}
	if err != nil {
		return "", fmt.Errorf("%s of the real cluster: %w", script, err)
	}
	return string(out), nil
}
