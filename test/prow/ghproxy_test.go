package prow

import (
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fsouza/fake-gcs-server/fakestorage"

	"sigs.k8s.io/windows-operational-readiness/reporter/github/githubtest"
)

// pulls are the open pull requests of the sweep, and remarks the comments on each, which are two pages.
const pulls, remarks = 8, 120

// TestSweepBehindGHProxy runs what the generated job for reports runs, which has no folder that outlives it, behind the real ghproxy:
// a second sweep, in which nothing has happened, takes less than one request of GitHub's limit for each pull request.
func TestSweepBehindGHProxy(t *testing.T) {
	folder := t.TempDir()
	ghproxy := buildProw(t, "ghproxy") + "ghproxy"
	execute(t, "go", "build", "-C", "../..", "-o", folder, "./cmd/op-readiness")
	comments := githubtest.New(nil)
	comments.AddUser("token-of-the-bot", "op-readiness-bot")
	var objects []fakestorage.Object
	for n := 1; n <= pulls; n++ {
		sha := fmt.Sprintf("%040x", n)
		comments.SetPull(githubtest.Pull{Owner: org, Name: repo, Number: n, Head: sha})
		for i := range remarks {
			comments.AddComment(fmt.Sprintf("%s/%s#%d", org, repo, n), "contributor", fmt.Sprintf("remark %d", i))
		}
		at := fmt.Sprintf("pr-logs/pull/%s_%s/%d/%s/1991001002003004416/", org, repo, n, job)
		objects = append(objects, object(at+"finished.json", `{"timestamp":1763532000,"passed":false,"result":"FAILURE"}`), object(at+"prowjob.json", fmt.Sprintf(
			`{"spec":{"job":%q,"refs":{"org":%q,"repo":%q,"pulls":[{"number":%d,"sha":%q}]}},"status":{"state":"failure","build_id":"1991001002003004416"}}`, job, org, repo, n, sha)))
	}
	store, err := fakestorage.NewServerWithOptions(fakestorage.Options{Scheme: "http", PublicHost: "127.0.0.1", InitialObjects: objects, Writer: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Stop)
	hub := httptest.NewServer(comments.Handler())
	t.Cleanup(hub.Close)
	proxy := startGHProxy(t, ghproxy, hub.URL)
	token := filepath.Join(folder, "token")
	if err := os.WriteFile(token, []byte("token-of-the-bot"), 0o600); err != nil {
		t.Fatal(err)
	}
	sweep := func(want string) (took int) {
		t.Helper()
		comments.SetRate(5000, time.Now().Add(time.Hour))
		cmd := exec.CommandContext(t.Context(), "bash", "../../hack/report-sweep.sh", filepath.Join(folder, "op-readiness"), org+"/"+repo, token, proxy)
		cmd.Env = append(os.Environ(), "STORAGE_EMULATOR_HOST="+store.URL())
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), want) {
			t.Fatalf("%v, want %q: %s", err, want, out)
		}
		return 5000 - comments.Left()
	}
	sweep(fmt.Sprintf("%d open pull requests: %[1]d changed, 0 failed", pulls))
	comments.Requests()
	took := sweep(fmt.Sprintf("%d open pull requests: 0 changed, 0 failed", pulls))
	asked := len(comments.Requests())
	t.Logf("of %d requests, %d count", asked, took)
	if took >= pulls || asked < pulls {
		t.Errorf("a sweep without news takes %d requests of the limit, and asks %d, for %d pull requests", took, asked, pulls)
	}
}

// startGHProxy starts Prow's cache in front of a GitHub, and returns its address once it serves.
func startGHProxy(t *testing.T, program, upstream string) string {
	t.Helper()
	at := port(t)
	proxy := start(t, nil, program, append(otherPorts(t), "--upstream="+upstream, "--port="+at, "--log-level=error")...)
	await(t, "ghproxy", answers(t, "http://127.0.0.1:"+at), proxy)
	return "http://127.0.0.1:" + at
}
