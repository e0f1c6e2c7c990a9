package pin_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/internal/apitest"
	"sigs.k8s.io/windows-operational-readiness/internal/golden"
	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/runner/pin"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// recorder writes down what an API server is asked.
type recorder struct {
	mu   sync.Mutex
	text strings.Builder
}

// record lets a server write down what it is asked from now on.
func record(s *apitest.Server) *recorder {
	rec := &recorder{}
	s.Deny = func(r *http.Request) bool { rec.request(r); return false }
	s.Refuse = func(review apitest.Object) bool {
		rec.note("asks for %s", compact(review["spec"]))
		return false
	}
	return rec
}

func (rec *recorder) note(format string, args ...any) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	fmt.Fprintf(&rec.text, format+"\n", args...)
}

func (rec *recorder) request(r *http.Request) {
	line := r.Method + " " + strings.Replace(r.URL.RequestURI(), "timeout=30s", "...", 1)
	if user := r.Header.Get("Impersonate-User"); user != "" {
		line += fmt.Sprintf(" as %s of %s", user, r.Header["Impersonate-Group"])
	}
	if strings.HasSuffix(r.URL.Path, "reviews") { // client-go says how it sends those
		rec.note("%s", line)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		rec.note("%v", err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	line += ", for " + r.Header.Get("Accept")
	if len(body) > 0 {
		line += ", with " + r.Header.Get("Content-Type") + "\n" + indented(body)
	}
	rec.note("%s", line)
}

func compact(value any) string {
	data, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(data)
}

func indented(body []byte) string {
	var b bytes.Buffer
	if err := json.Indent(&b, body, "", "  "); err != nil {
		return err.Error()
	}
	return strings.NewReplacer(`\u003e`, ">", `\u0026`, "&", `\"`, `"`, `\n`, "\n").Replace(b.String())
}

// TestSaid holds all that a pin says to an API server, from first to last. That a real one takes it, and does with pods what
// the policies ask, is held by the tests on clusters in test/cluster.
func TestSaid(t *testing.T) {
	s, access := server(t)
	for _, name := range []string{"linux", "windows"} {
		s.Put(nodes, object{"metadata": object{"name": name, "labels": object{"kubernetes.io/os": name}}, "spec": object{}})
	}
	config, err := access.Connect()
	if err != nil {
		t.Fatal(err)
	}
	rec := record(s)
	rec.note("--- Lacks")
	if lacks, err := pin.Lacks(t.Context(), config); lacks != "" || err != nil {
		t.Error(lacks, err)
	}
	rec.note("--- Open")
	p, err := open(t, access, specs.Windows, specs.Linux)
	if err != nil {
		t.Fatal(err)
	}
	rec.note("--- Close")
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	rec.note("--- Taint")
	if p, err = pin.Taint(t.Context(), access, run); err != nil {
		t.Fatal(err)
	}
	rec.note("--- Find")
	left, err := pin.Find(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	rec.note("--- Remove")
	if _, err := pin.Remove(t.Context(), config, left); err != nil {
		t.Error(err)
	}
	rec.note("--- Close")
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	alive := regexp.MustCompile(`"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]+Z ` + fmt.Sprint(os.Getpid()) + " " + regexp.QuoteMeta(host) + `"`)
	golden.Check(t, filepath.Join("testdata", "said.txt"), alive.ReplaceAllString(rec.text.String(), `"TIME PID HOST"`))
}

// TestLacksUnknown holds that it is an error if nobody tells what is allowed.
func TestLacksUnknown(t *testing.T) {
	s, access := server(t)
	s.Deny = func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/selfsubjectaccessreviews") }
	config, err := access.Connect()
	if err != nil {
		t.Fatal(err)
	}
	if lacks, err := pin.Lacks(t.Context(), config); lacks != "" || err == nil || !strings.HasPrefix(err.Error(), "asking what is allowed: ") {
		t.Errorf("%q, %v", lacks, err)
	}
}

// TestOpenDefaultWait holds that policies get some time to act if nobody says how long.
func TestOpenDefaultWait(t *testing.T) {
	_, access := server(t)
	p, err := pin.Open(t.Context(), pin.Options{Access: access, Run: run, Send: []specs.OS{specs.Windows}})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

// TestOpenMasters holds that who may do everything by his name alone lets e2e.test be one of the masters.
func TestOpenMasters(t *testing.T) {
	s, access := server(t)
	s.Deny = func(r *http.Request) bool {
		groups := r.Header["Impersonate-Group"]
		return len(groups) > 0 && groups[0] != "system:masters"
	}
	p, err := open(t, access, specs.Windows)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

// TestOpenUnwritten holds that a pin whose kubeconfigs cannot be written is an error, and leaves nothing behind.
func TestOpenUnwritten(t *testing.T) {
	s, access := server(t)
	temp := t.TempDir()
	t.Setenv("TMPDIR", filepath.Join(temp, "none"))
	if p, err := open(t, access, specs.Windows); p != nil || err == nil {
		t.Errorf("%+v, %v", p, err)
	}
	t.Setenv("TMPDIR", temp)
	checkEmpty(t, s)
}

// TestCloseFails holds that what could not be removed is told, whatever it was, and what somebody else removed is no error.
func TestCloseFails(t *testing.T) {
	s, access := server(t)
	p, err := open(t, access, specs.Windows)
	if err != nil {
		t.Fatal(err)
	}
	s.Delete(policies, "op-readiness-"+run+"-send")
	s.Deny = func(r *http.Request) bool {
		return r.Method == http.MethodDelete && strings.HasSuffix(r.URL.Path, "-mark")
	}
	want := fmt.Sprintf("removing op-readiness-%[1]s-mark: Forbidden\nremoving op-readiness-%[1]s-mark: Forbidden", run)
	if err := p.Close(); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// TestTaintFails holds that a taint that cannot be set is an error, and one that cannot be removed as well.
func TestTaintFails(t *testing.T) {
	s, access := server(t)
	linux := object{"metadata": object{"name": "linux", "labels": object{"kubernetes.io/os": "linux"}}, "spec": object{}}
	s.Put(nodes, linux)
	deny := func(r *http.Request) bool { return r.Method == http.MethodPatch }
	s.Deny = deny
	if p, err := pin.Taint(t.Context(), access, run); p != nil || err == nil || !strings.Contains(err.Error(), "tainting Linux nodes: node linux: Forbidden") {
		t.Errorf("%v, %v", p, err)
	}
	checkEmpty(t, s)
	s.Deny = nil
	p, err := pin.Taint(t.Context(), access, run)
	if err != nil {
		t.Fatal(err)
	}
	s.Deny = deny
	if err := p.Close(); err == nil || err.Error() != "removing the taint of node linux: Forbidden" {
		t.Error(err)
	}
	s.Delete(nodes, "linux")
	if err := p.Close(); err != nil {
		t.Errorf("the node is gone: %v", err)
	}
}

// TestTaintOthers holds that a taint is set though somebody else changes the node at the same time, and that another run's stays.
func TestTaintOthers(t *testing.T) {
	s, access := server(t)
	linux := object{"metadata": object{"name": "linux", "labels": object{"kubernetes.io/os": "linux"}}, "spec": object{}}
	s.Put(nodes, linux)
	patches := 0
	s.Deny = func(r *http.Request) bool {
		if r.Method == http.MethodPatch {
			if patches++; patches == 1 {
				s.Put(nodes, linux)
			}
		}
		return false
	}
	p, err := pin.Taint(t.Context(), access, run)
	if err != nil {
		t.Fatal(err)
	}
	taints := func() []any {
		list, _ := s.Get(nodes, "linux")["spec"].(map[string]any)["taints"].([]any)
		return list
	}
	if patches != 2 || len(taints()) != 1 {
		t.Errorf("%d patches, taints %v", patches, taints())
	}
	other := object{"key": runner.RunLabel, "value": "other", "effect": "NoSchedule"}
	own := object{"key": runner.RunLabel, "value": run, "effect": "NoSchedule"}
	s.Put(nodes, object{"metadata": linux["metadata"], "spec": object{"taints": []any{other, own, object{"key": "a", "value": run, "effect": "NoSchedule"}}}})
	for range 2 { // the second time there is nothing to change
		if err := p.Close(); err != nil || len(taints()) != 2 || patches != 3 {
			t.Errorf("%d patches, taints %v, %v", patches, taints(), err)
		}
	}
}

// TestFind holds what is said of all that runs have, in its order, and that all of it can be removed.
func TestFind(t *testing.T) {
	s, access := server(t)
	of := func(run, name string, more object) object {
		metadata := object{"name": name, "labels": object{runner.RunLabel: run}}
		for key, value := range more {
			metadata[key] = value
		}
		return object{"metadata": metadata}
	}
	s.Put(policies, of("b", "p2", nil))
	s.Put(policies, of("b", "p1", nil))
	s.Put(policies, of("", "nobody's", nil))
	s.Put(bindings, of("b", "b1", nil))
	s.Put(namespaces, of("a", "n2", object{"deletionTimestamp": "2026-01-02T03:04:05Z"}))
	s.Put(namespaces, of("a", "n1", nil))
	s.Put(nodes, object{"metadata": object{"name": "linux"}, "spec": object{"taints": []any{object{"key": runner.RunLabel, "value": "a", "effect": "NoSchedule"}}}})
	all := find(t, access)
	var lines []string
	for _, l := range all {
		lines = append(lines, fmt.Sprintf("%s, own %t, live %t", l, l.Own, l.Live))
	}
	want := `namespace n1 of run a, own false, live false
taint of run a on node linux, own true, live false
binding b1 of run b, own true, live false
policy p1 of run b, own true, live false
policy p2 of run b, own true, live false`
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	config, err := access.Connect()
	if err != nil {
		t.Fatal(err)
	}
	if removed, err := pin.Remove(t.Context(), config, all); err != nil || len(removed) != len(all) || len(find(t, access)) > 0 {
		t.Errorf("removed %v, %v; left %v", removed, err, find(t, access))
	}
}
