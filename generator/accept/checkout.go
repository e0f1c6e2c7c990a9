package accept

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	prowconfig "sigs.k8s.io/prow/pkg/config"
	"sigs.k8s.io/yaml"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/generator"
	"sigs.k8s.io/windows-operational-readiness/internal/nearest"
	"sigs.k8s.io/windows-operational-readiness/internal/testinfra"
)

// checkout is what the repository that the files are for has besides ours.
type checkout struct {
	presets  []string
	clusters map[string][]string // of jobs, by the folder that they stand in: "" for all but the trusted one
	accounts map[string][]string // service accounts by cluster
	variants []string            // of the job's image; none: they are not known
	newest   string              // the day of the newest tag of the job's image, "20260810"; "": none is in use
	bases    map[string]string   // the paths of job files by base name
	jobs     []job               // all, ours among them
}

// checkCheckout holds our files against a checkout: the whole of it with them is loaded as Prow and TestGrid do.
func checkCheckout(folder string, files []generator.File, cfg config.Config) []problem {
	root := filepath.Join(folder, filepath.FromSlash(cfg.Profile.Root))
	files, err := generator.Place(files, root, cfg.Profile)
	if err != nil {
		return []problem{{of: "checkout", text: err.Error()}}
	}
	c, err := readCheckout(folder, root, files, cfg)
	if err != nil {
		return []problem{{of: "checkout", text: err.Error()}}
	}
	var found []problem
	for _, f := range only(cfg.Profile.JobsFolder(), files) {
		if other := c.bases[path.Base(f.Path)]; other != "" && !f.Once {
			found = append(found, problem{of: f.Path, text: fmt.Sprintf("%s has this base name too, which is to be unique", other)})
		}
	}
	ours := ourNames(files, cfg)
	for _, j := range c.jobs {
		if ours[j.Name] && j.own(files) {
			p := &problems{of: j.String(), job: j.Name}
			c.check(p, j, cfg)
			found = append(found, p.list...)
		}
	}
	return append(found, checkMergedDashboards(root, files, c.jobs, cfg)...)
}

// own tells whether a job stands in one of our files.
func (j job) own(files []generator.File) bool {
	return slices.ContainsFunc(files, func(f generator.File) bool { return strings.HasSuffix(filepath.ToSlash(j.SourcePath), "/"+f.Path) })
}

func ourNames(files []generator.File, cfg config.Config) map[string]bool {
	names := map[string]bool{}
	jobs, err := loadJobs(files, cfg)
	if err != nil {
		return names // reported before
	}
	for _, j := range jobs {
		names[j.Name] = true
	}
	return names
}

// check holds one of our jobs against what the checkout has.
func (c checkout) check(p *problems, j job, cfg config.Config) {
	for label := range j.Labels {
		if strings.HasPrefix(label, testinfra.PresetPrefix) && !slices.Contains(c.presets, label) {
			p.at("labels", "unknown preset %q%s: it would do nothing", label, nearest.Hint(label, c.presets))
		}
	}
	if known := c.clusters[c.kind(j, cfg.Profile)]; !slices.Contains(known, j.Cluster) {
		p.at("cluster", "cluster %q: no other job here runs there%s; known are %q", j.Cluster, nearest.Hint(j.Cluster, known), known)
	}
	if j.Spec == nil {
		return
	}
	if account := j.Spec.ServiceAccountName; account != "" && !slices.Contains(c.accounts[j.Cluster], account) {
		p.at("spec.serviceAccountName", "service account %q: no other job on %q has it; known are %q", account, j.Cluster, c.accounts[j.Cluster])
	}
	for i, container := range j.Spec.Containers {
		for _, e := range container.Env { // those of presets among them
			if slices.Contains(config.Reserved(), e.Name) {
				p.at("labels", "a preset sets %s, which decides about what runs", e.Name)
			}
		}
		c.checkImage(p, fmt.Sprintf("spec.containers[%d].image", i), container.Image, cfg)
	}
}

// kind tells trusted jobs from others.
func (checkout) kind(j job, profile config.Profile) string {
	if j.trusted(profile) {
		return "trusted"
	}
	return ""
}

// maxAge is how long test-infra keeps the tags of its images (https://github.com/kubernetes/k8s.io/issues/9599).
const maxAge = 180 * 24 * time.Hour

