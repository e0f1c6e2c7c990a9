package specs

import (
	"encoding/json"
)

// schema is the part of JSON Schema, draft 7, that a spec file needs: https://json-schema.org/draft-07
type schema struct {
	Schema               string            `json:"$schema,omitempty"`
	Title                string            `json:"title,omitempty"`
	Description          string            `json:"description,omitempty"`
	Type                 kinds             `json:"type,omitempty"`
	Enum                 []any             `json:"enum,omitempty"`
	Pattern              string            `json:"pattern,omitempty"`
	Minimum              *int              `json:"minimum,omitempty"`
	MinItems             int               `json:"minItems,omitempty"`
	MinProperties        int               `json:"minProperties,omitempty"`
	Items                *schema           `json:"items,omitempty"`
	Properties           map[string]schema `json:"properties,omitempty"`
	AdditionalProperties any               `json:"additionalProperties,omitempty"` // false, or the schema of their values
	Required             []string          `json:"required,omitempty"`
	AnyOf                []schema          `json:"anyOf,omitempty"`
}

// kinds are the types that a value may have; one alone is written as a text.
type kinds []string

// MarshalJSON writes "string", or ["string","null"].
func (k kinds) MarshalJSON() ([]byte, error) {
	if len(k) == 1 {
		return json.Marshal(k[0])
	}
	return json.Marshal([]string(k))
}

// Schema returns a JSON schema of spec files for editors: what YAML plugins complete and check by. It knows the form of
// every key; what only Parse can tell, such as an expression that does not compile, it lets pass.
func Schema() ([]byte, error) {
	file := object(fileKeys(), "testCases")
	file.Schema = "http://json-schema.org/draft-07/schema#"
	file.Title = "Category spec of op-readiness"
	file.Description = "The abilities of a category, and the e2e tests of Kubernetes that prove them."
	testCase := object(caseKeys(), "description")
	testCase.AnyOf = []schema{{Required: []string{"focus"}}, {Required: []string{"anyOf"}}, {Required: []string{"unproven"}}}
	cases := file.Properties["testCases"]
	cases.Items = &testCase
	file.Properties["testCases"] = cases
	data, err := json.MarshalIndent(file, "", "  ")
	return append(data, '\n'), err
}

// object is a mapping with these keys and no others.
func object(keys []key, required ...string) schema {
	s := schema{Type: kinds{"object"}, Properties: map[string]schema{}, AdditionalProperties: false, Required: required}
	for _, k := range keys {
		value := k.schema
		value.Description = k.meaning + ". Default: " + k.missing + ". Example: " + k.example
		s.Properties[k.name] = value
	}
	return s
}

func categorySchema() schema {
	known := schema{}
	for _, name := range Names() {
		known.Enum = append(known.Enum, name)
	}
	return schema{Type: kinds{"string"}, AnyOf: []schema{known, {Pattern: categoryForm.String()}}}
}

// versionsSchema lets a version be a number too, which is what YAML makes of 1.36 without quotes.
func versionsSchema() schema {
	return schema{Type: kinds{"array", "null"}, Items: &schema{Type: kinds{"string", "number"}, Pattern: `^v?[0-9]+\.[0-9]+|^master$`}}
}

func textsSchema() schema {
	return schema{Type: kinds{"array", "null"}, Items: &schema{Type: kinds{"string"}}}
}

func placementSchema() schema {
	words := schema{Type: kinds{"string"}}
	for _, word := range placementWords() {
		words.Enum = append(words.Enum, word)
	}
	role := schema{
		Type: kinds{"object"}, Required: []string{"name", "os"}, AdditionalProperties: false,
		Properties: map[string]schema{
			"name": {Type: kinds{"string"}, Description: "A regular expression for the names of the role's pods", Pattern: "."},
			"os":   {Type: kinds{"string"}, Description: "Where one of these pods or more must run", Enum: []any{Linux, Windows}},
		},
	}
	return schema{AnyOf: []schema{words, {Type: kinds{"object"}, MinProperties: 1, AdditionalProperties: role}}}
}

func evidenceSchema() schema {
	kind := schema{Type: kinds{"string"}, Description: "What is counted, of pods on Windows nodes"}
	for _, name := range conditionKinds() {
		kind.Enum = append(kind.Enum, name)
	}
	one := 1
	return schema{Type: kinds{"array", "null"}, Items: &schema{
		Type: kinds{"object"}, Required: []string{"kind", "count"}, AdditionalProperties: false,
		Properties: map[string]schema{
			"kind":  kind,
			"pods":  {Type: kinds{"string", "null"}, Description: "A regular expression for the names of the pods that count. Default: all pods of the test"},
			"count": {Type: kinds{"integer"}, Description: "At least so many, in one test", Minimum: &one},
		},
	}}
}

func zero() *int { return new(int) }
