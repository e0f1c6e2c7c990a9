package capi

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	runtimev1 "sigs.k8s.io/cluster-api/api/runtime/v1beta2"

	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// kubernetesVersion is the release that management clusters run.
const kubernetesVersion = "v1.36.3"

// workloadToken is what the kubeconfigs of workload clusters hold. Where it is found it was given away.
const workloadToken = "never-to-be-shown-7d1c5f"

// management is a cluster without nodes of its own: the real etcd, kube-apiserver, and those of kube-controller-manager's
// controllers that Jobs and the removal of what has lost its owner need. It is an administrator's client of itself.
type management struct {
	client.WithWatch
	dir        string // folder of it in the tests' folder
	bin        string // folder of Kubernetes' programs
	server     string // address of its API server
	kubeconfig string // path of an administrator's kubeconfig
	config     *rest.Config
	processes  []*process // what the cluster cannot be without
}

// newManagement starts a management cluster that ends with the test.
func newManagement(t *testing.T) *management {
	t.Helper()
	t.Setenv("KUBERNETES_VERSION", kubernetesVersion)
	m := &management{bin: strings.TrimSpace(output(t, "../cluster/build.sh"))}
	dir, err := os.MkdirTemp(os.Getenv(marker), "m-")
	if err != nil {
		t.Fatal(err)
	}
	m.dir = dir
	port := freePort(t)
	m.server = fmt.Sprintf("https://127.0.0.1:%d", port)
	m.kubeconfig = filepath.Join(dir, "kubeconfig")
	key := filepath.Join(dir, "service-account.key")
	output(t, "openssl", "genrsa", "-out", key, "2048")
	m.write(t, "tokens.csv", "of-the-admin,admin,admin,system:masters\n"+workloadToken+",workload,workload,system:masters\n")
	socket := filepath.Join(dir, "etcd.sock")
	m.start(t, "etcd", "--data-dir="+filepath.Join(dir, "etcd"), "--unsafe-no-fsync", "--log-level=warn", "--quota-backend-bytes=1073741824",
		"--listen-client-urls=unix://"+socket, "--listen-peer-urls=http://127.0.0.1:0", "--advertise-client-urls=http://127.0.0.1:0")
	m.await(t, "etcd", func() error { _, err := os.Stat(socket); return err })
	m.start(t, "kube-apiserver", "--etcd-servers=unix://"+socket, "--cert-dir="+filepath.Join(dir, "pki"), "--bind-address=127.0.0.1",
		fmt.Sprintf("--secure-port=%d", port), "--advertise-address=192.0.2.10", "--service-cluster-ip-range=198.19.0.0/16",
		"--token-auth-file="+filepath.Join(dir, "tokens.csv"), "--authorization-mode=RBAC", "--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file="+key, "--service-account-signing-key-file="+key)
	m.await(t, "the API server's certificate", func() error { _, err := os.Stat(m.certificate()); return err })
	m.connect(t)
	m.await(t, "the API server", func() error {
		return m.Get(t.Context(), client.ObjectKey{Name: "kube-system"}, &corev1.Namespace{})
	})
	m.start(t, "kube-controller-manager", "--kubeconfig="+m.kubeconfig, "--leader-elect=false", "--secure-port=0", "--root-ca-file="+m.certificate(),
		"--service-account-private-key-file="+key, "--kube-api-qps=200", "--kube-api-burst=400", "--controllers=job-controller,garbage-collector-controller,"+
			"namespace-controller,serviceaccount-controller,root-ca-certificate-publisher-controller,ttl-after-finished-controller,clusterrole-aggregation-controller")
	m.await(t, "a service account", func() error {
		return m.Get(t.Context(), client.ObjectKey{Namespace: "default", Name: "default"}, &corev1.ServiceAccount{})
	})
	return m
}

// start starts a program that the cluster cannot be without.
func (m *management) start(t *testing.T, name string, args ...string) {
	t.Helper()
	p := start(t, name, filepath.Join(m.bin, name), args...)
	m.processes = append(m.processes, p)
	t.Cleanup(p.kill)
}

// await waits until something is there; it fails at once if a program of the cluster has ended.
func (m *management) await(t *testing.T, what string, try func() error) {
	t.Helper()
	await(t, what, func() string {
		for _, p := range m.processes {
			if p.ended() {
				t.Fatalf("%s ended while waiting for %s; %s", p.name, what, p.tail())
			}
		}
		if err := try(); err != nil {
			return err.Error()
		}
		return ""
	})
}

func (m *management) certificate() string { return filepath.Join(m.dir, "pki", "apiserver.crt") }

func (m *management) write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(m.dir, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// kubeconfigOf is a kubeconfig for this cluster with a token.
func (m *management) kubeconfigOf(t *testing.T, token string) string {
	t.Helper()
	certificate, err := os.ReadFile(m.certificate())
	if err != nil {
		t.Fatal(err)
	}
	return kubeconfig(m.server, base64.StdEncoding.EncodeToString(certificate), token)
}

func kubeconfig(server, certificate, token string) string {
	return fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: it
contexts: [{name: it, context: {cluster: it, user: me}}]
clusters: [{name: it, cluster: {server: %q, certificate-authority-data: %s}}]
users: [{name: me, user: {token: %s}}]
`, server, certificate, token)
}

// connect writes the administrator's kubeconfig and makes the client.
func (m *management) connect(t *testing.T) {
	t.Helper()
	m.write(t, "kubeconfig", m.kubeconfigOf(t, "of-the-admin"))
	config, err := clientcmd.BuildConfigFromFlags("", m.kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	config.QPS, config.Burst = 500, 1000
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		clientgoscheme.AddToScheme, apiextensionsv1.AddToScheme, clusterv1.AddToScheme, runtimev1.AddToScheme,
	} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	m.config = config
	m.await(t, "a client", func() error {
		m.WithWatch, err = client.NewWithWatch(config, client.Options{Scheme: scheme})
		return err
	})
}

// create makes an object that must not be there yet.
func (m *management) create(t testing.TB, object client.Object) {
	t.Helper()
	if err := m.Create(t.Context(), object); err != nil {
		t.Fatalf("creating %T %s: %v", object, object.GetName(), err)
	}
}

// namespace makes a namespace in which a pod must be as restricted as Kubernetes' standards for pods have it.
func (m *management) namespace(t testing.TB, name string) {
	t.Helper()
	m.create(t, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{
		"pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/enforce-version": "latest",
	}}})
}

// get reads an object anew; "" means that it is there.
func (m *management) get(ctx context.Context, object client.Object) string {
	if err := m.Get(ctx, client.ObjectKeyFromObject(object), object); err != nil {
		return err.Error()
	}
	return ""
}
