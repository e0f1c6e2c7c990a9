package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/api/resource"

	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/readiness"
	"sigs.k8s.io/windows-operational-readiness/reporter/comment"
	"sigs.k8s.io/windows-operational-readiness/reporter/github"
)

// postOptions are how a report is put on a pull request.
type postOptions struct {
	targets   []string
	dryRun    bool
	tokenFile string
	appID     int64
	appKey    string
	endpoint  string
	cacheDir  string
	eventFile string // of GitHub
	eventName string
	timeout   time.Duration
	policy    comment.Policy
	budget    readiness.Budget
	bytes     resource.QuantityValue // of a pull request, packed and unpacked

	settle time.Duration // see github.Options
	pace   func(context.Context, time.Duration) error
}

// posted is what a post is made of.
type posted struct {
	results readiness.Results
	tabs    map[string]string
	to      coordinates.Addresses
	jobs    readiness.Jobs // that count, of those in a bucket
}

const postLong = `With --post the results go into one comment on a pull request, org/repo#7, which is found and edited in place however
many jobs there are. It is created once every job of the head has ended, at the first failure, or when --patience is at
its end. With --post org/repo, without a number and without sources, every open pull request of the repository that has
results at its head gets its comment made true, those first in which something has happened. Without sources only the jobs
that --config names count, and a pull request whose builds are over --max-pull-... is told so. Nothing is sent where nothing
has changed. Exit code with --post: 0 the comments are as they should be, whatever the
verdict; 2 they could not be written.`

const postExamples = `  # the comment on a pull request, but only printed
  op-readiness report ./artifacts --post kubernetes-sigs/windows-testing#7 --github-token-file token --dry-run`

func (o *postOptions) addFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&o.targets, "post", nil, "comment on this pull request, org/repo#7, or on all open ones of a repository, org/repo (repeatable)")
	f.BoolVar(&o.dryRun, "dry-run", false, "with --post: print what would be done (create, update or none) and the comment, and write nothing")
	f.StringVar(&o.eventFile, "github-event", "", "with --post org/repo: look only at the pull request that this event of GitHub is about, a file as in a workflow")
	f.StringVar(&o.eventName, "github-event-name", "status", "kind of the event, status or issue_comment")
	f.DurationVar(&o.timeout, "timeout", 5*time.Minute, "with --post: how long each of them may take, waits for GitHub's rate limits included")
	o.addGitHubFlags(cmd, "with --post: ")
}

// addGitHubFlags adds the flags that say how comments are written. When is in front of the help of each.
func (o *postOptions) addGitHubFlags(cmd *cobra.Command, when string) {
	o.settle = time.Second
	f := cmd.Flags()
	f.StringVar(&o.tokenFile, "github-token-file", "", "file with a GitHub token that may write comments")
	f.Int64Var(&o.appID, "github-app-id", 0, "id of a GitHub App, instead of a token")
	f.StringVar(&o.appKey, "github-app-private-key-file", "", "file with the private key of the GitHub App")
	f.StringVar(&o.endpoint, "github-endpoint", github.DefaultEndpoint, "address of GitHub's API, of GitHub Enterprise or of ghproxy")
	f.StringVar(&o.cacheDir, "cache-dir", "", when+"folder in which GitHub's answers, and of a sweep what it looked at, are kept from run to run (default: nothing is kept)")
	f.DurationVar(&o.policy.Patience, "patience", 6*time.Hour, when+"how long a comment waits for jobs that still run, 0 for as long as they do")
	f.BoolVar(&o.policy.EarlyFailure, "early-failure", true, when+"create the comment at the first failure, though other jobs still run")
	f.BoolVar(&o.policy.QuietWhenReady, "quiet-when-ready", false, when+"create no comment to say that all is ready")
	f.Var(&o.bytes, "max-pull-bytes", when+"what is read of a pull request's builds at most, packed or unpacked (default: 512Mi packed, 1Gi unpacked)")
	f.IntVar(&o.budget.Files, "max-pull-files", 0, "likewise, files that its builds may have (default: 40000)")
	f.IntVar(&o.budget.Requests, "max-pull-requests", 0, "likewise, files that are read, a request each (default: 4000)")
	f.Int64Var(&o.budget.Rows, "max-pull-rows", 0, "likewise, rows of results (default: 1000000)")
	f.DurationVar(&o.budget.Time, "max-pull-time", 0, "likewise, how long reading may take (default: 1m)")
}

// wanted tells whether anything is to be posted.
func (o postOptions) wanted() bool { return len(o.targets) > 0 }

// check refuses a command line that means nothing, before any source is read.
func (o postOptions) check(sources readiness.Sources) error {
	if !o.wanted() {
		if o.dryRun || o.cacheDir != "" || o.eventFile != "" || o.tokenFile != "" || o.appID != 0 || o.appKey != "" {
			return usererror.Usage(errors.New("--dry-run and --github-... flags are for --post"))
		}
		return nil
	}
	for _, target := range o.targets {
		if err := o.checkTarget(target, sources); err != nil {
			return err
		}
	}
	switch {
	case o.timeout <= 0:
		return usererror.Usage(fmt.Errorf("--timeout %s is no time at all", o.timeout))
	case o.eventFile != "" && len(o.targets) > 1:
		return usererror.Usage(errors.New("--github-event names one pull request, and --post is given several times"))
	}
	return o.checkGitHub("--post needs")
}

