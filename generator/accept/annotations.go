package accept

import (
	"fmt"
	"maps"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/nearest"
	"sigs.k8s.io/windows-operational-readiness/internal/testinfra"
)

// annotationForm is what the value of an annotation for TestGrid's configurator must be.
type annotationForm string

const (
	isText   annotationForm = "text"
	isInt    annotationForm = "a whole number"
	isFloat  annotationForm = "a number"
	isBool   annotationForm = "true or false"
	isEmails annotationForm = "e-mail addresses"
	isFilter annotationForm = "TestGrid options such as include-filter-by-regex=..."
)

// annotationForms returns the annotations that TestGrid's configurator knows
// (test-infra/testgrid/pkg/configurator/prow/prow.go). It ignores every other one without a word.
func annotationForms() map[string]annotationForm {
	return map[string]annotationForm{
		"testgrid-alert-email":               isEmails,
		"testgrid-alert-stale-results-hours": isInt,
		"testgrid-base-options":              isFilter,
		"testgrid-broken-column-threshold":   isFloat,
		"testgrid-create-test-group":         isBool,
		"testgrid-dashboards":                isText,
		"testgrid-days-of-results":           isInt,
		"testgrid-disable-prowjob-analysis":  isBool,
		"testgrid-in-cell-metric":            isText,
		"testgrid-num-columns-recent":        isInt,
		"testgrid-num-failures-to-alert":     isInt,
		"testgrid-tab-name":                  isText,
	}
}

// checkAnnotations holds the annotations for TestGrid against those that it knows.
func checkAnnotations(p *problems, j job) {
	forms := annotationForms()
	known := slices.Sorted(maps.Keys(forms))
	for _, key := range slices.Sorted(maps.Keys(j.Annotations)) {
		if !strings.HasPrefix(key, "testgrid-") {
			continue
		}
		form, ok := forms[key]
		if !ok {
			p.at("annotations", "unknown annotation %q%s: TestGrid would ignore it", key, nearest.Hint(key, known))
			continue
		}
		if err := form.check(j.Annotations[key]); err != nil {
			p.at("annotations", "annotation %q is not %s: %v", key, form, err)
		}
	}
	if j.Annotations["description"] == "" {
		p.at("annotations", "annotation %q is missing", "description")
	}
	for _, name := range strings.Split(j.Annotations["testgrid-dashboards"], ",") {
		if blockingForm.MatchString(strings.TrimSpace(name)) {
			p.at("annotations", "dashboard %q decides about releases of Kubernetes", strings.TrimSpace(name))
		}
	}
}

var blockingForm = regexp.MustCompile(`^sig-release-.*-blocking$`)

func (form annotationForm) check(value string) error {
	var err error
	switch form {
	case isInt:
		_, err = strconv.ParseInt(value, 10, 32)
	case isFloat:
		_, err = strconv.ParseFloat(value, 32)
	case isBool:
		_, err = strconv.ParseBool(value)
	case isEmails:
		err = checkEmails(value)
	case isFilter:
		err = checkFilter(value)
	}
	return err
}

func checkEmails(list string) error {
	for _, address := range strings.Split(list, ",") {
		if _, err := mail.ParseAddress(strings.TrimSpace(address)); err != nil {
			return fmt.Errorf("%q: %w", address, err)
		}
	}
	return nil
}

// Keys of a tab's options that TestGrid compiles when it filters, long after they were merged.
const (
	includeFilter = testinfra.IncludeFilter
	excludeFilter = "exclude-filter-by-regex"
)

func checkFilter(options string) error {
	values, err := url.ParseQuery(options)
	if err != nil {
		return err
	}
	for _, key := range []string{includeFilter, excludeFilter} {
		for _, expr := range values[key] {
			if _, err := regexp.Compile(expr); err != nil {
				return fmt.Errorf("%s: %w", key, err)
			}
		}
	}
	return nil
}
