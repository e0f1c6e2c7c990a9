package capi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
)

// TestExtension holds what the hooks are answered.
func TestExtension(t *testing.T) {
	t.Parallel()
	s := available()
	s.cluster.Annotations[HoldAnnotation] = "true"
	w := newWorld(t, s)
	mux := http.NewServeMux()
	for path, answer := range (extension{controller: w.Controller}).routes() {
		mux.Handle(path, answer)
	}
	ask := func(method, path, body string) (int, string) {
		recorder := httptest.NewRecorder()
		mux.ServeHTTP(recorder, httptest.NewRequest(method, "/hooks.runtime.cluster.x-k8s.io/v1alpha1/"+path+"?timeout=10s", strings.NewReader(body)))
		return recorder.Code, recorder.Body.String()
	}
	about := func(name string) string {
		return fmt.Sprintf(`{"cluster":{"metadata":{"name":%q,"namespace":"team","annotations":{%q:"false"}},"spec":{}},"fromKubernetesVersion":"v1.36.3","toKubernetesVersion":"v1.37.2"}`, name, HoldAnnotation)
	}
	expect := func(name string, code int, said string, parts ...string) {
		t.Helper()
		for _, part := range parts {
			if code != http.StatusOK || !strings.Contains(said, part) {
				t.Errorf("%s: %d %s, without %s", name, code, said, part)
			}
		}
	}
	code, said := ask(http.MethodPost, "discovery", `{}`)
	expect("discovery", code, said, `"kind":"DiscoveryResponse"`, `"status":"Success"`, `"name":"note-cluster"`, `"name":"hold-upgrade"`, `"hook":"BeforeClusterUpgrade"`, `"failurePolicy":"Fail"`)
	code, said = ask(http.MethodPost, "aftercontrolplaneinitialized/note-cluster", about("one"))
	expect("initialized", code, said, `"status":"Success"`)
	if len(w.told.Events) != 1 || len(w.writes) != 0 {
		t.Errorf("%d events, %q", len(w.told.Events), w.writes)
	}
	code, said = ask(http.MethodPost, "beforeclusterupgrade/hold-upgrade", about("one"))
	expect("no run yet, whatever the request says", code, said, `"retryAfterSeconds":30`, `WindowsOperationallyReady is Unknown (Running)`)
	code, said = ask(http.MethodPost, "beforeclusterupgrade/hold-upgrade", about("two"))
	expect("a cluster that is not there", code, said, `"retryAfterSeconds":0`, `"status":"Success"`)
	w.look(t)
	s.begin()
	w.finish(t, s, 0, s.ready(nil))
	code, said = ask(http.MethodPost, "beforeclusterupgrade/hold-upgrade", about("one"))
	expect("ready", code, said, `"retryAfterSeconds":0`, `"status":"Success"`)
	c := w.cluster(t)
	c.Finalizers, c.Annotations[HookAnnotation] = []string{"test/finalizer"}, ""
	meta.RemoveStatusCondition(&c.Status.Conditions, ConditionType)
	if err := errors.Join(w.Client.Update(context.Background(), c), w.Client.Status().Update(context.Background(), c), w.Client.Delete(context.Background(), c)); err != nil {
		t.Fatal(err)
	}
	code, said = ask(http.MethodPost, "beforeclusterupgrade/hold-upgrade", about("one"))
	expect("a cluster that goes", code, said, `"retryAfterSeconds":0`, `"status":"Success"`)
	for _, request := range []struct{ method, body string }{{http.MethodGet, "{}"}, {http.MethodPost, "["}, {http.MethodPost, `{"cluster":"` + strings.Repeat("a", maxRequest) + `"}`}} {
		if code, said := ask(request.method, "beforeclusterupgrade/hold-upgrade", request.body); code < 400 || strings.Contains(said, "Success") {
			t.Errorf("%s %.10s: %d %s", request.method, request.body, code, said)
		}
	}
}