// checkTarget refuses a pull request or repository that does not go with the sources or the event.
func (o postOptions) checkTarget(target string, sources readiness.Sources) error {
	goal, err := goalOf(target)
	switch {
	case err != nil:
		return err
	case goal.Number == 0 && len(sources.Named) > 0:
		return usererror.Usage(fmt.Errorf("--post %s is for all its pull requests, which have results of their own: name one, such as %[1]s#7, or no source", target))
	case o.eventFile != "" && (goal.Number != 0 || len(sources.Named) > 0):
		return usererror.Usage(errors.New("--github-event names the pull request: --post names its repository alone, and there is no source"))
	}
	return nil
}

// checkGitHub refuses flags that mean nothing together. What needs a token is said in front.
func (o postOptions) checkGitHub(needs string) error {
	switch {
	case o.policy.Patience < 0:
		return usererror.Usage(fmt.Errorf("--patience %s is below 0", o.policy.Patience))
	case o.bytes.Sign() < 0 || o.budget.Files < 0 || o.budget.Requests < 0 || o.budget.Rows < 0 || o.budget.Time < 0:
		return usererror.Usage(errors.New("--max-pull-bytes, -files, -requests, -rows and -time are above 0"))
	case o.tokenFile != "" && (o.appID != 0 || o.appKey != ""):
		return usererror.Usage(errors.New("--github-token-file and a GitHub App exclude each other"))
	case (o.appID == 0) != (o.appKey == ""):
		return usererror.Usage(errors.New("--github-app-id and --github-app-private-key-file go together"))
	case o.tokenFile == "" && o.appID == 0:
		return usererror.Usage(fmt.Errorf("%s --github-token-file, or --github-app-id and --github-app-private-key-file", needs))
	}
	return nil
}

// limits are the budget of a pull request.
func (o postOptions) limits() readiness.Budget {
	b := o.budget
	b.Packed, b.Unpacked = o.bytes.Value(), o.bytes.Value()
	return b
}

// poster writes with these flags.
func (o postOptions) poster(client *github.Client, what posted) readiness.Poster {
	return readiness.Poster{
		Client: client, Results: what.results, Policy: o.policy, Addresses: what.to, Tabs: what.tabs, Now: time.Now, Pause: o.pace, DryRun: o.dryRun,
	}
}

// run does so for each target. One that fails does not keep the others from theirs.
func (o postOptions) run(ctx context.Context, s streams, what posted) error {
	var errs []error
	for _, target := range o.targets {
		errs = append(errs, o.runOne(ctx, s, target, what))
	}
	return errors.Join(errs...)
}

// runOne posts the results of one pull request, or of all of a repository that are open, and says what it did.
func (o postOptions) runOne(ctx context.Context, s streams, target string, what posted) error {
	goal, err := goalOf(target)
	if err != nil {
		return err
	}
	repo := github.Repo{Owner: goal.Org, Name: goal.Repo}
	if len(what.jobs.Names) > 0 {
		if err := what.jobs.Check(repo); err != nil {
			return usererror.WithHint(err, "name the config of its jobs with --config, or a source")
		}
	}
	client, err := o.client(repo)
	if err != nil {
		return err
	}
	poster := o.poster(client, what)
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	event := readiness.OnSweep
	if o.eventFile != "" {
		call, err := o.call(repo, what)
		if err != nil {
			return err
		}
		if call.Number == 0 {
			_, err := fmt.Fprintf(s.out, "none %s: %s\n", repo, call.Why)
			return err
		}
		goal.Number, event = call.Number, call.Event
	}
	if goal.Number == 0 {
		return o.sweep(ctx, s, poster, repo)
	}
	pr, action, err := poster.Number(ctx, goal.Number, event)
	if err != nil {
		return o.hint(err)
	}
	return o.print(s.out, pr, action)
}

// call reads which pull request an event is about.
func (o postOptions) call(repo github.Repo, what posted) (readiness.Call, error) {
	data, err := os.ReadFile(o.eventFile)
	if err != nil {
		return readiness.Call{}, fmt.Errorf("reading an event of GitHub: %w", err)
	}
	call, err := readiness.CallOf(o.eventName, data, what.jobs, what.to)
	if err == nil && call.Number != 0 && !strings.EqualFold(call.Repo.String(), repo.String()) {
		return readiness.Call{Why: fmt.Sprintf("the event is of %s", call.Repo)}, nil
	}
	return call, err
}

func goalOf(target string) (readiness.Target, error) {
	goal, err := readiness.ParseTarget(target)
	if err != nil {
		return goal, usererror.Usage(fmt.Errorf("--post %w", err))
	}
	return goal, nil
}

