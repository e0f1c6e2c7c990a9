package audit_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/test/cluster/audit"
)

// TestRead holds what is read of a log: what was made, by which test, and where it was bound, whichever line comes first.
func TestRead(t *testing.T) {
	t.Parallel()
	const log = `{"verb":"create","userAgent":"e2e.test/v1 -- [sig-a] one","objectRef":{"resource":"namespaces"},"responseStatus":{"code":201},"responseObject":{"metadata":{"name":"a-1"}}}
{"verb":"create","objectRef":{"resource":"pods","namespace":"a-1"},"responseStatus":{"code":201},"responseObject":{"metadata":{"uid":"u1"}}}
{"verb":"create","objectRef":{"resource":"pods","subresource":"binding","namespace":"a-1","uid":"u1"},"responseStatus":{"code":201},"requestObject":{"target":{"name":"windows-1"}}}
{"verb":"create","objectRef":{"resource":"pods","subresource":"binding","namespace":"a-1","uid":"u2"},"responseStatus":{"code":201},"requestObject":{"target":{"name":"windows-2"}}}
{"verb":"create","objectRef":{"resource":"pods","namespace":"a-1"},"responseStatus":{"code":201},"responseObject":{"metadata":{"uid":"u2"}}}
{"verb":"create","objectRef":{"resource":"pods","namespace":"a-1"},"responseStatus":{"code":201},"responseObject":{"metadata":{"uid":"u3"}}}
{"verb":"create","objectRef":{"resource":"pods","namespace":"a-1"},"responseStatus":{"code":201},"responseObject":{"metadata":{"uid":"u4"},"spec":{"nodeName":"linux-1"}}}
{"verb":"create","objectRef":{"resource":"pods","namespace":"a-1"},"responseStatus":{"code":403},"responseObject":{"metadata":{"uid":"refused"}}}
{"verb":"create","requestURI":"/api/v1/namespaces/a-1/pods?dryRun=All","objectRef":{"resource":"pods","namespace":"a-1"},"responseStatus":{"code":201},"responseObject":{"metadata":{"uid":"dry"}}}
`
	name := filepath.Join(t.TempDir(), "audit.jsonl")
	if err := os.WriteFile(name, []byte(log), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := audit.Read(name)
	if err != nil {
		t.Fatal(err)
	}
	want := audit.Log{
		Tests: map[string]string{"a-1": "[sig-a] one"},
		Pods:  map[string]map[string]string{"a-1": {"u1": "windows-1", "u2": "windows-2", "u3": "", "u4": "linux-1"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
