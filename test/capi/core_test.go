package capi

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

// serving is a certificate for servers on 127.0.0.1, which is its own authority.
type serving struct {
	dir         string // holds tls.crt and tls.key
	certificate []byte // PEM
}

func newServing(t *testing.T) serving {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost"},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp(os.Getenv(marker), "tls-")
	if err != nil {
		t.Fatal(err)
	}
	s := serving{dir: dir, certificate: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}
	for name, data := range map[string][]byte{
		"tls.crt": s.certificate, "tls.key": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// startCore gives the management cluster a release of Cluster API: its resources, its webhooks, by address instead of by
// service, and its real core manager.
func (m *management) startCore(t *testing.T, version string) {
	t.Helper()
	folder := strings.TrimSpace(output(t, "./build.sh", version))
	own := newServing(t)
	port, health, diagnostics := freePort(t), freePort(t), freePort(t)
	address := fmt.Sprintf("https://127.0.0.1:%d", port)
	m.applyCRDs(t, filepath.Join(folder, "config", "crd", "bases"), apiextensionsv1.WebhookClientConfig{URL: at(address, "/convert"), CABundle: own.certificate})
	core := start(t, "core-"+version, filepath.Join(folder, "manager"), "--kubeconfig="+m.kubeconfig, fmt.Sprintf("--webhook-port=%d", port), "--webhook-cert-dir="+own.dir,
		fmt.Sprintf("--health-addr=127.0.0.1:%d", health), fmt.Sprintf("--diagnostics-address=127.0.0.1:%d", diagnostics), "--insecure-diagnostics",
		"--feature-gates=ClusterTopology=true,RuntimeSDK=true,MachinePool=true")
	m.processes = append(m.processes, core)
	t.Cleanup(core.kill)
	m.await(t, "the webhooks of the core manager", func() error {
		connection, err := net.Dial("tcp", strings.TrimPrefix(address, "https://"))
		if err == nil {
			_ = connection.Close()
		}
		return err
	})
	m.applyWebhooks(t, filepath.Join(folder, "config", "webhook", "manifests.yaml"), address, own.certificate)
}

func at(address, path string) *string {
	url := address + path
	return &url
}

// applyCRDs makes Cluster API's resources, converted between their versions by its manager, and waits until they are served.
func (m *management) applyCRDs(t *testing.T, dir string, conversion apiextensionsv1.WebhookClientConfig) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no resources in %s: %v", dir, err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var crd apiextensionsv1.CustomResourceDefinition
		if err := yaml.Unmarshal(data, &crd); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		crd.Spec.Conversion = &apiextensionsv1.CustomResourceConversion{
			Strategy: apiextensionsv1.WebhookConverter,
			Webhook:  &apiextensionsv1.WebhookConversion{ConversionReviewVersions: []string{"v1"}, ClientConfig: &conversion},
		}
		m.serve(t, &crd)
	}
}

// serve makes a resource. Whoever uses it first waits until it is served.
func (m *management) serve(t *testing.T, crd *apiextensionsv1.CustomResourceDefinition) {
	t.Helper()
	m.create(t, crd)
	m.await(t, crd.Name, func() error {
		if err := m.Get(t.Context(), client.ObjectKeyFromObject(crd), crd); err != nil {
			return err
		}
		for _, c := range crd.Status.Conditions {
			if c.Type == apiextensionsv1.Established && c.Status == apiextensionsv1.ConditionTrue {
				return nil
			}
		}
		return fmt.Errorf("it is not served: %v", crd.Status.Conditions)
	})
}

// applyWebhooks registers the webhooks of the core manager by address.
func (m *management) applyWebhooks(t *testing.T, manifests, address string, authority []byte) {
	t.Helper()
	data, err := os.ReadFile(manifests)
	if err != nil {
		t.Fatal(err)
	}
	byAddress := func(c *admissionv1.WebhookClientConfig) {
		c.URL, c.CABundle, c.Service = at(address, *c.Service.Path), authority, nil
	}
	for document := range bytes.SplitSeq(data, []byte("\n---\n")) {
		var mutating admissionv1.MutatingWebhookConfiguration
		var validating admissionv1.ValidatingWebhookConfiguration
		if err := yaml.Unmarshal(document, &mutating); err != nil {
			t.Fatalf("%s: %v", manifests, err)
		}
		if mutating.Kind == "MutatingWebhookConfiguration" {
			for i := range mutating.Webhooks {
				byAddress(&mutating.Webhooks[i].ClientConfig)
			}
			m.create(t, &mutating)
			continue
		}
		if err := yaml.Unmarshal(document, &validating); err != nil {
			t.Fatalf("%s: %v", manifests, err)
		}
		for i := range validating.Webhooks {
			byAddress(&validating.Webhooks[i].ClientConfig)
		}
		m.create(t, &validating)
	}
}
