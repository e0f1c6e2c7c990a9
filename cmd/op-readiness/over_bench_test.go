//go:build unix

package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What somebody may put into the bucket, and what it may cost.
const (
	overPacked   = 18 << 20 // bytes of a result file, as stored
	overUnpacked = 3 << 30  // of each, decompressed
	overFiles    = 60_000   // small files of one build
	overMemory   = 256      // MiB
)

// BenchmarkOverBudget sweeps over five pull requests, of which the second has three result files of 18 MB that unpack to 9 GiB, and the
// fourth a build of 60,000 files, and sends op-readiness serve an event of each. It holds that both comments say which file is over
// which bound, that the others are as ever, and that no process takes more than its memory. It reports the seconds and the most memory.
func BenchmarkOverBudget(b *testing.B) {
	binary, front := buildProgram(b), overBucket(b)
	for b.Loop() {
		p := newPlugin(b, 5, front)
		hub, token := p.args[slices.Index(p.args, "--github-endpoint")+1], p.args[slices.Index(p.args, "--github-token-file")+1]
		cmd := exec.CommandContext(b.Context(), binary, "report", "--post", "kubernetes-sigs/windows-testing", "--github-token-file", token, "--github-endpoint", hub)
		cmd.Env = p.env
		began := time.Now()
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "5 open pull requests: 5 changed, 0 failed") {
			b.Fatalf("%v: %s", err, out)
		}
		b.ReportMetric(time.Since(began).Seconds(), "s/sweep")
		usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
		if !ok {
			b.Skip("this system does not tell how much memory a process took")
		}
		p.checkOver("the sweep", usage.Maxrss>>10)
		b.ReportMetric(float64(usage.Maxrss>>10), "MiB/sweep")

		p = newPlugin(b, 5, front)
		p.start(b.Context(), binary)
		began = time.Now()
		for number := 1; number <= 5; number++ {
			if err := p.send(number); err != nil {
				b.Error(err)
			}
		}
		p.until(5, 5*time.Minute)
		b.ReportMetric(time.Since(began).Seconds(), "s/serve")
		memory := int64(peak(b, p.process.Process.Pid) >> 10)
		p.checkOver("serve", memory)
		b.ReportMetric(float64(memory), "MiB/serve")
		if err := p.process.Process.Kill(); err != nil {
			b.Error(err)
		}
		_ = p.process.Wait() // it was killed
	}
}

// checkOver holds the five comments, and the memory in MiB that they took.
func (p *plugin) checkOver(who string, memory int64) {
	p.tb.Helper()
	if memory > overMemory {
		p.tb.Errorf("%s took %d MiB", who, memory)
	}
	for i, want := range []string{"", "junit_01.xml: more than ", "", "more than 40000 files", ""} {
		pull := fmt.Sprintf("kubernetes-sigs/windows-testing#%d", i+1)
		said := strings.Join(p.hub.Bodies(pull, botLogin), "")
		if !strings.Contains(said, "### ⚠️ Windows operational readiness: incomplete") || !strings.Contains(said, want) {
			p.tb.Errorf("%s does not say on %s that it is incomplete, and %q:\n%s", who, pull, want, said)
		}
		if want == "" && strings.Contains(said, "more than") {
			p.tb.Errorf("%s says that %s is over a bound:\n%s", who, pull, said)
		}
	}
}

// overBucket has what is too much, in front of a bucket with the rest: rows without end, a text without end and a comment without end,
// packed; and many small files.
func overBucket(b *testing.B) func(http.Handler) http.Handler {
	b.Helper()
	const folder = "pr-logs/pull/kubernetes-sigs_windows-testing/%d/pull-windows-op-readiness/20/"
	large, many := fmt.Sprintf(folder, 2), fmt.Sprintf(folder, 4)
	row := `<testcase name="[It] [sig-network] DNS should provide DNS for services [Conformance]" classname="Kubernetes e2e suite" status="passed" time="1"></testcase>` + "\n"
	files := map[string][]byte{
		large + "artifacts/junit_01.xml": packed(b, "<testsuite>", row, "</testsuite>"),
		large + "artifacts/junit_02.xml": packed(b, `<testsuite><testcase name="a"><failure>`, "it broke, and broke, and broke\n", "</failure></testcase></testsuite>"),
		large + "artifacts/junit_03.xml": packed(b, "<testsuite><!--", "nothing to see here\n", "--></testsuite>"),
	}
	names := map[string][]string{large: slices.Sorted(maps.Keys(files)), many: nil}
	for i := range overFiles {
		names[many] = append(names[many], fmt.Sprintf("%sartifacts/junit_%05d.xml", many, i))
	}
	return func(rest http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			query := r.URL.Query()
			path := strings.TrimPrefix(r.URL.Path, "/kubernetes-ci-logs/")
			switch list, listed := names[query.Get("prefix")]; {
			case listed && query.Get("delimiter") == "": // the whole build
				page, _ := strconv.Atoi(query.Get("pageToken")) // 0 without one
				writePage(w, append([]string{query.Get("prefix") + "prowjob.json"}, list...), page, func(name string) int { return max(12, len(files[name])) })
			case files[path] != nil:
				w.Header().Set("Content-Encoding", "gzip")
				_, _ = w.Write(files[path])
			case strings.HasPrefix(path, many+"artifacts/"):
				_, _ = w.Write([]byte("<testsuite/>"))
			default:
				rest.ServeHTTP(w, r)
			}
		})
	}
}

// writePage writes a page of a list of objects, as GCS does.
func writePage(w http.ResponseWriter, names []string, page int, size func(string) int) {
	const most = 1000
	var list struct {
		Kind  string           `json:"kind"`
		Items []map[string]any `json:"items"`
		Next  string           `json:"nextPageToken,omitempty"`
	}
	list.Kind = "storage#objects"
	for _, name := range names[min(len(names), page*most):min(len(names), (page+1)*most)] {
		list.Items = append(list.Items, map[string]any{"kind": "storage#object", "bucket": "kubernetes-ci-logs", "name": name, "size": strconv.Itoa(size(name))})
	}
	if (page+1)*most < len(names) {
		list.Next = strconv.Itoa(page + 1)
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(list)
}

// packed is a text whose middle is repeated, of about the sizes above: gzip may be of several members behind each other, so that one
// block is compressed once.
func packed(b *testing.B, start, middle, end string) []byte {
	b.Helper()
	member := func(text string) []byte {
		var out bytes.Buffer
		w := gzip.NewWriter(&out)
		if _, err := w.Write([]byte(text)); err != nil {
			b.Fatal(err)
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
		return out.Bytes()
	}
	const block = 1 << 20
	text := strings.Repeat(middle, block/len(middle))
	one := member(text)
	for len(one)*(overUnpacked/block) < overPacked { // stored members without a content make it as large as it may be
		one = append(one, member("")...)
	}
	all := slices.Concat(member(start), bytes.Repeat(one, overUnpacked/block), member(end))
	if len(all) < overPacked {
		b.Fatalf("it has %d bytes", len(all))
	}
	return all
}
