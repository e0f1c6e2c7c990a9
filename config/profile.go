package config

import (
	"cmp"
	"embed"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"

	"sigs.k8s.io/windows-operational-readiness/internal/nearest"
	"sigs.k8s.io/windows-operational-readiness/internal/yamlfile"
)

// Profile is what the Prow that a config is for allows, and where its repository keeps files. What its keys mean is told in
// profiles/test-infra.yaml, beside each.
type Profile struct {
	Root    string `yaml:"root"`
	Folders struct {
		Jobs       string `yaml:"jobs"`
		Trusted    string `yaml:"trusted"`
		Dashboards string `yaml:"dashboards"`
		Publish    string `yaml:"publish"` // "": there are no such jobs
	} `yaml:"folders"`
	Prow              string   `yaml:"prow"`     // "": none is read
	Variants          string   `yaml:"variants"` // "": none are known
	Clusters          []string `yaml:"clusters"` // none: any
	TrustedClusters   []string `yaml:"trustedClusters"`
	MaxCPU            string   `yaml:"maxCPU"`    // "": any
	MaxMemory         string   `yaml:"maxMemory"` // "": any
	Image             string   `yaml:"image"`     // a regular expression
	Privileged        bool     `yaml:"privileged"`
	Releases          bool     `yaml:"releases"`
	TestGrid          bool     `yaml:"testgrid"`
	DashboardPrefixes []string `yaml:"dashboardPrefixes"` // none: any
	PresubmitColumns  int      `yaml:"presubmitColumns"`
	Wrappers          []string `yaml:"wrappers"`
	Variables         []string `yaml:"variables"`
}

// AllowsDashboard tells whether a dashboard or dashboard group may have that name.
func (p Profile) AllowsDashboard(name string) bool {
	return len(p.DashboardPrefixes) == 0 || slices.ContainsFunc(p.DashboardPrefixes, func(prefix string) bool {
		return name == prefix || strings.HasPrefix(name, prefix+"-")
	})
}

// JobsFolder is the folder of all jobs of the repository, ours among them: the first part of our own folder.
func (p Profile) JobsFolder() string { return firstOf(p.Folders.Jobs) }

// DashboardsFolder is the folder of all dashboards, as JobsFolder is of all jobs.
func (p Profile) DashboardsFolder() string { return firstOf(p.Folders.Dashboards) }

func firstOf(folder string) string {
	first, _, _ := strings.Cut(folder, "/")
	return first
}

//go:embed profiles/*.yaml
var profiles embed.FS

// Profiles returns the names of the profiles that the program carries.
func Profiles() []string {
	entries, err := profiles.ReadDir("profiles")
	if err != nil {
		panic(err) // they are embedded
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return names
}

// profile reads the one that the config names: one of the program's, or a file, by open.
func (c checker) profile(name string, open func(string) ([]byte, error)) Profile {
	data, err := profiles.ReadFile("profiles/" + name + ".yaml")
	switch {
	case name == "":
		c.Problemf("profile", "profile is missing, such as %q: whose Prow the jobs are for", "test-infra")
		return Profile{}
	case path.Ext(name) == ".yaml":
		if data, err = open(name); err != nil {
			c.Problemf("profile", "profile %q: %v", name, err)
			return Profile{}
		}
	case err != nil:
		c.Problemf("profile", "unknown profile %q%s; known are %q, and any file that ends in .yaml", name, nearest.Hint(name, Profiles()), Profiles())
		return Profile{}
	}
	var p Profile
	file := yamlfile.Decode(name, data, &p)
	checkProfile(file, p)
	if err := file.Err(); err != nil {
		c.Problemf("profile", "profile %q: %v", name, err)
		return Profile{}
	}
	return p
}

func checkProfile(f *yamlfile.File, p Profile) {
	for key, folder := range map[string]string{
		"jobs": p.Folders.Jobs, "trusted": p.Folders.Trusted, "dashboards": p.Folders.Dashboards, "publish": cmp.Or(p.Folders.Publish, p.Folders.Jobs),
	} {
		if folder == "" || path.IsAbs(folder) || path.Clean(folder) != folder || strings.HasPrefix(folder, "..") {
			f.Problemf("folders."+key, "%s %q is no folder below root", key, folder)
		}
	}
	if firstOf(p.Folders.Trusted) != firstOf(p.Folders.Jobs) || p.Folders.Publish != "" && firstOf(p.Folders.Publish) != firstOf(p.Folders.Jobs) || firstOf(p.Folders.Dashboards) == firstOf(p.Folders.Jobs) {
		f.Problemf("folders", "jobs, trusted and publish lie below one folder, and dashboards below another one")
	}
	if _, err := regexp.Compile(p.Image); err != nil || p.Image == "" {
		f.Problemf("image", "image %q is no regular expression", p.Image)
	}
	for key, value := range map[string]string{"maxCPU": p.MaxCPU, "maxMemory": p.MaxMemory} {
		if _, err := resource.ParseQuantity(cmp.Or(value, "1")); err != nil {
			f.Problemf(key, "%s %q is no quantity such as 7 or 27Gi", key, value)
		}
	}
	for i, prefix := range p.DashboardPrefixes {
		if prefix == "" {
			f.Problemf(fmt.Sprintf("dashboardPrefixes[%d]", i), "an empty prefix")
		}
	}
}
