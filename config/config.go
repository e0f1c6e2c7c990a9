// Package config says where Windows operational readiness is tested, and where its results are shown: Kubernetes
// versions, platforms, repositories, Prow's cluster and bucket, TestGrid's dashboards. It carries op-readiness.yaml, the
// project's own; beside it, in jobs and testgrids, lies what "op-readiness generate" makes of it.
//
// Default and Load read a file, Parse decodes it strictly and then holds every value against what it means: the other
// values of the file, the specs, the rules of kubernetes/test-infra. All problems come back in one error, each with its
// line. A Config that is returned without an error is whole; nothing in it is filled in later.
package config

import (
	"cmp"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/internal/yamlfile"
)

// Config is a decoded file. What its keys mean is told in op-readiness.yaml, beside each.
type Config struct {
	ProfileName       string          `yaml:"profile"` // one of Profiles, or a file beside the config that ends in .yaml
	Profile           Profile         `yaml:"-"`
	Versions          []Version       `yaml:"versions"`
	Tiers             map[string]Tier `yaml:"tiers"`
	Platforms         []Platform      `yaml:"platforms"`
	PresubmitPlatform string          `yaml:"presubmitPlatform"` // the name of one of Platforms
	Repositories      []Repository    `yaml:"repositories"`      // none: there are no presubmits
	ExtraRefs         []Ref           `yaml:"extraRefs"`         // at least one
	Templates         string          `yaml:"templates"`
	Cluster           string          `yaml:"cluster"`
	ServiceAccount    string          `yaml:"serviceAccount"` // "": the cluster's default
	Image             string          `yaml:"image"`          // with its tag, but for the suffix that a version gives
	// Resources of a job's container, both requests and limits.
	Resources struct {
		CPU    string `yaml:"cpu"`
		Memory string `yaml:"memory"`
	} `yaml:"resources"`
	Timeouts   Timeouts          `yaml:"timeouts"`
	Env        map[string]string `yaml:"env"`        // of every job
	Decoration map[string]any    `yaml:"decoration"` // what a job says of Prow's decoration_config besides its times; none: Prow's own
	Secret     string            `yaml:"secret"`     // name of a secret with a kubeconfig, for templates that use one
	// Presets that jobs carry as labels.
	Presets struct {
		All        []string            `yaml:"all"`
		Periodic   []string            `yaml:"periodic"`
		Presubmit  []string            `yaml:"presubmit"`
		Categories map[string][]string `yaml:"categories"` // by the category's name
	} `yaml:"presets"`
	Owners    Owners     `yaml:"owners"`    // of the folder of the jobs; none: no OWNERS file is written
	Summaries *Summaries `yaml:"summaries"` // nil: no job writes results to pull requests
	Publish   *Publish   `yaml:"publish"`   // nil: no job publishes the image
	Bucket    string     `yaml:"bucket"`
	// Hosts where results are shown, "https://" and a host each; for TestGrid also the form of a tab's address.
	Hosts struct {
		TestGrid string `yaml:"testgrid"`
		Prow     string `yaml:"prow"`
	} `yaml:"addresses"`
	TestGrid TestGrid `yaml:"testgrid"`
	// TemplatesAt is the "file:line" that names the templates; they are looked for after the config was read.
	TemplatesAt string `yaml:"-"`
	// Images are those that the folder of the jobs names, by the suffix of a version; see generator.ReadImages. Zero: none does.
	Images map[string]string `yaml:"-"`
	// Checkout tells that the jobs go where they will run: into a checkout of the repository of their Prow.
	Checkout bool `yaml:"-"`
}

// ReportImage is the name of the image of the job that writes results to pull requests, among those of Images.
const ReportImage = "report"

// Published tells whether an image is one that somebody built. A tag whose commit is all zeros stands for the one to come.
func Published(image string) bool { return !strings.HasSuffix(image, "-0000000") }

// Owners are who reviews and approves changes of the jobs.
type Owners struct {
	Approvers []string `yaml:"approvers"`
	Reviewers []string `yaml:"reviewers"`
	Labels    []string `yaml:"labels"`
}

// Override is what differs from the rest of the config, for one version or one platform. A platform's goes before a version's.
type Override struct {
	Image    string            `yaml:"image"` // the whole image
	Tier     string            `yaml:"tier"`
	Env      map[string]string `yaml:"env"`
	Refs     map[string]string `yaml:"refs"` // the branch of a repository of extraRefs, by "org/repo"
	Timeouts Timeouts          `yaml:"timeouts"`
}

// ImageOf is the job's image of a version: what the folder of the jobs names, else the config.
func (c Config) ImageOf(v Version) string {
	if image := c.Images[v.Image]; image != "" {
		return image
	}
	if v.Image == "" {
		return c.Image
	}
	return c.Image + "-" + v.Image
}

// Addresses returns where jobs and their results are shown.
func (c Config) Addresses() coordinates.Addresses {
	return coordinates.Addresses{TestGrid: c.Hosts.TestGrid, Prow: c.Hosts.Prow, Bucket: c.Bucket, Group: c.TestGrid.Group}
}

