package generator

import (
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/internal/textfile"
)

const (
	imagesFile = fileStem + "-images.yaml"
	ownersFile = "OWNERS"
)

// imagesKey is a key that Prow ignores in a job file (prow/pkg/config, JobConfig).
const imagesKey = "prow_ignored"

// ReadImages returns the images that a folder's jobs have now, by the suffix of a version: those of its file of images, or newer
// ones of its jobs, as test-infra's autobump writes them. Tags belong to whoever renews them there, and generate never sets one
// back. Without such files it is empty.
func ReadImages(folder string, cfg config.Config) (map[string]string, error) {
	found, err := find(folder, cfg.Profile)
	if err != nil {
		return nil, err
	}
	images := map[string]string{}
	repository, _, _ := strings.Cut(cfg.Image, "@")
	if i := strings.LastIndex(repository, ":"); i > strings.LastIndex(repository, "/") {
		repository = repository[:i]
	}
	used := regexp.MustCompile(regexp.QuoteMeta(repository) + `:v[0-9]{8}-[0-9a-z]+-([A-Za-z0-9_.-]+)`)
	for _, paths := range found.own {
		for _, name := range paths {
			data, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
			if err != nil {
				return nil, err
			}
			if path.Base(name) == imagesFile {
				if err := addImages(images, name, textfile.LF(data)); err != nil {
					return nil, err
				}
				continue
			}
			for _, m := range used.FindAllSubmatch(data, -1) {
				addNewer(images, string(m[1]), string(m[0]))
			}
		}
	}
	return images, nil
}

func addImages(images map[string]string, name string, data []byte) error {
	var file struct {
		Content struct {
			Images map[string]string `yaml:"images"`
		} `yaml:"prow_ignored"`
	}
	if err := yaml.Unmarshal(data, &file); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for suffix, image := range file.Content.Images {
		addNewer(images, suffix, image)
	}
	return nil
}

var dated = regexp.MustCompile(`:v([0-9]{8})-`)

// ImageDate is the day of an image's tag, "20260810"; "" if the tag tells none.
func ImageDate(image string) string {
	if m := dated.FindStringSubmatch(image); m != nil {
		return m[1]
	}
	return ""
}

// addNewer keeps the image with the newer date.
func addNewer(images map[string]string, suffix, image string) {
	if known := images[suffix]; known == "" || ImageDate(image) > ImageDate(known) {
		images[suffix] = image
	}
}

// imagesOf is the file of images: of each variant that a version names.
func imagesOf(plan Plan) File {
	var images mapping
	for _, suffix := range slices.Sorted(maps.Keys(plan.Images)) {
		images = append(images, entry{suffix, plan.Images[suffix]})
	}
	comment := headerLine + "\n" +
		"# The images of the jobs, by the variant of a Kubernetes version. Whoever renews tags does so here, and in the jobs beside:\n" +
		"# generate reads them from here and never sets one back.\n\n"
	data := encode(comment, mapping{{imagesKey, mapping{{"images", images}}}})
	return File{Path: path.Join(plan.Profile.Folders.Jobs, imagesFile), Data: data}
}

// owners is the OWNERS file of the jobs. It is written once, and then belongs to those that it names.
func owners(plan Plan) File {
	var m mapping
	for _, each := range []struct {
		key   string
		names []string
	}{{"approvers", plan.Owners.Approvers}, {"reviewers", plan.Owners.Reviewers}, {"labels", plan.Owners.Labels}} {
		var list []any
		for _, name := range each.names {
			list = append(list, name)
		}
		if len(list) > 0 {
			m = append(m, entry{each.key, list})
		}
	}
	const comment = "# See the OWNERS docs at https://go.k8s.io/owners\n\n"
	return File{Path: path.Join(plan.Profile.Folders.Jobs, ownersFile), Data: encode(comment, m), Once: true}
}
