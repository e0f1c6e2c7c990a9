//go:build e2e

package e2ecluster

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestKill kills the first process of a cluster with SIGKILL, at random moments from before it exists until it is up:
// nothing but logs may stay, and nothing of the machine's own may change. KILLS is how often (5).
func TestKill(t *testing.T) {
	kills, err := strconv.Atoi(os.Getenv("KILLS"))
	if err != nil {
		kills = 5
	}
	output(t, filepath.Join(scripts, "build.sh"))
	dir := shortDir(t)
	before := machine(t)

	began := time.Now()
	output(t, filepath.Join(scripts, "up.sh"), dir)
	normal := time.Since(began)
	output(t, filepath.Join(scripts, "down.sh"), dir)
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("after down.sh %s is still there: %v", dir, err)
	}
	same(t, "up.sh and down.sh", before)
	t.Logf("up in %v", normal.Round(time.Second))

	for i := range kills {
		after := rand.N(normal * 11 / 10)
		what := killOnce(t, dir, after)
		t.Logf("kill %d of %d: %s after %v", i+1, kills, what, after.Round(time.Millisecond))
		awaitNothingLeft(t, dir)
		same(t, what, before)
		if t.Failed() {
			t.FailNow()
		}
	}
	output(t, filepath.Join(scripts, "down.sh"), dir)
}

// killOnce starts a cluster, kills its first process after a while, and waits for up.sh. Before that process exists,
// the first is up.sh.
func killOnce(t *testing.T, dir string, after time.Duration) string {
	t.Helper()
	var stderr bytes.Buffer
	up := exec.Command(filepath.Join(scripts, "up.sh"), dir)
	up.Stderr = &stderr
	if err := up.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- up.Wait() }()
	select {
	case err := <-ended: // it may be up already
		if err != nil {
			t.Fatalf("up.sh ended before it was killed: %v\n%s", err, stderr.String())
		}
		ended <- nil
	case <-time.After(after):
	}
	pid, what := up.Process.Pid, "up.sh"
	if first, err := os.ReadFile(filepath.Join(dir, "pids/cluster")); err == nil && len(first) > 0 {
		if _, err := fmt.Sscan(string(first), &pid); err != nil {
			t.Fatal(err)
		}
		what = "the first process"
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && err != syscall.ESRCH {
		t.Fatal(err)
	}
	<-ended
	return what
}

// awaitNothingLeft waits until the keeper has removed all: it works beside up.sh, and the kernel beside both.
func awaitNothingLeft(t *testing.T, dir string) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		left := remains(t, dir)
		if len(left) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("a minute after the kill these are left:\n%s", strings.Join(left, "\n"))
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// remains lists what is left of the cluster of a folder: processes, mounts, cgroups, and files that are neither logs nor
// the state. A namespace or an interface in one lives no longer than its processes and mounts.
func remains(t *testing.T, dir string) []string {
	t.Helper()
	// As lib.sh names it.
	cgroup := fmt.Sprintf("op-readiness-real-%x", sha256.Sum256([]byte(dir)))[:len("op-readiness-real-")+12]
	var left []string
	processes, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	for _, process := range processes {
		line, _ := os.ReadFile(filepath.Join(process, "cmdline")) // it may just have ended
		group, _ := os.ReadFile(filepath.Join(process, "cgroup"))
		if strings.Contains(string(line), dir) || strings.Contains(string(group), "/"+cgroup) {
			left = append(left, process+": "+strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(mounts)) {
		if strings.Contains(line, dir) {
			left = append(left, strings.TrimSpace(line))
		}
	}
	groups, err := filepath.Glob("/sys/fs/cgroup/*/" + cgroup)
	if err != nil {
		t.Fatal(err)
	}
	left = append(left, groups...)
	entries, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if name := entry.Name(); name != "logs" && name != "state" {
			left = append(left, filepath.Join(dir, name))
		}
	}
	return left
}

// machine returns what a cluster must leave as it is: interfaces, addresses, routes, rules, and settings of the kernel.
func machine(t *testing.T) map[string]string {
	t.Helper()
	state := map[string]string{
		"links":   output(t, "ip", "-o", "link"),
		"routes":  output(t, "ip", "route", "show", "table", "all"),
		"nftable": output(t, "nft", "list", "ruleset"),
	}
	for _, name := range []string{"vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops",
		"kernel/keys/root_maxkeys", "kernel/keys/root_maxbytes", "net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding",
		"net/netfilter/nf_conntrack_max", "net/bridge/bridge-nf-call-iptables", "net/ipv4/conf/all/route_localnet",
		"kernel/hostname"} {
		value, err := os.ReadFile("/proc/sys/" + name)
		if err == nil { // else this kernel has no such setting
			state[name] = string(value)
		}
	}
	return state
}

func same(t *testing.T, after string, before map[string]string) {
	t.Helper()
	now := machine(t)
	for name, was := range before {
		if now[name] != was {
			t.Errorf("after %s the machine's %s changed from\n%s\nto\n%s", after, name, was, now[name])
		}
	}
}
