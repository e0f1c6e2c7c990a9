// Package githubtest is a GitHub in memory, for tests: accounts, pull requests and the comments on them, behind an
// http.Handler that answers as GitHub's REST documentation (https://docs.github.com/rest) says, whatever the client.
//
// It holds pages, ETags, permissions, GitHub Apps and the rules for comments. What goes wrong is set up: faults, limits,
// lists that lag behind, and requests that are held until others have come.
package githubtest

import (
	"crypto/rsa"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// Server is the state. Its methods may be called while it serves.
type Server struct {
	now func() time.Time

	mu       sync.Mutex
	users    map[string]*user // by token
	app      *app
	pulls    map[string]*Pull // by "owner/name#7"
	comments []*comment       // the oldest first
	nextID   int64
	faults   []*Fault
	holds    []*hold
	requests []string // method and path
	lag      int      // how many of the newest comments lists do not have
	lagTime  time.Duration
	archived string // "owner/name" of the repository that is; "": none
	vanish   string // the login whose comments are deleted as soon as they are there
	rate     rate
}

type user struct {
	login string
	bot   bool
	scope string // "owner/name" of an installation token; "": all
	read  bool   // the token may only read
	// workflow is of a token that may not ask for its user.
	workflow bool
}

type app struct {
	id   int64
	slug string
	key  *rsa.PublicKey
	repo string
}

// Pull is a pull request.
type Pull struct {
	Owner, Name string
	Number      int
	Head        string // SHA
	Closed      bool
	Locked      bool
	Updated     time.Time
}

type comment struct {
	id      int64
	pull    string
	author  *user
	body    string
	created time.Time
	updated time.Time
	before  string // what it said before it was updated
}

// rate is the primary limit.
type rate struct {
	limit, remaining int
	reset            time.Time
}

// New returns a GitHub without anything. Now is its clock; nil: the real one.
func New(now func() time.Time) *Server {
	if now == nil {
		now = time.Now
	}
	return &Server{
		now: now, users: map[string]*user{}, pulls: map[string]*Pull{}, nextID: 1000,
		rate: rate{limit: 5000, remaining: 5000, reset: now().Add(time.Hour)},
	}
}

// AddUser lets a token be that of an account.
func (s *Server) AddUser(token, login string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users[token] = &user{login: login}
}

// AddReader lets a token be that of an account that may not comment.
func (s *Server) AddReader(token, login string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users[token] = &user{login: login, read: true}
}

// AddApp installs a GitHub App on a repository.
func (s *Server) AddApp(id int64, slug string, key *rsa.PublicKey, repo string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.app = &app{id: id, slug: slug, key: key, repo: repo}
}

// SetPull opens a pull request, or changes it.
func (s *Server) SetPull(p Pull) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.Updated.IsZero() {
		p.Updated = s.now()
	}
	s.pulls[pullKey(p.Owner, p.Name, p.Number)] = &p
}

func pullKey(owner, name string, number int) string {
	return fmt.Sprintf("%s/%s#%d", owner, name, number)
}

// AddComment adds a comment as if its author had written it, and returns its id.
func (s *Server) AddComment(pull, login, body string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.add(pull, &user{login: login}, body).id
}

func (s *Server) add(pull string, author *user, body string) *comment {
	s.nextID++
	c := &comment{id: s.nextID, pull: pull, author: author, body: body, created: s.now(), updated: s.now()}
	s.comments = append(s.comments, c)
	return c
}

// Bodies returns the comments of an account on a pull request, such as "owner/name#7".
func (s *Server) Bodies(pull, login string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var bodies []string
	for _, c := range s.comments {
		if c.pull == pull && c.author.login == login {
			bodies = append(bodies, c.body)
		}
	}
	return bodies
}

// Requests returns the method and path of each request so far, and forgets them.
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	requests := s.requests
	s.requests = nil
	return requests
}

// SetRate sets how many requests are left until a moment.
func (s *Server) SetRate(remaining int, reset time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rate.remaining, s.rate.reset = remaining, reset
}

// Left returns how many requests are left.
func (s *Server) Left() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rate.remaining
}

// Lag lets lists of comments be without the newest ones, as those of a copy that lags behind.
func (s *Server) Lag(comments int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lag = comments
}

// LagTime lets lists show comments as they were so long ago.
func (s *Server) LagTime(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lagTime = d
}

// Vanish lets somebody delete each comment of an account as soon as it is there.
func (s *Server) Vanish(login string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.vanish = login
}

// Archive makes a repository read-only for all, as its owner does for good.
func (s *Server) Archive(repo string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.archived = repo
}

// AddWorkflow lets a token be that of a workflow, which may comment and may not ask whose it is but by GraphQL.
func (s *Server) AddWorkflow(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users[token] = &user{login: "github-actions[bot]", bot: true, workflow: true}
}

// Revoke makes every token of an App's installation one that is no good any more.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for token, u := range s.users {
		if u.scope != "" {
			delete(s.users, token)
		}
	}
}

// Handler returns what serves the REST API.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, serve := range map[string]func(*call){
		"GET /user":                              (*call).getUser,
		"POST /graphql":                          (*call).graphql,
		"GET /app":                               (*call).getApp,
		"GET /repos/{owner}/{name}/installation": (*call).installation,
		"POST /app/installations/{id}/access_tokens":    (*call).accessToken,
		"GET /repos/{owner}/{name}/pulls":               (*call).listPulls,
		"GET /repos/{owner}/{name}/pulls/{number}":      (*call).getPull,
		"/repos/{owner}/{name}/issues/{first}/{second}": (*call).issues,
	} {
		mux.HandleFunc(pattern, s.serve(serve))
	}
	mux.HandleFunc("/", s.serve(func(c *call) { c.fail(http.StatusNotFound, "Not Found") }))
	return mux
}
