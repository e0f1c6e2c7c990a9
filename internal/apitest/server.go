// Package apitest is an API server of Kubernetes in memory, for tests: things can be made, changed, removed, listed and
// watched, with resource versions, server-side dry runs, and an end of what a watch can go back to. It knows no types, checks
// nothing, and no controller acts on it.
package apitest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Object is a thing as JSON.
type Object map[string]any

// Server is an API server. Its functions may be called from any goroutine.
type Server struct {
	*httptest.Server
	Admit  func(o Object, user string) // if not nil: what admission does with a thing that is made
	Deny   func(r *http.Request) bool  // if not nil: what is forbidden
	Refuse func(review Object) bool    // if not nil: what an access review calls not allowed

	mu      sync.Mutex
	version int
	oldest  int // a watch cannot go back further
	things  map[string]Object
	events  []event
	changed chan struct{}
	away    bool
	held    bool          // watches tell nothing
	cut     chan struct{} // closed to end all watches
	asked   []string
}

type event struct {
	version int
	path    string // of the collection
	Type    string `json:"type"`
	Object  Object `json:"object"`
}

// Start starts a server that holds things, each by the path of its collection, such as "/api/v1/nodes". Whoever starts it
// closes it.
func Start() *Server {
	s := &Server{version: 1, things: map[string]Object{}, changed: make(chan struct{}), cut: make(chan struct{})}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	return s
}

// Kubeconfig is one for the server, of a user with that token.
func (s *Server) Kubeconfig(token string) string {
	return fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: fake
clusters: [{name: fake, cluster: {server: %q}}]
contexts: [{name: fake, context: {cluster: fake, user: fake}}]
users: [{name: fake, user: {token: %q}}]
`, s.URL, token)
}

// Put makes a thing, or replaces it.
func (s *Server) Put(collection string, o Object) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o = copyOf(o)
	kind := "MODIFIED"
	if _, there := s.things[collection+"/"+nameOf(o)]; !there {
		kind = "ADDED"
	}
	s.put(collection, o, kind)
}

// Delete removes a thing at once.
func (s *Server) Delete(collection, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remove(collection, name)
}

// Forget makes the server forget what happened so far, and ends all watches: one that goes on is told that its place is gone.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.version++
	s.oldest = s.version
	s.events = nil
	close(s.cut)
	s.cut = make(chan struct{})
}

// Away makes the server answer nothing, and end all watches, or answer again.
func (s *Server) Away(away bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away = away; away {
		close(s.cut)
		s.cut = make(chan struct{})
	}
}

// Hold makes watches tell nothing of what happens, which lists know, or all of it.
func (s *Server) Hold(hold bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = hold
	close(s.changed)
	s.changed = make(chan struct{})
}

// All are the names of the things of a collection, sorted.
func (s *Server) All(collection string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for path := range s.things {
		if name, ok := strings.CutPrefix(path, collection+"/"); ok && !strings.Contains(name, "/") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Get is a thing, nil if it is not there.
func (s *Server) Get(collection, name string) Object {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.things[collection+"/"+name])
}

// Asked are the requests so far, as in "GET /version".
func (s *Server) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

func metaOf(o Object) map[string]any {
	meta, ok := o["metadata"].(map[string]any)
	if !ok {
		meta = map[string]any{}
		o["metadata"] = meta
	}
	return meta
}

func nameOf(o Object) string { name, _ := metaOf(o)["name"].(string); return name }

func (s *Server) put(collection string, o Object, kind string) {
	s.version++
	if kind := strings.TrimSuffix(listKind(collection), "List"); kind != "" {
		o["kind"], o["apiVersion"] = kind, versionOf(collection)
	}
	meta := metaOf(o)
	meta["resourceVersion"] = strconv.Itoa(s.version)
	if meta["uid"] == nil {
		meta["uid"] = fmt.Sprintf("uid-%d", s.version)
	}
	s.things[collection+"/"+nameOf(o)] = o
	s.tell(collection, kind, o)
}

func (s *Server) remove(collection, name string) {
	path := collection + "/" + name
	o, there := s.things[path]
	if !there {
		return
	}
	delete(s.things, path)
	s.version++
	o = copyOf(o)
	metaOf(o)["resourceVersion"] = strconv.Itoa(s.version)
	s.tell(collection, "DELETED", o)
}

func (s *Server) tell(collection, kind string, o Object) {
	s.events = append(s.events, event{version: s.version, path: collection, Type: kind, Object: copyOf(o)})
	close(s.changed)
	s.changed = make(chan struct{})
}

func copyOf(o Object) Object {
	data, err := json.Marshal(o)
	if err != nil {
		panic(err) // it came from JSON
	}
	var c Object
	if err := json.Unmarshal(data, &c); err != nil {
		panic(err)
	}
	return c
}

func answer(w http.ResponseWriter, code int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(value) // whoever asked went away
}

func status(w http.ResponseWriter, code int, reason string) {
	answer(w, code, statusOf(code, reason))
}

func statusOf(code int, reason string) Object {
	return Object{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "code": code, "message": reason}
}

// holds tells whether a collection holds what is asked for: all of its own, or, asked for those of all namespaces, those too.
func holds(asked, collection string) bool {
	if asked == collection {
		return true
	}
	at := strings.LastIndex(asked, "/")
	base, kind := asked[:at], asked[at+1:]
	rest, ok := strings.CutPrefix(collection, base+"/namespaces/")
	return ok && strings.HasSuffix(rest, "/"+kind) && strings.Count(rest, "/") == 1
}

// patience is how long a watch waits for what ends it, at most.
const patience = time.Minute
