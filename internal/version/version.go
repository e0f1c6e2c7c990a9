// Package version tells which op-readiness this is.
//
// `make build` and `make install` say so to the linker, by hack/version.sh. A program that was built in another way, by
// go install of a release for one, knows what the Go toolchain recorded.
package version

import (
	"cmp"
	"runtime"
	"runtime/debug"
	"strings"
)

// stamp is what hack/version.sh prints: the version, the commit and its date, with spaces between. The linker sets it
// (-X), nothing else does; "" if it did not.
var stamp string //nolint:gochecknoglobals // -X can set nothing but a package's variable

// Info is what is known of this program. What is not known is "".
type Info struct {
	Version   string // such as "v0.2.0"; behind a tag "v0.2.0-3-g0123456789ab"; with "-dirty" if the tree was changed
	Commit    string // all 40 digits
	Date      string // of the commit, RFC 3339
	GoVersion string // such as "go1.26.0"
	Platform  string // such as "linux/amd64"
}

// Get returns what this program knows of itself.
func Get() Info {
	build, ok := debug.ReadBuildInfo()
	if !ok {
		build = &debug.BuildInfo{}
	}
	return info(stamp, build)
}

// info prefers what the stamp says to what the toolchain recorded.
func info(stamp string, build *debug.BuildInfo) Info {
	i := Info{GoVersion: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if fields := strings.Fields(stamp); len(fields) == 3 {
		i.Version, i.Commit, i.Date = fields[0], fields[1], fields[2]
		return i
	}
	i.Version = cmp.Or(build.Main.Version, "unknown")
	for _, setting := range build.Settings {
		switch setting.Key {
		case "vcs.revision":
			i.Commit = setting.Value
		case "vcs.time":
			i.Date = setting.Value
		}
	}
	return i
}

// String returns the version, twelve digits of the commit if it is known, and Go's version.
func (i Info) String() string {
	words := []string{i.Version, i.Commit[:min(12, len(i.Commit))], i.GoVersion}
	return strings.Join(strings.Fields(strings.Join(words, " ")), " ")
}