// checkImage holds that the variant of the job's image is built, and that its tag is still there by its age.
func (c checkout) checkImage(p *problems, at, image string, cfg config.Config) {
	repository, _, _ := strings.Cut(cfg.Image, ":v")
	rest, ours := strings.CutPrefix(image, repository+":v")
	if !ours {
		return
	}
	if parts := strings.SplitN(rest, "-", 3); len(c.variants) > 0 && (len(parts) < 3 || !slices.Contains(c.variants, parts[2])) {
		p.at(at, "image %q: no such variant is built; %s has %q", image, cfg.Profile.Variants, c.variants)
	}
	day, err := time.Parse("20060102", generator.ImageDate(image))
	newest, errNewest := time.Parse("20060102", c.newest)
	if err == nil && errNewest == nil && newest.Sub(day) > maxAge {
		p.at(at, "image %q is %d days older than the newest one in use here: such tags are removed after 180", image, int(newest.Sub(day).Hours()/24))
	}
}

// readCheckout reads what is there, without the files that ours replace.
func readCheckout(folder, root string, files []generator.File, cfg config.Config) (checkout, error) {
	c := checkout{clusters: map[string][]string{}, accounts: map[string][]string{}, bases: map[string]string{}}
	temp, err := os.MkdirTemp("", "op-readiness-")
	if err != nil {
		return c, err
	}
	defer os.RemoveAll(temp)
	jobs := cfg.Profile.JobsFolder()
	others, err := otherFiles(root, jobs, files)
	if err != nil {
		return c, err
	}
	for _, name := range others {
		c.bases[path.Base(name)] = name
		if err := copyInto(temp, root, name); err != nil {
			return c, err
		}
	}
	if err := writeAll(temp, append(only(jobs, files), prowConfigFile(cfg))); err != nil {
		return c, err
	}
	prow := filepath.Join(temp, prowConfigName)
	if cfg.Profile.Prow != "" {
		prow = filepath.Join(folder, filepath.FromSlash(cfg.Profile.Prow))
	}
	loaded, err := prowconfig.Load(prow, filepath.Join(temp, jobs), nil, "")
	if err != nil {
		return c, fmt.Errorf("prow, of the whole: %s", strings.ReplaceAll(err.Error(), temp+string(filepath.Separator), ""))
	}
	for _, preset := range loaded.Presets {
		for label := range preset.Labels {
			c.presets = append(c.presets, label)
		}
	}
	slices.Sort(c.presets)
	c.jobs = jobsOf(loaded)
	c.learn(files, cfg)
	c.variants, err = readVariants(folder, cfg.Profile)
	return c, err
}

// learn takes from the jobs of others where they run.
func (c *checkout) learn(files []generator.File, cfg config.Config) {
	repository, _, _ := strings.Cut(cfg.Image, ":v")
	for _, j := range c.jobs {
		if j.own(files) || j.Spec == nil {
			continue
		}
		kind := c.kind(j, cfg.Profile)
		c.clusters[kind] = append(c.clusters[kind], j.Cluster)
		c.accounts[j.Cluster] = append(c.accounts[j.Cluster], j.Spec.ServiceAccountName)
		for _, container := range j.Spec.Containers {
			if strings.HasPrefix(container.Image, repository+":v") {
				c.newest = max(c.newest, generator.ImageDate(container.Image))
			}
		}
	}
	for _, lists := range []map[string][]string{c.clusters, c.accounts} {
		for key, list := range lists {
			slices.Sort(list)
			lists[key] = slices.DeleteFunc(slices.Compact(list), func(name string) bool { return name == "" })
		}
	}
}

// otherFiles are the YAML files below a folder that are not ours.
func otherFiles(root, folder string, files []generator.File) ([]string, error) {
	var names []string
	err := filepath.WalkDir(filepath.Join(root, folder), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".yaml" {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		generated, err := generator.IsOwn(name)
		if !generated && !slices.ContainsFunc(files, func(f generator.File) bool { return f.Path == rel }) {
			names = append(names, rel)
		}
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return names, err
}

func copyInto(temp, root, name string) error {
	data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		return err
	}
	return writeAll(temp, []generator.File{{Path: name, Data: data}})
}

// readVariants returns the variants that the job's image is built in.
func readVariants(folder string, profile config.Profile) ([]string, error) {
	if profile.Variants == "" {
		return nil, nil
	}
	data, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(profile.Variants)))
	if err != nil {
		return nil, err
	}
	var file struct {
		Variants map[string]any `json:"variants"`
	}
	if err := yaml.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("%s: %w", profile.Variants, err)
	}
	var names []string
	for name := range file.Variants {
		names = append(names, name)
	}
	slices.Sort(names)
	return names, nil
}

// dashboardsOf are the dashboards that a job of somebody names for TestGrid's configurator, and whether it has a test group.
func dashboardsOf(j job) (names []string, hasGroup bool) {
	for name := range strings.SplitSeq(j.Annotations["testgrid-dashboards"], ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names, j.presubmit == nil || len(names) > 0 || j.Annotations["testgrid-create-test-group"] == "true"
}
