package generator

import (
	"fmt"
	"os"
	"time"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/internal/yamlfile"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// Config says where the categories are tested. Its keys are explained in config/op-readiness.yaml.
type Config struct {
	Versions          []Version       `yaml:"versions"`
	Tiers             map[string]Tier `yaml:"tiers"`
	Platforms         []Platform      `yaml:"platforms"`
	PresubmitPlatform string          `yaml:"presubmitPlatform"`
	Repositories      []Repository    `yaml:"repositories"`
	ExtraRefs         []Ref           `yaml:"extraRefs"`
	Templates         string          `yaml:"templates"`
	Cluster           string          `yaml:"cluster"`
	ServiceAccount    string          `yaml:"serviceAccount"`
	Image             string          `yaml:"image"`
	Resources         Resources       `yaml:"resources"`
	Timeouts          Timeouts        `yaml:"timeouts"`
	Presets           Presets         `yaml:"presets"`
	KnownPresets      []KnownPreset   `yaml:"knownPresets"`
	Summaries         *Summaries      `yaml:"summaries"`
	Bucket            string          `yaml:"bucket"`
	TestGrid          TestGrid        `yaml:"testgrid"`
	// TemplatesAt is the "file:line" that names the templates; they are looked for after the config was read.
	TemplatesAt string `yaml:"-"`
}

// Version is one Kubernetes version under test.
type Version struct {
	Name   string `yaml:"name"`   // "1.36" or "master"
	Branch string `yaml:"branch"` // of kubernetes/kubernetes
	Marker string `yaml:"marker"` // "latest" or "latest-1.36"
	Image  string `yaml:"image"`  // suffix of the image's tag
	Tier   string `yaml:"tier"`   // a key of Config.Tiers
}

// Slug returns the form of the version in names of jobs and files: "1-36".
func (v Version) Slug() string { return specs.Slug(v.Name) }

// Tier says how often a periodic runs.
type Tier struct {
	Every time.Duration `yaml:"every"`
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

// Ref is a repository that a job checks out besides the one under test.
type Ref struct {
	Org       string `yaml:"org"`
	Repo      string `yaml:"repo"`
	BaseRef   string `yaml:"baseRef"`
	PathAlias string `yaml:"pathAlias"`
	Workdir   bool   `yaml:"workdir"`
}

// FullName returns "org/repo".
func (r Ref) FullName() string { return r.Org + "/" + r.Repo }

// Resources of a job's container, both requests and limits.
type Resources struct {
	CPU    string `yaml:"cpu"`
	Memory string `yaml:"memory"`
}

// Timeouts after which Prow ends a run.
type Timeouts struct {
	Periodic  time.Duration `yaml:"periodic"`
	Presubmit time.Duration `yaml:"presubmit"`
}

// Summaries is the job that writes results to pull requests; nil for none.
type Summaries struct {
	Every       time.Duration `yaml:"every"`
	Cluster     string        `yaml:"cluster"`     // a trusted one, since the job holds a token
	Image       string        `yaml:"image"`       // suffix of the image's tag
	TokenSecret string        `yaml:"tokenSecret"` // name of the secret that holds the token under the key "token"
	Timeout     time.Duration `yaml:"timeout"`
}

// Presets that jobs carry as labels.
type Presets struct {
	All        []string            `yaml:"all"`
	Periodic   []string            `yaml:"periodic"`
	Presubmit  []string            `yaml:"presubmit"`
	Categories map[string][]string `yaml:"categories"`
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
	AlertEmails     []string `yaml:"alertEmails"`
	FailuresToAlert int      `yaml:"failuresToAlert"`
	DaysOfResults   int      `yaml:"daysOfResults"`
	Columns         Columns  `yaml:"columns"`
}

// Columns is how many of them count for a tab's status.
type Columns struct {
	Periodic  int `yaml:"periodic"`
	Presubmit int `yaml:"presubmit"`
}

// DefaultConfig returns the config that the program carries.
func DefaultConfig() (Config, error) { return ParseConfig(config.Name, config.Data()) }

// LoadConfig reads a config from a file.
func LoadConfig(name string) (Config, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return Config{}, fmt.Errorf("reading config: %w", err)
	}
	return ParseConfig(name, data)
}

// ParseConfig decodes a config strictly and checks what it means. All problems are returned joined, each
// "file:line: message".
func ParseConfig(name string, data []byte) (Config, error) {
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
