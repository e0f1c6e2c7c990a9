package specs

import (
	"reflect"
	"strings"
)

// DocumentedKeys and ReadKeys return the keys of a file and of a test case: those of the schema and the documentation, and
// those that Parse reads.
func DocumentedKeys() (file, testCase []string) { return names(fileKeys()), names(caseKeys()) }

func ReadKeys() (file, testCase []string) {
	return tags(reflect.TypeFor[rawFile]()), tags(reflect.TypeFor[rawCase]())
}

func names(keys []key) []string {
	var all []string
	for _, k := range keys {
		all = append(all, k.name)
	}
	return all
}

func tags(t reflect.Type) []string {
	var all []string
	for field := range t.Fields() {
		tag, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		all = append(all, tag)
	}
	return all
}

// Exact tells whether an expression is looked up as the one name that it selects.
func Exact(expr string) bool {
	_, ok := exactName(expr)
	return ok
}
