package apitest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked = append(s.asked, r.Method+" "+r.URL.Path)
	away := s.away
	s.mu.Unlock()
	path := r.URL.Path
	switch {
	case away:
		panic(http.ErrAbortHandler)
	case s.Deny != nil && s.Deny(r):
		status(w, http.StatusForbidden, "Forbidden")
	case path == "/version":
		answer(w, http.StatusOK, s.thing("/version", Object{"gitVersion": "v1.36.3"}))
	case strings.HasSuffix(path, "reviews"):
		s.review(w, r)
	case strings.Count(path, "/") == 3 && strings.HasPrefix(path, "/apis/"):
		s.discover(w, path)
	case r.Method == http.MethodGet && r.URL.Query().Get("watch") != "":
		s.watch(w, r)
	case r.Method == http.MethodGet:
		s.get(w, path)
	case r.Method == http.MethodPost:
		s.create(w, r)
	case r.Method == http.MethodPatch:
		s.patch(w, r)
	case r.Method == http.MethodDelete:
		s.delete(w, path)
	default:
		status(w, http.StatusMethodNotAllowed, "MethodNotAllowed")
	}
}

// thing is what lies at a path, or another.
func (s *Server) thing(path string, otherwise Object) Object {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o, there := s.things[path]; there {
		return o
	}
	return otherwise
}

// review answers who the user is, and that all is allowed that Refuse does not refuse.
func (s *Server) review(w http.ResponseWriter, r *http.Request) {
	o, err := read(r)
	if err != nil {
		status(w, http.StatusBadRequest, "BadRequest")
		return
	}
	if strings.HasSuffix(r.URL.Path, "/selfsubjectreviews") {
		o["status"] = Object{"userInfo": Object{"username": "admin", "groups": []string{"admins", "system:authenticated"}}}
	} else {
		o["status"] = Object{"allowed": s.Refuse == nil || !s.Refuse(o)}
	}
	answer(w, http.StatusCreated, o)
}

// discover answers for every version of a group that holds something, and for a group that Put named.
func (s *Server) discover(w http.ResponseWriter, path string) {
	o := s.thing(path, nil)
	if o == nil {
		status(w, http.StatusNotFound, "NotFound")
		return
	}
	answer(w, http.StatusOK, o)
}

func isCollection(path string) bool {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	n := len(parts)
	if parts[0] == "apis" {
		n--
	}
	return n == 3 || n == 5 // /api/v1/KIND, /api/v1/namespaces/NAME/KIND
}

func (s *Server) get(w http.ResponseWriter, path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !isCollection(path) {
		if o, there := s.things[path]; there {
			answer(w, http.StatusOK, o)
		} else {
			status(w, http.StatusNotFound, "NotFound")
		}
		return
	}
	items := []Object{}
	for _, at := range slices.Sorted(maps.Keys(s.things)) {
		if holds(path, at[:max(0, strings.LastIndex(at, "/"))]) {
			items = append(items, s.things[at])
		}
	}
	answer(w, http.StatusOK, Object{"kind": listKind(path), "apiVersion": versionOf(path), "metadata": Object{"resourceVersion": strconv.Itoa(s.version)}, "items": items})
}

// versionOf is the group and version of a path.
func versionOf(path string) string {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	if parts[0] == "apis" {
		return parts[1] + "/" + parts[2]
	}
	return parts[1]
}

func listKind(path string) string {
	kinds := map[string]string{"nodes": "NodeList", "namespaces": "NamespaceList", "pods": "PodList", "mutatingwebhookconfigurations": "MutatingWebhookConfigurationList"}
	if kind := kinds[path[strings.LastIndex(path, "/")+1:]]; kind != "" {
		return kind
	}
	return "List"
}

