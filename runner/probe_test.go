package runner

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/rest"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
)

// TestProbed holds what answers and their absence come to.
func TestProbed(t *testing.T) {
	t.Parallel()
	at := func(second int) time.Time { return time.Date(2026, 1, 2, 3, 4, second, 0, time.UTC) }
	refused := errors.New("connection refused")
	for name, test := range map[string]struct {
		answers []error // one a second
		want    []record.Outage
	}{
		"never asked":         {nil, nil},
		"always there":        {[]error{nil, nil, nil}, nil},
		"away for a while":    {[]error{nil, refused, errors.New("timeout"), nil, nil}, []record.Outage{{From: at(0), Until: at(3), Words: "connection refused"}}},
		"twice":               {[]error{nil, refused, nil, refused, nil}, []record.Outage{{From: at(0), Until: at(2), Words: "connection refused"}, {From: at(2), Until: at(4), Words: "connection refused"}}},
		"to the end":          {[]error{nil, refused}, []record.Outage{{From: at(0), Until: at(9), Words: "connection refused"}}},
		"from the first time": {[]error{refused, nil}, []record.Outage{{From: at(0), Until: at(1), Words: "connection refused"}}},
	} {
		var p probed
		for i, err := range test.answers {
			p.note(at(i), err)
		}
		if diff := cmp.Diff(test.want, p.end(at(9))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestProbe holds that a server is asked until the end, and what it refuses is an outage.
func TestProbe(t *testing.T) {
	t.Parallel()
	asked, refusing := make(chan bool, 100), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-refusing:
			http.Error(w, "no leader", http.StatusServiceUnavailable)
			asked <- false
		default:
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"gitVersion": "v1.36.3"}`))
			asked <- true
		}
	}))
	defer server.Close()
	end, err := Probe(&rest.Config{Host: server.URL}, time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	for !<-asked {
	}
	close(refusing)
	for <-asked {
	}
	for range 3 {
		<-asked // the answer before it was taken
	}
	outages := end()
	if len(outages) != 1 || outages[0].From.IsZero() || !outages[0].Until.After(outages[0].From) || outages[0].Words == "" {
		t.Errorf("%+v", outages)
	}
}

// TestProbeGivenUp holds that a question which the end cuts off is no outage, and that the caller's configuration stays as it is.
func TestProbeGivenUp(t *testing.T) {
	t.Parallel()
	asked := make(chan bool)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- true
		<-r.Context().Done()
	}))
	defer server.Close()
	config := &rest.Config{Host: server.URL}
	end, err := Probe(config, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	<-asked
	if outages := end(); len(outages) > 0 || config.Timeout != 0 {
		t.Errorf("%+v, %v", outages, config.Timeout)
	}
}
