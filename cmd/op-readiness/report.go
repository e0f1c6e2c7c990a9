package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"
	"k8s.io/apimachinery/pkg/api/resource"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/internal/atomicfile"
	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/readiness"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/view"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

type reportOptions struct {
	report   readiness.Report
	config   string
	sources  readiness.Sources
	form     formName
	files    []string
	details  bool
	maxBytes resource.QuantityValue // of a build, packed and unpacked
	post     postOptions
}

const reportLong = `Report reads every junit*.xml of a build, attributes the tests to the abilities of the spec, and says which categories
are ready. An ability is passed only if every test that its spec selects ran and passed, in a whole run of a job that ended
by itself, and if it is shown that its pods ran where they must. What is not known is never green.

A source is a folder, a JUnit file, a tarball of Sonobuoy, a build or a job in a bucket (gs://bucket/logs/job/123,
gs://bucket/logs/job, s3://...), or the address of a build's page (Spyglass, gcsweb). Of a job the latest finished build is taken, or --last N;
a local folder is looked at in the same way. With --pr and --job it is the job's build for a pull request. Several builds
are shown beside each other. One that cannot be read, or not within --max-build-..., says so and keeps no other from being
shown.

The folder of a run is judged for what the run was for: its categories and abilities. Where nothing recorded on which nodes
the pods ran, --placement windows declares that those which choose no operating system ran on Windows; every form of the
report says so.

A build of a pull request is compared with the newest periodics of the same Kubernetes version and platform, if they can
be read; --baseline names others, --baseline none compares with nothing.

` + postLong + `

Exit code: 0 ready, 1 not ready or incomplete, 2 the report could not be made.`

const reportExamples = `  # the artifacts of a job, or of a run of your own
  op-readiness report ./artifacts

  # results that do not tell the version of their cluster, as a page and as data
  op-readiness report ./artifacts --kubernetes-version 1.36 --output-file report.html --output-file report.json

  # the last five builds of a periodic, beside each other
  op-readiness report gs://kubernetes-ci-logs/logs/ci-windows-op-readiness-1-36-ltsc2022 --last 5

  # what a pull request's job showed, for its page
  op-readiness report --pr kubernetes-sigs/windows-testing#500 --job pull-windows-op-readiness -o markdown

` + postExamples

func newReportCommand(s streams) *cobra.Command {
	var o reportOptions
	cmd := &cobra.Command{
		Use:     "report [SOURCE...]",
		Short:   "Judge the results of a run by category",
		Long:    reportLong,
		Example: reportExamples,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.sources.Named = args
			return o.run(cmd, s)
		},
	}
	o.addFlags(cmd)
	return cmd
}

func (o *reportOptions) addFlags(cmd *cobra.Command) {
	addSpecFlags(cmd, &o.report.Specs, &o.report.Version)
	addCategoryFlag(cmd, &o.report.Categories, "judge only this category")
	o.form.addFlag(cmd, view.Formats()...)
	f := cmd.Flags()
	f.Lookup("kubernetes-version").Usage = "Kubernetes version of the run (default: what its metadata.json or finished.json tells)"
	f.StringArrayVar(&o.files, "output-file", nil, "write to this file instead, in the form of its ending: "+strings.Join(view.Endings(), " ")+" (repeatable)")
	f.StringVar(&o.form.name, "format", o.form.name, "form of the output")
	f.Lookup("format").Hidden = true // what -o was called once
	f.BoolVar(&o.details, "details", false, "in the table: all abilities with all notes and reasons, and all that failed")
	f.StringVar(&o.report.Provider, "provider", "", "provider that the tests ran on, for the abilities that are exempt there (default: that of the run)")
	f.StringVar(&o.report.Declared, "placement", "", "declare where pods ran that choose no operating system: windows")
	f.IntVar(&o.sources.Last, "last", 0, "of a job, or of --job on a pull request: this many of the latest builds (default 1, of a local folder all)")
	f.StringVar(&o.sources.Pull, "pr", "", "pull request whose builds are read, as org/repo#123; needs --job")
	f.StringVar(&o.sources.Job, "job", "", "name of the job, with --pr")
	f.StringVar(&o.sources.Bucket, "bucket", "", "bucket that Prow uploads to, with --pr: a name, gs://name or s3://name (default: that of --config)")
	f.StringVar(&o.config, "config", "", "config of the jobs, with the addresses where results are shown (default: the project's own)")
	f.StringArrayVar(&o.report.Baseline, "baseline", nil, "build or job of the base branch to compare with, or none (repeatable; default: see above)")
	f.StringVar(&o.report.Read.CredentialsFile, "credentials-file", "", "credentials of Google Cloud (default: the environment's, else none)")
	f.StringVar(&o.report.Read.S3CredentialsFile, "s3-credentials-file", "", "credentials of S3, in Prow's form (default: the environment's)")
	f.Var(&o.maxBytes, "max-build-bytes", "what is read of a build at most, packed or unpacked, such as 8Gi (default: 2Gi packed, 4Gi unpacked)")
	f.IntVar(&o.report.Read.Bounds.Files, "max-build-files", 0, "how many files a build may have (default: 100000)")
	f.DurationVar(&o.report.Read.Bounds.Time, "max-build-time", 0, "how long reading a build may take (default: 10m)")
	o.post.addFlags(cmd)
	complete(cmd, "provider", providers)
	complete(cmd, "placement", func() []string { return []string{string(specs.Windows)} })
}

