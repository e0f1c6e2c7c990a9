package generator

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	yaml3 "gopkg.in/yaml.v3"
	"sigs.k8s.io/yaml"
)

func TestEncode(t *testing.T) {
	t.Parallel()
	job := map[string]any{
		"annotations": map[string]any{"description": "a: b", "empty": map[string]any{}},
		"spec":        map[string]any{"containers": []any{map[string]any{"image": "x", "command": []any{"a", "-C"}, "args": []any{}}}},
		"max":         float64(86400),
		"ratio":       0.5,
		"decorate":    true,
		"name":        "job",
		"nested":      []any{[]any{"x", "z"}, []any{}, map[string]any{}},
	}
	got := string(encode("# comment\n", mapping{{"zebra", "1.36"}, {"jobs", []any{job}}, {"none", mapping{}}}))
	want := `# comment
zebra: "1.36"
jobs:
- name: job
  decorate: true
  spec:
    containers:
    - image: x
      command:
      - a
      - "-C"
      args: []
  max: 86400
  nested:
  - - x
    - z
  - []
  - {}
  ratio: 0.5
  annotations:
    description: "a: b"
    empty: {}
none: {}
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPrune(t *testing.T) {
	t.Parallel()
	got := prune(map[string]any{
		"text": "", "absent": nil, "false": false, "zero": 0.0,
		"list": []any{"", map[string]any{"text": ""}, map[string]any{"text": "x"}},
		"map":  map[string]any{"below": map[string]any{"text": "", "absent": nil}},
	})
	want := map[string]any{
		"false": false, "zero": 0.0,
		"list": []any{"", map[string]any{}, map[string]any{"text": "x"}},
		"map":  map[string]any{"below": map[string]any{}},
	}
	if diff := cmp.Diff(any(want), got); diff != "" {
		t.Error(diff)
	}
}

func TestScalar(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"word", "sigs.k8s.io/x", "./capz/run-capz-e2e.sh", "../x", "/abs", "KUBERNETES_VERSION=latest-1.36", "^main$",
		"a (b), c", "https://x/<gcs_prefix>=b%5Cc", "latest",
	} {
		if got := scalar(s); got != s {
			t.Errorf("%q is written %s", s, got)
		}
	}
	for _, s := range []string{
		"", "1.36", "1e5", "0x1F", "12:30", "2026-01-01", "true", "Yes", "on", "n", "NULL", "~", "-C", "- x", "a: b", "a:",
		"a #b", "x ", " x", "*a", "&a", "!a", "{a", "[a", "a]", "a\nb", "a\tb", "'a'", "\"a\"", "@a", "`a", "%a", "|", ">", "?",
		"é", ".5", ".inf", "...", "---", "=", "<<", "a\x00b",
	} {
		if got := scalar(s); !strings.HasPrefix(got, `"`) {
			t.Errorf("%q is written %s, without quotes", s, got)
		}
	}
}

// FuzzScalar holds that any text is read back as it was, by both YAML libraries that read the files: as a value, as a
// key and in a list.
func FuzzScalar(f *testing.F) {
	for _, s := range []string{"word", "1.36", "yes", "a: b", "a #b", "a\n b", "./x", "^$", "\u2028", "\ufeff", "x:", "a,b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if s != strings.ToValidUTF8(s, "") || strings.ContainsFunc(s, unprintable) {
			t.Skip("what a template gives is text")
		}
		data := encode("", mapping{{"value", s}, {"list", []any{s}}, {"map", map[string]any{s: true}}})
		want := map[string]any{"value": s, "list": []any{s}, "map": map[string]any{s: true}}
		var got map[string]any
		if err := yaml.UnmarshalStrict(data, &got); err != nil {
			t.Fatalf("%v in:\n%s", err, data)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("sigs.k8s.io/yaml: %s in:\n%s", diff, data)
		}
		got = nil
		if err := yaml3.Unmarshal(data, &got); err != nil {
			t.Fatalf("%v in:\n%s", err, data)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("yaml.v3: %s in:\n%s", diff, data)
		}
	})
}

// unprintable characters are not allowed in YAML, even in quotes, unless they are escaped, which JSON does not do for
// those above the control characters.
func unprintable(r rune) bool {
	return r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0xfffe && r <= 0xffff || r > 0x10ffff
}
