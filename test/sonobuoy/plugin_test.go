package sonobuoy

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vmware-tanzu/sonobuoy/pkg/client"
	"github.com/vmware-tanzu/sonobuoy/pkg/config"
	"github.com/vmware-tanzu/sonobuoy/pkg/plugin/loader"
	"github.com/vmware-tanzu/sonobuoy/pkg/plugin/manifest"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/klog/v2"

	"sigs.k8s.io/windows-operational-readiness/sonobuoy"
)

// loaded is a plugin's file as Sonobuoy loads it.
func loaded(t *testing.T, p sonobuoy.Plugin) *manifest.Manifest {
	t.Helper()
	data, err := p.Render()
	if err != nil {
		t.Fatal(err)
	}
	m, err := loader.LoadDefinition(data)
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	return &m
}

// TestGenerate holds what Sonobuoy makes of the plugin: the image of the cluster's version, each variable and each mount once.
func TestGenerate(t *testing.T) {
	m := loaded(t, sonobuoy.Plugin{Categories: []string{"Core.Network"}, Timeout: time.Hour})
	c := client.SonobuoyClient{}
	cfg := config.New()
	text, plugins, err := c.GenerateManifestAndPlugins(&client.GenConfig{Config: cfg, StaticPlugins: []*manifest.Manifest{m}, KubeVersion: "v1.36.3"})
	if err != nil {
		t.Fatal(err)
	}
	if len(plugins) != 1 || !bytes.Contains(text, []byte("plugin-name: op-readiness")) {
		t.Fatalf("%d plugins in\n%s", len(plugins), text)
	}
	p := plugins[0]
	if want := sonobuoy.Repository + ":v1.36.3"; p.Spec.Image != want {
		t.Errorf("the image is %s, not %s", p.Spec.Image, want)
	}
	env := map[string][]string{}
	for _, v := range p.Spec.Env {
		env[v.Name] = append(env[v.Name], v.Value)
	}
	for name, want := range map[string]string{"SONOBUOY_PROGRESS_PORT": sonobuoy.ProgressPort, "SONOBUOY_RESULTS_DIR": sonobuoy.ResultsDir, "HOME": "/tmp"} {
		if !slices.Equal(env[name], []string{want}) {
			t.Errorf("%s is %q, not %q", name, env[name], want)
		}
	}
	if len(p.Spec.VolumeMounts) != 1 || p.Spec.VolumeMounts[0].MountPath != sonobuoy.ResultsDir || p.Spec.VolumeMounts[0].Name != "results" {
		t.Errorf("mounts: %+v", p.Spec.VolumeMounts)
	}
	if p.SonobuoyConfig.ResultFormat != "manual" || len(p.SonobuoyConfig.ResultFiles) != 1 || p.SonobuoyConfig.SourceURL == "" || p.SonobuoyConfig.Driver != "Job" {
		t.Errorf("%+v", p.SonobuoyConfig)
	}
	checkPod(t, p.PodSpec.PodSpec)
}

func checkPod(t *testing.T, pod corev1.PodSpec) {
	t.Helper()
	if pod.NodeSelector["kubernetes.io/os"] != "linux" || pod.RestartPolicy != corev1.RestartPolicyNever || pod.ServiceAccountName != "sonobuoy-serviceaccount" {
		t.Errorf("the pod is %+v", pod)
	}
	for _, role := range []string{"control-plane", "master"} {
		taint := corev1.Taint{Key: "node-role.kubernetes.io/" + role, Effect: corev1.TaintEffectNoSchedule}
		if !slices.ContainsFunc(pod.Tolerations, func(t corev1.Toleration) bool { return t.ToleratesTaint(klog.Background(), &taint, false) }) {
			t.Errorf("it does not tolerate %s", role)
		}
	}
}

// TestStrict holds that every key of the file is one that Sonobuoy knows: old plugins have keys that it ignores.
func TestStrict(t *testing.T) {
	data, err := sonobuoy.Plugin{Categories: []string{"A"}, Timeout: time.Hour}.Render()
	if err != nil {
		t.Fatal(err)
	}
	m := loaded(t, sonobuoy.Plugin{Categories: []string{"A"}, Timeout: time.Hour})
	for _, key := range []string{m.SonobuoyConfig.SourceURL, m.SonobuoyConfig.Description, m.SonobuoyConfig.PluginName, m.Spec.Name, m.Spec.Image} {
		if key == "" || !strings.Contains(string(data), key) {
			t.Errorf("%q is lost", key)
		}
	}
}
