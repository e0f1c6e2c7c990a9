package capi

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/api/meta"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
)

// scrapeTime is how long a scrape waits for the cache.
const scrapeTime = 5 * time.Second

// metrics are read from the Clusters at each scrape, so that none outlives its Cluster.
type metrics struct {
	controller *Controller
	condition  *prometheus.Desc
	held       *prometheus.Desc
	runs       *prometheus.Desc
}

func newMetrics(c *Controller) metrics {
	cluster := []string{"namespace", "cluster"}
	return metrics{
		controller: c,
		condition:  prometheus.NewDesc("op_readiness_cluster_condition", "The condition "+ConditionType+" of a Cluster that asks for it: 1 for the status and reason that it has.", append(cluster, "status", "reason"), nil),
		held:       prometheus.NewDesc("op_readiness_cluster_upgrade_held", "1 if upgrades of a Cluster are held, 0 if not.", cluster, nil),
		runs:       prometheus.NewDesc("op_readiness_runs_started_total", "Jobs that this process has made.", nil, nil),
	}
}

// Describe is of prometheus.Collector.
func (m metrics) Describe(to chan<- *prometheus.Desc) {
	to <- m.condition
	to <- m.held
	to <- m.runs
}

// Collect is of prometheus.Collector.
func (m metrics) Collect(to chan<- prometheus.Metric) {
	to <- prometheus.MustNewConstMetric(m.runs, prometheus.CounterValue, float64(m.controller.started.Load()))
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTime)
	defer cancel()
	var clusters clusterv1.ClusterList
	if err := m.controller.Client.List(ctx, &clusters); err != nil {
		to <- prometheus.NewInvalidMetric(m.condition, err)
		return
	}
	for _, c := range clusters.Items {
		now := meta.FindStatusCondition(c.Status.Conditions, ConditionType)
		if !asks(&c) || now == nil {
			continue
		}
		to <- prometheus.MustNewConstMetric(m.condition, prometheus.GaugeValue, 1, c.Namespace, c.Name, string(now.Status), now.Reason)
		held := 0.0
		if hasAnnotation(&c, HookAnnotation) {
			held = 1
		}
		to <- prometheus.MustNewConstMetric(m.held, prometheus.GaugeValue, held, c.Namespace, c.Name)
	}
}
