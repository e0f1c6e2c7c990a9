package artifacts_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOddObjects holds that compressed objects, escaped names, and very many others do no harm.
func TestOddObjects(t *testing.T) {
	t.Parallel()
	all := objects(periodic, with(map[string]string{"artifacts/junit_01.xml": "", "artifacts/job #1?/junit_100%.xml": suite("A passed")}))
	for _, file := range []struct{ name, text string }{{"artifacts/junit_z.xml", suite("B passed")}, {"prowjob.json", prowJobJSON}} {
		packed := object(periodic+"/"+file.name, zip(t, file.text))
		packed.ContentEncoding = "gzip"
		all = append(all, packed)
	}
	all = append(all, object(periodic+"/artifacts/junit_zz.xml.gz", zip(t, suite("C passed"))), object(periodic+"/artifacts/", ""))
	for i := range 1000 {
		all = append(all, object(fmt.Sprintf("%s/artifacts/logs/pod-%d/log.txt", periodic, i), ""))
	}
	reader, wire := serve(t, all...)
	results, err := reader.Read(t.Context(), at(t, "gs://"+bucket+"/"+periodic))
	if err != nil || len(results.Unread) > 0 || len(results.Warnings) > 0 {
		t.Fatalf("%v, %v, %v", err, results.Unread, results.Warnings)
	}
	want := []string{"A artifacts/job #1?/junit_100%.xml", "B artifacts/junit_z.xml", "C artifacts/junit_zz.xml.gz"}
	if diff := cmp.Diff(want, testNames(results)); diff != "" {
		t.Error(diff)
	}
	if results.Build.ID != "1001" {
		t.Errorf("prowjob.json is not read: %+v", results.Build)
	}
	if n := len(wire.asked()); n != 7 {
		t.Errorf("%d names were asked for: %v", n, wire.asked())
	}
}

func zip(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
