package specs

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"path/filepath"
	"reflect"
	"slices"
)

// Spec is a set of categories, and which one it is.
type Spec struct {
	Categories []Category // all, or those that were chosen
	Identity   Identity   // of all that was opened
	Required   []string   // the ids of all abilities that KEP-2578 requires; none: not known, as if some were missing
}

// MayCallReady tells whether a report of these categories may say that a cluster is operationally ready: only if their
// identity may, and no ability that KEP-2578 requires was left out when categories or abilities were chosen.
func (s Spec) MayCallReady() bool {
	left := slices.Clone(s.Required)
	for _, c := range s.Categories {
		for _, tc := range c.TestCases {
			if c.Required {
				left = slices.DeleteFunc(left, func(id string) bool { return id == tc.ID })
			}
		}
	}
	return s.Identity.MayCallReady() && len(s.Required) > 0 && len(left) == 0
}

// Identity says which spec a run, a report or a page is about. It stands in every artefact, since a verdict means nothing
// without it. The zero value is no spec that is known, and allows no claim.
type Identity struct {
	Embedded bool   `json:"embedded" yaml:"embedded"`             // the program's own: KEP-2578
	Path     string `json:"path,omitempty" yaml:"path,omitempty"` // as the user gave it; "" if Embedded
	Digest   string `json:"digest" yaml:"digest"`                 // of the files' names and content: "sha256:" and hexadecimal
	// HoldsRequired tells whether each required ability of KEP-2578 is there, in a required category, word for word as the
	// program itself has it. Always so if Embedded.
	HoldsRequired bool `json:"holdsRequired" yaml:"holdsRequired"`
}

// KEP is the name of the spec that the program carries.
const KEP = "KEP-2578"

// MayCallReady tells whether a report by the whole of this spec may say that a cluster is operationally ready, which
// KEP-2578 defines: only if nothing that the KEP requires was left out or changed.
func (i Identity) MayCallReady() bool { return i.Embedded || i.HoldsRequired }

// shortDigest is how much of a digest tells specs apart for a reader.
const shortDigest = len("sha256:") + 12

// String returns what a reader is told: `KEP-2578 (sha256:0123456789ab)` or `the specs in "dir" (sha256:0123456789ab)`.
func (i Identity) String() string {
	digest := i.Digest[:min(len(i.Digest), shortDigest)]
	switch {
	case i == Identity{}:
		return "specs that are not known"
	case i.Embedded:
		return fmt.Sprintf("%s (%s)", KEP, digest)
	case i.HoldsRequired:
		return fmt.Sprintf("the specs in %q (%s), with all that %s requires", i.Path, digest, KEP)
	}
	return fmt.Sprintf("the specs in %q (%s), which are not %s", i.Path, digest, KEP)
}

// identify returns the identity of a spec of one's own that lies at name.
func identify(name string, categories, embedded []Category) Identity {
	return Identity{Path: name, HoldsRequired: holdsRequired(categories, embedded)}
}

// requiredIDs are those of the abilities of required categories.
func requiredIDs(categories []Category) []string {
	var all []string
	for _, c := range categories {
		if c.Required {
			all = append(all, ids(c.TestCases)...)
		}
	}
	return all
}

// digest is that of the files in the order of their names, which are taken as below root: the same files have the same
// digest wherever they lie.
func digest(root string, files []File) string {
	sorted := slices.SortedFunc(slices.Values(files), func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	hash := sha256.New()
	for _, file := range sorted {
		name, err := filepath.Rel(root, file.Name)
		if err != nil {
			name = path.Base(file.Name)
		}
		fmt.Fprintf(hash, "%q %d\n", filepath.ToSlash(name), len(file.Data))
		hash.Write(file.Data)
	}
	return "sha256:" + hex.EncodeToString(hash.Sum(nil))
}

// holdsRequired tells whether categories have every required category of embedded with every ability of it, unchanged but
// for the place in a file. What they have besides can only make a verdict stricter.
func holdsRequired(categories, embedded []Category) bool {
	for _, want := range embedded {
		if !want.Required {
			continue
		}
		at := slices.IndexFunc(categories, func(c Category) bool { return c.Name == want.Name })
		if at < 0 || !categories[at].Required {
			return false
		}
		for _, id := range ids(want.TestCases) {
			if !reflect.DeepEqual(definition(want, id), definition(categories[at], id)) {
				return false
			}
		}
	}
	return true
}

// definition returns the test cases of one ability without their places.
func definition(c Category, id string) []TestCase {
	var cases []TestCase
	for _, tc := range c.TestCases {
		if tc.ID == id {
			tc.File, tc.Line = "", 0
			cases = append(cases, tc)
		}
	}
	return cases
}
