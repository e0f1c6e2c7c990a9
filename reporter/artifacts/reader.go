package artifacts

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	prowio "sigs.k8s.io/prow/pkg/io"

	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
)

var (
	// ErrNotFound means that there is nothing where a source points.
	ErrNotFound = errors.New("nothing is there")
	// ErrDenied means that the store does not let us read what a source points to.
	ErrDenied = errors.New("the store denies access")
	// ErrNoResults means that a folder holds neither JUnit files nor anything that Prow or a run writes.
	ErrNoResults = errors.New("no junit*.xml")
	// ErrJobs means that a folder holds several jobs.
	ErrJobs = errors.New("it holds jobs, not builds")
)

// Options are how a Reader reads. The zero value is ready to use.
type Options struct {
	CredentialsFile   string                // of Google Cloud; "": what the environment gives (a file, workload identity), else anonymous
	S3CredentialsFile string                // as Prow's s3-credentials-file; "": what the environment gives
	Parallelism       int                   // requests at a time; 0: 32
	Backoff           []time.Duration       // the waits before further tries of what failed for a while; nil: three, below a second each
	Bounds            Bounds                // of each build
	Sound             bool                  // a build of which the store does not give a file, though it has it, is an error, not evidence
	Underway          bool                  // whoever reads is the run itself, or will hand it over to Sonobuoy: what was handed over before does not count
	Names             reporter.Names        // resolves the names of tests; the zero value keeps the results of all
	Addresses         coordinates.Addresses // of Prow, whose pages show a build that does not name its own
	HTTPClient        *http.Client          // for Google Cloud, with an authentication of its own; nil: by the credentials
}

// Reader reads builds. It is safe for concurrent use.
type Reader struct {
	options Options
	places  chan struct{} // taken by a request from its start until its answer is read

	stores *stores
}

// stores are the openers of stores.
type stores struct {
	mu      sync.Mutex
	openers map[string]prowio.Opener // by provider, made when first needed
}

// Within returns a Reader with other bounds and Sound, which shares the rest with r: its connections, and the requests at a
// time.
func (r *Reader) Within(b Bounds) *Reader {
	within := *r
	within.options.Bounds = b.complete()
	within.options.Sound = true
	return &within
}

// New returns a Reader. It asks for no credentials before an object store is read.
func New(o Options) *Reader {
	if o.Parallelism <= 0 {
		o.Parallelism = 32
	}
	if o.Backoff == nil {
		o.Backoff = []time.Duration{100 * time.Millisecond, 300 * time.Millisecond, 900 * time.Millisecond}
	}
	o.Bounds = o.Bounds.complete()
	return &Reader{options: o, places: make(chan struct{}, o.Parallelism), stores: &stores{openers: map[string]prowio.Opener{}}}
}

// ReadAll reads several builds at a time, and returns evidence of each in their order. One that could not be read has
// evidence too, which says why; only if none could, there is an error, which joins theirs, or if ctx ended.
func (r *Reader) ReadAll(ctx context.Context, builds []Location) ([]reporter.Evidence, error) {
	type outcome struct {
		evidence reporter.Evidence
		err      error
	}
	var all []reporter.Evidence
	var errs []error
	inOrder(builds, r.options.Parallelism, func(at Location) outcome {
		e, err := r.read(ctx, at)
		if err != nil {
			return outcome{r.unreadable(at, "it could not be read: "+safetext.Line(err.Error())), fmt.Errorf("reading %q: %w", at, err)}
		}
		return outcome{evidence: e}
	}, func(o outcome) {
		all = append(all, o.evidence)
		if o.err != nil {
			errs = append(errs, o.err)
		}
	})
	if len(errs) == len(builds) || ctx.Err() != nil {
		return nil, errors.Join(errs...)
	}
	return all, nil
}

// inOrder does the same with each item, width of them at a time, and hands the values on in the order of the items.
func inOrder[Item, Value any](items []Item, width int, do func(Item) Value, take func(Value)) {
	pending := make(chan chan Value, max(width, 1)-1)
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
