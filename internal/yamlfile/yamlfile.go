// Package yamlfile decodes a YAML file strictly and remembers where each value stands, so that every problem of a file,
// of syntax or of meaning, is reported in one go and names its line.
//
// Decode takes three steps: parse to nodes, hold each node against the Go type it will fill (unknown and repeated keys,
// wrong kinds), fill the value. The caller then checks the meaning and adds what it finds with Problemf.
package yamlfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"sigs.k8s.io/windows-operational-readiness/internal/nearest"
)

// Problem is one thing that is wrong with a file.
type Problem struct {
	File    string // as the user named it
	Line    int    // 1 for the first; 0 for the file as a whole
	Message string
}

// Error returns "file:line: message".
func (p *Problem) Error() string {
	if p.Line == 0 {
		return fmt.Sprintf("%s: %s", p.File, p.Message)
	}
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Message)
}

// File is one decoded file: the lines of its values and the problems found so far.
type File struct {
	name     string
	lines    map[string]int
	wrong    map[string]bool // the paths of values with a problem
	problems []*Problem
	twice    []*Problem // keys that stand twice, which are among problems
}

// Decode fills out, a pointer to a struct with yaml tags, from data. What can be decoded is decoded even if other parts
// are wrong; Err tells whether out may be trusted.
func Decode(name string, data []byte, out any) *File {
	f := &File{name: name, lines: map[string]int{}, wrong: map[string]bool{}}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	if err := decoder.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			f.add(0, "the file is empty")
		} else {
			f.addSyntax(data, err)
		}
		return f
	}
	f.walk(doc.Content[0], reflect.TypeOf(out).Elem(), "")
	var typeErr *yaml.TypeError // walk has reported these, with better words
	if err := doc.Decode(out); err != nil && !errors.As(err, &typeErr) {
		f.addYAML(err)
	}
	var next yaml.Node
	if err := decoder.Decode(&next); err == nil {
		f.add(next.Line, "a second YAML document: a file holds one")
	} else if !errors.Is(err, io.EOF) {
		f.addSyntax(data, err)
	}
	return f
}

// Name returns the file's name as the user gave it.
func (f *File) Name() string { return f.name }

