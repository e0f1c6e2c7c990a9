package catalog_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
)

// TestEmbedded holds that the shipped files are what their names say, and byte for byte what Gzip writes.
func TestEmbedded(t *testing.T) {
	t.Parallel()
	catalogs, err := catalog.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i, c := range catalogs {
		got = append(got, c.Version)
		if len(c.Names) < 1000 || !slices.ContainsFunc(c.Names, func(n string) bool { return strings.HasPrefix(n, "[sig-windows]") }) {
			t.Errorf("%s: %d names", c.Version, len(c.Names))
		}
		if i > 0 && catalogs[i-1].Minor == c.Minor {
			t.Errorf("%s and %s are of one minor version: the older one is of no use", catalogs[i-1].Version, c.Version)
		}
		file, err := catalog.Read(c.Version + ".txt.gz")
		if diff := cmp.Diff(c, file); err != nil || diff != "" {
			t.Errorf("%s.txt.gz: %v %s", c.Version, err, diff)
		}
	}
	if len(got) == 0 || !slices.IsSortedFunc(catalogs, catalog.Catalog.Compare) {
		t.Errorf("catalogs %q", got)
	}
}

// TestGzip holds that writing is deterministic, and that what is written is read again.
func TestGzip(t *testing.T) {
	t.Parallel()
	c, err := catalog.New("v1.36.3", "2026-07-22", []string{"[sig-b] b", "[sig-a] a", "[sig-b] b"})
	if err != nil {
		t.Fatal(err)
	}
	first, err := c.Gzip()
	if err != nil {
		t.Fatal(err)
	}
	second, err := c.Gzip()
	if err != nil || !slices.Equal(first, second) {
		t.Errorf("two runs differ, or %v", err)
	}
	want := `# The e2e tests of Kubernetes: what e2e.test --list-tests prints, sorted.
# version: v1.36.3
# date: 2026-07-22
[sig-a] a
[sig-b] b
`
	if diff := cmp.Diff(want, c.Text()); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	again, err := catalog.Parse("c.txt", []byte(want))
	if diff := cmp.Diff(c, again); err != nil || diff != "" {
		t.Errorf("read again: %v\n%s", err, diff)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ release, date, name string }{
		{"1.36.3", "2026-07-22", "a"}, {"v1.36", "2026-07-22", "a"}, {"master", "2026-07-22", "a"}, {"", "2026-07-22", "a"},
		{"v1.36.3", "", "a"}, {"v1.36.3", "22.7.2026", "a"},
		{"v1.36.3", "2026-07-22", ""}, {"v1.36.3", "2026-07-22", "a\nb"}, {"v1.36.3", "2026-07-22", " a"}, {"v1.36.3", "2026-07-22", "# a"},
	} {
		if c, err := catalog.New(test.release, test.date, []string{test.name}); err == nil {
			t.Errorf("New(%q) = %v", test, c)
		}
	}
}

func TestParseProblems(t *testing.T) {
	t.Parallel()
	const head = "# version: v1.36.3\n# date: 2026-07-22\n"
	for _, test := range []struct{ text, want string }{
		{"", `c.txt:1: header of a catalog: "" is no Kubernetes release such as v1.36.3`},
		{"[sig-a] a\n", `c.txt:1: header of a catalog: "" is no Kubernetes release such as v1.36.3`},
		{"# version: v1.36.3\n[sig-a] a\n", `c.txt:1: header of a catalog: "" is no date such as 2026-07-22`},
		{head, "c.txt: the catalog holds no test"},
		{head + "b\na\n\na\na\n", "c.txt:4: \"a\" does not stand in order\nc.txt:5: \"\" is no test name\nc.txt:7: \"a\" does not stand in order"},
	} {
		_, err := catalog.Parse("c.txt", []byte(test.text))
		if err == nil || err.Error() != test.want {
			t.Errorf("Parse(%q): %v, want %s", test.text, err, test.want)
		}
	}
	if _, err := catalog.Read("testdata/nowhere.txt"); err == nil {
		t.Error("a file that is not there: no error")
	}
}

func TestFor(t *testing.T) {
	t.Parallel()
	var catalogs []catalog.Catalog
	for _, release := range []string{"v1.36.0-beta.1", "v1.36.0", "v1.34.4", "v1.34.10", "v1.33.1"} {
		c, err := catalog.New(release, "2026-07-22", []string{"a"})
		if err != nil {
			t.Fatal(err)
		}
		catalogs = append(catalogs, c)
	}
	for version, want := range map[string]string{
		"1.33": "v1.33.1", "1.34": "v1.34.10", "1.35": "v1.34.10 assumed", "1.36": "v1.36.0", "1.40": "v1.36.0 assumed",
		"master": "v1.36.0 assumed", "1.32": "no catalog of e2e tests for Kubernetes 1.32: the oldest is of v1.33.1",
	} {
		v, err := specs.ParseVersion(version)
		if err != nil {
			t.Fatal(err)
		}
		c, assumed, err := catalog.For(catalogs, v)
		got := c.Version
		if assumed {
			got += " assumed"
		}
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("For(%s) = %s, want %s", version, got, want)
		}
	}
	if _, _, err := catalog.For(nil, specs.Master()); err == nil {
		t.Error("no catalogs: no error")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("# version: v1.36.3\n# date: 2026-07-22\n[sig-a] a\n[sig-b] b\n"))
	f.Add([]byte("# date: 2026-07-22\n# version: v1.36.0-rc.1+x\na"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := catalog.Parse("c.txt", text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "c.txt:") {
				t.Errorf("an error without its place: %v", err)
			}
			return
		}
		again, err := catalog.Parse("c.txt", []byte(c.Text()))
		if diff := cmp.Diff(c, again); err != nil || diff != "" {
			t.Errorf("written and read again: %v\n%s", err, diff)
		}
	})
}

// TestParseLineEnds holds that a text catalog whose lines end in "\r\n" is the same catalog.
func TestParseLineEnds(t *testing.T) {
	t.Parallel()
	want, err := catalog.New("v1.36.3", "2026-07-22", []string{"[sig-a] a", "[sig-b] b"})
	if err != nil {
		t.Fatal(err)
	}
	got, err := catalog.Parse("c.txt", []byte(strings.ReplaceAll(want.Text(), "\n", "\r\n")))
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}
