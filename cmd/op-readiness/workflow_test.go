package main

import (
	"cmp"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/fsouza/fake-gcs-server/fakestorage"
	"gopkg.in/yaml.v3"

	"sigs.k8s.io/windows-operational-readiness/reporter/github/githubtest"
)

const actionFile = "../../.github/actions/report/action.yml"

// action is what a runner of GitHub reads of a composite action.
type action struct {
	Inputs map[string]struct {
		Default string `yaml:"default"`
	} `yaml:"inputs"`
	Runs struct {
		Using string `yaml:"using"`
		Steps []struct {
			Name  string            `yaml:"name"`
			Shell string            `yaml:"shell"`
			Run   string            `yaml:"run"`
			Env   map[string]string `yaml:"env"`
		} `yaml:"steps"`
	} `yaml:"runs"`
}

var expression = regexp.MustCompile(`\$\{\{ *([a-z.-]+) *\}\}`)

// workflowRunner runs a composite action as GitHub does.
type workflowRunner struct {
	t      *testing.T
	action action
	folder string // of the action
	temp   string
	hub    string
	store  string
	site   string // where releases are
	arch   string // of the runner; "": X64
	token  string
}

// run runs the steps for an event, which must succeed, and returns what they said.
func (r workflowRunner) run(event, payload string, inputs map[string]string) string {
	r.t.Helper()
	said, err := r.try(event, payload, inputs)
	if err != nil {
		r.t.Fatalf("%v: %s", err, said)
	}
	return said
}

// try runs the steps for an event until one fails.
func (r workflowRunner) try(event, payload string, inputs map[string]string) (said string, err error) {
	r.t.Helper()
	file := filepath.Join(r.temp, "event.json")
	if err := os.WriteFile(file, []byte(payload), 0o600); err != nil {
		r.t.Fatal(err)
	}
	for _, step := range r.action.Runs.Steps {
		if step.Shell != "bash" || expression.MatchString(step.Run) {
			r.t.Fatalf("step %q runs %s, or has expressions in its script", step.Name, step.Shell)
		}
		cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step.Run)
		cmd.Dir = r.temp
		cmd.Env = append(os.Environ(), "GITHUB_ACTION_PATH="+r.folder, "RUNNER_TEMP="+r.temp, "GITHUB_REPOSITORY=kubernetes-sigs/windows-testing",
			"GITHUB_API_URL="+r.hub, "GITHUB_EVENT_NAME="+event, "GITHUB_EVENT_PATH="+file, "STORAGE_EMULATOR_HOST="+r.store,
			"GITHUB_SERVER_URL="+r.site, "RUNNER_OS=Linux", "RUNNER_ARCH="+cmp.Or(r.arch, "X64"))
		for name, value := range step.Env {
			cmd.Env = append(cmd.Env, name+"="+r.fill(value, inputs))
		}
		out, err := cmd.CombinedOutput()
		said += string(out)
		if err != nil {
			return said, fmt.Errorf("step %q: %w", step.Name, err)
		}
	}
	return said, nil
}

// fill puts values into expressions.
func (r workflowRunner) fill(text string, inputs map[string]string) string {
	return expression.ReplaceAllStringFunc(text, func(e string) string {
		name := expression.FindStringSubmatch(e)[1]
		input, isInput := strings.CutPrefix(name, "inputs.")
		switch value, given := inputs[input]; {
		case name == "github.token":
			return r.token
		case isInput && given:
			return value
		case isInput:
			known, ok := r.action.Inputs[input]
			if !ok {
				r.t.Fatalf("there is no input %q", input)
			}
			return r.fill(known.Default, inputs)
		}
		r.t.Fatalf("unknown expression %s", e)
		return ""
	})
}

// newWorkflowRunner runs the action of this checkout.
func newWorkflowRunner(t *testing.T) workflowRunner {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the example runs on Linux")
	}
	text, err := os.ReadFile(actionFile)
	if err != nil {
		t.Fatal(err)
	}
	r := workflowRunner{t: t, temp: t.TempDir(), token: "ghs_0123456789"}
	if err := yaml.Unmarshal(text, &r.action); err != nil || r.action.Runs.Using != "composite" {
		t.Fatalf("%+v, %v", r.action, err)
	}
	if r.folder, err = filepath.Abs(filepath.Dir(actionFile)); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestWorkflow runs the action for the events of the example workflow, with a token as GitHub gives it to a workflow: it may comment,
