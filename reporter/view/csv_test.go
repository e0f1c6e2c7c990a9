package view_test

import (
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/reportertest"
	"sigs.k8s.io/windows-operational-readiness/reporter/view"
)

func TestCSV(t *testing.T) {
	t.Parallel()
	s := reportertest.Run(t, reportertest.One(reportertest.Row("[It] A", "failed", reportertest.Failure), reportertest.Row("[It] B", "passed", ""), reportertest.Row("[It] C", "skipped", reportertest.SelfSkip)), "")
	s.KubernetesVersion, s.Build.ID = "v1.36.3", "17"
	a := s.Categories[0].Abilities
	a[0].Tests[0].Duration, a[0].Tests[1].Duration = 1500*time.Millisecond, time.Second
	a[0].Partial, a[0].InPart = true, true
	a[0].Ran = []reporter.Place{{OS: "windows", Build: "10.0.20348.1", Nodes: []string{"n"}}}
	s.Build.Job, s.Declared = "a-job", "windows"
	second := s
	s.Build.Started, s.End.State = time.Date(2026, 7, 1, 6, 0, 0, 0, time.UTC), reporter.FailedJob
	second.Build.ID = "18"
	second.Categories = []reporter.Category{{Name: "Extend.Worker", Abilities: a[2:]}}
	var b strings.Builder
	if err := view.Render(&b, "csv", []reporter.Summary{s, second}, view.Options{}); err != nil {
		t.Fatal(err)
	}
	const want = `category,required,id,description,state,partial,tests,seconds,reason,failure,build,kubernetes,inPart,categoryVerdict,verdict,whole,end,declared,job,started,ran,pretended
Core.Network,true,a,Ability a,failed,true,2,2.500,,it broke,17,v1.36.3,true,not ready,not ready,false,failed,windows,a-job,2026-07-01T06:00:00Z,"1 node, 10.0.20348.1",false
Core.Network,true,b,Ability b,skipped,false,1,1.500,no GMSA here,,17,v1.36.3,false,not ready,not ready,false,failed,windows,a-job,2026-07-01T06:00:00Z,,false
Core.Network,true,c,Ability c,unproven,false,0,0.000,no test,,17,v1.36.3,false,not ready,not ready,false,failed,windows,a-job,2026-07-01T06:00:00Z,,false
Extend.Worker,false,c,Ability c,unproven,false,0,0.000,no test,,18,v1.36.3,false,incomplete,not ready,false,no job,windows,a-job,,,false
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestCSVFormulas holds that no cell is a formula, and that what a test says stays in its cell.
func TestCSVFormulas(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'=1", "\u202e=1": "'=1", " \r\n@x": "'@x",
		"a=1": "a=1", "a,\"b\"\nc": "a,\"b\" c", "é": "é", "": "",
	} {
		s := reportertest.Run(t, reportertest.One(reportertest.Row("[It] A", "failed", reportertest.Failure)), "")
		s.Categories[0].Abilities[0].Reasons = []string{text}
		var b strings.Builder
		if err := view.Render(&b, "csv", []reporter.Summary{s}, view.Options{}); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if got := rows[1][8]; len(rows) != 4 || got != want {
			t.Errorf("%q is written as %q, want %q", text, got, want)
		}
	}
}
