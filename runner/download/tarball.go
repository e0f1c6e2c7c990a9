package download

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/mod/semver"
)

// DefaultBaseURL is where Kubernetes publishes its releases.
const DefaultBaseURL = "https://dl.k8s.io/release"

// Tarball says which test tarball of Kubernetes is meant.
type Tarball struct {
	BaseURL  string // folder of the releases, such as DefaultBaseURL
	Version  string // full release, such as v1.36.3 or v1.37.0-rc.1
	Platform string // operating system and architecture of the programs, such as linux/amd64
}

var platform = regexp.MustCompile(`^[a-z0-9]+/[a-z0-9]+$`)

// Check reports all that is wrong with the values.
func (t Tarball) Check() error {
	var errs []error
	if t.Version == "" || semver.Canonical(t.Version) != t.Version {
		errs = append(errs, fmt.Errorf("version %q is no full release, such as v1.36.3", t.Version))
	}
	if !platform.MatchString(t.Platform) {
		errs = append(errs, fmt.Errorf("platform %q is no operating system and architecture, such as linux/amd64", t.Platform))
	}
	base, err := url.Parse(t.BaseURL)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {
		errs = append(errs, fmt.Errorf("base URL %q is no http or https URL, such as %s", t.BaseURL, DefaultBaseURL))
	}
	return errors.Join(errs...)
}

// Name returns the file name of the tarball.
func (t Tarball) Name() string {
	return "kubernetes-test-" + strings.ReplaceAll(t.Platform, "/", "-") + ".tar.gz"
}

// URL returns the address of the tarball. That of its checksum ends in ".sha512".
func (t Tarball) URL() string {
	return strings.TrimRight(t.BaseURL, "/") + "/" + t.Version + "/" + t.Name()
}

// Programs returns the file names of the programs in the tarball, e2e.test first.
func (t Tarball) Programs() []string {
	names := []string{"e2e.test", "ginkgo"}
	if strings.HasPrefix(t.Platform, "windows/") {
		for i := range names {
			names[i] += ".exe"
		}
	}
	return names
}

// member is one program in a tarball.
type member struct {
	path string // in the tarball
	name string // on disk
}

func (t Tarball) members() []member {
	var members []member
	for _, name := range t.Programs() {
		members = append(members, member{path: "kubernetes/test/bin/" + name, name: name})
	}
	return members
}

// part returns the file name of the part of the tarball with that checksum.
func (t Tarball) part(sum digest) string {
	return strings.TrimSuffix(t.Name(), ".tar.gz") + "-" + t.Version + "-" + sum.short() + ".tar.gz.part"
}
