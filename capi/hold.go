package capi

import (
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	runtimev1 "sigs.k8s.io/cluster-api/api/runtime/v1beta2"
)

const (
	// pendingHooks is the annotation in which Cluster API notes which hooks are to be called.
	pendingHooks = runtimev1.PendingHooksAnnotation
	// afterUpgrade is the one that is noted from the beginning of an upgrade to its end.
	afterUpgrade = "AfterClusterUpgrade"
)

// hold decides whether upgrades are held, and for how long one is that is asked for. It returns what the condition is to say of
// that besides.
func (k Known) hold(p *Plan, asked ask, o outcome, rules Rules) string {
	if !asked.hold || o.status == metav1.ConditionTrue {
		return ""
	}
	p.Hook = true
	workers, _ := windowsWorkers(k.Workers, asked.workers) // without them the version is that of the control plane
	to := k.upgradeTo(workers)
	if to == "" {
		return ""
	}
	now := parseHeld(k.Cluster.Annotations[HeldAnnotation])
	if now.version != to || now.since.After(k.Now) {
		now = held{version: to, since: k.Now}
	}
	p.Held = now.String()
	left := now.since.Add(rules.HoldLimit).Sub(k.Now)
	if left <= 0 {
		p.Hook, p.LetGo = false, to
		return fmt.Sprintf("; the upgrade to %s is let go unproven: it was held since %s", to, at(now.since))
	}
	if p.Again == 0 || left < p.Again {
		p.Again = left
	}
	said := "; " + now.words()
	if o.reason == ReasonNotStarted && slices.ContainsFunc(workers, func(w Worker) bool { return w.Waits != "" }) {
		said += fmt.Sprintf(", for which Cluster API may make no machine of the present version: set topology.version back, or %s to false", HoldAnnotation)
	}
	return said
}

// words say what is held, for whoever waits.
func (h held) words() string {
	return fmt.Sprintf("the upgrade to %s is held since %s", h.version, at(h.since))
}
