package specs

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/nearest"
	"sigs.k8s.io/windows-operational-readiness/internal/yamlfile"
)

// placementWords are the placements that are one word in a file.
func placementWords() []string {
	return []string{
		string(PlacementSelf), string(PlacementFlag), string(PlacementWindows), string(PlacementBoth), string(PlacementNone),
	}
}

// parsePlacement reads a word or roles; nothing gives the zero value.
func parsePlacement(f *yamlfile.File, at string, value any) Placement {
	switch value := value.(type) {
	case nil:
		if f.Has(at) && !f.Wrong(at) {
			f.Problemf(at, "placement is empty; known are %s, or roles", strings.Join(placementWords(), ", "))
		}
		return Placement{}
	case string:
		if !slices.Contains(placementWords(), value) {
			f.Problemf(at, "unknown placement %q%s; known are %s, or roles", value, nearest.Hint(value, placementWords()),
				strings.Join(placementWords(), ", "))
		}
		return Placement{Kind: PlacementKind(value)}
	case map[string]any:
		return parseRoles(f, at, value)
	}
	f.Problemf(at, "placement: expected a word or roles such as {client: {name: ^client$, os: linux}}")
	return Placement{}
}

var roleForm = regexp.MustCompile(`^[a-z]+$`)

func parseRoles(f *yamlfile.File, at string, value map[string]any) Placement {
	p := Placement{Kind: PlacementRoles}
	if len(value) == 0 {
		f.Problemf(at, "placement without a role")
	}
	for _, name := range slices.Sorted(maps.Keys(value)) {
		at := at + "." + name
		if !roleForm.MatchString(name) {
			f.Problemf(at, "role %q is not of lower-case letters", name)
		}
		p.Roles = append(p.Roles, parseRole(f, at, name, value[name]))
	}
	return p
}

func parseRole(f *yamlfile.File, at, name string, value any) Role {
	r := Role{Name: name}
	keys, ok := value.(map[string]any)
	if !ok {
		f.Problemf(at, "role %q: expected name and os, as in {name: ^client$, os: linux}", name)
		return r
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		text, _ := keys[key].(string)
		switch key {
		case "name":
			r.Pods = text
		case "os":
			r.OS = OS(text)
		default:
			f.Problemf(at+"."+key, "unknown key %q%s", key, nearest.Hint(key, []string{"name", "os"}))
		}
	}
	if r.Pods == "" {
		f.Problemf(at+".name", "role %q: name, a regular expression for the names of its pods, is missing", name)
	}
	if r.OS != Linux && r.OS != Windows {
		f.Problemf(at+".os", "role %q: os is linux or windows, not %q", name, r.OS)
	}
	checkExpression(f, at+".name", r.Pods)
	return r
}
