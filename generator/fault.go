package generator

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
)

// jobFault is why a template gave no job.
type jobFault struct {
	job      string
	err      error
	template string // the name of its file
	rendered bool   // it gave a text, which is not the YAML of a job
}

func (f *jobFault) Error() string { return fmt.Sprintf("job %q: %v", f.job, f.err) }
func (f *jobFault) Unwrap() error { return f.err }

// jobFaults are those of several jobs.
type jobFaults []*jobFault

func (f jobFaults) Error() string { return fmt.Sprintf("%d jobs could not be rendered", len(f)) }

// joinFaults keeps the faults among errors as they are, in their order; nil if there are none.
func joinFaults(errs []error) error {
	var faults jobFaults
	for _, err := range errs {
		var fault *jobFault
		if errors.As(err, &fault) {
			faults = append(faults, fault)
		}
	}
	if len(faults) == 0 {
		return errors.Join(errs...)
	}
	return faults
}

var (
	executed = regexp.MustCompile(`^template: ([^:]+:[0-9]+)(?::[0-9]+)?: (?:executing .* at <.*?>: )?`)
	yamlLine = regexp.MustCompile(`(?:yaml: )?line ([0-9]+): `)
)

// explain tells each fault of a template once, with its line there, however many jobs have it.
func explain(plan Plan, fsys fs.FS, errs []error) error {
	var told []error
	counts := map[string]int{}
	var order []string
	first := map[string]string{}
	for _, err := range errs {
		var faults jobFaults
		if !errors.As(err, &faults) {
			told = append(told, err)
			continue
		}
		for _, fault := range faults {
			text := fault.explain(plan, fsys)
			if counts[text]++; counts[text] == 1 {
				order = append(order, text)
				first[text] = fault.job
			}
		}
	}
	for _, text := range order {
		told = append(told, fmt.Errorf("%s (%s)", text, Among(first[text], counts[text])))
	}
	return errors.Join(told...)
}

// Among names the jobs that have the same fault: the first, and how many others.
func Among(job string, n int) string {
	switch n {
	case 1:
		return fmt.Sprintf("job %q", job)
	case 2:
		return fmt.Sprintf("job %q and another one", job)
	}
	return fmt.Sprintf("job %q and %d others", job, n-1)
}

// explain returns the fault with the line of the template. What differs between jobs is left out.
func (f *jobFault) explain(plan Plan, fsys fs.FS) string {
	text := f.err.Error()
	folder := plan.Templates + "/"
	if !f.rendered {
		if m := executed.FindStringSubmatchIndex(text); m != nil {
			return folder + text[m[2]:m[3]] + ": " + text[m[1]:]
		}
		return folder + f.template + ": " + text
	}
	text = strings.NewReplacer("error converting YAML to JSON: ", "", "yaml: unmarshal errors:\n  ", "").Replace(text)
	place := folder + f.template
	if m := yamlLine.FindStringSubmatchIndex(text); m != nil {
		line, err := strconv.Atoi(text[m[2]:m[3]])
		if at := f.lineIn(plan, fsys, line); err == nil && at != "" {
			place = at
		}
		text = text[:m[0]] + text[m[1]:]
	}
	return place + ": what comes out is no job: " + text
}

// lineIn is where a line of the text of the job comes from, "" if that is not known.
func (f *jobFault) lineIn(plan Plan, fsys fs.FS, line int) string {
	t, err := parseTemplates(plan, fsys)
	if err != nil {
		return ""
	}
	for _, known := range plan.rendered() {
		if known.job.Name == f.job {
			_, lines := traced(t, plan, known.template, known.job)
			return lines.at(line)
		}
	}
	return ""
}