// Line returns where the value at path stands, such as "testCases[2].focus[0]", or, if it is absent, its nearest parent.
func (f *File) Line(path string) int {
	for path != "" {
		if line, ok := f.lines[path]; ok {
			return line
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return f.lines[""]
}

// Has tells whether the file gives a value, be it null, at path.
func (f *File) Has(path string) bool {
	_, ok := f.lines[path]
	return ok
}

// Wrong tells whether a problem was found with the value at path, or with one below it.
func (f *File) Wrong(path string) bool {
	for wrong := range f.wrong {
		if below, ok := strings.CutPrefix(wrong, path); ok && (below == "" || below[0] == '.' || below[0] == '[') {
			return true
		}
	}
	return false
}

// Problemf adds a problem with the value at path.
func (f *File) Problemf(path, format string, args ...any) {
	f.wrong[path] = true
	f.add(f.Line(path), format, args...)
}

// Err returns all problems in the order of their lines, joined, or nil.
func (f *File) Err() error { return joined(f.problems) }

// Twice returns the problems of keys that stand twice alone, for a caller whose other problems may follow from them; nil for none.
func (f *File) Twice() error { return joined(f.twice) }

func joined(list []*Problem) error {
	slices.SortStableFunc(list, func(a, b *Problem) int { return a.Line - b.Line })
	var errs []error
	for _, p := range list {
		errs = append(errs, p)
	}
	return errors.Join(errs...)
}

func (f *File) add(line int, format string, args ...any) {
	f.problems = append(f.problems, &Problem{File: f.name, Line: line, Message: fmt.Sprintf(format, args...)})
}

var yamlErrorLine = regexp.MustCompile(`^(?:yaml: )?line (\d+): (.*)$`)

// addYAML adds an error of the YAML library, whose text starts with the line it means.
func (f *File) addYAML(err error) {
	text := strings.ReplaceAll(err.Error(), "\n", " ")
	if m := yamlErrorLine.FindStringSubmatch(text); m != nil {
		line, _ := strconv.Atoi(m[1]) // digits by the expression; too many of them give 0, the file as a whole
		f.add(line, "%s", m[2])
		return
	}
	f.add(0, "%s", strings.TrimPrefix(text, "yaml: "))
}

// addSyntax adds an error of the YAML library on text that is no YAML. A tab before a value, which YAML does not have, is
// its most frequent cause, and the library's words for it name no tab.
func (f *File) addSyntax(data []byte, err error) {
	for i, line := range bytes.Split(data, []byte("\n")) {
		indent := line[:len(line)-len(bytes.TrimLeft(line, " \t-"))]
		if bytes.ContainsRune(indent, '\t') {
			f.add(i+1, "a tab: YAML is indented by spaces")
			return
		}
	}
	f.addYAML(err)
}

// walk holds node against the type that it will be decoded to.
func (f *File) walk(node *yaml.Node, t reflect.Type, path string) {
	f.lines[path] = node.Line
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	null := node.Kind == yaml.ScalarNode && node.Tag == "!!null"
	switch {
	case t.Kind() == reflect.Interface:
		f.walkAny(node, path)
	case t.Kind() == reflect.Struct:
		f.walkStruct(node, t, path)
	case null:
	case t.Kind() == reflect.Slice:
		if node.Kind != yaml.SequenceNode {
			f.Problemf(path, "%s: expected a list, got %s%s", path, describe(node), asList(node))
			return
		}
		for i, item := range node.Content {
			f.walk(item, t.Elem(), fmt.Sprintf("%s[%d]", path, i))
		}
	case t.Kind() == reflect.Map:
		f.walkMapping(node, path, func(key, value *yaml.Node) { f.walk(value, t.Elem(), join(path, key.Value)) })
	default:
		f.walkScalar(node, t, path)
	}
}

// walkAny remembers the lines of a value whose form the caller checks.
func (f *File) walkAny(node *yaml.Node, path string) {
	f.lines[path] = node.Line
	switch node.Kind {
	case yaml.MappingNode:
		f.walkMapping(node, path, func(key, value *yaml.Node) { f.walkAny(value, join(path, key.Value)) })
	case yaml.SequenceNode:
		for i, item := range node.Content {
			f.walkAny(item, fmt.Sprintf("%s[%d]", path, i))
		}
	}
}

func (f *File) walkStruct(node *yaml.Node, t reflect.Type, path string) {
	fields := map[string]reflect.Type{}
	var known []string
	for field := range t.Fields() {
		key, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		fields[key] = field.Type
		known = append(known, key)
	}
	f.walkMapping(node, path, func(key, value *yaml.Node) {
		if fieldType, ok := fields[key.Value]; ok {
			f.walk(value, fieldType, join(path, key.Value))
			return
		}
		f.add(key.Line, "unknown key %q%s", key.Value, nearest.Hint(key.Value, known))
	})
}

func (f *File) walkMapping(node *yaml.Node, path string, each func(key, value *yaml.Node)) {
	if node.Kind != yaml.MappingNode {
		f.add(node.Line, "%sexpected keys and values, got %s", prefix(path), describe(node))
		return
	}
	first := map[string]int{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if line, ok := first[key.Value]; ok {
			f.wrong[path] = true
			f.add(key.Line, "key %q stands twice, first on line %d", key.Value, line)
			f.twice = append(f.twice, f.problems[len(f.problems)-1])
			continue
		}
		first[key.Value] = key.Line
		each(key, value)
	}
}

func (f *File) walkScalar(node *yaml.Node, t reflect.Type, path string) {
	if node.Kind == yaml.ScalarNode && node.Decode(reflect.New(t).Interface()) == nil {
		return
	}
	want := "text"
	switch {
	case t == reflect.TypeFor[time.Duration]():
		want = "a duration such as 4h or 90m"
	case t.Kind() == reflect.Bool:
		want = "true or false"
	case t.Kind() == reflect.Int:
		want = "a whole number"
	}
	f.wrong[path] = true
	f.add(node.Line, "%sexpected %s, got %s", prefix(path), want, describe(node))
}

// asList says how a single value is written as a list.
func asList(node *yaml.Node) string {
	if node.Kind != yaml.ScalarNode || strings.Contains(node.Value, "\n") {
		return ""
	}
	return fmt.Sprintf(": write ['%s']", strings.ReplaceAll(node.Value, "'", "''"))
}

func describe(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "keys and values"
	case yaml.SequenceNode:
		return "a list"
	}
	if node.Tag == "!!null" {
		return "nothing"
	}
	return strconv.Quote(node.Value)
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func prefix(path string) string {
	if path == "" {
		return ""
	}
	return path + ": "
}
