package artifacts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"syscall"

	"cloud.google.com/go/storage"
	"google.golang.org/api/googleapi"
	prowio "sigs.k8s.io/prow/pkg/io"

	"sigs.k8s.io/windows-operational-readiness/internal/backoff"
)

// errCut stands for io.ErrUnexpectedEOF of a connection, which a parser would take for the end of a file cut short.
var errCut = errors.New("the connection was cut")

// request does one thing with a store when there is a place for it, and again after a while if it failed for a reason
// that may pass.
func (r *Reader) request(ctx context.Context, do func() error) error {
	for try := 0; ; try++ {
		err := r.once(ctx, do)
		if err == nil || ctx.Err() != nil || try == len(r.options.Backoff) || !transient(err) {
			return err
		}
		if err := backoff.Sleep(ctx, r.options.Backoff[try]); err != nil {
			return err
		}
	}
}

func (r *Reader) once(ctx context.Context, do func() error) error {
	select {
	case r.places <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-r.places }()
	return do()
}

// use opens a file and lets consume read it, each time from its beginning.
func (r *Reader) use(ctx context.Context, open func() (io.ReadCloser, error), consume func(io.Reader) error) error {
	return r.request(ctx, func() error {
		body, err := open()
		if err != nil {
			return err
		}
		defer body.Close()
		return consume(uncut{body})
	})
}

// uncut is a reader of which a cut connection is no end of file.
type uncut struct{ r io.Reader }

func (u uncut) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = errCut
	}
	return n, err
}

// transient tells whether a further try may help: the server is busy or broken, or the connection is.
func transient(err error) bool {
	var network net.Error
	return storage.ShouldRetry(err) || errors.Is(err, errCut) || errors.Is(err, io.EOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.As(err, &network) && network.Timeout()
}

// explain gives an error of a store a kind and few words: the text of Google's is the whole answer.
func explain(err error) error {
	code := statusCode(err)
	switch {
	case err == nil:
		return nil
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return fmt.Errorf("%w (HTTP %d)", ErrDenied, code)
	case missing(err):
		return ErrNotFound
	case errors.Is(err, errCut):
		return errCut
	case code != 0:
		return fmt.Errorf("the store answers %d %s", code, http.StatusText(code))
	}
	return err
}

func missing(err error) bool {
	return prowio.IsNotExist(err) || errors.Is(err, storage.ErrBucketNotExist) || errors.Is(err, fs.ErrNotExist) ||
		statusCode(err) == http.StatusNotFound
}

// statusCode returns the status of the answer of Google's or Amazon's library, 0 if err is something else.
func statusCode(err error) int {
	var google *googleapi.Error
	var amazon interface{ StatusCode() int }
	switch {
	case errors.As(err, &google):
		return google.Code
	case errors.As(err, &amazon):
		return amazon.StatusCode()
	}
	return 0
}
