package capi

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"

	"sigs.k8s.io/windows-operational-readiness/internal/nearest"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// ask is what a Cluster asks for.
type ask struct {
	categories []string // of KEP-2578, in its order; none, with a problem: they cannot be read
	workers    []string // names of the Windows workers; none: by label
	hold       bool     // upgrades are held while it is not ready
	problem    error    // what of this cannot be read
}

// asks tells whether a Cluster asks for anything.
func asks(c *clusterv1.Cluster) bool {
	_, ok := c.Annotations[CategoriesAnnotation]
	return ok
}

// readAsk reads the annotations of a Cluster. What cannot be read of hold holds.
func readAsk(c *clusterv1.Cluster) ask {
	var a ask
	a.categories, a.problem = readCategories(c.Annotations[CategoriesAnnotation])
	a.workers = words(c.Annotations[WorkersAnnotation])
	if _, ok := c.Annotations[WorkersAnnotation]; ok && len(a.workers) == 0 {
		a.problem = errors.Join(a.problem, fmt.Errorf("the annotation %s names nothing", WorkersAnnotation))
	}
	switch value := c.Annotations[HoldAnnotation]; value {
	case "", "false":
	case "true":
		a.hold = true
	default:
		a.hold = true
		a.problem = errors.Join(a.problem, fmt.Errorf("the annotation %s is true or false, and not %.40q", HoldAnnotation, value))
	}
	return a
}

func readCategories(value string) ([]string, error) {
	names := words(value)
	switch {
	case len(names) == 0:
		return nil, fmt.Errorf("the annotation %s names no category", CategoriesAnnotation)
	case slices.Equal(names, []string{All}):
		return specs.Names(), nil
	}
	var problems []error
	for _, name := range names {
		if !slices.Contains(specs.Names(), name) {
			problems = append(problems, fmt.Errorf("the annotation %s: unknown category %.80q%s", CategoriesAnnotation, name, nearest.Hint(name, specs.Names())))
		}
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return slices.DeleteFunc(specs.Names(), func(name string) bool { return !slices.Contains(names, name) }), nil
}

// words are the texts between commas, without white space around them; empty ones are left out.
func words(value string) []string {
	var list []string
	for word := range strings.SplitSeq(value, ",") {
		if word = strings.TrimSpace(word); word != "" {
			list = append(list, word)
		}
	}
	return list
}
