package artifacts_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/fsouza/fake-gcs-server/fakestorage"

	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
)

// BenchmarkRead100Builds reads 100 builds of 20 files each from a store that takes 50 ms for each answer. Its ratio is
// the time taken to the least that is possible with so many requests at a time.
func BenchmarkRead100Builds(b *testing.B) {
	const latency, parallelism = 50 * time.Millisecond, 32
	var all []fakestorage.Object
	var builds []artifacts.Location
	for i := range 100 {
		folder := fmt.Sprintf("logs/ci-job/%d", i)
		files := map[string]string{"prowjob.json": prowJobJSON, "started.json": startedJSON, "finished.json": finishedJSON}
		for j := range 17 {
			files[fmt.Sprintf("artifacts/junit_%02d.xml", j)] = suite(fmt.Sprintf("T%d passed", j), "A passed", "B failed")
		}
		all = append(all, objects(folder, files)...)
		builds = append(builds, at(b, "gs://"+bucket+"/"+folder))
	}
	reader, wire := serve(b, all...)
	wire.latency = latency
	for b.Loop() {
		results, err := reader.ReadAll(b.Context(), builds)
		if err != nil || len(results) != 100 || len(testNames(results[99])) != 51 {
			b.Fatalf("%d results, %v", len(results), err)
		}
	}
	requests := 0
	for _, n := range wire.requests {
		requests += n
	}
	requests /= b.N
	least := (requests + parallelism - 1) / parallelism * int(latency)
	b.ReportMetric(float64(requests), "requests/op")
	b.ReportMetric(parallelism, "parallelism")
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(least), "ratio")
}