// sweep does the same with all open pull requests. One that fails does not stop the others, but is told at the end.
func (o postOptions) sweep(ctx context.Context, s streams, poster readiness.Poster, repo github.Repo) error {
	memory := &readiness.Memory{}
	if o.cacheDir != "" {
		var err error
		if memory, err = readiness.LoadMemory(o.cacheDir, repo, fmt.Sprintf("%s %+v", version(), o.policy)); err != nil {
			return err
		}
	}
	tour, err := poster.Sweep(ctx, memory)
	failed, changed := 0, 0
	for i, one := range tour.Done {
		switch {
		case one.Err != nil:
			failed++
			if err == nil || i < len(tour.Done)-1 { // the last one is what err is about
				fmt.Fprintf(s.err, "error: %s: %v\n", one.Pull, one.Err)
			}
		case !one.Action.Idle():
			changed++
			if err := o.print(s.out, one.Pull, one.Action); err != nil {
				return err
			}
		}
	}
	told := fmt.Sprintf("%d open pull requests: %d changed, %d failed", len(tour.Done)+len(tour.Unreached), changed, failed)
	if n := len(tour.Unreached); n > 0 {
		told += fmt.Sprintf(", %d not reached, from %s on", n, tour.Unreached[0])
	}
	fmt.Fprintln(s.err, told)
	switch {
	case err != nil:
		return o.hint(err)
	case failed > 0:
		return fmt.Errorf("%d of %d pull requests could not be done", failed, len(tour.Done))
	}
	return nil
}

// print tells what was done, or is to be done: an action a line, which a script can read, and in a dry run the comment.
func (o postOptions) print(w io.Writer, pr github.PullRequest, action github.Action) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", action.Kind, pr)
	if action.URL != "" {
		fmt.Fprintf(&b, " %s", action.URL)
	}
	if action.Why != "" {
		fmt.Fprintf(&b, ": %s", action.Why)
	}
	b.WriteString("\n")
	for _, id := range action.Delete {
		fmt.Fprintf(&b, "delete %s comment %d\n", pr, id)
	}
	if o.dryRun && action.Body != "" {
		fmt.Fprintf(&b, "\n%s", action.Body)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// client reads the secrets and makes a client of them. No error tells anything of what is in the files.
func (o postOptions) client(repo github.Repo) (*github.Client, error) {
	options := github.Options{Endpoint: o.endpoint, Settle: o.settle, CacheDir: o.cacheDir}
	var err error
	if o.tokenFile != "" {
		options.Token, err = readToken(o.tokenFile)
	} else {
		options.App, err = readApp(o.appID, o.appKey)
	}
	if err != nil {
		return nil, err
	}
	client, err := github.New(repo, options)
	if err != nil {
		return nil, usererror.Usage(err)
	}
	return client, nil
}

var tokenText = regexp.MustCompile(`^[!-~]+$`)

func readToken(path string) (string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("reading the GitHub token: %w", err)
	}
	text := string(bytes.TrimSpace(data))
	if !tokenText.MatchString(text) {
		return "", usererror.WithHint(fmt.Errorf("the file %q holds no GitHub token", path), "it must hold the token alone")
	}
	return text, nil
}

func readApp(id int64, path string) (*github.App, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the private key of the GitHub App: %w", err)
	}
	key, err := github.ParseKey(data)
	if err != nil {
		return nil, usererror.WithHint(fmt.Errorf("the file %q is no private key of a GitHub App: %w", path, err),
			"GitHub gives it out as a file that ends in .private-key.pem")
	}
	return &github.App{ID: id, Key: key}, nil
}

// hint says what can be done about an error.
func (o postOptions) hint(err error) error {
	var limit *github.LimitError
	var refused *github.Error
	switch {
	case errors.As(err, &limit):
		return usererror.WithHint(err, "raise --timeout, or leave it to a later run; behind ghproxy (--github-endpoint) fewer requests count")
	case errors.Is(err, context.Canceled):
		return usererror.WithHint(fmt.Errorf("interrupted: %w", err), "the same command goes on from what is there")
	case errors.Is(err, context.DeadlineExceeded):
		return usererror.WithHint(fmt.Errorf("it took longer than --timeout %s: %w", o.timeout, err), "raise --timeout")
	case errors.As(err, &refused):
		if text := o.statusHint(refused.Status); text != "" {
			return usererror.WithHint(err, text)
		}
	}
	return err
}

func (o postOptions) statusHint(status int) string {
	switch {
	case status == 0:
		return fmt.Sprintf("is --github-endpoint %s right, and can it be reached from here?", o.endpoint)
	case status == 401 && o.tokenFile == "":
		return "does the private key belong to --github-app-id, and is the clock of this machine right?"
	case status == 401:
		return fmt.Sprintf("the token in %q is wrong or has expired", o.tokenFile)
	case status == 403:
		return "the token needs write access to pull requests (or issues) of the repository; " +
			"that of a GitHub App's installation cannot tell whose it is: give the App's id and key instead"
	case status == 404:
		return "is there such a pull request, and may the token, or the App, see the repository?"
	case status == 422:
		return "GitHub does not take the comment, for the reason that it gives; may this account write there?"
	case status >= 500:
		return "GitHub has trouble (https://www.githubstatus.com); a later run will do it"
	}
	return ""
}
