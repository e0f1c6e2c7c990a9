package generator

import (
	"errors"
	"fmt"
	"maps"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	prowconfig "sigs.k8s.io/prow/pkg/config"

	"sigs.k8s.io/windows-operational-readiness/internal/nearest"
)

// checkPresubmit holds that a presubmit runs on request only, under its own name.
func checkPresubmit(p *problems, j loadedJob) {
	ps := j.presubmit
	if ps.Context != ps.Name && !ps.SkipReport {
		p.addf("context %q is not the job's name", ps.Context)
	}
	if want := prowconfig.DefaultRerunCommandFor(ps.Name); ps.RerunCommand != want {
		p.addf("rerun_command %q is not %q", ps.RerunCommand, want)
	}
	if ps.AlwaysRun || ps.RunIfChanged != "" || ps.SkipIfOnlyChanged != "" || ps.RunBeforeMerge {
		p.addf("it would run without being asked to: a run costs a cluster")
	}
	if !ps.Optional {
		p.addf("not optional: it would block merges")
	}
	if len(ps.Branches) > 0 && len(ps.SkipBranches) > 0 {
		p.addf("both branches and skip_branches")
	}
}

// checkTriggers holds that the command of one presubmit starts no other one of the same repository.
func checkTriggers(jobs []loadedJob) error {
	byRepository := map[string][]loadedJob{}
	for _, j := range jobs {
		if j.presubmit != nil {
			byRepository[j.repository] = append(byRepository[j.repository], j)
		}
	}
	var errs []error
	for _, repository := range slices.Sorted(maps.Keys(byRepository)) {
		for _, asked := range byRepository[repository] {
			for _, other := range byRepository[repository] {
				if command := asked.presubmit.RerunCommand; asked.Name != other.Name && other.presubmit.TriggerMatches(command) {
					errs = append(errs, fmt.Errorf("%s: %q starts it too", other, command))
				}
			}
		}
	}
	return errors.Join(errs...)
}

// checkAnnotations holds the annotations for TestGrid against those that it knows.
func checkAnnotations(p *problems, j loadedJob) {
	forms := annotationForms()
	known := slices.Sorted(maps.Keys(forms))
	for _, key := range slices.Sorted(maps.Keys(j.Annotations)) {
		if !strings.HasPrefix(key, "testgrid-") {
			continue
		}
		form, ok := forms[key]
		if !ok {
			p.addf("unknown annotation %q%s: TestGrid would ignore it", key, nearest.Hint(key, known))
			continue
		}
		if err := form.check(j.Annotations[key]); err != nil {
			p.addf("annotation %q is not %s: %v", key, form, err)
		}
	}
	if j.Annotations["description"] == "" {
		p.addf("annotation %q is missing", "description")
	}
	for _, name := range strings.Split(j.Annotations["testgrid-dashboards"], ",") {
		if blockingForm.MatchString(strings.TrimSpace(name)) {
			p.addf("dashboard %q decides about releases of Kubernetes", strings.TrimSpace(name))
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
	includeFilter = "include-filter-by-regex"
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
