package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/readiness"
	"sigs.k8s.io/windows-operational-readiness/readiness/serve"
	"sigs.k8s.io/windows-operational-readiness/reporter/github"
)

type serveOptions struct {
	post    postOptions
	report  readiness.Report
	config  string
	bucket  string
	listen  string
	hmac    string
	resync  time.Duration
	workers int
	queue   int
}

const serveLong = `Serve is an external plugin of Prow: hook sends it the events of GitHub, and it keeps one comment on each pull request true
that says what the jobs of --config have shown there, as report --post does. A status of one of the jobs, or a comment with
the line "/op-readiness report", has its pull request looked at; every --resync, and at the start, all that are open are.

All that it knows is in GitHub and in the bucket. It may be killed at any time, and started as often as you like.

It answers webhooks at /, /help, /healthz, /healthz/ready and /metrics. It ends on SIGTERM with exit code 0; 2 if it could not
begin.`

func newServeCommand(s streams) *cobra.Command {
	var o serveOptions
	cmd := &cobra.Command{
		Use: "serve", Short: "Keep comments on pull requests true, as an external plugin of Prow", Long: serveLong, Args: cobra.NoArgs,
		Example: `  op-readiness serve --hmac-secret-file /etc/webhook/hmac --github-token-file /etc/github/token --github-endpoint http://ghproxy`,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), s) },
	}
	f := cmd.Flags()
	f.StringVar(&o.listen, "listen", ":8888", "address to listen on")
	f.StringVar(&o.hmac, "hmac-secret-file", "", "file with the secret that hook has from GitHub, in Prow's form: a token, or tokens by repository; it is read anew for each webhook")
	f.StringVar(&o.config, "config", "", "config of the jobs, with the bucket and the addresses where results are shown (default: the project's own)")
	f.StringVar(&o.bucket, "bucket", "", "bucket that Prow uploads to: a name, gs://name or s3://name (default: that of --config)")
	f.DurationVar(&o.resync, "resync", time.Hour, "how often all open pull requests are looked at")
	f.IntVar(&o.workers, "workers", 4, "pull requests that are looked at at the same time")
	f.IntVar(&o.queue, "max-queue", 10_000, "pull requests that may wait")
	f.StringVar(&o.report.Read.CredentialsFile, "credentials-file", "", "credentials of Google Cloud (default: the environment's, else none)")
	f.StringVar(&o.report.Read.S3CredentialsFile, "s3-credentials-file", "", "credentials of S3, in Prow's form (default: the environment's)")
	o.post.addGitHubFlags(cmd, "")
	return cmd
}

func (o serveOptions) check() error {
	switch {
	case o.hmac == "":
		return usererror.Usage(errors.New("serve needs --hmac-secret-file"))
	case o.resync <= 0 || o.workers < 1 || o.queue < 1:
		return usererror.Usage(errors.New("--resync, --workers and --max-queue are above 0"))
	}
	return o.post.checkGitHub("serve needs")
}

func (o serveOptions) run(ctx context.Context, s streams) error {
	if err := o.check(); err != nil {
		return err
	}
	if secret, err := os.ReadFile(o.hmac); err != nil || len(bytes.TrimSpace(secret)) == 0 {
		return errors.Join(fmt.Errorf("the file %q holds no secret", o.hmac), err)
	}
	cfg, err := loadConfig(o.config)
	if err != nil {
		return err
	}
	server, err := o.server(cfg, slog.New(slog.NewTextHandler(s.err, nil)))
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.listen)
	if err != nil {
		return fmt.Errorf("listening on %q: %w", o.listen, err)
	}
	fmt.Fprintf(s.err, "listening on %s\n", listener.Addr())
	return serveUntil(ctx, server, listener)
}

// server makes a client for each repository of the config.
func (o serveOptions) server(cfg config.Config, log *slog.Logger) (*serve.Server, error) {
	tabs, err := readiness.Tabs(cfg)
	if err != nil {
		return nil, err
	}
	jobs, err := readiness.PresubmitsOf(cfg)
	if err != nil {
		return nil, err
	}
	o.report.Read.Addresses = cfg.Addresses()
	what := posted{tabs: tabs, to: cfg.Addresses(), jobs: jobs, results: o.report.FromBucket(cmp.Or(o.bucket, cfg.Bucket), jobs, o.post.limits())}
	posters := map[github.Repo]readiness.Poster{}
	for _, r := range cfg.Repositories {
		repo := github.Repo{Owner: r.Org, Name: r.Repo}
		client, err := o.post.client(repo)
		if err != nil {
			return nil, err
		}
		posters[repo] = o.post.poster(client, what)
	}
	return serve.New(serve.Options{
		Posters: posters, Jobs: jobs, Addresses: cfg.Addresses(), HMAC: o.secret, Resync: o.resync, Queue: o.queue, Workers: o.workers, Log: log,
	}), nil
}

// secret is what the file holds now: it is replaced when the secret is.
func (o serveOptions) secret() []byte {
	data, err := os.ReadFile(o.hmac)
	if err != nil {
		return nil // nothing is taken then
	}
	return bytes.TrimSpace(data)
}

// serveUntil answers until the context ends, and lets what was begun come to its end.
func serveUntil(ctx context.Context, server *serve.Server, listener net.Listener) error {
	web := &http.Server{Handler: server.Handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute}
	failed := make(chan error, 1)
	go func() { failed <- web.Serve(listener) }()
	work, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan struct{})
	go func() { defer close(done); server.Run(work) }()
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
		end, stop := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer stop()
		err = web.Shutdown(end)
	}
	cancel()
	<-done
	return err
}
