package capi

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

// objects reads a file of several objects.
func objects(t *testing.T, file string) []*unstructured.Unstructured {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, data)
}

func parse(t *testing.T, data []byte) []*unstructured.Unstructured {
	t.Helper()
	var all []*unstructured.Unstructured
	for document := range bytes.SplitSeq(data, []byte("\n---\n")) {
		o := &unstructured.Unstructured{}
		if err := yaml.Unmarshal(document, &o.Object); err != nil {
			t.Fatalf("%v in %s", err, document)
		}
		all = append(all, o)
	}
	return all
}

// merge is a merge patch.
func merge(change map[string]any) client.Patch {
	data, err := json.Marshal(change)
	if err != nil {
		panic(err) // it is made of strings, numbers, maps and lists
	}
	return client.RawPatch(types.MergePatchType, data)
}

// condition is the list of conditions of an object with the one that is true. It keeps the time of the one that is there.
func condition(o *unstructured.Unstructured, kind string) []any {
	now := map[string]any{
		"type": kind, "status": "True", "reason": "Test", "message": "", "observedGeneration": o.GetGeneration(), "lastTransitionTime": metav1.Now().UTC().Format("2006-01-02T15:04:05Z"),
	}
	conditions, _, _ := unstructured.NestedSlice(o.Object, "status", "conditions")
	for _, c := range conditions {
		if was, ok := c.(map[string]any); ok && was["type"] == kind {
			now["lastTransitionTime"] = was["lastTransitionTime"]
		}
	}
	return []any{now}
}

// holds says whether an object has all the fields that are wanted, with those values.
func holds(object any, wanted map[string]any) bool {
	fields, _ := object.(map[string]any)
	for name, want := range wanted {
		if deeper, ok := want.(map[string]any); ok {
			if !holds(fields[name], deeper) {
				return false
			}
		} else if !reflect.DeepEqual(fields[name], want) {
			return false
		}
	}
	return true
}