// Version is one Kubernetes version under test.
type Version struct {
	Name   string `yaml:"name"`   // "1.36" or "master"
	Branch string `yaml:"branch"` // of kubernetes/kubernetes
	Marker string `yaml:"marker"` // of the newest build, "latest" or "latest-1.36"; or a release, "v1.36.3", if the profile has them
	Image  string `yaml:"image"`  // suffix of the image's tag; "": none
	Tier   string `yaml:"tier"`   // a key of Config.Tiers
	// Assumed: jobs are made although no catalog has the names of its tests, by those of the nearest version.
	Assumed  bool     `yaml:"assumed"`
	At       string   `yaml:"-"`       // the "file:line" where it stands
	Without  []string `yaml:"without"` // names of platforms that it is not tested on
	Override Override `yaml:"override"`
}

// Tier is how often a periodic runs, and what of it TestGrid shows.
type Tier struct {
	Every   time.Duration `yaml:"every"` // one of schedule.Intervals
	Results Results       `yaml:"results"`
}

// Results is what TestGrid shows of a job.
type Results struct {
	Days    int `yaml:"days"`    // how long results are kept; at least as long as Columns runs take
	Columns int `yaml:"columns"` // how many of the newest count for a tab's status
}

// Platform is one Windows version of the nodes.
type Platform struct {
	Name     string   `yaml:"name"`
	Title    string   `yaml:"title"` // for descriptions
	Presets  []string `yaml:"presets"`
	Override Override `yaml:"override"`
}

// Repository gets presubmits.
type Repository struct {
	Org       string `yaml:"org"`
	Repo      string `yaml:"repo"`
	Branch    string `yaml:"branch"`
	PathAlias string `yaml:"pathAlias"`
}

// FullName returns "org/repo".
func (r Repository) FullName() string { return r.Org + "/" + r.Repo }

// BranchPattern is the regular expression of the branch whose pull requests a presubmit is for.
func (r Repository) BranchPattern() string {
	return "^" + strings.ReplaceAll(r.Branch, ".", `\.`) + "$"
}

// Ref is a repository that a job checks out besides the one under test.
type Ref struct {
	Org       string `yaml:"org"`
	Repo      string `yaml:"repo"`
	BaseRef   string `yaml:"baseRef"`
	PathAlias string `yaml:"pathAlias"`
	Workdir   bool   `yaml:"workdir"` // the job starts there; true for exactly one
}

// FullName returns "org/repo".
func (r Ref) FullName() string { return r.Org + "/" + r.Repo }

// Summaries is the job that writes results to pull requests.
type Summaries struct {
	Every          time.Duration `yaml:"every"`
	Cluster        string        `yaml:"cluster"`        // a trusted one, since the job holds a token
	Image          string        `yaml:"image"`          // the whole image, which has op-readiness
	Endpoint       string        `yaml:"endpoint"`       // of GitHub's API, such as that of ghproxy; "": GitHub's own
	ServiceAccount string        `yaml:"serviceAccount"` // "": the cluster's default
	TokenSecret    string        `yaml:"tokenSecret"`    // name of the secret that holds the token under the key "token"
	Timeout        time.Duration `yaml:"timeout"`
	Results        Results       `yaml:"results"`
}

// Publish is the job that publishes the image of op-readiness after each merge, by the cloudbuild.yaml of this repository.
type Publish struct {
	Project        string        `yaml:"project"`        // of Google Cloud: where it is built, and whose registry gets it
	Cluster        string        `yaml:"cluster"`        // a trusted one, since the service account may push images
	ServiceAccount string        `yaml:"serviceAccount"` // there
	Image          string        `yaml:"image"`          // of image-builder, which hands the sources over to Cloud Build
	Dashboards     []string      `yaml:"dashboards"`     // of TestGrid, of others; none: it is on none
	Timeout        time.Duration `yaml:"timeout"`
}

// TestGrid holds what all dashboards share.
type TestGrid struct {
	Group           string   `yaml:"group"`       // "": there is no TestGrid
	AlertEmails     []string `yaml:"alertEmails"` // none: no mails
	FailuresToAlert int      `yaml:"failuresToAlert"`
	Presubmits      Results  `yaml:"presubmits"`
}

//go:embed op-readiness.yaml
var shipped []byte

// Default returns the config that the program carries.
func Default() (Config, error) { return Parse("config/op-readiness.yaml", shipped) }

// noFile opens no file: of a config that lies in none.
func noFile(string) ([]byte, error) {
	return nil, errors.New("a profile of one's own needs a config that is a file")
}

// Load reads a config from a file.
func Load(name string) (Config, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return Config{}, fmt.Errorf("reading config: %w", err)
	}
	return parse(name, data, func(profile string) ([]byte, error) { return os.ReadFile(filepath.Join(filepath.Dir(name), profile)) })
}

// Parse decodes a config strictly and checks what it means. All problems are returned joined, each "file:line: message";
// name is the file's, for these.
func Parse(name string, data []byte) (Config, error) { return parse(name, data, noFile) }

func parse(name string, data []byte, open func(string) ([]byte, error)) (Config, error) {
	var cfg Config
	f := yamlfile.Decode(name, data, &cfg)
	if f.Has("") { // else it is no YAML, and every value would be reported as missing
		c := checker{File: f}
		cfg.Profile = c.profile(cfg.ProfileName, open)
		c.cfg = cfg
		c.all()
	}
	if err := cmp.Or(f.Twice(), f.Err()); err != nil {
		return Config{}, err
	}
	cfg.TemplatesAt = fmt.Sprintf("%s:%d", name, f.Line("templates"))
	for i := range cfg.Versions {
		cfg.Versions[i].At = fmt.Sprintf("%s:%d", name, f.Line(fmt.Sprintf("versions[%d]", i)))
	}
	return cfg, nil
}
