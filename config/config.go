// Package config says where Windows operational readiness is tested, and where its results are shown: Kubernetes
// versions, platforms, repositories, Prow's cluster and bucket, TestGrid's dashboards. It carries op-readiness.yaml, the
// project's own; beside it, in jobs and testgrids, lies what "op-readiness generate" makes of it.
//
// Default and Load read a file, Parse decodes it strictly and then holds every value against what it means: the other
// values of the file, the specs, the rules of kubernetes/test-infra. All problems come back in one error, each with its
// line. A Config that is returned without an error is whole; nothing in it is filled in later.
package config

import (
	_ "embed"
	"fmt"
	"os"
	"strings"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/internal/yamlfile"
)

// Config is a decoded file. What its keys mean is told in op-readiness.yaml, beside each.
type Config struct {
	Versions []Version `yaml:"versions"`
	Tiers    map[string]struct {
		Every time.Duration `yaml:"every"` // one of schedule.Intervals
	} `yaml:"tiers"`
	Platforms         []Platform   `yaml:"platforms"`
	PresubmitPlatform string       `yaml:"presubmitPlatform"` // the name of one of Platforms
	Repositories      []Repository `yaml:"repositories"`      // none: there are no presubmits
	ExtraRefs         []Ref        `yaml:"extraRefs"`         // at least one
	Templates         string       `yaml:"templates"`
	Cluster           string       `yaml:"cluster"`
	ServiceAccount    string       `yaml:"serviceAccount"`
	Image             string       `yaml:"image"` // with its tag, but for the suffix that a version gives
	// Resources of a job's container, both requests and limits.
	Resources struct {
		CPU    string `yaml:"cpu"`
		Memory string `yaml:"memory"`
	} `yaml:"resources"`
	// Timeouts after which Prow ends a run.
	Timeouts struct {
		Periodic  time.Duration `yaml:"periodic"`
		Presubmit time.Duration `yaml:"presubmit"`
		Cluster   time.Duration `yaml:"cluster"` // of which making the cluster may take this
		Grace     time.Duration `yaml:"grace"`   // for a job that is ended to end by itself
	} `yaml:"timeouts"`
	// Presets that jobs carry as labels.
	Presets struct {
		All        []string            `yaml:"all"`
		Periodic   []string            `yaml:"periodic"`
		Presubmit  []string            `yaml:"presubmit"`
		Categories map[string][]string `yaml:"categories"` // by the category's name
	} `yaml:"presets"`
	KnownPresets []KnownPreset `yaml:"knownPresets"`
	Summaries    *Summaries    `yaml:"summaries"` // nil: no job writes results to pull requests
	Bucket       string        `yaml:"bucket"`
	// Hosts where results are shown, "https://" and a host each.
	Hosts struct {
		TestGrid string `yaml:"testgrid"`
		Prow     string `yaml:"prow"`
	} `yaml:"addresses"`
	TestGrid TestGrid `yaml:"testgrid"`
	// TemplatesAt is the "file:line" that names the templates; they are looked for after the config was read.
	TemplatesAt string `yaml:"-"`
}

// Tests is how long the tests of a job may take, by the job's timeout: they end by themselves before Prow ends the job.
func (c Config) Tests(timeout time.Duration) time.Duration {
	return timeout - c.Timeouts.Cluster - c.Timeouts.Grace
}

// TestGrace is how long e2e.test has to clean up when it is ended: a third of what Prow leaves the job, whose cluster is to
// be deleted too.
func (c Config) TestGrace() time.Duration { return (c.Timeouts.Grace / 3).Truncate(time.Second) }

// Addresses returns where jobs and their results are shown.
func (c Config) Addresses() coordinates.Addresses {
	return coordinates.Addresses{TestGrid: c.Hosts.TestGrid, Prow: c.Hosts.Prow, Bucket: c.Bucket, Group: c.TestGrid.Group}
}

// Version is one Kubernetes version under test.
type Version struct {
	Name   string `yaml:"name"`   // "1.36" or "master"
	Branch string `yaml:"branch"` // of kubernetes/kubernetes
	Marker string `yaml:"marker"` // of the newest build, for windows-testing's script: "latest" or "latest-1.36"
	Image  string `yaml:"image"`  // suffix of the image's tag
	Tier   string `yaml:"tier"`   // a key of Config.Tiers
}

// Platform is one Windows version of the nodes.
type Platform struct {
	Name    string   `yaml:"name"`
	Title   string   `yaml:"title"` // for descriptions
	Presets []string `yaml:"presets"`
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
	Every       time.Duration `yaml:"every"`
	Cluster     string        `yaml:"cluster"`     // a trusted one, since the job holds a token
	Image       string        `yaml:"image"`       // suffix of the image's tag
	TokenSecret string        `yaml:"tokenSecret"` // name of the secret that holds the token under the key "token"
	Timeout     time.Duration `yaml:"timeout"`
}

// KnownPreset is what a preset of Prow sets.
type KnownPreset struct {
	Name    string   `yaml:"name"`
	Env     []string `yaml:"env"`
	Volumes []string `yaml:"volumes"`
}

// TestGrid holds what all dashboards share.
type TestGrid struct {
	Group           string   `yaml:"group"`
	AlertEmails     []string `yaml:"alertEmails"` // none: no mails
	FailuresToAlert int      `yaml:"failuresToAlert"`
	DaysOfResults   int      `yaml:"daysOfResults"`
	// Columns is how many of them count for a tab's status.
	Columns struct {
		Periodic  int `yaml:"periodic"`
		Presubmit int `yaml:"presubmit"`
	} `yaml:"columns"`
}

//go:embed op-readiness.yaml
var shipped []byte

// Default returns the config that the program carries.
func Default() (Config, error) { return Parse("config/op-readiness.yaml", shipped) }

// Load reads a config from a file.
func Load(name string) (Config, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return Config{}, fmt.Errorf("reading config: %w", err)
	}
	return Parse(name, data)
}

// Parse decodes a config strictly and checks what it means. All problems are returned joined, each "file:line: message";
// name is the file's, for these.
func Parse(name string, data []byte) (Config, error) {
	var cfg Config
	f := yamlfile.Decode(name, data, &cfg)
	if f.Has("") { // else it is no YAML, and every value would be reported as missing
		checker{f, cfg}.all()
	}
	if err := f.Err(); err != nil {
		return Config{}, err
	}
	cfg.TemplatesAt = fmt.Sprintf("%s:%d", name, f.Line("templates"))
	return cfg, nil
}
