package githubtest

import (
	"net/http"
	"net/http/httptest"
	"path"
)

// Fault is a wrong answer to requests of a kind.
type Fault struct {
	Method string // "": any
	Path   string // a pattern as of path.Match; "": any
	Times  int    // how often
	Skip   int    // how many such requests go well before

	Status int
	Header map[string]string
	Body   string
	Drop   bool // no answer at all: the connection is cut
	Late   bool // what was asked for is done all the same
}

// Fail adds a fault.
func (s *Server) Fail(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// fault returns the fault that strikes a request.
func (s *Server) fault(r *http.Request) *Fault {
	for _, f := range s.faults {
		switch {
		case f.Times == 0 || !matches(f.Method, f.Path, r):
		case f.Skip > 0:
			f.Skip--
		default:
			f.Times--
			return f
		}
	}
	return nil
}

func matches(method, pattern string, r *http.Request) bool {
	if method != "" && method != r.Method {
		return false
	}
	ok, err := path.Match(pattern, r.URL.Path)
	return pattern == "" || ok && err == nil
}

func (f *Fault) write(w *httptest.ResponseRecorder) {
	if f.Drop {
		return
	}
	for name, value := range f.Header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(f.Status)
	w.Body.WriteString(f.Body)
}

// hold keeps requests until enough of them have come.
type hold struct {
	method, path string
	missing      int
	open         chan struct{}
}

// Hold keeps requests of a kind until there are so many of them, and then lets all go on at once: a race that happens
// each time. Later ones are not kept.
func (s *Server) Hold(method, pattern string, requests int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.holds = append(s.holds, &hold{method: method, path: pattern, missing: requests, open: make(chan struct{})})
}

// await waits where a request is held.
func (s *Server) await(r *http.Request) {
	s.mu.Lock()
	var held *hold
	for _, h := range s.holds {
		if h.missing > 0 && matches(h.method, h.path, r) {
			held = h
			if h.missing--; h.missing == 0 {
				close(h.open)
			}
			break
		}
	}
	s.mu.Unlock()
	if held == nil {
		return
	}
	select {
	case <-held.open:
	case <-r.Context().Done():
	}
}
