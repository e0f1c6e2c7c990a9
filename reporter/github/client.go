package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	gogithub "github.com/google/go-github/v50/github"

	"sigs.k8s.io/windows-operational-readiness/internal/backoff"
	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
)

// DefaultEndpoint is GitHub's own REST API.
const DefaultEndpoint = "https://api.github.com"

// Repo is a repository.
type Repo struct{ Owner, Name string }

// String returns "owner/name".
func (r Repo) String() string { return r.Owner + "/" + r.Name }

// PullRequest is a pull request as far as a comment needs it.
type PullRequest struct {
	Repo    Repo
	Number  int
	HeadSHA string
	Open    bool
	Locked  bool // only some accounts may comment
	Updated time.Time
}

// Same tells whether nothing has changed that a comment depends on.
func (p PullRequest) Same(q PullRequest) bool {
	q.Updated = p.Updated
	return p == q
}

// String returns "owner/name#7".
func (p PullRequest) String() string { return fmt.Sprintf("%s#%d", p.Repo, p.Number) }

// Options say how GitHub is reached, and as whom: by a Token, or as an App.
type Options struct {
	Endpoint  string            // of the REST API, such as https://github.example.com/api/v3 or ghproxy's; "": DefaultEndpoint
	Token     string            // of a user
	App       *App              // a GitHub App that is installed on the repository
	Transport http.RoundTripper // nil: one like http.DefaultTransport
	Clock     Clock             // the zero value is the real one
	CacheDir  string            // folder in which answers are kept from run to run; "": they are not
	Settle    time.Duration     // the pause behind a write before the comments are read again, since GitHub's lists may lag
}

// Clock is how time passes.
type Clock struct {
	Now   func() time.Time                           // nil: time.Now
	Sleep func(context.Context, time.Duration) error // nil: a timer; it ends early with an error if the context does
}

// Client writes comments in one repository. It is safe for concurrent use.
type Client struct {
	repo    Repo
	options Options
	api     *gogithub.Client
	auth    *auth
	app     *appTokens // nil with a token

	mu      sync.Mutex
	login   Login        // "" until it was asked for
	created map[int]bool // pull requests on which this client has created a comment
}

// New returns a client of a repository. It sends no request yet.
func New(repo Repo, o Options) (*Client, error) {
	if o.Endpoint == "" {
		o.Endpoint = DefaultEndpoint
	}
	endpoint, err := parseEndpoint(o.Endpoint)
	if err != nil {
		return nil, err
	}
	if (o.Token == "") == (o.App == nil) {
		return nil, errors.New("GitHub needs either a token or an App")
	}
	o.Clock = o.Clock.orReal()
	if o.Transport == nil {
		o.Transport = newTransport()
	}
	c := &Client{repo: repo, options: o, created: map[int]bool{}}
	limits := &limiter{clock: o.Clock}
	if o.App == nil {
		c.auth = newAuth(endpoint, o.Transport, func(context.Context) (string, error) { return o.Token, nil })
	} else {
		c.app = newAppTokens(o, endpoint, repo)
		c.auth = newAuth(endpoint, o.Transport, c.app.token)
		c.auth.revoked = c.app.forget
	}
	c.api = newAPI(endpoint, limits.over(newCache(c.auth, newDisk(o, repo))))
	return c, nil
}

// parseEndpoint checks what a user gave and lets it end in a slash, as go-github wants.
func parseEndpoint(text string) (*url.URL, error) {
	endpoint, err := url.Parse(text)
	if err != nil || endpoint.Host == "" || endpoint.Scheme != "https" && endpoint.Scheme != "http" {
		return nil, fmt.Errorf("%q is no address of GitHub's API, such as %s", text, DefaultEndpoint)
	}
	if endpoint.User != nil || endpoint.RawQuery != "" || endpoint.Fragment != "" {
		return nil, fmt.Errorf("the address of GitHub's API at %q has more than a host and a path", endpoint.Host)
	}
	if !strings.HasSuffix(endpoint.Path, "/") {
		endpoint.Path += "/"
	}
	return endpoint, nil
}

