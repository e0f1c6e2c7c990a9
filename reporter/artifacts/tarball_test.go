package artifacts_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
)

const tarJUnit = `<testsuites><testsuite name="Kubernetes e2e suite"><testcase name="[It] A" status="passed" time="1"/></testsuite></testsuites>`

// archived is a .tar.gz with these entries; a body goes with a regular file only.
func archived(t testing.TB, entries ...tar.Header) []byte {
	t.Helper()
	var b bytes.Buffer
	packed := gzip.NewWriter(&b)
	w := tar.NewWriter(packed)
	for _, h := range entries {
		body := h.PAXRecords["body"]
		h.PAXRecords = nil
		if h.Typeflag == 0 {
			h.Typeflag, h.Size = tar.TypeReg, int64(len(body))
		}
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := packed.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func entry(name, body string) tar.Header {
	return tar.Header{Name: name, Mode: 0o644, PAXRecords: map[string]string{"body": body}}
}

// sonobuoys are the entries of a tarball of the standard plugin.
func sonobuoys() []tar.Header {
	return []tar.Header{
		{Name: "./plugins/", Typeflag: tar.TypeDir, Mode: 0o755},
		entry("plugins/e2e/results/global/junit_01.xml", tarJUnit),
		entry("plugins/e2e/results/global/e2e.log", "words"),
		entry("serverversion.json", `{"gitVersion":"v1.36.3"}`),
		entry("resources/cluster/core_v1_nodes.json", `{"items":[
			{"metadata":{"name":"l"},"status":{"nodeInfo":{"operatingSystem":"linux"},"conditions":[{"type":"Ready","status":"True"}]}},
			{"metadata":{"name":"w","labels":{"kubernetes.io/os":"windows"}},"spec":{"taints":[{"key":"os","effect":"NoSchedule"}]},"status":{"nodeInfo":{"operatingSystem":"windows","kernelVersion":"10.0.20348.1"}}}]}`),
		entry("meta/info.json", `{}`),
	}
}

// readTarball reads an archive, and holds that nothing of it is left on this machine.
func readTarball(t testing.TB, data []byte, bounds artifacts.Bounds) (reporter.Evidence, error) {
	t.Helper()
	dir, temp := t.TempDir(), t.TempDir()
	file := filepath.Join(dir, "202611251200_sonobuoy_1.tar.gz")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", temp)
	reader := artifacts.New(artifacts.Options{Bounds: bounds})
	at, err := artifacts.Parse(file)
	if err != nil {
		t.Fatal(err)
	}
	builds, err := reader.Builds(t.Context(), at, 1)
	if err != nil || len(builds) != 1 {
		t.Fatalf("%v, %v", builds, err)
	}
	e, err := reader.Read(t.Context(), builds[0])
	for _, at := range []string{temp, dir} {
		if left, lerr := filepath.Glob(filepath.Join(at, "*")); lerr != nil || len(left) > 1 || at == temp && len(left) > 0 {
			t.Errorf("left in %s: %q, %v", at, left, lerr)
		}
	}
	return e, err
}

// TestTarball holds what is known of a run that Sonobuoy's own plugin did.
func TestTarball(t *testing.T) {
	e, err := readTarball(t, archived(t, sonobuoys()...), artifacts.Bounds{})
	if err != nil {
		t.Fatal(err)
	}
	if e.Files != 1 || e.Rows != 1 || e.End.State != reporter.NoJob || len(e.Unread) > 0 {
		t.Errorf("%+v", e)
	}
	if len(e.Versions) != 1 || e.Versions[0] != (reporter.Claim{Value: "v1.36.3", Source: "serverversion.json"}) {
		t.Errorf("versions: %+v", e.Versions)
	}
	if len(e.Nodes) != 2 || e.Nodes[0].Name != "w" || e.Nodes[0].Build != "10.0.20348.1" || e.Nodes[0].Schedulable || e.Nodes[0].Taints[0] != "os:NoSchedule" || !e.Nodes[1].Schedulable {
		t.Errorf("nodes: %+v", e.Nodes)
	}
}

// TestTarballUnreadable holds that what Sonobuoy asked the cluster counts as not read if it is cut or says nothing: as if nobody
// had listed the nodes, a cluster without a Windows node would pass for one of which nothing is known.
func TestTarballUnreadable(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"resources/cluster/core_v1_nodes.json", `{"items":[{"metadata":{"na`, "resources/cluster/core_v1_nodes.json: it could not be read: unexpected end of JSON input"},
		{"resources/cluster/core_v1_nodes.json", `{"items":[]}`, "resources/cluster/core_v1_nodes.json: it could not be read: it lists no node"},
		{"resources/cluster/Nodes.json", ` []`, "resources/cluster/Nodes.json: it could not be read: it lists no node"},
		{"resources/cluster/Nodes.json", ` [{"metadata":{"name":"w"}}]`, ""},
		{"serverversion.json", `<html>`, "serverversion.json: it could not be read: invalid character '<' looking for beginning of value"},
	} {
		e, err := readTarball(t, archived(t, entry("plugins/e2e/results/global/junit_01.xml", tarJUnit), entry(test.name, test.body)), artifacts.Bounds{})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(texts(e.Unread), "\n"); got != test.want {
			t.Errorf("%s of %s: %q, want %q", test.name, test.body, got, test.want)
		}
	}
}

