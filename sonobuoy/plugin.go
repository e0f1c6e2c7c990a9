package sonobuoy

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"text/template"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/templates"
)

const (
	// Repository is where the images are published, with a tag for each version of Kubernetes.
	Repository = "gcr.io/k8s-staging-win-op-rdnss/op-readiness"
	// Entry is the program of the image that takes the flags of a run. It is op-readiness by another name.
	Entry = "/app/run.sh"
	// Name is that of the plugin.
	Name = "op-readiness"
	// ResultsDir is where Sonobuoy collects results from, unless it says otherwise.
	ResultsDir = "/tmp/sonobuoy/results"
	// ProgressPort is where its worker listens for progress, unless it says otherwise.
	ProgressPort = "8099"
	// Grace is how long Sonobuoy lets a plugin live that it ends.
	Grace = 60 * time.Second
	// Timeout is a time for the whole run that leaves the results half an hour: Sonobuoy waits six hours for a plugin.
	Timeout = 5*time.Hour + 30*time.Minute
)

// serverVersion is what Sonobuoy replaces by the version of the API server, such as v1.36.3.
const serverVersion = "$SONOBUOY_K8S_VERSION"

// Plugin says what a plugin runs. Names are not held against the specs here.
type Plugin struct {
	Image             string   // "": that of the Kubernetes version, or of the cluster's, in Repository
	KubernetesVersion string   // of the specs, such as v1.36.3; "": the cluster's
	Categories        []string // at least one
	Abilities         []string // ids; none: all of the categories
	Provider          string   // as in e2e.test's --provider; "": local
	Timeout           time.Duration
	DryRun            bool     // e2e.test selects the tests, and runs none
	RunArgs           []string // further flags of op-readiness run
}

// Render returns the plugin as a file for `sonobuoy run --plugin`.
func (p Plugin) Render() ([]byte, error) {
	if len(p.Categories) == 0 {
		return nil, errors.New("rendering a plugin: no category")
	}
	if p.Timeout <= 0 {
		return nil, usererror.Usage(errors.New("--timeout is longer than nothing"))
	}
	image, err := p.image()
	if err != nil {
		return nil, err
	}
	t, err := template.New("plugin").Funcs(template.FuncMap{"quote": quote}).Option("missingkey=error").Parse(templates.SonobuoyPlugin())
	if err != nil {
		return nil, fmt.Errorf("reading the template of the plugin: %w", err)
	}
	var b bytes.Buffer
	err = t.Execute(&b, plugin{
		Name: Name, Description: p.description(), Source: source, ResultFile: reportdir.Items, GraceSeconds: int(Grace.Seconds()),
		Image: image, Command: Entry, Args: p.args(), ProgressPort: ProgressPort, ResultsDir: ResultsDir,
	})
	return b.Bytes(), err
}

const source = "https://github.com/kubernetes-sigs/windows-operational-readiness"

// plugin is what the template shows.
type plugin struct {
	Name, Description, Source, ResultFile string
	GraceSeconds                          int
	Image, Command                        string
	Args                                  []string
	ProgressPort, ResultsDir              string
}

func (p Plugin) description() string {
	return "Windows Operational Readiness (KEP-2578): " + strings.Join(p.Categories, ", ")
}

// image is that of the plugin. Its e2e.test must be of the cluster's version, which Sonobuoy puts into the tag.
func (p Plugin) image() (string, error) {
	switch {
	case strings.ContainsAny(p.Image, " \t\n"):
		return "", usererror.Usage(fmt.Errorf("--image %q: it has white space in it", p.Image))
	case p.Image != "":
		return p.Image, nil
	case p.KubernetesVersion == "":
		return Repository + ":" + serverVersion, nil
	case strings.Count(p.KubernetesVersion, ".") != 2:
		return "", usererror.WithHint(fmt.Errorf("--kubernetes-version %q: there is an image for each patch release", p.KubernetesVersion),
			"name one such as v1.36.3, or name --image, or neither for that of the cluster")
	}
	return Repository + ":v" + strings.TrimPrefix(p.KubernetesVersion, "v"), nil
}

// args are the flags of the run.
func (p Plugin) args() []string {
	var args []string
	for _, c := range p.Categories {
		args = append(args, "--category="+c)
	}
	for _, id := range p.Abilities {
		args = append(args, "--ability="+id)
	}
	if p.KubernetesVersion != "" {
		args = append(args, "--kubernetes-version="+p.KubernetesVersion)
	}
	if p.Provider != "" {
		args = append(args, "--provider="+p.Provider)
	}
	args = append(args, "--timeout="+p.Timeout.String())
	if p.DryRun {
		args = append(args, "--dry-run")
	}
	return append(args, p.RunArgs...)
}

// quote makes one text of YAML of what may hold anything: Go's escapes are among those of YAML.
func quote(text string) string { return strconv.QuoteToASCII(strings.ToValidUTF8(text, "\uFFFD")) }
