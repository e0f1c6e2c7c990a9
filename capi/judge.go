package capi

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"sigs.k8s.io/windows-operational-readiness/capi/summary"
	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// outcome is what the condition is to say.
type outcome struct {
	status  metav1.ConditionStatus
	reason  string
	message string
	untried bool // nothing was tested: another attempt may do better
}

func unknown(reason, format string, args ...any) outcome {
	return outcome{status: metav1.ConditionUnknown, reason: reason, message: fmt.Sprintf(format, args...)}
}

const (
	maxMessage = 1500 // characters of the condition's message
	maxSaid    = 300  // of these, for what somebody else said
	maxNames   = 5    // abilities that are named
)

// short makes what somebody else said fit for a message.
func short(text string) string { return safetext.Cut(text, maxSaid) }

// judge says what the end of a run shows of a subject. Whatever is at odds with it, or with itself, shows nothing.
func judge(e Ending, of subject) outcome {
	s, err := summary.Parse([]byte(e.Message))
	if err != nil {
		return unknown(ReasonIncomplete, "%v: the container ended with exit code %d%s", err, e.ExitCode, inBrackets(e.Reason))
	}
	if s.Generation == of.Generation && s.Problem != "" && e.ExitCode != 0 {
		o := unknown(ReasonIncomplete, "nothing was tested: %s", short(s.Problem))
		o.untried = true
		return o
	}
	if doubt := doubt(s, e, of); doubt != "" {
		return unknown(ReasonIncomplete, "the run does not count: %s", doubt)
	}
	o := outcome{status: metav1.ConditionUnknown, reason: ReasonIncomplete, message: told(s)}
	switch {
	case s.Verdict.Is(reporter.Ready):
		o.status, o.reason = metav1.ConditionTrue, ReasonReady
	case s.Verdict.Is(reporter.NotReady):
		o.status, o.reason = metav1.ConditionFalse, ReasonNotReady
	}
	return o
}

// doubt says why a summary says nothing of a subject; "" if it does.
func doubt(s summary.Summary, e Ending, of subject) string {
	exit := int32(1)
	if s.Verdict.Is(reporter.Ready) {
		exit = 0
	}
	names := make([]string, len(s.Categories))
	for i, c := range s.Categories {
		names[i] = c.Name
	}
	slices.Sort(names)
	asked := slices.Sorted(slices.Values(of.Categories))
	switch {
	case s.Generation != of.Generation:
		return fmt.Sprintf("its summary is of the generation %.20q", s.Generation)
	case s.Problem != "":
		return "it tested nothing, and ended well"
	case e.ExitCode != exit:
		return fmt.Sprintf("it ended with exit code %d%s, and its summary says %s", e.ExitCode, inBrackets(e.Reason), s.Verdict)
	case s.Pretended:
		return "its nodes only pretend to be Windows"
	case !sameVersion(s.KubernetesVersion, of.Version):
		return fmt.Sprintf("it is of Kubernetes %.20q, and the cluster of %s", s.KubernetesVersion, of.Version)
	case exit == 0 && len(s.Kubelets) == 0:
		return "it does not say which Windows nodes it saw"
	case of.otherNodes(s.Kubelets) != "" && !s.Cut:
		return of.otherNodes(s.Kubelets)
	case s.Specs != "":
		return fmt.Sprintf("it was judged by other specs: %s", short(s.Specs))
	case s.Picked:
		return "not all abilities of the categories were judged"
	case !slices.Equal(names, asked) && (!s.Cut || exit == 0):
		return fmt.Sprintf("it judged %s", short(cmp.Or(strings.Join(names, ", "), "no category")))
	}
	return ""
}

func inBrackets(reason string) string {
	if reason == "" {
		return ""
	}
	return " (" + short(reason) + ")"
}

// told is what a summary says, the worst first.
func told(s summary.Summary) string {
	var parts []string
	for _, v := range []reporter.Verdict{reporter.NotReady, reporter.Incomplete, reporter.Ready} {
		for _, c := range s.Categories {
			if c.Verdict.Is(v) {
				parts = append(parts, toldOf(c, s.Verdict))
			}
		}
	}
	for _, reason := range s.Reasons {
		if !s.Verdict.Is(reporter.Ready) {
			parts = append(parts, short(reason))
		}
	}
	return cmp.Or(strings.Join(parts, "; "), string(s.Verdict))
}

// toldOf is a category: "Core.Network: 11 of 12 shown, 5 whole, 6 in part". Its verdict is told where it is not that on all.
func toldOf(c summary.Category, all summary.Verdict) string {
	text := safetext.Cut(c.Name, 80) + ": "
	if c.Verdict != all {
		text += string(c.Verdict) + ", "
	}
	text += fmt.Sprintf("%d of %d shown, %d whole, %d in part", c.Whole+c.InPart, c.All, c.Whole, c.InPart)
	if c.Failed == 0 {
		return text
	}
	text += fmt.Sprintf(", %d failed", c.Failed)
	for i, id := range c.Which {
		switch i {
		case maxNames:
			return text + ", ..."
		case 0:
			text += ": "
		default:
			text += ", "
		}
		text += safetext.Cut(id, 80)
	}
	return text
}

// at is a time in a message.
func at(t time.Time) string { return t.UTC().Format(time.RFC3339) }
