package testgrid

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	testgridconfig "github.com/GoogleCloudPlatform/testgrid/config"
	"github.com/GoogleCloudPlatform/testgrid/config/yamlcfg"
	configpb "github.com/GoogleCloudPlatform/testgrid/pb/config"
	"github.com/fsouza/fake-gcs-server/fakestorage"
	"google.golang.org/protobuf/proto"
)

// newBucket starts a store for this process and those that it starts.
func newBucket(t *testing.T, name string) bucket {
	t.Helper()
	server, err := fakestorage.NewServerWithOptions(fakestorage.Options{Scheme: "http", Host: "127.0.0.1", PublicHost: "127.0.0.1", Writer: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	for _, b := range []string{name, state} {
		server.CreateBucketWithOpts(fakestorage.CreateBucketOpts{Name: b})
	}
	t.Setenv("STORAGE_EMULATOR_HOST", server.URL())
	t.Setenv("PUBSUB_EMULATOR_HOST", "127.0.0.1:9") // the updater makes a client of it, and asks it nothing
	return bucket{server, name}
}

// build builds our program and TestGrid's, and returns their folder.
func build(t *testing.T) string {
	t.Helper()
	folder := t.TempDir() + string(filepath.Separator)
	execute(t, "go", "build", "-o", folder, "tool")
	execute(t, "go", "build", "-C", "../..", "-o", folder, "./cmd/op-readiness")
	return folder
}

// execute runs a command that must succeed and returns its standard output.
func execute(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, said.String())
	}
	return string(out)
}

// report is what the program reports of a source. Its exit code tells the verdict, which is not asked for here.
func report(t *testing.T, folder, form string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(folder+"op-readiness", append([]string{"report", "-o", form}, args...)...)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == 1) {
		t.Fatalf("%q: %v\n%s", cmd.Args, err, said.String())
	}
	return out
}

// generate has the program write its dashboards, and gives them to TestGrid. It returns them.
func (b bucket) generate(t *testing.T, folder string) *configpb.Configuration {
	t.Helper()
	into := t.TempDir()
	execute(t, folder+"op-readiness", "generate", "--output-dir", into)
	var grid configpb.Configuration
	names, err := filepath.Glob(filepath.Join(into, "testgrids", "*.yaml"))
	if deeper, _ := filepath.Glob(filepath.Join(into, "testgrids", "*", "*", "*.yaml")); len(deeper) > 0 {
		names = append(names, deeper...)
	}
	if err != nil || len(names) == 0 {
		t.Fatalf("no dashboards: %v", err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := yamlcfg.Update(&grid, data, nil, true); err != nil {
			t.Fatal(err)
		}
	}
	if err := testgridconfig.Validate(&grid); err != nil {
		t.Fatal(err)
	}
	data, err := proto.Marshal(&grid)
	if err != nil {
		t.Fatal(err)
	}
	bucket{b.Server, state}.put("config", data)
	return &grid
}

// update runs TestGrid's steps once each, with the flags of production and no others.
func update(t *testing.T, folder string, switches []string) {
	t.Helper()
	config := "--config=gs://" + state + "/config"
	execute(t, folder+"updater", append([]string{config, "--confirm", "--group-concurrency=2", "--build-concurrency=2"}, switches...)...)
	execute(t, folder+"tabulator", config, "--confirm", "--read-concurrency=2", "--write-concurrency=4")
	execute(t, folder+"summarizer", config, "--confirm", "--concurrency=4")
}

// api asks TestGrid's api.
type api struct{ address string }

func serve(t *testing.T, folder string) api {
	t.Helper()
	port, other := freePort(t), freePort(t)
	cmd := exec.Command(folder+"api", "--scope=gs://"+state, "--http-port="+port, "--grpc-port="+other)
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it has nothing to finish
		<-ended
	})
	a := api{"http://127.0.0.1:" + port + "/api/v1"}
	for range 600 {
		select {
		case err := <-ended:
			t.Fatalf("the api ended: %v\n%s", err, said.String())
		case <-time.After(50 * time.Millisecond):
		}
		if response, err := http.Get(a.address + "/dashboards"); err == nil {
			_ = response.Body.Close()
			return a
		}
	}
	t.Fatalf("the api does not answer:\n%s", said.String())
	return a
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// get asks for a path of parts and reads the answer.
func (a api) get(t *testing.T, out any, parts ...string) {
	t.Helper()
	address := a.address
	for _, part := range parts {
		address += "/" + url.PathEscape(part)
	}
	response, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v: %s", address, response.Status, err, data)
	}
	if err := json.Unmarshal(data, out); err != nil {
		t.Fatalf("%s: %v: %s", address, err, data)
	}
}
