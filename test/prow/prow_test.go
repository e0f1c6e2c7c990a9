package prow

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fsouza/fake-gcs-server/fakestorage"
	prowapi "sigs.k8s.io/prow/pkg/apis/prowjobs/v1"
	"sigs.k8s.io/yaml"
)

// release is the Kubernetes release of the simulated cluster, the newest one of the config.
const release = "v1.37.2"

const bucket = "kubernetes-ci-logs"

// prow is a whole Prow: the API server of a simulated cluster with Prow's custom resource, hook, crier and deck behind it, ghproxy and a
// GitHub, a bucket, our generated jobs and our plugin. What is missing of it is a controller that starts pods: the tests do that by
// mkpod, as processes of this machine.
type prow struct {
	t          *testing.T
	bin        programs
	kubernetes string // kubectl, e2e.test
	kubeconfig string
	dir        string
	web        *web
	github     string // ghproxy
	store      *fakestorage.Server
	sources    sources
	hook       *process
	crier      *process
	plugin     *process
}

func newProw(t *testing.T) *prow {
	t.Helper()
	p := &prow{t: t, bin: build(t), dir: t.TempDir(), sources: newSources(t)}
	p.web = newWeb(t, p.sources.head, p.sources.base)
	p.startCluster()
	p.startStore()
	p.configure()
	proxy := port(t)
	p.github = "http://127.0.0.1:" + proxy
	ghproxy := start(t, nil, p.bin.prow+"ghproxy", append(otherPorts(t)[:2:2], "--pprof-port="+port(t), "--port="+proxy, "--upstream="+p.web.url, "--cache-dir=", "--legacy-disable-disk-cache-partitions-by-auth-header=false")...)
	await(t, "ghproxy", answers(t, p.github), ghproxy)
	p.startPlugin()
	at := port(t)
	p.web.hook = "http://127.0.0.1:" + at + "/hook"
	p.hook = start(t, nil, p.bin.prow+"hook", p.flags("--hmac-secret-file="+p.file("hmac"), "--plugin-config="+p.file("plugins.yaml"), "--port="+at, "--dry-run=false",
		"--github-graphql-endpoint="+p.github+"/graphql")...)
	await(t, "hook", answers(t, "http://127.0.0.1:"+at), p.hook)
	p.crier = start(t, p.storeEnv(), p.bin.prow+"crier", p.flags("--github-workers=1", "--blob-storage-workers=1", "--dry-run=false")...)
	return p
}

func (p *prow) file(name string) string { return filepath.Join(p.dir, name) }

// flags are those that all of Prow's servers have.
func (p *prow) flags(more ...string) []string {
	p.t.Helper()
	flags := append(otherPorts(p.t), "--config-path="+p.file("config.yaml"), "--job-config-path="+p.file("jobs"), "--kubeconfig="+p.kubeconfig,
		"--github-endpoint="+p.github, "--github-token-path="+p.file("token"))
	return append(flags, more...)
}

// startCluster starts the API server that holds ProwJobs, and the cluster under test in one.
func (p *prow) startCluster() {
	p.t.Helper()
	p.t.Setenv("KUBERNETES_VERSION", release)
	p.kubernetes = strings.TrimSpace(execute(p.t, "../cluster/build.sh"))
	dir, err := os.MkdirTemp("", "sim-") // short: it holds a socket
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		if out, err := exec.Command("../cluster/down.sh", dir).CombinedOutput(); err != nil {
			p.t.Errorf("%v\n%s", err, out)
		}
		_ = os.RemoveAll(dir) // empty by now
	})
	execute(p.t, "../cluster/up.sh", dir)
	p.kubeconfig = filepath.Join(dir, "kubeconfig")
	module := strings.TrimSpace(execute(p.t, "go", "-C", "programs", "list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/prow"))
	text, err := os.ReadFile(filepath.Join(module, "config/prow/cluster/prowjob-crd/prowjob_customresourcedefinition.yaml"))
	if err != nil {
		p.t.Fatal(err)
	}
	p.kubectl("create", "-f", write(p.t, undescribed(p.t, text), p.file("prowjob.yaml")))
	await(p.t, "Prow's custom resource", func() bool {
		return exec.Command(filepath.Join(p.kubernetes, "kubectl"), "--kubeconfig", p.kubeconfig, "get", "prowjobs").Run() == nil
	})
}

// undescribed is a custom resource without the descriptions of its fields, with which it is more than etcd takes by default.
func undescribed(t *testing.T, text []byte) string {
	t.Helper()
	var crd any
	if err := yaml.Unmarshal(text, &crd); err != nil {
		t.Fatal(err)
	}
	var strip func(any)
	strip = func(value any) {
		switch v := value.(type) {
		case map[string]any:
			if _, isText := v["description"].(string); isText {
				delete(v, "description")
			}
			for _, below := range v {
				strip(below)
			}
		case []any:
			for _, below := range v {
				strip(below)
			}
		}
	}
	strip(crd)
	return asJSON(t, crd)
}

func (p *prow) kubectl(args ...string) string {
	p.t.Helper()
	return execute(p.t, filepath.Join(p.kubernetes, "kubectl"), append([]string{"--kubeconfig", p.kubeconfig}, args...)...)
}

