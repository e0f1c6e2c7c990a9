package readiness

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// Options are what the user of a run asked for. A path may be relative.
type Options struct {
	Tool           string                // version of op-readiness, for the record
	Addresses      coordinates.Addresses // of the dashboards that the page links to
	Specs          string                // folder or file; "": those that the program carries
	Version        string                // Kubernetes version whose specs hold; "": the cluster's, else that of e2e.test
	Categories     []string              // none: all
	Abilities      []string              // ids; none: all of the categories
	Binary         string                // path of e2e.test
	Ginkgo         string                // path or name of the ginkgo command, for several processes; "": beside e2e.test
	Platform       string                // the Windows version that the nodes are to have, such as "ltsc2022"; "": any
	Kubeconfig     string                // "": as Look finds one
	Context        string                // of the kubeconfig; "": its current one
	Prepull        bool                  // nodes pull the images of tests before the first one, where there are Windows nodes
	Provider       string                // as in e2e.test's --provider
	ReportDir      string                // folder of the results; it is made if it is not there
	Pin            string                // how pods that choose no operating system are sent to one, a Pin*; "": PinAuto
	TaintLinux     bool                  // Linux nodes get a taint for as long as the run lasts, instead of a pin
	Purpose        Purpose               // whether anything runs
	Resume         bool                  // go on with the run in the folder: only what has no result
	RerunFailed    bool                  // only the tests that failed in the folder
	Isolate        bool                  // one call of e2e.test for each ability
	SkipDisruptive bool                  // leave out tests that reboot nodes or evict pods
	SkipSerial     bool                  // leave out tests that need the cluster for themselves
	StrictSpecs    bool                  // a focus string that selects no test of e2e.test is an error, instead of a warning
	AllowBroad     bool                  // so is not an ability that selects too many tests, or tests for Linux only
	Verbose        bool                  // what e2e.test says is shown as it comes
	FlakeAttempts  int                   // how often a failing test is tried, from 1
	Procs          int                   // processes that share the tests, from 1; 0: as many as the cluster's nodes can well bear
	Stall          time.Duration         // without output and without a change of a pod after which a call of e2e.test is ended; 0: never
	Guard          []string              // command, its name and its arguments, that calls runner.Guard; none: a killed run may leave processes behind
	Session        bool                  // somebody hands over to Sonobuoy what comes of it, and has said already that it has not come to its end
	Link           string                // symbolic link to the report directory, made when the run begins; "": none
	Timeout        time.Duration         // of the whole run
	AbilityTimeout time.Duration         // of each ability, with Isolate; 0: none of its own
	Grace          time.Duration         // for e2e.test to clean up after a signal or timeout
	ExtraArgs      []string              // further arguments of e2e.test
}

// Purpose is what a plan is made for.
type Purpose int

// The purposes.
const (
	ToRun    Purpose = iota // it is carried out
	ToShow                  // it is shown, and nothing runs
	ToSelect                // e2e.test selects the tests, and runs none
)

// How pods are pinned.
const (
	PinAuto    = "auto"    // to Windows, and, where the spec asks for it, the same tests again to Linux, if the cluster allows it
	PinOff     = "off"     // nowhere
	PinWindows = "windows" // to Windows alone: what must be sent to Linux is left out
	PinLinux   = "linux"   // to Linux alone: what must be sent to Windows is left out
)

// Pins are the ways to pin, the default first.
func Pins() []string { return []string{PinAuto, PinOff, PinWindows, PinLinux} }

// sends are the places to which pods are to be sent.
func (o Options) sends() []specs.OS {
	switch {
	case o.TaintLinux, o.Pin == PinWindows:
		return []specs.OS{specs.Windows}
	case o.Pin == PinOff:
		return nil
	case o.Pin == PinLinux:
		return []specs.OS{specs.Linux}
	}
	return []specs.OS{specs.Windows, specs.Linux}
}

// insists tells whether the user asked for a pin, so that a run without it is none that he wants.
func (o Options) insists() bool { return o.Pin == PinWindows || o.Pin == PinLinux }

// setByRun are flags of e2e.test that a run sets itself, and the flag of the run to use instead; "" for one that nobody chooses, since
// the results are found, or told apart, by it.
func setByRun() map[string]string {
	return map[string]string{
		"kubeconfig": "--kubeconfig", "context": "--context", "host": "--kubeconfig", "provider": "--provider", "report-dir": "--report-dir",
		"report-prefix": "", "progress-report-url": "", "node-os-distro": "", "list-tests": "", "list-images": "", "version": "", "help": "",
		"ginkgo.dry-run": "--dry-run", "ginkgo.dryRun": "--dry-run", "ginkgo.flake-attempts": "--flake-attempts", "ginkgo.timeout": "--timeout",
		"ginkgo.focus": "--ability", "ginkgo.focus-file": "--ability", "ginkgo.v": "", "ginkgo.succinct": "", "ginkgo.no-color": "", "ginkgo.noColor": "",
	}
}

// checkExtra refuses further arguments of e2e.test that would take from a run what it relies on: it would end hours later, and have
// shown nothing.
func (o Options) checkExtra() error {
	for _, arg := range o.ExtraArgs {
		name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		instead, set := setByRun()[name]
		switch {
		case !set || !strings.HasPrefix(arg, "-"):
		case slices.Contains([]string{"kubeconfig", "context", "host"}, name):
			return usererror.Usage(fmt.Errorf("--extra-arg %q: the tests would run on another cluster than the one that is looked at; name it with --kubeconfig or --context", arg))
		case instead == "":
			return usererror.Usage(fmt.Errorf("--extra-arg %q: a run sets it itself, and nothing else would do", arg))
		default:
			return usererror.Usage(fmt.Errorf("--extra-arg %q: a run sets it itself; use %s", arg, instead))
		}
	}
	return nil
}

// Check holds what options can mean together.
func (o Options) Check() error {
	switch {
	case o.Pin != "" && !slices.Contains(Pins(), o.Pin):
		return usererror.Usage(fmt.Errorf("--pin %q: it is one of %s", o.Pin, strings.Join(Pins(), ", ")))
	case o.TaintLinux && o.insists():
		return usererror.Usage(errors.New("--taint-linux and --pin: one at a time"))
	case o.AbilityTimeout != 0 && !o.Isolate:
		return usererror.Usage(errors.New("--ability-timeout needs --isolate: without it all abilities share one call of e2e.test"))
	case o.Resume && o.RerunFailed:
		return usererror.Usage(errors.New("--resume and --rerun-failed: one at a time"))
	case o.FlakeAttempts < 1 || o.Procs < 0:
		return usererror.Usage(errors.New("--flake-attempts and --procs are at least 1"))
	case o.Timeout <= 0 || o.AbilityTimeout < 0 || o.Grace <= 0 || o.Stall < 0:
		return usererror.Usage(errors.New("--timeout and --grace-period are longer than nothing, --ability-timeout and --stall-timeout are not negative"))
	}
	return o.checkExtra()
}
