package generator

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// mapping is a YAML mapping whose keys keep their order.
type mapping []entry

type entry struct {
	key   string
	value any
}

// prune leaves keys without a value, or with an empty text, out of all mappings in v: to Prow they mean the same as no key.
func prune(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if value == nil || value == "" {
				delete(v, key)
				continue
			}
			v[key] = prune(value)
		}
	case []any:
		for i := range v {
			v[i] = prune(v[i])
		}
	}
	return v
}

// encode writes comment and value as YAML: block style, explicit, a list not indented below its key, which is how
// test-infra's files look.
//
// Note: the YAML libraries either sort the keys of a job by the alphabet, which puts its name in the middle, or take
// several times as long as Prow does to load the result. What is written here is a small part of YAML; accept.Check has
// Prow's and TestGrid's own loaders read it back.
func encode(comment string, m mapping) []byte {
	e := encoder{ranks: keyRanks()}
	e.WriteString(comment)
	e.mapping(m, 0)
	return e.Bytes()
}

type encoder struct {
	bytes.Buffer
	ranks map[string]int
}

// keyRanks is the order in which a reviewer reads a job. Keys that it does not name follow in the order of the
// alphabet, annotations last.
func keyRanks() map[string]int {
	order := []string{
		"name", "cron", "interval", "minimum_interval", "always_run", "optional", "branches", "context", "cluster",
		"decorate", "decoration_config", "org", "repo", "base_ref", "path_alias", "workdir", "labels", "extra_refs", "spec",
		"serviceAccountName", "containers", "image", "command", "args", "env", "key", "value", "requests", "limits",
	}
	ranks := map[string]int{"annotations": len(order) + 1}
	for i, key := range order {
		ranks[key] = i - len(order)
	}
	return ranks
}

func (e *encoder) ordered(m map[string]any) mapping {
	entries := make(mapping, 0, len(m))
	for key, value := range m {
		entries = append(entries, entry{key, value})
	}
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(e.ranks[a.key], e.ranks[b.key]), strings.Compare(a.key, b.key))
	})
	return entries
}

// mapping writes the entries. The first one goes on the line that is begun; the others are indented.
func (e *encoder) mapping(m mapping, indent int) {
	for i, entry := range m {
		if i > 0 {
			e.indent(indent)
		}
		e.WriteString(scalar(entry.key))
		e.WriteByte(':')
		e.below(entry.value, indent)
	}
}

// below writes the value of a key that stands at indent.
func (e *encoder) below(v any, indent int) {
	switch v := v.(type) {
	case map[string]any:
		e.below(e.ordered(v), indent)
		return
	case mapping:
		if len(v) > 0 {
			e.WriteByte('\n')
			e.indent(indent + 2)
			e.mapping(v, indent+2)
			return
		}
	case []any:
		if len(v) > 0 {
			e.WriteByte('\n')
			e.indent(indent)
			e.list(v, indent)
			return
		}
	}
	e.WriteByte(' ')
	e.inline(v, indent)
}

func (e *encoder) list(items []any, indent int) {
	for i, item := range items {
		if i > 0 {
			e.indent(indent)
		}
		e.WriteString("- ")
		e.inline(item, indent+2)
	}
}

// inline writes a value, whose first line is begun at indent.
func (e *encoder) inline(v any, indent int) {
	switch v := v.(type) {
	case map[string]any:
		e.inline(e.ordered(v), indent)
	case mapping:
		if len(v) > 0 {
			e.mapping(v, indent)
			return
		}
		e.WriteString("{}\n")
	case []any:
		if len(v) > 0 {
			e.list(v, indent)
			return
		}
		e.WriteString("[]\n")
	case string:
		e.WriteString(scalar(v))
		e.WriteByte('\n')
	case int:
		e.WriteString(strconv.Itoa(v))
		e.WriteByte('\n')
	case float64: // every number, after JSON
		e.WriteString(strconv.FormatFloat(v, 'f', -1, 64))
		e.WriteByte('\n')
	default:
		fmt.Fprintln(e, v)
	}
}

func (e *encoder) indent(n int) {
	for range n {
		e.WriteByte(' ')
	}
}

// otherWord tells whether YAML 1.1 or 1.2 reads a word as something else than text.
func otherWord(s string) bool {
	if len(s) > len("false") {
		return false
	}
	switch strings.ToLower(s) {
	case "true", "false", "yes", "no", "on", "off", "y", "n", "null":
		return true
	}
	return false
}

// plain tells whether s means itself in YAML 1.1 and 1.2 wherever it stands in block style. It is narrow: it starts as a
// word or a path does, so that it is no number, and has no character that may begin or end anything in YAML.
func plain(s string) bool {
	const inner = "/^0123456789 -._+=,:$()<>|%;\\"
	start := strings.HasPrefix(s, "./") || strings.HasPrefix(s, "../") || s != "" && (isLetter(s[0]) || s[0] == '/' || s[0] == '^')
	if !start || otherWord(s) || strings.HasSuffix(s, ":") || strings.HasSuffix(s, " ") || strings.Contains(s, ": ") {
		return false
	}
	for i := range len(s) {
		if !isLetter(s[i]) && strings.IndexByte(inner, s[i]) < 0 {
			return false
		}
	}
	return true
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// scalar returns s as a YAML scalar, in quotes unless it is certain that none are needed.
func scalar(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	quoter := json.NewEncoder(&b)
	quoter.SetEscapeHTML(false)
	if err := quoter.Encode(s); err != nil {
		panic(err) // a string always encodes
	}
	return strings.TrimSuffix(b.String(), "\n")
}