// TestTarballExtracted holds that a folder says the same as the tarball that it was unpacked from.
func TestTarballExtracted(t *testing.T) {
	dir := t.TempDir()
	for _, h := range sonobuoys()[1:] {
		name := filepath.Join(dir, h.Name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(h.PAXRecords["body"]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	reader := artifacts.New(artifacts.Options{})
	builds, err := reader.Builds(t.Context(), artifacts.Location{Path: dir}, 1)
	if err != nil || len(builds) != 1 || builds[0].Path != dir {
		t.Fatalf("%v, %v", builds, err)
	}
	e, err := reader.Read(t.Context(), builds[0])
	if err != nil || e.Rows != 1 || len(e.Nodes) != 2 || len(e.Versions) != 1 {
		t.Errorf("%+v, %v", e, err)
	}
}

// TestTarballOfOurs holds that the results of a run of ours are what is judged, and not those of other plugins beside it.
func TestTarballOfOurs(t *testing.T) {
	const ours = "plugins/op-readiness/results/global/"
	e, err := readTarball(t, archived(t, append(sonobuoys(),
		entry(ours+"op-readiness.json", `{"schema":"op-readiness.run/v1","kubernetesVersion":"v1.36.3","plan":{},"invocations":[]}`),
		entry(ours+"junit_e2e-001_01.xml", tarJUnit), entry("plugins/e2e/errors/global/error.json", `{"error":"timeout"}`))...), artifacts.Bounds{})
	if err != nil {
		t.Fatal(err)
	}
	if e.Run == nil || e.Files != 1 || len(e.Suites) != 1 || e.Suites[0].File != ours+"junit_e2e-001_01.xml" || len(e.Unread) > 0 {
		t.Errorf("%+v", e)
	}
	if len(e.Warnings) != 1 || !strings.Contains(e.Warnings[0].Message, `the results of the plugin "e2e" are left out`) {
		t.Errorf("warnings: %v", e.Warnings)
	}
}

// TestTarballRefused holds what is not taken as it stands: it counts against every result.
func TestTarballRefused(t *testing.T) {
	whole := archived(t, sonobuoys()...)
	link := func(name, to string, kind byte) tar.Header {
		return tar.Header{Name: name, Typeflag: kind, Linkname: to, Mode: 0o644}
	}
	for name, test := range map[string]struct {
		data []byte
		want string
	}{
		"a name that leads out":       {archived(t, append(sonobuoys(), entry("../junit_02.xml", tarJUnit))...), "its name leads out of the archive"},
		"a name from the root":        {archived(t, append(sonobuoys(), entry("/tmp/junit_02.xml", tarJUnit))...), "its name leads out of the archive"},
		"a name that leads out later": {archived(t, append(sonobuoys(), entry("plugins/../../a", ""))...), "its name leads out of the archive"},
		"a name with backslashes":     {archived(t, append(sonobuoys(), entry(`..\..\a`, ""))...), "its name leads out of the archive"},
		"a link":                      {archived(t, append(sonobuoys(), link("plugins/e2e/results/global/junit_02.xml", "/etc/passwd", tar.TypeSymlink))...), "not followed"},
		"a hard link":                 {archived(t, append(sonobuoys(), link("plugins/e2e/results/global/junit_02.xml", "junit_01.xml", tar.TypeLink))...), "not followed"},
		"a device":                    {archived(t, append(sonobuoys(), link("plugins/e2e/results/global/junit_02.xml", "", tar.TypeChar))...), "not followed"},
		"a name twice":                {archived(t, append(sonobuoys(), entry("./plugins/e2e/results/global/junit_01.xml", tarJUnit))...), "it is there twice"},
		"an error of the plugin":      {archived(t, append(sonobuoys(), entry("plugins/e2e/errors/global/error.json", `{"error":"timeout waiting"}`))...), `error of the plugin "e2e": timeout waiting`},
		"no verdict":                  {archived(t, append(sonobuoys(), entry("plugins/e2e/results/global/op-readiness-sonobuoy.yaml", "items: [{details: {error: it was killed}}]"))...), "handed over to Sonobuoy without a verdict: it was killed"},
		"torn items":                  {archived(t, append(sonobuoys(), entry("plugins/e2e/results/global/op-readiness-sonobuoy.yaml", "items:\n  - name"))...), "what was handed over to Sonobuoy cannot be read"},
		"a cut archive":               {whole[:len(whole)-20], "the archive was read only in part: "},
		"no archive":                  {[]byte("words"), "it is no archive"},
		"nothing":                     {nil, "it is no archive"},
		"gzip of something else":      {gzipped(t, strings.Repeat("words ", 200)), "the archive was read only in part: "},
	} {
		e, err := readTarball(t, test.data, artifacts.Bounds{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := fmt.Sprint(e.Unread); !strings.Contains(got, test.want) {
			t.Errorf("%s: %s", name, got)
		}
	}
	nested := archived(t, append(sonobuoys(), entry("plugins/e2e/results/global/more.tar.gz", string(whole)))...)
	if e, err := readTarball(t, nested, artifacts.Bounds{}); err != nil || e.Rows != 1 || !strings.Contains(fmt.Sprint(e.Warnings), "an archive in the archive") {
		t.Errorf("an archive in an archive: %+v, %v", e, err)
	}
}

func gzipped(t testing.TB, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestTarballBounds holds that a bomb of each kind ends at its bound, and leaves nothing.
func TestTarballBounds(t *testing.T) {
	zeros := strings.Repeat("\x00", 8<<20)
	var many []tar.Header
	for i := range 2000 {
		many = append(many, entry(fmt.Sprintf("f%d", i), ""))
	}
	for name, test := range map[string]struct {
		entries []tar.Header
		bounds  artifacts.Bounds
		want    string
	}{
		"a file that counts":         {[]tar.Header{entry("plugins/e2e/results/global/junit_02.xml", zeros)}, artifacts.Bounds{Packed: 1 << 20}, "more than 1 MiB to read"},
		"one that does not":          {[]tar.Header{entry("podlogs/x", zeros)}, artifacts.Bounds{Unpacked: 1 << 20}, "more than 1 MiB of results, decompressed"},
		"many files":                 {many, artifacts.Bounds{Files: 1000}, "more than 1000 files"},
		"the archive itself, packed": {sonobuoys(), artifacts.Bounds{Packed: 100}, "more than 100 bytes to read"},
	} {
		e, err := readTarball(t, archived(t, append(test.entries, sonobuoys()...)...), test.bounds)
		if err != nil || e.Rows != 0 || len(e.Unread) != 1 || !strings.Contains(e.Unread[0].Message, "not readable within its bounds: "+test.want) {
			t.Errorf("%s: %+v, %v", name, e.Unread, err)
		}
	}
}

// FuzzTarball holds that no archive makes a file outside of its own folder, or a panic.
func FuzzTarball(f *testing.F) {
	f.Add(archived(f, sonobuoys()...))
	f.Add(archived(f, entry("../../x", "y"), entry("junit.xml", tarJUnit)))
	f.Add([]byte("\x1f\x8b"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = readTarball(t, data, artifacts.Bounds{Packed: 1 << 20, Unpacked: 4 << 20, Files: 100})
	})
}

// FuzzTar does the same with what is packed, so that it comes further.
func FuzzTar(f *testing.F) {
	for _, data := range [][]byte{archived(f, sonobuoys()...), archived(f, entry("../../x", "y"), entry("junit.xml", tarJUnit))} {
		r, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			f.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := b.ReadFrom(r); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = readTarball(t, gzipped(t, string(data)), artifacts.Bounds{Packed: 1 << 20, Unpacked: 4 << 20, Files: 100})
	})
}

// TestTarballInBucket holds that an archive in a bucket is read as one on this machine, and that a connection which breaks is no
// archive which is cut.
func TestTarballInBucket(t *testing.T) {
	const name = "runs/202611251200_sonobuoy_1.tar.gz"
	whole := archived(t, sonobuoys()...)
	want, err := readTarball(t, whole, artifacts.Bounds{})
	if err != nil {
		t.Fatal(err)
	}
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	read := func(data []byte, fault func(string, int) error) (reporter.Evidence, int, error) {
		t.Helper()
		reader, wire := serve(t, object(name, string(data)), object("runs/finished.json", `{"passed":true}`))
		wire.setFault(fault)
		builds, err := reader.Builds(t.Context(), at(t, "gs://"+bucket+"/"+name), 1)
		if err != nil || len(builds) != 1 {
			return reporter.Evidence{}, 0, err
		}
		e, err := reader.Read(t.Context(), builds[0])
		if left, lerr := filepath.Glob(temp + "/*"); lerr != nil || len(left) > 0 {
			t.Errorf("left: %q, %v", left, lerr)
		}
		return e, wire.tries(name), err
	}
	got, _, err := read(whole, nil)
	if err != nil {
		t.Fatal(err)
	}
	want.Build, got.Build = reporter.Build{}, reporter.Build{}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(reporter.Evidence{})); diff != "" {
		t.Errorf("-here +bucket: %s", diff)
	}
	if e, tries, err := read(whole, func(_ string, try int) error {
		if try < 3 {
			return httpError(503)
		}
		return nil
	}); err != nil || tries != 3 || len(e.Unread) > 0 {
		t.Errorf("a busy store: %+v, %v, %d tries", e.Unread, err, tries)
	}
	if e, _, err := read(whole[:len(whole)/2], nil); err != nil || len(e.Unread) == 0 {
		t.Errorf("one that is cut: %+v, %v", e.Unread, err)
	}
	if _, _, err := read(whole, func(string, int) error { return httpError(404) }); !errors.Is(err, artifacts.ErrNotFound) {
		t.Errorf("one that is not there: %v", err)
	}
	if _, _, err := read(whole, func(string, int) error { return httpError(403) }); !errors.Is(err, artifacts.ErrDenied) {
		t.Errorf("one that may not be read: %v", err)
	}
}

// TestTarballConnection breaks the connection amid the body, once and for good.
func TestTarballConnection(t *testing.T) {
	const name = "runs/1.tgz"
	whole := archived(t, append(sonobuoys(), entry("plugins/x/results/global/junit_big.xml", strings.Repeat("<!-- incompressible? no -->", 1<<16)))...)
	for broken, wants := range map[int]bool{1: true, 99: false} {
		reader, wire := serve(t, object(name, string(whole)))
		next := wire.next
		wire.next = roundTripper(func(r *http.Request) (*http.Response, error) {
			answer, err := next.RoundTrip(r)
			if err == nil && wire.tries(name) <= broken {
				answer.Body = io.NopCloser(io.MultiReader(io.LimitReader(answer.Body, int64(len(whole)/2)), iotest.ErrReader(syscall.ECONNRESET)))
			}
			return answer, err
		})
		e, err := reader.Read(t.Context(), at(t, "gs://"+bucket+"/"+name))
		if whole := err == nil && len(e.Unread) == 0 && e.Rows == 1; whole != wants {
			t.Errorf("broken %d times: %+v, %v", broken, e.Unread, err)
		}
		if !wants && err == nil {
			t.Errorf("what was read of a connection that breaks counts: %+v", e)
		}
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
