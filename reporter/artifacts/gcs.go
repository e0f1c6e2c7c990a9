package artifacts

import (
	"cmp"
	"context"
	"net/http"
	"os"
	"sync/atomic"

	"cloud.google.com/go/storage"
	"google.golang.org/api/option"
	htransport "google.golang.org/api/transport/http"
	prowio "sigs.k8s.io/prow/pkg/io"
)

// newGCSOpener makes Prow's opener around a client of our own: the one that prowio.NewOpener makes repeats what fails
// without end.
func (r *Reader) newGCSOpener(ctx context.Context) (prowio.Opener, error) {
	connection, err := r.connection(ctx)
	if err != nil {
		return nil, err
	}
	connection.Transport = transport{cmp.Or(connection.Transport, http.DefaultTransport)}
	client, err := storage.NewClient(ctx, option.WithHTTPClient(&connection), option.WithoutAuthentication())
	if err != nil {
		return nil, err
	}
	client.SetRetry(storage.WithPolicy(storage.RetryNever))
	return prowio.NewGCSOpener(client), nil
}

// connection returns a client that sends the credentials there are, or none.
func (r *Reader) connection(ctx context.Context) (http.Client, error) {
	readOnly := option.WithScopes(storage.ScopeReadOnly)
	var client *http.Client
	var err error
	switch {
	case r.options.HTTPClient != nil:
		return *r.options.HTTPClient, nil
	case os.Getenv("STORAGE_EMULATOR_HOST") != "":
		client, _, err = htransport.NewClient(ctx, option.WithoutAuthentication())
	case r.options.CredentialsFile != "":
		client, _, err = htransport.NewClient(ctx, readOnly, option.WithCredentialsFile(r.options.CredentialsFile))
	default:
		if client, _, err = htransport.NewClient(ctx, readOnly); err != nil {
			client, _, err = htransport.NewClient(ctx, option.WithoutAuthentication())
		}
	}
	if err != nil {
		return http.Client{}, err
	}
	return *client, nil
}

// singleKey is the key under which a context says that one request may be made with it.
type singleKey struct{}

// singly returns a context with which an object can be asked for once.
func singly(ctx context.Context) context.Context {
	return context.WithValue(ctx, singleKey{}, new(atomic.Bool))
}

// transport keeps Google's library from two things that it does behind a reader's back. It asks again, without end,
// where an answer breaks off, though a compressed object that was cut short breaks off each time
// (cloud.google.com/go/storage v1.31.0, httpReader.Read): with a context of singly it may not; we begin anew. And
// net/http unpacks what it asked for compressed, so that an object cut short cannot be told from a connection: asked
// for by ourselves, it is handed on as it is, and whoever reads it unpacks it.
type transport struct{ next http.RoundTripper }

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	used, ok := r.Context().Value(singleKey{}).(*atomic.Bool)
	if !ok {
		return t.next.RoundTrip(r)
	}
	if used.Swap(true) {
		return nil, errCut
	}
	if r.Header.Get("Range") == "" { // a part of a compressed object could not be unpacked
		r = r.Clone(r.Context())
		r.Header.Set("Accept-Encoding", "gzip")
	}
	return t.next.RoundTrip(r)
}
