package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/runner/download"
)

type downloadOptions struct {
	tarball download.Tarball
	dir     string
}

const downloadLong = `Download gets Kubernetes' e2e.test, and the ginkgo that goes with it, from the tests of a release: several hundred
MB, of which two programs are kept. Their paths are printed.

What was fetched is kept in the user's cache folder until all is there and its published SHA-512 is right. After a cut
connection, or an interrupt, the same command goes on from there. A folder that holds an e2e.test of that release and
its ginkgo is left alone.

Exit code: 0 the programs are there, 2 they could not be had, and the folder is as it was.`

const downloadExamples = `  # the e2e.test of a release, into ./bin
  op-readiness download --kubernetes-version v1.36.3 --output-dir bin

  # from a mirror, for another machine
  op-readiness download --kubernetes-version v1.36.3 --base-url https://mirror.example.com/release --platform linux/arm64`

func newDownloadCommand(s streams) *cobra.Command {
	var o downloadOptions
	cmd := &cobra.Command{
		Use:     "download",
		Short:   "Get e2e.test and ginkgo from a Kubernetes release",
		Long:    downloadLong,
		Example: downloadExamples,
		Args:    usageArgs(cobra.NoArgs),
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), s) },
	}
	f := cmd.Flags()
	f.StringVar(&o.tarball.Version, "kubernetes-version", "", "Kubernetes release, in full, such as v1.36.3")
	f.StringVar(&o.tarball.BaseURL, "base-url", download.DefaultBaseURL, "where the releases are: a URL below which v1.36.3/kubernetes-test-linux-amd64.tar.gz stands")
	f.StringVar(&o.tarball.Platform, "platform", hostPlatform(), "operating system and architecture of the programs, such as linux/amd64")
	f.StringVar(&o.dir, "output-dir", ".", "folder for e2e.test and ginkgo")
	return cmd
}

// hostPlatform is the platform of this machine.
func hostPlatform() string { return runtime.GOOS + "/" + runtime.GOARCH }

func (o downloadOptions) run(ctx context.Context, s streams) error {
	if o.tarball.Version == "" {
		return usererror.Usage(errors.New("--kubernetes-version is required: a full release, such as v1.36.3"))
	}
	if err := o.tarball.Check(); err != nil {
		return usererror.Usage(err)
	}
	if paths, ok := o.present(ctx); ok {
		fmt.Fprintf(s.err, "already there: e2e.test of Kubernetes %s\n", o.tarball.Version)
		return printLines(s.out, paths)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return usererror.WithHint(fmt.Errorf("there is no folder to download to: %w", err), "set HOME or XDG_CACHE_HOME")
	}
	cache = filepath.Join(cache, "op-readiness", "download")
	paths, err := o.get(ctx, s, cache)
	if err != nil {
		return o.hint(ctx, cache, err)
	}
	return printLines(s.out, paths)
}

// present returns the paths of the programs, if both are there and e2e.test says that it is of the release. One that
// does not run, or is for another platform, is as good as none.
func (o downloadOptions) present(ctx context.Context) ([]string, bool) {
	if o.tarball.Platform != hostPlatform() {
		return nil, false
	}
	var paths []string
	for _, name := range o.tarball.Programs() {
		path := filepath.Join(o.dir, name)
		if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
			return nil, false
		}
		paths = append(paths, path)
	}
	return paths, sayVersion(ctx, paths[0]) == o.tarball.Version
}

// sayVersion is what a program says to --version, or "" if it says nothing.
func sayVersion(ctx context.Context, path string) string {
	path, err := filepath.Abs(path)
	if err != nil {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "--version")
	cmd.WaitDelay = time.Second // a child of the program that keeps the pipe open must not keep us
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// get downloads and says how far it is.
func (o downloadOptions) get(ctx context.Context, s streams, cache string) ([]string, error) {
	m := newMeter(s.err, o.tarball.Name())
	defer m.end()
	return download.Get(ctx, o.tarball, download.Options{
		Cache: cache, Dir: o.dir, Pause: time.Second, Stall: time.Minute,
		Progress: m.show,
		Retrying: func(err error, pause time.Duration) { m.say(fmt.Sprintf("%v; trying again in %s", err, pause)) },
	})
}

// hint says what can be done about an error.
func (o downloadOptions) hint(ctx context.Context, cache string, err error) error {
	switch {
	case ctx.Err() != nil:
		return usererror.WithHint(fmt.Errorf("interrupted: %w", err), fmt.Sprintf("what was fetched is kept in %s; the same command goes on from there", cache))
	case errors.Is(err, download.ErrNotFound):
		return usererror.WithHint(err, fmt.Sprintf("is there a release %s, with tests for %s? name another with --kubernetes-version or --platform", o.tarball.Version, o.tarball.Platform))
	}
	return err
}

func printLines(w io.Writer, lines []string) error {
	_, err := fmt.Fprintln(w, strings.Join(lines, "\n"))
	return err
}

// meter shows how much of a file is there: on a terminal in one line that is drawn again and again, elsewhere in a line
// for each tenth.
type meter struct {
	w        io.Writer
	name     string
	terminal bool
	step     int64  // the tenth that was last told
	line     string // that is on the terminal
}

func newMeter(w io.Writer, name string) *meter {
	file, ok := w.(*os.File)
	return &meter{w: w, name: name, terminal: ok && term.IsTerminal(int(file.Fd())), step: -1}
}

// unknownStep takes the place of a tenth where the size is not known.
const unknownStep = 50_000_000

func (m *meter) show(p download.Progress) {
	step, text := p.Done/unknownStep, formatBytes(p.Done)
	if p.Total >= 0 {
		percent := 100 * p.Done / cmp.Or(p.Total, 1)
		step, text = percent/10, fmt.Sprintf("%3d %%, %s of %s", percent, text, formatBytes(p.Total))
	}
	text = m.name + ": " + text
	switch {
	case m.terminal && text != m.line:
		fmt.Fprint(m.w, "\r\x1b[K"+text)
		m.line = text
	case !m.terminal && step != m.step:
		fmt.Fprintln(m.w, text)
		m.step = step
	}
}

// say writes a line of its own.
func (m *meter) say(line string) {
	m.end()
	fmt.Fprintln(m.w, line)
}

// end leaves what is on the terminal as it is.
func (m *meter) end() {
	if m.line != "" {
		fmt.Fprintln(m.w)
		m.line = ""
	}
}

// formatBytes writes a size as people read it.
func formatBytes(n int64) string {
	if n < 1_000_000 {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}
