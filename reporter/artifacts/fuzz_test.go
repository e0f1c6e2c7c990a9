package artifacts

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"sigs.k8s.io/windows-operational-readiness/reporter"
)

func FuzzParse(f *testing.F) {
	for _, source := range []string{"", "dir", "gs://b/p", "s3://b//p/", "https://prow.k8s.io/view/gs/b/logs/j/1", "https://%zz/", "gs://b/artifacts/.."} {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		l, err := Parse(source)
		if err == nil && !l.local() && (l.Bucket == "" || l.Path == "" || strings.HasSuffix(l.Path, "/")) {
			t.Errorf("%q: %+v", source, l)
		}
	})
}

func FuzzMetadata(f *testing.F) {
	f.Add([]byte(`{"timestamp":1,"pull":"1","repos":{"o/r":"m:a,1:b"}}`), []byte(`{"passed":null,"result":"success"}`), []byte(`{"spec":{"refs":{}}}`))
	f.Add([]byte(`{"timestamp":-1e99,"repos":{"":",,::"}}`), []byte(`[]`), []byte(`{"status":{"build_id":7}}`))
	f.Fuzz(func(t *testing.T, started, finished, prowJob []byte) {
		c := contents{started: "started.json", finished: "finished.json", prowJob: "prowjob.json"}
		b := build{contents: c, files: map[string][]byte{c.started: started, c.finished: finished, c.prowJob: prowJob}}
		e, err := b.evidence()
		if err != nil || len(e.Log) == 0 || e.End.State == reporter.NoJob {
			t.Errorf("%+v, %v: a build without results passes for a whole one", e, err)
		}
		if said := parsed(finished); e.End.State == reporter.Succeeded && (said.end() != reporter.Succeeded || !json.Valid(finished)) {
			t.Errorf("%s: taken for a success", finished)
		}
		if !utf8.ValidString(e.End.Words) || strings.ContainsAny(e.End.Words, "\x1b\r\n") {
			t.Errorf("end: %q", e.End.Words)
		}
	})
}

func parsed(data []byte) finished {
	var f finished
	_ = json.Unmarshal(data, &f) // what of it can be understood
	return f
}

func FuzzLastLines(f *testing.F) {
	f.Add([]byte("a\n\x1b[31mb\x1b[0m\n{\"msg\":\"c\"}\n+ d\n\r"))
	f.Fuzz(func(t *testing.T, log []byte) {
		lines := lastLines(log)
		if len(lines) > maxLines {
			t.Errorf("%d lines", len(lines))
		}
		for _, line := range lines {
			if !utf8.ValidString(line) || strings.ContainsAny(line, "\x1b\r\n") || len([]rune(line)) > maxLine+1 {
				t.Errorf("%q", line)
			}
		}
	})
}