func (s *Server) create(w http.ResponseWriter, r *http.Request) {
	o, err := read(r)
	if err != nil {
		status(w, http.StatusBadRequest, "BadRequest")
		return
	}
	user := r.Header.Get("Impersonate-User")
	if s.Admit != nil {
		s.Admit(o, user)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	meta := metaOf(o)
	if prefix, _ := meta["generateName"].(string); nameOf(o) == "" {
		meta["name"] = fmt.Sprintf("%s%d", prefix, s.version)
	}
	if _, there := s.things[r.URL.Path+"/"+nameOf(o)]; there {
		status(w, http.StatusConflict, "AlreadyExists")
		return
	}
	if r.URL.Query().Get("dryRun") == "" {
		s.put(r.URL.Path, o, "ADDED")
	}
	answer(w, http.StatusCreated, o)
}

func (s *Server) patch(w http.ResponseWriter, r *http.Request) {
	change, err := read(r)
	if err != nil {
		status(w, http.StatusBadRequest, "BadRequest")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o, there := s.things[r.URL.Path]
	if !there {
		status(w, http.StatusNotFound, "NotFound")
		return
	}
	if version, named := metaOf(change)["resourceVersion"]; named && version != metaOf(o)["resourceVersion"] {
		status(w, http.StatusConflict, "Conflict")
		return
	}
	merged := copyOf(o)
	merge(merged, change)
	s.put(r.URL.Path[:strings.LastIndex(r.URL.Path, "/")], merged, "MODIFIED")
	answer(w, http.StatusOK, merged)
}

// merge applies a JSON merge patch (RFC 7386).
func merge(into, change map[string]any) {
	for key, value := range change {
		inner, object := value.(map[string]any)
		old, there := into[key].(map[string]any)
		switch {
		case value == nil:
			delete(into, key)
		case object && there:
			merge(old, inner)
		default:
			into[key] = value
		}
	}
}

// delete removes a thing, and all that is in it if it is a namespace.
func (s *Server) delete(w http.ResponseWriter, path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, there := s.things[path]; !there {
		status(w, http.StatusNotFound, "NotFound")
		return
	}
	for _, inner := range slices.Sorted(maps.Keys(s.things)) {
		if strings.HasPrefix(inner, path+"/") {
			at := strings.LastIndex(inner, "/")
			s.remove(inner[:at], inner[at+1:])
		}
	}
	at := strings.LastIndex(path, "/")
	s.remove(path[:at], path[at+1:])
	answer(w, http.StatusOK, Object{"kind": "Status", "apiVersion": "v1", "status": "Success"})
}

func (s *Server) watch(w http.ResponseWriter, r *http.Request) {
	from, err := strconv.Atoi(r.URL.Query().Get("resourceVersion"))
	if err != nil {
		status(w, http.StatusBadRequest, "BadRequest")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	flusher := http.NewResponseController(w)
	encoder := json.NewEncoder(w)
	_ = flusher.Flush()
	end := time.After(patience)
	marks := marked(r.URL.Query())
	s.mu.Lock()
	cut := s.cut
	s.mu.Unlock()
	for {
		s.mu.Lock()
		events, changed, gone := s.since(r.URL.Path, from), s.changed, from < s.oldest
		if marks && !s.held {
			marks, events = false, append(events, bookmark(r.URL.Path, s.version))
		}
		s.mu.Unlock()
		if gone {
			_ = encoder.Encode(event{Type: "ERROR", Object: statusOf(http.StatusGone, "Expired")})
			return
		}
		for _, e := range events {
			from = e.version
			_ = encoder.Encode(e)
		}
		_ = flusher.Flush()
		select {
		case <-changed:
		case <-cut:
			return
		case <-end:
			return
		case <-r.Context().Done():
			return
		}
	}
}

// marked tells whether a watch is so short that it begins with telling how far it has come.
func marked(query url.Values) bool {
	seconds, err := strconv.Atoi(query.Get("timeoutSeconds"))
	return err == nil && seconds <= 3 && query.Get("allowWatchBookmarks") == "true"
}

// bookmark says that all was told up to a version.
func bookmark(path string, version int) event {
	meta := Object{"resourceVersion": strconv.Itoa(version)}
	return event{version: version, Type: "BOOKMARK", Object: Object{"kind": strings.TrimSuffix(listKind(path), "List"), "apiVersion": versionOf(path), "metadata": meta}}
}

func (s *Server) since(path string, version int) []event {
	if s.held {
		return nil
	}
	var list []event
	for _, e := range s.events {
		if e.version > version && holds(path, e.path) {
			list = append(list, e)
		}
	}
	return list
}
