package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"k8s.io/client-go/tools/clientcmd"

	"sigs.k8s.io/windows-operational-readiness/internal/apitest"
	"sigs.k8s.io/windows-operational-readiness/runner"
)

const (
	namespacesPath = "/api/v1/namespaces"
	nodesPath      = "/api/v1/nodes"
	policiesPath   = "/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicies"
)

// setupPods gives a script with a file $WORK/pods an API server instead that keeps namespaces, pods and policies, and does to
// pods what a run's policies say. What the file holds is put there first, each line a collection and a thing of it in JSON.
func setupPods(env *testscript.Env) error {
	begin, err := os.ReadFile(filepath.Join(env.WorkDir, "pods"))
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	s := apitest.Start()
	env.Defer(s.Close)
	s.Admit = func(o apitest.Object, user string) { admit(s, o, user) }
	s.Put("/apis/admissionregistration.k8s.io", apitest.Object{"metadata": apitest.Object{"name": "v1"}, "resources": []any{apitest.Object{"name": "mutatingadmissionpolicies"}}})
	for _, node := range fakeNodes() {
		data, err := json.Marshal(node)
		if err != nil {
			return err
		}
		if err := put(s, nodesPath, data); err != nil {
			return err
		}
	}
	for line := range strings.Lines(string(begin)) {
		collection, thing, _ := strings.Cut(line, " ")
		if err := put(s, collection, []byte(thing)); err != nil {
			return fmt.Errorf("%s: %w", line, err)
		}
	}
	return os.WriteFile(filepath.Join(env.WorkDir, "kubeconfig"), []byte(s.Kubeconfig("fake")), 0o600)
}

func put(s *apitest.Server, collection string, data []byte) error {
	var o apitest.Object
	if err := json.Unmarshal(data, &o); err != nil {
		return err
	}
	s.Put(collection, o)
	return nil
}

// admit is what the policies of a run do.
func admit(s *apitest.Server, o apitest.Object, user string) {
	metadata, _ := o["metadata"].(map[string]any)
	parts := strings.Split(user, ":")
	spec, isPod := o["spec"].(map[string]any)
	switch {
	case len(s.All(policiesPath)) == 0:
	case o["kind"] == "Namespace" && len(parts) == 3:
		metadata["labels"] = map[string]any{runner.RunLabel: parts[1], runner.SendLabel: parts[2]}
	case o["kind"] == "Pod" && isPod && spec["nodeSelector"] == nil:
		namespace, _ := s.Get(namespacesPath, metadata["namespace"].(string))["metadata"].(map[string]any)
		if labels, marked := namespace["labels"].(map[string]any); marked {
			spec["nodeSelector"] = map[string]any{"kubernetes.io/os": labels[runner.SendLabel]}
			metadata["annotations"] = map[string]any{runner.PinnedAnnotation: labels[runner.SendLabel]}
		}
	}
}

// fakePods are the pods of a test of the stand-in for e2e.test, made as e2e.test makes its own.
type fakePods struct {
	server, user string
	namespace    string
}

// runPods makes a namespace with pods, each with a name and, behind a colon, the operating system that it chooses, and runs
// them: one that chooses none, and that nobody sends elsewhere, on Linux.
func runPods(kubeconfig, test string, pods []string) {
	config, err := clientcmd.LoadFromFile(kubeconfig)
	check(err)
	current := config.Contexts[config.CurrentContext]
	p := fakePods{server: config.Clusters[current.Cluster].Server, user: config.AuthInfos[current.AuthInfo].Impersonate, namespace: fmt.Sprintf("fake-%d-%x", os.Getpid(), crc32.ChecksumIEEE([]byte(test)))}
	p.ask(http.MethodPost, namespacesPath, map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": p.namespace}})
	for _, pod := range pods {
		name, os, _ := strings.Cut(pod, ":")
		spec := map[string]any{}
		if os != "" {
			spec["nodeSelector"] = map[string]any{"kubernetes.io/os": os}
		}
		path := namespacesPath + "/" + p.namespace + "/pods"
		made := p.ask(http.MethodPost, path, map[string]any{"apiVersion": "v1", "kind": "Pod", "metadata": map[string]any{"name": name, "namespace": p.namespace}, "spec": spec})
		node := "linux-0"
		if selector, ok := made["spec"].(map[string]any)["nodeSelector"].(map[string]any); ok {
			node = fmt.Sprint(selector["kubernetes.io/os"], "-0")
		}
		p.ask(http.MethodPatch, path+"/"+name, map[string]any{"spec": map[string]any{"nodeName": node}, "status": map[string]any{
			"phase": "Running", "containerStatuses": []any{map[string]any{"image": "agnhost", "state": map[string]any{"running": map[string]any{}}}},
			"conditions": []any{map[string]any{"type": "Ready", "status": "True"}},
		}})
	}
	p.ask(http.MethodDelete, namespacesPath+"/"+p.namespace, nil)
	fmt.Printf("  STEP: Destroying namespace %q for this suite.\n", p.namespace)
}

func (p fakePods) ask(method, path string, body any) map[string]any {
	data, err := json.Marshal(body)
	check(err)
	request, err := http.NewRequest(method, p.server+path, bytes.NewReader(data))
	check(err)
	if p.user != "" {
		request.Header.Set("Impersonate-User", p.user)
	}
	response, err := http.DefaultClient.Do(request)
	check(err)
	defer response.Body.Close()
	var answer map[string]any
	check(json.NewDecoder(response.Body).Decode(&answer))
	return answer
}
