package artifacts

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	prowio "sigs.k8s.io/prow/pkg/io"

	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/reporter"
)

var (
	// ErrNotFound means that there is nothing where a source points.
	ErrNotFound = errors.New("nothing is there")
	// ErrDenied means that the store does not let us read what a source points to.
	ErrDenied = errors.New("the store denies access")
	// ErrNoResults means that a folder holds neither JUnit files nor anything that Prow writes.
	ErrNoResults = errors.New("no junit*.xml")
)

// Options are how a Reader reads. The zero value is ready to use.
type Options struct {
	CredentialsFile   string                // of Google Cloud; "": what the environment gives (a file, workload identity), else anonymous
	S3CredentialsFile string                // as Prow's s3-credentials-file; "": what the environment gives
	Parallelism       int                   // requests at a time; 0: 32
	Backoff           []time.Duration       // the waits before further tries of what failed for a while; nil: three, below a second each
	Addresses         coordinates.Addresses // of Prow, whose pages show a build that does not name its own
	HTTPClient        *http.Client          // for Google Cloud, with an authentication of its own; nil: by the credentials
}

// Reader reads builds. It is safe for concurrent use.
type Reader struct {
	options Options
	places  chan struct{} // taken by a request from its start until its answer is read

	mu      sync.Mutex
	openers map[string]prowio.Opener // by provider, made when first needed
}

// New returns a Reader. It asks for no credentials before an object store is read.
func New(o Options) *Reader {
	if o.Parallelism <= 0 {
		o.Parallelism = 32
	}
	if o.Backoff == nil {
		o.Backoff = []time.Duration{100 * time.Millisecond, 300 * time.Millisecond, 900 * time.Millisecond}
	}
	return &Reader{options: o, places: make(chan struct{}, o.Parallelism), openers: map[string]prowio.Opener{}}
}

// ReadAll reads several builds at a time. The results are in the order of the builds; the error joins those of all that
// could not be read.
func (r *Reader) ReadAll(ctx context.Context, builds []Location) ([]reporter.Results, error) {
	type outcome struct {
		results reporter.Results
		err     error
	}
	var all []reporter.Results
	var errs []error
	inOrder(builds, r.options.Parallelism, func(at Location) outcome {
		results, err := r.Read(ctx, at)
		return outcome{results, err}
	}, func(o outcome) {
		all = append(all, o.results)
		errs = append(errs, o.err)
	})
	return all, errors.Join(errs...)
}

// inOrder does the same with each item, width of them at a time, and hands the values on in the order of the items.
func inOrder[Item, Value any](items []Item, width int, do func(Item) Value, take func(Value)) {
	pending := make(chan chan Value, width-1)
	go func() {
		defer close(pending)
		for _, item := range items {
			value := make(chan Value, 1)
			pending <- value
			go func() { value <- do(item) }()
		}
	}()
	for value := range pending {
		take(<-value)
	}
}
