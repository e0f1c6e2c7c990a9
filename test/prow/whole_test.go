package prow

import (
	"cmp"
	"encoding/json"
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	prowapi "sigs.k8s.io/prow/pkg/apis/prowjobs/v1"
	"sigs.k8s.io/prow/pkg/entrypoint"

	"sigs.k8s.io/yaml"
)

// build ids of the runs: Prow's are the times of their making.
const (
	firstBuild  = "1991001002003004416"
	secondBuild = "1991001002003004417"
)

// TestWhole takes a comment "/test ..." through all of Prow to our comment, and ends a second run as Prow does at a timeout.
func TestWhole(t *testing.T) {
	p := newProw(t)
	first := p.asked("/test all\n/test "+job, 1)
	p.checkJob(first)
	folder := p.run(first, firstBuild, func(*pod) {})
	p.checkUploads(folder, "FAILURE")
	if log := p.object(folder + "/build-log.txt"); !strings.Contains(log, "a cluster for latest-1.37\n") {
		t.Errorf("the job's log does not begin as windows-testing's script does:\n%s", log)
	}
	p.checkComment(firstBuild, "### ❌ Windows operational readiness: not ready")
	await(t, "crier's comment, beside ours", func() bool {
		said := p.web.Bodies(pull(), crier)
		return len(said) == 1 && strings.Contains(said[0], firstBuild)
	}, p.crier)
	p.startDeck()
	p.checkPage(folder)
	if *images != "" {
		p.picture(folder, "build.png")
	}

	second := p.asked("/test "+job, 2)
	folder = p.run(second, secondBuild, func(pod *pod) {
		await(t, "the first result of a test", func() bool { return len(pod.file("op-readiness-progress.jsonl")) > 0 })
		pod.stop()
	})
	p.checkUploads(folder, "ABORTED")
	p.checkPage(folder)
	p.checkComment(secondBuild, "### ")
	if unknown := p.web.unknown; len(unknown) > 0 {
		t.Errorf("GitHub was asked what it does not know: %q", unknown)
	}
}

// asked writes a comment and returns the one ProwJob that is new.
func (p *prow) asked(body string, count int) prowapi.ProwJob {
	p.t.Helper()
	known := p.jobs()
	p.web.comment(p.t, body)
	await(p.t, "a ProwJob", func() bool { return len(p.jobs()) >= count }, p.hook)
	jobs := slices.DeleteFunc(p.jobs(), func(j prowapi.ProwJob) bool {
		return slices.ContainsFunc(known, func(k prowapi.ProwJob) bool { return k.Name == j.Name })
	})
	if len(jobs) != 1 {
		p.t.Fatalf("%q gives %d jobs", body, len(jobs))
	}
	return jobs[0]
}

// checkJob holds the ProwJob against the one that mkpj makes of the same config.
func (p *prow) checkJob(got prowapi.ProwJob) {
	p.t.Helper()
	text := execute(p.t, p.bin.prow+"mkpj", "--config-path="+p.file("config.yaml"), "--job-config-path="+p.file("jobs"), "--job="+job, "--base-ref=main", "--base-sha="+p.sources.base,
		"--pull-number="+fmt.Sprint(number), "--pull-sha="+p.sources.head, "--pull-author=contributor", "--github-endpoint="+p.github)
	var want prowapi.ProwJob
	if err := yaml.Unmarshal([]byte(text), &want); err != nil {
		p.t.Fatal(err)
	}
	got = *got.DeepCopy()
	for _, pull := range got.Spec.Refs.Pulls { // what GitHub says of it besides
		pull.Title, pull.Link, pull.CommitLink, pull.AuthorLink, pull.HeadRef = "", "", "", "", ""
		got.Spec.Refs.Pulls = []prowapi.Pull{pull}
	}
	got.Spec.Refs.RepoLink, got.Spec.Refs.BaseLink = "", ""
	if !reflect.DeepEqual(asJSON(p.t, got.Spec), asJSON(p.t, want.Spec)) {
		p.t.Errorf("hook makes\n%s\nmkpj makes\n%s", asJSON(p.t, got.Spec), asJSON(p.t, want.Spec))
	}
}

func asJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// run does what Prow's controller does of a ProwJob: starts its pod, says so, and says how it ended. It returns the folder of the
// build in the bucket.
func (p *prow) run(j prowapi.ProwJob, build string, during func(*pod)) string {
	p.t.Helper()
	folder := path.Join("pr-logs/pull", org+"_"+ours, fmt.Sprint(number), j.Spec.Job, build)
	url := "https://prow.k8s.io/view/gs/" + bucket + "/" + folder
	j.Status.BuildID = build
	text := execute(p.t, p.bin.prow+"mkpod", "--prow-job="+write(p.t, asJSON(p.t, j), p.file("prowjob.json")))
	pod := newPod(p.t, text, p.bin.prow, p.image())
	p.set(j.Name, map[string]any{"state": "pending", "build_id": build, "pod_name": j.Name, "url": url, "pendingTime": now(), "description": "Job triggered."})
	pod.start()
	during(pod)
	code := pod.wait(8 * time.Minute)
	p.t.Logf("the job ends with exit code %d:\n%s", code, tail(pod.said.String(), 40))
	state := map[int]string{0: "success", entrypoint.AbortedErrorCode: "aborted"}[code]
	p.set(j.Name, map[string]any{"state": cmp.Or(state, "failure"), "completionTime": now(), "description": "Job ended."})
	await(p.t, "the status of the job's end", func() bool {
		all := p.web.states(j.Spec.Context)
		return len(all) > 0 && all[len(all)-1] == status{State: "failure", Target: url, Context: j.Spec.Context}
	}, p.crier)
	return folder
}

func now() string { return time.Now().UTC().Format(time.RFC3339) }

// checkUploads holds that what a build should leave is in the bucket, by its pod and by crier.
func (p *prow) checkUploads(folder, result string) {
	p.t.Helper()
	for _, name := range []string{
		"started.json", "finished.json", "prowjob.json", "clone-log.txt", "build-log.txt", "artifacts/junit_op-readiness.xml", "artifacts/op-readiness.json",
		"artifacts/op-readiness.html", "artifacts/op-readiness.md", "artifacts/op-readiness.link.txt", "artifacts/op-readiness-evidence.jsonl",
	} {
		if p.object(folder+"/"+name) == "" {
			p.t.Errorf("%s is not in the bucket", name)
		}
	}
	var finished struct {
		Result   string
		Metadata struct{ Revision string }
	}
	if err := json.Unmarshal([]byte(p.object(folder+"/finished.json")), &finished); err != nil || finished.Result != result || finished.Metadata.Revision != release {
		p.t.Errorf("finished.json: %v, %+v, want %s of %s", err, finished, result, release)
	}
}

// checkComment waits for our comment to show a build.
func (p *prow) checkComment(build, verdict string) {
	p.t.Helper()
	var said []string
	await(p.t, "our comment", func() bool {
		said = p.web.Bodies(pull(), bot)
		return len(said) == 1 && strings.Contains(said[0], build) && strings.Contains(said[0], verdict)
	}, p.plugin)
	p.t.Logf("our comment:\n%s", said[0])
}

// pull names the pull request.
func pull() string { return fmt.Sprintf("%s/%s#%d", org, ours, number) }
