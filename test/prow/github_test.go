package prow

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	prowgithub "sigs.k8s.io/prow/pkg/github"

	"sigs.k8s.io/windows-operational-readiness/reporter/github/githubtest"
)

// member is who writes comments, and our bot who answers them.
const (
	member = "member"
	bot    = "op-readiness-bot"
	crier  = "prow-bot"
)

// web is a GitHub with one pull request: our stand-in for its comments, and what hook and crier ask besides. It tells hook of
// statuses, as GitHub does.
type web struct {
	*githubtest.Server
	base string // the commit of the branch
	url  string
	hook string // where webhooks go

	mu       sync.Mutex
	statuses []status
	unknown  []string // requests that it has no answer to
	group    sync.WaitGroup
}

// status is what crier said of a job.
type status struct {
	State   string `json:"state"`
	Target  string `json:"target_url"`
	Context string `json:"context"`
}

// newWeb has a pull request of our repository at this head.
func newWeb(t *testing.T, head, base string) *web {
	t.Helper()
	w := &web{Server: githubtest.New(nil), base: base}
	w.AddUser("token-of-the-bot", bot)
	w.AddUser("token-of-prow", crier)
	w.SetPull(githubtest.Pull{Owner: org, Name: ours, Number: number, Head: head})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /orgs/{org}/members/{user}", func(rw http.ResponseWriter, r *http.Request) {
		if r.PathValue("user") == member {
			rw.WriteHeader(http.StatusNoContent)
		} else {
			rw.WriteHeader(http.StatusNotFound)
		}
	})
	mux.HandleFunc("GET /repos/{org}/{repo}/issues/{number}/labels", func(rw http.ResponseWriter, _ *http.Request) { send(rw, []any{}) })
	mux.HandleFunc("GET /repos/{org}/{repo}/git/refs/{ref...}", func(rw http.ResponseWriter, _ *http.Request) {
		send(rw, map[string]any{"object": map[string]string{"type": "commit", "sha": base}})
	})
	mux.HandleFunc("GET /repos/{org}/{repo}/commits/{sha}/status", func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		defer w.mu.Unlock()
		send(rw, map[string]any{"sha": r.PathValue("sha"), "state": "pending", "statuses": w.statuses})
	})
	mux.HandleFunc("POST /repos/{org}/{repo}/statuses/{sha}", w.takeStatus)
	comments := w.Handler()
	mux.HandleFunc("/", func(rw http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		comments.ServeHTTP(answer, r)
		if answer.Code == http.StatusNotFound {
			w.mu.Lock()
			w.unknown = append(w.unknown, r.Method+" "+r.URL.Path)
			w.mu.Unlock()
		}
		for key, values := range answer.Header() {
			rw.Header()[key] = values
		}
		rw.WriteHeader(answer.Code)
		_, _ = rw.Write(answer.Body.Bytes())
	})
	server := httptest.NewServer(mux)
	t.Cleanup(func() { w.group.Wait(); server.Close() })
	w.url = server.URL
	return w
}

func send(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}

// takeStatus keeps a status and sends it to hook.
func (w *web) takeStatus(rw http.ResponseWriter, r *http.Request) {
	var s status
	if err := json.NewDecoder(r.Body).Decode(&s); err != nil {
		rw.WriteHeader(http.StatusBadRequest)
		return
	}
	w.mu.Lock()
	w.statuses = append(w.statuses, s)
	w.mu.Unlock()
	rw.WriteHeader(http.StatusCreated)
	send(rw, s)
	event := map[string]any{"sha": r.PathValue("sha"), "context": s.Context, "state": s.State, "target_url": s.Target}
	w.group.Go(func() { _ = w.tell(context.Background(), "status", event) })
}

// states are the states that crier gave a job, in order.
func (w *web) states(context string) []status {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(w.statuses), func(s status) bool { return s.Context != context })
}

// tell sends an event to hook, signed as GitHub signs it.
func (w *web) tell(ctx context.Context, kind string, event map[string]any) error {
	event["repository"] = map[string]any{"owner": map[string]any{"login": org}, "name": ours, "full_name": org + "/" + ours}
	payload, err := json.Marshal(event)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.hook, strings.NewReader(string(payload)))
	if err != nil {
		return err
	}
	for name, value := range map[string]string{
		"Content-Type": "application/json", "X-GitHub-Event": kind, "X-GitHub-Delivery": "guid", "X-Hub-Signature": prowgithub.PayloadSignature(payload, []byte(secret)),
	} {
		r.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(resp.Body)
		return fmt.Errorf("hook answers %s: %s", resp.Status, text)
	}
	return nil
}

// comment is what a member writes on the pull request.
func (w *web) comment(t *testing.T, body string) {
	t.Helper()
	user := map[string]any{"login": member}
	err := w.tell(t.Context(), "issue_comment", map[string]any{
		"action":  "created",
		"issue":   map[string]any{"number": number, "state": "open", "user": user, "pull_request": map[string]any{"url": "x"}},
		"comment": map[string]any{"body": body, "user": user},
	})
	if err != nil {
		t.Fatal(err)
	}
}
