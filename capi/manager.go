package capi

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/go-logr/logr"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/selection"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	crlog "sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	crmetrics "sigs.k8s.io/controller-runtime/pkg/metrics"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/webhook"
)

// Options are those of a process.
type Options struct {
	Rules    Rules
	Template Template

	Namespace       string // whose Clusters are looked at; "": of all
	LeaderElect     bool   // of several processes only one works
	LeaderNamespace string // of the Lease; "": the pod's own

	Metrics   string // address to listen on; "0": none
	Health    string // address to listen on; "0": none
	Extension string // address to listen on for Cluster API's hooks; "": they are not answered
	CertDir   string // folder with tls.crt and tls.key of the extension

	Log *slog.Logger
}

// leaseName is the Lease of leader election.
const leaseName = "op-readiness-capi"

// Serve works until the context ends. The configuration is that of the management cluster.
func Serve(ctx context.Context, config *rest.Config, o Options) error {
	m, err := newManager(config, o)
	if err != nil {
		return fmt.Errorf("beginning: %w", err)
	}
	return m.Start(ctx)
}

func newManager(config *rest.Config, o Options) (manager.Manager, error) {
	log := logr.FromSlogHandler(o.Log.Handler())
	crlog.SetLogger(log)
	scheme, err := newScheme()
	if err != nil {
		return nil, err
	}
	options := manager.Options{
		Scheme: scheme, Logger: log, Cache: caches(o.Namespace), Metrics: server.Options{BindAddress: o.Metrics}, HealthProbeBindAddress: o.Health,
		LeaderElection: o.LeaderElect, LeaderElectionID: leaseName, LeaderElectionNamespace: o.LeaderNamespace, LeaderElectionReleaseOnCancel: true,
	}
	if o.Extension != "" {
		if options.WebhookServer, err = hookServer(o.Extension, o.CertDir); err != nil {
			return nil, err
		}
	}
	m, err := manager.New(config, options)
	if err != nil {
		return nil, err
	}
	c := &Controller{Client: m.GetClient(), Rules: o.Rules, Template: o.Template, Events: m.GetEventRecorder("op-readiness"), Now: time.Now}
	if err := crmetrics.Registry.Register(newMetrics(c)); err != nil {
		return nil, err
	}
	if err := m.AddHealthzCheck("ping", healthz.Ping); err != nil {
		return nil, err
	}
	if err := m.AddReadyzCheck("caches", synced(m)); err != nil {
		return nil, err
	}
	if o.Extension != "" {
		for path, answer := range (extension{controller: c}).routes() {
			m.GetWebhookServer().Register(path, answer)
		}
	}
	if err := fill(m.GetCache()); err != nil {
		return nil, err
	}
	return m, c.watch(m)
}

// fill has all that is needed read into the caches from the beginning, also where another process works: the extension answers
// from them.
func fill(c cache.Cache) error {
	for _, kind := range []client.Object{&clusterv1.Cluster{}, &clusterv1.MachineDeployment{}, &clusterv1.MachinePool{}, &batchv1.Job{}, &corev1.Pod{}} {
		if _, err := c.GetInformer(context.Background(), kind, cache.BlockUntilSynced(false)); err != nil {
			return err
		}
	}
	return nil
}

// synced is ready once all that is watched is known: before that the extension could not answer.
func synced(m manager.Manager) healthz.Checker {
	return func(r *http.Request) error {
		ctx, cancel := context.WithTimeout(r.Context(), time.Second)
		defer cancel()
		if !m.GetCache().WaitForCacheSync(ctx) {
			return fmt.Errorf("the caches are not filled")
		}
		return nil
	}
}

func newScheme() (*runtime.Scheme, error) {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, batchv1.AddToScheme, clusterv1.AddToScheme} {
		if err := add(scheme); err != nil {
			return nil, err
		}
	}
	return scheme, nil
}

// caches keep of Jobs and pods those of runs alone.
func caches(namespace string) cache.Options {
	run, err := labels.NewRequirement(GenerationLabel, selection.Exists, nil)
	if err != nil {
		panic(err) // the label is no label: a mistake in this program
	}
	runs := cache.ByObject{Label: labels.NewSelector().Add(*run)}
	o := cache.Options{ByObject: map[client.Object]cache.ByObject{&batchv1.Job{}: runs, &corev1.Pod{}: runs}}
	if namespace != "" {
		o.DefaultNamespaces = map[string]cache.Config{namespace: {}}
	}
	return o
}

func hookServer(address, certDir string) (webhook.Server, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return nil, err
	}
	return webhook.NewServer(webhook.Options{Host: host, Port: number, CertDir: certDir}), nil
}

// watch has a Cluster looked at whenever it, its workers, its Jobs or their pods change.
func (r *Controller) watch(m manager.Manager) error {
	byLabel := handler.EnqueueRequestsFromMapFunc(func(_ context.Context, o client.Object) []reconcile.Request {
		name := o.GetLabels()[clusterv1.ClusterNameLabel]
		if name == "" {
			return nil
		}
		return []reconcile.Request{{NamespacedName: types.NamespacedName{Namespace: o.GetNamespace(), Name: name}}}
	})
	return builder.ControllerManagedBy(m).Named("op-readiness").For(&clusterv1.Cluster{}).
		Watches(&clusterv1.MachineDeployment{}, byLabel).Watches(&clusterv1.MachinePool{}, byLabel).
		Watches(&batchv1.Job{}, byLabel).Watches(&corev1.Pod{}, byLabel).
		WithOptions(controller.Options{MaxConcurrentReconciles: 4}).Complete(r)
}
