package runner_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/runner"
)

// writeKubeconfig writes a kubeconfig with one cluster, user and context of a name.
func writeKubeconfig(t *testing.T, path, name string) string {
	t.Helper()
	ca := filepath.Join(filepath.Dir(path), "ca-"+name+".crt")
	if err := os.WriteFile(ca, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("apiVersion: v1\nkind: Config\ncurrent-context: %[1]s\nclusters: [{name: %[1]s, cluster: {server: 'https://%[1]s.test', certificate-authority: ca-%[1]s.crt}}]\n"+
		"contexts: [{name: %[1]s, context: {cluster: %[1]s, user: %[1]s}}]\nusers: [{name: %[1]s, user: {token: token-%[1]s}}]\n", name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestConnect holds that a cluster is reached by kubeconfigs, merged as kubectl does it, or, without one, as a pod of it, and
// never waited for.
func TestConnect(t *testing.T) {
	dir := t.TempDir()
	a, b := writeKubeconfig(t, filepath.Join(dir, "a"), "a"), writeKubeconfig(t, filepath.Join(dir, "b"), "b")
	t.Setenv("KUBERNETES_SERVICE_HOST", "")
	without := func(name, what string) string { // a kubeconfig without a thing
		text, err := os.ReadFile(a)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), []byte(strings.Replace(string(text), what, "", 1)), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		return filepath.Join(dir, name)
	}
	current := without("no-current", "current-context: a\n")
	for _, test := range []struct {
		access      runner.Access
		host, wrong string
	}{
		{runner.Access{Files: []string{a}}, "https://a.test", ""},
		{runner.Access{Files: []string{a, b}}, "https://a.test", ""},
		{runner.Access{Files: []string{b, a}}, "https://b.test", ""},
		{runner.Access{Files: []string{a, b}, Context: "b"}, "https://b.test", ""},
		{runner.Access{Files: []string{a, b}, Context: "c"}, "", `--context: unknown context "c"; known are ["a" "b"]`},
		{runner.Access{Files: []string{current}}, "", "no context is the current one in " + current},
		{runner.Access{Files: []string{current}, Context: "a"}, "https://a.test", ""},
		{runner.Access{Files: []string{without("no-context", "{name: a, context: {cluster: a, user: a}}")}}, "", "there is no context in "},
		{runner.Access{Files: []string{without("no-cluster", "{name: a, cluster: {server: 'https://a.test', certificate-authority: ca-a.crt}}")}}, "", `context "a" names the cluster "a", which is not in `},
		{runner.Access{}, "", "unable to load in-cluster configuration"},
		{runner.Access{Files: []string{a + ".none"}}, "", "there is no context in "},
	} {
		config, err := test.access.Connect()
		switch {
		case test.wrong != "":
			if err == nil || !strings.HasPrefix(err.Error(), "reading how to reach the cluster: ") || !strings.Contains(err.Error(), test.wrong) {
				t.Errorf("%+v: %v, want %q", test.access, err, test.wrong)
			}
		case err != nil || config.Host != test.host || config.Timeout != 30*time.Second || !strings.HasPrefix(config.CAFile, dir):
			t.Errorf("%+v: %+v, %v", test.access, config, err)
		}
	}
}

// TestKubeconfig holds that e2e.test gets one file: the one that there is, or a merged one that is the user's alone and does
// not stay.
func TestKubeconfig(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	dir := t.TempDir()
	a, b := writeKubeconfig(t, filepath.Join(dir, "a"), "a"), writeKubeconfig(t, filepath.Join(dir, "b"), "b")
	for _, files := range [][]string{nil, {a}} {
		path, remove, err := runner.Access{Files: files}.Kubeconfig()
		if want := strings.Join(files, ""); err != nil || path != want {
			t.Errorf("%q: %q, %v", files, path, err)
		}
		remove()
	}
	path, remove, err := runner.Access{Files: []string{a, b}}.Kubeconfig()
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	for context, want := range map[string]string{"": "a", "a": "a", "b": "b"} {
		config, err := runner.Access{Files: []string{path}, Context: context}.Connect()
		if err != nil || config.Host != "https://"+want+".test" || config.BearerToken != "token-"+want || config.CAFile != filepath.Join(dir, "ca-"+want+".crt") {
			t.Errorf("context %q: %+v, %v", context, config, err)
		}
	}
	remove()
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if err := os.WriteFile(b, []byte(":"), 0o600); err != nil {
		t.Fatal(err)
	}
	if path, _, err := (runner.Access{Files: []string{a, b}}).Kubeconfig(); err == nil || !strings.HasPrefix(err.Error(), "merging kubeconfigs: ") {
		t.Errorf("%q, %v", path, err)
	}
}

// TestWriteAs holds that a kubeconfig of another user is of the one cluster that is meant, and readable by its owner alone.
func TestWriteAs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, b := writeKubeconfig(t, filepath.Join(dir, "a"), "a"), writeKubeconfig(t, filepath.Join(dir, "b"), "b")
	for context, want := range map[string]string{"": "a", "a": "a", "b": "b", "alone": "b"} {
		path := filepath.Join(dir, "of-"+context)
		access := runner.Access{Files: []string{a, b}, Context: context}
		if context == "alone" {
			access = runner.Access{Files: []string{b}}
		}
		if err := access.WriteAs(path, "me", []string{"us", "all"}); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info, err)
		}
		config, err := runner.Access{Files: []string{path}}.Connect()
		if err != nil || config.Host != "https://"+want+".test" || config.BearerToken != "token-"+want || config.CAFile != filepath.Join(dir, "ca-"+want+".crt") ||
			config.Impersonate.UserName != "me" || strings.Join(config.Impersonate.Groups, ",") != "us,all" {
			t.Errorf("context %q: %+v, %v", context, config, err)
		}
		if text, err := os.ReadFile(path); err != nil || strings.Count(string(text), "token-") != 1 {
			t.Errorf("context %q: %s, %v", context, text, err)
		}
	}
	for name, access := range map[string]runner.Access{
		"no context": {Files: []string{a}, Context: "c"},
		"no folder":  {Files: []string{a}},
	} {
		path := map[string]string{"no context": filepath.Join(dir, "c"), "no folder": filepath.Join(a, "c")}[name]
		if err := access.WriteAs(path, "me", nil); err == nil || !strings.HasPrefix(err.Error(), "writing a kubeconfig: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
