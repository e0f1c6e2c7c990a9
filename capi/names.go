package capi

import (
	"fmt"
	"strings"
	"time"

	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
)

const domain = "op-readiness.sigs.k8s.io"

// Annotations of a Cluster by which it asks.
const (
	CategoriesAnnotation = domain + "/categories"      // names with commas between, or All; without it the Cluster does not ask
	WorkersAnnotation    = domain + "/windows-workers" // names of MachineDeployments and MachinePools, with commas between
	HoldAnnotation       = domain + "/hold-upgrades"   // "true": no upgrade begins while the newest generation is not ready
)

// All is the value of CategoriesAnnotation that stands for every category.
const All = "all"

// Annotations that the controller writes.
const (
	// HookAnnotation of a Cluster keeps Cluster API from beginning an upgrade.
	HookAnnotation = clusterv1.BeforeClusterUpgradeHookAnnotationPrefix + "/op-readiness"
	// HeldAnnotation of a Cluster is the version to which an upgrade is held, and since when.
	HeldAnnotation = domain + "/held"
	// SummaryAnnotation of a Job is how its run ended, an Ending.
	SummaryAnnotation = domain + "/summary"
)

// GenerationLabel of a Job and its pod is what they test.
const GenerationLabel = domain + "/generation"

// ConditionType is that of the condition on the Cluster.
const ConditionType = "WindowsOperationallyReady"

// Reasons of the condition.
const (
	ReasonReady      = "Ready"      // True
	ReasonNotReady   = "NotReady"   // False: an ability failed
	ReasonIncomplete = "Incomplete" // Unknown: the run ended, and does not show readiness
	ReasonRunning    = "Running"    // Unknown: it goes on
	ReasonNotStarted = "NotStarted" // Unknown: there is none yet
)

const (
	container  = "op-readiness" // of the Job's pod, whose end counts
	maxCluster = 33             // characters of a Cluster's name in that of a Job, which may have 63 in all
)

// jobName is the name of the Job of a Cluster's generation. From the second attempt on, its number follows.
func jobName(cluster, generation string, attempt int) string {
	short := strings.ReplaceAll(cluster[:min(maxCluster, len(cluster))], ".", "-")
	name := fmt.Sprintf("op-readiness-%s-%s", short, generation)
	if attempt > 1 {
		name += fmt.Sprintf("-%d", attempt)
	}
	return name
}

// attemptOf is the number of the attempt in the name of a Job; 0 if it is no name of one.
func attemptOf(name, cluster, generation string) int {
	first := jobName(cluster, generation, 1)
	if name == first {
		return 1
	}
	var attempt int
	if _, err := fmt.Sscanf(name, first+"-%d", &attempt); err != nil || name != jobName(cluster, generation, attempt) {
		return 0
	}
	return attempt
}

// held is the value of HeldAnnotation. The zero value is that nothing is held.
type held struct {
	version string // to which the upgrade goes
	since   time.Time
}

func (h held) String() string {
	if h.version == "" {
		return ""
	}
	return h.version + " " + h.since.UTC().Format(time.RFC3339)
}

// parseHeld reads what String wrote; anything else is zero.
func parseHeld(text string) held {
	version, at, _ := strings.Cut(text, " ")
	since, err := time.Parse(time.RFC3339, at)
	if err != nil || version == "" {
		return held{}
	}
	return held{version: version, since: since}
}