func (p *prow) startStore() {
	p.t.Helper()
	var err error
	p.store, err = fakestorage.NewServerWithOptions(fakestorage.Options{Scheme: "http", Host: "127.0.0.1", PublicHost: "127.0.0.1", Writer: io.Discard})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(p.store.Stop)
	p.store.CreateBucketWithOpts(fakestorage.CreateBucketOpts{Name: bucket})
}

// storeEnv leads a program to the store.
func (p *prow) storeEnv() []string { return []string{"STORAGE_EMULATOR_HOST=" + p.store.URL()} }

// configure has the program generate the jobs, and writes Prow's own config beside them. Times are those of a test, and there is
// one repository: mkpj takes a presubmit by its name alone.
func (p *prow) configure() {
	p.t.Helper()
	text, err := os.ReadFile("../../config/op-readiness.yaml")
	if err != nil {
		p.t.Fatal(err)
	}
	var cfg map[string]any
	if err := yaml.Unmarshal(text, &cfg); err != nil {
		p.t.Fatal(err)
	}
	cfg["timeouts"] = map[string]string{"periodic": "10m", "presubmit": "6m", "cluster": "2m", "grace": "1m"}
	cfg["repositories"] = cfg["repositories"].([]any)[:1]
	if text, err = yaml.Marshal(cfg); err != nil {
		p.t.Fatal(err)
	}
	execute(p.t, p.bin.ours+"op-readiness", "generate", "--config", write(p.t, string(text), p.file("op-readiness.yaml")), "--output-dir", p.dir)
	for name, content := range map[string]string{"token": "token-of-prow", "token-of-the-bot": "token-of-the-bot", "hmac": secret} {
		write(p.t, content, p.file(name))
	}
	write(p.t, prowText, p.file("config.yaml"))
	write(p.t, presetsText(p.t), p.file("jobs/presets.yaml"))
}

// prowText is a config of Prow as test-infra has it, as far as this test needs it.
const prowText = `
prowjob_namespace: default
pod_namespace: default
plank:
  job_url_prefix_config: {"*": "https://prow.k8s.io/view/"}
  report_templates:
    "*": '[Full history](https://prow.k8s.io/pr-history?org={{.Spec.Refs.Org}}&repo={{.Spec.Refs.Repo}}&pr={{with index .Spec.Refs.Pulls 0}}{{.Number}}{{end}})'
  default_decoration_config_entries:
  - config:
      timeout: 2h
      grace_period: 15s
      gcs_configuration: {bucket: kubernetes-ci-logs, path_strategy: explicit}
      utility_images: {clonerefs: clonerefs, initupload: initupload, entrypoint: entrypoint, sidecar: sidecar}
github_reporter:
  job_types_to_report: [presubmit]
deck:
  spyglass:
    size_limit: 500000000
    gcs_browser_prefix: https://gcsweb.k8s.io/gcs/
    testgrid_root: https://testgrid.k8s.io/
    lenses:
    - lens: {name: metadata}
      required_files: ['^(?:started|finished)\.json$']
      optional_files: ['^(?:podinfo|prowjob)\.json$']
    - lens: {name: buildlog}
      required_files: ['^.*build-log\.txt$']
    - lens: {name: junit}
      required_files: ['^artifacts(/.*/|/)junit.*\.xml$']
    - lens: {name: links}
      required_files: ['^artifacts/.*\.link\.txt$']
`

// startPlugin starts op-readiness serve, and tells hook of it.
func (p *prow) startPlugin() {
	p.t.Helper()
	at := port(p.t)
	p.plugin = start(p.t, p.storeEnv(), p.bin.ours+"op-readiness", "serve", "--listen", "127.0.0.1:"+at, "--hmac-secret-file", p.file("hmac"),
		"--github-token-file", p.file("token-of-the-bot"), "--github-endpoint", p.github, "--config", p.file("op-readiness.yaml"))
	await(p.t, "op-readiness serve", answers(p.t, "http://127.0.0.1:"+at+"/healthz"), p.plugin)
	plugins := map[string]any{
		"plugins": map[string]any{org + "/" + ours: map[string]any{"plugins": []string{"trigger"}}},
		"external_plugins": map[string]any{org + "/" + ours: []map[string]any{
			{"name": "op-readiness", "endpoint": "http://127.0.0.1:" + at, "events": []string{"status", "issue_comment"}},
		}},
	}
	text, err := yaml.Marshal(plugins)
	if err != nil {
		p.t.Fatal(err)
	}
	write(p.t, string(text), p.file("plugins.yaml"))
}

// jobs are the ProwJobs that there are.
func (p *prow) jobs() []prowapi.ProwJob {
	p.t.Helper()
	var list prowapi.ProwJobList
	if err := json.Unmarshal([]byte(p.kubectl("get", "prowjobs", "-o", "json")), &list); err != nil {
		p.t.Fatal(err)
	}
	return list.Items
}

// set changes the status of a ProwJob, as the controller of pods does.
func (p *prow) set(name string, status map[string]any) {
	p.t.Helper()
	text, err := json.Marshal(map[string]any{"status": status})
	if err != nil {
		p.t.Fatal(err)
	}
	p.kubectl("patch", "prowjob", name, "--type=merge", "--patch", string(text))
}

// object is what the bucket holds under a name; "" if nothing.
func (p *prow) object(name string) string {
	o, err := p.store.GetObject(bucket, name)
	if err != nil {
		return ""
	}
	return string(o.Content)
}
