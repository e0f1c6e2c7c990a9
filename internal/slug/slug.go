// Package slug makes the form of a text that is fit for the names of jobs, dashboards and files, and for links.
package slug

import "strings"

// Of returns the lower-case letters and digits of s, with one hyphen for each run of other characters between them:
// "core-network" of "Core.Network", "1-36" of "1.36". A text without letters and digits gives "".
func Of(s string) string {
	fields := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	return strings.Join(fields, "-")
}
