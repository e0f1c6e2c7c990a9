package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/client-go/rest"

	"sigs.k8s.io/windows-operational-readiness/capi"
	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/readiness"
	"sigs.k8s.io/windows-operational-readiness/sonobuoy"
)

type capiOptions struct {
	capi.Options
	kubeconfig string
	context    string
}

const capiLong = `Capi is a controller in a management cluster of Cluster API. For each Cluster with the annotation ` + capi.CategoriesAnnotation + `
it runs the tests as a Job, once the control plane and the Windows workers are available, and again for each new generation of
these; it writes the verdict into the condition ` + capi.ConditionType + `, and with the annotation ` + capi.HoldAnnotation + `
holds upgrades until the Cluster is shown to be ready. docs/capi.md has the whole story.

All that it knows is in the management cluster. It may be killed at any time, and run several times beside itself. It reads no secret.

What follows -- are further flags of "op-readiness run" in the Jobs.

It ends on SIGTERM with exit code 0; 2 if it could not begin or go on.`

func newCapiCommand(s streams) *cobra.Command {
	var o capiOptions
	cmd := &cobra.Command{
		Use: "capi [flags] [-- FLAGS OF RUN...]", Short: "Prove the Windows nodes of the Clusters of Cluster API, from their management cluster", Long: capiLong,
		Example: `  # in the management cluster: config/capi
  kubectl apply -k config/capi

  # from outside, for one namespace, with results on a volume, and longer patience for images
  op-readiness capi --kubeconfig management.kubeconfig --namespace team-a --results-claim op-readiness -- --stall-timeout=1h`,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), s, args) },
	}
	f := cmd.Flags()
	f.StringVar(&o.kubeconfig, "kubeconfig", "", "kubeconfig of the management cluster (default: those of $KUBECONFIG, the pod's own cluster, ~/.kube/config)")
	f.StringVar(&o.context, "context", "", "context of the kubeconfig (default: its current one)")
	f.StringVar(&o.Namespace, "namespace", "", "look at the Clusters of this namespace alone (default: all)")
	f.StringVar(&o.Template.Image, "image", sonobuoy.Repository+":"+capi.VersionInImage, "image of the Jobs; "+capi.VersionInImage+" in it is replaced by the Kubernetes version of the Cluster")
	f.StringVar(&o.Template.ResultsClaim, "results-claim", "", "PersistentVolumeClaim in each Cluster's namespace that keeps the report directories (default: they go with the pods)")
	f.DurationVar(&o.Template.Timeout, "timeout", 6*time.Hour, "when a run is ended")
	f.DurationVar(&o.Rules.Retry, "retry", time.Minute, "pause before the second attempt at a run that could test nothing; doubled for each further one, up to an hour")
	f.DurationVar(&o.Rules.HoldLimit, "hold-limit", 24*time.Hour, "after which an upgrade is let go, whatever is shown")
	f.BoolVar(&o.LeaderElect, "leader-elect", true, "let one of several processes work, and the others wait")
	f.StringVar(&o.LeaderNamespace, "leader-elect-namespace", "", "namespace of the Lease (default: the pod's own)")
	f.StringVar(&o.Metrics, "metrics-listen", ":8080", "address of /metrics, or 0 for none")
	f.StringVar(&o.Health, "health-listen", ":8081", "address of /healthz and /readyz, or 0 for none")
	f.StringVar(&o.Extension, "extension-listen", "", "address of the Runtime Extension, such as :9443 (default: there is none)")
	f.StringVar(&o.CertDir, "extension-cert-dir", "/etc/op-readiness/tls", "folder with tls.crt and tls.key of the Runtime Extension")
	return cmd
}

func (o capiOptions) check() error {
	switch {
	case o.Rules.HoldLimit <= 0 || o.Rules.Retry <= 0 || o.Template.Timeout <= 0:
		return usererror.Usage(errors.New("--hold-limit, --retry and --timeout are longer than nothing"))
	case o.Template.Image == "" || strings.ContainsAny(o.Template.Image, " \t\n"):
		return usererror.Usage(fmt.Errorf("--image %q is no name of an image", o.Template.Image))
	}
	return nil
}

func (o capiOptions) run(ctx context.Context, s streams, args []string) error {
	if err := o.check(); err != nil {
		return err
	}
	if err := checkCapiRunArgs(s, args); err != nil {
		return fmt.Errorf("the flags behind --: %w", err)
	}
	o.Template.RunArgs = args
	o.Log = slog.New(slog.NewTextHandler(s.err, nil))
	config, err := managementCluster(o.kubeconfig, o.context)
	if err != nil {
		return usererror.WithHint(fmt.Errorf("there is no management cluster: %w", err), "name it with --kubeconfig or KUBECONFIG")
	}
	return capi.Serve(ctx, config, o.Options)
}

// checkCapiRunArgs holds that flags are those of a run, and none that changes what is shown.
func checkCapiRunArgs(s streams, args []string) error {
	var o runOptions
	cmd := newRunCommandOf(s, &o)
	if err := cmd.ParseFlags(args); err != nil {
		return flagError(cmd, err)
	}
	if rest := cmd.Flags().Args(); len(rest) > 0 {
		return usererror.Usage(fmt.Errorf("%q is no flag of op-readiness run", rest[0]))
	}
	var problems []error
	cmd.Flags().Visit(func(f *pflag.Flag) { problems = append(problems, capi.CheckRunFlag(f.Name)) })
	if err := errors.Join(problems...); err != nil {
		return usererror.Usage(err)
	}
	return o.Check()
}

// managementCluster is how it is reached, for watches that have no end.
func managementCluster(kubeconfig, context string) (*rest.Config, error) {
	access, err := readiness.FindAccess(kubeconfig, context)
	if err != nil {
		return nil, err
	}
	config, err := access.Connect()
	if err != nil {
		return nil, err
	}
	config.Timeout = 0
	return config, nil
}
