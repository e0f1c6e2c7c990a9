package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/github"
)

// postOptions are how a report is put on a pull request.
type postOptions struct {
	target    string
	dryRun    bool
	tokenFile string
	appID     int64
	appKey    string
	endpoint  string
	timeout   time.Duration

	testGrid map[string]string // addresses of tabs, by job
	settle   time.Duration     // see github.Options
}

const postLong = `With --post the results go into one comment on a pull request, org/repo#7, which is found and edited in place however
many jobs there are. Results of an older commit than the head are marked as such. With --post org/repo, without a number
and without sources, every open pull request of the repository that has results at its head gets its comment made true.
Nothing is sent where nothing has changed. Exit code with --post: 0 the comments are as they should be, whatever the
verdict; 2 they could not be written.`

const postExamples = `  # the comment on a pull request, but only printed
  op-readiness report ./artifacts --post kubernetes-sigs/windows-testing#7 --github-token-file token --dry-run`

func (o *postOptions) addFlags(cmd *cobra.Command) {
	o.settle = time.Second
	f := cmd.Flags()
	f.StringVar(&o.target, "post", "", "comment on this pull request, org/repo#7, or on all open ones of a repository, org/repo")
	f.BoolVar(&o.dryRun, "dry-run", false, "with --post: print what would be done (create, update or none) and the comment, and write nothing")
	f.StringVar(&o.tokenFile, "github-token-file", "", "file with a GitHub token that may write comments")
	f.Int64Var(&o.appID, "github-app-id", 0, "id of a GitHub App, instead of a token")
	f.StringVar(&o.appKey, "github-app-private-key-file", "", "file with the private key of the GitHub App")
	f.StringVar(&o.endpoint, "github-endpoint", github.DefaultEndpoint, "address of GitHub's API, of GitHub Enterprise or of ghproxy")
	f.DurationVar(&o.timeout, "timeout", 5*time.Minute, "with --post: how long all of it may take, waits for GitHub's rate limits included")
}

// wanted tells whether anything is to be posted.
func (o postOptions) wanted() bool { return o.target != "" }

// check refuses a command line that means nothing, before any source is read.
func (o postOptions) check(sources []string) error {
	if !o.wanted() {
		if o.dryRun || o.tokenFile != "" || o.appID != 0 || o.appKey != "" {
			return usageError{errors.New("--dry-run and --github-... flags are for --post")}
		}
		return nil
	}
	target, err := parseTarget(o.target)
	switch {
	case err != nil:
		return usageError{err}
	case target.number == 0 && len(sources) > 0:
		return usageError{fmt.Errorf("--post %s is for all its pull requests, which have results of their own: name one, such as %[1]s#7, or no source", o.target)}
	case o.timeout <= 0:
		return usageError{fmt.Errorf("--timeout %s is no time at all", o.timeout)}
	case o.tokenFile != "" && (o.appID != 0 || o.appKey != ""):
		return usageError{errors.New("--github-token-file and a GitHub App exclude each other")}
	case (o.appID == 0) != (o.appKey == ""):
		return usageError{errors.New("--github-app-id and --github-app-private-key-file go together")}
	case o.tokenFile == "" && o.appID == 0:
		return usageError{errors.New("--post needs --github-token-file, or --github-app-id and --github-app-private-key-file")}
	}
	return nil
}

// target is what --post names.
type target struct {
	repo   github.Repo
	number int // 0: all pull requests of the repository
}