func newAPI(endpoint *url.URL, transport http.RoundTripper) *gogithub.Client {
	api := gogithub.NewClient(&http.Client{Transport: transport, CheckRedirect: checkRedirect})
	api.BaseURL, api.UserAgent = endpoint, "op-readiness"
	return api
}

// errRedirect means that nothing was done, for the request was sent elsewhere.
var errRedirect = errors.New("it redirects")

// checkRedirect follows a renamed repository. A write that would become a read is not followed
// (https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects).
func checkRedirect(next *http.Request, via []*http.Request) error {
	if len(via) > 5 {
		return fmt.Errorf("%w again and again", errRedirect)
	}
	if next.Method != via[0].Method {
		return fmt.Errorf("%w a %s request", errRedirect, via[0].Method)
	}
	return nil
}

func newTransport() http.RoundTripper {
	transport, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport // somebody has put a transport of their own there
	}
	transport = transport.Clone()
	transport.ResponseHeaderTimeout = 30 * time.Second
	return transport
}

func (c Clock) orReal() Clock {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Sleep == nil {
		c.Sleep = backoff.Sleep
	}
	return c
}

// self returns who we are. It is asked once.
func (c *Client) self(ctx context.Context) (Login, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.login != "" {
		return c.login, nil
	}
	login, err := c.askLogin(ctx)
	if err == nil {
		c.login = login
	}
	return login, err
}

func (c *Client) askLogin(ctx context.Context) (Login, error) {
	if c.app != nil {
		return c.app.login(ctx)
	}
	user, _, err := c.api.Users.Get(ctx, "")
	if status(err) == http.StatusForbidden {
		return c.viewer(ctx, err)
	}
	if err != nil {
		return "", c.auth.failed("asking whose token it is", err)
	}
	return named(Login(user.GetLogin()))
}

// viewer asks for our name in the way that the token of a workflow may, which may not ask for its user
// (https://docs.github.com/graphql/reference/queries#viewer). The error is that of the other way, unless this one says more.
func (c *Client) viewer(ctx context.Context, refused error) (Login, error) {
	address := "graphql"
	if strings.HasSuffix(c.api.BaseURL.Path, "/api/v3/") {
		address = "../graphql" // GitHub Enterprise
	}
	req, err := c.api.NewRequest(http.MethodPost, address, map[string]string{"query": "query { viewer { __typename login } }"})
	if err != nil {
		return "", err
	}
	var answer struct {
		Data struct {
			Viewer struct {
				Kind  string `json:"__typename"`
				Login string `json:"login"`
			} `json:"viewer"`
		} `json:"data"`
		Errors []struct {
			Message string `json:"message"`
		} `json:"errors"`
	}
	if _, err := c.api.Do(ctx, req, &answer); status(err) == http.StatusNotFound {
		return "", c.auth.failed("asking whose token it is", refused)
	} else if err != nil {
		return "", c.auth.failed("asking whose token it is", err)
	}
	if len(answer.Errors) > 0 {
		return "", &Error{Doing: "asking whose token it is", Message: safetext.Line(c.auth.redact(answer.Errors[0].Message))}
	}
	login := answer.Data.Viewer.Login
	if answer.Data.Viewer.Kind == "Bot" && login != "" && !strings.HasSuffix(login, "[bot]") {
		login += "[bot]" // as REST has it in comments; GraphQL leaves it out of an author's name, if not of a workflow's own
	}
	return named(Login(login))
}

// named refuses an account without a name: every comment without an author would be its own.
func named(login Login) (Login, error) {
	if strings.TrimSpace(string(login)) == "" {
		return "", &Error{Doing: "asking whose token it is", Message: "GitHub names no account"}
	}
	return login, nil
}

// mayCreate tells whether this client has not created a comment on a pull request yet. It does so once: who deletes it does not
// want another.
func (c *Client) mayCreate(number int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.created[number]
}

func (c *Client) hasCreated(number int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.created[number] = true
}
