package artifacts_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

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
		if diff := cmp.Diff(test.incomplete, texts(results.Incomplete)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if got := wire.requests[presubmit+"/artifacts/junit_2.xml"]; got != test.tries {
			t.Errorf("%s: %d tries, want %d", name, got, test.tries)
		}
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

// cutting is a wire that loses the connection once in the midst of each result file.
type cutting struct{ wire *wire }

func (c cutting) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := c.wire.RoundTrip(r)
	if err == nil && strings.HasSuffix(r.URL.Path, ".xml") && r.Header.Get("Range") == "" {
		answer.Body = io.NopCloser(io.MultiReader(io.LimitReader(answer.Body, 100), cut{}))
	}
	return answer, err
}

type cut struct{}

func (cut) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestCutConnection(t *testing.T) {
	t.Parallel()
	_, wire := serve(t, objects(presubmit, with(nil))...)
	reader := artifacts.New(artifacts.Options{HTTPClient: &http.Client{Transport: cutting{wire}}})
	results, err := reader.Read(t.Context(), at(t, "gs://"+bucket+"/"+presubmit))
	if err != nil || len(results.Incomplete) > 0 || len(results.Tests) != 1 {
		t.Errorf("%+v, %v", results, err)
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
