package readers

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	configpb "github.com/GoogleCloudPlatform/testgrid/pb/config"
	statuspb "github.com/GoogleCloudPlatform/testgrid/pb/test_status"
	"github.com/GoogleCloudPlatform/testgrid/pkg/updater"
	"github.com/GoogleCloudPlatform/testgrid/util/gcs"
	"github.com/fsouza/fake-gcs-server/fakestorage"
	"github.com/sirupsen/logrus"
)

// TestTestGrid puts builds into a bucket and holds the grid that TestGrid's updater makes of them: which cells are green.
func TestTestGrid(t *testing.T) {
	logrus.SetOutput(io.Discard)
	const bucket, job = "b", "ci-windows-op-readiness-1-36-ltsc2022"
	all := summaries(t)
	names, objects := map[string]string{}, []fakestorage.Object{}
	put := func(name, text string) {
		objects = append(objects, fakestorage.Object{ObjectAttrs: fakestorage.ObjectAttrs{BucketName: bucket, Name: name}, Content: []byte(text)})
	}
	number, start := 1000, time.Now().Add(-2*time.Hour).Unix()
	for fault, s := range all {
		number++
		id := fmt.Sprint(number)
		names[id] = fault
		put("logs/"+job+"/"+id+"/started.json", fmt.Sprintf(`{"timestamp": %d}`, start+int64(number)))
		put("logs/"+job+"/"+id+"/finished.json", fmt.Sprintf(`{"timestamp": %d, "result": "FAILURE", "passed": false}`, start+int64(number)+60))
		put("logs/"+job+"/"+id+"/artifacts/junit_op-readiness.xml", xml(t, s))
	}
	put("grid/placeholder", "")
	server, err := fakestorage.NewServerWithOptions(fakestorage.Options{NoListener: true, InitialObjects: objects})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Stop()
	for id, rows := range grid(t, gcs.NewGCSClient(server.Client()), bucket, job) {
		check(t, names[id], all[names[id]], rows)
		delete(names, id)
	}
	for _, fault := range names {
		t.Errorf("%s: no column", fault)
	}
}

// grid are the rows of each build in the grid that the updater makes.
func grid(t *testing.T, client gcs.Client, bucket, job string) map[string]map[string]shown {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	group := &configpb.TestGroup{Name: job, GcsPrefix: bucket + "/logs/" + job, UseKubernetesClient: true, DaysOfResults: 14, NumColumnsRecent: 1000}
	path, err := gcs.NewPath("gs://" + bucket + "/grid/" + job)
	if err != nil {
		t.Fatal(err)
	}
	update := updater.GCS(ctx, client, 5*time.Minute, time.Minute, 2, true, false)
	if _, err := update(ctx, logrus.WithField("group", job), client, group, *path); err != nil {
		t.Fatal(err)
	}
	state, _, err := gcs.DownloadGrid(ctx, client, *path)
	if err != nil {
		t.Fatal(err)
	}
	columns := map[string]map[string]shown{}
	for _, c := range state.Columns {
		columns[c.Build] = map[string]shown{}
	}
	for _, row := range state.Rows {
		for i, result := range cells(row.Results) {
			if strings.HasSuffix(row.Name, ".Overall") || row.Name == "Overall" || strings.HasSuffix(row.Name, ".Pod") || result == statuspb.TestStatus_NO_RESULT {
				continue
			}
			columns[state.Columns[i].Build][row.Name] = colour(result)
		}
	}
	return columns
}

// cells unrolls the results of a row, which stand there as pairs of a status and how often it follows.
func cells(pairs []int32) []statuspb.TestStatus {
	var list []statuspb.TestStatus
	for i := 0; i+1 < len(pairs); i += 2 {
		for range pairs[i+1] {
			list = append(list, statuspb.TestStatus(pairs[i]))
		}
	}
	return list
}

// colour is how TestGrid shows a status.
func colour(s statuspb.TestStatus) shown {
	switch s {
	case statuspb.TestStatus_PASS, statuspb.TestStatus_PASS_WITH_SKIPS, statuspb.TestStatus_PASS_WITH_ERRORS, statuspb.TestStatus_BUILD_PASSED:
		return green
	case statuspb.TestStatus_FLAKY:
		return neither
	}
	return red
}
