package artifacts_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
)

// TestRetries holds that a fault that passes leaves no trace, and one that stays is named.
func TestRetries(t *testing.T) {
	t.Parallel()
	folder := "gs://" + bucket + "/" + presubmit
	for name, test := range map[string]struct {
		fault      error
		passes     int // after so many tries
		tries      int
		incomplete []string
	}{
		"busy":    {httpError(503), 3, 4, nil},
		"reset":   {syscall.ECONNRESET, 1, 2, nil},
		"hung up": {io.EOF, 1, 2, nil},
		"broken":  {httpError(500), 99, 4, []string{"artifacts/junit_2.xml: it could not be read: the store answers 500 Internal Server Error"}},
		"gone":    {httpError(404), 99, 1, []string{"artifacts/junit_2.xml: it could not be read: nothing is there"}},
	} {
		reader, wire := serve(t, objects(presubmit, with(map[string]string{"artifacts/junit_2.xml": suite("B passed")}))...)
		wire.fault = func(name string, try int) error {
			if strings.HasSuffix(name, "junit_2.xml") && try <= test.passes {
				return test.fault
			}
			return nil
		}
		results, err := reader.Read(t.Context(), at(t, folder))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(test.incomplete, texts(results.Unread)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if got := wire.requests[presubmit+"/artifacts/junit_2.xml"]; got != test.tries {
			t.Errorf("%s: %d tries, want %d", name, got, test.tries)
		}
	}
}

// TestUnreadEnd holds that the end of a job is not known if the file that tells it cannot be read.
func TestUnreadEnd(t *testing.T) {
	t.Parallel()
	reader, wire := serve(t, objects(presubmit, with(nil))...)
	wire.fault = func(name string, _ int) error {
		if strings.HasSuffix(name, "finished.json") {
			return httpError(403)
		}
		return nil
	}
	e, err := reader.Read(t.Context(), at(t, "gs://"+bucket+"/"+presubmit))
	if diff := cmp.Diff(reporter.End{Words: "finished.json could not be read"}, e.End); diff != "" || err != nil {
		t.Errorf("%v, %s", err, diff)
	}
	if diff := cmp.Diff([]string{"finished.json: it could not be read: the store denies access (HTTP 403)"}, texts(e.Unread)); diff != "" {
		t.Error(diff)
	}
}

func TestListingIsTriedAgain(t *testing.T) {
	t.Parallel()
	for _, passes := range []int{2, 99} {
		reader, wire := serve(t, objects(presubmit, with(nil))...)
		wire.fault = func(name string, try int) error {
			if strings.HasPrefix(name, "list") && try <= passes {
				return httpError(502)
			}
			return nil
		}
		_, err := reader.Read(t.Context(), at(t, "gs://"+bucket+"/"+presubmit))
		if got := wire.requests["list "+presubmit+"/"]; (err == nil) != (passes == 2) || got != min(passes+1, 4) {
			t.Errorf("%d faults: %d tries, %v", passes, got, err)
		}
	}
}

// cutting is a wire that loses the connection in the midst of each file with such an end, so many times.
type cutting struct {
	wire  *wire
	times int
	files string // the end of their names
	after int64  // bytes
}

func (c cutting) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := c.wire.RoundTrip(r)
	name := strings.TrimPrefix(r.URL.Path, "/"+bucket+"/")
	if err == nil && strings.HasSuffix(name, c.files) && c.wire.tries(name) <= c.times {
		answer.Body = io.NopCloser(io.MultiReader(io.LimitReader(answer.Body, c.after), cut{}))
	}
	return answer, err
}

type cut struct{}

func (cut) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// TestCutConnection holds that a lost connection is not taken for the end of the file.
func TestCutConnection(t *testing.T) {
	t.Parallel()
	for times, want := range map[int][]string{
		3: nil, 99: {"artifacts/junit_01.xml: it could not be read: the connection was cut"},
	} {
		_, wire := serve(t, objects(presubmit, with(nil))...)
		client := &http.Client{Transport: cutting{wire, times, ".xml", 100}}
		reader := artifacts.New(artifacts.Options{HTTPClient: client, Backoff: []time.Duration{0, 0, 0}})
		results, err := reader.Read(t.Context(), at(t, "gs://"+bucket+"/"+presubmit))
		if diff := cmp.Diff(want, texts(results.Unread)); diff != "" || err != nil {
			t.Errorf("%d times: %v, %s", times, err, diff)
		}
		if n := wire.requests[presubmit+"/artifacts/junit_01.xml"]; n != 4 {
			t.Errorf("%d times: %d requests", times, n)
		}
	}
}

// TestCancelled holds that what was read of a cancelled build is not taken for results.
func TestCancelled(t *testing.T) {
	t.Parallel()
	reader, wire := serve(t, objects(presubmit, with(nil))...)
	ctx, cancel := context.WithCancel(t.Context())
	wire.fault = func(name string, _ int) error {
		if strings.HasSuffix(name, ".xml") {
			cancel()
			return context.Canceled
		}
		return nil
	}
	if _, err := reader.Read(ctx, at(t, "gs://"+bucket+"/"+presubmit)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