// and may not ask whose it is. It holds that the comment of the right pull request comes, and no other.
func TestWorkflow(t *testing.T) {
	t.Parallel()
	r := newWorkflowRunner(t)
	fake := githubtest.New(nil)
	fake.AddWorkflow(r.token)
	var objects []fakestorage.Object
	for number := 1; number <= 3; number++ {
		fake.SetPull(githubtest.Pull{Owner: "kubernetes-sigs", Name: "windows-testing", Number: number, Head: headSHA})
		folder := fmt.Sprintf("pr-logs/pull/kubernetes-sigs_windows-testing/%d/pull-windows-op-readiness/20/", number)
		for name, content := range map[string]string{
			"prowjob.json":  fmt.Sprintf(`{"spec":{"job":"pull-windows-op-readiness","refs":{"org":"kubernetes-sigs","repo":"windows-testing","pulls":[{"number":%d,"sha":%q}]}},"status":{"state":"failure"}}`, number, headSHA),
			"finished.json": `{"timestamp":1718003600,"passed":false,"result":"FAILURE"}`,
		} {
			objects = append(objects, fakestorage.Object{ObjectAttrs: fakestorage.ObjectAttrs{BucketName: "kubernetes-ci-logs", Name: folder + name}, Content: []byte(content)})
		}
	}
	store, err := fakestorage.NewServerWithOptions(fakestorage.Options{Scheme: "http", PublicHost: "127.0.0.1", InitialObjects: objects})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Stop()
	hub := httptest.NewServer(fake.Handler())
	defer hub.Close()
	r.hub, r.store = hub.URL, store.URL()
	comments := func() (numbers string) {
		for number := 1; number <= 3; number++ {
			numbers += fmt.Sprint(len(fake.Bodies(fmt.Sprintf("kubernetes-sigs/windows-testing#%d", number), "github-actions[bot]")))
		}
		return numbers
	}
	const repo = `"repository":{"full_name":"kubernetes-sigs/windows-testing"}`
	status := `{` + repo + `,"sha":"` + headSHA + `","context":"pull-windows-op-readiness","state":"%s","target_url":"https://prow.k8s.io/view/gs/kubernetes-ci-logs/pr-logs/pull/kubernetes-sigs_windows-testing/2/pull-windows-op-readiness/20"}`
	for _, step := range []struct {
		event, payload, want string
		inputs               map[string]string
	}{
		{"status", fmt.Sprintf(status, "pending"), "000", nil},
		{"status", fmt.Sprintf(status, "failure"), "010", nil},
		{"issue_comment", `{` + repo + `,"action":"created","issue":{"number":3,"pull_request":{}},"comment":{"body":"$(touch pwned)\n/op-readiness report"}}`, "011", nil},
		{"schedule", `{"schedule":"17 * * * *"}`, "111", map[string]string{"cache-dir": filepath.Join(r.temp, "cache"), "quiet-when-ready": "true"}},
		{"schedule", `{}`, "111", nil},
	} {
		said := r.run(step.event, step.payload, step.inputs)
		if got := comments(); got != step.want {
			t.Errorf("behind %s %.60s there are %s comments, want %s: %s", step.event, step.payload, got, step.want, said)
		}
		if strings.Contains(said, r.token) {
			t.Errorf("it tells the token: %s", said)
		}
	}
	left, err := filepath.Glob(filepath.Join(r.temp, "token.*"))
	if _, pwned := os.Stat(filepath.Join(r.temp, "pwned")); err != nil || len(left) > 0 || pwned == nil {
		t.Errorf("left behind: %v, %v, %v", left, err, pwned)
	}
}

// TestWorkflowExample holds that the example has no more rights than it needs, and calls the action that there is.
func TestWorkflowExample(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/examples/op-readiness-report.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var w struct {
		On          map[string]any    `yaml:"on"`
		Permissions map[string]string `yaml:"permissions"`
		Jobs        map[string]struct {
			Permissions map[string]string `yaml:"permissions"`
			Steps       []struct {
				Uses string `yaml:"uses"`
				Run  string `yaml:"run"`
			} `yaml:"steps"`
		} `yaml:"jobs"`
	}
	if err := yaml.Unmarshal(text, &w); err != nil {
		t.Fatal(err)
	}
	steps := w.Jobs["report"].Steps
	if len(w.Permissions) != 1 || w.Permissions["pull-requests"] != "write" || w.Jobs["report"].Permissions != nil || len(steps) != 1 || steps[0].Run != "" {
		t.Errorf("%+v", w)
	}
	folder, _, _ := strings.Cut(strings.TrimPrefix(steps[0].Uses, "kubernetes-sigs/windows-operational-readiness/"), "@")
	if _, err := os.Stat(filepath.Join("../..", folder, "action.yml")); err != nil {
		t.Error(err)
	}
	for _, event := range []string{"status", "schedule"} {
		if _, ok := w.On[event]; !ok {
			t.Errorf("it does not run on %s", event)
		}
	}
}
