package specs

import (
	"cmp"
	"fmt"
	"math"

	"k8s.io/apimachinery/pkg/util/version"
)

// Version is a minor version of Kubernetes, such as 1.36. The zero value is no version.
type Version struct {
	Major, Minor uint
}

// Master is the version of Kubernetes' main branch: newer than every release.
func Master() Version { return Version{Major: math.MaxUint, Minor: math.MaxUint} }

// ParseVersion reads "1.36", "v1.36.3", a pre-release or a vendor's "v1.36.3-gke.100", and "master".
func ParseVersion(s string) (Version, error) {
	if s == Master().String() {
		return Master(), nil
	}
	v, err := version.ParseGeneric(s)
	if err != nil {
		return Version{}, fmt.Errorf("%q is no Kubernetes version such as 1.36 or v1.36.3", s)
	}
	return Version{Major: v.Major(), Minor: v.Minor()}, nil
}

// Compare returns -1, 0 or +1 as v is older than, the same as or newer than w.
func (v Version) Compare(w Version) int {
	return cmp.Or(cmp.Compare(v.Major, w.Major), cmp.Compare(v.Minor, w.Minor))
}

// String returns "1.36", "master", or "" for the zero value.
func (v Version) String() string {
	switch v {
	case Version{}:
		return ""
	case Version{Major: math.MaxUint, Minor: math.MaxUint}:
		return "master"
	}
	return fmt.Sprintf("%d.%d", v.Major, v.Minor)
}

// MarshalText returns String, for JSON and YAML.
func (v Version) MarshalText() ([]byte, error) { return []byte(v.String()), nil }
