package sonobuoy

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/vmware-tanzu/sonobuoy/pkg/backplane/ca"
	"github.com/vmware-tanzu/sonobuoy/pkg/client/results"
	"github.com/vmware-tanzu/sonobuoy/pkg/plugin"
	"github.com/vmware-tanzu/sonobuoy/pkg/plugin/aggregation"
	"github.com/vmware-tanzu/sonobuoy/pkg/plugin/driver/job"
	"github.com/vmware-tanzu/sonobuoy/pkg/plugin/manifest"

	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/sonobuoy"
)

// aggregator is Sonobuoy's own, which takes the results of one plugin over TLS.
type aggregator struct {
	home string   // its folder of results
	env  []string // by which a worker reaches it
}

// startAggregator starts one that ends with the test.
func startAggregator(t *testing.T) aggregator {
	t.Helper()
	a := aggregator{home: t.TempDir()}
	authority, err := ca.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	serves, err := authority.MakeServerConfig("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	client, err := authority.ClientKeyPair(sonobuoy.Name)
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalECPrivateKey(client.PrivateKey.(*ecdsa.PrivateKey))
	if err != nil {
		t.Fatal(err)
	}
	takes := aggregation.NewAggregator(filepath.Join(a.home, results.PluginsDir), []plugin.ExpectedResult{{NodeName: plugin.GlobalResult, ResultType: sonobuoy.Name}})
	server := httptest.NewUnstartedServer(aggregation.NewHandler(takes.HandleHTTPResult, takes.HandleHTTPProgressUpdate))
	server.TLS = serves
	server.StartTLS()
	t.Cleanup(server.Close)
	a.env = []string{
		"AGGREGATOR_URL=" + server.URL, "RESULT_TYPE=" + sonobuoy.Name,
		"CA_CERT=" + armoured("CERTIFICATE", authority.CACert().Raw),
		"CLIENT_CERT=" + armoured("CERTIFICATE", client.Certificate[0]), "CLIENT_KEY=" + armoured("EC PRIVATE KEY", key),
	}
	return a
}

func armoured(kind string, data []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data}))
}

// read is what Sonobuoy makes of all that it was sent, by a format of results.
func (a aggregator) read(t *testing.T, format string) results.Item {
	t.Helper()
	m := manifest.Manifest{SonobuoyConfig: manifest.SonobuoyConfig{PluginName: sonobuoy.Name, ResultFormat: format}}
	if format == results.ResultFormatManual {
		m.SonobuoyConfig.ResultFiles = []string{reportdir.Items}
	}
	item, errs := results.PostProcessPlugin(job.NewPlugin(m, "ns", "image", "Always", "", nil), a.home)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return item
}

// workerProcess is Sonobuoy's worker as a process.
type workerProcess struct {
	cmd  *exec.Cmd
	said bytes.Buffer
}

// startWorker starts a worker for a folder. It ends by itself when it has sent what the done file leads to, and with the test if
// there never is one.
func startWorker(t *testing.T, program, dir string, env []string) *workerProcess {
	t.Helper()
	w := &workerProcess{cmd: exec.CommandContext(t.Context(), program, "worker", "global", "--level=trace")}
	w.cmd.Env = append(append(os.Environ(), "SONOBUOY_DONE_FILE_DELAY=0s", "SONOBUOY_PROGRESS_PORT="+freePort(t)), env...)
	w.cmd.Env = append(w.cmd.Env, "SONOBUOY_RESULTS_DIR="+dir)
	w.cmd.Stdout, w.cmd.Stderr = &w.said, &w.said
	if err := w.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return w
}

// wait waits until the worker has sent results.
func (w *workerProcess) wait(t *testing.T) {
	t.Helper()
	timer := time.AfterFunc(time.Minute, func() { _ = w.cmd.Process.Kill() })
	defer timer.Stop()
	if err := w.cmd.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, w.said.String())
	}
}

// freePort is a port of this machine that nobody listens on.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

// build builds a program.
func build(t *testing.T, dir, to, pkg string) {
	t.Helper()
	cmd := exec.Command("go", "build", "-trimpath", "-o", to, pkg)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
