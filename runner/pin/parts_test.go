package pin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/rest"

	"sigs.k8s.io/windows-operational-readiness/internal/apitest"
)

// TestNewRun holds the form of a run's id: a time of the world's clock, and what no other run of that second has.
func TestNewRun(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600))
	one, other := NewRun(now), NewRun(now)
	if !regexp.MustCompile(`^20260102-020405-[a-z2-7]{6}$`).MatchString(one) || one == other {
		t.Errorf("%q, %q", one, other)
	}
}

// TestDead holds of which runs it is sure that they are not under way any more.
func TestDead(t *testing.T) {
	t.Parallel()
	host, err := os.Hostname()
	if err != nil {
		t.Skip(err)
	}
	gone := exec.Command(os.Args[0], "-test.run=^$")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	at := func(ago time.Duration) string { return now.Add(-ago).Format(time.RFC3339) }
	pid := gone.Process.Pid
	for said, want := range map[string]bool{
		alive(now): false,
		fmt.Sprintf("%s %d %s", at(0), pid, host):                  true,
		fmt.Sprintf("%s %d elsewhere", at(0), pid):                 false,
		fmt.Sprintf("%s %d ", at(0), pid):                          false, // it did not know where it was
		fmt.Sprintf("%s %d else where", at(0), pid):                false,
		fmt.Sprintf("%s %d", at(0), pid):                           true,
		fmt.Sprintf("%s %s", at(0), host):                          true,
		fmt.Sprintf("%s x %s", at(0), host):                        false,
		fmt.Sprintf("%s %d elsewhere", at(5*time.Minute), pid):     false,
		fmt.Sprintf("%s %d elsewhere", at(5*time.Minute+1e9), pid): true,
		fmt.Sprintf("now %d elsewhere", pid):                       true,
		fmt.Sprintf("%s %d %s", at(time.Hour), os.Getpid(), host):  true,
		fmt.Sprintf("%s %d %s", at(-time.Hour), os.Getpid(), host): false,
		"": true,
	} {
		if got := dead(said, now); got != want {
			t.Errorf("%q: dead %t", said, got)
		}
	}
}

// TestUntil holds which words are told of what did not come: the API server's last ones, none if it said yes or no at last, and
// the client's own only if there are no others.
func TestUntil(t *testing.T) {
	t.Parallel()
	own, refused, other := errors.New("own"), apierrors.NewBadRequest("refused"), apierrors.NewBadRequest("other")
	for want, answers := range map[string][]error{
		"own":     {own, own},
		"refused": {own, refused, own},
		"other":   {refused, other, own, own},
		"":        {refused, nil},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		asked := 0
		err := until(ctx, "it", func() (bool, error) {
			asked++
			if asked == len(answers) {
				cancel()
			}
			return false, answers[min(asked, len(answers))-1]
		})
		if says := strings.TrimSuffix("waiting for it: context canceled\n"+want, "\n"); err == nil || err.Error() != says {
			t.Errorf("%v, want %s", err, says)
		}
	}
	if err := until(t.Context(), "it", func() (bool, error) { return true, nil }); err != nil {
		t.Error(err)
	}
}

// TestKeepSaying holds that a run says that it is under way until it is closed, of its own namespaces and nothing else.
func TestKeepSaying(t *testing.T) {
	t.Parallel()
	s := apitest.Start()
	defer s.Close()
	const path = namespacesPath + "/mine"
	s.Put(namespacesPath, apitest.Object{"metadata": apitest.Object{"name": "mine", "annotations": apitest.Object{"other": "stays"}}})
	patched := make(chan string, 10_000)
	s.Deny = func(r *http.Request) bool {
		if r.Method == http.MethodPatch {
			patched <- r.URL.Path
		}
		return false
	}
	a, err := connect(&rest.Config{Host: s.URL, QPS: -1})
	if err != nil {
		t.Fatal(err)
	}
	p := &Pin{api: a, made: []manifest{{policiesPath, Object{"metadata": Object{"name": "policy"}}}, {namespacesPath, Object{"metadata": Object{"name": "mine"}}}}}
	p.keepSaying(time.Millisecond)
	for range 3 {
		if at := <-patched; at != path {
			t.Fatalf("patched %s", at)
		}
	}
	annotations := s.Get(namespacesPath, "mine")["metadata"].(map[string]any)["annotations"].(map[string]any)
	said, _ := annotations[aliveAnnotation].(string)
	if dead(said, time.Now()) || annotations["other"] != "stays" {
		t.Errorf("annotations %v", annotations)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	before := len(patched)
	for range 50 { // in which a run that is not closed would have said it again
		if _, err := a.list(t.Context(), policiesPath, "x"); err != nil {
			t.Fatal(err)
		}
	}
	if after := len(patched); after != before {
		t.Errorf("it said so %d times after it was closed", after-before)
	}
}

// TestAnswers holds what is made of answers that no API server should give, and that what is not served has nothing in it.
func TestAnswers(t *testing.T) {
	t.Parallel()
	of := func(code int) (api, *rest.Config) {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(code)
			_, _ = w.Write([]byte(`"nonsense"`))
		}))
		t.Cleanup(server.Close)
		config := &rest.Config{Host: server.URL}
		a, err := connect(config)
		if err != nil {
			t.Fatal(err)
		}
		return a, config
	}
	nonsense, config := of(http.StatusOK)
	if o, err := nonsense.create(t.Context(), policiesPath, Object{}, true); err == nil {
		t.Errorf("made %v", o)
	}
	if list, err := nonsense.list(t.Context(), policiesPath, "x"); err == nil {
		t.Errorf("listed %v", list)
	}
	if taints, err := nonsense.taints(t.Context()); err == nil {
		t.Errorf("taints %v", taints)
	}
	if left, err := Find(t.Context(), config); err == nil {
		t.Errorf("found %v", left)
	}
	missing, _ := of(http.StatusNotFound)
	if list, err := missing.list(t.Context(), policiesPath, "x"); list != nil || err != nil {
		t.Errorf("%v, %v", list, err)
	}
	refusing, config := of(http.StatusForbidden)
	if list, err := refusing.list(t.Context(), policiesPath, "x"); list != nil || err == nil {
		t.Errorf("%v, %v", list, err)
	}
	if why, err := Lacks(t.Context(), config); why != "" || err == nil {
		t.Errorf("%q, %v", why, err)
	}
}
