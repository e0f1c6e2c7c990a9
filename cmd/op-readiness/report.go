package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"sigs.k8s.io/windows-operational-readiness/reporter"
)

type reportOptions struct {
	directory  string
	version    string
	provider   string
	categories []string
	format     string
	outputs    []string
	sources    sourceOptions
	post       postOptions
}

const reportLong = `Report reads every junit*.xml of a build, attributes the tests to the abilities of the spec, and says which categories
are ready. An ability is passed only if a test that its spec selects ran and none failed; what was planned and has no
result is not run, never green.

A source is a folder, a JUnit file, a build or a job in a bucket (gs://bucket/logs/job/123, gs://bucket/logs/job,
s3://...), or the address of a build's page (Spyglass, gcsweb). Of a job the latest finished build is taken, or --last N.
With --pr and --job it is the job's build for a pull request. Several builds are shown beside each other.

A build of a pull request is compared with the newest periodics of the same Kubernetes version and platform, if they can
be read; --baseline names others, --baseline none compares with nothing.

` + postLong + `

Exit code: 0 ready, 1 not ready or incomplete, 2 the report could not be made.`

const reportExamples = `  # the artifacts of a job, or of a run of your own
  op-readiness report ./artifacts

  # results that do not tell the version of their cluster, as a page and as data
  op-readiness report ./artifacts --kubernetes-version 1.36 -o report.html -o report.json

  # the last five builds of a periodic, beside each other
  op-readiness report gs://kubernetes-ci-logs/logs/ci-windows-op-readiness-1-36-ltsc2022 --last 5

  # what a pull request's job showed, for its page
  op-readiness report --pr kubernetes-sigs/windows-testing#500 --job pull-windows-op-readiness --format markdown

` + postExamples

func newReportCommand(s streams) *cobra.Command {
	var o reportOptions
	cmd := &cobra.Command{
		Use:     "report [SOURCE...]",
		Short:   "Judge the results of a run by category",
		Long:    reportLong,
		Example: reportExamples,
		RunE:    func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), s, args) },
	}
	addSpecFlags(cmd, &o.directory, &o.version)
	f := cmd.Flags()
	f.Lookup("kubernetes-version").Usage = "Kubernetes version of the run (default: what its metadata.json or finished.json tells)"
	f.StringArrayVar(&o.categories, "category", nil, "judge only this category, such as Core.Network (repeatable)")
	f.StringVar(&o.provider, "provider", "", "provider that the tests ran on, for the abilities that are exempt there")
	f.StringVar(&o.format, "format", "table", "what to print: table, markdown, html, json, csv or junit")
	f.StringArrayVarP(&o.outputs, "output", "o", nil, "write to this file instead, in the form of its ending: .txt .md .html .json .csv .xml (repeatable)")
	o.sources.addFlags(f)
	o.post.addFlags(cmd)
	completeCategories(cmd)
	return cmd
}

func (o reportOptions) run(ctx context.Context, s streams, sources []string) error {
	if err := o.post.check(sources); err != nil {
		return err
	}
	views, err := o.views()
	if err != nil {
		return err
	}
	if o.post.wanted() {
		return o.postResults(ctx, s, sources)
	}
	summaries, err := o.summaries(ctx, s, sources)
	if err != nil {
		return err
	}
	if err := writeViews(s, views, summaries); err != nil {
		return err
	}
	if slices.ContainsFunc(summaries, func(s reporter.Summary) bool { return s.Verdict != reporter.Ready }) {
		return exitError{code: codeBad}
	}
	return nil
}

// view is one form of the report and where it goes.
type view struct {
	format string
	file   string // "": standard output
}

// formats are the views by the ending of a file.
func formats() map[string]string {
	return map[string]string{".txt": "table", ".md": "markdown", ".html": "html", ".json": "json", ".csv": "csv", ".xml": "junit"}
}

func (o reportOptions) views() ([]view, error) {
	known := []string{"table", "markdown", "html", "json", "csv", "junit"}
	if !slices.Contains(known, o.format) {
		return nil, usageError{fmt.Errorf("unknown format %q; known are %q", o.format, known)}
	}
	if len(o.outputs) == 0 {
		return []view{{format: o.format}}, nil
	}
	var views []view
	for _, file := range o.outputs {
		format, ok := formats()[filepath.Ext(file)]
		if !ok {
			return nil, usageError{fmt.Errorf("--output %q: its ending is none of .txt .md .html .json .csv .xml", file)}
		}
		views = append(views, view{format: format, file: file})
	}
	return views, nil
}

// writeViews renders all views before it writes any.
func writeViews(s streams, views []view, summaries []reporter.Summary) error {
	texts := make([]bytes.Buffer, len(views))
	for i, v := range views {
		options := reporter.TableOptions{}
		if v.file == "" {
			options = tableOptions(s)
		}
		if err := render(&texts[i], v.format, summaries, options); err != nil {
			return err
		}
	}
	for i, v := range views {
		if v.file == "" {
			if _, err := s.out.Write(texts[i].Bytes()); err != nil {
				return err
			}
			continue
		}
		if err := writeFile(v.file, texts[i].Bytes()); err != nil {
			return fmt.Errorf("writing %q: %w", v.file, err)
		}
		fmt.Fprintf(s.err, "wrote %s\n", v.file)
	}
	return nil
}

func render(w io.Writer, format string, summaries []reporter.Summary, o reporter.TableOptions) error {
	one := len(summaries) == 1
	switch format {
	case "html":
		return reporter.WriteHTML(w, summaries)
	case "table":
		if one {
			return reporter.WriteTable(w, summaries[0], o)
		}
		return reporter.WriteMatrix(w, summaries, o)
	case "json":
		if one {
			return reporter.WriteJSON(w, summaries[0])
		}
		return writeList(w, summaries)
	case "csv":
		return reporter.WriteCSV(w, summaries)
	case "junit":
		if !one {
			return usageError{errors.New("the junit view is of one build")}
		}
		return reporter.WriteJUnit(w, summaries[0])
	}
	for _, summary := range summaries {
		if err := reporter.WriteMarkdown(w, summary); err != nil {
			return err
		}
	}
	return nil
}

// writeList writes several summaries as one JSON value: a list of what a single one is.
func writeList(w io.Writer, summaries []reporter.Summary) error {
	list := []reporter.JSON{}
	for _, summary := range summaries {
		list = append(list, summary.JSON())
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(list)
}

// tableOptions are the width of the terminal that s writes to, if it is one, and colours unless NO_COLOR is set
// (https://no-color.org).
func tableOptions(s streams) reporter.TableOptions {
	file, ok := s.out.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return reporter.TableOptions{}
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		width = 0 // a terminal that does not tell: the default
	}
	return reporter.TableOptions{Width: width, Color: os.Getenv("NO_COLOR") == ""}
}
