package generator

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/templates"
)

const kubekins = "gcr.io/k8s-staging-test-infra/kubekins-e2e:"

// TestReadImages holds that the newest tag of each variant is kept, wherever autobump wrote it, and that of others is not ours.
func TestReadImages(t *testing.T) {
	t.Parallel()
	cfg := configWith(t)
	folder := write(t, map[string]string{
		jobsFolder + "/" + imagesFile: headerLine + "\r\nprow_ignored:\r\n  images:\r\n    \"1.36\": " + kubekins + "v20260810-aaaaaaaaaa-1.36\r\n" +
			"    \"1.35\": " + kubekins + "v20260601-bbbbbbbbbb-1.35\r\n",
		"jobs/moved/windows-op-readiness-periodics-1-35.yaml": headerLine + "\nimage: " + kubekins + "v20260701-cccccccccc-1.35\n",
		"jobs/moved/windows-op-readiness-periodics-1-36.yaml": headerLine + "\nimage: " + kubekins + "v20260101-dddddddddd-1.36\n",
		"jobs/others.yaml": "image: " + kubekins + "v20261231-eeeeeeeeee-1.36\n",
	})
	images, err := ReadImages(folder, cfg)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"1.36": kubekins + "v20260810-aaaaaaaaaa-1.36", "1.35": kubekins + "v20260701-cccccccccc-1.35"}
	if diff := cmp.Diff(want, images); diff != "" {
		t.Error(diff)
	}
	cfg.Images = images
	plan, err := NewPlan(fixtureCategories(t), cfg)
	if err != nil {
		t.Fatal(err)
	}
	files, err := Render(plan, templates.Jobs)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text := string(f.Data)
		if strings.Contains(text, "v20260504-c27e3ff179-1.36") || strings.Contains(text, "v20260504-c27e3ff179-1.35") {
			t.Errorf("%s: a tag was set back", f.Path)
		}
		if strings.HasSuffix(f.Path, imagesFile) && !strings.Contains(text, kubekins+"v20260504-c27e3ff179-1.34\n") {
			t.Errorf("a variant that was not there has no image:\n%s", text)
		}
	}
	if _, err := ReadImages(write(t, map[string]string{jobsFolder + "/" + imagesFile: headerLine + "\nprow_ignored: [\n"}), cfg); err == nil ||
		!strings.Contains(err.Error(), imagesFile) {
		t.Errorf("a file that is no YAML: %v", err)
	}
	if none, err := ReadImages(t.TempDir(), cfg); err != nil || len(none) > 0 {
		t.Errorf("of an empty folder: %v, %v", none, err)
	}
}

// TestLocate holds which line of a template a value comes from, in a shared template, a loop and a condition.
func TestLocate(t *testing.T) {
	t.Parallel()
	plan := smallPlan(t)
	fsys := templatesWith(map[string]string{periodicTemplate: `name: {{ quote .Name }}
extra_refs:
{{- range .ExtraRefs }}
- org: {{ quote .Org }}
  repo: {{ quote .Repo }}
{{- end }}
{{- if .Labels }}
labels:
  a: b
{{- end }}
spec:
  containers:
  - image: x
    command:
    - one
    - two
`})
	job := plan.Periodics[0].Name
	for path, want := range map[string]string{
		"name": "1", "extra_refs": "2", "extra_refs[2].repo": "5", "labels.a": "9", "labels.c": "8", "spec.containers[0].command[1]": "16",
		"spec.containers[0].env": "13", "nothing": "1",
	} {
		if got := Locate(plan, fsys, job, path); got != "capz/periodic.yaml.tmpl:"+want {
			t.Errorf("%s: %q, want line %s", path, got, want)
		}
	}
	if got := Locate(plan, fsys, "no-job", "name"); got != "" {
		t.Errorf("of no job: %q", got)
	}
}
