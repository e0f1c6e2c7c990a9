package serve

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/sirupsen/logrus"
	prowconfig "sigs.k8s.io/prow/pkg/config"
	prowgithub "sigs.k8s.io/prow/pkg/github"
	"sigs.k8s.io/prow/pkg/pluginhelp"
	"sigs.k8s.io/prow/pkg/pluginhelp/externalplugins"

	"sigs.k8s.io/windows-operational-readiness/readiness"
)

// maxPayload is how many bytes a webhook of GitHub has at most
// (https://docs.github.com/webhooks/webhook-events-and-payloads#payload-cap).
const maxPayload = 25 << 20

// counts are what /metrics tells.
type counts struct {
	webhooks, refused, called, full, looks, failed, written, sweeps atomic.Int64
}

func (c *counts) add(n *atomic.Int64) { n.Add(1) }

// Handler answers hook and Kubernetes: webhooks at /, /help, /healthz, /healthz/ready, /metrics.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", s.webhook)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "OK") })
	mux.HandleFunc("GET /healthz/ready", s.ready)
	mux.HandleFunc("GET /metrics", s.metrics)
	externalplugins.ServeExternalPluginHelp(mux, logrus.NewEntry(logrus.StandardLogger()), s.help)
	return mux
}

// webhook takes an event that hook passes on. Whether it is GitHub's is for Prow's own code to say.
func (s *Server) webhook(w http.ResponseWriter, r *http.Request) {
	s.counts.add(&s.counts.webhooks)
	r.Body = http.MaxBytesReader(w, r.Body, maxPayload)
	kind, guid, payload, ok, _ := prowgithub.ValidateWebhook(w, r, s.options.HMAC)
	if !ok {
		s.counts.add(&s.counts.refused)
		return
	}
	call, err := readiness.CallOf(kind, payload, s.options.Jobs, s.options.Addresses)
	if err != nil {
		s.counts.add(&s.counts.refused)
		http.Error(w, "400 Bad Request: "+err.Error(), http.StatusBadRequest)
		return
	}
	if call.Number == 0 {
		fmt.Fprintln(w, "Nothing to do: "+call.Why)
		return
	}
	s.counts.add(&s.counts.called)
	t := task{key: key{call.Repo, call.Number}, event: call.Event}
	if !s.queue.put(t) { // the next sweep finds it
		s.counts.add(&s.counts.full)
		s.options.Log.Error("the queue is full", "pull", pullName(t.key), "delivery", guid)
		http.Error(w, "503 the queue is full", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "Event received.")
}

// ready tells whether there is a secret to hold webhooks against.
func (s *Server) ready(w http.ResponseWriter, _ *http.Request) {
	if len(s.options.HMAC()) == 0 {
		http.Error(w, "there is no HMAC secret", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "OK")
}

// help is what Prow's pages say of the plugin.
func (s *Server) help([]prowconfig.OrgRepo) (*pluginhelp.PluginHelp, error) {
	help := &pluginhelp.PluginHelp{
		Description: "Keeps one comment on a pull request that says what its Windows operational readiness jobs have shown: when all of them have ended, or at the first failure.",
		Config:      map[string]string{"": "It is for the jobs " + strings.Join(s.options.Jobs.Names, ", ") + "."},
	}
	help.AddCommand(pluginhelp.Command{
		Usage: readiness.Command, Description: "Says at once what the jobs have shown so far.", WhoCanUse: "Anybody who can comment", Examples: []string{readiness.Command},
	})
	return help, nil
}

// metrics are in the text form of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/).
func (s *Server) metrics(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4")
	for _, m := range []struct {
		name, help string
		n          int64
	}{
		{"webhooks_total", "Webhooks that came.", s.counts.webhooks.Load()},
		{"webhooks_refused_total", "Webhooks that were none.", s.counts.refused.Load()},
		{"webhooks_called_total", "Webhooks that asked for a look at a pull request.", s.counts.called.Load()},
		{"webhooks_dropped_total", "Webhooks for which the queue had no room.", s.counts.full.Load()},
		{"looks_total", "Looks at pull requests.", s.counts.looks.Load()},
		{"looks_failed_total", "Looks that failed, and are taken again.", s.counts.failed.Load()},
		{"comments_written_total", "Looks that wrote to GitHub.", s.counts.written.Load()},
		{"sweeps_total", "Lists of all open pull requests.", s.counts.sweeps.Load()},
	} {
		fmt.Fprintf(w, "# HELP op_readiness_%s %s\n# TYPE op_readiness_%[1]s counter\nop_readiness_%[1]s %[3]d\n", m.name, m.help, m.n)
	}
	fmt.Fprintf(w, "# HELP op_readiness_queue Pull requests that wait.\n# TYPE op_readiness_queue gauge\nop_readiness_queue %d\n", s.queue.size())
}