var targets = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9-]*)/([A-Za-z0-9._-]+?)(?:#([1-9][0-9]{0,9}))?$`)

func parseTarget(text string) (target, error) {
	m := targets.FindStringSubmatch(text)
	if m == nil || m[2] == "." || m[2] == ".." {
		return target{}, fmt.Errorf("--post %q is neither a pull request, such as org/repo#7, nor a repository, such as org/repo", text)
	}
	t := target{repo: github.Repo{Owner: m[1], Name: m[2]}}
	if m[3] != "" {
		number, err := strconv.Atoi(m[3])
		if err != nil {
			return target{}, fmt.Errorf("--post %q: %w", text, err)
		}
		t.number = number
	}
	return t, nil
}

// fromSources takes the results of a pull request from builds that the user named, read anew each time. Builds of other
// pull requests do not count.
func fromSources(load func(context.Context) ([]reporter.Summary, error)) github.Results {
	return func(ctx context.Context, pr github.PullRequest) (head, older []reporter.Summary, err error) {
		builds, err := load(ctx)
		if err != nil {
			return nil, nil, err
		}
		var its []reporter.Summary
		for _, b := range builds {
			if b.Build.Pull == 0 || b.Build.Pull == pr.Number && strings.EqualFold(b.Build.Org+"/"+b.Build.Repo, pr.Repo.String()) {
				its = append(its, b)
			}
		}
		head, older = reporter.AtHead(its, pr.HeadSHA)
		return head, older, nil
	}
}

// run posts the results of one pull request, or of all that are open, and says what it did.
func (o postOptions) run(ctx context.Context, s streams, results github.Results) error {
	goal, err := parseTarget(o.target)
	if err != nil {
		return usageError{err}
	}
	client, err := o.client(goal.repo)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	render := github.Rendered(results, reporter.CommentOptions{TestGrid: o.testGrid})
	do := func(ctx context.Context, pr github.PullRequest) (github.Action, error) {
		return client.Post(ctx, pr, render)
	}
	if o.dryRun {
		do = func(ctx context.Context, pr github.PullRequest) (github.Action, error) {
			return client.Plan(ctx, pr, render)
		}
	}
	if goal.number == 0 {
		return o.sweep(ctx, s, client, do)
	}
	pr, err := client.Pull(ctx, goal.number)
	if err != nil {
		return o.hint(err)
	}
	action, err := do(ctx, pr)
	if err != nil {
		return o.hint(err)
	}
	return o.print(s.out, pr, action)
}

// sweep does the same with all open pull requests. One that fails does not stop the others, but is told at the end.
func (o postOptions) sweep(ctx context.Context, s streams, client *github.Client, do func(context.Context, github.PullRequest) (github.Action, error)) error {
	swept, err := client.Sweep(ctx, do)
	failed, changed := 0, 0
	for i, one := range swept {
		switch {
		case one.Err != nil:
			failed++
			if err == nil || i < len(swept)-1 { // the last one is what err is about
				fmt.Fprintf(s.err, "error: %s: %v\n", one.Pull, one.Err)
			}
		case !one.Action.Idle():
			changed++
			if err := o.print(s.out, one.Pull, one.Action); err != nil {
				return err
			}
		}
	}
	fmt.Fprintf(s.err, "%d open pull requests: %d changed, %d failed\n", len(swept), changed, failed)
	if err != nil {
		return o.hint(err)
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d pull requests could not be done", failed, len(swept))
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
	options := github.Options{Endpoint: o.endpoint, Settle: o.settle}
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
		return nil, usageError{err}
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
		return "", hintError{fmt.Errorf("the file %q holds no GitHub token", path), "it must hold the token alone"}
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
		return nil, hintError{fmt.Errorf("the file %q is no private key of a GitHub App: %w", path, err),
			"GitHub gives it out as a file that ends in .private-key.pem"}
	}
	return &github.App{ID: id, Key: key}, nil
}

// hint says what can be done about an error.
func (o postOptions) hint(err error) error {
	var limit *github.LimitError
	var refused *github.Error
	switch {
	case errors.As(err, &limit):
		return hintError{err, "raise --timeout, or leave it to a later run; behind ghproxy (--github-endpoint) fewer requests count"}
	case errors.Is(err, context.Canceled):
		return hintError{fmt.Errorf("interrupted: %w", err), "the same command goes on from what is there"}
	case errors.Is(err, context.DeadlineExceeded):
		return hintError{fmt.Errorf("it took longer than --timeout %s: %w", o.timeout, err), "raise --timeout"}
	case errors.As(err, &refused):
		if text := o.statusHint(refused.Status); text != "" {
			return hintError{err, text}
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