// check refuses what cannot be meant, and puts the bounds in their place.
func (o *reportOptions) check() error {
	bounds := &o.report.Read.Bounds
	switch {
	case o.report.Declared != "" && o.report.Declared != string(specs.Windows):
		return usererror.Usage(fmt.Errorf("--placement %q: only %q can be declared", o.report.Declared, specs.Windows))
	case o.maxBytes.Sign() < 0 || bounds.Files < 0 || bounds.Time < 0:
		return usererror.Usage(errors.New("--max-build-bytes, --max-build-files and --max-build-time are above 0"))
	}
	bounds.Packed, bounds.Unpacked = o.maxBytes.Value(), o.maxBytes.Value()
	return o.post.check(o.sources)
}

func (o reportOptions) run(cmd *cobra.Command, s streams) error {
	if cmd.Flags().Changed("last") && o.sources.Last < 1 {
		return usererror.Usage(errors.New("--last is at least 1"))
	}
	if cmd.Flags().Changed("format") {
		fmt.Fprintln(s.err, "warning: --format is deprecated: use -o")
	}
	if err := o.check(); err != nil {
		return err
	}
	views, err := o.views(cmd)
	if err != nil {
		return err
	}
	cfg, err := loadConfig(o.config)
	if err != nil {
		return err
	}
	o.report.Read.Addresses = cfg.Addresses()
	o.sources.Bucket = cmp.Or(o.sources.Bucket, cfg.Bucket)
	if o.post.wanted() {
		return o.postResults(cmd.Context(), s, cfg)
	}
	return o.show(cmd.Context(), s, views, cfg.Addresses())
}

// postResults puts results on pull requests: those of the sources, or, without any, what the jobs of each pull request
// left in the bucket.
func (o reportOptions) postResults(ctx context.Context, s streams, cfg config.Config) error {
	tabs, err := readiness.Tabs(cfg)
	if err != nil {
		return err
	}
	what := posted{tabs: tabs, to: cfg.Addresses()}
	if len(o.sources.Named) > 0 || o.sources.Pull != "" {
		what.results = o.report.FromSources(o.sources)
		return o.post.run(ctx, s, what)
	}
	if what.jobs, err = readiness.PresubmitsOf(cfg); err != nil {
		return err
	}
	what.results = o.report.FromBucket(o.sources.Bucket, what.jobs, o.post.limits())
	return o.post.run(ctx, s, what)
}

func (o reportOptions) show(ctx context.Context, s streams, views []shown, to coordinates.Addresses) error {
	summaries, err := o.report.Summaries(ctx, o.sources)
	if err != nil {
		return err
	}
	if err := writeViews(s, views, summaries, view.Options{Addresses: to, Details: o.details}); err != nil {
		return err
	}
	if slices.ContainsFunc(summaries, func(s reporter.Summary) bool { return s.Verdict != reporter.Ready }) {
		return exitError{code: codeBad}
	}
	return nil
}

// shown is one form of the report and where it goes.
type shown struct {
	form string
	file string // "": standard output
}

func (o reportOptions) views(cmd *cobra.Command) ([]shown, error) {
	if err := o.form.check(); err != nil {
		return nil, err
	}
	if len(o.files) == 0 {
		return []shown{{form: o.form.name}}, nil
	}
	var views []shown
	for _, file := range o.files {
		form, ok := view.FormatOf(file)
		if !ok {
			return nil, usererror.Usage(fmt.Errorf("--output-file %q: its ending %q is none of %s", file, filepath.Ext(file), strings.Join(view.Endings(), " ")))
		}
		views = append(views, shown{form: form, file: file})
	}
	return views, nil
}

// writeViews renders all views before it writes any.
func writeViews(s streams, views []shown, summaries []reporter.Summary, options view.Options) error {
	texts := make([]bytes.Buffer, len(views))
	for i, v := range views {
		options.Width, options.Color = 0, false
		if v.file == "" {
			terminal := terminalOptions(s)
			options.Width, options.Color = terminal.Width, terminal.Color
		}
		if err := view.Render(&texts[i], v.form, summaries, options); err != nil {
			return err
		}
	}
	for i, v := range views {
		if v.file == "" {
			if _, err := texts[i].WriteTo(s.out); err != nil {
				return err
			}
			continue
		}
		if err := atomicfile.Write(v.file, texts[i].Bytes()); err != nil {
			return err
		}
		fmt.Fprintf(s.err, "wrote %s\n", v.file)
	}
	return nil
}

// terminalOptions are the width of the terminal that s writes to, if it is one, and colours unless NO_COLOR is set
// (https://no-color.org).
func terminalOptions(s streams) view.Options {
	file, ok := s.out.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return view.Options{}
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		width = 0 // a terminal that does not tell: the default
	}
	return view.Options{Width: width, Color: os.Getenv("NO_COLOR") == ""}
}
