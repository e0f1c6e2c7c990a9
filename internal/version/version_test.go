package version

import (
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestInfo(t *testing.T) {
	t.Parallel()
	const commit = "0123456789abcdef0123456789abcdef01234567"
	recorded := debug.BuildInfo{Main: debug.Module{Version: "v0.1.0"}, Settings: []debug.BuildSetting{
		{Key: "-trimpath", Value: "true"}, {Key: "vcs.revision", Value: commit}, {Key: "vcs.time", Value: "2026-07-01T06:00:00Z"},
	}}
	for name, test := range map[string]struct {
		stamp string
		build debug.BuildInfo
		want  Info
		text  string
	}{
		"stamped":       {"v0.2.0-dirty fedcba98765432 2026-08-01T06:00:00+02:00", recorded, Info{Version: "v0.2.0-dirty", Commit: "fedcba98765432", Date: "2026-08-01T06:00:00+02:00"}, "v0.2.0-dirty fedcba987654 "},
		"recorded":      {"", recorded, Info{Version: "v0.1.0", Commit: commit, Date: "2026-07-01T06:00:00Z"}, "v0.1.0 0123456789ab "},
		"a broken mark": {"v0.2.0", recorded, Info{Version: "v0.1.0", Commit: commit, Date: "2026-07-01T06:00:00Z"}, "v0.1.0 0123456789ab "},
		"devel":         {"", debug.BuildInfo{Main: debug.Module{Version: "(devel)"}}, Info{Version: "(devel)"}, "(devel) "},
		"nothing":       {"", debug.BuildInfo{}, Info{Version: "unknown"}, "unknown "},
	} {
		test.want.GoVersion, test.want.Platform = runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH
		got := info(test.stamp, &test.build)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if want := test.text + runtime.Version(); got.String() != want {
			t.Errorf("%s: %q, want %q", name, got.String(), want)
		}
	}
}

// TestGet holds that without a stamp, as go test builds, the toolchain is asked.
func TestGet(t *testing.T) {
	t.Parallel()
	if got := Get(); got.Version == "" || got.Version == "unknown" {
		t.Errorf("Get() = %+v", got)
	}
}
