package artifacts_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fsouza/fake-gcs-server/fakestorage"

	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
)

const bucket = "kubernetes-ci-logs"

// wire is what lies between a Reader and the fake store: it counts, delays, and breaks what a test wants broken.
type wire struct {
	next    http.RoundTripper
	latency time.Duration
	fault   func(name string, try int) error // what to answer instead; nil: nothing is broken

	mu       sync.Mutex
	requests map[string]int // by object, or "list" and the folder
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	name := strings.TrimPrefix(r.URL.Path, "/"+bucket+"/")
	if strings.HasSuffix(r.URL.Path, "/o") {
		name = "list " + r.URL.Query().Get("prefix")
	}
	w.mu.Lock()
	w.requests[name]++
	try, fault := w.requests[name], w.fault
	w.mu.Unlock()
	if w.latency > 0 {
		<-time.After(w.latency)
	}
	var broken httpError
	if fault != nil {
		if err := fault(name, try); errors.As(err, &broken) {
			body := io.NopCloser(strings.NewReader("{}"))
			return &http.Response{StatusCode: int(broken), Body: body, Header: http.Header{}, Request: r}, nil
		} else if err != nil {
			return nil, err
		}
	}
	return w.next.RoundTrip(r)
}

// tries is how often an object was asked for.
func (w *wire) tries(name string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.requests[name]
}

// setFault sets what is broken from now on.
func (w *wire) setFault(fault func(string, int) error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fault = fault
}

// asked returns the names that were asked for, and how often if more than once.
func (w *wire) asked() []string {
	var names []string
	for name, n := range w.requests {
		if n > 1 {
			name = fmt.Sprintf("%s x%d", name, n)
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// httpError is the status that a broken store answers.
type httpError int

func (e httpError) Error() string { return http.StatusText(int(e)) }

// object is one in the fake store.
func object(name, content string) fakestorage.Object {
	return fakestorage.Object{ObjectAttrs: fakestorage.ObjectAttrs{BucketName: bucket, Name: name}, Content: []byte(content)}
}

// objects are those of a folder, by their names below it.
func objects(folder string, files map[string]string) []fakestorage.Object {
	var all []fakestorage.Object
	for name, content := range files {
		all = append(all, object(folder+"/"+name, content))
	}
	return all
}

// serve returns a Reader of a fake store, and the wire to it.
func serve(t testing.TB, all ...fakestorage.Object) (*artifacts.Reader, *wire) {
	t.Helper()
	if len(all) == 0 {
		all = []fakestorage.Object{object("other/file", "")}
	}
	server, err := fakestorage.NewServerWithOptions(fakestorage.Options{NoListener: true, InitialObjects: all})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	w := &wire{next: server.HTTPClient().Transport, requests: map[string]int{}}
	options := artifacts.Options{HTTPClient: &http.Client{Transport: w}, Backoff: []time.Duration{0, 0, 0}, Addresses: coordinates.Addresses{Prow: "https://prow.k8s.io"}}
	return artifacts.New(options), w
}

// server is a client that talks by a wire.
func server(w *wire) *http.Client { return &http.Client{Transport: w} }

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

// at is what a source points to.
func at(t testing.TB, source string) artifacts.Location {
	t.Helper()
	l, err := artifacts.Parse(source)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// suite is a result file of e2e.test with these tests, each "name status".
func suite(tests ...string) string {
	var b strings.Builder
	b.WriteString(`<testsuites><testsuite name="Kubernetes e2e suite">`)
	for _, test := range tests {
		name, status, _ := strings.Cut(test, " ")
		child := ""
		if status == "failed" {
			child = `<failure message="" type="failed">it broke</failure>`
		}
		fmt.Fprintf(&b, "<testcase name=\"[It] %s\" classname=\"Kubernetes e2e suite\" status=%q>%s</testcase>\n", name, status, child)
	}
	b.WriteString(`</testsuite></testsuites>`)
	return b.String()
}
